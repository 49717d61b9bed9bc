"""Start the page of a running program."""

from collections.abc import Callable
from dataclasses import replace

from ...alarm.armed_pages import ArmedPages
from ...history.events import Event, EventKind
from ...pages.port import Port
from ..paths import profile_path, sorter_path, token_path
from ..program import Plan, Program
from .commands import PageCommands
from .process import PageProcess
from .recorder_end import RecorderEnd
from .state import PageClock, PageSetup, PageState

_SIMULATED_REFRESH_S = 2
_REFRESH_S = (5, 60)  # at least, and at most


def page_process(port: Port, plan: Plan, parts: Program) -> PageProcess:
    """Return the page of this program; entering it starts it."""

    def died(words: str) -> None:
        parts.maintainer.history.queue_event(Event(parts.pace.now(), EventKind.RESTART, words))

    end = recorder_end(port, plan, parts, lambda: page.alive())
    page = PageProcess(port.socket.fileno(), end, died)
    return page


def recorder_end(port: Port, plan: Plan, parts: Program, alive: Callable[[], None]) -> RecorderEnd:
    """Return what serves a page of this program. alive: called when the page answers."""
    armed = ArmedPages()
    commands = PageCommands(plan, parts, armed, alive)
    setup = _setup(port, plan, parts)
    end = RecorderEnd(setup, lambda: _state(plan, parts), commands.run, parts.alarm.changed)
    parts.feed.subscribe(lambda conditions: end.wake())
    parts.drill.add("armed pages", armed, lambda: bool(armed.armed()))
    return end


def _setup(port: Port, plan: Plan, parts: Program) -> PageSetup:
    board, config, period_s = plan.board, plan.config, parts.pace.period_s
    title, refresh_s = "", max(_REFRESH_S[0], min(_REFRESH_S[1], round(period_s / 2)))
    if board.simulated:
        title = f"{plan.record_title}, played at {board.weather.speed:g} × real time"
        refresh_s = _SIMULATED_REFRESH_S
    return PageSetup(
        replace(config, publishers={}),
        port.host,
        port.port,
        board.simulated,
        plan.path,
        profile_path(board, config.history),
        sorter_path(board, config.history),
        token_path(config.history),
        period_s,
        refresh_s,
        title,
    )


def _state(plan: Plan, parts: Program) -> PageState:
    return PageState(
        parts.feed.newest,
        parts.alarm.state,
        parts.drill.report,
        plan.settings.current,
        tuple(plan.settings.changed_keys),
        plan.side_files.faults,
        PageClock.of(parts.pace, parts.clock.uptime()),
        plan.board.serial,
    )
