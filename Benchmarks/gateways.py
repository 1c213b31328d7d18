"""Messages answered in a second by one, two and three gateways of one PostgreSQL, each with a core of its own."""

import concurrent.futures
import contextlib
import pathlib
import re
import shutil
import tempfile
import time

from talk import ASKED, Program, token

PROGRAMS = 24


def peer(home, folder):
    """A folder for another gateway of the home."""
    folder.mkdir(mode=0o700)
    for name in ("keys", "providers"):
        shutil.copytree(pathlib.Path(home) / name, folder / name)
    shutil.copy2(pathlib.Path(home) / "database.url", folder)
    (folder / "keys" / "ledger.mark").unlink(missing_ok=True)
    return str(folder)


def serve(home, core, bench):
    command = [bench.BIN["deputy"], "serve", "--home", home, "--port", "0", "--requests-per-second", "0"]
    return bench.Process(bench.pinned([core], command), "line")


def measure_gateways(rows, bench):
    """- Parameter bench: the module with programs, homes and pinning."""
    with bench.Cluster() as cluster:
        for count in (1, 2, 3):
            folder = pathlib.Path(tempfile.mkdtemp(prefix="deputy-gateways-"))
            try:
                rows.append(measure(count, folder, cluster.database(), bench))
            finally:
                shutil.rmtree(folder, ignore_errors=True)


def measure(count, folder, database, bench):
    home = str(folder / "home")
    bench.deputy(home, "init", "acme", "--domain", "acme.test")
    bench.deputy(home, "people", "add", "alice", "--email", "alice@acme.test")
    bench.deputy(home, "agents", "add", "voice", "--acts-as", "claw", "--owner", "alice", "--users", "everyone")
    bench.deputy(home, "models", "add", "default", "--speaks", "offline")
    bench.deputy(home, "migrate-store", "--to", database)
    homes = [home] + [peer(home, folder / f"peer{number}") for number in range(1, count)]
    with contextlib.ExitStack() as stack:
        gateways = [stack.enter_context(serve(one, core, bench)) for core, one in enumerate(homes)]
        urls = [re.search(r"http://\S+?(?=/mcp)", gateway.line).group(0) for gateway in gateways]
        programs = [Program(urls[number % count], token(home, "voice", bench), "voice") for number in range(PROGRAMS)]
        for number, program in enumerate(programs):
            program.ask(f"warm{number}", f"w{number}", "hello")

        def talk(numbered):
            number, program = numbered
            return [program.ask(f"talk{number}-{asked % 4}", f"m{number}-{asked}", "hello")[1] for asked in range(ASKED - 2)]

        before, began = sum(gateway.cpu_seconds() for gateway in gateways), time.perf_counter()
        with concurrent.futures.ThreadPoolExecutor(PROGRAMS) as pool:
            times = sorted(seconds for each in pool.map(talk, enumerate(programs)) for seconds in each)
        seconds = time.perf_counter() - began
        cpu = sum(gateway.cpu_seconds() for gateway in gateways) - before
    return {
        "row": f"messages answered by {count} on PostgreSQL", "value": len(times) / seconds, "unit": "messages/s",
        "cpu_ms_per_message": cpu / len(times) * 1000, "p50_ms": times[len(times) // 2] * 1000,
        "p99_ms": times[len(times) * 99 // 100] * 1000}
