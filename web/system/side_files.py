"""Side files: small files beside the history, none of which may stop the recorder.

A file that cannot be used is set aside, as a damaged history is, and the program goes on without:

    barometer-offset.json                       missing, until a new one is saved
    barometer-offset.json.damaged-...Z          what was there: a fault, also after a restart
    barometer-offset.json.acknowledged-...Z     the same after a person has acknowledged it

A file that cannot be written is kept in memory, and written when the disk takes it.
"""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, RLock, Thread
from typing import Any, Generic, NamedTuple, TypeVar

from .set_aside import ACKNOWLEDGED, DAMAGED, cause_of, name_aside, reason_of, set_aside_of

log = logging.getLogger(__name__)

_UNWRITTEN = "cannot be written"
_CLOSING_S = 1.0

_Content = TypeVar("_Content")


class Loss(NamedTuple):
    """What is lost with a file, as a clause. beside_pressure: what is said there too, or ""."""

    words: str
    beside_pressure: str = ""


class SideFileFault(NamedTuple):
    """A side file that cannot be used or written.

    reason: what is wrong with it. aside: what it is called now; None where it could not be moved.
    """

    path: Path
    reason: str
    loss: Loss
    aside: Path | None = None

    @property
    def words(self) -> str:
        where = f", and was set aside as {self.aside.name}" if self.aside else ""
        return f"{self.path.name} {self.reason}{where}: {self.loss.words}"


class SideFiles:
    """The side files of a program and their faults. For any thread.

    may_move: whether damaged files are set aside; False to look only. files: all that are checked.
    """

    def __init__(self, *, may_move: bool = True) -> None:
        self.may_move = may_move
        self.files: list[SideFile[Any]] = []
        self._others: dict[Path, Callable[[], SideFileFault]] = {}

    @property
    def faults(self) -> tuple[SideFileFault, ...]:
        """The faults that no person has acknowledged."""
        own = [file.fault for file in self.files if file.fault is not None]
        return (*own, *(fault() for fault in self._others.values()))

    def add(self, file: "SideFile[Any]") -> None:
        """Have this file checked while the program runs."""
        self.files.append(file)

    def report(self, path: Path, fault: Callable[[], SideFileFault]) -> None:
        """Show the fault of another file, which its own part looks after and logs."""
        self._others = {**self._others, path: fault}

    def acknowledge(self) -> None:
        """End the faults that are shown, also for later starts."""
        self._others = {}
        for file in self.files:
            file.acknowledge()

    def check(self) -> None:
        """Look at each file once."""
        for file in (*self.files,):
            try:
                file.check()
            except Exception:  # a mistake of ours must not end the checks
                log.exception("%s cannot be checked", file.path)

    @contextmanager
    def watched(self, every_s: float) -> Iterator[None]:
        """Check the files at this interval, in a thread of its own: a disk may hang."""
        over = Event()

        def watch() -> None:
            while not over.wait(every_s):
                self.check()

        thread = Thread(target=watch, name="side files", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join(_CLOSING_S)


class SideFile(Generic[_Content]):
    """One side file, and its content in memory; None without one.

    read: parses the file; it raises OSError or ValueError. write: writes it whole or not at all;
    it raises the same. loss: what is lost with it. unwritten: what it means that it cannot be
    written. The constructor reads nothing.
    """

    def __init__(
        self,
        files: SideFiles,
        path: Path,
        read: Callable[[Path], _Content],
        write: Callable[[Path, _Content], None],
        loss: Loss,
        unwritten: Loss,
    ) -> None:
        self.path = path
        self.content: _Content | None = None
        self.is_stored = False
        self.fault: SideFileFault | None = None
        self._known: SideFileFault | None = None  # what was said last, acknowledged or not
        self._before: SideFileFault | None = None  # the file cannot be written besides
        self._read, self._write = read, write
        self._loss, self._unwritten = loss, unwritten
        self._may_move = files.may_move
        self._lock = RLock()
        files.add(self)

    def load(self) -> _Content | None:
        """Read the file; None if it is missing or was set aside."""
        with self._lock:
            self.content, self.is_stored = None, False
            if not os.path.lexists(self.path):
                for aside in set_aside_of(self.path, DAMAGED)[-1:]:
                    fault = SideFileFault(self.path, "could not be used", self._loss, aside)
                    self._report(fault)
                return None
            try:
                self.content = self._parsed()
            except (OSError, ValueError) as error:
                self._report(self._put_aside(error, self._loss))
                return None
            self.is_stored = True
            if self.fault is None:
                self._acknowledge_before()
            return self.content

    def reload(self) -> _Content | None:
        """Return what the file has now, or what it could not be given."""
        with self._lock:
            self.check()
            return self.load() if self.content is None or self.is_stored else self.content

    def save(self, content: _Content) -> None:
        """Write the file in place of what is there. Raises what `write` raises."""
        with self._lock:
            self.check()
            try:
                self._write(self.path, content)
            except (OSError, ValueError) as error:
                self._report_unwritten(error, Loss("what was saved before holds"))
                raise
            self.content, self.is_stored = content, True
            self.acknowledge()

    def reject(self, error: Exception) -> None:
        """Set a file aside that can be read, and whose content is of no use."""
        with self._lock:
            self.content = None
            self._report(self._put_aside(error, self._loss))

    def keep(self, content: _Content) -> None:
        """Write the file; if it cannot be written, keep the content in memory, and say so."""
        with self._lock:
            self.content = content
            try:
                self._write(self.path, content)
            except (OSError, ValueError) as error:
                self.is_stored = False
                self._report_unwritten(error, self._unwritten)
                return
            self.is_stored = True
            if self.fault is not None and self.fault.reason.startswith(_UNWRITTEN):
                log.warning("%s is written again", self.path)
                self.fault = self._known = self._before

    def delete(self) -> None:
        """Delete the file and forget its content. Raises OSError."""
        with self._lock:
            self.check()
            if os.path.lexists(self.path):
                self.path.unlink()
            self.content, self.is_stored = None, False
            self.acknowledge()

    def check(self) -> None:
        """Set the file aside if it was damaged meanwhile, and write it again from memory."""
        with self._lock:
            content = self.content
            if content is not None and not self.is_stored:
                self.keep(content)
            if not os.path.lexists(self.path):
                return
            try:
                self._parsed()
            except (OSError, ValueError) as error:
                if content is None:
                    self._report(self._put_aside(error, self._loss))
                    return
                again = Loss("nothing is lost, it was written again from memory")
                fault = self._put_aside(error, again)
                if fault.aside is None:
                    self.is_stored = False
                    self._report(fault._replace(loss=self._unwritten))
                else:
                    self._report(fault)
                    self.keep(content)

    def acknowledge(self) -> None:
        """End the fault, also for later starts where the disk can be written."""
        with self._lock:
            self.fault = self._before = None
            self._acknowledge_before()

    def _parsed(self) -> _Content:
        if self.path.exists() and not self.path.is_file():  # a pipe would be waited for
            raise OSError("it is no file")
        return self._read(self.path)

    def _report(self, fault: SideFileFault) -> None:
        if fault != self._known:  # each check finds again what cannot be moved
            self._known = self.fault = fault
            log.warning("%s/%s", self.path.parent, fault.words)

    def _report_unwritten(self, error: Exception, loss: Loss) -> None:
        if self.fault is None or not self.fault.reason.startswith(_UNWRITTEN):
            self._before = self.fault
        aside = self._before.aside if self._before else None
        self._report(SideFileFault(self.path, f"{_UNWRITTEN} ({cause_of(error)})", loss, aside))

    def _put_aside(self, error: Exception, loss: Loss) -> SideFileFault:
        reason = reason_of(self.path, error)
        log.warning("%s: %s", self.path, error)
        if not self._may_move:
            return SideFileFault(self.path, reason, loss)
        aside = name_aside(self.path, DAMAGED)
        try:
            self.path.rename(aside)
        except OSError as why:
            reason = f"{reason} and cannot be set aside ({why.strerror})"
            return SideFileFault(self.path, reason, loss)
        return SideFileFault(self.path, reason, loss, aside)

    def _acknowledge_before(self) -> None:
        for aside in set_aside_of(self.path, DAMAGED) if self._may_move else ():
            try:
                aside.rename(name_aside(self.path, ACKNOWLEDGED))
            except OSError as error:  # it is a fault again at the next start
                log.warning("%s cannot be renamed: %s", aside, error.strerror)
