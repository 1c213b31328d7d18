"""A server that Slack's stand-in posts to."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Receiver:
    """Keeps each request with its raw body. `script` holds what to answer, in order: a status, or seconds to wait;
    after its end everything is taken. `answer`, if set, answers instead: it gets headers and body."""

    def __init__(self):
        self.requests, self.script, self.headers, self.answer = [], [], {}, None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                outer.requests.append((headers, body))
                status, reply, more = 200, b"", dict(outer.headers)
                if outer.answer:
                    status, reply, more = outer.answer(headers, body)
                elif outer.script:
                    step = outer.script.pop(0)
                    if isinstance(step, float):
                        time.sleep(step)
                    else:
                        status = step
                try:
                    self.send_response(status)
                    for name, value in more.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(reply)))
                    self.end_headers()
                    self.wfile.write(reply)
                except OSError:
                    pass  # The other side waited no longer.

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hooks/slack/assistant"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
