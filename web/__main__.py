"""`python -m web`: joins board, history, recorder and page, and runs until it is told to stop."""

import signal

# Until the program can end tidily, ctrl-C ends it at once and without a traceback.
signal.signal(signal.SIGINT, signal.SIG_DFL)

import argparse
import logging
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
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
from .files import history_path, load_offset, settings_path, token_path
from .keeper import Keeper
from .options import parse, tables_of
from .pace import Pace, RecordPace
from .paces import is_over, newest_at, pace_of
from .plugging import plugging
from .recorder import Recorder
from .rescue import open_history
from .ringing import alarm_of, notifying, sounding
from .service import Service
from .settings import Settings
from .start_anew import START_ANEW, StartAnewError
from .system_clock import SystemClock
from .timeline import RECORD
from .trust import Trust
from .weather import Sample
from .wind import MeanWind

if TYPE_CHECKING:
    from flask import Flask

    from calibration.pressure_offset import PressureOffset

    from .publish.plug import Ship
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
    signal.signal(START_ANEW, _end_for_now)
    try:
        _run(options)
    except StartAnewError:
        log.info("starting anew, by what was set on the page")
        # A record that was to be played again goes on where it is.
        arguments = [part for part in sys.orig_argv[1:] if part != "--again"]
        os.execv(sys.executable, [sys.executable, *arguments])
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
    section(tables, "station", StationConfig, where)
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
        chosen = Settings(settings_path(board, settings), tables, where)
        tables = chosen.tables()
        station = section(tables, "station", StationConfig, where)
        offset = load_offset(board, station, settings)
        if options.check:
            from .summary import summary

            print(summary(board, path, offset, tables, where), flush=True)
        elif options.rebuild:
            from .rebuild import rebuild

            rebuild(path)
        else:
            _record(board, path, offset, tables, where, options, chosen)


def _record(
    board: Board,
    path: Path,
    offset: "PressureOffset | None",
    tables: Mapping[str, Any],
    where: str,
    options: argparse.Namespace,
    chosen: Settings,
) -> None:
    """Record, with the page or without, until it is told to stop."""
    alarm_config = section(tables, "alarm", AlarmConfig, where)
    station = section(tables, "station", StationConfig, where)
    interval_s = section(tables, "history", HistoryConfig, where).interval_s
    service, clock = Service(), SystemClock()
    offset_hpa = offset.offset_hpa if offset else 0.0
    with ExitStack() as opened:
        # The port first: a program that cannot show anything must not touch the history.
        server = None if options.no_page else opened.enter_context(_server(options))
        history, rescues = open_history(path, RECORD if board.simulated else clock.boot_id)
        opened.enter_context(history)
        newest = newest_at(path)
        if board.simulated and (options.again or is_over(board, newest)):
            log.info("the record is played from its beginning")
            history.forget()
            newest = None
        pace = pace_of(board, newest, interval_s, clock, service.alive)
        copies = None if board.simulated else DailyCopies(history)
        keeper = Keeper(history, pace.period_s, copies=copies, rescues=rescues)
        notices = Notices()
        alarm = alarm_of(history, alarm_config, clock)
        opened.enter_context(sounding(alarm, alarm_config, clock, simulated=board.simulated))
        bell = Bell(
            alarm,
            opened.enter_context(notifying(alarm_config)),
            clock.uptime,
            offset_hpa,
            lambda sample: pace.now() - sample.taken_at <= 2 * pace.period_s,
            simulated=board.simulated,
        )
        wind = MeanWind()
        trust = Trust(board, offset.sensor if offset else "")
        recorder = Recorder(
            keeper,
            station.place,
            pace,
            _reading(board),
            notices=notices,
            remark=trust.remark,
            judged=bell.judged,
            wind_ms=wind.mean_ms,
        )

        def ship() -> "Ship":
            from .history_reader import HistoryReader
            from .publish.plug import Ship

            playing = board.weather.record.title if board.simulated else ""
            return Ship(
                pace.period_s,
                playing,
                _version(),
                pace.now,
                lambda: alarm.acknowledge(clock.uptime()),
                lambda: alarm.state.acknowledged,
                partial(HistoryReader, path, offset_hpa),
                wind.hear,
            )

        opened.enter_context(plugging(tables, where, ship, notices, offset_hpa))
        opened.enter_context(recorder)
        opened.push(partial(_tell_the_end, service))
        service.ready()
        if board.simulated:  # a record that has ended, or is slow, is no reason to start anew
            Thread(target=_stay_alive, args=(service,), daemon=True).start()
        if server is None:
            log.info("recording without a page%s", _mark(board))
            recorder.join()
        else:
            from .pages import Shown, about_of, pages

            look = section(tables, "page", PageConfig, where).look
            about = about_of(board, pace, offset, station, look, _version())
            hear = None if board.simulated else recorder.hear
            shown = Shown(
                path, pace, about, notices, keeper.doubt, hear, alarm, clock.uptime, chosen
            )
            app = opened.enter_context(pages(server, board, tables, where, shown))
            service.status(f"open {server.url}{_mark(board)}")
            _serve(server, board, pace, app)


def _tell_the_end(service: Service, kind: type[BaseException] | None, *_: object) -> None:
    if kind is not StartAnewError:  # then systemd is to wait for it
        service.stopping()


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


def _mark(board: Board) -> str:
    return f" (SIMULATED: {board.weather.record.title})" if board.simulated else ""


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version  # 4 MB, which a logger saves

    try:
        return version("storm-petrel")
    except PackageNotFoundError:
        return "not installed"


def _end(signum: int, frame: object) -> NoReturn:
    # Whoever presses ctrl-C twice must not disturb the tidying up of the first.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


def _end_for_now(signum: int, frame: object) -> NoReturn:
    signal.signal(START_ANEW, signal.SIG_IGN)
    raise StartAnewError


if __name__ == "__main__":
    sys.exit(main())
