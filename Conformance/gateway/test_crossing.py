"""200 calls at once from Alice and Bob, over shared upstream sockets: none crossed."""

import collections
import concurrent.futures
import copy
import json


def crossed(entries, expected):
    """Entries that were made with somebody else's token, as far as owners and counts tell."""
    owners = collections.Counter(entry["owner"] for entry in entries)
    return [entry for entry in entries if entry["path"].rsplit("/", 1)[-1] not in expected[entry["owner"]]] or (
        [] if owners == {"alice": 100, "bob": 100} else [owners])


def test_two_hundred_calls_at_once(home, acme):
    pages = {person: acme.ids["pages"][f"{person}_onboarding"] for person in ("alice", "bob")}
    since = max((entry["n"] for entry in acme.journal()), default=0)

    def one(number):
        person = "alice" if number % 2 else "bob"
        kind, result = home.call("onboarding", home.tokens[person], "notion.get_page", {"page_id": pages[person]})
        return person, kind, json.dumps(result)

    with concurrent.futures.ThreadPoolExecutor(200) as pool:
        answers = list(pool.map(one, range(200)))
    for person, kind, text in answers:
        assert kind == "done", text
        assert pages[person] in text
        assert pages["bob" if person == "alice" else "alice"] not in text
    entries = [entry for entry in acme.journal(since) if entry["n"] > since and entry["call"] == "notion.pages.retrieve"]
    expected = {person: {page} for person, page in pages.items()}
    assert len(entries) == 200
    assert crossed(entries, expected) == []
    sockets = collections.defaultdict(set)
    for entry in entries:
        sockets[entry["connection"]].add(entry["owner"])
    assert len(sockets) < 200
    assert any(owners == {"alice", "bob"} for owners in sockets.values()), "no socket carried both"
    # The check finds one swapped owner.
    planted = copy.deepcopy(entries)
    planted[7]["owner"] = "bob" if planted[7]["owner"] == "alice" else "alice"
    assert crossed(planted, expected)
