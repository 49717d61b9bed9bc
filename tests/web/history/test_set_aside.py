"""A history that is set aside while pages read it."""

import subprocess
import sys
from pathlib import Path

import pytest

READERS_AND_A_WRITER = """
import logging, sys, threading, time
from pathlib import Path
from web.history.maintenance import HistoryMaintainer
from web.history.reader import HistoryReader
from web.history.recovery.salvage import Salvage
from web.history.writer import History
from web.weather import Sample

logging.disable(logging.CRITICAL)
path, is_over = Path(sys.argv[1]), threading.Event()

def read():
    while not is_over.is_set():
        try:
            with HistoryReader(path) as reader:
                reader.newest()
        except OSError:
            pass  # there is none for a moment

readers = [threading.Thread(target=read, daemon=True) for _ in range(4)]
for thread in readers:
    thread.start()
with History(path) as history:
    for n in range(200):
        history.add(Sample(1_390_000_000.0 + 60.0 * n, 1000.0))
        Salvage(path).set_aside(history)
        history.store_again()
is_over.set()
for thread in readers:
    thread.join()
print("done")
"""


@pytest.mark.long("sets two hundred histories aside")
def test_a_page_that_opens_it_at_that_moment_does_not_end_the_program(tmp_path: Path) -> None:
    """The kernel ended it (SIGBUS) when a reader took the next file's log for its own."""
    command = [sys.executable, "-c", READERS_AND_A_WRITER, str(tmp_path / "history.sqlite")]
    result = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert (result.returncode, result.stdout) == (0, "done\n"), result.stderr
