#!/usr/bin/env python3
"""Checks that a channel is its folder, its kind and one entry (CONTRIBUTING, "Add a channel"): no other file asks which kind of channel
something is. A switch over kinds elsewhere would have to be found by whoever adds the next one.

Kinds are those of `ChannelKind` that have a folder in `Sources/Channels`. Where another enum has a case of the same name, or a channel's
own command names it, the file stands below with how often. `--self-test` plants faults in a copy and expects each by name.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from pathlib import Path

import checking

KINDS = "Sources/Turns/Channels/ChannelKind.swift"
ENTRIES = "Sources/Channels/ServedChannels.swift"
# Stand-ins are other programs, and twins and worlds are tests'.
BESIDE = ("Sources/acme/", "Sources/Twins/", "Sources/Simulation/", "Sources/Channels/")
ALLOWED = {
    KINDS: 3,
    # Ways of notices, steps of a plan, templates and answers at the terminal: other enums.
    "Sources/Broker/Notices/NoticeDesk.swift": 1,
    "Sources/Definition/Rendering/TemplateRenderer.swift": 1,
    "Sources/Egress/HTTPEgress.swift": 2,
    "Sources/deputy/Init/HomeMaker.swift": 1,
    # Senders by mail are written in lower case.
    "Sources/Turns/Senders/SenderDesk.swift": 1,
    # Makes the file that Slack wants of an app.
    "Sources/deputy/Commands/ChannelsManifestCommand.swift": 1,
}


def kinds(root: Path) -> list[str]:
    named = re.findall(r"^    case (\w+)$", (root / KINDS).read_text(), re.MULTILINE)
    return [kind for kind in named if (root / "Sources/Channels" / kind.capitalize()).is_dir()]


def check(root: Path) -> list[str]:
    found = kinds(root)
    problems = [] if found else [f"{KINDS}: no kind has a folder in Sources/Channels"]
    pattern = re.compile(rf"(?:case|==|!=|~=|kind:)\s*(?:ChannelKind)?\.(?:{'|'.join(found)})\b|\[\s*\.(?:{'|'.join(found)})\b")
    for path in sorted((root / "Sources").rglob("*.swift")):
        name = str(path.relative_to(root))
        if name.startswith(BESIDE) and name != ENTRIES:
            continue
        count = len(pattern.findall(path.read_text()))
        if count != ALLOWED.get(name, 0):
            problems.append(f"{name}: it names a kind of channel {count} times, and {ALLOWED.get(name, 0)} are told of")
    for kind in found:
        text = (root / ENTRIES).read_text()
        if f"{kind.capitalize()}Channel()" not in text:
            problems.append(f"{ENTRIES}: it doesn't serve {kind}")
    return problems


# What is added at the end of a file, or taken out of it.
FAULTS = [
    ("a switch", "Sources/Turns/Schedules/ScheduleReception.swift", "switch kind { case .slack: break }", "ScheduleReception.swift"),
    ("a comparison", "Sources/Turns/Channels/ChannelDesk.swift", "let isMail = kind == .mail", "ChannelDesk.swift"),
    ("a list", "Sources/Gateway/Talk/HookDesk.swift", "let kinds = [.slack, .mail]", "HookDesk.swift"),
    ("a question beside the entries", ENTRIES, "let edits = kind == .slack", "names a kind"),
    ("an entry that is missing", ENTRIES, "-MailChannel()", "doesn't serve mail"),
]


def self_test(root: Path) -> list[str]:
    problems = []
    for what, name, line, expected in FAULTS:
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder)
            shutil.copytree(root / "Sources", copy / "Sources", ignore=shutil.ignore_patterns("*.json*", "acme"))
            path = copy / name
            text = path.read_text()
            path.write_text(text.replace(line[1:], "") if line.startswith("-") else f"{text}{line}\n")
            if not any(expected in problem for problem in check(copy)):
                problems.append(f"{what}: `{expected}` wasn't found")
    return problems


if __name__ == "__main__":
    sys.exit(checking.run(
        __doc__.splitlines()[0], "channels: each is its folder, its kind and one entry",
        f"channels: all {len(FAULTS)} planted faults were found", check, self_test))
