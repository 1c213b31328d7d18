"""A thousand conversations at once, and the gateway dies three times in the middle: each message is answered once, in order."""

import collections
import concurrent.futures
import html
import json
import os
import re
import signal
import threading
import time
import urllib.request

COUNT = int(os.environ.get("DEPUTY_CONVERSATIONS", "1000"))
PEOPLE = 20


def event_of(summary):
    return "/call calendar.create_event " + json.dumps({
        "summary": summary, "start": "2027-01-04T10:00:00Z", "end": "2027-01-04T11:00:00Z"})


def created(home):
    """How often each event stands in Dana's calendar, as the calendar says it."""
    request = urllib.request.Request(
        home.acme.origins["calendar"] + "/calendar/v3/calendars/primary/events?maxResults=2500",
        headers={"Authorization": "Bearer " + home.acme.tokens["calendar"]["dana"]})
    with urllib.request.urlopen(request, timeout=30) as response:
        return collections.Counter(event["summary"] for event in json.loads(response.read())["items"])


class Writer:
    """One person's browser: each message is sent until it is taken, under the same event id."""

    def __init__(self, home, person):
        self.home, self.lock = home, threading.Lock()
        self.browser = home.browser(person)
        self.csrf = re.search('name="csrf" value="([^"]+)"', self.browser.send("GET", "/browsers")[1]).group(1)

    def write(self, talk, event, text):
        for _ in range(400):
            try:
                with self.lock:
                    status, _ = self.browser.send(
                        "POST", f"/chats/email.{talk}", {"csrf": self.csrf, "event": event, "text": text})
                if status == 303:
                    return
                assert status in (429, 503), status
            except OSError:
                pass
            time.sleep(0.05)
        raise AssertionError(f"{event} was never taken")

    def read(self, talk):
        for _ in range(100):
            status, text = self.browser.send("GET", f"/chats/email.{talk}")
            if status == 200:
                return text
            assert status == 429, status
            time.sleep(0.5)
        raise AssertionError(talk)


def turns(text):
    """(question, its answers) in the order of the page."""
    found = []
    for item in re.findall(r'<li>(<div class="mine">.*?)</li>', text, re.DOTALL):
        question = re.search(r"<pre>(.*?)</pre>", item, re.DOTALL).group(1)
        found.append((html.unescape(question).strip(), re.findall(r'<div class="theirs[^"]*"><pre>(.*?)</pre>', item, re.DOTALL)))
    return found


def open_work(home):
    waiting = home.sql("SELECT count(*) FROM inbox WHERE state = 'waiting'")[0][0]
    return waiting + home.sql("SELECT count(*) FROM turns WHERE state IN ('ready', 'approval', 'connection')")[0][0]


def test_each_message_of_a_thousand_conversations_is_answered_once_in_order_through_deaths(home):
    home.run("models", "add", "default", "--speaks", "offline")
    people = [f"p{number}" for number in range(PEOPLE)]
    for person in people:
        home.run("people", "add", person, "--email", f"{person}@acme.test")
    writers = [Writer(home, person) for person in people]
    run = os.urandom(4).hex()
    talks = [(number, writers[number % PEOPLE], f"{run}{number:06x}") for number in range(COUNT)]
    port = int(home.url.rsplit(":", 1)[1])

    def talk(one):
        number, writer, name = one
        writer.write(name, f"{name}-1", event_of(f"{name}-first"))
        writer.write(name, f"{name}-2", event_of(f"{name}-second"))

    def die():
        for ended in (COUNT // 4, COUNT // 2, COUNT):
            while home.sql("SELECT count(*) FROM turns WHERE state NOT IN ('ready', 'approval', 'connection')")[0][0] < ended:
                time.sleep(0.01)
            home.gateway.send_signal(signal.SIGKILL)
            home.gateway.wait(20)
            home.serve(port)

    began = time.time()
    with concurrent.futures.ThreadPoolExecutor(PEOPLE + 1) as pool:
        death = pool.submit(die)
        for _ in pool.map(talk, talks):
            pass
        death.result(120)
    while open_work(home):
        assert time.time() - began < 300, open_work(home)
        time.sleep(0.1)
    seconds = time.time() - began

    there, unknown = created(home), 0
    for number, writer, name in talks:
        shown = turns(writer.read(name))
        wanted = [f"{name}-first", f"{name}-second"]
        assert [question for question, _ in shown] == [event_of(summary) for summary in wanted], (name, shown)
        for summary, (_, answers) in zip(wanted, shown):
            assert len(answers) == 1, (summary, answers)
            if "` answered:" in answers[0]:
                assert there[summary] == 1, summary
            else:
                assert there[summary] <= 1 and "nobody knows" in answers[0], (summary, answers)
                unknown += 1
    inserts = [e for e in home.acme.journal() if e["call"] == "calendar.events.insert"]
    assert {entry["owner"] for entry in inserts} == {"dana"} and len(inserts) <= 2 * COUNT
    assert unknown == len(home.run("calls", "unknown")["calls"]) < COUNT // 2
    assert home.run("ledger", "verify")["intact"]
    print(f"{2 * COUNT} messages of {COUNT} conversations in {seconds:.1f} s; nobody knows of {unknown}")
