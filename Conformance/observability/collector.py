"""A collector of OpenTelemetry that takes OTLP over HTTP in JSON, and reads it with the official messages."""

import base64
import http.server
import json
import threading

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


def parsed(body):
    """OTLP's JSON has ids in hexadecimal, where protobuf's own has base64."""
    def visit(value):
        if isinstance(value, list):
            return [visit(each) for each in value]
        if not isinstance(value, dict):
            return value
        return {
            key: base64.b64encode(bytes.fromhex(each)).decode() if key in ("traceId", "spanId", "parentSpanId") else visit(each)
            for key, each in value.items()}

    return json_format.ParseDict(visit(json.loads(body)), ExportTraceServiceRequest())


class Span:
    def __init__(self, span, resource):
        self.name, self.kind, self.status = span.name, span.kind, span.status.code
        self.trace, self.id, self.parent = span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex()
        self.start, self.end = span.start_time_unix_nano, span.end_time_unix_nano
        self.links = [(link.trace_id.hex(), link.span_id.hex()) for link in span.links]
        self.attributes = {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in span.attributes}
        self.resource = {each.key: each.value.string_value for each in resource.attributes}


class Collector:
    def __init__(self):
        self.spans, self.bodies, self.headers, self.answers = [], [], [], []
        self.news = threading.Condition()
        collector = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with collector.news:
                    status = collector.answers.pop(0) if collector.answers else 200
                    collector.headers.append((self.path, dict(self.headers)))
                    collector.bodies.append(body.decode())
                    if status == 200:
                        for resource in parsed(body).resource_spans:
                            for scope in resource.scope_spans:
                                collector.spans += [Span(each, resource.resource) for each in scope.spans]
                    collector.news.notify_all()
                self.send_response(status)
                self.send_header("Content-Length", "2")
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(b"{}")

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait(self, name, count=1, seconds=60):
        """The spans whose name begins so, once there are that many."""
        found = lambda: [span for span in self.spans if span.name.startswith(name)]
        with self.news:
            assert self.news.wait_for(lambda: len(found()) >= count, seconds), [span.name for span in self.spans]
        return found()

    def children(self, span):
        return [each for each in self.spans if each.parent == span.id and each.trace == span.trace]

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
