"""A provider that knows every grant, keeps each credential that it gives or sees, and can say them all in its errors."""

import base64
import json
import secrets
import urllib.parse

from depot import Depot, Refused, b64


def spoken(secret):
    """How a careless server may put a credential into its error."""
    raw = secret.encode()
    return [secret, base64.b64encode(raw).decode(), b64(raw), raw.hex(), urllib.parse.quote(secret, safe=""),
            json.dumps(secret)[1:-1]]


class Parrot(Depot):
    def reset(self):
        super().reset()
        self.codes, self.minted, self.account = {}, {}, "carol@acme.test"
        self.bad = {}       # path -> the status with which it answers, saying all that it was sent

    def mint(self, kind):
        secret = f"{kind}+" + secrets.token_urlsafe(24) + "/="
        self.minted.setdefault(kind, []).append(secret)
        return secret

    def see(self, kind, secret):
        if secret and secret not in self.minted.setdefault(kind, []):
            self.minted[kind].append(secret)

    def manifest(self, *arguments, **oauth):
        """What it says in its errors is passed on."""
        return json.dumps(json.loads(super().manifest(*arguments, **oauth)) | {
            "refusal": {"code": "/error", "message": "/message"}})

    # in the browser

    def decide(self, query):
        code = self.mint("code")
        self.codes[code] = query | {"account": self.account}
        self.see("state", query["state"])
        return query["redirect_uri"] + "?" + urllib.parse.urlencode(
            {"state": query["state"], "iss": self.origin, "code": code})

    # what it says

    def complain(self, path, *said):
        if path in self.bad:
            words = " ".join(form for each in said if each for form in spoken(each))
            raise Refused("server_error", self.bad[path], error_description=words, message=words, echo=words)

    def token(self, form, header):
        for kind, name in (("verifier", "code_verifier"), ("assertion", "client_assertion"), ("assertion", "assertion"),
                           ("client-secret", "client_secret")):
            self.see(kind, form.get(name))
        self.complain("/token", header, *form.values(), *self.basic(header))
        if form["grant_type"] == "authorization_code":
            self.client(form, header)
            query = self.codes.pop(form["code"], None)
            if not query:
                raise Refused("invalid_grant")
            return self.grant(query["account"], query["scope"], id_token=self.mint("id-token"))
        return super().token(form, header)

    def basic(self, header):
        if header and header.startswith("Basic "):
            return [urllib.parse.unquote_plus(half) for half in base64.b64decode(header[6:]).decode().split(":", 1)]
        return []

    def grant(self, owner, scope, **more):
        token, again = self.mint("access"), self.mint("refresh")
        self.tokens[token], self.refresh[again] = owner, owner
        return {"access_token": token, "token_type": "Bearer", "expires_in": self.lifetime, "scope": scope,
                "refresh_token": again} | more

    def device(self, form, header):
        answer = super().device(form, header)
        code = self.mint("device")
        self.devices[code] = self.devices.pop(answer["device_code"])
        return answer | {"device_code": code}

    def revoke(self, form, header):
        self.complain("/revoke", header, form["token"], *self.basic(header))
        return super().revoke(form, header)

    def me(self, header):
        secret = (header or "").removeprefix("Bearer ")
        if secret.startswith("Basic "):
            secret = base64.b64decode(secret[6:]).decode()
        self.complain("api", header, secret)
        return super().me(secret)
