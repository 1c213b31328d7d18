"""People connect accounts in a real browser. Judged by the service's journal: whose token it saw."""

import re

from clicking import go, keep

CALL = ("notes.list", {})


def call(home, agent="helper", person="carol", tool="notes.list", **arguments):
    return home.call(agent, home.tokens[person], tool, arguments)


def agree(home, page):
    """To what the assistants do."""
    page.goto(home.url + "/agreements")
    for _ in range(5):
        button = page.get_by_role("button", name="Agree to what is new")
        if not button.count():
            return
        button.first.click()


def test_carol_connects_in_her_browser_and_her_call_goes_on(home, notes, sign_in, connections, told):
    carol = sign_in("carol")
    agree(home, carol)
    kind, result = call(home)
    error = result["structuredContent"]["error"]
    assert kind == "connection_required" and error["link"].startswith(home.url + "/connect/flow"), error
    assert "carol" not in error["link"], "the link says nothing of whom it is for"
    assert call(home)[1]["structuredContent"]["error"]["link"] == error["link"], "it stays the same"
    go(carol, error["link"])
    asked = notes.asked[-1]
    assert asked["code_challenge_method"] == "S256" and len(asked["state"]) == 43 and asked["access_type"] == "offline"
    assert set(asked["scope"].split()) == {"profile", "notes.read"}, "what helper's tools need, and no more"
    assert asked["redirect_uri"] == home.url + "/connect/callback/notes"
    text = carol.inner_text("main")
    assert "Keep this account?" in text and "carol@acme.test" in text and "U-carol" in text and "notes.read" in text
    assert connections() == {} and call(home)[0] == "connection_required", "nothing is kept before she says so"
    keep(carol)
    assert "Notes is connected" in carol.inner_text("main")
    assert connections() == {"person:carol": "U-carol"}
    kind, result = call(home)
    assert kind == "done" and notes.journal[-1] == ("carol", "/notes"), result
    added = [leaf for leaf in told() if leaf["change"] == "connection.added"]
    assert len(added) == 1 and added[0]["by"] == "person:carol"
    assert added[0]["scopes"] == ["notes.read", "profile"] and added[0]["asked"] == ["notes.read", "profile"]


def test_saying_no_there_keeps_nothing_and_says_so(home, notes, sign_in, link, connections):
    carol = sign_in("carol")
    go(carol, link(), "Deny")
    text = carol.inner_text("main")
    assert "You said no at Notes" in text and "alert(1)" not in carol.content()
    assert connections() == {} and notes.redeemed == []
    carol.get_by_role("button", name=re.compile("Go on to")).click()
    carol.wait_for_url("**/authorize?*")
    carol.get_by_role("button", name="Allow").click()
    keep(carol)
    assert connections() == {"person:carol": "U-carol"}, "and the way out leads on"


def test_not_keeping_it_gives_it_back_and_nothing_remains(home, notes, sign_in, link, connections):
    carol = sign_in("carol")
    go(carol, link())
    assert notes.live("carol")
    carol.get_by_role("button", name="Don't keep it").click()
    assert "You didn't keep the account" in carol.inner_text("main")
    assert notes.live("carol") == [] and [form["token"][:3] for form in notes.revoked] == ["rt_", "at_"]
    assert connections() == {}
    assert not home.sql("SELECT 1 FROM connect_flows WHERE length(sealed) > 0")


def test_not_keeping_a_second_grant_of_an_account_leaves_the_first_alone(home, notes, sign_in, link, connections):
    carol = sign_in("carol")
    keep(go(carol, link()))
    agree(home, carol)
    go(carol, link() + "?again=yes")
    carol.get_by_role("button", name="Don't keep it").click()
    assert notes.revoked == [], "the provider would end the whole grant, and the connection that works with it"
    assert connections() == {"person:carol": "U-carol"} and call(home)[0] == "done"


def test_another_account_at_reconnect_needs_a_clear_yes(home, notes, sign_in, link, connections):
    carol = sign_in("carol")
    keep(go(carol, link()))
    notes.account = "carol2"
    go(carol, link() + "?again=yes")
    text = carol.inner_text("main")
    assert "until now it was Carol, carol@acme.test, U-carol" in text and "Carol's other workspace" in text
    before = carol.url
    carol.get_by_role("button", name="Keep this account").click()
    assert carol.url == before and connections() == {"person:carol": "U-carol"}, "the box has to be ticked"
    csrf, shown = (carol.locator(f"input[name={name}]").get_attribute("value") for name in ("csrf", "shown"))
    answer = carol.request.post(before + "/answer", form={"csrf": csrf, "shown": shown, "answer": "keep"})
    assert answer.status == 422 and connections() == {"person:carol": "U-carol"}, "also for who sends it otherwise"
    carol.get_by_role("checkbox").check()
    keep(carol)
    assert connections() == {"person:carol": "U-carol2"}


def test_fewer_permissions_than_asked_are_shown_kept_and_asked_for_again(home, notes, sign_in, link, connections, told):
    notes.token = lambda answer: (200, answer | {"scope": "profile"})
    carol = sign_in("carol")
    agree(home, carol)
    go(carol, call(home)[1]["structuredContent"]["error"]["link"])
    warning = carol.locator(".warn").inner_text()
    assert "not granted" in warning and "notes.read" in warning and "profile" not in warning
    keep(carol)
    added = [leaf for leaf in told() if leaf["change"] == "connection.added"][0]
    assert added["scopes"] == ["profile"] and added["asked"] == ["notes.read", "profile"]
    kind, result = call(home)
    error = result["structuredContent"]["error"]
    assert kind == "connection_required" and "notes.read" in error["message"], error
    notes.token = lambda answer: (200, answer)
    go(carol, error["link"])
    keep(carol)
    assert call(home)[0] == "done" and connections() == {"person:carol": "U-carol"}


def test_more_permissions_are_asked_for_together_with_those_of_before(home, notes, sign_in, link):
    carol = sign_in("carol")
    keep(go(carol, link()))
    home.run("agents", "add", "writer", "--acts-as", "assistant", "--owner", "dana", "--users", "everyone",
             "--slot", "notes:person", "--tool", "notes.add")
    token = home.token("carol", "writer")
    agree(home, carol)
    kind, result = home.call("writer", token, "notes.add", {"text": "x"})
    assert kind == "connection_required", result
    go(carol, result["structuredContent"]["error"]["link"])
    assert set(notes.asked[-1]["scope"].split()) == {"profile", "notes.read", "notes.write"}
    keep(carol)
    assert home.call("writer", token, "notes.add", {"text": "x"})[0] == "done"
    assert call(home)[0] == "done", "what there was isn't lost"


def test_somebody_elses_account_isnt_kept_and_given_back(home, notes, sign_in, link, connections):
    notes.account = "bob"
    carol = sign_in("carol")
    go(carol, link())
    text = carol.inner_text("main")
    assert "That account can't be kept" in text and "bob@acme.test" in text and "isn't the account of `carol`" in text
    assert connections() == {} and notes.live("bob") == []


def test_an_agents_own_account_is_connected_by_its_owner(home, notes, sign_in, link, connections):
    notes.account = "robot"
    dana = sign_in("dana")
    url = link(agent="clerk")
    dana.goto(url)
    assert "the account of clerk itself" in dana.inner_text("main")
    keep(go(dana, url))
    assert connections() == {"agent:clerk": "U-robot"}
    assert call(home, "clerk", "bob")[0] == "done" and notes.journal[-1] == ("robot", "/notes")


def test_an_owners_own_account_becomes_an_agents_only_if_they_say_so(home, notes, sign_in, link, connections):
    notes.account = "dana"
    dana = sign_in("dana")
    go(dana, link(agent="clerk"))
    assert "everybody who may use clerk reaches what you can see" in dana.inner_text("main")
    dana.get_by_role("checkbox").check()
    keep(dana)
    assert connections() == {"agent:clerk": "U-dana"}


def test_an_agent_never_gets_somebody_elses_account(home, notes, sign_in, link, connections):
    notes.account = "alice"
    dana = sign_in("dana")
    go(dana, link(agent="clerk"))
    assert "is the account of `alice`" in dana.inner_text("main")
    assert connections() == {} and notes.live("alice") == []


def test_an_answer_brought_twice_and_a_button_pressed_twice_count_once(home, notes, sign_in, link, connections):
    carol = sign_in("carol")
    back = []
    carol.on("request", lambda request: "/connect/callback/" in request.url and back.append(request.url))
    go(carol, link())
    for _ in range(3):
        assert carol.goto(back[0]).status == 200 and "Keep this account?" in carol.inner_text("main")
    assert len(notes.redeemed) == 1
    other = carol.context.new_page()
    other.goto(carol.url)
    keep(carol)
    other.get_by_role("button", name="Keep this account").click()
    other.wait_for_load_state()
    assert "Notes is connected" in other.inner_text("main")
    carol.goto(back[0])
    assert "Notes is connected" in carol.inner_text("main")
    assert len(connections()) == 1 and len(notes.redeemed) == 1


def test_the_card_lists_what_an_agent_needs_before_its_first_action(home, notes, sign_in, connections):
    carol = sign_in("carol")
    carol.goto(home.url + "/connect/agent/helper")
    text = carol.inner_text("main")
    assert "Notes" in text and "Memos & <b>more</b>" in text and text.count("Not connected yet.") == 2
    for service in ("Notes", "Memos"):
        carol.get_by_role("button", name=f"Connect: {service}").click()
        carol.get_by_role("button", name=re.compile("Go on to")).click()
        carol.get_by_role("button", name="Allow").click()
        keep(carol)
        carol.get_by_role("link", name="See what else helper needs").click()
    assert "Nothing is missing" in carol.inner_text("main")
    assert connections("notes") == connections("memos") == {"person:carol": "U-carol"}
    carol.goto(home.url + "/connect/agent/clerk")
    assert "which dana connects" in carol.inner_text("main") and not carol.get_by_role("button").count()
    assert carol.goto(home.url + "/connect/agent/nobody").status == 404
    dana = sign_in("dana")
    dana.goto(home.url + "/connect/agent/clerk")
    assert dana.get_by_role("button", name="Connect: Notes").count() == 1


def test_from_my_connections(home, notes, sign_in, connections):
    carol = sign_in("carol")
    carol.goto(home.url + "/connections")
    offered = carol.locator("select[name=provider] option").all_inner_texts()
    assert "notes" in offered and not {"anthropic", "openai"} & set(offered), "a model's key is no person's"
    carol.get_by_role("button", name="Connect Notes").click()
    go(carol, carol.url)
    assert set(notes.asked[-1]["scope"].split()) == {"profile", "notes.read", "notes.write"} or \
        set(notes.asked[-1]["scope"].split()) == {"profile", "notes.read"}
    keep(carol)
    assert connections() == {"person:carol": "U-carol"}


def test_a_link_that_there_isnt_says_so(home, sign_in):
    carol = sign_in("carol")
    assert carol.goto(home.url + "/connect/flow_nothing").status == 400
    words = carol.inner_text("main")
    assert "There is nothing to connect here" in words and "link" in words, words
