"""A thread that reads a colour sensor again and again."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from inspect import signature
from threading import Condition, Event, Thread, current_thread
from typing import Any

from ..errors import ConfigError, PinError
from ..readings import RawColour
from .channels import ReadingCancelled


class Background:
    """A thread that reads until it is stopped; `latest` is its newest reading.

    read: takes one reading; raises ReadingCancelled soon after its argument is set.
    on_reading: called with each reading, in the thread, until stop(). An error of either ends the
    thread, is printed as Python prints errors of threads, and is raised again by `latest`.
    """

    def __init__(
        self, read: Callable[[Event], RawColour], on_reading: Callable[[RawColour], None]
    ) -> None:
        self._read = read
        self._on_reading = on_reading
        self._news = Condition()
        self._latest: RawColour | None = None
        self._error: BaseException | None = None
        self._thread: Thread | None = None
        self._stop = Event()

    def start(self, interval_s: float) -> None:
        """Start reading, every interval_s seconds or as fast as possible."""
        while True:
            self.stop()
            with self._news:
                if self._thread is not None:
                    continue  # another start came between
                self._stop, self._latest, self._error = Event(), None, None
                self._thread = Thread(
                    target=self._run, args=(interval_s, self._stop), name="TCS3200", daemon=True
                )
                self._thread.start()
                return

    def stop(self) -> None:
        """End the thread and wait for it, unless it is the caller. Stopping twice is fine.

        It waits for a running callback: hold no lock that the callback takes.
        """
        with self._news:
            thread, self._thread = self._thread, None
            self._stop.set()
            self._news.notify_all()
        if thread is not None and thread is not current_thread():
            thread.join()

    def latest(self) -> RawColour:
        """Return the newest reading, after the first one; raise the error that ended the thread."""
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
                if not stop.is_set():
                    self._on_reading(reading)
                stop.wait(interval_s)
        except ReadingCancelled:
            return
        except BaseException as error:  # a callback may call sys.exit()
            with self._news:
                self._error = error
                self._news.notify_all()
            raise


def listener(function: Callable[..., Any] | None, sender: object) -> Callable[[], Any] | None:
    """Wrap a callback that takes the sender, or nothing, as one that takes nothing.

    Raises ConfigError for anything else.
    """
    if function is None:
        return None
    try:
        parameters = signature(function)
    except (TypeError, ValueError) as error:  # some built-ins have no signature
        raise ConfigError(f"{function!r} does not say what it takes: assign a function") from error
    for arguments in ((), (sender,)):
        with suppress(TypeError):
            parameters.bind(*arguments)
            return partial(function, *arguments)
    raise ConfigError(f"{function!r} must take no argument, or only the sensor")
