"""Waiting for what another thread or process is about to do."""

import time
from collections.abc import Callable
from pathlib import Path


def eventually(is_so: Callable[[], object], within_s: float = 20.0) -> bool:
    """Whether it comes true in time."""
    deadline = time.monotonic() + within_s
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


def is_running(pid: int) -> bool:
    """Whether a process runs; one that nobody has waited for yet does not."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return words.rpartition(")")[2].split()[0] not in ("Z", "X")
