"""Starts acme for each test, and asks it what it saw."""

import pytest
from running import Acme


@pytest.fixture
def start():
    """Starts acme with arguments; whatever was started is stopped, and must end cleanly."""
    running = []

    def starter(*arguments):
        running.append(Acme(*arguments))
        return running[-1]

    yield starter
    codes = [acme.stop() for acme in running if acme.process.returncode is None]
    assert codes == [0] * len(codes)


@pytest.fixture
def acme(start):
    return start()
