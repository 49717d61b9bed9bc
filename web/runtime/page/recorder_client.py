"""The recorder as the page's process knows it: its newest state, and what it can be asked for."""

import logging
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING, Any

from ...alarm.state import AlarmState
from ...config.settings import Preferences
from ...history.clock_trust import ClockTrust
from .channel import CommandResult, PageCommand, next_news, send_command
from .state import PageSetup, PageState

if TYPE_CHECKING:
    from calibration.pressure.offset import PressureOffset

log = logging.getLogger(__name__)

_PATIENCE_S = 8.0  # more than the recorder has with a reading that hangs


class RecorderError(OSError):
    """The recorder does not answer; the message says what was asked for."""


class RecorderClient:
    """The page's end of the channel. For any thread, once start() was called.

    setup: what the recorder sent first. state: what it sent last.
    """

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        setup, state = next_news(end), next_news(end)
        if not isinstance(setup, PageSetup) or not isinstance(state, PageState):
            raise RecorderError("the recorder ended before the page began")
        self.setup, self.state = setup, state
        self._numbers = count(1)
        self._answered = threading.Condition()
        self._answers: dict[int, CommandResult | None] = {}

    @property
    def current(self) -> Preferences:
        """The preferences."""
        return self.state.preferences

    @property
    def changed_keys(self) -> Sequence[str]:
        """The keys that were set on the page."""
        return self.state.settings_here

    def start(self, changed: Callable[[PageState], None], ended: Callable[[], None]) -> None:
        """Receive in a thread of its own.

        changed: called with each new state. ended: called once the recorder has ended.
        """

        def receive() -> None:
            while (news := next_news(self._end)) is not None:
                state = news.state if isinstance(news, CommandResult) else news
                assert isinstance(state, PageState)
                self.state = state
                changed(state)
                if isinstance(news, CommandResult):
                    with self._answered:
                        if news.number in self._answers:  # else nothing waits for it any more
                            self._answers[news.number] = news
                            self._answered.notify_all()
            ended()

        threading.Thread(target=receive, name="recorder client", daemon=True).start()

    def acknowledge(self, source: str) -> AlarmState:
        self._ask("acknowledge", source)
        return self.state.alarm

    def silence(self, source: str) -> AlarmState:
        self._ask("silence", source)
        return self.state.alarm

    def start_drill(self) -> None:
        """Begin a drill. Raises DrillError."""
        self._ask("start_drill")

    def set_clock(self, unix_ms: int) -> ClockTrust:
        """Set the clock by a phone's; return its source then. Raises TimeoutError."""
        return ClockTrust(self._ask("set_clock", unix_ms))

    def save(self, values: Mapping[str, Any]) -> None:
        """Save preferences by their keys. Raises ConfigError or CalibrationError."""
        self._ask("save", dict(values))

    def save_offset(self, offset: "PressureOffset | None") -> None:
        """Save the barometer's offset, or none. Raises CalibrationError."""
        self._ask("save_offset", offset.document() if offset else None)

    def acknowledge_files(self) -> None:
        """End the faults of side files."""
        self._ask("acknowledge_files")

    def happened(self, words: str) -> None:
        """Add an event about access to the page to those that happened."""
        self._tell("happened", words)

    def doubt(self) -> None:
        """Have the history checked, which could not be read."""
        self._tell("doubt")

    def armed(self, page: str) -> None:
        """Take note that an armed page has asked."""
        self._tell("armed", page)

    def alive(self) -> None:
        """Show that this process answers."""
        self._tell("alive")

    def _tell(self, name: str, *arguments: Any) -> None:
        with suppress(RecorderError):  # it has ended, and so this process is about to
            self._send(PageCommand(0, name, arguments))

    def _ask(self, name: str, *arguments: Any) -> Any:
        number = next(self._numbers)
        with self._answered:
            self._answers[number] = None
        try:
            self._send(PageCommand(number, name, arguments))
            with self._answered:
                self._answered.wait_for(lambda: self._answers[number] is not None, _PATIENCE_S)
        finally:
            with self._answered:
                answer = self._answers.pop(number)
        if answer is None:
            raise RecorderError(f"the recorder did not answer {name!r} within {_PATIENCE_S:g} s")
        if answer.error is not None:
            raise answer.error
        return answer.result

    def _send(self, command: PageCommand) -> None:
        try:
            send_command(self._end, command)
        except OSError as error:
            raise RecorderError(f"the recorder has ended: {error.strerror}") from error
