"""A provider that answers so many requests at once for an account, as Microsoft Graph does, and refuses the rest."""

import collections
import pathlib
import threading
import types

import gateway_home as gateway
import pytest
from agreeing import agree
from service import Service
from test_clients import Walk

BOUND = 2


class Busy(Service):
    """Keeps every request for a moment, and says 429 to what is more than it takes."""

    def reset(self):
        super().reset()
        self.under_way, self.most, self.refused = collections.Counter(), collections.Counter(), 0

    def read(self, path, authorization):
        if path != "/notes":
            return super().read(path, authorization)
        with self.lock:
            self.under_way[authorization] += 1
            self.most[authorization] = max(self.most[authorization], self.under_way[authorization])
            if self.under_way[authorization] > BOUND:
                self.refused += 1
        threading.Event().wait(0.3)
        with self.lock:
            self.under_way[authorization] -= 1
        return super().read(path, authorization)


@pytest.mark.parametrize("bound", [BOUND, None], ids=["bound", "planted fault: no bound"])
def test_no_account_is_asked_for_more_at_once_than_its_provider_answers(tmp_path, bound):
    notes = Busy("notes", "Notes")
    home = gateway.Home(tmp_path, types.SimpleNamespace(origins={}, tokens={}, ids={}))
    try:
        folder = pathlib.Path(home.path) / "providers"
        folder.mkdir(exist_ok=True)
        said = f"atOnce: {bound}, " if bound else ""
        (folder / "notes.json5").write_text(notes.manifest.replace("provider:", said + "provider:", 1))
        for person in ("alice", "bob", "dana"):
            home.run("people", "add", person, "--email", f"{person}@acme.test")
        home.run("agents", "add", "helper", "--acts-as", "assistant", "--owner", "dana", "--users", "everyone",
                 "--slot", "notes:person", "--tool", "notes.list")
        home.run("apps", "add", "notes", "--client-id", notes.client, secret=notes.secret)
        home.serve()
        for person in ("alice", "bob"):
            home.tokens[person] = home.token(person, "helper")
            notes.account = person
            walk = Walk(home, notes, person)
            agree(walk.browser)
            walk(home.run("connections", "connect", "notes", "--person", person)["link"])
        answers, lock = [], threading.Lock()

        def call(person):
            kind, _ = home.call("helper", home.tokens[person], "notes.list", {})
            with lock:
                answers.append((person, kind))

        threads = [threading.Thread(target=call, args=(person,)) for person in ("alice", "bob") for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert collections.Counter(answers) == {("alice", "done"): 8, ("bob", "done"): 8}
        assert len(notes.most) == 2, "each account has its own"
        if bound:
            assert notes.refused == 0 and set(notes.most.values()) == {BOUND}
        else:
            assert notes.refused > 0, "the service would have refused, so the bound is what keeps it from that"
    finally:
        home.stop()
        notes.stop()
