"""The stand-ins' tokens are random in each run: they are found nowhere that Deputy writes or says."""

import base64
import pathlib
import urllib.parse

import postgres


def forms(secret):
    raw = secret.encode()
    found = {raw, urllib.parse.quote(secret, safe="").encode()}
    for offset in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            text = encode(b"\0" * offset + raw)
            found.add(text[(0, 2, 3)[offset]: (offset + len(raw)) * 8 // 6])
    return found


def leaks(places, secrets):
    return [(name, secret[:6]) for name, content in places.items() for secret in secrets
            if any(form in content for form in forms(secret))]


def test_row_17_no_secret_is_found_anywhere(home, acme, tmp_path, deputy):
    answers = []

    def keep(*call):
        answers.append(str(home.call(*call)))

    for person in ("alice", "bob"):
        keep("onboarding", home.tokens[person], "notion.search", {"query": "a"})
        keep("onboarding", home.tokens[person], "rippling.get_worker", {})
        keep("onboarding", home.tokens[person], "slack.read_channel", {"channel": "C0NOTHERE"})
    keep("email", home.tokens["bob"], "gmail.search", {})
    keep("product", home.tokens["bob"], "notion.get_page", {"page_id": acme.tokens["notion"]["product"]})
    acme.ask("POST", "/faults", {"service": "notion", "status": 500, "count": 1})
    keep("product", home.tokens["bob"], "notion.search", {"query": "x"})
    acme.ask("POST", "/faults", {"service": "notion", "drop": "after", "count": 1})
    keep("product", home.tokens["bob"], "notion.search", {"query": "y"})
    acme.ask("POST", "/revoke", {"service": "notion", "owner": "bob"})
    keep("onboarding", home.tokens["bob"], "notion.search", {"query": "z"})
    answers.append(str(home.post("onboarding", "dpy_mcp_" + "x" * 43, {"jsonrpc": "2.0", "id": 1, "method": "ping"})))
    answers.append(str(home.command("connections", "add", "notion", "--person", "carol", secret="ntn_" + "x" * 40)))
    keep("email", home.tokens["bob"], "gmail.send", {"to": ["pat@stranger.example"], "subject": "a", "body": "b"})
    process = pathlib.Path(f"/proc/{home.gateway.pid}")
    places = {"answers": "\n".join(answers).encode()}
    for name in ("environ", "cmdline", "status", "maps", "limits", "mountinfo"):
        places[f"/proc/{name}"] = (process / name).read_bytes()
    # What a command prints, and what it writes for others.
    for command in (
        ("connections", "list"), ("people", "list"), ("agents", "show", "email"), ("tokens", "list"), ("keys", "list"),
        ("keys", "verify"), ("approvals", "list"), ("sessions", "list"), ("doctor",), ("status",), ("notices", "list"),
        ("servers", "list"), ("tools", "list"), ("export", str(tmp_path / "definitions")), ("ledger", "verify"),
        ("ledger", "show"), ("ledger", "export", str(tmp_path / "exported")),
        *([] if postgres.IS_SHARED else [("backup", str(tmp_path / "backup"))]),
        ("ledger", "prove", "1", "--to", str(tmp_path / "proof")), ("people", "show", "nobody"), ("frobnicate",),
    ):
        for options in ([], ["--json"]):
            result = deputy(*command, "--home", home.path, *options)
            places[" ".join([*command, *options])] = (result.stdout + result.stderr).encode()
    made = {"exported", "proof.json"} | ({"backup"} if not postgres.IS_SHARED else set())
    assert {name for name in made if not (tmp_path / name).exists()} == set()
    home.stop()
    written = home.files + [path for name in ("definitions", "exported") for path in (tmp_path / name).rglob("*")]
    for path in [*written, *tmp_path.glob("*")]:
        if path.is_file():
            places[str(path)] = path.read_bytes()
    assert len(places) > 60, sorted(places)
    # One secret was used as an argument by the caller itself: that is the caller's word, and echoed back to it.
    secrets = [secret for secret in acme.secrets() if secret != acme.tokens["notion"]["product"]]
    secrets += list(home.tokens.values())
    assert len(secrets) >= 10
    assert leaks(places, secrets) == []
    # Each place would show one: planted in whatever form, it is found.
    for name in places:
        assert leaks({name: places[name] + secrets[-1].encode()}, secrets[-1:]) == [(name, secrets[-1][:6])]
    for form in forms(secrets[0]):
        assert leaks({"planted": b"before " + form + b" after"}, secrets[:1])
