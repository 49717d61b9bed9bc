"""The page's process: receives the recorder's state over a channel, and serves the pages."""

import gc
import logging
import os
import resource
import signal
import socket
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NoReturn

from ...pages.server import PageServer
from ...system.side_files import SideFiles
from .recorder_client import RecorderClient
from .site import show, site

_DESCRIPTORS = 256
_NICE = 5  # on one slow core the alarm goes first
_OOM_SCORE: Final = "500"  # where memory runs out, the kernel ends the page first
_OOM_FILE: Final = Path("/proc/self/oom_score_adj")
_CHECK_S = 60.0  # of the side files


def main(arguments: Sequence[str]) -> None:
    """Serve until the recorder ends. arguments: the descriptors of the port and of the channel."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ctrl-C: the recorder ends first
    signal.signal(signal.SIGTERM, _end)
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%Y-%m-%d %H:%M:%S"
    )
    # Its warnings come a line for each request that a stranger makes: they would fill the card.
    logging.getLogger("waitress").setLevel(logging.ERROR)
    _give_way()
    listening, end = (socket.socket(fileno=int(number)) for number in arguments)
    with suppress(KeyboardInterrupt), listening, end:
        _serve(listening, RecorderClient(end))


def _serve(listening: socket.socket, recorder: RecorderClient) -> None:
    def ended() -> None:
        listening.close()  # the next program may want the port
        signal.raise_signal(signal.SIGTERM)

    files = SideFiles()
    interval_s = recorder.setup.config.history.interval_s
    with site(recorder, files) as (app, tokens), files.watched(min(_CHECK_S, interval_s)):
        recorder.start(lambda state: show(app, recorder.setup, state), ended)
        server = PageServer(app, listening, tokens.includes, recorder.alive)
        recorder.alive()
        gc.collect()  # half a megabyte of what importing has left
        try:
            server.run()
        finally:
            server.close()


def _give_way() -> None:
    """Leave the machine's processor, memory and descriptors to the recorder."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, _DESCRIPTORS), hard))
    with suppress(OSError):  # the unit of the service forbids it
        os.nice(_NICE)
    with suppress(OSError):  # not in every container
        _OOM_FILE.write_text(_OOM_SCORE, encoding="ascii")


def _end(signum: int, frame: object) -> NoReturn:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt
