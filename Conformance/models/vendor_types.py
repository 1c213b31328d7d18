"""The official packages' own types, held strictly: no member that they don't have, no value of another type."""

import importlib
import pkgutil
import sys
from collections.abc import Iterable

import anthropic.types
import openai.types
import pydantic
from anthropic.types import RawMessageStreamEvent
from anthropic.types.message_create_params import MessageCreateParamsNonStreaming, MessageCreateParamsStreaming
from openai.types.chat import ChatCompletionChunk
from openai.types.chat import completion_create_params as chat
from openai.types.responses import ResponseStreamEvent
from openai.types.responses import response_create_params as responses
from typing_extensions import is_typeddict

STRICT = pydantic.ConfigDict(strict=True, extra="forbid", arbitrary_types_allowed=True)


def _hold_strictly():
    """A typed dict takes its rules from itself alone, so each one gets them."""
    for package in (anthropic.types, openai.types):
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            importlib.import_module(module.name)
    for name, module in list(sys.modules.items()):
        if name.startswith(("anthropic.types", "openai.types")):
            for value in vars(module).values():
                if is_typeddict(value):
                    value.__pydantic_config__ = STRICT


_hold_strictly()

REQUESTS = {
    ("anthropic", False): MessageCreateParamsNonStreaming,
    ("anthropic", True): MessageCreateParamsStreaming,
    ("openai-chat", False): chat.CompletionCreateParamsNonStreaming,
    ("openai-chat", True): chat.CompletionCreateParamsStreaming,
    ("openai-responses", False): responses.ResponseCreateParamsNonStreaming,
    ("openai-responses", True): responses.ResponseCreateParamsStreaming,
}
EVENTS = {"anthropic": RawMessageStreamEvent, "openai-chat": ChatCompletionChunk,
          "openai-responses": ResponseStreamEvent}
ADAPTERS = {key: pydantic.TypeAdapter(kind) for key, kind in REQUESTS.items()}


def request_has_type(protocol, body):
    """A body is what the vendor's package would have let its user send."""
    try:
        read = _whole(ADAPTERS[protocol, bool(body.get("stream"))].validate_python(body))
    except pydantic.ValidationError as error:
        raise AssertionError(f"{protocol}: {error}") from None
    assert read == body


def answer_has_type(kind, value):
    """Every member of an answer, or of an event, is one that the vendor's model has, with its type."""
    try:
        model = pydantic.TypeAdapter(kind).validate_python(value)
    except pydantic.ValidationError as error:
        raise AssertionError(str(error)) from None
    _has_no_more(model, type(model).__name__)


def _whole(value):
    """Types say `Iterable`, whose elements are looked at when they are taken out."""
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_whole(item) for item in value]
    return value


def _has_no_more(model, path):
    if isinstance(model, pydantic.BaseModel):
        assert not model.model_extra, f"{path} has {sorted(model.model_extra)} besides"
        for name in type(model).model_fields:
            _has_no_more(getattr(model, name), f"{path}.{name}")
    elif isinstance(model, list):
        for index, item in enumerate(model):
            _has_no_more(item, f"{path}[{index}]")
