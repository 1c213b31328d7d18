"""Row 7: nothing in the environment leads requests elsewhere, and no address of a server does."""

import http.server
import socket
import threading

import pytest
from test_remote import assistant, release


@pytest.fixture
def proxy():
    """Takes whatever comes, over TCP or a Unix socket, and keeps that it came."""
    seen = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def handle(self):
            seen.append(self.client_address)
            self.close_connection = True

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}", seen
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("scheme", ["http", "socks5"])
def test_row_7_proxy_variables_lead_nothing_elsewhere(home, wild, proxy, scheme):
    place, seen = proxy
    home.stop()
    home.serve(**{name: f"{scheme}://{place}" for name in (
        "http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "ftp_proxy", "CGI_HTTP_PROXY")},
        no_proxy="", NO_PROXY="")
    home.run("servers", "add", "wild", wild.url)
    assistant(home, "wild")
    release(home, "wild.search")
    assert home.call("helper", home.token("alice", "helper"), "wild.search", {"query": "x"})[0] == "done"
    assert wild.calls and seen == []
    with socket.create_connection(("127.0.0.1", int(place.split(":")[1]))) as probe:
        probe.sendall(b"x\n")
        probe.recv(1)
    assert seen, "the proxy hears"


def test_row_7_unix_sockets_are_no_way_out(home, wild, tmp_path):
    place, heard = str(tmp_path / "s"), []
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(place)
        listener.listen()
        listener.settimeout(0.2)

        def listen():
            while not done.is_set():
                try:
                    listener.accept()[0].close()
                    heard.append(True)
                except TimeoutError:
                    pass

        done = threading.Event()
        thread = threading.Thread(target=listen)
        thread.start()
        home.stop()
        home.serve(http_proxy=f"unix://{place}", HTTPS_PROXY=f"http+unix://{place.replace('/', '%2F')}", ALL_PROXY=f"unix:{place}",
                   DOCKER_HOST=f"unix://{place}")
        coded = place.replace("/", "%2F")
        for url in (f"unix://{place}", f"unix:{place}", f"http+unix://{coded}/mcp", f"https+unix://{coded}/mcp",
                    f"http://unix:{place}:/mcp", f"file://{place}", f"http://[unix:{place}]/mcp", f"//{place}"):
            assert home.command("servers", "add", "local", url).returncode, url
        home.run("servers", "add", "wild", wild.url)
        with socket.socket(socket.AF_UNIX) as probe:
            assert heard == []
            probe.connect(place)
        done.set()
        thread.join()
    assert heard, "the socket hears"
