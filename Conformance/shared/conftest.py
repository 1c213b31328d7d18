"""Several gateways on one PostgreSQL, each with a folder of its own and the same keys."""

import importlib.util
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import pytest

_path = pathlib.Path(__file__).resolve().parents[1] / "gateway" / "conftest.py"
_spec = importlib.util.spec_from_file_location("gateway_home", _path)
gateway = importlib.util.module_from_spec(_spec)
sys.modules["gateway_home"] = gateway
_spec.loader.exec_module(gateway)

BINARIES = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1]


class Cluster:
    """A PostgreSQL server of our own, reached by its socket alone."""

    def __init__(self):
        # A socket's path is short, and the server doesn't run as root.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pg"))
        os.chmod(self.folder, 0o755)
        self.data, self.socket = self.folder / "data", self.folder / "s"
        self.as_server = []
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
            self.as_server = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
        self.socket.mkdir()
        if self.as_server:
            shutil.chown(self.socket, "postgres")
        self.run("initdb", "-N", "-D", self.data, "-A", "trust", "-U", "deputy", "--locale=C.UTF-8", "-E", "UTF8")
        self.start()

    def run(self, program, *arguments):
        subprocess.run([*self.as_server, BINARIES / program, *map(str, arguments)], check=True, capture_output=True,
                       cwd=self.folder)

    def start(self):
        options = f"-k {self.socket} -c listen_addresses='' -c max_connections=200"
        self.run("pg_ctl", "-D", self.data, "-l", self.folder / "log", "-w", "-o", options, "start")

    @property
    def pid(self):
        return int((self.data / "postmaster.pid").read_text().splitlines()[0])

    def kill(self):
        """As if the machine had lost its power: without a word, and started again."""
        pid = self.pid
        os.kill(pid, signal.SIGKILL)
        while pathlib.Path(f"/proc/{pid}").exists() and "Z" not in pathlib.Path(f"/proc/{pid}/stat").read_text().split(")")[1][:3]:
            time.sleep(0.05)
        for _ in range(100):
            try:
                return self.start()
            except subprocess.CalledProcessError:
                time.sleep(0.2)
        raise AssertionError((self.folder / "log").read_text())

    def sql(self, text, database):
        result = subprocess.run(["psql", "-h", self.socket, "-U", "deputy", "-Atqc", text, database], check=True,
                                capture_output=True, text=True)
        return result.stdout.strip()

    def database(self, name):
        self.sql(f"CREATE DATABASE {name}", "postgres")
        return f"postgresql://deputy@/{name}?host={self.socket}"

    def stop(self):
        self.run("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)


class Peer(gateway.Home):
    """Another gateway of a home that has moved to a database."""

    def __init__(self, first, folder):
        self.path, self.acme, self.gateway, self.url, self.tokens = str(folder), first.acme, None, None, first.tokens
        self.output = open(str(folder) + ".log", "ab")
        folder.mkdir(mode=0o700)
        for name in ("keys", "providers"):
            shutil.copytree(pathlib.Path(first.path) / name, folder / name)
        shutil.copy2(pathlib.Path(first.path) / "database.url", folder)
        # How far one gateway signed is its own.
        (folder / "keys" / "ledger.mark").unlink(missing_ok=True)


@pytest.fixture(scope="session")
def cluster():
    cluster = Cluster()
    yield cluster
    cluster.stop()


@pytest.fixture
def acme(tmp_path):
    acme = gateway.Acme(tmp_path)
    yield acme
    acme.stop()


@pytest.fixture
def moved(tmp_path, acme, cluster):
    """A home with everybody in it, moved to a database of its own; nothing runs."""
    home = gateway.Home(tmp_path, acme)
    home.populate().serve().connect()
    home.tokens = {person: home.token(person) for person in ("alice", "bob", "dana")}
    home.stop()
    home.name = "d" + os.urandom(4).hex()
    home.url_of_database = cluster.database(home.name)
    home.moved = home.run("migrate-store", "--to", home.url_of_database)
    yield home
    home.stop()


@pytest.fixture
def three(moved, tmp_path):
    """Three gateways that serve it."""
    gateways = [moved] + [Peer(moved, tmp_path / f"peer{number}") for number in (1, 2)]
    for home in gateways:
        home.serve()
    yield gateways
    for home in gateways:
        if home.gateway and home.gateway.poll() is None:
            home.gateway.send_signal(signal.SIGCONT)
        home.stop()
