"""All the pages of a running program: the barograph, and the colour page beside it."""

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from threading import Lock

from flask import Flask

from ..config.tables import host_names
from ..pages.app import create_app
from ..pages.colour.routes import ColourPage, colour_routes
from ..pages.context import PageContext, set_page_context
from ..pages.controls import alarm_fields, control_routes
from ..pages.overview import StationInfo
from ..pages.security.access import token_routes
from ..pages.security.host_check import HostNames
from ..pages.security.invitation import invitation
from ..pages.security.token import token_of
from ..pages.server import Server
from ..pages.settings_page import BarometerInfo, settings_routes, side_file_routes
from ..recorder.pacing import Pace
from .colour_sensor import ColourSensor
from .paths import profile_path, sorter_path, token_path
from .program import Plan, Program, version

log = logging.getLogger(__name__)


@contextmanager
def pages(server: Server, plan: Plan, parts: Program) -> Iterator[Flask]:
    """Yield the application of a running program; close the colour sensor at the end.

    Raises ConfigError.
    """
    board, config = plan.board, plan.config
    token = token_of(token_path(config.history), plan.side_files)
    if token.is_new:
        _invite(invitation(token, server.host, server.port), is_stored=token.is_stored)
    sensor = ColourSensor(board, config.colour, config.simulated.surface)
    files = profile_path(board, config.history), sorter_path(board, config.history)
    if board.simulated and not files[0].exists():
        sensor.show("", closeness=1.0)  # a lesson begins with dark: with nothing there
    alarm, pace, uptime = parts.alarm, parts.pace, parts.clock.uptime
    set_clock = None if board.simulated else parts.recorder.set_clock
    barometer = BarometerInfo(plan.path, pace.now, lambda: board.serial, board.simulated)
    context = PageContext(
        plan.path,
        pace,
        _station_info(plan, pace),
        parts.feed,
        lambda: alarm_fields(alarm.state, uptime()),
        parts.maintainer.doubt,
        HostNames(host_names(config.page.names)),
        side_files=plan.side_files,
    )
    parts.drill.add("armed pages", context.armed, lambda: bool(context.armed.armed()))
    with closing(ColourPage(sensor, *files)) as colours:
        others = [
            token_routes(token),
            colour_routes(colours, token),
            control_routes(token, alarm, uptime, set_clock, parts.drill),
            settings_routes(plan.settings, barometer, token, lambda: applied()),
            side_file_routes(plan.side_files, token),
        ]
        app = create_app(context, others=others)
        applied = _apply_preferences(app, context, plan, parts)
        yield app


def _apply_preferences(
    app: Flask, context: PageContext, plan: Plan, parts: Program
) -> Callable[[], None]:
    """Return the function that applies the current preferences."""
    lock = Lock()  # of two changes at once, the newer one holds

    def apply() -> None:
        with lock:
            preferences = plan.settings.current
            level = preferences.alarm.sounds_from_level
            parts.alarm.sound_from(level, parts.clock.uptime())
            parts.recorder.move_to(preferences.station.place)
            set_page_context(app, replace(context, info=_station_info(plan, parts.pace)))

    return apply


def _station_info(plan: Plan, pace: Pace) -> StationInfo:
    """Return what the pages show of this station."""
    preferences = plan.settings.current
    title, refresh_s = "", max(5, min(60, round(pace.period_s / 2)))
    if plan.board.simulated:
        speed = plan.board.weather.speed
        title, refresh_s = f"{plan.record_title}, played at {speed:g} × real time", 2
    return StationInfo(
        pace.period_s,
        refresh_s,
        version(),
        preferences.offset,
        preferences.station.altitude_m,
        preferences.station.place,
        preferences.page.look,
        plan.board.simulated,
        title,
    )


def _invite(words: str, *, is_stored: bool) -> None:
    """Show a new token once, to a person; it must not be in a log."""
    if sys.stdout is not None and sys.stdout.isatty():
        print(words, flush=True)
    elif is_stored:
        is_service = "STATE_DIRECTORY" in os.environ  # systemd sets it
        how = "sudo scripts/install-service" if is_service else "scripts/dashboard"
        log.info("a token for changes on the page was made; %s --token shows it", how)
