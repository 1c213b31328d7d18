"""Requests as a program sends them, and what a page's forms hold."""

import http.client
import urllib.parse

from axe_playwright_python.sync_playwright import Axe

FORM = "application/x-www-form-urlencoded"


def raw(home, method, path, body=None, source=None, **headers):
    host = urllib.parse.urlsplit(home.url)
    connection = http.client.HTTPConnection(
        host.hostname, host.port, timeout=10, source_address=(source, 0) if source else None)
    connection.request(method, path, body=body, headers={name.replace("_", "-"): value for name, value in headers.items()})
    response = connection.getresponse()
    return response.status, response.read().decode(), response.headers


def cookie(page):
    found = page.context.cookies()
    assert len(found) == 1 and found[0]["httpOnly"] and found[0]["sameSite"] == "Lax"
    return f"{found[0]['name']}={found[0]['value']}"


def form(page):
    return {name: page.locator(f"form[action$=approve] input[name={name}]").get_attribute("value")
            for name in ("csrf", "shown")}


LOOKS = [("light", 1100), ("dark", 1100), ("light", 360), ("dark", 360)]


def inspect(page, folder, name, scheme, width):
    """An accessibility checker finds nothing, nothing is wider than the screen, and a picture is kept to be looked at."""
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    if (scheme == "dark") == (width == 360):  # each scheme and each width once
        found = Axe().run(page).response["violations"]
        assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found] == [], name
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"), \
        f"{name} is wider than the screen"
    page.screenshot(path=folder / f"{name}-{scheme}-{width}.png", full_page=True)
