import time


def until(what, seconds=60):
    """What `what` gives once it gives something."""
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, "it didn't come"
        time.sleep(0.05)
    return found
