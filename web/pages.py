"""All the pages of a running program: the barograph, and the colour page beside it."""

import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from flask import Flask

from sensors.board import Board
from sensors.config import ColourConfig, SimulatedConfig, section

from .access import token_routes
from .app import create_app
from .colour.views import Colours, colour_routes
from .colour_sensor import ColourSensor
from .config import HistoryConfig, PageConfig
from .files import profile_path, sorter_path, token_path
from .glance import About
from .hosts import Hosts, host_names
from .invitation import invitation
from .pace import Pace
from .server import Server
from .token import token_of

log = logging.getLogger(__name__)


@contextmanager
def pages(
    server: Server,
    board: Board,
    tables: Mapping[str, Any],
    where: str,
    history: Path,
    pace: Pace,
    about: About,
) -> Iterator[Flask]:
    """The application over a board and its history; leaving it leaves the colour sensor alone.

    Raises ConfigError, and TokenError when there can be no token.
    """
    settings = section(tables, "history", HistoryConfig, where)
    names = host_names(section(tables, "page", PageConfig, where).names)
    token = token_of(token_path(settings))
    if token.is_new:
        _invite(invitation(token, server.host, server.port))
    colour = section(tables, "colour", ColourConfig, where)
    surface = section(tables, "simulated", SimulatedConfig, where).surface
    sensor = ColourSensor(board, colour, surface)
    files = profile_path(board, settings), sorter_path(board, settings)
    if board.simulated and not files[0].exists():
        sensor.show("", closeness=1.0)  # a lesson begins with dark: with nothing there
    with closing(Colours(sensor, *files)) as colours:
        others = [token_routes(token), colour_routes(colours, token)]
        yield create_app(history, pace, about, hosts=Hosts(names), others=others)


def _invite(words: str) -> None:
    """Show a new token once, to a person; a log is not to have it."""
    if sys.stdout is not None and sys.stdout.isatty():
        print(words, flush=True)
    else:
        log.info("a token for changes on the page was made; scripts/dashboard --token shows it")
