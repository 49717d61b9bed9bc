"""The colour page over a sight, and a simulated sensor for it."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import waitress

from sensors import open_board
from sensors.board import Board
from sensors.config import ColourConfig
from tests.support.colour_ports import Page
from web.history.writer import History
from web.pages.app import create_app
from web.pages.colour.routes import ColourPage, colour_routes
from web.pages.colour.sensor_port import ColourSensorPort
from web.pages.context import PageContext
from web.pages.overview import StationInfo
from web.pages.security.access import token_routes
from web.pages.security.token import token_of
from web.pages.security.tokens import Tokens
from web.recorder.conditions import ConditionsFeed
from web.recorder.pacing import RecordPace
from web.runtime.colour_sensor import ColourSensor


@pytest.fixture
def make_page(tmp_path: Path, history: History) -> Iterator[Callable[[ColourSensorPort], Page]]:
    made: list[ColourPage] = []
    token = token_of(tmp_path / "page-token")
    tokens = Tokens(token)
    profile, sorter = tmp_path / "profile.json", tmp_path / "classes.json"

    def make(sight: ColourSensorPort) -> Page:
        colours = ColourPage(sight, profile, sorter)
        made.append(colours)
        app = create_app(
            PageContext(
                history.path,
                RecordPace([0.0], 0.0, 0.0),
                StationInfo(3600.0, 30, "1.2.3", simulated=True, record_title="played"),
                ConditionsFeed(),
            ),
            others=[token_routes(tokens), colour_routes(colours, tokens)],
        )
        return Page(app, colours, token, profile, sorter)

    yield make
    for colours in made:
        colours.close()


@pytest.fixture
def board() -> Iterator[Board]:
    """A simulated board, fast: it sees its own LED alone."""
    tables = {"colour": {"s0": 17, "s1": 27, "led": 5, "gate_time_s": 0.01, "timeout_s": 0.1}}
    with open_board(tables, simulated=True) as board:
        yield board


@pytest.fixture
def sensor(board: Board) -> ColourSensor:
    return ColourSensor(lambda: board, ColourConfig(s0=17, s1=27, led=5), "white")


@pytest.fixture
def served() -> Iterator[Callable[[Page], str]]:
    """Serve a page on a port of this machine; returns its address."""
    servers = []

    def serve(page: Page) -> str:
        server = waitress.create_server(page.app, host="127.0.0.1", port=0)
        servers.append(server)
        threading.Thread(target=server.run, daemon=True).start()
        return f"http://127.0.0.1:{server.effective_port}/colour"

    yield serve
    for server in servers:
        server.close()
