"""How each page looks and reads, at both widths and schemes. What the service says of itself stays text."""

from browsing import LOOKS, inspect
from clicking import go, keep
from test_attacker import depart, returning


def look(page, folder, name):
    assert page.locator("script").count() == 0, name
    for scheme, width in LOOKS:
        inspect(page, folder, "connect-" + name, scheme, width)


def test_every_page_of_the_way_is_accessible(home, notes, memos, sign_in, link, screenshots):
    carol = sign_in("carol")
    carol.goto(home.url + "/connect/agent/helper")
    look(carol, screenshots, "card")
    carol.goto(link())
    look(carol, screenshots, "begin")
    go(carol, link(), "Deny")
    look(carol, screenshots, "declined")
    notes.account = "bob"
    go(carol, link())
    look(carol, screenshots, "not-yours")
    notes.account, notes.token = "carol", lambda answer: (200, answer | {"scope": "profile other.thing"})
    go(carol, link())
    look(carol, screenshots, "offer")
    carol.get_by_role("button", name="Don't keep it").click()
    look(carol, screenshots, "dropped")
    notes.token = lambda answer: (200, answer)
    keep(go(carol, link()))
    look(carol, screenshots, "kept")
    carol.goto(link() + "?again=yes")
    look(carol, screenshots, "again")
    notes.account = "carol2"
    go(carol, carol.url)
    look(carol, screenshots, "offer-another")
    carol.goto(home.url + "/connections")
    look(carol, screenshots, "connections")


def test_every_refusal_is_accessible_and_has_a_way_out(home, notes, sign_in, link, screenshots):
    bob, carol, nobody = sign_in("bob"), sign_in("carol"), sign_in()
    bob.goto(link())
    look(bob, screenshots, "not-for-you")
    nobody.goto(link())
    look(nobody, screenshots, "signed-out")
    assert nobody.get_by_role("link", name="Go on").get_attribute("href").startswith("/sign-in?next=%2Fconnect%2F")
    depart(carol, link())
    nobody.goto(returning(carol, notes))
    look(nobody, screenshots, "answer-signed-out")
    carol.goto(home.url + "/connect/callback/notes?code=c&state=x")
    look(carol, screenshots, "unknown-answer")
    depart(carol, link())
    other = sign_in("carol")
    other.goto(returning(carol, notes))
    look(other, screenshots, "another-browser")
    depart(carol, link())
    home.sql("UPDATE connect_flows SET until = 1, record = replace(record, '\"until\":', '\"until\":1,\"was\":')")
    carol.goto(returning(carol, notes))
    look(carol, screenshots, "stale")
    notes.account = "dana"
    dana = sign_in("dana")
    go(dana, link(agent="clerk"))
    look(dana, screenshots, "offer-shared")


def test_a_services_words_stay_text(home, memos, sign_in, link):
    memos.accounts["carol"] = {"id": "<script>x</script>", "email": "carol@acme.test", "name": "\u202eevil <b>"}
    carol = sign_in("carol")
    go(carol, link("memos"))
    assert "⟨U+202E⟩evil <b>" in carol.inner_text("main") and "<script>x</script>" in carol.inner_text("main")
    assert carol.locator("main script, main b").count() == 0
