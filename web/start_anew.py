"""Starting the program anew from within, so that new settings hold everywhere at once.

The process stays the same, and so do its arguments: systemd and a terminal notice nothing. What is
between two samples is enough time for it, on a Pi Zero too.
"""

import os
import signal
import threading

START_ANEW = signal.SIGUSR1
# Whoever asked for it is answered first.
_AFTER_S = 0.5


class StartAnewError(BaseException):
    """Raised in the main thread: tidy up, and start again."""


def start_anew() -> None:
    """Have the main thread raise StartAnewError, in a moment. From any thread."""
    timer = threading.Timer(_AFTER_S, os.kill, (os.getpid(), START_ANEW))
    timer.daemon = True
    timer.start()
