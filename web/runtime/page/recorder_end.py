"""The recorder's end of the channel: sends the state, and carries out what the page asks for."""

import logging
import socket
import threading
from collections.abc import Callable
from contextlib import suppress

from .channel import CommandResult, PageCommand, next_command, send_news
from .state import PageSetup, PageState

log = logging.getLogger(__name__)

_PERIOD_S = 1.0
_MOST_COMMANDS = 8


class RecorderEnd:
    """Serves one page after the other.

    state: returns what the page shows. run: carries out a command. changed: notified when the state
    has changed.
    """

    def __init__(
        self,
        setup: PageSetup,
        state: Callable[[], PageState],
        run: Callable[[PageCommand], object],
        changed: threading.Condition,
    ) -> None:
        self._setup, self._state, self._run, self._changed = setup, state, run, changed
        self._slots = threading.BoundedSemaphore(_MOST_COMMANDS)

    def serve(self, end: socket.socket, goes_on: Callable[[], bool]) -> None:
        """Serve the page at the other end until it ends.

        goes_on: asked at least each second; if not, this ends the channel, and so the page.
        """
        send_news(end, self._setup)
        pushing = threading.Thread(target=self._push, args=(end, goes_on), daemon=True)
        pushing.start()
        while (command := next_command(end)) is not None:
            self._carry_out(end, command)
        self.wake()
        pushing.join()

    def wake(self) -> None:
        """Have the state looked at now."""
        with self._changed:
            self._changed.notify_all()

    def _push(self, end: socket.socket, goes_on: Callable[[], bool]) -> None:
        sent = None
        try:
            while goes_on():
                state = self._state()
                if state != sent and send_news(end, state):
                    sent = state
                with self._changed:
                    self._changed.wait(_PERIOD_S)
        except Exception:  # a page without news would show what is old
            log.exception("the page cannot be given the state")
        finally:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _carry_out(self, end: socket.socket, command: PageCommand) -> None:
        if not command.number:  # quick, and without an answer
            self._run(command)
        elif self._slots.acquire(blocking=False):
            # In a thread: a disk that hangs with one command must not keep the next.
            threading.Thread(target=self._answer, args=(end, command), daemon=True).start()
        else:
            error = TimeoutError("earlier requests are still being carried out: try again later")
            send_news(end, CommandResult(command.number, None, error, self._state()))

    def _answer(self, end: socket.socket, command: PageCommand) -> None:
        result: object = None
        error: Exception | None = None
        try:
            result = self._run(command)
        except Exception as raised:
            if not isinstance(raised, OSError | ValueError):
                log.exception("%s cannot be carried out", command.name)
            error = raised
        finally:
            self._slots.release()
        send_news(end, CommandResult(command.number, result, error, self._state()))
