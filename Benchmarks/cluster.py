"""A PostgreSQL server for one run, reached by its socket alone, with everything as it comes out of the box."""

import os
import pathlib
import shutil
import subprocess
import tempfile


class Cluster:
    def __init__(self):
        self.programs = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1]
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pg"))
        os.chmod(self.folder, 0o755)
        self.as_server = []
        if os.geteuid() == 0:
            # PostgreSQL doesn't run as root.
            shutil.chown(self.folder, "postgres")
            self.as_server = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
        self.made = 0

    def __enter__(self):
        data = self.folder / "data"
        self.run("initdb", "-D", data, "-A", "trust", "-U", "deputy", "--locale=C.UTF-8", "-E", "UTF8")
        options = f"-k {self.folder} -c listen_addresses='' -c max_connections=200"
        self.run("pg_ctl", "-D", data, "-l", self.folder / "log", "-w", "-o", options, "start")
        return self

    def __exit__(self, *_):
        self.run("pg_ctl", "-D", self.folder / "data", "-m", "fast", "-w", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, program, *arguments):
        subprocess.run([*self.as_server, self.programs / program, *map(str, arguments)], check=True,
                       capture_output=True, cwd=self.folder)

    def database(self):
        """The URL of a new, empty database."""
        self.made += 1
        name = f"bench{self.made}"
        self.run("createdb", "-h", self.folder, "-U", "deputy", name)
        return f"postgresql://deputy@/{name}?host={self.folder}"
