"""Several gateways run what is due once between them, also while they die."""

import json
import random
import signal
import time

SEARCH = '/call notion.search {"query": "plan"}'


def test_three_gateways_run_what_is_due_once_between_them_through_deaths(three, tmp_path):
    first = three[0]
    first.run("models", "add", "default", "--speaks", "offline")
    given = next(one for one in first.run("export")["agents"]["list"] if one["id"] == "product")
    names = [f"s{number}" for number in range(20)]
    given["schedules"] = [
        {"id": name, "cron": "0 7 * * *", "message": SEARCH, "missed": "once"} for name in names]
    path = tmp_path / "schedules.json5"
    path.write_text(json.dumps({"agents": {"list": [given]}}))
    first.run("apply", str(path), "--yes")

    import psycopg
    def sql(text, *values):
        with psycopg.connect(first.url_of_database, autocommit=True) as connection:
            cursor = connection.execute(text, values or None)
            return cursor.fetchall() if cursor.description else []

    for round in range(1, 4):
        sql("UPDATE schedules SET next = %s", int(time.time() * 1e6))
        victim = random.choice(three[1:])
        time.sleep(random.random())
        victim.gateway.send_signal(signal.SIGKILL)
        victim.gateway.wait()
        deadline = time.time() + 180
        while time.time() < deadline:
            open_, all_ = sql("SELECT count(*) FILTER (WHERE ended IS NULL), count(*) FROM schedule_runs")[0]
            if all_ == 20 * round and open_ == 0:
                break
            time.sleep(0.2)
        assert (all_, open_) == (20 * round, 0)
        victim.serve()
    assert sql("SELECT count(*) FROM schedule_runs WHERE outcome = 'answered'")[0][0] == 60
    began = sql("SELECT schedule, due, count(*) FROM schedule_runs GROUP BY schedule, due HAVING count(*) > 1")
    assert began == []
    # Each run that was begun has one turn.
    assert sql("SELECT count(*) FROM turns WHERE kind = 'schedule'")[0][0] == 60
    searches = [e["owner"] for e in first.acme.journal() if e["call"] == "notion.search" and e["status"] == 200]
    assert set(searches) == {"product"}
    assert first.run("ledger", "verify")
