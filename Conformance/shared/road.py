"""A way to a server that sees which process each request comes from."""

import os
import pathlib
import socket
import threading
import urllib.parse

ASKED = b"POST /v1/chat/completions "


def process_of(port, peer, processes):
    """Which of these processes holds the connection from this port of 127.0.0.1 to that one; None when none does."""
    for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        here, there = (int(address.rsplit(":", 1)[1], 16) for address in fields[1:3])
        if (here, there) != (port, peer):
            continue
        for process in processes:
            if f"socket:[{fields[9]}]" in held_by(process):
                return process
    return None


def held_by(process):
    held = set()
    try:
        for entry in os.scandir(f"/proc/{process}/fd"):
            try:
                held.add(os.readlink(entry.path))
            except OSError:
                pass
    except OSError:
        pass
    return held


class Road:
    """Forwards bytes as they come. `asked` counts the questions of each gateway, by its place among them; None
    stands for one that is gone."""

    def __init__(self, origin):
        parts = urllib.parse.urlsplit(origin)
        self.target, self.gateways, self.asked, self.lock = (parts.hostname, parts.port), [], {}, threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.origin = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, address = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.carry, args=(connection, address[1]), daemon=True).start()

    def carry(self, connection, port):
        processes = {home.gateway.pid: number for number, home in enumerate(self.gateways) if home.gateway}
        who = processes.get(process_of(port, self.port, processes))
        server = socket.create_connection(self.target)
        threading.Thread(target=self.pump, args=(server, connection, None), daemon=True).start()
        self.pump(connection, server, who)

    def pump(self, source, sink, who):
        kept = b""
        try:
            while piece := source.recv(65_536):
                # A request line may come in two pieces.
                kept = kept[-len(ASKED) + 1:] + piece
                if count := kept.count(ASKED):
                    with self.lock:
                        self.asked[who] = self.asked.get(who, 0) + count
                sink.sendall(piece)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        self.listener.close()
