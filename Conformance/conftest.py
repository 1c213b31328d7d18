"""What every folder's tests stand on."""

import postgres
import pytest
from chromium import options
from playwright.sync_api import sync_playwright


@pytest.fixture(scope="session", autouse=True)
def _server():
    """The PostgreSQL server, if anybody starts it, ends with the tests."""
    yield
    postgres.end()


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**options())
        yield browser
        browser.close()


def pytest_report_header():
    return f"store: {postgres.STORE}"
