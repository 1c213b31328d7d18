"""Stands between the gateways and a token endpoint, and does to each exchange what a test says."""

import hashlib
import http.client
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

AUTHORIZATION = "Authorization"


class Between:
    """Passes requests on to `origin`.

    `rule(form)` says what becomes of a refresh: None passes it on; "before" drops the connection and nothing is asked;
    "after" drops it when the server has acted; an `Event` holds the answer until it is set. `ahead` is by how many seconds
    its clock is wrong.
    """

    def __init__(self, origin):
        self.host = urllib.parse.urlsplit(origin).netloc
        self.rule, self.lock, self.ahead = (lambda form: None), threading.Lock(), 0
        self.seen, self.arrived = [], threading.Condition(self.lock)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.server.daemon_threads = True
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def reset(self):
        with self.lock:
            self.rule, self.seen, self.ahead = (lambda form: None), [], 0

    def await_answered(self, count=1, seconds=30):
        """Waits until the server has acted on so many refreshes, whatever became of its answers."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: sum(1 for one in self.seen if one["status"]) >= count, seconds), self.seen

    def await_asked(self, count=1, seconds=30):
        """Waits until so many refreshes have come in."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.seen) >= count, seconds), self.seen

    def begin(self, form):
        entry = {"form": form, "token": hashlib.sha256(form["refresh_token"].encode()).hexdigest(), "status": None}
        with self.arrived:
            self.seen.append(entry)
            self.arrived.notify_all()
        return entry

    def end(self, entry, status):
        with self.arrived:
            entry["status"] = status
            self.arrived.notify_all()

    def pass_on(self, handler, body):
        connection = http.client.HTTPConnection(self.host, timeout=60)
        try:
            headers = {name: handler.headers[name] for name in (AUTHORIZATION, "Content-Type", "Accept")
                       if handler.headers[name]}
            connection.request(handler.command, handler.path, body=body, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.headers.get("Content-Type", "application/json"), answer.read()
        finally:
            connection.close()

    def handler(between):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def date_time_string(self, timestamp=None):
                return super().date_time_string((timestamp or time.time()) + between.ahead)

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                form = dict(urllib.parse.parse_qsl(body.decode()))
                entry = what = None
                if form.get("grant_type") == "refresh_token":
                    entry, what = between.begin(form), between.rule(form)
                if what == "before":
                    return self.hang_up()
                status, kind, answer = between.pass_on(self, body)
                if entry:
                    between.end(entry, status)
                if what == "after":
                    return self.hang_up()
                if isinstance(what, threading.Event):
                    what.wait(120)
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", kind)
                    self.send_header("Content-Length", str(len(answer)))
                    self.end_headers()
                    self.wfile.write(answer)
                except OSError:
                    self.close_connection = True

            def hang_up(self):
                self.close_connection = True
                self.connection.close()

        return Handler
