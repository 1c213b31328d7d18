"""`deputy bindings`: which agent a message would get to, and why."""

import json
import pathlib

CORPUS = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Corpus" / "definition"


def explain(home, *words):
    return home.run("bindings", "explain", *words)


def test_the_seeds_bindings_route_as_its_comments_say(empty):
    empty.populate()
    empty.run("apply", str(CORPUS / "seed" / "organizational-assistant.json5"), "--yes", "--owner", "dana")
    listed = empty.run("bindings", "list")
    assert listed["default"] == "main" and [b["agentId"] for b in listed["bindings"]] == [
        "org-assistant", "org-assistant", "main", "main"]

    group = explain(empty, "--channel", "signal", "--account", "any", "--peer", "channel:[group-id]")
    assert (group["agent"], group["matchedBy"]) == ("org-assistant", "peer")
    assert [b["why"] for b in group["bindings"]] == [
        "it matches by peer", "its `channel` isn't the message's", "its `channel` isn't the message's",
        "it matches by channel, which comes after peer"]

    own = explain(empty, "--channel", "whatsapp", "--account", "org", "--peer", "direct:1")
    assert (own["agent"], own["matchedBy"]) == ("org-assistant", "account")
    other = explain(empty, "--channel", "WhatsApp", "--account", "default", "--peer", "direct:1")
    assert (other["agent"], other["matchedBy"], other["binding"]["match"]) == ("main", "channel", {"channel": "whatsapp"})
    unbound = explain(empty, "--channel", "slack", "--account", "x", "--peer", "direct:U1")
    assert (unbound["agent"], unbound["matchedBy"], unbound["binding"]) == ("main", "default", None)

    found = [f["message"] for f in empty.run("doctor")["findings"]]
    assert "bindings name channels that aren't served yet: signal, whatsapp" in found
    assert not any("`bindings" in message or "`agents.list[].default`" in message for message in found)


def test_without_a_default_agent_what_no_binding_matches_is_for_nobody(empty):
    empty.populate()
    empty.run("apply", str(CORPUS / "seed" / "routed-delegate.json5"), "--yes", "--owner", "dana")
    guild = ["--channel", "discord", "--account", "x", "--peer", "channel:1", "--guild"]
    assert explain(empty, *guild, "123456789012345678")["agent"] == "delegate"
    nobody = explain(empty, *guild, "1")
    assert nobody["agent"] is None and nobody["why"] == "no binding matches, and no agent is the default"


def test_bindings_that_tie_are_refused_all_at_once(empty):
    empty.populate()
    file = CORPUS / "broken" / "routes-that-tie.json5"
    refused = empty.command("apply", str(file), "--yes", "--owner", "dana")
    assert refused.returncode == 1
    told = json.loads(refused.stdout)["error"]["message"].splitlines()
    assert [line.replace(str(file), file.name) for line in told] == (
        CORPUS / "broken" / "routes-that-tie.txt").read_text().replace(str(file), file.name).splitlines()


def test_a_peer_that_is_none_is_refused(empty):
    empty.populate()
    refused = empty.command("bindings", "explain", "--channel", "slack", "--account", "x", "--peer", "C1")
    assert refused.returncode == 1 and "`direct:ID`, `group:ID` or `channel:ID`" in refused.stdout
