"""What answers say to browsers: run nothing of others, stand in no frame, keep nothing."""

import pytest

PAGES = ["/approvals", "/connections", "/login/none", "/tokens", "/week", "/nothing-here"]


def fields(answer):
    head = answer.split(b"\r\n\r\n", 1)[0].decode().lower()
    return dict(line.split(": ", 1) for line in head.splitlines()[1:])


@pytest.fixture(scope="module")
def served(folder_alone, tmp_path_factory):
    from facing import Served
    served = Served(folder_alone, tmp_path_factory.mktemp("log") / "gateway.log", ["--public-url", "https://deputy.example"])
    yield served
    served.stop()


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_closed(served, path):
    said = fields(served.get(path))
    policy = said["content-security-policy"]
    for rule in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
        assert rule in policy
    assert said["cache-control"] == "no-store" and said["x-content-type-options"] == "nosniff"
    assert said["referrer-policy"] == "same-origin" and said["x-frame-options"] == "deny"
    assert said["cross-origin-opener-policy"] == said["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in said["permissions-policy"]


@pytest.mark.parametrize("path", ["/healthz", "/mcp/nobody", "/.well-known/oauth-protected-resource", "/v1/tokens/take-up"])
def test_answers_for_programs_are_kept_by_nobody(served, path):
    said = fields(served.get(path))
    assert said["cache-control"] == "no-store" and said["x-content-type-options"] == "nosniff"


def test_a_token_is_kept_by_nobody(served):
    body = b'{"code":"none"}'
    said = fields(served.ask(
        f"POST /v1/tokens/take-up HTTP/1.1\nhost: localhost\nconnection: close\ncontent-length: {len(body)}\n\n", body))
    assert said["cache-control"] == "no-store"


def test_the_server_does_not_say_what_it_is(served):
    assert "server" not in fields(served.get())


def test_another_host_name_is_not_ours(served):
    for path in ("/approvals", "/login/none"):
        answer = served.ask(f"GET {path} HTTP/1.1\nhost: evil.example\nconnection: close\n\n")
        assert answer.split()[1] in (b"421", b"404"), answer
    answer = served.ask("GET /approvals HTTP/1.1\nhost: evil.example\nx-forwarded-host: deputy.example\nconnection: close\n\n")
    assert answer.split()[1] == b"421"
