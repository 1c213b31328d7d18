"""What the service manager is told: ready, alive, reloading, stopping."""

import os
import signal
import socket
import time

import pytest
from facing import gateway


@pytest.mark.parametrize("kind", ["path", "abstract"])
def test_ready_alive_and_stopping_are_told(serve, tmp_path, monkeypatch, kind):
    address = str(tmp_path / "notify") if kind == "path" else f"\0deputy-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(address)
        manager.settimeout(10)
        monkeypatch.setitem(gateway.ENVIRONMENT, "NOTIFY_SOCKET", address.replace("\0", "@"))
        monkeypatch.setitem(gateway.ENVIRONMENT, "WATCHDOG_USEC", "200000")
        served = serve()
        told = [manager.recv(4096).decode() for _ in range(4)]
        assert any(text.startswith("READY=1") for text in told)
        assert told.count("WATCHDOG=1") >= 2
        served.stop()
        manager.settimeout(0.5)
        last = ""
        try:
            while not last.startswith("STOPPING=1"):
                last = manager.recv(4096).decode()
        except TimeoutError:
            pass
        assert last.startswith("STOPPING=1")


def test_a_reload_is_told_when_it_begins_and_when_it_is_done(serve, tmp_path, monkeypatch):
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(address)
        manager.settimeout(10)
        monkeypatch.setitem(gateway.ENVIRONMENT, "NOTIFY_SOCKET", address)

        def told():
            while (text := manager.recv(4096).decode()) == "WATCHDOG=1":
                pass
            return text.split("\n")

        served = serve()
        assert told()[0] == "READY=1"
        for _ in range(2):
            before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
            served.child.send_signal(signal.SIGHUP)
            begun = told()
            assert begun[0] == "RELOADING=1"
            name, value = begun[1].split("=")
            assert name == "MONOTONIC_USEC"
            assert before <= int(value) <= time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
            assert told()[0] == "READY=1"
        assert served.get().startswith(b"HTTP/1.1 200")
        served.stop()


def test_nobody_listening_changes_nothing(serve, monkeypatch, tmp_path):
    for address in (str(tmp_path / "nobody"), "@nobody-at-all", "relative", "/" + "x" * 200, ""):
        monkeypatch.setitem(gateway.ENVIRONMENT, "NOTIFY_SOCKET", address)
        served = serve()
        assert served.get().startswith(b"HTTP/1.1 200")
        served.stop()
        assert served.child.returncode == 0
