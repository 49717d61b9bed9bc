"""The application with all its routes, over a storm and a simulated colour sensor."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from flask import Flask

from sensors import open_board
from sensors.config import ColourConfig
from tests.support.page_controls import controls_of
from web.alarm.drill import Drill
from web.alarm.state import Alarm, AlarmState
from web.config.settings import Config
from web.pages.app import create_app
from web.pages.colour.routes import ColourPage, colour_routes
from web.pages.context import PageContext
from web.pages.controls import alarm_fields, control_routes
from web.pages.overview import StationInfo
from web.pages.preference_store import PreferenceStore
from web.pages.security.access import token_routes
from web.pages.security.token import Token
from web.pages.security.tokens import Tokens
from web.pages.settings_page import BarometerInfo, settings_routes, side_file_routes
from web.recorder.conditions import ConditionsFeed
from web.recorder.pacing import Pace
from web.runtime.colour_sensor import ColourSensor

_FAST = {"colour": {"s0": 17, "s1": 27, "led": 5, "gate_time_s": 0.01, "timeout_s": 0.1}}


@contextmanager
def whole_app(
    history: Path, pace: Pace, info: StationInfo, feed: ConditionsFeed, token: Token, files: Path
) -> Iterator[Flask]:
    """The application; leaving it leaves the colour sensor alone. files: where it is taught."""
    alarm, tokens = Alarm(AlarmState()), Tokens(token)
    drill = Drill(alarm, lambda: 1000.0, signal_s=0.3)
    settings = PreferenceStore(
        files / "page-settings.json", Config.load({}), files / "barometer-offset.json"
    )
    barometer = BarometerInfo(history, pace.now, lambda: "", simulated=True)
    with open_board(_FAST, simulated=True) as board:
        sensor = ColourSensor(lambda: board, ColourConfig(s0=17, s1=27, led=5), "white")
        with closing(ColourPage(sensor, files / "profile.json", files / "sorter.json")) as colours:
            yield create_app(
                PageContext(
                    history, pace, info, feed, alarm=lambda: alarm_fields(alarm.state, 1000.0)
                ),
                others=[
                    token_routes(tokens),
                    control_routes(tokens, controls_of(alarm, drill, lambda: 1000.0)),
                    colour_routes(colours, tokens),
                    settings_routes(settings, barometer, tokens),
                    side_file_routes(settings.side_files.acknowledge, tokens),
                ],
            )
