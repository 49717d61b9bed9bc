"""`python -m web`: joins board, history, recorder and page, and runs until it is told to stop."""

import signal

# Until the program can end tidily, ctrl-C ends it at once and without a traceback.
signal.signal(signal.SIGINT, signal.SIG_DFL)

import argparse
import logging
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, NoReturn

from sensors import ConfigError, RecordError, SensorError
from sensors.board import Board, board_of
from sensors.config import BoardConfig, ColourConfig, section

from .bell import Bell
from .bulletin import Notices
from .config import AlarmConfig, HistoryConfig, PageConfig, StationConfig
from .copies import DailyCopies
from .files import history_path, load_offset, token_path
from .history_reader import HistoryReader
from .keeper import Keeper
from .options import parse, tables_of
from .pace import Pace, RecordPace, WallPace
from .recorder import Recorder
from .rescue import open_history
from .ringing import alarm_of, notifying, sounding
from .service import Service
from .system_clock import SystemClock
from .timeline import RECORD
from .trust import Trust
from .weather import Sample

if TYPE_CHECKING:
    from flask import Flask

    from calibration.pressure_offset import PressureOffset

    from .glance import About
    from .server import Server

log = logging.getLogger("storm-petrel")

_CATCHING_UP_S = 30.0


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
    alarm = section(tables, "alarm", AlarmConfig, where)
    if alarm.buzzer is not None:
        from .voices import check_buzzer

        colour = section(tables, "colour", ColourConfig, where)
        check_buzzer(alarm, section(tables, "board", BoardConfig, where), colour, where)
    settings = section(tables, "history", HistoryConfig, where)
    if options.token:
        from .invitation import invitation
        from .token import token_of

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
            from .summary import summary

            print(summary(board, path, offset, tables, where), flush=True)
        elif options.rebuild:
            from .rebuild import rebuild

            rebuild(path)
        else:
            _record(board, path, offset, tables, where, options)


def _record(
    board: Board,
    path: Path,
    offset: "PressureOffset | None",
    tables: Mapping[str, Any],
    where: str,
    options: argparse.Namespace,
) -> None:
    """Record, with the page or without, until it is told to stop."""
    alarm_config = section(tables, "alarm", AlarmConfig, where)
    station = section(tables, "station", StationConfig, where)
    interval_s = section(tables, "history", HistoryConfig, where).interval_s
    service, clock = Service(), SystemClock()
    with ExitStack() as opened:
        # The port first: a program that cannot show anything must not touch the history.
        server = None if options.no_page else opened.enter_context(_server(options))
        history, rescues = open_history(path, RECORD if board.simulated else clock.boot_id)
        opened.enter_context(history)
        newest = _newest(path)
        if board.simulated and (options.again or _is_over(board, newest)):
            log.info("the record is played from its beginning")
            history.forget()
            newest = None
        pace = _pace(board, newest, interval_s, clock, service)
        copies = None if board.simulated else DailyCopies(history)
        keeper = Keeper(history, pace.period_s, copies=copies, rescues=rescues)
        notices = Notices()
        alarm = alarm_of(history, alarm_config, clock)
        opened.enter_context(sounding(alarm, alarm_config, clock, simulated=board.simulated))
        bell = Bell(
            alarm,
            opened.enter_context(notifying(alarm_config)),
            clock.uptime,
            offset.offset_hpa if offset else 0.0,
            lambda sample: pace.now() - sample.taken_at <= 2 * pace.period_s,
            simulated=board.simulated,
        )
        trust = Trust(board, offset.sensor if offset else "")
        recorder = Recorder(
            keeper,
            station.place,
            pace,
            _reading(board),
            notices=notices,
            remark=trust.remark,
            judged=bell.judged,
        )
        opened.enter_context(recorder)
        opened.callback(service.stopping)
        service.ready()
        if board.simulated:  # a record that has ended, or is slow, is no reason to start anew
            Thread(target=_stay_alive, args=(service,), daemon=True).start()
        if server is None:
            log.info("recording without a page%s", _mark(board))
            recorder.join()
        else:
            from .pages import Shown, pages

            about = _about(board, pace, offset, station)
            hear = None if board.simulated else recorder.hear
            shown = Shown(path, pace, about, notices, keeper.doubt, hear, alarm, clock.uptime)
            app = opened.enter_context(pages(server, board, tables, where, shown))
            service.status(f"open {server.url}{_mark(board)}")
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
        import socket

        name = f"http://{socket.gethostname()}.local:{server.port}/"
        log.info("on a phone in the same network: %s; everyone there can read it", name)
    server.run(app)


def _is_over(board: Board, newest: float | None) -> bool:
    """Whether the storm that ships with the toolkit was played to its end.

    It is there to be watched, and begins again; a record of one's own stays as it is.
    """
    is_over = newest is not None and newest >= board.weather.record.end
    return is_over and board.weather.is_shipped


def _newest(path: Path) -> float | None:
    """When the newest sample was taken that is stored already."""
    try:
        with HistoryReader(path) as reader:
            newest = reader.newest()
    except OSError as error:
        log.warning("what is stored cannot be read now: %s", error)
        return None
    return newest.taken_at if newest else None


def _pace(
    board: Board, newest: float | None, interval_s: float, clock: SystemClock, service: Service
) -> Pace:
    if not board.simulated:
        return WallPace(interval_s, clock, service.alive)
    weather = board.weather
    moments = [row.taken_at for row in weather.record.rows]
    return RecordPace(moments, weather.begins, weather.speed, newest)


def _stay_alive(service: Service) -> None:
    while service.pause_s is not None:
        service.alive()
        time.sleep(service.pause_s)


def _reading(board: Board) -> Callable[[float], Sample]:
    def read(moment: float) -> Sample:
        if board.simulated:
            board.weather.move_to(moment)
        reading = board.barometer.read()
        return Sample(moment, reading.pressure_hpa, reading.temperature_c)

    return read


def _about(
    board: Board, pace: Pace, offset: "PressureOffset | None", station: StationConfig
) -> "About":
    from .glance import About

    simulated, refresh_s = "", max(5, min(60, round(pace.period_s / 2)))
    if board.simulated:
        weather = board.weather
        simulated = f"{weather.record.title}, played at {weather.speed:g} × real time"
        refresh_s = 2
    return About(simulated, pace.period_s, refresh_s, _version(), offset, station.altitude_m)


def _mark(board: Board) -> str:
    return f" (SIMULATED: {board.weather.record.title})" if board.simulated else ""


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version  # 4 MB, for the page alone

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
