"""A station in this process, as `python -m web` makes it, whose side files a test damages."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

from flask.testing import FlaskClient

from calibration.pressure.offset import PressureOffset, ReferenceKind
from sensors import open_board
from sensors.backends import best_pins
from sensors.board import Board
from sensors.simulated.bmp280 import SimulatedBMP280
from sensors.simulated.i2c import SimulatedI2C
from tests.support.waiting import eventually
from web.__main__ import _plan
from web.alarm.stored_alarm import StoredAlarm
from web.config.settings import Config
from web.history.reader import HistoryReader
from web.history.writer import History
from web.pages.port import Port
from web.pages.preference_store import PreferenceStore
from web.pages.security.token import token_of
from web.runtime.page.channel import channel
from web.runtime.page.recorder_client import RecorderClient
from web.runtime.page.site import show, site
from web.runtime.page.start import recorder_end
from web.runtime.paths import history_path, offset_path, settings_path, token_path
from web.runtime.program import Plan, Program, recording
from web.system.side_files import SideFiles
from web.weather import Sample, StormLevel

OFFSET = PressureOffset(1.3, datetime(2026, 10, 3, tzinfo=UTC), "Horta", ReferenceKind.STATION, 2.0)
SIGNAL_K_TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJkZXZpY2UiOiJ4In0.AAAA"
# Ten samples a second, for ten seconds.
AIR = {"speed": 36_000.0, "start": "2014-02-10T12:00:00Z"}
FILES = ("page-token", "page-settings", "barometer-offset", "signal-k-token", "alarm state")


def _empty(path: Path) -> None:
    os.truncate(path, 0)


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _zeroed(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "photograph").write_text("of somebody")


def _link(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.parent / "a stick that was pulled out" / path.name)


FAULTS: dict[str, Callable[[Path], None]] = {
    "empty": _empty,
    "cut": _cut,
    "zeroed": _zeroed,
    "not readable": lambda path: path.chmod(0),
    "a folder": _folder,
    "a link to nowhere": _link,
}


@dataclass
class Station:
    """Where it lies, and its board: real, on the bus of a twin, or simulated and played fast."""

    folder: Path
    simulated: bool = True
    station: dict[str, Any] = field(default_factory=dict)
    signal_k_port: int = 9

    @property
    def config(self) -> Config:
        tables = {
            "history": {"path": str(self.folder / "data" / "history.sqlite"), "interval_s": 1.0},
            "simulated": AIR,
            "station": self.station,
            "signalk": {
                "transport": "websocket",
                "host": "127.0.0.1",
                "port": self.signal_k_port,
            },
        }
        return Config.of(tables, "a test")

    @contextmanager
    def board(self) -> Iterator[Board]:
        config = self.config
        with open_board({"simulated": AIR}, simulated=True) as twin:
            if self.simulated:
                yield twin
                return
            chip = config.barometer.address
            bus = SimulatedI2C({chip: SimulatedBMP280(twin.weather, noise=True)})
            with Board(bus, best_pins, config.barometer, config.colour) as board:
                yield board

    def path(self, name: str) -> Path:
        """The file of this name."""
        history = self.config.history
        with self.board() as board:
            return {
                "page-token": token_path(history),
                "page-settings": settings_path(board, history),
                "barometer-offset": offset_path(board, self.config.station, history),
                "signal-k-token": history.file.with_name("signal-k-token"),
                "alarm state": history_path(board, history),
            }[name]

    def prepare(self) -> None:
        """Write all five, as an earlier run has left them."""
        token_of(self.path("page-token"))
        offset = self.path("barometer-offset")
        offset.parent.mkdir(parents=True, exist_ok=True)
        settings = PreferenceStore(self.path("page-settings"), self.config, offset)
        settings.save({"unit": "inhg"})
        settings.save_offset(OFFSET)
        self.path("signal-k-token").write_text(SIGNAL_K_TOKEN + "\n")
        with History(self.path("alarm state")) as history:
            for n in range(200):
                level = StormLevel.WARNING if n > 150 else StormLevel.CALM
                history.queue(Sample(1_392_000_000.0 + 600.0 * n, 990.0 - n / 100), level)
            history.store_alarm(StoredAlarm(StormLevel.WARNING))

    @contextmanager
    def running(self) -> Iterator["Running"]:
        with self.board() as board, Port("127.0.0.1", 0) as port:
            plan = _plan(board, self.config, SideFiles())
            with (
                recording(plan, again=False, alive=lambda: None) as parts,
                self._pages(port, plan, parts) as (client, files),
            ):
                yield Running(plan, parts, client, files)

    @contextmanager
    def _pages(
        self, port: Port, plan: Plan, parts: Program
    ) -> Iterator[tuple[FlaskClient, SideFiles]]:
        """The pages as their own process has them, in this one."""
        ours, its = channel()
        over = Event()
        end = recorder_end(port, plan, parts, lambda: None)
        serving = Thread(target=end.serve, args=(ours, lambda: not over.is_set()))
        with ours, its:
            serving.start()
            try:
                recorder, files = RecorderClient(its), SideFiles()
                with site(recorder, files) as (app, _), files.watched(0.05):
                    recorder.start(lambda state: show(app, recorder.setup, state), lambda: None)
                    app.testing = True
                    yield app.test_client(), files
            finally:
                over.set()
                end.wake()
                serving.join()

    def present(self) -> dict[str, bytes]:
        """All files and what they hold, but for those of SQLite."""
        folder = self.path("page-token").parent
        return {
            path.name: path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file() and "history" not in path.name
            if os.access(path, os.R_OK, effective_ids=True)
        }

    def aside(self, name: str, why: str = "damaged") -> list[Path]:
        path = self.path(name)
        found = sorted(path.parent.glob(f"{path.name}.{why}-*"))
        return [aside for aside in found if not aside.name.endswith("-wal")]


@dataclass
class Running:
    """The station as it runs, and a browser."""

    plan: Plan
    parts: Program
    client: FlaskClient
    page_files: SideFiles

    def check(self) -> None:
        """Have both processes look at their side files now."""
        self.plan.side_files.check()
        self.page_files.check()

    def records(self) -> bool:
        """Whether another sample is judged and shown, in time."""
        before = self.parts.feed.newest.sample

        def is_newer() -> bool:
            newest = self.parts.feed.newest
            return newest.outlook is not None and newest.sample not in (None, before)

        return eventually(is_newer, 5.0)

    def stores(self) -> bool:
        """Whether what is shown is in the history, in time."""
        shown = self.parts.feed.newest.sample
        assert shown is not None

        def is_there() -> bool:
            try:
                with HistoryReader(self.plan.path) as reader:
                    newest = reader.newest()
            except OSError:
                return False
            return newest is not None and newest.taken_at >= shown.taken_at

        return eventually(is_there, 5.0)

    def token(self) -> str:
        """The token of the page, wherever it is kept."""
        files = self.page_files.files
        (text,) = (file.content for file in files if file.path.name == "page-token")
        return str(text)

    def page(self) -> str:
        answer = self.client.get("/")
        assert answer.status_code == 200
        return answer.text

    def now(self) -> dict[str, Any]:
        fields: dict[str, Any] = json.loads(self.client.get("/api/now").text)
        return fields

    def post(self, route: str, token: str, **values: object) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return self.client.post(route, json=values, headers=headers).status_code

    def names(self, words: str) -> bool:
        """Whether the page and the API name this, in time."""
        return eventually(
            lambda: words in self.page() and words in json.dumps(self.now()["side_files"]), 5.0
        )


@contextmanager
def signal_k_server() -> Iterator[int]:
    """A server without a stream, whose owner approves access at once. Yield its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if "stream" in self.path:
                is_right = self.headers["Authorization"] == f"Bearer {SIGNAL_K_TOKEN}"
                self._answer({}, 503 if is_right else 401)
                return
            given = {"state": "COMPLETED", "accessRequest": {"token": SIGNAL_K_TOKEN}}
            self._answer({"authenticationRequired": True} if "login" in self.path else given)

        def do_POST(self) -> None:
            self._answer({"href": "/requests/1"}, 202)

        def _answer(self, body: object, status: int = 200) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
