"""Three gateways are one: what is done at one holds at the others, at once."""

import concurrent.futures
import os
import signal
import time


class Bare:
    """A folder that is no home."""

    def __init__(self, folder):
        from gateway_home import Home

        folder.mkdir(mode=0o700)
        self.path, self.command = str(folder), lambda *arguments: Home.command(self, *arguments)


def event(name):
    return {"summary": name, "start": "2026-12-01T10:00:00Z", "end": "2026-12-01T11:00:00Z"}


def mail():
    return {"to": ["pat@stranger.example"], "subject": os.urandom(6).hex(), "body": "Does Tuesday suit you?"}


def sent(home):
    return [entry for entry in home.acme.journal() if entry["call"] == "gmail.users.messages.send" and entry["status"] == 200]


def test_a_home_moves_over_whole_and_only_once(moved, cluster):
    assert moved.moved["rows"] > 50 and moved.moved["tables"]["leaves"] > 10
    for table, count in moved.moved["tables"].items():
        # The lease of a command comes and goes; nothing else was written since.
        assert int(cluster.sql(f"SELECT count(*) FROM {table}", moved.name)) >= count
    assert moved.run("ledger", "verify")["intact"]
    again = moved.command("migrate-store", "--to", moved.url_of_database)
    assert again.returncode == 2 and "it has moved already" in again.stderr + again.stdout


def test_a_database_that_is_in_use_is_left_alone(tmp_path, acme, moved, cluster):
    from gateway_home import Home

    (tmp_path / "other").mkdir()
    other = Home(tmp_path / "other", acme, store="sqlite")
    before = cluster.sql("SELECT count(*) FROM leaves", moved.name)
    result = other.command("migrate-store", "--to", moved.url_of_database)
    assert result.returncode == 1 and "isn't empty" in result.stdout + result.stderr
    assert cluster.sql("SELECT count(*) FROM leaves", moved.name) == before
    assert other.run("people", "list")["people"] == [], "the home goes on in its own store"


def test_a_password_in_a_command_is_refused(moved):
    result = moved.command("migrate-store", "--to", "postgresql://deputy:secret@127.0.0.1/deputy")
    assert result.returncode == 64 and "shown to everybody" in result.stdout + result.stderr
    assert "secret" not in result.stdout + result.stderr


def test_what_is_wrong_with_a_database_is_told_with_the_way_out(moved, cluster, tmp_path):
    def refused(*arguments, home=moved, code=2):
        result = home.command("serve", "--port", "0", *arguments)
        assert result.returncode == code, result.stdout + result.stderr
        return result.stdout + result.stderr

    def at(**parts):
        return "postgresql://deputy@{host}/{name}?{more}".format(
            **{"host": "", "name": moved.name, "more": f"host={cluster.socket}", **parts})

    told = refused("--database", "postgres//deputy@/deputy")
    assert "begins with `postgresql://`" in told and "doesn't answer" not in told
    told = refused("--database", at(host="db.example.org", more="sslmode=prefer"))
    assert "`sslmode=prefer` would let others read" in told and "sslmode=require" in told
    # The unit doesn't start it again after 2, which wants a person, and does after 1, which may pass.
    assert "createdb" in refused("--database", at(name="nowhere"), code=1)
    assert "start the server" in refused("--database", at(more="host=/nowhere"), code=1)
    empty = cluster.database("e" + os.urandom(4).hex())
    told = refused("--database", empty)
    assert "the database holds no home" in told and "older copy" not in told
    bare = Bare(tmp_path / "bare")
    told = refused("--database", moved.url_of_database, home=bare)
    assert "there are no keys" in told and "copy" in told


def test_the_keys_of_another_home_open_nothing(three, tmp_path, acme):
    from gateway_home import Home

    (tmp_path / "other").mkdir()
    other = Home(tmp_path / "other", acme, store="sqlite")
    result = other.command("serve", "--port", "0", "--database", three[0].url_of_database)
    assert result.returncode == 2, result.stdout + result.stderr


def test_a_token_works_at_each_and_once_revoked_at_none(three):
    first, second, third = three
    token = first.token("alice")
    identifier = [t["id"] for t in second.run("tokens", "list")["tokens"] if t["person"] == "alice"][-1]
    for home in three:
        assert home.call("onboarding", token, "notion.search", {"query": "plan"})[0] == "done"
    second.run("tokens", "revoke", identifier)
    for home in three:
        status, _, _ = home.post("onboarding", token, {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {
            "name": "notion.search", "arguments": {"query": "plan"}}})
        assert status == 401, "a revoked token works at another gateway"


def test_a_suspended_agent_does_nothing_at_any_of_them(three):
    for number in range(10):
        at, others = three[number % 3], [home for home in three if home is not three[number % 3]]
        at.run("agents", "suspend", "email")
        for home in others:
            assert home.call("email", three[0].tokens["bob"], "calendar.create_event", event(f"no-{number}"))[0] != "done"
        at.run("agents", "resume", "email")
        for home in others:
            assert home.call("email", three[0].tokens["bob"], "calendar.create_event", event(f"yes-{number}"))[0] == "done"


def test_asked_at_one_approved_at_another_carried_out_once_and_answered_by_the_third(three):
    first, second, third = three
    before, arguments = len(sent(first)), mail()
    kind, result = first.call("email", first.tokens["bob"], "gmail.send", arguments)
    assert kind == "approval_required", result
    approval = result["structuredContent"]["error"]["approval"]
    second.browser("dana").approve(approval)
    deadline = time.time() + 60
    while (kind := third.call("email", third.tokens["bob"], "gmail.send", arguments)[0]) != "done":
        assert kind in ("approval_running", "approval_required") and time.time() < deadline, kind
        time.sleep(0.05)
    assert len(sent(first)) == before + 1


def test_fleet_4_two_presses_of_one_ask_at_two_gateways_count_once(three):
    first, second, third = three
    browsers = [home.browser("dana") for home in (second, third)]
    for _ in range(5):
        before, arguments = len(sent(first)), mail()
        approval = first.call("email", first.tokens["bob"], "gmail.send", arguments)[1]["structuredContent"]["error"]["approval"]
        forms = [browser.look(approval) for browser in browsers]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda pair: pair[0].approve(approval, pair[1]), zip(browsers, forms)))
        assert sorted(status for status, _ in answers) == [303, 409], answers
        assert "decided already" in next(page for status, page in answers if status == 409), "the later one is told"
        while first.call("email", first.tokens["bob"], "gmail.send", arguments)[0] != "done":
            time.sleep(0.05)
        assert len(sent(first)) == before + 1


def test_a_gateway_that_was_taken_for_dead_does_nothing_more(three, cluster):
    first, second, third = three
    third.gateway.send_signal(signal.SIGSTOP)
    deadline = time.time() + 60
    while int(cluster.sql("SELECT count(*) FROM gateways", first.name)) > 2:
        assert time.time() < deadline, "nobody took over"
        time.sleep(0.5)
    third.gateway.send_signal(signal.SIGCONT)
    assert third.gateway.wait(60) == 1, "a supervisor starts it again"
    assert "another gateway has taken over" in open(third.output.name).read()
    assert first.call("onboarding", first.tokens["alice"], "notion.search", {"query": "plan"})[0] == "done"
    third.serve()
    assert third.call("onboarding", first.tokens["alice"], "notion.search", {"query": "plan"})[0] == "done"
