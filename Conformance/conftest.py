"""What every folder's tests stand on."""

import os
import pathlib
import time

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


@pytest.fixture(scope="session")
def screenshots(tmp_path_factory):
    folder = pathlib.Path(os.environ.get("DEPUTY_SCREENSHOTS") or tmp_path_factory.mktemp("screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def wait_for_exit():
    def wait(home, seconds=60):
        deadline = time.time() + seconds
        while home.gateway.poll() is None and time.time() < deadline:
            time.sleep(0.005)
        return home.gateway.poll()

    return wait


def pytest_report_header():
    return f"store: {postgres.STORE}"
