"""Headless Chromium, which reaches nothing but this machine."""

import os


def options(*names):
    """What it is launched with. `names` are this machine too."""
    rules = [f"MAP {name} 127.0.0.1" for name in names] + ["MAP * ~NOTFOUND", "EXCLUDE 127.0.0.1", "EXCLUDE localhost"]
    return {
        "executable_path": os.environ.get("CHROMIUM", "/usr/bin/chromium"),
        "headless": True,
        "args": [
            "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--disable-default-apps", "--no-first-run", "--no-pings",
            "--disable-domain-reliability", "--metrics-recording-only",
            "--disable-features=OptimizationHints,MediaRouter,Translate,CertificateTransparencyComponentUpdater",
            "--host-resolver-rules=" + ", ".join(rules),
        ],
    }
