"""`python -m web`: joins board, history, recorder and page, and runs until a signal."""

import signal

# Until the program can end tidily, ctrl-C ends it at once and without a traceback.
signal.signal(signal.SIGINT, signal.SIG_DFL)

import argparse
import logging
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from threading import Event, Thread
from typing import TYPE_CHECKING, NoReturn

from sensors import ConfigError, RecordError, SensorError
from sensors.board import Board, board_from

from .config.settings import Config
from .pages.preference_store import PreferenceStore
from .recorder.pacing import RecordPace
from .runtime.cli import config_of, parse
from .runtime.paths import (
    check_offset_path,
    history_path,
    offset_path,
    settings_path,
    token_path,
)
from .runtime.program import Plan, Program, recording
from .system.side_files import SideFiles
from .system.systemd import Systemd

if TYPE_CHECKING:
    from .pages.port import Port

log = logging.getLogger("storm-petrel")

_CATCHING_UP_S = 30.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit status: 0, 1 for a failure, 2 for a wrong setting."""
    options = parse(arguments)
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%Y-%m-%d %H:%M:%S"
    )
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
    config = config_of(options)
    if config.alarm.buzzer is not None:
        from .alarm.outputs import check_buzzer

        check_buzzer(config.alarm, config.board, config.colour, config.where)
    if options.command or options.token:
        from .runtime.token_command import run_token_command

        command = options.command or ("token", "show")
        run_token_command(command, token_path(config.history), options.host, options.port)
        return
    with _board(config, options) as board:
        if not board.simulated and (options.again or options.speed is not None):
            raise ConfigError(
                "--again and --speed are for a record that is played, not for a sensor"
            )
        # A person who looks or repairs finds each file where it was.
        plan = _plan(board, config, SideFiles(may_move=not options.check and not options.rebuild))
        if options.check:
            from .runtime.check import summary

            host = "" if options.no_page else options.host
            print(summary(plan, host, options.port), flush=True)
        elif options.rebuild:
            from .history.recovery.rebuild import rebuild

            rebuild(plan.path)
        elif options.drill:
            from .runtime.drill_command import play_drill

            play_drill(plan, options.host, options.port)
        else:
            _record(plan, options)


def _board(config: Config, options: argparse.Namespace) -> Board:
    return board_from(
        config.board,
        config.barometer,
        config.colour,
        config.simulated,
        config.where,
        True if options.simulate or options.replay else None,
    )


def _plan(board: Board, config: Config, side_files: SideFiles) -> Plan:
    station, history = config.station, config.history
    check_offset_path(board, station, history)
    settings = PreferenceStore(
        settings_path(board, history),
        config,
        offset_path(board, station, history),
        side_files,
    )
    return Plan(board, history_path(board, history), config, settings, side_files)


def _record(plan: Plan, options: argparse.Namespace) -> None:
    """Record, with the page or without, until a signal."""
    board, service = plan.board, Systemd()
    with ExitStack() as opened:
        # The port first: a program that cannot show anything must not touch the history.
        port = None if options.no_page else opened.enter_context(_port(options))
        parts = opened.enter_context(recording(plan, again=options.again, alive=service.alive))
        opened.callback(service.stopping)
        service.ready()
        if board.simulated:  # an ended or slow record is no reason to restart
            Thread(target=_keep_alive, args=(service,), daemon=True).start()
        if port is None:
            log.info("recording without a page%s", _mark(plan))
            parts.recorder.join()
        else:
            service.status(f"open {port.url}{_mark(plan)}")
            _show(port, plan, parts)


def _port(options: argparse.Namespace) -> "Port":
    from .pages.port import Port  # what the page needs is loaded only for it

    return Port(options.host, options.port)


def _show(port: "Port", plan: Plan, parts: Program) -> None:
    """Have the page shown, in a process of its own, until a signal."""
    import socket

    from .pages.security.host_check import OVERHEARD
    from .runtime.page.start import page_process

    if isinstance(parts.pace, RecordPace):  # the first visitor sees the curve so far
        parts.pace.wait_until_caught_up(_CATCHING_UP_S)
    with page_process(port, plan, parts) as page:
        page.is_up.wait()
        log.info("open %s%s", port.url, _mark(plan))
        if port.is_exposed:
            name = f"http://{socket.gethostname()}.local:{port.port}/"
            log.info("on a phone in the same network: %s; %s", name, OVERHEARD)
        Event().wait()


def _keep_alive(service: Systemd) -> None:
    while service.pause_s is not None:
        service.alive()
        time.sleep(service.pause_s)


def _mark(plan: Plan) -> str:
    return f" (SIMULATED: {plan.record_title})" if plan.board.simulated else ""


def _end(signum: int, frame: object) -> NoReturn:
    # A second ctrl-C must not interrupt the shutdown of the first.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
