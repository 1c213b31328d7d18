"""A remote server whose people sign in: the official SDK as resource server and authorization server, with pages of its own for
them. What it publishes can be altered, and its journal says whose token came with which call."""

import base64
import html
import json
import secrets
import socket
import threading
import time
import urllib.parse
import urllib.request

import uvicorn
from mcp.server.auth.provider import (
    AccessToken, AuthorizationCode, RefreshToken, construct_redirect_uri)
from mcp.server.auth.settings import AuthSettings, ClientRegistrationOptions, RevocationOptions
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from joserfc import jwk, jwt
from mcp.server.mcpserver import MCPServer
from mcp.shared.auth import OAuthClientInformationFull, OAuthToken

PAGE = """<!doctype html><html lang="en"><title>Tickets</title><main><h1>Tickets</h1><p>Deputy asks for: <b>%s</b></p>
<p>You are <b>%s</b>.</p><form method="get" action="/page/decide"><input type="hidden" name="key" value="%s">
<button name="answer" value="allow">Allow</button> <button name="answer" value="deny">Deny</button></form></main></html>"""
SCOPES = ["tickets:read", "tickets:write"]


class Provider:
    """The SDK's interface of an authorization server. It rotates refresh tokens and ends a grant whose old one comes back."""

    def __init__(self, desk):
        self.desk = desk
        self.clients, self.codes, self.access, self.refresh, self.dead, self.waiting = {}, {}, {}, {}, {}, {}
        self.asked, self.registered, self.resources, self.fetched = [], [], [], []
        # Clients that are themselves: their secrets, and their public keys.
        self.secrets, self.keys, self.seen, self.certificates = {}, {}, set(), {}

    async def get_client(self, client_id):
        if client_id.startswith("http") and self.desk.documents_taken:
            with urllib.request.urlopen(client_id, timeout=5) as answer:
                document = json.load(answer)
            assert document["client_id"] == client_id
            self.fetched.append(document)
            return OAuthClientInformationFull(**document | {"scope": " ".join(SCOPES)})
        return self.clients.get(client_id)

    async def register_client(self, client):
        self.registered.append(client)
        self.clients[client.client_id] = client

    async def authorize(self, client, params):
        key = secrets.token_hex(8)
        self.waiting[key] = (client, params)
        self.asked.append((params.scopes, params.resource))
        return f"{self.desk.origin}/page/authorize?key={key}"

    def decide(self, key, answer):
        client, params = self.waiting.pop(key)
        more = {"iss": self.desk.answering_issuer} if self.desk.answering_issuer else {}
        if answer != "allow":
            return construct_redirect_uri(str(params.redirect_uri), error="access_denied", state=params.state, **more)
        code = AuthorizationCode(
            code=secrets.token_urlsafe(24), scopes=params.scopes or ["tickets:read"], expires_at=time.time() + 60,
            client_id=client.client_id, code_challenge=params.code_challenge, redirect_uri=params.redirect_uri,
            redirect_uri_provided_explicitly=True, resource=params.resource, subject=self.desk.account)
        self.codes[code.code] = code
        return construct_redirect_uri(str(params.redirect_uri), code=code.code, state=params.state, **more)

    async def load_authorization_code(self, client, code):
        return self.codes.get(code)

    async def exchange_authorization_code(self, client, code):
        del self.codes[code.code]
        return self.grant(client.client_id, code.subject, code.scopes, code.resource)

    def grant(self, client, subject, scopes, resource):
        access, refresh = "at_" + secrets.token_urlsafe(24), "rt_" + secrets.token_urlsafe(24)
        granted = [scope for scope in scopes if scope in self.desk.granted]
        common = {"client_id": client, "scopes": granted, "resource": resource, "subject": subject}
        self.access[access] = AccessToken(token=access, expires_at=int(time.time()) + 3600, **common)
        self.refresh[refresh] = RefreshToken(token=refresh, **common)
        return OAuthToken(access_token=access, refresh_token=refresh, expires_in=self.desk.lifetime,
                          scope=" ".join(granted))

    async def load_refresh_token(self, client, token):
        if token in self.dead:
            self.access = {t: a for t, a in self.access.items() if a.subject != self.dead[token]}
        return self.refresh.get(token)

    async def exchange_refresh_token(self, client, token, scopes):
        del self.refresh[token.token]
        self.dead[token.token] = token.subject
        return self.grant(client.client_id, token.subject, scopes, token.resource)

    def ourselves(self, form, header):
        """RFC 6749 section 4.4, which the SDK's authorization server doesn't have: (status, answer). Who asks is shown by a
        secret, or by a key (RFC 7523 section 2.2) with this issuer as the sole audience."""
        client = self.machine(form, header)
        if not client:
            return 401, {"error": "invalid_client"}
        if form.get("resource") != self.desk.url:
            return 400, {"error": "invalid_target"}
        access = "at_" + secrets.token_urlsafe(24)
        granted = [scope for scope in (form.get("scope") or "").split() if scope in self.desk.granted] or ["tickets:read"]
        self.access[access] = AccessToken(
            token=access, client_id=client, scopes=granted, expires_at=int(time.time()) + 3600, resource=self.desk.url,
            subject=self.desk.machine_account)
        return 200, {"access_token": access, "token_type": "Bearer", "expires_in": self.desk.lifetime,
                     "scope": " ".join(granted)}

    def machine(self, form, header):
        """The client that shows who it is, by exactly one way; none for nobody."""
        if header.startswith("Basic "):
            pair = base64.b64decode(header[6:]).decode().split(":", 1)
            name, secret = (urllib.parse.unquote(half) for half in pair)
            return name if "client_assertion" not in form and self.secrets.get(name) == secret else None
        if "client_assertion" not in form:
            return form.get("client_id") if self.secrets.get(form.get("client_id")) == form.get("client_secret", "") else None
        assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        known = [(name, key, "ES256", None) for name, key in self.keys.items()]
        for name, text in self.certificates.items():
            made = x509.load_pem_x509_certificate(text.encode())
            known.append((name, jwk.RSAKey.import_key(made.public_key().public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)), "PS256",
                base64.urlsafe_b64encode(made.fingerprint(hashes.SHA256())).rstrip(b"=").decode()))
        for name, key, algorithm, thumbprint in known:
            try:
                token = jwt.decode(form["client_assertion"], key, algorithms=[algorithm])
            except Exception:
                continue
            if token.header.get("x5t#S256") != thumbprint:
                continue
            claims = token.claims
            fresh = claims["jti"] not in self.seen and time.time() < claims["exp"] <= time.time() + 600
            if claims["iss"] == claims["sub"] == name and claims["aud"] == self.desk.origin and fresh:
                self.seen.add(claims["jti"])
                return name
        return None

    async def load_access_token(self, token):
        return self.access.get(token)

    async def revoke_token(self, token):
        self.access = {t: a for t, a in self.access.items() if a.subject != token.subject}
        self.refresh = {t: a for t, a in self.refresh.items() if a.subject != token.subject}


class Desk:
    """`account` is who is signed in there. `published` puts other documents in the place of what the SDK publishes: a path
    to JSON, or to an address that it redirects to."""

    def __init__(self, is_modern=True, secrets_end=None):
        """`secrets_end`: after how many seconds the secrets of those who register themselves do."""
        self.is_modern = is_modern
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.origin = f"http://127.0.0.1:{self.port}"
        self.url = self.origin + "/mcp"
        self.reset()
        server = MCPServer(
            "tickets", auth_server_provider=self.provider,
            auth=AuthSettings(
                issuer_url=self.origin, resource_server_url=self.url, validate_token_resource=True,
                client_registration_options=ClientRegistrationOptions(
                    enabled=True, valid_scopes=SCOPES, default_scopes=SCOPES, client_secret_expiry_seconds=secrets_end),
                revocation_options=RevocationOptions(enabled=True)))

        @server.tool()
        def search(query: str) -> str:
            """Finds tickets."""
            return f"found {query}"

        @server.tool()
        def close(ticket: int) -> dict[str, object]:
            """Closes a ticket."""
            return {"closed": ticket}

        self.app = server.streamable_http_app()
        self.runner = uvicorn.Server(uvicorn.Config(self.serve, host="127.0.0.1", port=self.port, log_level="error", interface="asgi3"))
        self.thread = threading.Thread(target=self.runner.run, daemon=True)
        self.thread.start()
        while not self.runner.started:
            time.sleep(0.02)

    def reset(self):
        if not hasattr(self, "provider"):
            self.provider = Provider(self)
        else:
            self.provider.__init__(self)
        self.machine_account = "robot-at-tickets"
        self.account, self.granted, self.lifetime = "alice-at-tickets", set(SCOPES), 3600
        self.documents_taken, self.answering_issuer, self.published = False, None, {}
        self.needs = {"close": ["tickets:write"]}        # what a tool wants of a token
        self.challenge = None                            # said instead of that
        self.calls, self.headers, self.reads = [], [], []

    def stop(self):
        self.runner.should_exit = True
        self.thread.join(10)

    def metadata(self, **changes):
        document = {
            "issuer": self.origin, "authorization_endpoint": self.origin + "/authorize",
            "token_endpoint": self.origin + "/token", "registration_endpoint": self.origin + "/register",
            "scopes_supported": SCOPES, "response_types_supported": ["code"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "code_challenge_methods_supported": ["S256"], "revocation_endpoint": self.origin + "/revoke"} | changes
        return {name: value for name, value in document.items() if value is not None}

    def resource(self, **changes):
        return {"resource": self.url, "authorization_servers": [self.origin], "scopes_supported": ["tickets:read", "tickets:write"]} | changes

    def take_documents(self):
        self.documents_taken = True
        self.published["/.well-known/oauth-authorization-server"] = self.metadata(
            client_id_metadata_document_supported=True, token_endpoint_auth_methods_supported=["none"],
            authorization_response_iss_parameter_supported=True)
        self.answering_issuer = self.origin

    async def serve(self, scope, receive, send):
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        path, headers = scope["path"], {name.decode(): value.decode() for name, value in scope["headers"]}
        query = dict(urllib.parse.parse_qsl(scope["query_string"].decode()))
        if path.startswith("/.well-known/"):
            self.reads.append(path)
        if path in self.published:
            found = self.published[path]
            if isinstance(found, str):
                return await reply(send, 302, b"", location=found)
            return await reply(send, 200, json.dumps(found).encode(), content_type="application/json")
        if path == "/page/authorize":
            client, params = self.provider.waiting[query["key"]]
            page = PAGE % (html.escape(" ".join(params.scopes or [])), self.account, html.escape(query["key"]))
            return await reply(send, 200, page.encode(), content_type="text/html; charset=utf-8")
        if path == "/page/decide":
            return await reply(send, 302, b"", location=self.provider.decide(query["key"], query["answer"]))
        if path in ("/token", "/mcp", "/introspect"):
            body, more = b"", True
            while more:
                message = await receive()
                body, more = body + message.get("body", b""), message.get("more_body", False)
            rest = iter([{"type": "http.request", "body": body, "more_body": False}])
            first = receive

            async def receive():
                return next(rest, None) or await first()
            if path == "/token":
                form = dict(urllib.parse.parse_qsl(body.decode()))
                self.provider.resources.append((form.get("grant_type"), form.get("resource")))
                if form.get("grant_type") == "client_credentials":
                    status, answer = self.provider.ourselves(form, headers.get("authorization", ""))
                    return await reply(send, status, json.dumps(answer).encode(), content_type="application/json")
            elif path == "/introspect":
                form = dict(urllib.parse.parse_qsl(body.decode()))
                token = self.provider.access.get(form["token"])
                said = {"active": True, "sub": token.subject, "username": token.subject} if token else {"active": False}
                return await reply(send, 200, json.dumps(said).encode(), content_type="application/json")
            elif await self.intercepted(headers, body, send):
                return None
        await self.app(scope, receive, send)

    async def intercepted(self, headers, body, send):
        token = self.provider.access.get(headers.get("authorization", "").removeprefix("Bearer "))
        self.headers.append(headers.get("authorization", ""))
        message = json.loads(body) if body else {}
        if not self.is_modern and headers.get("mcp-protocol-version") == "2026-07-28" and token:
            refusal = {"jsonrpc": "2.0", "id": None, "error": {"code": -32022, "message": "no"}}
            await reply(send, 400, json.dumps(refusal).encode(), content_type="application/json")
            return True
        if message.get("method") != "tools/call" or not token:
            return False
        name = message["params"]["name"]
        missing = [scope for scope in self.needs.get(name, []) if scope not in token.scopes]
        if missing:
            wanted = self.challenge or f'Bearer error="insufficient_scope", scope="{" ".join(missing)}"'
            await reply(send, 403, b'{"error": "insufficient_scope"}', content_type="application/json",
                        www_authenticate=wanted)
            return True
        self.calls.append((token.subject, name, message["params"].get("arguments")))
        return False


async def reply(send, status, body, **headers):
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status,
                "headers": named + [(b"content-length", str(len(body)).encode())]})
    await send({"type": "http.response.body", "body": body})
