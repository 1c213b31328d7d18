"""A PostgreSQL server of our own, and whether the homes of this run are kept in it.

With DEPUTY_TEST_STORE=postgresql each home moves to a database of its own as soon as it is made.
"""

import functools
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

import psycopg
import pytest

STORES = ("sqlite", "postgresql")
STORE = os.environ.get("DEPUTY_TEST_STORE") or "sqlite"
assert STORE in STORES, f"DEPUTY_TEST_STORE is one of {STORES}"
IS_SHARED = STORE == "postgresql"


class Cluster:
    """A server, reached by its socket alone. `data` is where its database lies, and `environment` what it runs with."""

    def __init__(self, data=None, environment=None):
        # A socket's path is short, and the server doesn't run as root.
        self.binaries = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1]
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pg"))
        self.environment = os.environ | (environment or {})
        os.chmod(self.folder, 0o755)
        self.data, self.socket = data or self.folder / "data", self.folder / "s"
        self.as_server = []
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
            self.as_server = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
        self.socket.mkdir()
        if self.as_server:
            shutil.chown(self.socket, "postgres")
        self.run("initdb", "-N", "--wal-segsize=1", "-D", self.data, "-A", "trust", "-U", "deputy", "--locale=C.UTF-8", "-E", "UTF8")
        self.start()

    def run(self, program, *arguments):
        subprocess.run([*self.as_server, self.binaries / program, *map(str, arguments)], check=True, capture_output=True,
                       cwd=self.folder, env=self.environment)

    def start(self):
        options = f"-k {self.socket} -c listen_addresses='' -c max_connections=200"
        # What it has to recover on a busy machine takes more than the minute that is waited for otherwise.
        self.run("pg_ctl", "-D", self.data, "-l", self.folder / "log", "-w", "-t", "300", "-o", options, "start")

    @property
    def is_running(self):
        try:
            self.run("pg_ctl", "-D", self.data, "status")
        except subprocess.CalledProcessError:
            return False
        return True

    @property
    def pid(self):
        return int((self.data / "postmaster.pid").read_text().splitlines()[0])

    def kill(self):
        """As if the machine had lost its power: without a word, and started again."""
        self.die()
        self.revive()

    def die(self):
        pid = self.pid
        os.kill(pid, signal.SIGKILL)
        while pathlib.Path(f"/proc/{pid}").exists() and "Z" not in pathlib.Path(f"/proc/{pid}/stat").read_text().split(")")[1][:3]:
            time.sleep(0.05)

    def revive(self):
        for _ in range(100):
            try:
                return self.start()
            except subprocess.CalledProcessError:
                time.sleep(0.2)
        raise AssertionError((self.folder / "log").read_text())

    def processes(self):
        """Of the server, the first one too."""
        parents = {}
        for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                parents[int(path.parent.name)] = int(path.read_text().rsplit(")", 1)[1].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
        return [self.pid, *(process for process, parent in parents.items() if parent == self.pid)]

    def freeze(self):
        """It goes on existing, and answers nobody."""
        # Whoever is asked for a session meanwhile is stopped with the rest.
        os.kill(self.pid, signal.SIGSTOP)
        for process in self.processes():
            os.kill(process, signal.SIGSTOP)

    def thaw(self):
        for process in reversed(self.processes()):
            os.kill(process, signal.SIGCONT)

    def sql(self, text, database):
        result = subprocess.run(["psql", "-h", self.socket, "-U", "deputy", "-Atqc", text, database], check=True,
                                capture_output=True, text=True)
        return result.stdout.strip()

    def url(self, name):
        return f"postgresql://deputy@/{name}?host={self.socket}"

    def database(self, name):
        self.sql(f"CREATE DATABASE {name}", "postgres")
        return self.url(name)

    def stop(self):
        if self.is_running:
            self.run("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)


@functools.cache
def cluster():
    """The one server of this process."""
    return Cluster()


def end():
    if cluster.cache_info().currsize:
        cluster().stop()
        cluster.cache_clear()


class Database:
    """A database of a server, by its name."""

    def __init__(self, server=None):
        self.server, self.name = server or cluster(), "d" + os.urandom(4).hex()
        self.url = self.server.url(self.name)

    def make(self, template="template1"):
        self.server.sql(f"CREATE DATABASE {self.name} TEMPLATE {template}", "postgres")
        return self

    def copy(self):
        return Database(self.server).make(template=self.name)

    def become(self, copy):
        self.server.sql(f"DROP DATABASE {self.name}", "postgres")
        self.make(template=copy.name)

    @property
    def files(self):
        """Those that hold its tables, as they are now."""
        self.sql("CHECKPOINT")
        number = self.sql("SELECT CAST(oid AS BIGINT) FROM pg_database WHERE datname = current_database()")[0][0]
        return list((self.server.data / "base" / str(number)).iterdir())

    def sql(self, statement, *values):
        with psycopg.connect(self.url, autocommit=True, cursor_factory=psycopg.RawCursor) as connection:
            cursor = connection.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []


def move(run, store=STORE, server=None):
    """Moves the home whose commands `run` runs to a database of its own, if that is where homes are kept."""
    if store == "sqlite":
        return None
    database = Database(server).make()
    run("migrate-store", "--to", database.url)
    return database


def embedded_only(reason):
    """For a test about the embedded store's file; the reason names the file."""
    return pytest.mark.skipif(IS_SHARED, reason=reason)
