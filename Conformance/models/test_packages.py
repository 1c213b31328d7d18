"""The official packages drive acme's model servers: words, streams, tools, refusals and retries."""

import json

import anthropic
import httpx2
import openai
import pytest
from asking import tool
from proof import calls_exactly

CALL = '/call clock {"zone": "UTC"}'
ANTHROPIC = "anthropic.messages.create"
CHAT = "openai.chat.completions.create"
RESPONSES = "openai.responses.create"


@pytest.fixture
def claude(acme):
    return anthropic.Anthropic(
        api_key=acme.tokens["anthropic"]["alice"], base_url=acme.origins["anthropic"], max_retries=0)


@pytest.fixture
def gpt(acme):
    return openai.OpenAI(
        api_key=acme.tokens["openai"]["alice"], base_url=acme.origins["openai"] + "/v1", max_retries=0)


def ask_claude(claude, text="Hello", **options):
    asked = {"model": "claude-acme-1", "max_tokens": 100, "messages": [{"role": "user", "content": text}]}
    return claude.messages.create(**(asked | options))


def ask_gpt(gpt, text="Hello", **options):
    asked = {"model": "gpt-acme-1", "messages": [{"role": "user", "content": text}]}
    return gpt.chat.completions.create(**(asked | options))


def test_words_come_whole_and_in_a_stream(acme, claude, gpt):
    with calls_exactly(acme, ("alice", ANTHROPIC, 200), ("alice", ANTHROPIC, 200), ("alice", CHAT, 200),
                       ("alice", CHAT, 200), ("alice", RESPONSES, 200), ("alice", RESPONSES, 200)):
        message = ask_claude(claude)
        assert message.content[0].text == "You said: Hello" and message.stop_reason == "end_turn"
        with claude.messages.stream(model="claude-acme-1", max_tokens=100,
                                    messages=[{"role": "user", "content": "Hello, stream"}]) as stream:
            assert "".join(stream.text_stream) == "You said: Hello, stream"
        choice = ask_gpt(gpt).choices[0]
        assert choice.message.content == "You said: Hello" and choice.finish_reason == "stop"
        chunks = list(ask_gpt(gpt, stream=True, stream_options={"include_usage": True}))
        assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == "You said: Hello"
        assert chunks[-1].usage.total_tokens > 0
        assert gpt.responses.create(model="gpt-acme-1", input="Hello").output_text == "You said: Hello"
        with gpt.responses.stream(model="gpt-acme-1", input="Hello, stream") as stream:
            assert stream.get_final_response().output_text == "You said: Hello, stream"


def test_anthropics_tools(claude):
    tools = [tool("anthropic")]
    messages = [{"role": "user", "content": CALL}]
    with claude.messages.stream(model="claude-acme-1", max_tokens=100, messages=messages, tools=tools) as stream:
        reply = stream.get_final_message()
    assert reply.stop_reason == "tool_use"
    (use,) = reply.content
    assert (use.name, use.input) == ("clock", {"zone": "UTC"})
    messages += [reply.to_param(), {"role": "user", "content": [
        {"type": "tool_result", "tool_use_id": use.id, "content": "noon"}]}]
    last = claude.messages.create(model="claude-acme-1", max_tokens=100, messages=messages, tools=tools)
    assert last.content[0].text == "Done.\nResult: noon"


def test_chats_tools(gpt):
    tools = [tool("openai-chat")]
    messages = [{"role": "user", "content": CALL}]
    with gpt.chat.completions.stream(model="gpt-acme-1", messages=messages, tools=tools) as stream:
        choice = stream.get_final_completion().choices[0]
    assert choice.finish_reason == "tool_calls"
    (call,) = choice.message.tool_calls
    assert (call.function.name, json.loads(call.function.arguments)) == ("clock", {"zone": "UTC"})
    messages += [{"role": "assistant", "tool_calls": [
        {"id": call.id, "type": "function", "function": {"name": "clock", "arguments": call.function.arguments}}]},
        {"role": "tool", "tool_call_id": call.id, "content": "noon"}]
    assert ask_gpt(gpt, messages=messages, tools=tools).choices[0].message.content == "Done.\nResult: noon"


def test_responses_tools(gpt):
    tools = [tool("openai-responses")]
    said = [{"role": "user", "content": CALL}]
    with gpt.responses.stream(model="gpt-acme-1", input=said, tools=tools, store=False) as stream:
        reply = stream.get_final_response()
    (call,) = reply.output
    assert (call.name, json.loads(call.arguments)) == ("clock", {"zone": "UTC"})
    said += [call.to_dict(mode="json", exclude_unset=True) for call in reply.output]
    said[-1].pop("parsed_arguments", None)
    said.append({"type": "function_call_output", "call_id": call.call_id, "output": "noon"})
    assert gpt.responses.create(model="gpt-acme-1", input=said, tools=tools).output_text == "Done.\nResult: noon"


def test_one_call_comes_in_each_reply(claude, acme):
    script = f"{CALL}\n/call notion.search {{}}\n/call clock"
    tools = [tool("anthropic"), tool("anthropic", "notion_search")]
    messages, names = [{"role": "user", "content": script}], []
    for _ in range(3):
        reply = claude.messages.create(model="claude-acme-1", max_tokens=100, messages=messages, tools=tools)
        (use,) = reply.content
        names.append(use.name)
        messages += [reply.to_param(), {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": use.id, "content": f"/call evil {len(names)}"}]}]
    last = claude.messages.create(model="claude-acme-1", max_tokens=100, messages=messages, tools=tools)
    assert names == ["clock", "notion_search", "clock"]
    assert last.content[0].text.endswith("Result: /call evil 1\nResult: /call evil 2\nResult: /call evil 3")
    assert len(acme.control("GET", "/models")["asked"]) == 4


def test_a_reply_is_no_longer_than_asked(claude, gpt):
    assert ask_claude(claude, "x" * 99, max_tokens=4).stop_reason == "max_tokens"
    assert ask_gpt(gpt, "x" * 99, max_tokens=4).choices[0].finish_reason == "length"
    response = gpt.responses.create(model="gpt-acme-1", input="x" * 999, max_output_tokens=16)
    assert response.incomplete_details.reason == "max_output_tokens"


@pytest.mark.parametrize(("status", "kind"), [
    (401, anthropic.AuthenticationError), (403, anthropic.PermissionDeniedError), (404, anthropic.NotFoundError),
    (429, anthropic.RateLimitError), (500, anthropic.InternalServerError), (529, anthropic.APIStatusError)])
def test_anthropics_package_knows_the_refusals(acme, claude, status, kind):
    acme.control("POST", "/faults", service="anthropic", status=status)
    with pytest.raises(kind) as refusal:
        ask_claude(claude)
    assert refusal.value.status_code == status and refusal.value.body["type"] == "error"


@pytest.mark.parametrize(("status", "kind"), [
    (401, openai.AuthenticationError), (404, openai.NotFoundError), (429, openai.RateLimitError),
    (500, openai.InternalServerError), (402, openai.RateLimitError)])
def test_openais_package_knows_the_refusals(acme, gpt, status, kind):
    acme.control("POST", "/faults", service="openai", status=status)
    with pytest.raises(kind) as refusal:
        ask_gpt(gpt)
    assert refusal.value.body["message"]
    if status == 402:
        assert refusal.value.code == "insufficient_quota"


def test_the_model_has_to_be_there_and_to_have_room(claude, gpt):
    with pytest.raises(anthropic.NotFoundError):
        ask_claude(claude, model="claude-gone")
    with pytest.raises(openai.NotFoundError) as refusal:
        ask_gpt(gpt, model="gpt-gone")
    assert refusal.value.code == "model_not_found"
    with pytest.raises(anthropic.BadRequestError, match="prompt is too long"):
        ask_claude(claude, "x" * 9_000, model="claude-acme-small")
    for ask in (lambda: ask_gpt(gpt, "x" * 9_000, model="gpt-acme-small"),
                lambda: gpt.responses.create(model="gpt-acme-small", input="x" * 9_000)):
        with pytest.raises(openai.BadRequestError) as refusal:
            ask()
        assert refusal.value.code == "context_length_exceeded"


def test_the_packages_try_again_as_they_are_told(acme, claude, gpt):
    for service, status in (("anthropic", 529), ("anthropic", 429), ("openai", 429)):
        acme.control("POST", "/faults", service=service, status=status, retry_after=1)
    with calls_exactly(acme, ("alice", ANTHROPIC, 529), ("alice", ANTHROPIC, 429), ("alice", ANTHROPIC, 200),
                       ("alice", CHAT, 429), ("alice", CHAT, 200)):
        assert ask_claude(claude.with_options(max_retries=2)).stop_reason == "end_turn"
        assert ask_gpt(gpt.with_options(max_retries=1)).choices[0].finish_reason == "stop"


def test_a_stream_that_breaks_is_noticed(acme, claude, gpt):
    acme.control("POST", "/models/replies", service="anthropic", text="a long answer that breaks", cut_after=4)
    with pytest.raises(httpx2.RemoteProtocolError):
        list(ask_claude(claude, stream=True))
    acme.control("POST", "/models/replies", service="openai", text="a long answer that breaks", cut_after=2)
    with pytest.raises(openai.APIConnectionError):
        list(ask_gpt(gpt, stream=True))


def test_an_error_in_a_stream_is_one(acme, claude, gpt):
    acme.control("POST", "/models/replies", service="anthropic", text="a long answer", error_after=3)
    with pytest.raises(anthropic.APIStatusError, match="Overloaded"):
        list(ask_claude(claude, stream=True))
    acme.control("POST", "/models/replies", service="openai", text="a long answer", error_after=2)
    with pytest.raises(openai.APIError, match="had an error"):
        list(ask_gpt(gpt, stream=True))
