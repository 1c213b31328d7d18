"""Runs every benchmark and prints one table. `make bench` calls it; `--quick` shortens the load."""

import argparse
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import statistics
import subprocess
import sys
import tempfile
import time

from cluster import Cluster
from gateways import measure_gateways
from talk import measure_talk

HERE = pathlib.Path(__file__).parent
BIN = {name: os.environ.get(f"{name.upper()}_BIN", str(HERE.parent / ".build/release" / name)) for name in ("deputy", "acme", "bench")}
BIN["bench"] = str(pathlib.Path(BIN["deputy"]).parent / "Bench")
PYTHON = os.environ.get("PYTHON", sys.executable)
CORES = os.cpu_count() or 1

LUA = """
local id = 0
local token = os.getenv("BENCH_TOKEN")
local tool = os.getenv("BENCH_TOOL")
request = function()
  id = id + 1
  local body = string.format('{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"%s","arguments":{"text":"hello %d"}}}', id, tool, id)
  return wrk.format("POST", nil, {
    ["Content-Type"] = "application/json", ["Accept"] = "application/json, text/event-stream",
    ["Authorization"] = "Bearer " .. token, ["MCP-Protocol-Version"] = "2025-11-25"}, body)
end
local checked, bad = 0, 0
response = function(status, headers, body)
  if status ~= 200 or not string.find(body, "hello") or string.find(body, '"isError":true') then
    bad = bad + 1
    if bad == 1 then io.stderr:write("unexpected answer: ", status, " ", string.sub(body, 1, 300), "\\n") end
  end
end
"""

MANIFEST = """
{
  provider: "bench", origin: "%s", credential: { kind: "bearer" },
  account: { requests: [{ method: "POST", path: "/bench/echo", body: { text: "bench" } }], id: "/text" },
  tools: [{
    name: "bench.echo", title: "Echo", description: "Gives the text back.", effect: "%s",
    arguments: { text: { role: "content", required: true, type: "string", maxLength: 1000 } },
    labels: { integrity: "agent-documents", readers: "organization" },
    request: { method: "POST", path: "/bench/echo", body: { text: "{text}" } },
  }],
}
"""


def pinned(cores, command):
    return ["taskset", "-c", ",".join(map(str, cores)), *command] if CORES >= 4 else command


class Process:
    """A program that says when it is ready, and ends with the block."""

    def __init__(self, command, ready, **options):
        self.started = time.perf_counter()
        self.child = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, **options)
        self.line = self.child.stdout.readline() if ready == "line" else self.wait_for(ready)
        self.ready_after = time.perf_counter() - self.started
        if not self.line:
            raise SystemExit(f"{command[0]} didn't start")

    def wait_for(self, port):
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return "ready"
            time.sleep(0.05)
        return None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.send_signal(signal.SIGTERM)
        try:
            self.child.wait(10)
        except subprocess.TimeoutExpired:
            self.child.kill()

    def cpu_seconds(self):
        total = 0.0
        fields = pathlib.Path(f"/proc/{self.child.pid}/stat").read_text().rsplit(")", 1)[1].split()
        total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return total

    def pss_megabytes(self):
        text = pathlib.Path(f"/proc/{self.child.pid}/smaps_rollup").read_text()
        return int(re.search(r"^Pss:\s+(\d+)", text, re.M).group(1)) / 1024


def wrk(url, token, tool, connections, seconds, lua):
    environment = os.environ | {"BENCH_TOKEN": token, "BENCH_TOOL": tool}
    threads = min(2, connections)
    result = subprocess.run(
        pinned(range(CORES // 2, CORES), ["wrk", "-t", str(threads), "-c", str(connections), "-d", f"{seconds}s", "--latency", "-s", lua, url]),
        env=environment, capture_output=True, text=True, check=True)
    if "unexpected" in result.stderr:
        raise SystemExit(result.stderr)
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", result.stdout).group(1))
    total = int(re.search(r"(\d+) requests in", result.stdout).group(1))
    return rate, total, latency(result.stdout, "50%"), latency(result.stdout, "99%")


def latency(text, percentile):
    value, unit = re.search(rf"{percentile}\s+([\d.]+)(us|ms|s)", text).groups()
    return float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def deputy(home, *arguments, **options):
    result = subprocess.run([BIN["deputy"], *arguments, "--home", home, "--json"], capture_output=True, text=True, **options)
    if result.returncode:
        raise SystemExit(f"deputy {arguments}: {result.stdout}{result.stderr}")
    return json.loads(result.stdout)


def make_home(folder, origin, secret, effect):
    home = str(folder / f"home-{effect}")
    deputy(home, "init", "acme", "--domain", "acme.test")
    (pathlib.Path(home) / "providers/bench.json5").write_text(MANIFEST % (origin, effect))
    deputy(home, "people", "add", "alice", "--email", "alice@acme.test")
    deputy(home, "agents", "add", "echo", "--acts-as", "claw", "--owner", "alice", "--slot", "bench:agent", "--users", "everyone")
    return home


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def serve(home):
    return Process(
        pinned([0], [BIN["deputy"], "serve", "--home", home, "--port", "0", "--allow-loopback-providers", "--requests-per-second", "0"]),
        "line")


def measure_calls(rows, seconds, database=None):
    """Calls through the gateway; without a shared database also what starts and idles, and the peer."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="deputy-bench-"))
    lua = str(folder / "load.lua")
    pathlib.Path(lua).write_text(LUA)
    name = "Deputy on PostgreSQL" if database else "Deputy"
    try:
        with Process(pinned(range(CORES // 2, CORES), [BIN["acme"], "--bench", "--no-rate-limits"]), "line") as acme:
            world = json.loads(acme.line)
            origin, secret = world["origins"]["bench"], world["tokens"]["bench"]["bench"]
            home = make_home(folder, origin, secret, "read")
            if database:
                deputy(home, "migrate-store", "--to", database)
            with serve(home) as gateway:
                url = re.search(r"http://\S+?(?=/mcp)", gateway.line).group(0)
                deputy(home, "connections", "add", "bench", "--agent", "echo", input=secret)
                code = deputy(home, "tokens", "create", "alice", "--agent", "echo")["code"]
                token = deputy(home, "tokens", "take-up", code)["token"]
                direct = [wrk(f"{origin}/mcp", secret, "echo", count, seconds, lua) for count in (1, 8)]
                if not database:
                    rows.append({"row": "start to ready", "value": gateway.ready_after * 1000, "unit": "ms", "budget": 150})
                    time.sleep(10)
                    rows.append({"row": "idle memory (Pss)", "value": gateway.pss_megabytes(), "unit": "MB", "budget": 60})
                for count, peer in ((1, direct[0]), (8, direct[1]), (64, None)):
                    before = gateway.cpu_seconds()
                    rate, total, p50, p99 = wrk(f"{url}/mcp/echo", token, "bench.echo", count, seconds, lua)
                    row = {"row": f"{name}, {count} callers, one core", "value": rate, "unit": "calls/s",
                           "cpu_ms_per_call": (gateway.cpu_seconds() - before) / total * 1000, "p50_ms": p50, "p99_ms": p99}
                    if count == 64:
                        row["budget_at_least"] = 2500
                    if peer:
                        row["added_p50_ms"] = p50 - peer[2]
                    rows.append(row)
            if not database:
                measure_bare(rows, seconds, origin, secret, lua)
                measure_proxy(rows, seconds, origin, secret, lua)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def two_syncs(folder, count=200):
    """What the disk alone takes for what a call that does something waits for: two groups, each synced. Milliseconds."""
    taken, group = [], os.urandom(24_576)
    with open(folder / "syncs", "wb", buffering=0) as file:
        # A store's log is written over again and again: a file that grows would have its folder synced as well.
        file.write(group * 100)
        os.fsync(file.fileno())
        for number in range(count):
            began = time.perf_counter()
            for half in range(2):
                os.pwrite(file.fileno(), group, (number * 2 + half) % 100 * len(group))
                os.fdatasync(file.fileno())
            taken.append((time.perf_counter() - began) * 1000)
    taken.sort()
    return taken[count // 2], taken[count * 99 // 100]


def measure_latency(rows, seconds):
    """One caller and a tool that does something: intent and outcome are synced before it has its answer."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="deputy-bench-"))
    lua = str(folder / "load.lua")
    pathlib.Path(lua).write_text(LUA)
    try:
        with Process(pinned(range(CORES // 2, CORES), [BIN["acme"], "--bench", "--no-rate-limits"]), "line") as acme:
            world = json.loads(acme.line)
            origin, secret = world["origins"]["bench"], world["tokens"]["bench"]["bench"]
            home = make_home(folder, origin, secret, "create")
            with serve(home) as gateway:
                url = re.search(r"http://\S+?(?=/mcp)", gateway.line).group(0)
                deputy(home, "connections", "add", "bench", "--agent", "echo", input=secret)
                code = deputy(home, "tokens", "create", "alice", "--agent", "echo")["code"]
                token = deputy(home, "tokens", "take-up", code)["token"]
                wrk(f"{url}/mcp/echo", token, "bench.echo", 1, 1, lua)
                # The disk is another one from second to second, so that each round has its own.
                rounds = []
                for _ in range(max(3, seconds)):
                    syncs = two_syncs(folder)
                    call = wrk(f"{url}/mcp/echo", token, "bench.echo", 1, 1, lua)[2:]
                    direct = wrk(f"{origin}/mcp", secret, "echo", 1, 1, lua)[2:]
                    rounds.append((*syncs, *call, call[0] - syncs[0] - direct[0], call[1] - syncs[1] - direct[1]))
        syncs50, syncs99, p50, p99, over50, over99 = map(statistics.median, zip(*rounds))
        rows.append({"row": "two bare syncs of the disk, p50", "value": syncs50, "unit": "ms", "p99_ms": syncs99})
        rows.append({"row": "a call over two syncs and the provider, p50", "value": over50, "unit": "ms", "budget": 1,
                     "p50_ms": p50, "p99_ms": p99})
        rows.append({"row": "a call over two syncs and the provider, p99", "value": over99, "unit": "ms", "budget": 5})
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure_bare(rows, seconds, origin, secret, lua):
    """The same two HTTP legs by the libraries that the gateway is made of, and nothing besides."""
    with Process(pinned([0], [BIN["acme"], "--bare-proxy", f"{origin}/mcp"]), "line") as proxy:
        for count in (1, 8, 64):
            before = proxy.cpu_seconds()
            rate, total, p50, p99 = wrk(proxy.line.strip(), secret, "echo", count, seconds, lua)
            rows.append({"row": f"bare proxy of the same libraries, {count} callers, one core", "value": rate, "unit": "calls/s",
                         "cpu_ms_per_call": (proxy.cpu_seconds() - before) / total * 1000, "p50_ms": p50, "p99_ms": p99})


def measure_proxy(rows, seconds, origin, secret, lua):
    port = free_port()
    command = [PYTHON, str(HERE / "fastmcp_proxy.py"), f"{origin}/mcp", secret, str(port)]
    with Process(pinned([0], command), port, stderr=subprocess.DEVNULL) as proxy:
        for count in (1, 8):
            before = proxy.cpu_seconds()
            rate, total, p50, p99 = wrk(f"http://127.0.0.1:{port}/mcp", "none", "echo", count, seconds, lua)
            rows.append({"row": f"FastMCP proxy, {count} callers, one core", "value": rate, "unit": "calls/s",
                         "cpu_ms_per_call": (proxy.cpu_seconds() - before) / max(total, 1) * 1000, "p50_ms": p50, "p99_ms": p99})


def swift_rows(*arguments, environment={}):
    output = subprocess.run(
        [BIN["bench"], *map(str, arguments)], capture_output=True, text=True, check=True, env=os.environ | environment).stdout
    return [json.loads(line) for line in output.splitlines()]


def allocation_rows():
    """How often a decision allocates, counted by an interposer."""
    with tempfile.TemporaryDirectory() as folder:
        library = pathlib.Path(folder) / "count.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", library, HERE / "interposer/count.c"], check=True)
        return swift_rows("allocations", environment={"LD_PRELOAD": str(library)})


def measure_shared(rows, seconds):
    """The same on PostgreSQL: group commits, one tree with several gateways, and calls."""
    with Cluster() as cluster:
        rows += swift_rows("commits", *(cluster.database() for _ in range(7)))
        measure_calls(rows, seconds, cluster.database())


def measure_growth(leaves, shared):
    """One home at 1, 10 and 100 percent of 100,000 agents, 1,000,000 connections and `leaves` leaves."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="deputy-growth-"))
    columns = []
    try:
        with Cluster() if shared else contextlib.nullcontext() as cluster:
            home = make_home(folder, "http://127.0.0.1:1", "none", "read")
            database = [cluster.database()] if shared else []
            if shared:
                deputy(home, "migrate-store", "--to", database[0])
            for start, end in ((0, 1), (1, 10), (10, 100)):
                column = swift_rows("growth", home, start, end, leaves, *database)
                ready = []
                for _ in range(9):
                    with serve(home) as gateway:
                        ready.append(gateway.ready_after * 1000)
                with serve(home) as gateway:
                    column.append({"row": "start to ready, median of 9", "value": statistics.median(ready), "unit": "ms"})
                    began = time.perf_counter()
                    deputy(home, "ledger", "show", "--limit", "20")
                    column.append({"row": "deputy ledger show", "value": (time.perf_counter() - began) * 1000, "unit": "ms"})
                    time.sleep(10)
                    column.append({"row": "memory after 10 s (Pss)", "value": gateway.pss_megabytes(), "unit": "MB"})
                columns.append(column)
                print(f"{end} %: " + json.dumps(column), file=sys.stderr)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"\n{'row':32} {'1 %':>12} {'10 %':>12} {'100 %':>12} unit")
    for cells in zip(*columns):
        print(f"{cells[0]['row']:32} " + " ".join(f"{cell['value']:>12,.4g}" for cell in cells) + f" {cells[0]['unit']}")


def measure_credentials(totals):
    """What a call's credential costs, with more and more connections, in both databases."""
    rows = swift_rows("credentials", *totals)
    with Cluster() as cluster:
        for row in swift_rows("credentials", *totals, cluster.database()):
            rows.append(row | {"row": "PostgreSQL: " + row["row"]})
    return rows


def show(rows):
    print(f"\n{'row':44} {'value':>14} {'unit':16} notes")
    for row in rows:
        notes = [f"{key.replace('_', ' ')} {value:.3g}" if isinstance(value, (int, float)) else f"{key.replace('_', ' ')} {value}"
                 for key, value in row.items() if key not in ("row", "value", "unit")]
        print(f"{row['row']:44} {row['value']:>14,.4g} {row['unit']:16} {', '.join(notes)}")


def misses(rows):
    """Rows that miss their budget by more than three times."""
    for row in rows:
        if "budget_at_least" in row and row["value"] * 3 < row["budget_at_least"]:
            yield row["row"]
        elif "budget" in row:
            more_is_better = row["unit"].endswith("/s")
            if row["value"] * 3 < row["budget"] if more_is_better else row["value"] > row["budget"] * 3:
                yield row["row"]


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument(
        "what", nargs="?", choices=("all", "shared", "talk", "gateways", "growth", "growth-shared", "credentials"), default="all")
    options.add_argument("--quick", action="store_true")
    options.add_argument("--json", action="store_true")
    options.add_argument("--leaves", type=int, default=10_000_000, help="how many the largest ledger of `growth` has")
    options.add_argument("--connections", default="10,1000,100000,1000000", help="how many `credentials` has, step by step")
    chosen = options.parse_args()
    if chosen.what.startswith("growth"):
        return measure_growth(chosen.leaves, chosen.what == "growth-shared")
    if chosen.what == "credentials":
        return show(measure_credentials(chosen.connections.split(",")))
    seconds = 2 if chosen.quick else 8
    rows = []
    if chosen.what == "all":
        rows += swift_rows()
        rows += allocation_rows()
        cedar = json.loads(subprocess.run([PYTHON, str(HERE / "cedar.py")], capture_output=True, text=True, check=True).stdout)
        decision = next(row for row in rows if row["row"] == "decision")
        decision["cedarpy_per_second"] = cedar["decisions_per_second"]
        decision["times_cedarpy"] = 1e9 / decision["value"] / cedar["decisions_per_second"]
        measure_calls(rows, seconds)
        measure_latency(rows, seconds)
    if chosen.what in ("all", "talk"):
        measure_talk(rows, sys.modules[__name__])
    if chosen.what in ("all", "gateways"):
        measure_gateways(rows, sys.modules[__name__])
    if chosen.what in ("all", "shared"):
        measure_shared(rows, seconds)
    if chosen.json:
        print(json.dumps(rows, indent=2))
    else:
        show(rows)
    missed = list(misses(rows))
    if missed:
        raise SystemExit(f"beyond three times their budget: {', '.join(missed)}")


if __name__ == "__main__":
    main()
