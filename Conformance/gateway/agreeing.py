"""A person's yes to what their assistants do."""

import re

OFFER = re.compile(
    r'action="(/agreements/[^"]+)">.*?name="csrf" value="([^"]+)".*?name="shown" value="([^"]+)"', re.DOTALL)


def agree(browser):
    """To everything that the page offers."""
    while found := OFFER.search(browser.send("GET", "/agreements")[1]):
        answer = browser.send("POST", found.group(1), {"csrf": found.group(2), "shown": found.group(3)})
        assert answer[0] == 303, answer
