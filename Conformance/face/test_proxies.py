"""Who is counted for tries to sign in, and who is heard at all, when proxies stand between."""

import urllib.parse

import pytest

FORM = "application/x-www-form-urlencoded"


def knock(gateway, source=None, **headers):
    """A link that doesn't sign in: the status."""
    body = urllib.parse.urlencode({"code": "0000-0000"}).encode()
    lines = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in headers.items())
    answer = gateway.ask(
        f"POST /login HTTP/1.1\nhost: localhost\nconnection: close\ncontent-type: {FORM}\n"
        f"content-length: {len(body)}\n{lines}\n", body, source=source)
    return int(answer.split()[1])


def exhaust(gateway, **headers):
    for _ in range(40):
        if knock(gateway, **headers) == 429:
            return
    raise AssertionError("nobody counts these tries")


def test_people_behind_a_named_proxy_have_tries_of_their_own(serve):
    gateway = serve("--trusted-proxy", "127.0.0.0/8")
    exhaust(gateway, X_Forwarded_For="198.51.100.1")
    assert knock(gateway, X_Forwarded_For="198.51.100.1") == 429
    assert knock(gateway, X_Forwarded_For="198.51.100.2") == 409
    assert knock(gateway, Forwarded="for=198.51.100.2") == 409
    assert knock(gateway, Forwarded="for=198.51.100.1") == 429
    # What a client wrote itself stands further left, and changes nothing.
    assert knock(gateway, X_Forwarded_For="203.0.113.9, 198.51.100.1") == 429
    assert knock(gateway, X_Forwarded_For="198.51.100.1, 127.0.0.7") == 429


def test_a_forged_header_of_somebody_else_is_ignored(serve):
    gateway = serve("--trusted-proxy", "10.0.0.0/8")
    for number in range(40):
        status = knock(gateway, X_Forwarded_For=f"198.51.100.{number}")
        if status == 429:
            break
    assert status == 429, "a new address in the header bought a new try"
    assert knock(gateway, Forwarded="for=203.0.113.1") == 429


def test_without_a_named_proxy_no_header_is_read(serve):
    gateway = serve()
    exhaust(gateway)
    assert knock(gateway, X_Forwarded_For="198.51.100.77", Forwarded="for=198.51.100.77") == 429
    assert knock(gateway, source="127.0.0.9") == 409


def test_the_header_that_the_proxy_does_not_keep_buys_nothing(serve):
    gateway = serve("--trusted-proxy", "127.0.0.1")
    for number in range(40):
        status = knock(gateway, X_Forwarded_For="198.51.100.1", Forwarded=f"for=203.0.113.{number}")
        if status == 429:
            break
    assert status == 429
    assert knock(gateway, X_Forwarded_For="198.51.100.1") == 409, "and takes nobody else's tries"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_clear_text_is_not_served_to_a_network(refuse, host):
    code, error, hint = refuse("--host", host)
    assert code == 1 and "in clear" in error
    assert "--tls-certificate" in hint and "--trusted-proxy" in hint and "127.0.0.1" in hint


def test_in_clear_only_the_named_proxy_and_this_machine_are_heard(serve):
    gateway = serve("--host", "0.0.0.0", "--trusted-proxy", "192.0.2.1")
    assert gateway.get().startswith(b"HTTP/1.1 200")


def test_a_network_written_wrong_is_told(refuse):
    code, error, hint = refuse("--trusted-proxy", "10.1.2.3/8")
    assert code == 1 and "`10.1.2.3/8` names more" in error and "`10.0.0.0/8`" in hint
    code, error, hint = refuse("--trusted-proxy", "proxy.example")
    assert code == 1 and "`proxy.example` isn't a network" in error
