"""Three gateways of one organization run turns and send answers side by side. The model stand-in's own road says who asked it, the
calendar how often something happened, and Slack what people were shown."""

import collections
import http.client
import random
import signal
import socket
import threading
import time

import pytest
from program import Program
from road import Road
from test_cards import numbers
from test_many_conversations import created, event_of
from test_slack_talk import Slack, bind
from waiting import until

MODEL = "gpt-acme-1"


@pytest.fixture
def road(acme):
    road = Road(acme.origins["openai"])
    acme.origins["openai"] = road.origin
    yield road
    road.close()


@pytest.fixture
def voices(road, three, acme):
    """Three gateways whose agents ask a model."""
    first = three[0]
    first.run("connections", "add", "openai", "--organization", secret=acme.tokens["openai"]["acme"])
    first.run("models", "add", "default", "--speaks", "openai-chat", "--model", MODEL, "--key", "openai:organization")
    road.gateways = three
    return three


def token(home, person, agent="email"):
    made = home.run("tokens", "create", person, "--agent", agent, "--for", "api")
    return home.run("tokens", "take-up", made["code"])["token"]


class Writer:
    """One conversation, whose messages go to any gateway, each under its id until it is taken."""

    def __init__(self, gateways, token, name):
        self.programs = [Program(home.url, token, "email") for home in gateways]
        self.gateways, self.name, self.sent, self.isOver = gateways, name, [], False
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while not self.isOver:
            id = f"{self.name}-m{len(self.sent)}"
            self.deliver(id)
            self.sent.append(id)
            time.sleep(random.uniform(0.5, 1.5))

    def deliver(self, id):
        for _ in range(600):
            program = random.choice([one for one, home in zip(self.programs, self.gateways) if not home.isFrozen])
            try:
                status, body, _ = program.write(id, event_of(id), self.name)
                if status in (200, 202):
                    return
                assert status in (429, 503), (status, body)
            except (OSError, ValueError, http.client.HTTPException):
                pass
            time.sleep(0.1)
        raise AssertionError(f"{id} was never taken")

    def answered(self):
        """What the conversation shows, once everything is answered."""
        deadline = time.time() + 120
        while True:
            lines = random.choice(self.programs).read(self.name)[1]["messages"]
            if len(lines) == len(self.sent) and all(line["state"] not in ("ready", "parked") for line in lines):
                return lines
            assert time.time() < deadline, (self.name, len(self.sent), lines[-1])
            time.sleep(0.3)


def start(gateways, count):
    for home in gateways:
        home.isFrozen = False
    tokens = [token(gateways[0], person) for person in ("alice", "bob", "dana") for _ in range(2)]
    writers = [Writer(gateways, tokens[number % len(tokens)], f"talk-{number}") for number in range(count)]
    for writer in writers:
        writer.thread.start()
    return writers


def finish(home, writers):
    """Each message was answered once, in its order, and happened once at most."""
    for writer in writers:
        writer.isOver = True
    for writer in writers:
        writer.thread.join(90)
        assert not writer.thread.is_alive()
    shown = {writer.name: writer.answered() for writer in writers}
    there, unknown = created(home), 0
    for writer in writers:
        lines = shown[writer.name]
        assert [line["id"] for line in lines] == writer.sent, "in the order in which they were written"
        for line in lines:
            assert line["state"] == "answered" and len(line["said"]) == 1, line["said"]
            assert there[line["id"]] <= 1, line
            if not there[line["id"]] or "nobody knows" in line["said"][0]["text"]:
                assert "nobody knows" in line["said"][0]["text"], line
                unknown += 1
    assert {entry["owner"] for entry in home.acme.journal() if entry["call"] == "calendar.events.insert"} == {"dana"}
    assert home.run("ledger", "verify")["intact"]
    return sum(len(writer.sent) for writer in writers), unknown


def test_all_of_them_run_turns(road, voices):
    writers = start(voices, 18)
    time.sleep(8)
    count, unknown = finish(voices[0], writers)
    assert unknown == 0
    # A call and an answer: two questions for each message, and none was asked twice.
    assert sum(road.asked.values()) == 2 * count, road.asked
    assert all(road.asked.get(number, 0) >= count // 5 for number in range(3)), road.asked
    print(f"{count} messages, questions of each gateway: {road.asked}")


def restart(home):
    home.serve(int(home.url.rsplit(":", 1)[1]))


def test_each_is_killed_and_frozen_past_its_lease(road, voices, cluster):
    writers = start(voices, 12)
    for victim in voices:
        time.sleep(2)
        victim.gateway.send_signal(signal.SIGKILL)
        victim.gateway.wait()
        time.sleep(1)
        restart(victim)
    for victim in voices:
        time.sleep(2)
        # Those that were killed are there until their leases are over.
        until(lambda: len(numbers(cluster, voices[0].name)) == len(voices), 120)
        before = numbers(cluster, voices[0].name)
        victim.isFrozen = True
        victim.gateway.send_signal(signal.SIGSTOP)
        until(lambda: before - numbers(cluster, voices[0].name), 120)
        victim.gateway.send_signal(signal.SIGCONT)
        assert victim.gateway.wait(60) != 0, "it learns that another has taken over, and ends"
        restart(victim)
        victim.isFrozen = False
    time.sleep(2)
    count, unknown = finish(voices[0], writers)
    assert all(road.asked.get(number, 0) > 10 for number in range(3)), road.asked
    print(f"{count} messages, nobody knows of {unknown}; questions of each gateway: {road.asked}")


class Door:
    """What Slack is told of: each connection goes to one of the gateways."""

    def __init__(self, gateways):
        self.gateways, self.listener = gateways, socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.carry, args=(connection,), daemon=True).start()

    def carry(self, connection):
        for home in random.sample(self.gateways, len(self.gateways)):
            try:
                server = socket.create_connection(("127.0.0.1", int(home.url.rsplit(":", 1)[1])), timeout=5)
            except OSError:
                continue
            server.settimeout(None)
            threading.Thread(target=Road.pump, args=(self, server, connection, None), daemon=True).start()
            return Road.pump(self, connection, server, None)
        connection.close()


def test_what_is_said_in_slack_is_shown_once_though_gateways_die(road, voices, tmp_path):
    door, first = Door(voices), voices[0]
    bind(first, tmp_path, onboarding="onboarding")
    served, first.url = first.url, door.url
    slack = Slack(first, "onboarding")
    first.url = served
    people, said = ("alice", "bob"), collections.defaultdict(list)
    for person in people:
        slack.link(person)
    channels = {}

    def say(person):
        text = f"{person} says {len(said[person])}."
        heard = slack.say(person, text)
        channels[person] = heard["channel"]
        if any(attempt["status"] == 200 for told in heard["told"] for attempt in told["attempts"]):
            said[person].append(text)

    for victim in voices:
        for _ in range(4):
            for person in people:
                say(person)
        victim.gateway.send_signal(signal.SIGKILL)
        victim.gateway.wait()
        for person in people:
            say(person)
        restart(victim)
    for person in people:
        say(person)

    def answers(person):
        texts = [one["text"] for one in slack.messages(channels[person]) if one.get("user") == slack.app["user"]]
        return [text.split("You said: ")[1] for text in texts if "You said: " in text]

    lost = 0
    for person in people:
        deadline = time.time() + 120
        while len(answers(person)) + lost_of(first) < len(said[person]) and time.time() < deadline:
            time.sleep(0.3)
        shown = answers(person)
        assert len(shown) == len(set(shown)), "none is shown twice"
        assert shown == [text for text in said[person] if text in shown], "in their order"
        lost += len(said[person]) - len(shown)
    # What was on its way when its gateway died isn't said again, and the gateway says so.
    assert lost <= lost_of(first) <= 6, (lost, lost_of(first))
    assert first.run("ledger", "verify")["intact"]


def lost_of(home):
    return sum(1 for one in home.run("messages", "list")["messages"] if one["trouble"] == "unknown")


def slowly(acme, milliseconds):
    acme.ask("POST", "/models/pace", {"service": "openai", "milliseconds": milliseconds})


def test_a_stop_reaches_the_gateway_that_runs_the_turn_and_a_stream_elsewhere_sees_it(road, voices, acme):
    key, words = token(voices[0], "alice"), "a long story " * 180
    programs = [Program(home.url, key, "email") for home in voices]
    slowly(acme, 200)
    for number in range(3):
        here, there = programs[number], programs[(number + 1) % 3]
        id, talk = f"m{number}", f"talk-{number}"
        assert here.write(id, words, talk)[0] == 202
        seen = []
        stream = threading.Thread(target=lambda: seen.extend(name for _, name, _ in there.events(id, talk)))
        stream.start()
        deadline = time.time() + 60
        while "began" not in seen:
            assert time.time() < deadline, seen
            time.sleep(0.05)
        time.sleep(1)
        began = time.time()
        assert there.stop(f"s{number}", talk)[0] == 202
        stream.join(30)
        assert not stream.is_alive() and seen[-1] == "done", seen
        assert time.time() - began < 20, "the words alone last longer"
        assert here.show(id, talk)[1]["state"] == "stopped"
        assert here.read(talk)[1]["messages"][0]["said"] == [], "what it would have said is lost"
    slowly(acme, 0)
    assert sum(road.asked.values()) == 3, "once for each"
