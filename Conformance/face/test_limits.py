"""Slow and large clients, through real sockets, with short limits."""

import concurrent.futures
import gzip
import os
import resource
import socket
import time

import pytest
from facing import Identity, drain, is_closed

HEAD = "POST /mcp/nobody HTTP/1.1\nhost: localhost\ncontent-type: application/json\n"
GET = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n"


def status(answer):
    return answer.split(b" ")[1].decode() if answer.startswith(b"HTTP/1.1 ") else answer


def limits(**named):
    return [word for name, value in named.items() for word in ("--limit", f"{name.replace('_', '-')}={value}")]


@pytest.fixture(params=["clear", "tls"])
def quick(request, serve, tmp_path):
    """Everything is short, in clear and behind TLS."""
    options = Identity(tmp_path).options if request.param == "tls" else ()
    return serve(*options, *limits(head_seconds=1.5, body_seconds=0.5, idle_seconds=1.5, closing_seconds=0.4))


def test_a_connection_without_a_request_ends(quick):
    started = time.monotonic()
    with quick.connect() as connection:
        assert is_closed(connection, 10) and time.monotonic() - started > 0.2


def test_a_socket_without_a_handshake_ends(quick):
    with socket.create_connection(("127.0.0.1", quick.port), 5) as connection:
        assert is_closed(connection, 10)


def test_slowloris_row_14(quick):
    """A head that never ends, a byte at a time: told 408, and closed."""
    with quick.connect() as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nx-slow: ")
        started, answer = time.monotonic(), b""
        connection.settimeout(0.05)
        while time.monotonic() - started < 10:
            try:
                connection.sendall(b"a")
                part = connection.recv(4096)
                if not part:
                    break
                answer += part
            except TimeoutError:
                continue
            except OSError:
                break
        assert time.monotonic() - started < 8
        assert status(answer) in ("408", b"")


def test_a_slow_body_row_14(quick):
    with quick.connect() as connection:
        connection.sendall((HEAD + "content-length: 1000\n\n").replace("\n", "\r\n").encode() + b"{")
        started = time.monotonic()
        assert status(drain(connection)) in ("401", "408")
        assert time.monotonic() - started < 8


def test_a_slow_body_that_a_route_waits_for_row_14(quick):
    """Signing in reads the form before it answers."""
    with quick.connect() as connection:
        connection.sendall(b"POST /login HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-www-form-urlencoded\r\n"
                           b"content-length: 1000\r\n\r\ncode=")
        started = time.monotonic()
        assert status(drain(connection)) == "408"
        assert time.monotonic() - started < 8


def test_an_idle_connection_ends_and_one_in_use_goes_on(quick):
    with quick.connect() as connection:
        for _ in range(6):
            connection.sendall(GET)
            answer = b""
            while not answer.endswith(b"}"):
                answer += connection.recv(65536)
            time.sleep(0.2)
        started = time.monotonic()
        assert is_closed(connection, 10) and time.monotonic() - started > 0.3


def test_a_client_that_keeps_its_half_open_is_let_go(quick):
    with quick.connect() as connection:
        connection.sendall(GET.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n"))
        assert status(drain(connection)) == "200"
        wait_until(lambda: not established(quick), 4)


def established(served):
    """How many connections the gateway still has. One that the system keeps after its end has no inode."""
    count = 0
    for table in ("tcp", "tcp6"):
        for line in open(f"/proc/{served.child.pid}/net/{table}").readlines()[1:]:
            fields = line.split()
            if int(fields[1].rsplit(":", 1)[1], 16) == served.port and fields[3] != "0A" and fields[9] != "0":
                count += 1
    return count


def test_a_client_that_does_not_read_is_let_go(serve):
    served = serve(*limits(stall_seconds=0.4, idle_seconds=0.4))
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", served.port))
        connection.settimeout(0.2)
        request = b"GET /style.css HTTP/1.1\r\nhost: localhost\r\n\r\n" * 200
        end = time.monotonic() + 8
        try:
            while time.monotonic() < end:
                connection.sendall(request)
        except (TimeoutError, OSError):
            pass
        while established(served) and time.monotonic() < end:
            time.sleep(0.05)
        assert not established(served)
    assert status(served.get()) == "200"


def used(connection):
    """A connection that the gateway has certainly counted."""
    connection.sendall(GET)
    assert connection.recv(4096).startswith(b"HTTP/1.1 200")
    return connection


def test_connections_are_bounded_in_all_and_per_address(serve):
    served = serve(*limits(connections=6, connections_per_address=4))
    held = [used(served.connect(source="127.0.0.5")) for _ in range(4)]
    assert is_closed(served.connect(source="127.0.0.5"), 5)
    assert status(served.get(source="127.0.0.6")) == "200"
    wait_until(lambda: established(served) == len(held))
    held += [used(served.connect(source=source)) for source in ("127.0.0.6", "127.0.0.7")]
    for connection in held:
        used(connection)
    assert is_closed(served.connect(source="127.0.0.8"), 5)
    held.pop().close()
    wait_until(lambda: status(served.get(source="127.0.0.8")) == "200")
    for connection in held:
        connection.close()


def test_a_proxys_connections_are_those_of_many(serve):
    served = serve("--trusted-proxy", "127.0.0.9", *limits(connections_per_address=2))
    held = [served.connect(source="127.0.0.9") for _ in range(5)]
    for connection in held:
        connection.sendall(GET)
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")
        connection.close()


def test_running_out_of_files_is_survived(serve):
    served = serve()
    before = resource.prlimit(served.child.pid, resource.RLIMIT_NOFILE)
    open_now = len(os.listdir(f"/proc/{served.child.pid}/fd"))
    resource.prlimit(served.child.pid, resource.RLIMIT_NOFILE, (open_now + 3, before[1]))
    held = [served.connect() for _ in range(20)]
    time.sleep(0.3)
    for connection in held:
        connection.close()
    resource.prlimit(served.child.pid, resource.RLIMIT_NOFILE, before)
    wait_until(lambda: status(served.get()) == "200")


def wait_until(holds, seconds=60):
    end = time.monotonic() + seconds
    while True:
        try:
            if holds():
                return
        except OSError:
            pass
        assert time.monotonic() < end
        time.sleep(0.05)


def peak(served):
    """The most memory it ever had, in MiB."""
    for line in open(f"/proc/{served.child.pid}/status"):
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no VmHWM")


@pytest.mark.parametrize("path", ["/mcp/nobody", "/login", "/v1/tokens/take-up", "/nothing-here", "/approvals/x/approve"])
def test_a_gigabyte_of_json_row_14(serve, path):
    """Announced, and in chunks: refused without being held, whatever the route."""
    served = serve()
    before = peak(served)
    head = HEAD.replace("/mcp/nobody", path)
    answer = served.ask(head + "content-length: 1073741824\n\n", b'{"a":"' + b"x" * 100_000)
    assert status(answer) == "413" and b"connection: close" in answer.lower()
    with served.connect() as connection:
        connection.sendall((head + "transfer-encoding: chunked\n\n").replace("\n", "\r\n").encode())
        chunk, sent = b"10000\r\n" + b"x" * 65536 + b"\r\n", 0
        try:
            while sent < 1 << 30:
                connection.sendall(chunk)
                sent += 65536
        except OSError:
            pass
        assert sent < 64 << 20, "it read on"
    assert peak(served) - before < 48
    assert status(served.get()) == "200"


def test_deep_json_row_14(serve):
    served = serve()
    for body in (b"[" * 100_000, b'{"a":' * 100_000, b"[" * 100_000 + b"]" * 100_000):
        answer = served.ask(
            f"POST /v1/tokens/take-up HTTP/1.1\nhost: localhost\nconnection: close\ncontent-length: {len(body)}\n\n", body)
        assert status(answer) == "400", answer
    assert status(served.get()) == "200"


def test_headers_row_14(serve):
    served = serve()
    lines = "".join(f"x-{number}: y\n" for number in range(100_000))
    for head in (f"GET /healthz HTTP/1.1\nhost: localhost\n{lines}\n",
                 f"GET /healthz HTTP/1.1\nhost: localhost\n{''.join(f'x-{n}: y' + chr(10) for n in range(101))}\n",
                 f"GET /healthz HTTP/1.1\nhost: localhost\nx: {'y' * 20_000}\n\n",
                 f"GET /healthz HTTP/1.1\nhost: localhost\n{''.join(f'x-{n}: ' + 'y' * 8_000 + chr(10) for n in range(5))}\n",
                 f"GET /healthz?{'y' * 40_000} HTTP/1.1\nhost: localhost\n\n"):
        with served.connect() as connection:
            try:
                connection.sendall(head.replace("\n", "\r\n").encode())
            except OSError:
                pass
            assert status(drain(connection)) in ("431", b""), head[:80]
    answer = served.get(**{f"x_{number}": "y" for number in range(90)})
    assert status(answer) == "200"


def test_gzip_bodies_row_14(serve):
    served = serve()
    bomb = gzip.compress(b"x" * (64 << 20))
    for path, kind in (("/v1/tokens/take-up", "application/json"), ("/login", "application/x-www-form-urlencoded")):
        answer = served.ask(
            f"POST {path} HTTP/1.1\nhost: localhost\nconnection: close\ncontent-type: {kind}\ncontent-encoding: gzip\n"
            f"content-length: {len(bomb)}\n\n", bomb)
        assert status(answer) in ("400", "403", "409", "415"), answer
    assert peak(served) < 300


SMUGGLED = "GET /healthz?smuggled HTTP/1.1\nhost: localhost\n\n"


@pytest.mark.parametrize("lines", [
    f"content-length: 0\ncontent-length: {len(SMUGGLED)}", f"content-length: {len(SMUGGLED)}\ncontent-length: 0",
    "content-length: 5\ncontent-length: 5", "content-length: 0, 5", "content-length: +5", "content-length: -1",
    "content-length: 0x5", "content-length: 99999999999999999999999",
    "content-length: 5\ntransfer-encoding: chunked", "transfer-encoding: chunked\ncontent-length: 5",
    "transfer-encoding: identity\ncontent-length: 5", "transfer-encoding: chunked, identity",
    "transfer-encoding: xchunked", "transfer-encoding : chunked",
    "x: y\n transfer-encoding: chunked", "host: other", "content-length : 5",
])
def test_smuggling_row_14(serve_shared, lines):
    """Whatever two readers could disagree on is refused, and what stands behind it is never answered."""
    head = f"POST /v1/tokens/take-up HTTP/1.1\nhost: localhost\n{lines}\n\n".replace("\n", "\r\n").encode()
    with serve_shared.connect() as connection:
        connection.sendall(head + b"0\r\n\r\n" + SMUGGLED.replace("\n", "\r\n").encode())
        answer = drain(connection)
    assert answer.count(b"HTTP/1.1 ") <= 1 and b'"ok"' not in answer, answer
    assert status(answer) in ("400", "413", b""), answer


@pytest.mark.parametrize("body", [
    b"5\r\nabcdeX\r\n0\r\n\r\n", b"-5\r\nabcde\r\n0\r\n\r\n", b"0x5\r\nabcde\r\n0\r\n\r\n", b"5;" + b"x" * 100_000,
    b"fffffffffffffffff\r\nabc", b"5\nabcde\n0\n\n", b"5 \r\nabcde\r\n0\r\n\r\n",
])
def test_chunks_written_wrong_row_14(serve_shared, body):
    head = b"POST /v1/tokens/take-up HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n"
    with serve_shared.connect(timeout=3) as connection:
        connection.sendall(head + body + SMUGGLED.replace("\n", "\r\n").encode())
        try:
            answer = drain(connection)
        except TimeoutError:
            raise AssertionError("it waits for more") from None
    assert b'"ok"' not in answer and answer.count(b"HTTP/1.1 ") <= 1, answer


@pytest.fixture(scope="module")
def serve_shared(folder_alone, tmp_path_factory):
    from facing import Served
    served = Served(folder_alone, tmp_path_factory.mktemp("log") / "gateway.log",
                    limits(head_seconds=1, body_seconds=1, idle_seconds=1, closing_seconds=0.5))
    yield served
    served.stop()


def test_many_slow_clients_do_not_keep_others_out_row_14(serve):
    served = serve(*limits(head_seconds=2))
    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        held = list(pool.map(lambda _: served.connect(source="127.0.0.2"), range(400)))
        for connection in held:
            connection.sendall(b"GET / HTTP/1.1\r\nx: ")
        started = time.monotonic()
        for _ in range(20):
            assert status(served.get()) == "200"
        assert time.monotonic() - started < 4
        assert all(pool.map(lambda connection: is_closed(connection, 8), held))
