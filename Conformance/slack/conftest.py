"""Slack's stand-in as a place where people talk, an app that is told, and whatever receives it."""

import pytest
from receiving import Receiver
from running import Acme


@pytest.fixture
def acme():
    running = Acme()
    yield running
    assert running.stop() == 0


@pytest.fixture
def receiver():
    """An address that takes what comes, or answers as a test says."""
    server = Receiver()
    yield server
    server.stop()


@pytest.fixture
def app(acme, receiver):
    """An app of its own for the agent `assistant`, which is told at the receiver."""
    return acme.control("POST", "/slack/apps", owner="assistant", request_url=receiver.url, channels=["general"],
                        retry_milliseconds=[0, 10, 20], patience_milliseconds=400)
