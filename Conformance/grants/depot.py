"""A provider with its own authorization server that knows every grant but the code: it reads what Deputy sends with other
people's libraries (joserfc, google-auth, cryptography), and shares no code with it."""

import base64
import hashlib
import json
import secrets
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import google.auth.jwt
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from joserfc import jwk, jwt

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
GOOGLE = "https://oauth2.googleapis.com/token"


class Refused(Exception):
    def __init__(self, error, status=400, **more):
        super().__init__(error)
        self.status, self.answer = status, {"error": error} | more


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Depot:
    def __init__(self):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.clients = {}                # id -> {"secret"} or {"keys": {kid: PEM}} or {"certificate": PEM}
        self.accounts = {}               # service account's mail -> (kid, certificate or public key as PEM)
        self.users = {}                  # who a service account may be
        self.reset()

    def reset(self):
        self.lifetime, self.interval = 3600, 1
        self.tokens, self.refresh, self.devices, self.jtis = {}, {}, {}, set()
        self.asked, self.read, self.revoked = [], [], []
        self.revocation = (200, {})      # what the revocation endpoint answers
        self.says = None                 # (status, answer) of the token endpoint, once

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def manifest(self, name="depot", **oauth):
        """A provider's manifest, as somebody writes it into `providers/`."""
        return json.dumps({
            "provider": name, "title": "Depot", "origin": self.origin, "credential": {"kind": "bearer"},
            "oauth": {
                "issuer": self.origin, "authorization": self.origin + "/authorize", "token": self.origin + "/token",
                "revocation": self.origin + "/revoke", "device": self.origin + "/device",
                "scopes": ["items.read"], "refresh": {"rotation": "none", "marginSeconds": 60},
            } | oauth,
            "account": {"requests": [{"method": "GET", "path": "/me"}], "id": "/id", "email": "/email"},
            "tools": [{
                "name": f"{name}.list", "title": "List items", "description": "The items that the account sees.",
                "effect": "read", "scopes": ["items.read"], "arguments": {},
                "labels": {"integrity": "agent-documents"}, "request": {"method": "GET", "path": "/items"},
            }],
        })

    # who asks

    def client(self, form, header):
        if header and header.startswith("Basic "):
            if "client_secret" in form or "client_assertion" in form:
                raise Refused("invalid_request")
            name, secret = (urllib.parse.unquote_plus(half) for half in base64.b64decode(header[6:]).decode().split(":", 1))
            if self.clients.get(name, {}).get("secret") != secret:
                raise Refused("invalid_client", 401)
            return name
        name = form.get("client_id")
        if name not in self.clients:
            raise Refused("invalid_client", 401)
        if "client_assertion" in form:
            return self.assertion(name, form)
        if self.clients[name].get("secret") != form.get("client_secret"):
            raise Refused("invalid_client", 401)
        return name

    def assertion(self, name, form):
        """RFC 7523 section 3, and what Entra wants of a certificate's."""
        client, token = self.clients[name], form["client_assertion"]
        header = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))
        if form["client_assertion_type"] != ASSERTION or header["typ"] != "JWT":
            raise Refused("invalid_client", 401)
        if "certificate" in client:
            certificate = x509.load_pem_x509_certificate(client["certificate"].encode())
            der = certificate.public_bytes(serialization.Encoding.DER)
            if header.get("x5t#S256") != b64(hashlib.sha256(der).digest()) or set(header) != {"alg", "typ", "x5t#S256"}:
                raise Refused("invalid_client", 401)
            key, algorithms = certificate.public_key(), ["PS256"]
        else:
            key = serialization.load_pem_public_key(client["keys"][header["kid"]].encode())
            algorithms = ["ES256", "PS256"]
        pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        kind = jwk.ECKey if header["alg"] == "ES256" else jwk.RSAKey
        claims = jwt.decode(token, kind.import_key(pem), algorithms=algorithms).claims
        now = time.time()
        good = (claims["iss"] == claims["sub"] == name and claims["aud"] == client.get("audience", self.origin)
                and claims["iat"] <= now + 1 and claims["nbf"] <= now + 1 and now < claims["exp"] <= now + 600
                and claims["jti"] not in self.jtis)
        if not good:
            raise Refused("invalid_client", 401)
        self.jtis.add(claims["jti"])
        self.read.append((header, claims))
        return name

    # what is granted

    def token(self, form, header):
        self.asked.append(form)
        if self.says:
            (status, answer), self.says = self.says, None
            raise Refused(answer.pop("error"), status, **answer)
        grant = form["grant_type"]
        if grant == JWT_BEARER:
            return self.service_account(form)
        client = self.client(form, header)
        if grant == "client_credentials":
            return self.grant(client, form.get("scope", ""))
        if grant == DEVICE:
            return self.device_token(form["device_code"], client)
        if grant == "refresh_token":
            if form["refresh_token"] not in self.refresh:
                raise Refused("invalid_grant")
            return self.grant(self.refresh[form["refresh_token"]], "items.read")
        raise Refused("unsupported_grant_type")

    def grant(self, owner, scope, **more):
        token = "depot-" + secrets.token_urlsafe(24)
        self.tokens[token] = owner
        return {"access_token": token, "token_type": "Bearer", "expires_in": self.lifetime, "scope": scope} | more

    def service_account(self, form):
        unverified = json.loads(base64.urlsafe_b64decode(form["assertion"].split(".")[1] + "=="))
        if set(form) != {"grant_type", "assertion"} or unverified["iss"] not in self.accounts:
            raise Refused("invalid_grant")
        kid, key = self.accounts[unverified["iss"]]
        # google-auth: signature, key id, times and audience.
        claims = dict(google.auth.jwt.decode(form["assertion"], certs={kid: key}, audience=GOOGLE))
        if set(claims) - {"sub"} != {"iss", "scope", "aud", "iat", "exp"} or claims["exp"] - claims["iat"] != 3600:
            raise Refused("invalid_grant")
        self.read.append(({}, claims))
        subject = claims.get("sub", claims["iss"])
        if subject != claims["iss"] and subject not in self.users:
            raise Refused("unauthorized_client", 401)
        return self.grant(subject, claims["scope"])

    def device(self, form, header):
        self.asked.append(form)
        client, code = self.client(form, header), secrets.token_urlsafe(24)
        user_code = secrets.token_hex(2).upper() + "-" + secrets.token_hex(2).upper()
        self.devices[code] = {"client": client, "user_code": user_code, "answer": "authorization_pending", "times": []}
        return {"device_code": code, "user_code": user_code, "verification_uri": self.origin + "/activate",
                "expires_in": 600, "interval": self.interval}

    def device_token(self, code, client):
        device = self.devices.get(code)
        if not device or device["client"] != client:
            raise Refused("invalid_grant")
        device["times"].append(time.monotonic())
        if device["answer"].startswith("user:"):
            del self.devices[code]
            token = secrets.token_urlsafe(24)
            self.refresh[token] = device["answer"][5:]
            return self.grant(device["answer"][5:], "items.read", refresh_token=token)
        raise Refused(device["answer"])

    def revoke(self, form, header):
        self.client(form, header)
        self.revoked.append((form["token"], form.get("token_type_hint"), self.revocation[0]))
        if self.revocation[0] == 200:
            owner = self.refresh.pop(form["token"], None) or self.tokens.pop(form["token"], None)
            self.tokens = {token: name for token, name in self.tokens.items() if name != owner}
        return self.revocation

    # the wire

    def me(self, header):
        owner = self.tokens.get((header or "").removeprefix("Bearer "))
        if not owner:
            raise Refused("invalid_token", 401)
        return owner

    def handler(depot):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                self.answered(lambda: self.get())

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
                pairs = urllib.parse.parse_qsl(body, keep_blank_values=True)
                form = dict(pairs)
                assert len(form) == len(pairs), "a parameter comes twice"
                header = self.headers["Authorization"]
                self.answered(lambda: {"/token": depot.token, "/device": depot.device, "/revoke": depot.revoke}[
                    self.path](form, header))

            def get(self):
                owner = depot.me(self.headers["Authorization"])
                return {"/me": {"id": owner, "email": owner if "@" in owner else None},
                        "/items": {"items": [f"of {owner}"]}}[self.path]

            def answered(self, work):
                status, headers = 200, {}
                try:
                    answer = work()
                    if isinstance(answer, tuple):
                        status, headers = answer
                        answer = {}
                except Refused as refused:
                    status, answer = refused.status, refused.answer
                except Exception as error:      # what can't be verified
                    status, answer = 400, {"error": "invalid_grant", "error_description": repr(error)}
                    depot.read.append(("failed", repr(error)))
                body = json.dumps(answer).encode()
                self.send_response(status)
                for name, value in ({"Content-Type": "application/json", "Content-Length": str(len(body))} | headers).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler
