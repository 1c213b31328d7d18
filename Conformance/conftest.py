"""What every folder's tests stand on."""

import postgres
import pytest


@pytest.fixture(scope="session", autouse=True)
def _server():
    """The PostgreSQL server, if anybody starts it, ends with the tests."""
    yield
    postgres.end()


def pytest_report_header():
    return f"store: {postgres.STORE}"
