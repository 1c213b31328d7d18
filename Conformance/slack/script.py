"""What people do in Slack, so that an app is told everything there is to tell."""

BUTTONS = [{"type": "actions", "elements": [
    {"type": "button", "action_id": "deputy.deny", "value": "apv_1", "text": {"type": "plain_text", "text": "Deny"}}]}]


def play(acme, bot, receiver):
    """Does it all, and answers what the app was told: by name, the type of content and the body."""
    told = {}

    def keep(name, path, **what):
        receiver.requests.clear()
        answer = acme.control("POST", "/slack/" + path, **what)
        for number, (headers, body) in enumerate(receiver.requests):
            told[name if number == 0 else f"{name}, {number + 1}"] = (headers["content-type"], body.decode())
        return answer

    said = keep("a direct message", "say", by="alice", to="assistant", text="1 < 2 & https://a.test/x")
    place = {"channel": said["channel"]}
    keep("a reply in a thread", "say", by="alice", to="assistant", text="and?", thread=said["ts"])
    keep("a file", "say", by="alice", to="assistant", text="see",
         files=[{"name": "plan.pdf", "mimetype": "application/pdf", "size": 1234}])
    keep("an edit", "edit", **place, ts=said["ts"], text="1 > 0")
    keep("a deletion", "delete", **place, ts=said["ts"])
    keep("a mention, and the message", "say", by="bob", channel="general", text="@assistant what's new?")
    keep("what others say", "say", by="bob", channel="general", text="nothing for anybody")
    keep("a group of few", "say", by="alice", to=["bob", "assistant"], text="hi all")
    keep("another bot", "say", by="product", channel="general", text="@assistant beep")
    keep("its own words", "say", by="assistant", channel="general", text="here I am")
    acme.control("POST", "/slack/people", owner="mallory", team="T08RIVAL999")
    acme.control("POST", "/slack/channels", name="partners", members=["alice", "mallory", "assistant"], shared=True)
    keep("a stranger", "say", by="mallory", channel="partners", text="@assistant hi")
    keep("a colleague among strangers", "say", by="alice", channel="partners", text="@assistant hi")
    asked = bot.chat_postMessage(**place, text="may I?", blocks=BUTTONS)
    keep("a press", "press", by="alice", **place, ts=asked["ts"], action="deputy.deny")
    keep("a press of something else", "press", by="alice", **place, ts=asked["ts"], action="vote", value="yes")
    keep("somebody joined", "event", app="assistant", event={
        "type": "message", "subtype": "channel_join", "user": "U07BOB0M3QX", "channel": "C07GENERAL1",
        "text": "<@U07BOB0M3QX> has joined the channel", "ts": "1795000000.000001", "channel_type": "channel"})
    return told
