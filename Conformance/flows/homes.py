"""The homes of these tests, and a person's tokens in them."""

import importlib.util
import pathlib
import sys

_path = pathlib.Path(__file__).resolve().parents[1] / "pages" / "conftest.py"
_spec = importlib.util.spec_from_file_location("flow_pages", _path)
pages = importlib.util.module_from_spec(_spec)
sys.modules["flow_pages"] = pages
_spec.loader.exec_module(pages)


class Tokens(pages.Tokens):
    def __init__(self, home, agents):
        super().__init__(home)
        self.agents = agents

    def __missing__(self, person):
        self[person] = self.home.token(person, *self.agents)
        return self[person]


def clear(home):
    for connection in home.run("connections", "list")["connections"]:
        if connection["health"] != "revoked":
            home.run("connections", "revoke", connection["id"])
