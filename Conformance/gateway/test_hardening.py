"""Another process of the same user can't look into the gateway, and a crash leaves no memory behind."""

import json
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import tempfile

import pytest

PEEK = """
import ctypes, json, os, sys
pid = int(sys.argv[1])
found = {}
for name in ("environ", "mem", "maps"):
    try:
        with open(f"/proc/{pid}/{name}", "rb") as file:
            file.read(0 if name == "mem" else 1)
        found[name] = True
    except OSError:
        found[name] = False
libc = ctypes.CDLL(None, use_errno=True)
found["ptrace"] = libc.ptrace(16, pid, None, None) == 0
if found["ptrace"]:
    os.waitpid(pid, 0x40000000)
    libc.ptrace(17, pid, None, None)
print(json.dumps(found))
"""


@pytest.fixture
def nobody():
    """How to run as a user without powers: root may look into everything."""
    return {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}


@pytest.fixture
def served(deputy, nobody):
    """A gateway of that user, in a folder that it can reach."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="deputy-hardening-", dir="/tmp"))
    binary = shutil.copy(deputy.path, folder / "deputy")
    home = folder / "home"
    if nobody:
        os.chown(folder, 65534, 65534)
    environment = deputy.environment | {"HOME": str(folder)}
    subprocess.run([binary, "init", "acme", "--domain", "acme.test", "--home", home], check=True, capture_output=True,
                   env=environment, cwd=folder, **nobody)
    # As a shell without limits would start it.
    child = subprocess.Popen(
        [binary, "serve", "--home", home, "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL, env=environment, cwd=folder,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, resource.getrlimit(resource.RLIMIT_CORE)[1:] * 2),
        **nobody)
    assert b"http" in child.stdout.readline()
    yield child, folder
    if child.poll() is None:
        child.terminate()
        child.wait(20)
    shutil.rmtree(folder, ignore_errors=True)


def peek(pid, nobody):
    result = subprocess.run([sys.executable, "-c", PEEK, str(pid)], capture_output=True, text=True, cwd="/", **nobody)
    if result.returncode:
        result = subprocess.run(["/usr/bin/python3", "-c", PEEK, str(pid)], capture_output=True, text=True, cwd="/", **nobody)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_nobody_of_the_same_user_looks_into_the_gateway(served, nobody):
    child, _ = served
    with subprocess.Popen(["/bin/sleep", "60"], cwd="/", **nobody) as ordinary:
        try:
            open_to_all = peek(ordinary.pid, nobody)
        finally:
            ordinary.kill()
    # The same look succeeds on a process that isn't hardened (Yama may forbid more, never this).
    assert open_to_all["environ"] and open_to_all["maps"], open_to_all
    assert peek(child.pid, nobody) == {"environ": False, "mem": False, "maps": False, "ptrace": False}
    assert child.poll() is None


def test_a_crash_leaves_no_core(served):
    child, folder = served
    limits = pathlib.Path(f"/proc/{child.pid}/limits").read_text() if os.geteuid() == 0 else None
    if limits:
        line = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
        assert line.split()[4:6] == ["0", "0"], line
    child.send_signal(signal.SIGABRT)
    assert child.wait(20) != 0
    assert not [path.name for path in folder.rglob("core*")]
