"""Somebody who wants another person's account to become theirs, or theirs to become another's. What Deputy did is judged by
the services' journals and by the ledger."""

import urllib.parse

from browsing import FORM, cookie, raw
from clicking import go, keep
import pytest
import re


def depart(page, link):
    """To the service's own page; gives its address."""
    page.goto(link)
    page.get_by_role("button", name=re.compile("Go on to")).click()
    page.wait_for_url("**/authorize?*")
    return page.url


def returning(page, service, account=None, **changes):
    """The address that the service would send this browser back to, not followed."""
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(page.url).query)) | {"answer": "allow"}
    if account:
        service.account = account
    return service.decide(query | changes)


def test_fleet_2_a_link_of_somebody_elses_is_refused_and_recorded(home, notes, sign_in, link, connections, refusals):
    """The attacker sends the victim a link of their own flow, so that the victim's account becomes theirs."""
    url = link(person="bob")
    carol = sign_in("carol")
    answer = carol.goto(url)
    assert answer.status == 403 and "This isn't for you" in carol.inner_text("main")
    assert not carol.get_by_role("button").count() and "bob" not in carol.content()
    csrf = carol.context.request.get(home.url + "/connections").text()
    csrf = re.search(r'name="csrf" value="([^"]+)"', csrf).group(1)
    for path in (url, url + "/answer"):
        assert carol.request.post(path, form={"csrf": csrf, "answer": "keep"}, max_redirects=0).status == 403
    assert refusals() == [("person:carol", "person:bob", "somebody-elses")] * 3
    assert notes.asked == [] and connections() == {}


def test_the_services_own_page_sent_to_a_victim_leads_nowhere(home, notes, sign_in, link, connections, refusals):
    """Cross-user session fixation: the attacker begins, and lets the victim finish at the service."""
    bob, carol = sign_in("bob"), sign_in("carol")
    there = depart(bob, link(person="bob"))
    notes.account = "carol"
    carol.goto(there)
    carol.get_by_role("button", name="Allow").click()
    carol.wait_for_url("**/connect/callback/**")
    assert "This isn't for you" in carol.inner_text("main")
    assert refusals() == [("person:carol", "person:bob", "somebody-elses")]
    assert notes.redeemed == [], "the victim's code was never used"
    bob.goto(link(person="bob"))
    assert "somebody else" in bob.inner_text("main")
    assert connections() == {}


def test_a_victim_who_is_signed_out_is_refused_too(home, notes, sign_in, link, connections, refusals):
    bob, nobody = sign_in("bob"), sign_in()
    there = depart(bob, link(person="bob"))
    nobody.goto(there)
    nobody.get_by_role("button", name="Allow").click()
    nobody.wait_for_url("**/connect/callback/**")
    assert "You aren't signed in" in nobody.inner_text("main")
    assert refusals() == [("nobody", "person:bob", "not-signed-in")]
    assert notes.redeemed == [] and connections() == {}


def test_row_6_a_code_of_the_attackers_isnt_taken_into_the_victims_flow(home, notes, sign_in, link, connections, refusals):
    """Code injection: the victim's browser is led to the attacker's answer."""
    bob, carol = sign_in("bob"), sign_in("carol")
    depart(bob, link(person="bob"))
    depart(carol, link(person="carol"))
    answer = carol.goto(returning(bob, notes, "bob"))
    assert answer.status == 403 and notes.redeemed == [] and connections() == {}
    assert refusals() == [("person:carol", "person:bob", "somebody-elses")]


def test_row_6_a_code_of_another_flow_doesnt_fit_the_verifier(home, notes, sign_in, link, connections):
    """The attacker puts the code that they got into the answer of their own flow at another account."""
    bob, carol = sign_in("bob"), sign_in("carol")
    depart(bob, link(person="bob"))
    stolen = urllib.parse.parse_qs(urllib.parse.urlsplit(returning(bob, notes, "bob")).query)["code"][0]
    depart(carol, link(person="carol"))
    own = returning(carol, notes, "carol")
    carol.goto(re.sub(r"code=[^&]+", "code=" + stolen, own))
    assert "Notes gave no access (invalid_grant)" in carol.inner_text("main")
    assert connections() == {}


def test_the_same_person_in_another_browser_begins_again(home, notes, sign_in, link, connections, refusals):
    first, second = sign_in("carol"), sign_in("carol")
    depart(first, link())
    answer = second.goto(returning(first, notes))
    assert answer.status == 403 and "begun in another browser" in second.inner_text("main")
    assert refusals() == [("person:carol", "person:carol", "another-browser")] and notes.redeemed == []
    second.get_by_role("link", name="Go on").click()
    keep(go(second, second.url))
    assert connections() == {"person:carol": "U-carol"}


def test_an_account_is_kept_in_the_browser_that_it_was_shown_in(home, notes, sign_in, link, connections):
    first, second = sign_in("carol"), sign_in("carol")
    go(first, link())
    second.goto(first.url)
    assert "waits for your answer in the browser in which you began" in second.inner_text("main")
    shown = first.locator("input[name=shown]").get_attribute("value")
    csrf = second.locator("input[name=csrf]").first.get_attribute("value")
    answer = second.request.post(first.url + "/answer", form={"csrf": csrf, "shown": shown, "answer": "keep"})
    assert answer.status == 403 and connections() == {}
    keep(first)


def test_row_6_state_reuse_a_state_counts_once(home, notes, sign_in, link, connections, refusals):
    bob, carol = sign_in("bob"), sign_in("carol")
    depart(carol, link())
    back = returning(carol, notes)
    carol.goto(back)
    assert "Keep this account?" in carol.inner_text("main")
    code = re.sub(r"code=[^&]+", "code=another", back)
    for page, url in ((carol, back), (carol, code), (bob, back), (bob, code)):
        page.goto(url)
    assert len(notes.redeemed) == 1
    assert refusals() == [("person:bob", "person:carol", "somebody-elses")] * 2
    keep(carol.goto(link()) and carol)
    assert connections() == {"person:carol": "U-carol"}
    for state in ("", "x", "x" * 43, "x" * 10_000):
        assert raw(home, "GET", f"/connect/callback/notes?code=c&state={state}", Cookie=cookie(carol))[0] == 400
    assert raw(home, "GET", "/connect/callback/notes?code=c", Cookie=cookie(carol))[0] == 400
    assert raw(home, "GET", "/connect/callback/notes?code=c&state=a&state=a", Cookie=cookie(carol))[0] == 400


def test_row_6_an_old_state_is_stale(home, notes, sign_in, link, connections):
    carol = sign_in("carol")
    depart(carol, link())
    home.sql("UPDATE connect_flows SET until = 1, record = replace(record, '\"until\":', '\"until\":1,\"was\":')")
    answer = carol.goto(returning(carol, notes))
    assert answer.status == 410 and "That took too long" in carol.inner_text("main") and notes.redeemed == []
    carol.get_by_role("link", name="Go on").click()
    keep(go(carol, carol.url))
    assert connections() == {"person:carol": "U-carol"}


@pytest.mark.parametrize("lie", [
    lambda query: query | {"iss": "https://evil.example"}, lambda query: query | {"iss": query["iss"] + "/"},
    lambda query: query | {"iss": query["iss"].upper()},
    lambda query: {name: value for name, value in query.items() if name != "iss"},
    lambda query: {"state": query["state"], "iss": "https://evil.example", "error": "access_denied"},
    lambda query: {"state": query["state"], "error": "evil_words", "error_description": "evil words"},
])
def test_row_6_mix_up_an_answer_of_another_server_isnt_taken(home, notes, sign_in, link, connections, lie):
    carol = sign_in("carol")
    notes.answer = lie
    go(carol, link())
    assert "isn't Notes's answer" in carol.inner_text("main") and "evil" not in carol.inner_text("main")
    assert notes.redeemed == [] and connections() == {}
    notes.answer = lambda query: query
    keep(go(carol, link()))
    assert connections() == {"person:carol": "U-carol"}


def test_row_6_mix_up_an_answer_at_another_providers_path_isnt_taken(home, notes, memos, sign_in, link, connections):
    """Mix-up: a server that is the attacker's leads the browser on to another, and has the code sent to itself."""
    carol = sign_in("carol")
    depart(carol, link("memos"))
    carol.goto(returning(carol, memos).replace("/callback/memos", "/callback/notes"))
    assert "isn't Memos" in carol.inner_text("main")
    assert notes.redeemed == memos.redeemed == [] and connections() == connections("memos") == {}


def test_looking_keeps_nothing(home, notes, sign_in, link, connections):
    carol = sign_in("carol")
    url = link()
    path = urllib.parse.urlsplit(url).path
    for method in ("GET", "HEAD", "OPTIONS"):
        for where in ("", "/answer", "?answer=keep&another=yes&sharing=yes&replaces=none"):
            raw(home, method, path + where, Cookie=cookie(carol))
    assert notes.asked == []
    go(carol, url)
    csrf, shown = (carol.locator(f"input[name={name}]").get_attribute("value") for name in ("csrf", "shown"))
    fields = urllib.parse.urlencode({"csrf": csrf, "shown": shown, "answer": "keep"})
    for method in ("GET", "HEAD", "OPTIONS"):
        raw(home, method, f"{path}/answer?{fields}", fields, Cookie=cookie(carol), Content_Type=FORM)
    assert connections() == {}
    wrong = [{"csrf": ""}, {"csrf": "x"}, {"shown": ""}, {"shown": "00" * 32}, {"answer": "x"}]
    for change in wrong:
        body = urllib.parse.urlencode({"csrf": csrf, "shown": shown, "answer": "keep"} | change)
        assert raw(home, "POST", path + "/answer", body, Cookie=cookie(carol), Content_Type=FORM)[0] in (403, 409), change
    assert raw(home, "POST", path + "/answer", fields, Cookie=cookie(carol), Content_Type=FORM,
               Sec_Fetch_Site="cross-site")[0] == 403
    assert connections() == {}
    assert raw(home, "POST", path + "/answer", fields, Cookie=cookie(carol), Content_Type=FORM)[0] == 303
    assert connections() == {"person:carol": "U-carol"}, "the check can fail"


def test_an_agents_token_opens_none_of_it(home, notes, link):
    token = home.tokens["carol"]
    path = urllib.parse.urlsplit(link()).path
    for headers in ({"Authorization": f"Bearer {token}"}, {"Cookie": f"deputy={token}"}):
        assert raw(home, "GET", path, **headers)[0] == 401
        assert raw(home, "POST", path, "csrf=x", Content_Type=FORM, **headers)[0] == 401


def test_no_token_is_in_the_store_the_log_or_the_ledger(home, notes, sign_in, link):
    carol = sign_in("carol")
    go(carol, link())
    held = notes.live("carol")
    assert len(held) == 2

    def found():
        return [path for path in home.files for token in held if token.encode() in path.read_bytes()]
    assert found() == []
    keep(carol)
    assert found() == [] and held[0].encode() not in str(home.leaves()).encode()
