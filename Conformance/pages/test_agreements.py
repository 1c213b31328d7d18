"""An assistant becomes wider: each person's next use waits until they agreed, on their page, to exactly the difference."""


def test_a_wider_assistant_waits_for_alice_and_shows_her_the_difference(home, sign_in):
    home.run("agents", "add", "diary", "--acts-as", "assistant", "--owner", "dana", "--slot", "notion:person",
             "--tool", "notion.search")
    home.run("agents", "share", "diary", "--with", "person:alice")
    token = home.token("alice", "diary")
    assert home.call("diary", token, "notion.search", {"query": "Roadmap"})[0] == "done"
    home.run("agents", "edit", "diary", "--slot", "slack:person", "--tool", "slack.read_channel")
    channel = {"channel": next(iter(home.acme.ids["channels"].values())) if "channels" in home.acme.ids else "C1"}
    kind, result = home.call("diary", token, "slack.read_channel", channel)
    assert kind == "connection_required" and "/agreements" in str(result)
    assert "read at `slack`" in str(result)
    # What she agreed to goes on meanwhile.
    assert home.call("diary", token, "notion.search", {"query": "Roadmap"})[0] == "done"

    alice, carol = sign_in("alice"), sign_in("carol")
    carol.goto(home.url + "/agreements")
    assert "diary" not in carol.inner_text("main")
    alice.goto(home.url + "/agreements")
    card = alice.locator("section", has_text="diary")
    assert "read at slack" in card.locator("ul.new").inner_text()
    assert "read at notion" not in card.locator("ul.new").inner_text()

    # It changes again behind her page: what she saw isn't what she would agree to.
    home.run("agents", "edit", "diary", "--tool", "slack.post_message")
    card.get_by_role("button", name="Agree to what is new").click()
    assert "has changed since you looked" in alice.inner_text("main")
    assert home.call("diary", token, "slack.read_channel", channel)[0] == "connection_required"
    alice.goto(home.url + "/agreements")
    card = alice.locator("section", has_text="diary")
    assert "send at slack" in card.locator("ul.new").inner_text()
    csrf = card.locator("input[name=csrf]").get_attribute("value")
    shown = card.locator("input[name=shown]").get_attribute("value")
    assert carol.request.post(f"{home.url}/agreements/diary", form={"csrf": csrf, "shown": shown}).status != 200
    card.get_by_role("button", name="Agree to what is new").click()
    assert "Agreed." in alice.inner_text("main")
    kind, result = home.call("diary", token, "slack.read_channel", channel)
    assert "/agreements" not in str(result), (kind, result)
    widened = [leaf for leaf in home.leaves() if leaf.get("change") == "agreement.widened"]
    assert [leaf["by"] for leaf in widened] == ["person:alice"]


def test_who_loses_the_assistant_has_nothing_to_agree_to(home, sign_in):
    home.run("agents", "add", "atlas", "--acts-as", "assistant", "--owner", "dana", "--slot", "notion:person",
             "--tool", "notion.search")
    home.run("groups", "add", "readers", "--member", "bob")
    home.run("agents", "share", "atlas", "--with", "group:readers")
    bob = sign_in("bob")
    bob.goto(home.url + "/agreements")
    assert "atlas" in bob.inner_text("main")
    home.run("groups", "remove-member", "readers", "bob")
    bob.locator("section", has_text="atlas").get_by_role("button", name="Agree to what is new").click()
    assert "Agreed." not in bob.inner_text("main")
    bob.goto(home.url + "/agreements")
    assert "atlas" not in bob.inner_text("main")


def test_suspending_signs_a_person_out_at_once(home, sign_in):
    carol = sign_in("carol")
    link = home.run("login", "carol")["link"]
    home.run("people", "suspend", "carol")
    carol.goto(home.url + "/connections")
    assert carol.get_by_role("button", name="Connect").count() == 0
    stranger = sign_in()
    stranger.goto(link)
    assert stranger.get_by_role("button", name="Sign in").count() == 0
    home.run("people", "resume", "carol")
    carol.goto(home.url + "/connections")
    assert carol.get_by_role("button", name="Connect").count() == 0
