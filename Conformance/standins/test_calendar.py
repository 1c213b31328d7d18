"""Calendar's stand-in, proved by google-api-python-client and its discovery document."""

import pytest
import requests
from google_client import document, reason, service
from googleapiclient.errors import HttpError
from proof import calls_exactly, conforms, refutes

SCOPES = "https://www.googleapis.com/auth/"
SCHEMA = document("calendar", "v3")


def calendar(acme, token=None):
    origin = acme.origins["calendar"] + "/calendar/v3/"
    return service("calendar", "v3", origin, token or acme.tokens["calendar"]["dana"])


def refused(request):
    with pytest.raises(HttpError) as refusal:
        request.execute()
    return reason(refusal.value)


def event(**members):
    return {
        "summary": "Kick-off",
        "start": {"dateTime": "2026-11-26T10:00:00Z"},
        "end": {"dateTime": "2026-11-26T11:00:00Z"},
    } | members


def check_events(acme, titles, **query):
    answer = calendar(acme).events().list(calendarId="primary", **query).execute()
    conforms(SCHEMA, "Events", answer)
    assert [item["summary"] for item in answer["items"]] == titles


def check_inserted_once(acme, *ids):
    events = calendar(acme).events()
    for number in ids:
        try:
            events.insert(calendarId="primary", body=event(id=number)).execute()
        except HttpError as refusal:
            assert reason(refusal) == (409, "duplicate")
    assert len(acme.sent()["events"]) == 1


def test_danas_events_are_listed(acme):
    check_events(acme, ["Operations weekly", "First week with Bob", "Budget review with Carol"])
    check_events(
        acme, ["First week with Bob"], timeMin="2026-11-24T00:00:00Z", timeMax="2026-11-25T00:00:00+00:00"
    )
    check_events(acme, ["Budget review with Carol"], q="budget")
    check_events(acme, [], timeMin="2027-01-01T00:00:00.000Z")
    with pytest.raises(AssertionError):
        check_events(acme, ["Operations weekly"])


def test_events_are_paged(acme):
    events, pages = calendar(acme).events(), []
    request = events.list(calendarId="dana@acme.test", maxResults=2)
    while request is not None:
        answer = request.execute()
        pages.append(len(answer["items"]))
        request = events.list_next(request, answer)
    assert pages == [2, 1]


def test_another_calendar_does_not_exist(acme):
    events = calendar(acme).events()
    assert refused(events.list(calendarId="bob@acme.test")) == (404, "notFound")
    assert refused(events.insert(calendarId="bob@acme.test", body=event())) == (404, "notFound")
    assert acme.sent()["events"] == []


def test_an_event_is_made_and_its_guests_are_told(acme):
    guests = [{"email": "bob@acme.test"}, {"email": "pat@stranger.example"}]
    expected = {"all": ["bob@acme.test", "pat@stranger.example"], "externalOnly": ["pat@stranger.example"], "none": []}
    for updates, notified in expected.items():
        made = calendar(acme).events().insert(
            calendarId="primary", sendUpdates=updates, body=event(attendees=guests)
        ).execute()
        conforms(SCHEMA, "Event", made)
        refutes(conforms, SCHEMA, "Event", made | {"colour": "red"})
        seen = acme.sent()["events"][-1]
        assert (seen["owner"], seen["event"]["id"], seen["notified"]) == ("dana", made["id"], notified)
        again = calendar(acme).events().get(calendarId="primary", eventId=made["id"]).execute()
        assert again == made
    assert made["organizer"]["email"] == "dana@acme.test"
    assert [guest["responseStatus"] for guest in made["attendees"]] == ["needsAction", "needsAction"]


def test_a_repeated_id_is_a_conflict(acme, start):
    check_inserted_once(acme, "deput0once0001", "deput0once0001")
    refutes(check_inserted_once, start(), "deput0once0001", "deput0once0002")


def test_an_event_is_checked(acme):
    events = calendar(acme).events()

    def insert(**members):
        return refused(events.insert(calendarId="primary", body=event(**members)))

    assert insert(id="Not Base32hex!") == (400, "invalid")
    assert insert(id="abcw") == (400, "invalid")
    assert insert(end={}) == (400, "required")
    assert insert(end={"dateTime": "2026-11-26T09:00:00Z"}) == (400, "timeRangeEmpty")
    assert insert(end={"date": "2026-11-27"}) == (400, "invalid")
    assert insert(attendees=[{"email": "nobody"}]) == (400, "invalid")
    assert acme.sent()["events"] == []


def check_busy(acme, address, expected):
    body = {"timeMin": "2026-11-24T00:00:00Z", "timeMax": "2026-11-25T00:00:00Z", "items": [{"id": address}]}
    answer = calendar(acme).freebusy().query(body=body).execute()
    conforms(SCHEMA, "FreeBusyResponse", answer)
    assert answer["calendars"][address] == expected


def test_free_and_busy_of_the_company_is_seen(acme):
    busy = [{"start": "2026-11-24T10:00:00Z", "end": "2026-11-24T10:30:00Z"}]
    check_busy(acme, "dana@acme.test", {"busy": busy})
    check_busy(acme, "bob@acme.test", {"busy": busy})
    check_busy(acme, "carol@acme.test", {"busy": []})
    unknown = {"errors": [{"domain": "global", "reason": "notFound"}], "busy": []}
    check_busy(acme, "pat@stranger.example", unknown)
    refutes(check_busy, acme, "carol@acme.test", {"busy": busy})


def test_the_token_says_whose_it_is(acme):
    assert calendar(acme).calendars().get(calendarId="primary").execute()["id"] == "dana@acme.test"
    headers = {"Authorization": "Bearer " + acme.tokens["calendar"]["dana"]}
    info = requests.get(acme.origins["calendar"] + "/oauth2/v3/userinfo", headers=headers).json()
    assert (info["email"], info["email_verified"]) == ("dana@acme.test", True)


@pytest.mark.parametrize(
    "scope, allowed",
    [
        ("calendar", {"list", "insert", "freebusy", "calendar"}),
        ("calendar.readonly", {"list", "freebusy", "calendar"}),
        ("calendar.events", {"list", "insert"}),
        ("calendar.freebusy", {"freebusy"}),
    ],
)
def test_each_scope_allows_its_own_methods(acme, scope, allowed):
    api = calendar(acme, acme.reissue("calendar", "dana", scopes=[SCOPES + scope]))
    span = {"timeMin": "2026-11-24T00:00:00Z", "timeMax": "2026-11-25T00:00:00Z", "items": []}
    requests_by_name = {
        "list": api.events().list(calendarId="primary"),
        "insert": api.events().insert(calendarId="primary", body=event()),
        "freebusy": api.freebusy().query(body=span),
        "calendar": api.calendars().get(calendarId="primary"),
    }
    for name, request in requests_by_name.items():
        if name in allowed:
            assert request.execute()
        else:
            assert refused(request) == (403, "insufficientPermissions")


def test_absent_wrong_and_revoked_tokens(acme):
    def status(token):
        headers = {"Authorization": "Bearer " + token} if token else {}
        url = acme.origins["calendar"] + "/calendar/v3/calendars/primary/events"
        return requests.get(url, headers=headers).status_code

    good = acme.tokens["calendar"]["dana"]
    assert [status(token) for token in (None, "ya29.wrong", good)] == [401, 401, 200]
    acme.revoke("calendar", "dana")
    assert status(good) == 401
    # A token of the same person for another service is no token here.
    assert status(acme.tokens["gmail"]["dana"]) == 401
    assert [entry["owner"] for entry in acme.journal()] == [None, None, "dana", "dana", None]


def test_too_many_calls_are_limited(acme, start):
    def statuses(acme):
        with requests.Session() as session:
            session.headers["Authorization"] = "Bearer " + acme.tokens["calendar"]["dana"]
            url = acme.origins["calendar"] + "/calendar/v3/calendars/primary"
            return {session.get(url).status_code for _ in range(900)}

    assert statuses(acme) == {200, 429}
    assert statuses(start("--no-rate-limits")) == {200}


def test_the_journal_names_the_owner_of_each_call(acme):
    with calls_exactly(
        acme, ("dana", "calendar.events.list", 200), ("dana", "calendar.events.insert", 200),
        ("dana", "calendar.events.list", 404),
    ):
        calendar(acme).events().list(calendarId="primary").execute()
        calendar(acme).events().insert(calendarId="primary", body=event()).execute()
        refused(calendar(acme).events().list(calendarId="alice@acme.test"))
