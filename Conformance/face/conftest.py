"""A home with one person, served in whichever way a test asks for."""

import json
import subprocess

import postgres
import pytest
from facing import Served, gateway


def made(folder):
    """A home with one person, dana. One process at a time has it."""
    def run(*arguments):
        done = subprocess.run([gateway.DEPUTY, *arguments, "--home", folder, "--json"], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=60, env=gateway.ENVIRONMENT)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    run("init", "acme", "--name", "Acme", "--domain", "acme.test")
    postgres.move(run)
    run("people", "add", "dana", "--email", "dana@acme.test")
    return folder


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return made(str(tmp_path_factory.mktemp("face") / "home"))


@pytest.fixture(scope="session")
def folder_alone(tmp_path_factory):
    return made(str(tmp_path_factory.mktemp("face") / "other"))


@pytest.fixture
def serve(folder, tmp_path):
    """Serves with these options."""
    running = []

    def start(*options):
        running.append(Served(folder, tmp_path / "gateway.log", options))
        return running[-1]

    yield start
    for served in running:
        if served.child.poll() is None:
            served.stop()


@pytest.fixture
def refuse(folder):
    """What `serve` says instead of serving: (exit code, error, hint)."""
    def run(*options):
        done = subprocess.run(
            [gateway.DEPUTY, "serve", "--home", folder, "--port", "0", *options], capture_output=True, text=True,
            stdin=subprocess.DEVNULL, timeout=30, env=gateway.ENVIRONMENT)
        assert done.stdout == ""
        lines = done.stderr.splitlines()
        assert lines and lines[0].startswith("deputy: error: "), lines
        assert len(lines) <= 2, f"one error and its way out: {lines}"
        return done.returncode, lines[0].removeprefix("deputy: error: "), "".join(lines[1:]).removeprefix("deputy: hint: ")

    return run
