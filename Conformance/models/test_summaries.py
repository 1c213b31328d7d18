"""Long conversations over the wire: what old turns rest on stays with their summary, whoever writes it.

Alice asks for her own record at Rippling, which is financial and hers alone. Three compactions later its label still stands beside
the summary that the model wrote, and decides where the conversation may go. What was seen where is the stand-ins' journal.
"""

import json
import time

import pytest
from agreeing import agree
from test_gateway import gateway

FILLER = "and the weather is fine in Lisbon, " * 40
FRESH = json.dumps({"integrity": "own-words", "classes": [], "readers": "organization"})
MODELS = {"anthropic": ("anthropic", "claude-acme-1"), "openai": ("openai-chat", "gpt-acme-1"),
          "responses": ("openai-responses", "gpt-acme-1")}
KEYS = {"anthropic": "anthropic", "openai": "openai", "responses": "openai"}


class Talk:
    def __init__(self, folder, acme):
        self.home, self.acme = gateway.Home(folder, acme).populate().serve(), acme
        self.home.connect()
        self.folder = folder
        self.canary = acme.ids["workers"]["alice"].replace("66f1", "66c0")
        for person in ("alice", "bob"):
            agree(self.home.browser(person))
        for provider in ("anthropic", "openai"):
            self.home.run("connections", "add", provider, "--organization", secret=acme.tokens[provider]["acme"])

    def models(self, *slots):
        """Where the assistant's model is asked: (kind, classes)."""
        path = self.folder / "models.json5"
        path.write_text(json.dumps({"organization": {"models": [
            {"name": kind, "speaks": MODELS[kind][0], "model": MODELS[kind][1], "key": f"{KEYS[kind]}:organization",
             "mayRead": classes, "context": 8000, "longestReply": 500} for kind, classes in slots]}}))
        self.home.run("apply", str(path), "--yes")

    def say(self, person, text, words, seconds=60):
        from test_gateway import talk
        return talk(self.home, person, "onboarding", text, words, seconds)

    def summaries(self):
        return [leaf for leaf in self.home.leaves() if leaf.get("change") == "conversation.summarized"]

    def asked(self, service, since=0):
        return [json.dumps(entry["body"]) for entry in self.acme.ask("GET", "/models")["asked"][since:]
                if entry["service"] == service]

    def compact(self, person, times):
        """Writes until so many more summaries were written."""
        before = len(self.summaries())
        for number in range(40):
            self.say(person, f"note {number} of {person}: {FILLER}", "You said: <")
            if len(self.summaries()) - before >= times:
                return
        raise AssertionError(self.summaries())

    def behind(self, *statements):
        """What somebody does to the store while nothing runs."""
        port = int(self.home.url.rsplit(":", 1)[1])
        self.home.stop()
        for statement, *values in statements:
            self.home.sql(statement, *values)
        self.home.serve(port)


@pytest.fixture
def long(tmp_path):
    acme = gateway.Acme(tmp_path)
    talk = Talk(tmp_path, acme)
    yield talk
    talk.home.stop()
    acme.stop()


def labels(long):
    return [json.loads(row[0]) for row in long.home.sql("SELECT labels FROM summaries WHERE person = 'alice'")]


def forget_beside(long):
    """The session's own labels are taken away: what is left of them stands beside the summary alone."""
    return ("UPDATE sessions SET labels = $1", FRESH)


@pytest.mark.parametrize("kind", MODELS)
def test_a_canarys_label_survives_three_summaries_that_a_model_wrote(long, kind):
    other = "openai" if kind == "anthropic" else "anthropic"
    long.models((kind, ["financial"]))
    worker = long.acme.ids["workers"]["alice"]
    said = long.say("alice", f'/call rippling.get_worker {{"worker_id": "{worker}"}}', long.canary)
    assert "failed" not in said
    long.compact("alice", 3)
    # The model itself wrote each, with a leaf and its own key, and was shown the canary for it.
    written = [leaf for leaf in long.home.leaves() if leaf.get("purpose") == "summary"]
    assert len(written) == len(long.summaries()) >= 3
    assert {leaf["key"] for leaf in written} == {f"{KEYS[kind]}:organization"}
    assert all(leaf["classes"] == ["financial"] for leaf in written + long.summaries())
    asked = [body for body in long.asked(KEYS[kind]) if "Summarize what was said" in body]
    assert len(asked) == len(written) and long.canary in asked[0]
    [beside] = labels(long)
    assert beside["classes"] == ["financial"] and beside["readers"] == ["alice"]

    # Somebody who writes to the same assistant is shown none of it.
    before = len(long.acme.ask("GET", "/models")["asked"])
    long.say("bob", "what do you know of Alice?", "You said: <")
    assert long.canary not in json.dumps(long.acme.ask("GET", "/models")["asked"][before:])

    # A model that may not read it isn't asked, neither as the next one when the first doesn't answer …
    long.models((kind, ["financial"]), (other, []))
    for _ in range(20):
        long.acme.ask("POST", "/faults", {"service": KEYS[kind], "status": 400})
    long.say("alice", "are you there?", "No model answered")
    assert long.asked(other) == []
    # … nor as the only one, where nothing but the label beside the summary still knows.
    long.models((other, []))
    long.behind(forget_beside(long))
    long.say("alice", "and what was said before?", "may go to none of the")
    assert long.asked(other) == []


def test_without_the_label_beside_it_a_summary_would_have_gone_there(long):
    """The fault that the check above is for."""
    long.models(("anthropic", ["financial"]))
    worker = long.acme.ids["workers"]["alice"]
    long.say("alice", f'/call rippling.get_worker {{"worker_id": "{worker}"}}', long.canary)
    long.compact("alice", 1)
    long.models(("openai", []))
    long.behind(forget_beside(long), ("UPDATE summaries SET labels = $1", FRESH), ("UPDATE turns SET labels = $1", FRESH))
    long.say("alice", "and what was said before?", "You said: <")
    assert any(long.canary in body for body in long.asked("openai"))


def test_fleet_12_in_a_channel_what_a_summary_rests_on_is_told_to_whoever_may_read_it(long, tmp_path):
    from test_slack_talk import Slack, bind
    long.models(("anthropic", ["financial"]))
    bind(long.home, tmp_path, onboarding="onboarding")
    slack = Slack(long.home, "onboarding")
    slack.link("alice")
    alone = slack.alone("alice")
    worker = long.acme.ids["workers"]["alice"]
    first = slack.say("alice", f'@{slack.name} /call rippling.get_worker {{"worker_id": "{worker}"}}', channel="general")
    slack.wait(alone, long.canary)
    for number in range(40):
        slack.say("alice", f"@{slack.name} note {number}: {FILLER}", channel="general", thread=first["ts"])
        slack.wait(alone, f"You said: note {number}:")
        if len(long.summaries()) >= 3:
            break
    assert len(long.summaries()) >= 3
    long.behind(forget_beside(long))
    slack.say("alice", f"@{slack.name} is it sunny?", channel="general", thread=first["ts"])
    slack.wait(alone, "is it sunny?")
    time.sleep(0.5)
    assert "You said" not in json.dumps(slack.messages(first["channel"])), "nobody else in the channel may read it"
