"""Reading over and over in a thread, for programs that have other things to do."""

from collections.abc import Callable
from inspect import Parameter, signature
from threading import Condition, Event, Thread, current_thread
from typing import Any

from .errors import ConfigError, PinError
from .readings import RawColour


class Background:
    """A thread that reads until it is stopped; `latest` is its newest reading.

    read: takes one reading, and raises Stopped soon after its argument is set. seen: is told each
    reading, in the thread. An error of either ends the thread, is printed by it as Python prints
    errors of threads, and is raised again by `latest`.
    """

    def __init__(
        self, read: Callable[[Event], RawColour], seen: Callable[[RawColour], None]
    ) -> None:
        self._read = read
        self._seen = seen
        self._news = Condition()
        self._latest: RawColour | None = None
        self._error: Exception | None = None
        self._thread: Thread | None = None
        self._stop = Event()

    def start(self, interval_s: float) -> None:
        """Begin to read, once every interval_s seconds or as fast as it goes."""
        self.stop()
        with self._news:
            self._stop = Event()
            self._error = None
            self._thread = Thread(
                target=self._run, args=(interval_s, self._stop), name="TCS3200", daemon=True
            )
            self._thread.start()

    def stop(self) -> None:
        """End the thread and wait for it, unless it is the caller; stopping twice is fine."""
        with self._news:
            thread, self._thread = self._thread, None
            self._stop.set()
            self._news.notify_all()
        if thread is not None and thread is not current_thread():
            thread.join()

    def latest(self) -> RawColour:
        """Return the newest reading, waiting for the first one; raise what ended the thread."""
        with self._news:
            while self._latest is None and self._error is None and self._thread is not None:
                self._news.wait()
            if self._error is not None:
                raise self._error
            if self._latest is None:
                raise PinError("nothing has been read in the background yet: call start() first")
            return self._latest

    def _run(self, interval_s: float, stop: Event) -> None:
        try:
            while not stop.is_set():
                reading = self._read(stop)
                with self._news:
                    self._latest = reading
                    self._news.notify_all()
                self._seen(reading)
                stop.wait(interval_s)
        except Stopped:
            return
        except Exception as error:
            with self._news:
                self._error = error
                self._news.notify_all()
            raise


class Stopped(Exception):
    """A reading was given up because its thread is to end."""


def listener(function: Callable[..., Any] | None, sender: object) -> Callable[[], Any] | None:
    """Return a callback that takes nothing, or the sender, as one that takes nothing.

    Raises ConfigError for what cannot be called so.
    """
    if function is None:
        return None
    if not callable(function):
        raise ConfigError(f"{function!r} cannot be called: assign a function, or None")
    wanted = [
        parameter
        for parameter in signature(function).parameters.values()
        if parameter.default is Parameter.empty
        and parameter.kind in (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    ]
    if not wanted:
        return function
    if len(wanted) == 1:
        return lambda: function(sender)
    raise ConfigError(f"{function!r} wants {len(wanted)} arguments: it gets none, or the sensor")
