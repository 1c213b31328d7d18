"""The commands of the pages in Docs/keys, as they are written there, against the built binary."""

import os
import pathlib
import re
import subprocess

import postgres
import pytest
from key_sources import COST, DEPUTY, ENVIRONMENT, PASSPHRASE, SoftHSM, done, run

PAGES = pathlib.Path(__file__).resolve().parents[2] / "Docs/keys"
SEARCH = {"query": "q4"}

# What a machine has beside Deputy. A service manager isn't there in a test: these do what the pages need of it.
STANDINS = {
    "systemctl": """case $1 in
        stop) if [ -e "$SERVICE/pid" ]; then kill "$(cat "$SERVICE/pid")"; while kill -0 "$(cat "$SERVICE/pid")" 2>/dev/null
              do sleep 0.05; done; rm "$SERVICE/pid"; fi ;;
        start) setsid deputy serve --port 0 --allow-loopback-providers $SERVE >"$SERVICE/out" 2>&1 </dev/null 3<"$SERVICE/told" &
               echo $! >"$SERVICE/pid"
               for _ in $(seq 200); do grep -q serves "$SERVICE/out" && exit 0; sleep 0.05; done
               cat "$SERVICE/out" >&2; exit 1 ;;
    esac""",
    "systemd-creds": """[ "$1 $2 $3" = "encrypt --name=deputy-key -" ] && mkdir -p "$(dirname "$4")" && install -m 400 /dev/stdin "$4" """,
    "systemd-run": """while [ "$1" != deputy ]; do shift; done
        CREDENTIALS_DIRECTORY="$MACHINE/etc/credstore.encrypted" exec "$@" """,
}


class Page:
    """A page's commands in their order, and a machine to run them on."""

    def __init__(self, name, home, folder):
        self.blocks = re.findall(r"(?ms)^```sh\n(.*?)^```$", (PAGES / name).read_text())
        self.home, self.machine, self.next = home, folder / "machine", 0
        for path in ("bin", "mnt/safe", "mnt/backups", "etc/deputy", "service"):
            (self.machine / path).mkdir(parents=True)
        (self.machine / "service/told").touch()
        for name, text in STANDINS.items():
            tool = self.machine / "bin" / name
            tool.write_text(f"#!/bin/bash\nset -e\n{text}\n")
            tool.chmod(0o755)
        (self.machine / "bin/deputy").symlink_to(DEPUTY)
        self.environment = ENVIRONMENT | {
            "PATH": f"{self.machine}/bin:{os.environ['PATH']}", "DEPUTY_HOME": home.path, "MACHINE": str(self.machine),
            "SERVICE": str(self.machine / "service"), "SERVE": ""}
        self.environment.pop("CREDENTIALS_DIRECTORY", None)

    def run(self, lines=(), replacing=(), **environment):
        """The next block. Paths of a real machine become those of this one, and nothing else changes."""
        text = re.sub(r"(?<![\w.$}])/(mnt|etc)/", rf"{self.machine}/\1/", self.blocks[self.next])
        for old, new in replacing:
            assert old in text, text
            text = text.replace(old, new)
        self.next += 1
        result = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", text], input="".join(line + "\n" for line in lines), capture_output=True,
            text=True, timeout=120, env=self.environment | environment)
        assert result.returncode == 0, f"{text}\n{result.stdout}\n{result.stderr}"
        return result.stdout

    def keep(self, path, copy):
        subprocess.run(["install", "-m", "600", path, self.machine / copy], check=True)

    def call(self):
        """The service answers a member as ever."""
        self.home.url = re.search(r"http://\S+?(?=/mcp)", (self.machine / "service/out").read_text()).group(0)
        return self.home.call("onboarding", self.home.tokens["alice"], "notion.search", SEARCH)[0]

    @property
    def is_done(self):
        return self.next == len(self.blocks)


@pytest.fixture
def page(home, tmp_path):
    made = []

    def make(name):
        made.append(Page(name, home, tmp_path))
        return made[-1]

    home.stop()
    yield make
    for page in made:
        subprocess.run([page.machine / "bin/systemctl", "stop"], env=page.environment, check=True)


@pytest.fixture
def key_file(home):
    return pathlib.Path(home.path) / "keys/vault.key"


def test_every_page_is_run_and_linked():
    tested = set(re.findall(r'page\("([\w-]+\.md)"\)', pathlib.Path(__file__).read_text()))
    assert tested == {path.name for path in PAGES.glob("*.md")}
    linked = set(re.findall(r"\]\(([\w-]+\.md)\)", (PAGES / "README.md").read_text()))
    assert linked == tested - {"README.md"}


def test_moving_the_keys(page, home, tmp_path):
    page = page("README.md")
    (page.machine / "service/told").write_text(PASSPHRASE + "\n")
    # A person would type it.
    typed = [("--to passphrase", f"--to passphrase {' '.join(COST)} --passphrase-fd 0")]
    assert "come from `passphrase`" in page.run([PASSPHRASE], typed)
    subprocess.run([page.machine / "bin/systemctl", "start"], env=page.environment | {"SERVE": "--passphrase-fd 3"}, check=True)
    assert page.call() == "done"
    subprocess.run([page.machine / "bin/systemctl", "stop"], env=page.environment, check=True)
    typed = [("deputy keys move", "deputy keys move --passphrase-fd 0")]
    assert "come from `credential:deputy-key`" in page.run([PASSPHRASE], typed)
    credentials = {"CREDENTIALS_DIRECTORY": str(page.machine / "etc/credstore.encrypted")}
    hsm = SoftHSM(tmp_path / "hsm").make("deputy")
    page.keep(hsm.pin_file, "etc/deputy/pin")
    assert "come from `pkcs11:token=deputy;object=vault?" in page.run(**credentials, **hsm.environment)
    assert "rows are sealed with the newest key" in page.run(**hsm.environment)
    assert page.call() == "done" and page.is_done


@postgres.embedded_only("copies deputy.sqlite; a PostgreSQL is backed up by its own tools")
def test_a_lost_key(page, home, tmp_path, key_file):
    page = page("lost-key.md")
    page.keep(key_file, "mnt/safe/vault.key")
    key_file.unlink()
    assert "its key opens its store" in page.run()
    assert page.call() == "done"
    subprocess.run([page.machine / "bin/systemctl", "stop"], env=page.environment, check=True)
    # The key file was sealed by a passphrase when the backup was made, and is lost.
    done(home, "keys", "move", "--to", "passphrase", *COST, lines=(PASSPHRASE,))
    done(home, "backup", str(page.machine / "mnt/backups/monday"), lines=(PASSPHRASE,))
    key_file.unlink()
    page.run([PASSPHRASE, PASSPHRASE], [("--home", "--passphrase-fd 0 --home")])
    # There is no copy at all.
    (pathlib.Path(home.path) / "providers/mine.txt").write_text("kept")
    page.run()
    assert (pathlib.Path(home.path) / "providers/mine.txt").read_text() == "kept"
    assert run(home, "doctor").returncode == 0 and page.is_done


def test_a_wrong_key(page, home, tmp_path, key_file):
    page = page("wrong-key.md")
    page.keep(key_file, "mnt/safe/vault.key")

    class Other:
        path = str(tmp_path / "other")

    assert run(Other, "init", "other", "--domain", "other.test").returncode == 0
    key_file.write_text((tmp_path / "other/keys/vault.key").read_text())
    assert "come from `file`" in (said := page.run()) and "exit code 2" in said
    assert "its key opens its store" in page.run()
    assert page.call() == "done" and page.is_done


def test_a_rotation_that_was_not_finished(page, home, key_file):
    page = page("half-finished-rotation.md")
    assert run(home, "keys", "rotate", DEPUTY_KILL_AT="key-rotated:1").returncode == -9
    assert "rows are sealed with an older key" in (said := page.run()) and said.count("\nk_") == 2
    assert "rows are sealed with the newest key now" in page.run()
    # The quarter of an hour.
    os.utime(key_file, (key_file.stat().st_mtime - 901,) * 2)
    assert "Retired k_" in page.run()
    assert len(done(home, "keys", "list")["keys"]) == 1 and page.is_done


@postgres.embedded_only("copies deputy.sqlite; a PostgreSQL is backed up by its own tools")
def test_a_restored_backup(page, home, key_file):
    page = page("restored-backup.md")
    page.run()
    revoked = done(home, "connections", "list")["connections"][0]["id"]
    done(home, "connections", "revoke", revoked)
    assert f"Stays revoked: {revoked}" in page.run()
    page.run()
    assert page.is_done
