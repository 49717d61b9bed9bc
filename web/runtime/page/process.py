"""The page's process, as the recorder's process starts it, watches it, and starts it again.

recorder's process                          page's process
------------------                          --------------
binds the port                              answers at the port
PageProcess  --- setup, state ----------->  RecorderClient --> pages
             <-- commands --------------
"""

import logging
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Self

from .channel import channel
from .recorder_end import RecorderEnd

log = logging.getLogger(__name__)

_ROOT: Final = str(Path(__file__).parents[3])
# Not -m, which takes a folder "web" where the program was started for ours.
_CODE: Final = (
    f"import sys; sys.path.append({_ROOT!r});"
    f" from {__package__}.main import main; main(sys.argv[1:])"
)
# A heap for each thread would cost 2 MB.
_ENVIRONMENT: Final = {"MALLOC_ARENA_MAX": "1"}
_SILENT_S = 60.0  # then it hangs
_LARGEST_BYTES = 150 << 20
_STEADY_S = 60.0
_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 30.0
_CLOSING_S = 3.0


class PageProcess:
    """Keeps a page running at a port. A context manager; closing twice is fine.

    listening: the descriptor of the port. end: serves the page over a channel. died: takes a
    sentence. is_up: set once the page answers.
    """

    def __init__(self, listening: int, end: RecorderEnd, died: Callable[[str], object]) -> None:
        self._listening, self._end, self._died = listening, end, died
        self._stop, self.is_up = threading.Event(), threading.Event()
        self._alive_at, self._why = 0.0, ""
        self._thread = threading.Thread(target=self._keep, name="page", daemon=True)

    def alive(self) -> None:
        """Take note that the page answers."""
        self._alive_at = time.monotonic()
        self.is_up.set()

    def close(self) -> None:
        """End the page."""
        self._stop.set()
        self._end.wake()
        if self._thread.is_alive():
            self._thread.join(2 * _CLOSING_S)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _keep(self) -> None:
        """Start the page until close(); after deaths in a row, with longer and longer pauses."""
        pause_s = 0.0
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                self._live()
            except Exception as error:  # no memory for a page is no end of the alarm
                self._why = f"{type(error).__name__}: {error}"
            if self._stop.is_set():
                return
            is_first = pause_s == 0 or time.monotonic() - began > _STEADY_S
            pause_s = _PAUSE_S if is_first else min(2 * pause_s, _LONGEST_PAUSE_S)
            log.warning("the page ended (%s) and is started again in %g s", self._why, pause_s)
            if is_first:
                self._died(f"The page ended ({self._why}) and was started again")
            self._stop.wait(pause_s)

    def _live(self) -> None:
        """Run one process from its start to its end."""
        ours, its = channel()
        with ours:
            with its:
                descriptors = self._listening, its.fileno()
                process = subprocess.Popen(
                    [sys.executable, "-P", "-c", _CODE, *map(str, descriptors)],
                    pass_fds=descriptors,
                    env=os.environ | _ENVIRONMENT,
                )
            self._alive_at, self._why = time.monotonic(), ""
            try:
                self._end.serve(ours, lambda: self._goes_on(process))
                process.wait(_CLOSING_S)
            except subprocess.TimeoutExpired:
                self._why = self._why or "it did not end by itself"
            finally:
                process.kill()
                process.wait()
            self._why = self._why or _words_of(process.returncode)

    def _goes_on(self, process: "subprocess.Popen[bytes]") -> bool:
        if process.poll() is not None or self._stop.is_set():
            return False
        self._why = self._fault(process.pid)
        if self._why:
            process.kill()
        return not self._why

    def _fault(self, pid: int) -> str:
        """Return why a page has to be ended, or ""."""
        if time.monotonic() - self._alive_at > _SILENT_S:
            return f"it did not answer for {_SILENT_S:g} s"
        try:
            pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
        except (OSError, ValueError, IndexError):  # it has ended, or is about to
            return ""
        resident = pages * resource.getpagesize()
        return f"it took {resident >> 20} MB" if resident > _LARGEST_BYTES else ""


def _words_of(status: int) -> str:
    if status < 0:
        return f"by signal {signal.Signals(-status).name}"
    return f"with status {status}"
