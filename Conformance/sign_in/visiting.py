"""A home that people sign in to, and a browser without a screen."""

import itertools
import re
import types

import gateway_home as gateway
import requests

_places = itertools.cycle(range(1, 255))


class From(requests.adapters.HTTPAdapter):
    """Comes from an address of its own, as people do."""

    def __init__(self, address):
        self.address = address
        super().__init__()

    def init_poolmanager(self, *arguments, **options):
        super().init_poolmanager(*arguments, source_address=(self.address, 0), **options)


class Visitor(requests.Session):
    """A browser without a screen: cookies, redirects, forms. `location` is what it was sent on to, not followed."""

    def __init__(self, home):
        super().__init__()
        self.home, self.trust_env = home, False
        self.mount("http://", From(f"127.0.1.{next(_places)}"))

    def open(self, path, follow=True, **parameters):
        url = path if path.startswith("http") else self.home.url + path
        return self.get(url, allow_redirects=follow, params=parameters or None, timeout=20)

    def submit(self, path, **fields):
        return self.post(self.home.url + path, data=fields, timeout=20)

    def depart(self, name="corp", **parameters):
        """Begins a sign-in; gives the address at the provider."""
        response = self.open(f"/sign-in/{name}", follow=False, **parameters)
        assert response.status_code == 303, response.text
        return response.headers["Location"]

    def arrive(self, name="corp", **parameters):
        """Goes to the provider; gives the address that it sends back to."""
        response = self.get(self.depart(name, **parameters), allow_redirects=False, timeout=20)
        return response.headers["Location"]

    def sign_in(self, name="corp", **parameters):
        return self.open(self.arrive(name, **parameters))

    @property
    def person(self):
        found = re.search(r"Signed in as <strong>([^<]+)<", self.open("/browsers").text)
        return found and found.group(1)

    def field(self, name, page):
        return re.search(rf'name="{name}" value="([^"]*)"', page).group(1)

    def by_link(self, person):
        code = self.home.run("login", person)["link"].rsplit("/", 1)[1]
        assert self.submit("/login", code=code).status_code == 200
        return self


def make_home(folder):
    home = gateway.Home(folder, types.SimpleNamespace(origins={}, tokens={}, ids={}))
    for person in ("alice", "bob", "dana"):
        home.run("people", "add", person, "--email", f"{person}@acme.test")
    return home
