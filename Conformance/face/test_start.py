"""A gateway that can't start says one thing, and the way out."""

import socket


def test_a_taken_port_is_one_clear_error(refuse):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for _ in range(5):
            code, error, hint = refuse("--port", port)
            assert code == 1
            assert error == f"`127.0.0.1` port {port} can't be listened at: Address already in use"
            assert "--port" in hint


def test_an_address_of_another_machine_is_one_clear_error(refuse):
    code, error, hint = refuse("--host", "192.0.2.77", "--trusted-proxy", "10.0.0.1")
    assert code == 1 and "`192.0.2.77`" in error and "Cannot assign requested address" in error and "--host" in hint


def test_a_name_that_nobody_has_is_one_clear_error(refuse):
    code, error, hint = refuse("--host", "no-such-host.invalid", "--trusted-proxy", "10.0.0.1")
    assert code == 1 and "isn't an address of this machine" in error and "--host" in hint


def test_a_limit_that_there_is_not_is_told_with_the_one_that_there_is(refuse):
    code, error, hint = refuse("--limit", "head-second=5")
    assert code == 1 and "there is no limit `head-second`" in error and "head-seconds" in hint
    code, error, _ = refuse("--limit", "connections=none")
    assert code == 1 and "can't be `none`" in error
