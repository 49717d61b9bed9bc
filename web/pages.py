"""All the pages of a running program: the barograph, and the colour page beside it."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager

from flask import Flask

from sensors.config import ColourConfig, SimulatedConfig

from .access import token_routes
from .app import create_app
from .colour.views import Colours, colour_routes
from .colour_sensor import ColourSensor
from .config import HistoryConfig, PageConfig, StationConfig
from .controls import alarm_fields, control_routes
from .files import offset_path, profile_path, sorter_path, token_path
from .glance import About
from .hosts import Hosts, host_names
from .invitation import invitation
from .pace import Pace
from .page_context import PageContext
from .recording import Plan, Recording
from .server import Server
from .settings import Settings
from .settings_page import Barometer, settings_routes
from .start_anew import start_anew
from .token import token_of
from .version import version

log = logging.getLogger(__name__)


@contextmanager
def pages(server: Server, plan: Plan, parts: Recording, chosen: Settings) -> Iterator[Flask]:
    """The application over what is recorded; leaving it leaves the colour sensor alone.

    chosen: what can be set on the page. Raises ConfigError, and TokenError when there can be no
    token.
    """
    board, settings = plan.board, plan.section("history", HistoryConfig)
    names = host_names(plan.section("page", PageConfig).names)
    token = token_of(token_path(settings))
    if token.is_new:
        _invite(invitation(token, server.host, server.port))
    surface = plan.section("simulated", SimulatedConfig).surface
    sensor = ColourSensor(board, plan.section("colour", ColourConfig), surface)
    files = profile_path(board, settings), sorter_path(board, settings)
    if board.simulated and not files[0].exists():
        sensor.show("", closeness=1.0)  # a lesson begins with dark: with nothing there
    about, alarm, uptime = _about(plan, parts.pace), parts.alarm, parts.clock.uptime
    hear = None if board.simulated else parts.recorder.hear
    with closing(Colours(sensor, *files)) as colours:
        others = [
            token_routes(token),
            colour_routes(colours, token),
            control_routes(token, alarm, uptime, hear),
            settings_routes(
                chosen, _barometer(plan, parts.pace), token, start_anew, about.simulated
            ),
        ]
        context = PageContext(
            plan.path,
            parts.pace,
            about,
            parts.notices,
            lambda: alarm_fields(alarm.state, uptime()),
            parts.keeper.doubt,
            Hosts(names),
        )
        yield create_app(context, others=others)


def _about(plan: Plan, pace: Pace) -> About:
    """What the pages know of this station."""
    station = plan.section("station", StationConfig)
    simulated, refresh_s = "", max(5, min(60, round(pace.period_s / 2)))
    if plan.playing:
        speed = plan.board.weather.speed
        simulated, refresh_s = f"{plan.playing}, played at {speed:g} × real time", 2
    return About(
        simulated,
        pace.period_s,
        refresh_s,
        version(),
        plan.offset,
        station.altitude_m,
        station.place,
        plan.section("page", PageConfig).look,
    )


def _barometer(plan: Plan, pace: Pace) -> Barometer:
    board, station = plan.board, plan.section("station", StationConfig)
    path = offset_path(board, station, plan.section("history", HistoryConfig))
    return Barometer(plan.path, path, pace.now, lambda: board.serial)


def _invite(words: str) -> None:
    """Show a new token once, to a person; a log is not to have it."""
    if sys.stdout is not None and sys.stdout.isatty():
        print(words, flush=True)
    else:
        is_service = "STATE_DIRECTORY" in os.environ  # systemd tells it that way where to write
        how = "sudo scripts/install-service" if is_service else "scripts/dashboard"
        log.info("a token for changes on the page was made; %s --token shows it", how)
