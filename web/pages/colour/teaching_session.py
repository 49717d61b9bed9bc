"""The teaching session: it takes readings, makes the next lesson of them, and saves its files.

    tap --> SensorReader: readings in a row --> MedianReading --> the next lesson --> its files

The server keeps the lesson, so that another phone, or the same page loaded again, continues it. A
step that cannot be saved is not taken.
"""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeVar

from calibration import CalibrationError, ColourProfile, ColourSorter
from calibration.profiles.cards import colorchecker
from calibration.profiles.repeated_readings import MedianReading, combine
from calibration.teaching import READINGS_OF_A_CARD, READINGS_OF_A_PIECE

from .lesson import Lesson, lesson_of
from .sensor_port import ColourSensorPort, Reading, Surface
from .sensor_reader import ReadingJob, ReadingView, SensorReader

_MOST_STEPS = 100

_Stored = TypeVar("_Stored", ColourProfile, ColourSorter)


class LessonNotice(NamedTuple):
    """How the last tap ended. number: tells it from the one before."""

    number: int = 0
    words: str = ""
    is_bad: bool = False


class Progress(NamedTuple):
    """The lesson and its version, and the steps that can be taken back."""

    lesson: Lesson
    version: int = 1
    notice: LessonNotice = LessonNotice()
    steps: tuple[tuple[str, Lesson], ...] = ()

    @property
    def undo(self) -> str:
        """The step that would be taken back; empty if there is no such step."""
        return self.steps[-1][0] if self.steps else ""

    def noticing(self, words: str, *, is_bad: bool = False) -> "Progress":
        return self._replace(notice=LessonNotice(self.notice.number + 1, words, is_bad))

    def at(self, lesson: Lesson, steps: tuple[tuple[str, Lesson], ...], words: str) -> "Progress":
        return Progress(lesson, self.version + 1, self.notice, steps).noticing(words)


class TeachingSession:
    """Teaches one colour sensor. Every method returns at once; readings follow in a thread.

    profile, sorter: the files. Raises nothing when they are damaged: that is the first notice,
    and such a file is put aside before another is written.
    """

    def __init__(self, sensor: ColourSensorPort, profile: Path, sorter: Path) -> None:
        self.sensor = sensor
        self._profile_path, self._sorter_path = profile, sorter
        self.surfaces = tuple(sensor.surfaces or [Surface(*card) for card in colorchecker()])
        self._lock = threading.RLock()
        self._unusable: set[Path] = set()
        self.progress = Progress(Lesson(sensor.simulated))
        lesson = lesson_of(
            self._loaded(profile, ColourProfile.load),
            self._loaded(sorter, _sorter),
            self.surfaces,
            simulated=sensor.simulated,
        )
        self.progress = self.progress._replace(lesson=lesson)
        self._reader = SensorReader(sensor)
        self._reader.start()

    def newest(self) -> ReadingView:
        """Return the newest reading, and keep the sensor awake."""
        return self._reader.newest()

    def take_dark(self) -> None:
        """Read dark: the lamp on, nothing in front. Raises reader.Busy, as all that read do."""
        words = "Dark is read. Now lay the white card there, and tap White."
        self._take("dark", READINGS_OF_A_CARD, Lesson.with_dark, lambda lesson: words)

    def take_white(self, reflectance: float) -> None:
        """Read the white card, after dark or again."""

        def change(lesson: Lesson, reading: MedianReading) -> Lesson:
            return lesson.with_white(reading, reflectance)

        self._take("white", READINGS_OF_A_CARD, change)

    def take_card(self, name: str) -> None:
        """Read a card. Raises CalibrationError for one that there is not, or too early."""
        card = self._surface(name)
        if self.progress.lesson.references is None:
            raise CalibrationError("dark and white come first: see step 1")
        self._take(
            card.name,
            READINGS_OF_A_CARD,
            lambda lesson, reading: lesson.with_card(card, reading),
            lambda lesson: f"{card.name} is read: {_several(len(lesson.cards), 'card')}.",
        )

    def take_piece(self, label: str) -> None:
        """Read a piece of a class. Raises CalibrationError for an unusable name."""
        self.progress.lesson.check_label(label)
        self._take(
            label,
            READINGS_OF_A_PIECE,
            lambda lesson, reading: lesson.with_piece(label, reading),
            lambda lesson: f"{label}: {_several(lesson.counts[label], 'piece')}.",
        )

    def take_empty(self) -> None:
        """Read the place of the pieces without any."""
        self._take("the empty place", READINGS_OF_A_CARD, Lesson.with_empty)

    def cancel(self) -> None:
        self._reader.cancel()

    def keep_cards(self) -> None:
        """Save the profile with its cards. Raises CalibrationError."""
        if self.progress.lesson.profile is None:
            raise CalibrationError("there is nothing to be saved yet: see step 1")
        self._step("saving", Lesson.with_profile_saved)

    def forget_cards(self) -> None:
        """Begin again without cards; saved with keep_cards. Raises CalibrationError."""
        self._step("forgetting the cards", Lesson.without_cards)

    def forget_class(self, label: str) -> None:
        """Forget a class. Raises CalibrationError."""
        self._step(f"removing {label}", lambda lesson: lesson.without_class(label))

    def undo(self) -> None:
        """Take the last step back. Raises CalibrationError."""
        with self._lock:
            if not self.progress.steps:
                raise CalibrationError("there is nothing to be taken back")
            *steps, (what, before) = self.progress.steps
            self._write(before)
            self.progress = self.progress.at(before, tuple(steps), f"Taken back: {what}.")

    def show(self, surface: str, closeness: float) -> None:
        """Put something under a simulated sensor. Raises CalibrationError on a real one."""
        if not self.sensor.simulated:
            raise CalibrationError("this sensor is real: put the thing under it by hand")
        if surface:
            self._surface(surface)
        self.sensor.show(surface, closeness)

    def close(self) -> None:
        self._reader.close()

    def _surface(self, name: str) -> Surface:
        for surface in self.surfaces:
            if surface.name == name:
                return surface
        raise CalibrationError(f"there is no card {name[:40]!r} here")

    def _take(
        self,
        what: str,
        count: int,
        change: Callable[[Lesson, MedianReading], Lesson],
        words: Callable[[Lesson], str] = lambda lesson: "",
    ) -> None:
        def done(readings: list[Reading]) -> None:
            median = combine(
                [reading.raw for reading in readings], what, scaling=self.sensor.scaling
            )
            self._step(what, lambda lesson: change(lesson, median), words)

        self._reader.take(ReadingJob(what, count, done, self._refused))

    def _step(
        self,
        what: str,
        change: Callable[[Lesson], Lesson],
        words: Callable[[Lesson], str] = lambda lesson: "",
    ) -> None:
        """Change the lesson and save its files; `undo` names the step `what`."""
        with self._lock:
            progress = self.progress
            after = change(progress.lesson)
            self._write(after)
            steps = (*progress.steps, (what, progress.lesson))[-_MOST_STEPS:]
            self.progress = progress.at(after, steps, words(after) or f"Done: {what}.")

    def _refused(self, words: str) -> None:
        with self._lock:
            self.progress = self.progress.noticing(words, is_bad=True)

    def _loaded(self, path: Path, load: Callable[[Path], _Stored]) -> _Stored | None:
        if not path.exists():
            return None
        try:
            stored = load(path)
            if stored.simulated != self.sensor.simulated:
                other = "a simulated" if stored.simulated else "a real"
                raise CalibrationError(f"{path} is of {other} sensor, and this one is not")
            return stored
        except CalibrationError as error:
            self._unusable.add(path)
            self._refused(str(error))
            return None

    def _write(self, lesson: Lesson) -> None:
        """Bring the files to what the lesson is. Raises CalibrationError."""
        if lesson.saved is not self.progress.lesson.saved:
            self._write_one(self._profile_path, lesson.saved)
        if lesson.sorter is not self.progress.lesson.sorter:
            self._write_one(self._sorter_path, lesson.sorter)

    def _write_one(self, path: Path, content: ColourProfile | ColourSorter | None) -> None:
        try:
            if path in self._unusable:
                path.replace(path.with_name(f"{path.name}.unusable"))
                self._unusable.discard(path)
            if content is None:
                path.unlink(missing_ok=True)
        except OSError as error:
            raise CalibrationError(f"{path} cannot be written: {error}") from error
        if content is not None:
            content.save(path)


def _sorter(path: Path) -> ColourSorter:
    sorter = ColourSorter.load(path)
    if sorter.raw.shape[1] != 4:
        raise CalibrationError(f"{path} was taught without the clear channel: teach it again")
    return sorter


def _several(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
