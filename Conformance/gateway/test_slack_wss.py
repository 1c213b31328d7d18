"""Socket Mode as Slack has it: https and wss, under an authority of the test's own that one gateway trusts and another doesn't."""

import http.server
import os
import pathlib
import re
import ssl
import subprocess
import threading
import urllib.error
import urllib.request

import pytest
from test_slack_sockets import SocketSlack, until
from test_slack_talk import SEARCH, bind, owners
from tls import Front

BUNDLE = "/etc/ssl/certs/ca-certificates.crt"


class Fronts:
    """Slack's stand-in over TLS: its API, which says `wss`, and its sockets."""

    def __init__(self, folder, origin):
        self.sockets, self.opened = Front(folder, 0), []
        fronts = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.answer(urllib.request.Request(origin + self.path, data=body, headers=dict(self.headers)))

            def do_GET(self):
                self.answer(urllib.request.Request(origin + self.path, headers=dict(self.headers)))

            def answer(self, request):
                try:
                    with urllib.request.urlopen(request, timeout=20) as response:
                        status, headers, body = response.status, response.headers, response.read()
                except urllib.error.HTTPError as error:
                    status, headers, body = error.code, error.headers, error.read()
                self.send_response(status)
                body = fronts.secured(body)
                self.send_header("Content-Type", headers["Content-Type"])
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.api = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.api.daemon_threads = True
        self.api.handle_error = lambda *_: None  # Whoever doesn't trust it breaks off.
        self.api.socket = self.sockets.context.wrap_socket(self.api.socket, server_side=True, do_handshake_on_connect=False)
        self.origin = f"https://localhost:{self.api.server_address[1]}"
        threading.Thread(target=self.api.serve_forever, daemon=True).start()

    def secured(self, body):
        found = re.search(rb"ws:\\?/\\?/127\.0\.0\.1:(\d+)", body)
        if not found:
            return body
        self.sockets.port = int(found.group(1))
        self.opened.append(self.sockets.origin)
        return body.replace(found.group(0), self.sockets.origin.replace("https", "wss").encode())

    def stop(self):
        self.api.shutdown()
        self.api.server_close()
        self.sockets.stop()


@pytest.fixture
def trusting(tmp_path, acme, monkeypatch):
    """Makes the next gateway trust the fronts' authority, or not, as a machine's own settings would."""
    fronts = Fronts(tmp_path, acme.origins["slack"])
    bundle, script = tmp_path / "bundle.crt", tmp_path / "deputy"
    bundle.write_bytes(pathlib.Path(BUNDLE).read_bytes() + fronts.sockets.authority.read_bytes())
    real = os.environ.get("DEPUTY_BIN", str(pathlib.Path(__file__).resolve().parents[2] / ".build/debug/deputy"))
    script.write_text(
        "#!/bin/sh\nexec unshare -m sh -c 'mount --make-rprivate / && mount --bind %s %s && exec %s \"$@\"' sh \"$@\"\n" % (
            bundle, BUNDLE, real))
    script.chmod(0o755)
    if subprocess.run([script, "--version"], capture_output=True).returncode:
        pytest.skip("no private mount is allowed here")

    def trusting(home, does):
        monkeypatch.setitem(type(home).serve.__globals__, "DEPUTY", str(script) if does else real)
        return home

    trusting.fronts = fronts
    yield trusting
    fronts.stop()


def test_sockets_are_opened_over_tls_with_a_name_that_is_vouched_for(tmp_path, acme, home_in, trusting):
    acme.origins = acme.origins | {"slack": trusting.fronts.origin}
    home = home_in(tmp_path)
    trusting(home.populate(), True).serve()
    home.run("connections", "add", "notion", "--person", "alice", secret=acme.tokens["notion"]["alice"])
    home.token("alice", "onboarding")
    home.run("models", "add", "default", "--speaks", "offline")
    bind(home, tmp_path, onboarding="onboarding")
    slack = SocketSlack(home, "onboarding").ready()
    slack.link("alice")
    slack.wait(slack.say("alice", SEARCH)["channel"], "offline planner")
    assert owners(home, "notion.search") == ["alice"]
    assert set(trusting.fronts.opened) == {trusting.fronts.sockets.origin} and trusting.fronts.origin.startswith("https:")

    port = int(home.url.rsplit(":", 1)[1])
    home.stop()
    opened = len(trusting.fronts.opened)
    trusting(home, False).serve(port)
    until(lambda: slack.listed().get("reason"))
    assert slack.listed()["open"] == 0 and len(trusting.fronts.opened) == opened, "an authority that nobody trusts"
    said = slack.say("alice", SEARCH)
    home.stop()
    trusting(home, True).serve(port)
    slack.ready()
    slack.say("alice", SEARCH)
    slack.wait(said["channel"], "offline planner", count=2)


def test_the_front_itself_is_what_a_careful_client_takes(tmp_path, acme, trusting):
    """That the proof above can fail: with the authority it is taken, under another name and without it, it isn't."""
    url = trusting.fronts.origin + "/api/auth.test"
    good = ssl.create_default_context(cafile=str(trusting.fronts.sockets.authority))
    assert urllib.request.urlopen(urllib.request.Request(url, data=b""), context=good, timeout=5).status == 200
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        urllib.request.urlopen(urllib.request.Request(url, data=b""), timeout=5)
