"""The stand-ins as a process of their own."""

import json
import os
import pathlib
import signal
import subprocess

import requests

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Acme:
    """One running acme. Its control port is the oracle of these tests."""

    def __init__(self, *arguments):
        binary = os.environ.get("ACME_BIN", ROOT / ".build/debug/acme")
        self.process = subprocess.Popen([str(binary), *map(str, arguments)], stdout=subprocess.PIPE, text=True)
        self.line = self.process.stdout.readline()
        if not self.line:
            raise RuntimeError(f"`{binary}` ended with {self.process.wait()} before it was ready")
        ready = json.loads(self.line)
        self.origins, self.tokens, self.ids = ready["origins"], ready["tokens"], ready["ids"]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.stdout.close()
        return self.process.wait(timeout=60)

    def control(self, method, path, **body):
        answer = requests.request(method, self.origins["control"] + path, json=body or None, timeout=10)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def journal(self, since=0):
        return self.control("GET", f"/journal?since={since}")["entries"]

    def last(self):
        return self.journal()[-1]

    def sent(self):
        return self.control("GET", "/sent")

    def revoke(self, service, owner):
        self.control("POST", "/revoke", service=service, owner=owner)

    def reissue(self, service, owner, **options):
        return self.control("POST", "/reissue", service=service, owner=owner, **options)["token"]
