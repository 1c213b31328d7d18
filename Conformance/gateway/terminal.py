"""A command in a terminal of its own."""

import os
import pty
import select
import signal
import time


def converse(words, environment, react, seconds=90):
    """(exit code, what was seen). After each piece `react` is given all that was seen so far, and says what to type, if anything."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(words[0], words, environment)
    seen, deadline = b"", time.time() + seconds
    while time.time() < deadline:
        if not select.select([terminal], [], [], 0.1)[0]:
            continue
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            break
        if not piece:
            break
        seen += piece
        if (typed := react(seen)) is not None:
            os.write(terminal, typed.encode() + b"\n")
    else:
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), seen.decode().replace("\r\n", "\n")
