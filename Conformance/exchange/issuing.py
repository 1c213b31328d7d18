"""An issuer outside, and a client that brings its tokens. Neither shares code with Deputy; Authlib signs."""

import base64
import http.server
import json
import secrets
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

from authlib.jose import JsonWebKey, JsonWebSignature

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Issuer:
    """Publishes its keys, and signs whatever a test wants."""

    def __init__(self):
        self.keys = {"rsa": JsonWebKey.generate_key("RSA", 2048, {"kid": "rsa", "use": "sig"}, is_private=True),
                     "ec": JsonWebKey.generate_key("EC", "P-256", {"kid": "ec", "use": "sig"}, is_private=True)}
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.fetched, self.down = [], False
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def sign(self, header, claims, key=None):
        names = {"RS256": "rsa", "PS256": "rsa", "ES256": "ec"}
        header = {"alg": "ES256", "kid": names.get(header.get("alg", "ES256"))} | header
        header = {name: value for name, value in header.items() if value is not None}
        claims = {name: value for name, value in claims.items() if value is not None}
        key = key or self.keys[names[header["alg"]]]
        text = b64(json.dumps(header).encode()) + "." + b64(json.dumps(claims).encode())
        signer = JsonWebSignature.ALGORITHMS_REGISTRY[header["alg"]]
        return text + "." + b64(signer.sign(text.encode(), key))

    def claims(self, subject, audience, **changes):
        now = int(time.time())
        return {"iss": self.url, "sub": subject, "aud": audience, "iat": now, "exp": now + 3600} | changes

    def id_token(self, subject, audience, header={}, key=None, **changes):
        return self.sign({"typ": "JWT"} | header, self.claims(subject, audience, **changes), key)

    def access_token(self, subject, audience, **changes):
        return self.sign({"typ": "at+jwt"}, self.claims(
            subject, audience, jti=secrets.token_hex(8), client_id="web", scope="profile", **changes))

    def leave(self, subject, audience, client, resource, header={}, **changes):
        """An ID-JAG."""
        now = int(time.time())
        return self.sign({"typ": "oauth-id-jag+jwt"} | header, self.claims(
            subject, audience, **{"client_id": client, "resource": resource, "jti": secrets.token_hex(8), "exp": now + 300}
            | changes))

    def handler(issuer):
        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                issuer.fetched.append(self.path)
                documents = {
                    "/.well-known/openid-configuration": {"issuer": issuer.url, "jwks_uri": issuer.url + "/keys"},
                    "/keys": {"keys": [key.as_dict(is_private=False) for key in issuer.keys.values()]}}
                found = None if issuer.down else documents.get(self.path)
                body = json.dumps(found or {}).encode()
                self.send_response(200 if found else 503)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        return Handler


class Builder:
    """An agent builder's server: it has its user's token of the issuer, and credentials of its own."""

    def __init__(self, home, issuer, made, audience):
        self.home, self.issuer, self.audience = home, issuer, audience
        self.id, self.secret = made["id"], made["secret"]

    def resource(self, agent="product"):
        return f"{self.home.url}/mcp/{agent}"

    def post(self, path="/oauth/token", **fields):
        """(status, answer, headers)"""
        fields = {"client_id": self.id, "client_secret": self.secret} | fields
        body = urllib.parse.urlencode([(name, value) for name, value in fields.items() if value is not None]).encode()
        try:
            with urllib.request.urlopen(self.home.url + path, data=body, timeout=30) as response:
                return response.status, json.loads(response.read() or b"{}"), response.headers
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read()), error.headers

    def exchange(self, token, agent="product", **changes):
        return self.post(**{"grant_type": EXCHANGE, "subject_token": token, "subject_token_type": ID_TOKEN,
                            "resource": self.resource(agent)} | changes)[:2]

    def redeem(self, assertion, **changes):
        return self.post(**{"grant_type": BEARER, "assertion": assertion} | changes)[:2]

    def token(self, subject="alice-1", **changes):
        return self.issuer.id_token(subject, self.audience, **changes)

    def leave(self, subject="alice-1", agent="product", **changes):
        fields = {"audience": self.home.url, "client": self.id, "resource": self.resource(agent)} | changes
        return self.issuer.leave(subject, **fields)

    def session(self, subject="alice-1", agent="product", **changes):
        """An access token, gone all the way."""
        status, answer = self.exchange(self.token(subject), agent, **changes)
        assert status == 200, answer
        return answer["access_token"]

    def told(self, token):
        return self.post("/oauth/introspect", token=token)[1]


def ping(home, token, agent="product"):
    return home.post(agent, token, {"jsonrpc": "2.0", "id": 1, "method": "ping"})[0]
