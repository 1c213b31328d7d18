"""Notion's stand-in, proved by notion-client."""

import pytest
import requests
from notion_client import APIResponseError, Client
from proof import calls_exactly, refutes

VISIBLE = {
    "alice": {"alice_onboarding", "handbook"},
    "bob": {"bob_onboarding", "handbook"},
    "product": {"roadmap", "competitors"},
}


def client(acme, token):
    return Client(auth=token, base_url=acme.origins["notion"], retry=False)


def as_owner(acme, owner):
    return client(acme, acme.tokens["notion"][owner])


def refused(call, *arguments, **named):
    with pytest.raises(APIResponseError) as refusal:
        call(*arguments, **named)
    return refusal.value.status, refusal.value.code


def title(page):
    return page["properties"]["title"]["title"][0]["plain_text"]


def check_sees_exactly(acme, owner, keys):
    notion = as_owner(acme, owner)
    expected = {acme.ids["pages"][key] for key in keys}
    assert {page["id"] for page in notion.search()["results"]} == expected
    for page in acme.ids["pages"].values():
        if page in expected:
            assert notion.pages.retrieve(page)["id"] == page
            assert notion.blocks.children.list(page)["results"]
        else:
            assert refused(notion.pages.retrieve, page) == (404, "object_not_found")
            assert refused(notion.blocks.children.list, page) == (404, "object_not_found")


def check_refusal(acme, token, expected):
    assert refused(client(acme, token).users.me) == expected


@pytest.mark.parametrize("owner", VISIBLE)
def test_each_token_sees_exactly_its_own_pages(acme, owner):
    check_sees_exactly(acme, owner, VISIBLE[owner])
    assert {entry["owner"] for entry in acme.journal()} == {owner}


def test_what_a_token_sees_is_checked_sharply(start):
    acme = start("--no-rate-limits")
    refutes(check_sees_exactly, acme, "alice", VISIBLE["bob"])
    refutes(check_sees_exactly, acme, "alice", {"handbook"})


def test_search_matches_titles_and_pages(acme):
    alice = as_owner(acme, "alice")
    assert [title(page) for page in alice.search(query="ONBOARDING")["results"]] == ["Alice's onboarding page"]
    assert alice.search(query="Bob's")["results"] == []
    first = alice.search(page_size=1)
    assert first["has_more"]
    second = alice.search(page_size=1, start_cursor=first["next_cursor"])
    assert not second["has_more"] and second["next_cursor"] is None
    assert first["results"][0]["id"] != second["results"][0]["id"]
    assert refused(alice.search, page_size=101) == (400, "validation_error")


def test_a_page_is_read_with_or_without_dashes(acme):
    page, alice = acme.ids["pages"]["alice_onboarding"], as_owner(acme, "alice")
    assert alice.pages.retrieve(page.replace("-", ""))["id"] == page
    assert refused(alice.pages.retrieve, "not-a-page") == (400, "validation_error")
    texts = [block["paragraph"]["rich_text"][0]["plain_text"] for block in alice.blocks.children.list(page)["results"]]
    assert texts[0] == "Welcome, Alice."


def check_person(acme, owner, email):
    owner = as_owner(acme, owner).users.me()["bot"]["owner"]
    assert owner["type"] == "user" and owner["user"]["person"]["email"] == email


def test_a_token_says_whose_it_is(acme):
    check_person(acme, "alice", "alice@acme.test")
    check_person(acme, "bob", "bob@acme.test")
    refutes(check_person, acme, "bob", "alice@acme.test")
    assert as_owner(acme, "product").users.me()["bot"]["owner"] == {"type": "workspace", "workspace": True}


def test_absent_wrong_and_revoked_tokens(acme):
    check_refusal(acme, None, (401, "unauthorized"))
    check_refusal(acme, "ntn_wrong", (401, "unauthorized"))
    acme.revoke("notion", "alice")
    check_refusal(acme, acme.tokens["notion"]["alice"], (401, "unauthorized"))
    with pytest.raises(pytest.fail.Exception):
        check_refusal(acme, acme.tokens["notion"]["bob"], (401, "unauthorized"))
    assert [entry["owner"] for entry in acme.journal()] == [None, None, "alice", "bob"]


def test_a_token_without_the_capability_reads_nothing(acme):
    narrow = client(acme, acme.reissue("notion", "alice", scopes=["read_user_with_email"]))
    assert refused(narrow.search) == (403, "restricted_resource")
    assert narrow.users.me()["bot"]["owner"]["user"]["person"] == {"email": "alice@acme.test"}
    assert client(acme, acme.reissue("notion", "alice", scopes=["read_content"])).search()["results"]


def test_the_version_header_is_required(acme):
    url = acme.origins["notion"] + "/v1/users/me"
    headers = {"Authorization": "Bearer " + acme.tokens["notion"]["alice"]}
    answer = requests.get(url, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "missing_version")
    assert set(answer.json()) == {"object", "status", "code", "message", "request_id"}
    assert requests.get(url, headers=headers | {"Notion-Version": "2025-09-03"}).ok
    assert requests.get(url, headers=headers | {"Notion-Version": "yesterday"}).status_code == 400


def test_too_many_calls_are_limited(acme, start):
    def burst(acme):
        alice = as_owner(acme, "alice")
        for _ in range(60):
            alice.users.me()

    with pytest.raises(APIResponseError) as refusal:
        burst(acme)
    assert (refusal.value.status, refusal.value.code) == (429, "rate_limited")
    assert int(refusal.value.headers["Retry-After"]) >= 1
    as_owner(acme, "bob").users.me()
    burst(start("--no-rate-limits"))


def test_the_journal_names_the_owner_of_each_call(acme):
    page = acme.ids["pages"]["bob_onboarding"]
    with calls_exactly(
        acme, ("bob", "notion.pages.retrieve", 200), ("alice", "notion.pages.retrieve", 404),
        ("product", "notion.search", 200), ("alice", "unknown", 400),
    ):
        as_owner(acme, "bob").pages.retrieve(page)
        assert refused(as_owner(acme, "alice").pages.retrieve, page) == (404, "object_not_found")
        as_owner(acme, "product").search(query="road")
        assert refused(as_owner(acme, "alice").comments.list, block_id=page) == (400, "invalid_request_url")
    with pytest.raises(AssertionError):
        with calls_exactly(acme, ("alice", "notion.search", 200)):
            as_owner(acme, "bob").search()
