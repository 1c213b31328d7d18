"""A home whose notices go to a mail server and a webhook on this machine."""

import http.server
import socket
import ssl
import subprocess
import threading

import gateway_home as gateway
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

PASSWORD = "correct-horse-battery"


class Mailbox:
    """Keeps what it is handed; refuses recipients called `nobody`."""

    def __init__(self):
        self.mails, self.logins = [], []

    async def handle_RCPT(self, server, session, envelope, address, options):
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):
        self.mails.append((session.ssl is not None, envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 taken"

    def authenticate(self, server, session, envelope, mechanism, data):
        self.logins.append(mechanism)
        good = data.login == b"deputy@acme.test" and data.password == PASSWORD.encode()
        return AuthResult(success=good, handled=good)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificate")
    key, file = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", file, "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key)
    return str(file), context


@pytest.fixture
def mail_server(certificate):
    """Starts a server: `implicit`, `starttls` or `clear`. Gives its mailbox and port."""
    running = []

    def start(security, **more):
        box = Mailbox()
        words = {"authenticator": box.authenticate, "auth_require_tls": True} | more
        if security == "starttls":
            words |= {"tls_context": certificate[1], "require_starttls": True}
        if security == "implicit":
            words |= {"ssl_context": certificate[1], "auth_require_tls": False}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        controller = Controller(box, hostname="127.0.0.1", port=port, ready_timeout=60, **words)
        controller.start()
        running.append(controller)
        return box, port

    yield start
    for controller in running:
        controller.stop()


@pytest.fixture
def hook():
    """An HTTP server that keeps what is posted; `answer` is its status."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.server.posts.append((dict(self.headers), body))
            self.send_response(self.server.answer)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *words):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.posts, server.answer = [], 200
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    server.url = f"http://127.0.0.1:{server.server_port}/hook"
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def home(tmp_path):
    acme = gateway.Acme(tmp_path)
    home = gateway.Home(tmp_path, acme)
    home.populate()
    home.serve()
    yield home
    home.stop()
    acme.stop()
