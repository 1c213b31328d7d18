"""Requests as a program sends them, and what a page's forms hold."""

import http.client
import urllib.parse

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
