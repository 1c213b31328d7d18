"""An OpenID provider that is honest until a test tells it not to be. It shares no code with Deputy, and signs with joserfc."""

import base64
import hashlib
import json
import secrets
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from joserfc import jws, jwk

ALGORITHMS = ["RS256", "PS256", "ES256", "Ed25519", "HS256"]


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Provider:
    """Signs everybody in at once, as `subject`. What it says and how it signs is `change`'s to alter."""

    def __init__(self):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.clients = {"deputy": "s3cret/with +signs", "public": None}
        self.first = {
            "rsa": jwk.RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"}, private=True),
            "ec": jwk.ECKey.generate_key("P-256", {"kid": "ec", "use": "sig"}, private=True),
            "ed": jwk.OKPKey.generate_key("Ed25519", {"kid": "ed", "use": "sig"}, private=True),
        }
        self.reset()

    def reset(self):
        self.keys = dict(self.first)
        self.subject, self.groups, self.alg, self.session = "alice-1", [], "RS256", "session-1"
        self.change = lambda header, claims: None       # of an ID token, before it is signed
        self.sign = self.honest                         # (header, claims) -> token
        self.answer = lambda query: query               # of the way back
        self.metadata = lambda document: document
        self.codes, self.seen, self.fetched = {}, [], []

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    # what it publishes

    def document(self):
        return self.metadata({
            "issuer": self.issuer, "authorization_endpoint": self.issuer + "/authorize",
            "token_endpoint": self.issuer + "/token", "jwks_uri": self.issuer + "/keys",
            "end_session_endpoint": self.issuer + "/end", "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["RS256", "PS256", "ES256", "EdDSA", "HS256", "none"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
            "code_challenge_methods_supported": ["S256"], "authorization_response_iss_parameter_supported": True,
        })

    def key_set(self):
        return {"keys": [key.as_dict(private=False) for key in self.keys.values()]}

    # what it signs

    def key(self, alg):
        return self.keys[{"RS256": "rsa", "PS256": "rsa", "ES256": "ec", "EdDSA": "ed"}[alg]]

    def honest(self, header, claims):
        alg = header["alg"]
        return jws.serialize_compact(header, json.dumps(claims).encode(), self.key(alg),
                                     algorithms=[alg], registry=jws.JWSRegistry(algorithms=[alg], strict_check_header=False))

    def claims(self, client, nonce):
        now = int(time.time())
        return {"iss": self.issuer, "sub": self.subject, "aud": client, "exp": now + 300, "iat": now, "nonce": nonce,
                "sid": self.session, "groups": self.groups, "name": "A Person", "email": "dana@acme.test",
                "email_verified": True}

    def id_token(self, client, nonce, access):
        claims, header = self.claims(client, nonce), {"alg": self.alg, "kid": self.key(self.alg).kid, "typ": "JWT"}
        digest = hashlib.sha512 if self.alg == "EdDSA" else hashlib.sha256
        half = digest(access.encode()).digest()
        claims["at_hash"] = b64(half[:len(half) // 2])
        self.change(header, claims)
        return self.sign(header, claims)

    def logout_token(self, **changes):
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": "deputy", "iat": now, "exp": now + 120, "jti": secrets.token_hex(8),
                  "sub": self.subject, "sid": self.session,
                  "events": {"http://schemas.openid.net/event/backchannel-logout": {}}} | changes
        claims = {name: value for name, value in claims.items() if value is not None}
        return self.honest({"alg": "RS256", "kid": self.keys["rsa"].kid, "typ": "logout+jwt"}, claims)

    # what it answers

    def authorize(self, query):
        code = secrets.token_urlsafe(16)
        self.seen.append(query)
        self.codes[code] = query
        back = self.answer({"code": code, "state": query["state"], "iss": self.issuer})
        return query["redirect_uri"] + "?" + urllib.parse.urlencode(back)

    def redeem(self, form, authorization):
        client = form.get("client_id")
        if authorization:
            name, _, secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
            client, secret = urllib.parse.unquote(name), urllib.parse.unquote(secret)
        else:
            secret = form.get("client_secret")
        query = self.codes.pop(form.get("code"), None)
        if client not in self.clients or self.clients[client] != secret:
            return 401, {"error": "invalid_client"}
        challenge = b64(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if not query or query["client_id"] != client or query["redirect_uri"] != form.get("redirect_uri") \
                or query["code_challenge"] != challenge or query["code_challenge_method"] != "S256":
            return 400, {"error": "invalid_grant"}
        access = secrets.token_urlsafe(24)
        return 200, {"access_token": access, "token_type": "Bearer", "expires_in": 60,
                     "id_token": self.id_token(client, query.get("nonce"), access)}

    def handler(provider):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def reply(self, status, body=b"", **headers):
                body = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                path, _, text = self.path.partition("?")
                query = dict(urllib.parse.parse_qsl(text, keep_blank_values=True))
                provider.fetched.append(path)
                if path == "/.well-known/openid-configuration":
                    self.reply(200, provider.document())
                elif path == "/keys":
                    self.reply(200, provider.key_set())
                elif path == "/authorize":
                    self.reply(302, Location=provider.authorize(query))
                elif path == "/end":
                    provider.seen.append(query)
                    self.reply(302, Location=query["post_logout_redirect_uri"])
                else:
                    self.reply(404)

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = dict(urllib.parse.parse_qsl(body))
                provider.fetched.append(self.path)
                self.reply(*provider.redeem(form, self.headers.get("Authorization")), Content_Type="application/json")

        return Handler
