"""A person connects an account, page by page and without scripts: at Deputy, at the stand-in, and back."""

import http.client
import re
import urllib.parse

from acme_oauth import decide, register
from gateway_home import Home
from running import Acme


class World:
    """The stand-ins with their authorization servers, and a home whose providers lie there."""

    def __init__(self, folder, origins=(), **manifests):
        """`origins` says which service a bundled provider lies at; `manifests` are (service, text) of others."""
        self.acme = Acme("--oauth", "--no-rate-limits")
        self.origins = {provider: self.acme.origins[service] for provider, service in dict(origins).items()}
        self.home = Home(folder, self)
        for provider, (service, text) in manifests.items():
            with open(f"{self.home.path}/providers/{provider}.json5", "w") as file:
                file.write(text.replace("ORIGIN", self.acme.origins[service]))

    tokens = {}

    def app(self, provider, service, client="deputy", key=None, **more):
        """Registers this home's app on both sides; with a secret unless there is a key."""
        secret = None if key else "s3cret-of-the-app"
        register(self.acme, service, client, secret,
                 redirect_uris=[f"{self.home.url}/connect/callback/{provider}"], **more)
        proof = ("--key-file", key) if key else ()
        self.home.run("apps", "add", provider, "--client-id", client, *proof, secret=secret)

    def stop(self):
        self.home.stop()
        self.acme.stop()


class Walker:
    """A signed-in browser of one person, as far as pages without scripts need one."""

    def __init__(self, home, person):
        self.home, self.cookie = home, None
        self.send("POST", "/login", code=home.run("login", person)["link"].rsplit("/", 1)[1])

    def send(self, method, path, **fields):
        """(status, page, where it leads)"""
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(self.home.url).netloc, timeout=30)
        headers = {"Cookie": self.cookie} if self.cookie else {}
        body = None
        if method == "POST":
            body, headers["Content-Type"] = urllib.parse.urlencode(fields), "application/x-www-form-urlencoded"
        connection.request(method, path, body=body, headers=headers)
        response = connection.getresponse()
        page = response.read().decode()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            self.cookie = cookie.split(";")[0]
        connection.close()
        return response.status, page, response.headers["Location"]

    def agree(self):
        """To all that the assistants do."""
        while True:
            _, page, _ = self.send("GET", "/agreements")
            form = re.search(r'<form method="post" action="([^"]+)".*?</form>', page, re.DOTALL)
            if not form:
                return
            status, answer, _ = self.send("POST", form.group(1), **hidden(form.group(0)))
            assert status == 303, answer

    def depart(self, link):
        """Where the browser is sent."""
        path = urllib.parse.urlsplit(link).path
        _, page, _ = self.send("GET", path)
        status, answer, there = self.send("POST", path, **hidden(page))
        assert status == 303, answer
        return there

    def come_back(self, there, account, decision="allow"):
        """The page that shows the account, or what went wrong: (path, page)"""
        back = urllib.parse.urlsplit(decide(there, account, decision).headers["Location"])
        status, answer, path = self.send("GET", f"{back.path}?{back.query}")
        assert status in (302, 303), answer
        path = urllib.parse.urlsplit(path).path
        return path, self.send("GET", path)[1]

    def connect(self, provider, account, link):
        """Connects the account and keeps it; the query that the provider was asked with."""
        there = self.depart(link)
        path, page = self.come_back(there, account)
        assert "Keep this account" in page, page
        status, answer, _ = self.send("POST", path + "/answer", answer="keep", **hidden(page))
        assert status == 303, answer
        return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(there).query))

    def approve(self, link):
        path = urllib.parse.urlsplit(link).path
        _, page, _ = self.send("GET", path)
        return self.send("POST", path + "/approve", **hidden(page))[0]


def hidden(page):
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))


def healthy(home, provider):
    """{owner: account} of the connections that work."""
    return {row["owner"]: row["account"] for row in home.run("connections", "list")["connections"]
            if row["provider"] == provider and row["health"] == "healthy"}


def told(home, change):
    return [leaf for leaf in home.leaves() if leaf.get("change") == change]
