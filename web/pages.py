"""All the pages of a running program: the barograph, and the colour page beside it."""

import logging
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from flask import Flask

from calibration.pressure_offset import PressureOffset
from sensors.board import Board
from sensors.config import ColourConfig, SimulatedConfig, section

from .access import token_routes
from .alarm import Alarm
from .app import create_app
from .bulletin import Notices
from .clock import ClockTrust, Word
from .colour.views import Colours, colour_routes
from .colour_sensor import ColourSensor
from .config import HistoryConfig, PageConfig, StationConfig
from .controls import alarm_fields, control_routes
from .files import offset_path, profile_path, sorter_path, token_path
from .glance import About
from .hosts import Hosts, host_names
from .invitation import invitation
from .look import Look
from .pace import Pace
from .server import Server
from .settings import Settings
from .settings_page import Barometer, settings_routes
from .start_anew import start_anew
from .token import token_of

log = logging.getLogger(__name__)


class Shown(NamedTuple):
    """What a running recorder has for the pages.

    doubt: called when the history cannot be read. hear: takes somebody's word on the time; None
    for a record. uptime: seconds since the boot, by which the alarm goes.
    settings: what can be set on the page.
    """

    history: Path
    pace: Pace
    about: About
    notices: Notices
    doubt: Callable[[], None]
    hear: Callable[[Word], ClockTrust] | None
    alarm: Alarm
    uptime: Callable[[], float]
    settings: Settings


def about_of(
    board: Board,
    pace: Pace,
    offset: PressureOffset | None,
    station: StationConfig,
    look: Look,
    version: str,
) -> About:
    """What the pages know of this station."""
    simulated, refresh_s = "", max(5, min(60, round(pace.period_s / 2)))
    if board.simulated:
        weather = board.weather
        simulated = f"{weather.record.title}, played at {weather.speed:g} × real time"
        refresh_s = 2
    return About(
        simulated,
        pace.period_s,
        refresh_s,
        version,
        offset,
        station.altitude_m,
        station.place,
        look,
    )


@contextmanager
def pages(
    server: Server,
    board: Board,
    tables: Mapping[str, Any],
    where: str,
    shown: Shown,
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
        controls = control_routes(token, shown.alarm, shown.uptime, shown.hear)
        station = section(tables, "station", StationConfig, where)
        barometer = Barometer(
            shown.history,
            offset_path(board, station, settings),
            shown.pace.now,
            lambda: board.serial,
        )
        chosen = settings_routes(
            shown.settings, barometer, token, start_anew, shown.about.simulated
        )
        yield create_app(
            shown.history,
            shown.pace,
            shown.about,
            shown.notices,
            hosts=Hosts(names),
            others=[token_routes(token), colour_routes(colours, token), controls, chosen],
            doubt=shown.doubt,
            alarm=lambda: alarm_fields(shown.alarm.state, shown.uptime()),
        )


def _invite(words: str) -> None:
    """Show a new token once, to a person; a log is not to have it."""
    if sys.stdout is not None and sys.stdout.isatty():
        print(words, flush=True)
    else:
        is_service = "STATE_DIRECTORY" in os.environ  # systemd tells it that way where to write
        how = "sudo scripts/install-service" if is_service else "scripts/dashboard"
        log.info("a token for changes on the page was made; %s --token shows it", how)
