"""`python -m web`: joins board, history, recorder and page, and runs until it is told to stop."""

import signal

# Until the program can end tidily, ctrl-C ends it at once and without a traceback.
signal.signal(signal.SIGINT, signal.SIG_DFL)

import argparse
import logging
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from calibration.pressure_offset import PressureOffset
from sensors import ConfigError, RecordError, SensorError
from sensors.board import Board, board_of
from sensors.config import BarometerConfig, BoardConfig, ColourConfig, section

from .config import HistoryConfig, PageConfig, StationConfig
from .files import history_path, load_offset, token_path
from .glance import About
from .history import History
from .history_reader import HistoryReader
from .invitation import invitation
from .options import parse, tables_of
from .pace import Pace, RecordPace, WallPace
from .recorder import Recorder
from .times import iso
from .token import token_of
from .trust import Trust
from .weather import Sample, StormWatch

if TYPE_CHECKING:
    from flask import Flask

    from .server import Server

log = logging.getLogger("storm-petrel")

# What the rule is told after a restart: a month of hours, and a day and a bit of samples.
_HOURS_REMEMBERED, _SAMPLES_REMEMBERED_S = 31 * 24, 26 * 3600.0
_CATCHING_UP_S = 30.0

_SHOWN: dict[str, type[Any]] = {
    "board": BoardConfig,
    "barometer": BarometerConfig,
    "colour": ColourConfig,
    "station": StationConfig,
    "history": HistoryConfig,
    "page": PageConfig,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit status: 0, 1 for a failure, 2 for a wrong setting."""
    options = parse(arguments)
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%Y-%m-%d %H:%M:%S"
    )
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # many guests are no news
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, _end)
    try:
        _run(options)
    except (KeyboardInterrupt, BrokenPipeError):
        return 0
    except (ConfigError, RecordError) as error:
        print(f"storm-petrel: {error}", file=sys.stderr)
        return 2
    except (SensorError, OSError) as error:
        print(f"storm-petrel: {error}", file=sys.stderr)
        return 1
    return 0


def _run(options: argparse.Namespace) -> None:
    tables, where = tables_of(options)
    station = section(tables, "station", StationConfig, where)
    section(tables, "page", PageConfig, where)
    settings = section(tables, "history", HistoryConfig, where)
    if options.token:
        token = token_of(token_path(settings))
        print(invitation(token, options.host, options.port), flush=True)
        return
    simulated = True if options.simulate or options.replay else None
    with board_of(tables, where, simulated) as board:
        if not board.simulated and (options.again or options.speed is not None):
            raise ConfigError(
                "--again and --speed are for a record that is played, not for a sensor"
            )
        path = history_path(board, settings)
        offset = load_offset(board, station, settings)
        if options.check:
            print(_summary(board, path, offset, tables, where), flush=True)
            return
        with ExitStack() as opened:
            # The port first: a program that cannot show anything must not touch the history.
            server = None if options.no_page else opened.enter_context(_server(options))
            history = opened.enter_context(History(path))
            if board.simulated and (options.again or _is_over(board, path)):
                log.info("the record is played from its beginning")
                history.forget()
            watch = StormWatch(station.place)
            newest = _remember(path, watch)
            pace = _pace(board, settings.interval_s, newest)
            trust = Trust(board, offset.sensor if offset else "")
            opened.enter_context(
                recorder := Recorder(history, watch, pace, _reading(board), trust.remark)
            )
            if server is None:
                log.info("recording without a page%s", _mark(board))
                recorder.join()
            else:
                from .pages import pages

                about = _about(board, pace, offset, station)
                app = opened.enter_context(pages(server, board, tables, where, path, pace, about))
                _serve(server, board, pace, app)


def _server(options: argparse.Namespace) -> "Server":
    # Waitress and Flask are the page's alone: a logger without a page does not pay for them.
    from .server import Server

    return Server(options.host, options.port)


def _serve(server: "Server", board: Board, pace: Pace, app: "Flask") -> None:
    if isinstance(pace, RecordPace):  # whoever looks first sees the curve so far
        pace.wait_until_caught_up(_CATCHING_UP_S)
    log.info("open %s%s", server.url, _mark(board))
    if server.is_exposed:
        name = f"http://{socket.gethostname()}.local:{server.port}/"
        log.info("on a phone in the same network: %s; everyone there can read it", name)
    server.run(app)


def _is_over(board: Board, path: Path) -> bool:
    """Whether the storm that ships with the toolkit was played to its end.

    It is there to be watched, and begins again; a record of one's own stays as it is.
    """
    with HistoryReader(path) as reader:
        newest = reader.newest()
    is_over = newest is not None and newest.taken_at >= board.weather.record.end
    return is_over and board.weather.is_shipped


def _remember(path: Path, watch: StormWatch) -> float | None:
    """Bring the watch to where a restart left it; return when the newest sample was taken."""
    with HistoryReader(path) as reader:
        newest = reader.newest()
        if newest is None:
            return None
        fine_from = newest.taken_at - _SAMPLES_REMEMBERED_S
        begin = fine_from - _HOURS_REMEMBERED * 3600.0
        for span in reader.spans(begin, fine_from - 1.0, _HOURS_REMEMBERED):
            watch.update(Sample(span.taken_at, span.mean_hpa))
        for sample in reader.samples(fine_from, newest.taken_at):
            watch.update(sample)
        before = reader.outlook()
        if before is not None:
            watch.resume(before)
    return newest.taken_at


def _pace(board: Board, interval_s: float, newest: float | None) -> Pace:
    if not board.simulated:
        return WallPace(interval_s)
    weather = board.weather
    moments = [row.taken_at for row in weather.record.rows]
    return RecordPace(moments, weather.begins, weather.speed, newest)


def _reading(board: Board) -> Callable[[float], Sample]:
    def read(moment: float) -> Sample:
        if board.simulated:
            board.weather.move_to(moment)
        reading = board.barometer.read()
        return Sample(moment, reading.pressure_hpa, reading.temperature_c)

    return read


def _about(
    board: Board, pace: Pace, offset: PressureOffset | None, station: StationConfig
) -> About:
    simulated, refresh_s = "", max(5, min(60, round(pace.period_s / 2)))
    if board.simulated:
        weather = board.weather
        simulated = f"{weather.record.title}, played at {weather.speed:g} × real time"
        refresh_s = 2
    return About(simulated, pace.period_s, refresh_s, _version(), offset, station.altitude_m)


def _mark(board: Board) -> str:
    return f" (SIMULATED: {board.weather.record.title})" if board.simulated else ""


def _summary(
    board: Board,
    path: Path,
    offset: PressureOffset | None,
    tables: Mapping[str, Any],
    where: str,
) -> str:
    """All that would be used, table by table."""
    lines = [f"settings    {where}", f"history     {path}"]
    lines.append(f"offset      {offset.words() if offset else 'none: pressure as measured'}")
    if board.simulated:
        weather = board.weather
        rows = weather.record.rows
        lines += [
            "board       SIMULATED",
            f"record      {weather.record.title}",
            f"            {len(rows)} rows, {iso(rows[0].taken_at)} to {iso(rows[-1].taken_at)}",
            f"speed       {weather.speed:g} × real time, from {iso(weather.begins)}",
        ]
    else:
        lines.append("board       real")
    for name, cls in _SHOWN.items():
        values = asdict(section(tables, name, cls, where)).items()
        said = "  ".join(f"{key} = {_setting(key, value)}" for key, value in values)
        lines.append(f"{f'[{name}]':12}{said}")
    return "\n".join(lines)


def _setting(key: str, value: object) -> str:
    if value is None or value == "":
        return "(left out)"
    return f"0x{value:02X}" if key == "address" and isinstance(value, int) else str(value)


def _version() -> str:
    try:
        return version("storm-petrel")
    except PackageNotFoundError:
        return "not installed"


def _end(signum: int, frame: object) -> NoReturn:
    # Whoever presses ctrl-C twice must not disturb the tidying up of the first.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
