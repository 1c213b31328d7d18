"""A service of files that asks glewlwyd whose each token is, and keeps a journal of it; and the way between Deputy and
glewlwyd, which writes down what passes."""

import json
import pathlib
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests

MANIFEST = pathlib.Path(__file__).with_name("files.json5")


class Server:
    """Answers by `answer(method, path, headers, body)`: (status, body, content type), and headers where there are any."""

    def __init__(self):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def handler(outer):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, answer, kind, *more = outer.answer(self.command, self.path, self.headers, body)
                self.send_response(status)
                for name, value in (more[0] if more else {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_POST = do_GET

        return Handler


class Passage(Server):
    """Between Deputy and glewlwyd's endpoints. `passed` holds (endpoint, form, status, answer)."""

    def __init__(self, glewlwyd):
        self.glewlwyd, self.passed = glewlwyd, []
        super().__init__()

    def answer(self, method, path, headers, body):
        there = requests.request(
            method, self.glewlwyd.issuer + path, data=body, timeout=10,
            headers={name: headers[name] for name in ("Authorization", "Content-Type", "Accept") if name in headers})
        self.passed.append((path, dict(urllib.parse.parse_qsl(body.decode())), there.status_code,
                            there.json() if there.text else {}))
        return there.status_code, there.content, there.headers.get("Content-Type", "text/plain")

    def forms(self, endpoint):
        return [form for path, form, _, _ in self.passed if path == endpoint]

    @property
    def tokens(self):
        """The last answer that held tokens."""
        return next(answer for _, _, _, answer in reversed(self.passed) if "access_token" in answer)


class Files(Server):
    """What a token opens is what glewlwyd says of it at this moment. `journal` holds (user, what)."""

    def __init__(self, glewlwyd):
        self.glewlwyd, self.journal = glewlwyd, []
        self.needed, self.isNeverContent = {"GET": ["files.read"], "POST": ["files.write"]}, False
        super().__init__()

    def answer(self, method, path, headers, body):
        status, answer, *more = self.serve(method, path, (headers.get("Authorization") or "").removeprefix("Bearer "))
        return status, json.dumps(answer).encode(), "application/json", *more

    def serve(self, method, path, token):
        said = self.glewlwyd.introspect(token)
        if not said.get("active") or said.get("token_type") != "bearer":
            return 401, {"error": "invalid_token"}
        if path == "/me":
            return 200, requests.get(self.glewlwyd.issuer + "/userinfo", headers={"Authorization": "Bearer " + token},
                                     timeout=10).json()
        needed = self.needed[method]
        self.journal.append((said["username"], f"{method} {path}"))
        if self.isNeverContent or not set(needed) <= set(said["scope"].split()):
            challenge = f'Bearer realm="files", error="insufficient_scope", scope="{" ".join(needed)}"'
            return 403, {"error": "insufficient_scope"}, {"WWW-Authenticate": challenge}
        return 200, {"files": [f"a file of {said['username']}"]}


def manifest(glewlwyd, passage, files):
    text = MANIFEST.read_text()
    for word, value in (("ORIGIN", files.origin), ("SERVER", passage.origin), ("ISSUER", glewlwyd.issuer)):
        text = text.replace(f'"{word}', f'"{value}')
    return text
