"""A program that talks to an agent: plain HTTP, and server-sent events read as the standard says."""

import http.client
import json
import urllib.parse


class Program:
    prefix = "/v1/agents/"

    def __init__(self, url, token, agent):
        self.host, self.token, self.agent = urllib.parse.urlsplit(url).netloc, token, agent

    def send(self, method, path="", body=None, **headers):
        """(status, JSON or text, headers). `body` may be bytes, or anything that JSON has."""
        connection = http.client.HTTPConnection(self.host, timeout=20)
        fields = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if body is not None:
            fields["Content-Type"] = "application/json"
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
        fields |= {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
        fields = {name: value for name, value in fields.items() if headers.get(name.replace("-", "_"), value) is not None}
        try:
            connection.request(method, f"{self.prefix}{self.agent}{path}", body=body, headers=fields)
            response = connection.getresponse()
            text = response.read()
        except BrokenPipeError:
            response = connection.getresponse()
            text = response.read()
        try:
            return response.status, json.loads(text), response.headers
        except ValueError:
            return response.status, text.decode(), response.headers

    def write(self, id, text, talk="one"):
        return self.send("POST", f"/conversations/{talk}/messages", {"id": id, "text": text})

    def show(self, id, talk="one"):
        return self.send("GET", f"/conversations/{talk}/messages/{id}")

    def read(self, talk="one"):
        return self.send("GET", f"/conversations/{talk}")

    def stop(self, id, talk="one"):
        return self.send("POST", f"/conversations/{talk}/stop", {"id": id})

    def events(self, id, talk="one", after=None, until=("done", "error"), seconds=30):
        """Yields (id, name, data) of a message's turn. Ends with `until`, or with the connection."""
        connection = http.client.HTTPConnection(self.host, timeout=seconds)
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "text/event-stream"}
        if after is not None:
            headers["Last-Event-ID"] = str(after)
        connection.request("GET", f"{self.prefix}{self.agent}/conversations/{talk}/messages/{id}/events", headers=headers)
        yield from read_events(connection.getresponse(), until)

    def write_and_watch(self, id, text, talk="one"):
        connection = http.client.HTTPConnection(self.host, timeout=30)
        connection.request(
            "POST", f"{self.prefix}{self.agent}/conversations/{talk}/messages", json.dumps({"id": id, "text": text}),
            {"Authorization": f"Bearer {self.token}", "Accept": "text/event-stream", "Content-Type": "application/json"})
        yield from read_events(connection.getresponse(), ("done", "error"))


def read_events(response, until):
    assert response.status == 200, (response.status, response.read())
    assert response.headers["Content-Type"] == "text/event-stream"
    event = {}
    try:
        for line in response:
            line = line.decode().rstrip("\n")
            if line:
                name, _, value = line.partition(":")
                if name:
                    event[name] = value.removeprefix(" ")
                continue
            if "event" in event:
                yield (int(event["id"]) if "id" in event else None), event["event"], json.loads(event["data"])
                if event["event"] in until:
                    return
            event = {}
    except (http.client.HTTPException, ConnectionError):
        return
