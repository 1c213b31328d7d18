"""Starts acme for each test."""

import pytest
from running import Acme


@pytest.fixture
def acme():
    acme = Acme()
    yield acme
    assert acme.stop() == 0
