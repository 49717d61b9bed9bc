"""All the pages, over what the recorder sends: the barograph, and the colour page beside it."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from flask import Flask, Response

from ...config.tables import host_names
from ...pages.app import create_app
from ...pages.colour.routes import ColourPage, colour_routes
from ...pages.context import PageContext, page_context, set_page_context
from ...pages.controls import Controls, alarm_fields, control_routes
from ...pages.overview import StationInfo
from ...pages.security.access import token_routes
from ...pages.security.host_check import HostNames
from ...pages.security.invitation import invitation
from ...pages.security.token import Token, token_of
from ...pages.security.tokens import Tokens
from ...pages.settings_page import BarometerInfo, settings_routes, side_file_routes
from ...recorder.conditions import ConditionsFeed
from ...system.side_files import SideFiles
from ...system.version import version
from ..colour_sensor import ColourSensor
from .recorder_client import RecorderClient, RecorderError
from .state import PageSetup, PageState

if TYPE_CHECKING:
    from sensors.board import Board

log = logging.getLogger(__name__)


class RecorderClock:
    """The recorder's clock of the samples, and that of its alarm, by its newest state."""

    def __init__(self, recorder: RecorderClient) -> None:
        self._recorder = recorder

    def now(self) -> float:
        return self._recorder.state.clock.now()

    def uptime(self) -> float:
        return self._recorder.state.clock.uptime()

    def remark(self) -> str:
        return self._recorder.state.clock.words


@contextmanager
def site(recorder: RecorderClient, files: SideFiles) -> Iterator[tuple[Flask, Tokens]]:
    """Yield the application and its tokens; close the colour sensor at the end.

    files: those that only the pages have, such as the tokens.
    """
    setup, clock = recorder.setup, RecorderClock(recorder)
    token = token_of(setup.token, files)
    if token.is_new:
        _invite(token, setup)
    tokens = Tokens(token, files, recorder.happened)
    context = _context(recorder, clock, files)

    def acknowledge_files() -> None:
        files.acknowledge()
        recorder.acknowledge_files()

    controls = Controls(
        recorder.acknowledge,
        recorder.silence,
        clock.uptime,
        None if setup.simulated else recorder.set_clock,
        recorder.start_drill,
        lambda: recorder.state.drill,
    )
    barometer = BarometerInfo(
        setup.history, clock.now, lambda: recorder.state.serial, setup.simulated
    )
    with ExitStack() as opened:
        sensor = _colour_sensor(setup, opened)
        colours = opened.enter_context(closing(ColourPage(sensor, setup.profile, setup.sorter)))
        others = [
            token_routes(tokens),
            colour_routes(colours, tokens),
            control_routes(tokens, controls),
            settings_routes(recorder, barometer, tokens),
            side_file_routes(acknowledge_files, tokens),
        ]
        app = create_app(context, others=others)
        app.register_error_handler(RecorderError, _unanswered)
        yield app, tokens


def show(app: Flask, setup: PageSetup, state: PageState) -> None:
    """Have the pages show this state from the next request on."""
    with app.app_context():
        context = page_context()
    info = _station_info(setup, state)
    context.feed.publish(state.conditions)
    if info != context.info:
        set_page_context(app, replace(context, info=info))


def _colour_sensor(setup: PageSetup, opened: ExitStack) -> ColourSensor:
    """Return the colour sensor, on a board that its first use opens."""
    config, shown = setup.config, setup.config.simulated.surface
    if setup.simulated and not setup.profile.exists():
        shown = ""  # a lesson begins with dark: with nothing there

    @cache
    def board() -> "Board":
        from sensors.board import board_from  # once colours are asked for

        tables = config.board, config.barometer, config.colour, config.simulated
        board = opened.enter_context(board_from(*tables, config.where, setup.simulated))
        if setup.simulated and not shown:
            board.scene.nothing()
        return board

    return ColourSensor(board, config.colour, shown, simulated=setup.simulated)


def _context(recorder: RecorderClient, clock: RecorderClock, files: SideFiles) -> PageContext:
    setup, state = recorder.setup, recorder.state
    return PageContext(
        setup.history,
        clock,
        _station_info(setup, state),
        ConditionsFeed(state.conditions),
        lambda: alarm_fields(recorder.state.alarm, clock.uptime()),
        recorder.doubt,
        HostNames(host_names(setup.config.page.names)),
        faults=lambda: (*recorder.state.faults, *files.faults),
        armed=recorder.armed,
    )


def _station_info(setup: PageSetup, state: PageState) -> StationInfo:
    """Return what the pages show of this station."""
    preferences = state.preferences
    return StationInfo(
        setup.period_s,
        setup.refresh_s,
        version(),
        preferences.offset,
        preferences.station.altitude_m,
        preferences.station.place,
        preferences.page.look,
        setup.simulated,
        setup.record_title,
    )


def _unanswered(error: RecorderError) -> Response:
    return Response(f"{error}\n", 503, mimetype="text/plain")


def _invite(token: Token, setup: PageSetup) -> None:
    """Show a new token once, to a person; it must not be in a log."""
    if sys.stdout is not None and sys.stdout.isatty():
        print(invitation(token, setup.host, setup.port), flush=True)
    elif token.is_stored:
        is_service = "STATE_DIRECTORY" in os.environ  # systemd sets it
        how = "sudo scripts/install-service" if is_service else "scripts/dashboard"
        log.info("a token for changes on the page was made; %s --token shows it", how)
