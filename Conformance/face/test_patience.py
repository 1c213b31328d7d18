"""Short limits for clients don't end an answer that takes long."""

import time

from facing import Served, gateway

SHORT = [word for name in ("head", "body", "idle", "closing", "stall") for word in ("--limit", f"{name}-seconds=0.4")]


def test_an_answer_that_takes_long_is_not_cut(tmp_path):
    acme = gateway.Acme(tmp_path)
    home = gateway.Home(tmp_path, acme)
    served = None
    try:
        home.populate().serve()
        home.connect()
        token = home.token("alice")
        home.stop()
        acme.ask("POST", "/delay", {"service": "notion", "milliseconds": 2_000})
        served = Served(home.path, tmp_path / "short.log", ["--allow-loopback-providers", *SHORT])
        home.url = f"http://127.0.0.1:{served.port}"
        started = time.monotonic()
        kind, result = home.call("onboarding", token, "notion.get_page", {"page_id": acme.ids["pages"]["alice_onboarding"]})
        assert time.monotonic() - started > 1.5
        assert kind == "done", result
    finally:
        if served:
            served.stop()
        home.stop()
        acme.stop()
