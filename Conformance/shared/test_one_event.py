"""What Slack tells again, because nobody answered in time, may reach another gateway: one run, whichever is told, and at once."""

import concurrent.futures
import json
import time
import urllib.error
import urllib.request

from slack_sdk.signature import SignatureVerifier
from test_slack_talk import Slack, bind


def event_of(slack, number):
    alice, place = slack.acme.ids["slack_users"]["alice"], slack.alone("alice")
    stamp = f"{int(time.time())}.{number:06d}"
    return json.dumps({
        "type": "event_callback", "api_app_id": slack.app["app"], "team_id": slack.app["team"], "event_id": f"EvTWICE{number}",
        "authorizations": [{"team_id": slack.app["team"], "user_id": slack.app["user"], "is_bot": True}],
        "event": {"type": "message", "channel_type": "im", "channel": place, "user": alice, "team": slack.app["team"],
                  "text": f'/call notion.search {{"query": "n{number}"}}', "ts": stamp, "event_ts": stamp}})


def tell(home, slack, body, retry):
    at = str(int(time.time()))
    signed = SignatureVerifier(slack.app["signing_secret"]).generate_signature(timestamp=at, body=body)
    request = urllib.request.Request(f"{home.url}/hooks/slack/onboarding", data=body.encode(), headers={
        "Content-Type": "application/json", "X-Slack-Request-Timestamp": at, "X-Slack-Signature": signed}
        | ({"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": "http_timeout"} if retry else {}))
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code


def test_fleet_11_one_event_that_three_gateways_are_told_is_one_run(three, cluster, tmp_path):
    first = three[0]
    first.run("models", "add", "default", "--speaks", "offline")
    bind(first, tmp_path, onboarding="onboarding")
    slack = Slack(first, "onboarding")
    slack.link("alice")
    bodies = [event_of(slack, number) for number in range(10)]
    with concurrent.futures.ThreadPoolExecutor(9) as pool:
        told = [pool.submit(tell, home, slack, body, retry) for body in bodies for retry, home in enumerate(three)]
        assert {one.result() for one in told} == {200}
    slack.wait(slack.alone("alice"), "offline planner", count=10, seconds=60)
    time.sleep(2)
    assert len(slack.wait(slack.alone("alice"), "offline planner", count=10)) == 10
    asked = [entry for entry in first.acme.journal() if entry["call"] == "notion.search" and entry["status"] == 200]
    assert len(asked) == 10 and {entry["owner"] for entry in asked} == {"alice"}
    assert cluster.sql("SELECT state FROM turns", first.name).split() == ["answered"] * 10
    assert first.run("ledger", "verify")["intact"]
