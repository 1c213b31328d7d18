"""The homes of these tests, and a person's tokens in them."""

import gateway_home as gateway


class Tokens(gateway.Tokens):
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
