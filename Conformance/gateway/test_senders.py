"""Who a sender is: said by an administrator, or by the person who opens the link that the sender was sent."""

import hashlib
import json
import re
import time

import postgres


def sent(home, sender="slack:T1/U7", seconds=600):
    """The path of a link as a sender is sent it."""
    secret, now = f"dpy_sender_{time.time_ns()}", time.time_ns() // 1000
    home.sql("INSERT INTO sender_offers (organization, sender, hash, made, expires) VALUES ($1, $2, $3, $4, $5)",
             "acme", sender, hashlib.sha256(secret.encode()).digest(), now, now + seconds * 1_000_000)
    return f"/senders/{secret}"


def fields(page):
    return {name: re.search(f'name="{name}" value="([^"]+)"', page).group(1) for name in ("csrf", "link", "sender")}


def links(home):
    return {link["sender"]: (link["person"], link["proof"]) for link in home.run("senders", "list")["senders"]}


def refused(home, *words):
    result = home.command(*words)
    assert result.returncode == 1, result.stdout
    return json.loads(result.stdout)["error"]["message"]


def test_an_administrators_word_links_relinks_and_ends(empty):
    empty.populate()
    empty.run("senders", "link", "slack:T1/U7", "--person", "alice")
    empty.run("senders", "link", "slack:T1/U7", "--person", "bob")
    empty.run("senders", "link", "mail:alice@acme.test", "--person", "alice")
    assert links(empty) == {"mail:alice@acme.test": ("alice", "assertion"), "slack:T1/U7": ("bob", "assertion")}
    assert "isn't a sender" in refused(empty, "senders", "link", "U7", "--person", "alice")
    assert "no person is called `zed`" in refused(empty, "senders", "link", "slack:T1/U8", "--person", "zed")
    empty.run("senders", "unlink", "slack:T1/U7")
    assert "is nobody" in refused(empty, "senders", "unlink", "slack:T1/U7")
    empty.run("people", "offboard", "alice")
    assert links(empty) == {}
    changes = [leaf for leaf in empty.leaves() if leaf.get("change", "").startswith("sender.")]
    assert [leaf["change"] for leaf in changes] == [
        "sender.linked", "sender.linked", "sender.linked", "sender.unlinked"]
    assert changes[1]["before"] == "alice" and all(leaf["by"].startswith("operator:") for leaf in changes)


def test_a_person_takes_their_link_once_in_their_own_session(empty):
    empty.populate().serve()
    path = sent(empty)
    alice, bob, nobody = empty.browser("alice"), empty.browser("bob"), empty.browser("carol")
    nobody.cookie = None
    status, page = nobody.send("GET", path)
    assert status == 401 and "/sign-in?next=" in page

    status, page = alice.send("GET", path)
    assert status == 200 and "slack:T1/U7" in page and "alice@acme.test" in page
    assert links(empty) == {}, "looking changes nothing"
    form = fields(page)
    assert alice.send("POST", "/senders", form | {"csrf": "x"})[0] == 403
    assert alice.send("POST", "/senders", form | {"sender": "slack:T1/U8"})[0] == 404
    assert links(empty) == {}
    assert alice.send("POST", "/senders", form)[0] == 303
    assert links(empty) == {"slack:T1/U7": ("alice", "link")}
    assert "slack:T1/U7" in alice.send("GET", "/senders?done=linked")[1]
    for browser in (alice, bob):
        assert browser.send("GET", path)[0] == 404, "it is used"
    assert bob.send("POST", "/senders/unlink", {"csrf": csrf(bob), "sender": "slack:T1/U7"})[0] == 404
    assert links(empty) == {"slack:T1/U7": ("alice", "link")}

    _, page = bob.send("GET", sent(empty))
    assert "The sender is somebody else here now" in page and "Alice" not in page
    assert bob.send("POST", "/senders", fields(page))[0] == 303
    assert links(empty) == {"slack:T1/U7": ("bob", "link")}
    assert bob.send("POST", "/senders/unlink", {"csrf": csrf(bob), "sender": "slack:T1/U7"})[0] == 303
    assert links(empty) == {}


def csrf(browser):
    return re.search('name="csrf" value="([^"]+)"', browser.send("GET", "/browsers")[1]).group(1)


def test_an_old_link_is_dead(empty):
    empty.populate().serve()
    alice = empty.browser("alice")
    assert alice.send("GET", sent(empty, seconds=-1))[0] == 404


@postgres.embedded_only("copies deputy.sqlite; a PostgreSQL is backed up by its own tools")
def test_what_is_restored_gives_nobody_back(empty, tmp_path):
    empty.populate()
    empty.run("channels", "add", "web", "chat")
    empty.run("channels", "add", "api", "programs")
    for sender in ("slack:T1/U1", "slack:T1/U2", "slack:T1/U3"):
        empty.run("senders", "link", sender, "--person", "alice")
    empty.run("backup", str(tmp_path / "copy"))
    empty.run("senders", "unlink", "slack:T1/U1")
    empty.run("senders", "link", "slack:T1/U2", "--person", "bob")
    empty.run("channels", "remove", "web", "chat")
    empty.run("channels", "pause", "api", "programs")
    empty.run("restore", str(tmp_path / "copy"), "--replace")
    assert links(empty) == {"slack:T1/U3": ("alice", "assertion")}
    assert [(c["name"], c["paused"]) for c in empty.run("channels", "list")["channels"]] == [("programs", True)]
