"""glewlwyd 2.7.5 as the OpenID provider, set up through its own administration."""

import pathlib
import signal
import socket
import subprocess
import time

import requests

MIME = [("html", "text/html"), ("css", "text/css"), ("js", "application/javascript"), ("json", "application/json"),
        ("woff2", "font/woff2"), ("png", "image/png")]
ON = """allow-non-oidc auth-type-code-enabled auth-type-code-revoke-replayed auth-type-refresh-enabled jwks-show
    oauth-as-iss-id pkce-allowed pkce-required session-management-allowed""".split()
OFF = """auth-type-client-enabled auth-type-device-enabled auth-type-token-enabled auth-type-implicit-enabled
    auth-type-password-enabled refresh-token-rolling pkce-method-plain-allowed introspection-revocation-allowed
    register-client-allowed resource-allowed oauth-par-allowed oauth-par-required oauth-ciba-allowed
    request-parameter-allow oauth-dpop-allowed resource-scope-and-client-property""".split()


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def ok(response):
    assert response.status_code == 200, f"{response.request.method} {response.url} {response.status_code} {response.text}"
    return response


class Glewlwyd:
    def __init__(self, folder, also=()):
        """`also` are parameters of its plugin that are on beside those of signing in."""
        self.folder, self.port, self.also = pathlib.Path(folder), free_port(), also
        self.url = f"http://127.0.0.1:{self.port}"
        self.issuer = self.url + "/api/oidc"
        (self.folder / "www").mkdir(parents=True)
        subprocess.run(
            "(echo 'PRAGMA synchronous=OFF; BEGIN;'; zcat /usr/share/doc/glewlwyd/database/init.sqlite3.sql.gz; echo 'COMMIT;')"
            f" | sqlite3 {self.folder}/g.db", shell=True, check=True)
        subprocess.run(
            f"cd /usr/share/glewlwyd/webapp && tar chf - --exclude=./config.json . | tar xf - -C {self.folder}/www && "
            f"cp /etc/glewlwyd/config-2.7.json/config.json {self.folder}/www/config.json", shell=True, check=True)
        types = ",".join(f'{{extension=".{name}" mime_type="{mime}" compress=0}}' for name, mime in MIME)
        (self.folder / "g.conf").write_text(f"""
port={self.port}
bind_address="127.0.0.1"
external_url="{self.url}"
login_url="login.html"
api_prefix="api"
static_files_path="{self.folder}/www/"
static_files_mime_types=({types})
cookie_secure=0
log_mode="file"
log_level="WARNING"
log_file="{self.folder}/g.log"
allow_origin="*"
session_key="GLEWLWYD2_SESSION_ID"
session_expiration=2419200
admin_scope="g_admin"
profile_scope="g_profile"
user_module_path="/usr/lib/glewlwyd/user"
client_module_path="/usr/lib/glewlwyd/client"
user_auth_scheme_module_path="/usr/lib/glewlwyd/scheme"
plugin_module_path="/usr/lib/glewlwyd/plugin"
hash_algorithm="SHA512"
database={{ type="sqlite3" path="{self.folder}/g.db" }};
""")
        self.start()
        self.admin = requests.Session()
        ok(self.admin.post(self.url + "/api/auth", json={"username": "admin", "password": "password"}))
        ok(self.admin.post(self.url + "/api/mod/plugin", json={
            "module": "oidc", "name": "oidc", "display_name": "oidc", "parameters": self.parameters()}))

    def start(self):
        self.child = subprocess.Popen(
            ["glewlwyd", "-c", str(self.folder / "g.conf")], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        for _ in range(3000):
            try:
                if requests.get(self.url + "/config", timeout=1).status_code == 200:
                    return
            except requests.ConnectionError:
                pass
            assert self.child.poll() is None, (self.folder / "g.log").read_text()
            time.sleep(0.02)
        raise AssertionError("glewlwyd doesn't start")

    def stop(self):
        self.child.send_signal(signal.SIGKILL)
        self.child.wait(10)

    def parameters(self):
        key = subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
                             capture_output=True, text=True, check=True).stdout
        public = subprocess.run(["openssl", "pkey", "-pubout"], input=key, capture_output=True, text=True, check=True).stdout
        return {
            **dict.fromkeys(ON, True), **dict.fromkeys(OFF, False), **dict.fromkeys(self.also, True), "iss": self.issuer, "jwt-type": "rsa",
            "jwt-key-size": "256", "key": key, "cert": public, "access-token-duration": 3600,
            "refresh-token-duration": 1209600, "code-duration": 600, "device-authorization-expiration": 600,
            "device-authorization-interval": 1, "refresh-token-one-use": "always",
            "subject-type": "public", "name-claim": "mandatory", "email-claim": "mandatory", "scope-claim": "no",
            "claims": [{"name": "groups", "type": "string", "user-property": "groups", "mandatory": True}],
            "session-cookie-name": "GLEWLWYD2_OIDC_SID", "session-cookie-expiration": 2419200, "additional-parameters": [], "resource-scope": {}, "introspection-revocation-auth-scope": [],
            "register-client-auth-scope": [], "register-client-credentials-scope": [],
            "client-pubkey-parameter": "pubkey", "client-jwks-parameter": "jwks", "client-cert-source": "",
        }

    def rotate(self):
        """The provider signs with another key from now on."""
        plugin = ok(self.admin.get(self.url + "/api/mod/plugin/oidc")).json()
        fresh = self.parameters()
        plugin["parameters"] |= {"key": fresh["key"], "cert": fresh["cert"]}
        ok(self.admin.put(self.url + "/api/mod/plugin/oidc", json=plugin))
        ok(self.admin.put(self.url + "/api/mod/plugin/oidc/reset"))

    def multiple(self, kind, name):
        """A property of several values is one that its module has to know."""
        path = f"{self.url}/api/mod/{kind}/database"
        module = ok(self.admin.get(path)).json()
        module["parameters"].setdefault("data-format", {})[name] = {"multiple": True, "read": True, "write": True}
        ok(self.admin.put(path, json=module))
        ok(self.admin.put(path + "/reset"))

    def scopes(self, *names):
        for name in names:
            ok(self.admin.post(self.url + "/api/scope", json={
                "name": name, "display_name": name, "description": name, "password_required": False, "scheme": {}}))

    def people(self, *names, scopes=()):
        self.multiple("user", "groups")
        self.multiple("client", "post_logout_redirect_uris")
        for name in names:
            ok(self.admin.post(self.url + "/api/user", json={
                "username": name, "password": f"{name}-pw-1", "name": name.title(), "email": f"{name}@acme.test",
                "enabled": True, "scope": ["openid", "g_profile", *scopes]}))

    def groups(self, name, *groups):
        user = ok(self.admin.get(f"{self.url}/api/user/{name}")).json()
        ok(self.admin.put(f"{self.url}/api/user/{name}", json=user | {"groups": list(groups)}))

    def client(self, name, secret, redirect_uri, back, grants=("code",)):
        self.known = (name, secret)
        ok(self.admin.post(self.url + "/api/client", json={
            "client_id": name, "name": name, "enabled": True, "redirect_uri": [redirect_uri],
            "post_logout_redirect_uris": [back], "scope": [], "authorization_type": list(grants),
            **({"confidential": True, "password": secret, "client_secret": secret,
                "token_endpoint_auth_method": ["client_secret_basic", "client_secret_post"]} if secret else
               {"confidential": False, "token_endpoint_auth_method": ["none"]})}))

    def introspect(self, token):
        """As the client of the last `client` call."""
        return requests.post(self.issuer + "/introspect", data={"token": token}, auth=self.known, timeout=10).json()

    def consent(self, person, scope, client="deputy"):
        """What the person lets a client do, set without a page; `""` takes it back."""
        session = requests.Session()
        ok(session.post(self.url + "/api/auth", json={"username": person, "password": f"{person}-pw-1"}))
        ok(session.put(f"{self.url}/api/auth/grant/{client}", json={"scope": scope}))

    def revoke(self, token):
        """Ends one token, as the client of the last `client` call."""
        ok(requests.post(self.issuer + "/revoke", data={"token": token}, auth=self.known, timeout=10))
