"""Rippling's stand-in. There is no official Python SDK: plain requests, field names from the REST reference."""

import requests
from proof import calls_exactly, refutes


def get(acme, path, token=None, **query):
    token = token or acme.tokens["rippling"]["company"]
    return requests.get(acme.origins["rippling"] + path, params=query, headers={"Authorization": "Bearer " + token})


def check_refusal(answer, status, message):
    assert answer.status_code == status and answer.json()["error"] == message


def check_sees_everybody(acme, emails):
    assert {worker["work_email"] for worker in get(acme, "/workers").json()["results"]} == emails


def test_the_company_token_sees_every_worker(acme):
    everybody = {f"{name}@acme.test" for name in ["alice", "bob", "carol", "dana"]}
    check_sees_everybody(acme, everybody)
    refutes(check_sees_everybody, acme, everybody - {"dana@acme.test"})
    for name, worker in acme.ids["workers"].items():
        assert get(acme, f"/workers/{worker}").json()["work_email"] == f"{name}@acme.test"


def test_references_come_whole_when_expanded(acme):
    path = "/workers/" + acme.ids["workers"]["bob"]
    plain = get(acme, path).json()
    assert "compensation" not in plain and plain["compensation_id"]
    whole = get(acme, path, expand="compensation,department").json()
    assert whole["compensation"]["annual_compensation"] == {"value": 121500, "currency_type": "USD"}
    assert whole["department"] == {"id": plain["department_id"], "name": "Engineering"}


def test_workers_are_filtered_and_paged(acme):
    found = get(acme, "/workers", filter="work_email eq 'bob@acme.test'").json()["results"]
    assert [worker["id"] for worker in found] == [acme.ids["workers"]["bob"]]
    assert get(acme, "/workers", filter="salary gt 1").status_code == 400
    seen, link = [], "/workers?limit=3"
    while link:
        page = get(acme, link).json()
        seen += [worker["id"] for worker in page["results"]]
        link = page["next_link"]
    assert seen == list(acme.ids["workers"].values())


def test_the_token_says_which_company_it_is_for(acme):
    me = get(acme, "/sso-me", expand="company").json()
    assert me["company_id"] == me["company"]["id"] == acme.ids["company"]


def test_absent_wrong_and_revoked_tokens(acme):
    absent = requests.get(acme.origins["rippling"] + "/workers")
    check_refusal(absent, 401, "authentication credentials were not provided")
    check_refusal(get(acme, "/workers", token="wrong"), 401, "invalid token")
    acme.revoke("rippling", "company")
    check_refusal(get(acme, "/workers"), 403, "token has been revoked")
    refutes(check_refusal, get(acme, "/workers", token="wrong"), 403, "token has been revoked")
    new = acme.reissue("rippling", "company")
    assert get(acme, "/workers", token=new).ok


def test_a_missing_scope_is_refused(acme):
    narrow = acme.reissue("rippling", "company", scopes=["companies.read"])
    assert get(acme, "/workers", token=narrow).status_code == 403
    assert get(acme, "/workers", token=acme.reissue("rippling", "company", scopes=["workers.read"])).ok


def test_too_many_calls_are_limited(acme, start):
    def statuses(acme):
        with requests.Session() as session:
            session.headers["Authorization"] = "Bearer " + acme.tokens["rippling"]["company"]
            return [session.get(acme.origins["rippling"] + "/sso-me") for _ in range(200)]

    limited = [answer for answer in statuses(acme) if answer.status_code == 429]
    assert limited and all(int(answer.headers["Retry-After"]) >= 1 for answer in limited)
    assert all(answer.ok for answer in statuses(start("--no-rate-limits")))


def test_the_journal_names_the_owner_of_each_call(acme):
    worker = "/workers/" + acme.ids["workers"]["alice"]
    with calls_exactly(
        acme, ("company", "rippling.workers.retrieve", 200), (None, "rippling.workers.retrieve", 401),
        ("company", "rippling.workers.retrieve", 404), ("company", "unknown", 404),
    ):
        get(acme, worker)
        get(acme, worker, token="wrong")
        get(acme, "/workers/66f100000000000000000000")
        get(acme, "/payrolls")
    assert acme.journal()[0]["path"] == worker
