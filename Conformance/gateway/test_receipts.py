"""What a client holds of the ledger: each result bears a signed receipt, which the independent verifier takes."""

import asyncio
import json
import pathlib
import subprocess
import sys

import pytest
from gateway.test_official_client import connected

KEY = "dev.deputy/receipt"
VERIFY = pathlib.Path(__file__).parents[1] / "verifier/verify.py"


@pytest.mark.parametrize("mode", ["legacy", "2026-07-28"])
def test_each_answer_bears_a_receipt_that_holds(home, acme, tmp_path, mode):
    async def run():
        receipts = []
        for person, agent, tool, arguments in (
            ("alice", "onboarding", "notion.get_page", {"page_id": acme.ids["pages"]["alice_onboarding"]}),
            ("carol", "onboarding", "notion.search", {"query": "x"}),
            ("bob", "email", "calendar.create_event", {
                "summary": "e", "start": "2026-12-01T10:00:00Z", "end": "2026-12-01T11:00:00Z"}),
        ):
            async with connected(home, person, agent, mode) as client:
                result = await client.call_tool(tool, arguments)
                receipts.append(result.meta[KEY])
        return receipts

    receipts = asyncio.run(run())
    promised = [[int(line.split()[0]) for line in receipt.split("\n\n")[0].splitlines()[3:]] for receipt in receipts]
    kinds = {leaf["index"]: leaf["kind"] for leaf in home.leaves()}
    assert [[kinds[index] for index in one][:2] for one in promised] == [["decision", "intent"], ["decision"], ["decision", "intent"]]
    assert kinds[promised[2][2]] == "outcome"
    home.stop()
    home.run("ledger", "export", str(tmp_path / "ledger"))
    file = tmp_path / "receipts.jsonl"

    def verify(*receipts):
        file.write_text("".join(json.dumps(receipt) + "\n" for receipt in receipts))
        return subprocess.run(
            [sys.executable, VERIFY, tmp_path / "ledger", "--receipts", file], capture_output=True, text=True)

    assert verify(*receipts).returncode == 0, verify(*receipts).stderr
    kept = (tmp_path / "ledger/checkpoints.jsonl").read_text().splitlines(True)
    (tmp_path / "ledger/checkpoints.jsonl").write_text(kept[0])
    unsigned = verify()
    assert unsigned.returncode == 4 and "aren't signed" in unsigned.stderr, "nobody vouches for the newest any more"
    (tmp_path / "ledger/checkpoints.jsonl").write_text("".join(kept))
    first = promised[0][0]
    assert verify(receipts[0].replace(f"\n{first} ", f"\n{first + 1} ")).returncode == 3
