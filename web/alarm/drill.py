"""The drill: each signal for some seconds through every way, and which of the ways answered.

    NO DATA      WATCH        WARNING      STORM
    ~~~~~~~~~    ~~~~~~~~~    ~~~~~~~~~    ~~~~~~~~~    then the list
             ^            ^            ^            ^   each way is asked whether it was reached

The level stays what it is, and so does NO DATA. A real signal goes before, and ends the drill.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, Self

from .state import Alarm, AlarmSignal

if TYPE_CHECKING:
    from .notice import Notice
    from .notifications import Target

log = logging.getLogger(__name__)

# Longer than two rounds of every publisher, and than the pause between two questions of a page.
SIGNAL_S = 8.0
SIGNALS = (AlarmSignal.NO_DATA, AlarmSignal.WATCH, AlarmSignal.WARNING, AlarmSignal.STORM)
# Every way that there is; only those that are configured are added to a drill.
WAYS = (
    "buzzer",
    "sound",
    "notify_command",
    "notify_url",
    "mqtt",
    "signalk",
    "matrix",
    "armed pages",
)
_ABSENT = {"armed pages": "none is armed"}
_CLOSING_S = 1.0
_ANSWER_S = 4.0  # after the end of a signal


class DrillError(OSError):
    """A drill cannot be played now, or a way did not answer; the message says which."""


class Way(Protocol):
    """A way by which the alarm reaches people."""

    def begin(self, signal: AlarmSignal, /) -> None:
        """Prepare for a signal, which the state of the alarm has next; never waits."""

    def failure(self, signal: AlarmSignal, /) -> str:
        """Return why a signal that has ended did not arrive, or ""; waits some seconds at most."""

    def end(self) -> None:
        """Take note of the end of the drill; by default nothing."""
        return


class WayResult(NamedTuple):
    """What became of one way. words: "ok", "not configured", or why it failed."""

    way: str
    words: str
    failed: bool


class DrillReport(NamedTuple):
    """A drill that goes on or is over. signal: what it plays. ended_by: what ended it early."""

    is_running: bool = False
    signal: AlarmSignal | None = None
    ended_by: str = ""
    results: tuple[WayResult, ...] = ()

    @property
    def failures(self) -> list[WayResult]:
        return [result for result in self.results if result.failed]

    def json_fields(self) -> dict[str, Any]:
        """Return the report as plain JSON values."""
        return {
            "running": self.is_running,
            "signal": self.signal.value if self.signal else None,
            "ended_by": self.ended_by,
            "ways": [result._asdict() for result in self.results],
        }


class Drill:
    """Plays drills, one at a time, each in a thread of its own. A context manager; for any thread.

    uptime: the clock of the alarm's moments. happened: takes a sentence at the beginning and at the
    end of a drill. signal_s: how long each signal is played.
    """

    def __init__(
        self,
        alarm: Alarm,
        uptime: Callable[[], float],
        happened: Callable[[str], object] = lambda words: None,
        *,
        signal_s: float = SIGNAL_S,
    ) -> None:
        self._alarm, self._uptime, self._happened = alarm, uptime, happened
        self._signal_s = signal_s
        self._ways: dict[str, tuple[Way, Callable[[], bool]]] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._report = DrillReport()
        self._thread: threading.Thread | None = None

    @property
    def report(self) -> DrillReport:
        return self._report

    def add(self, name: str, way: Way, is_used: Callable[[], bool] = lambda: True) -> None:
        """Add a way under one of the names of WAYS. is_used: whether there is anything to reach."""
        self._ways[name] = way, is_used

    def start(self) -> None:
        """Begin a drill. Raises DrillError while another is played or the alarm itself is on."""
        with self._lock:
            if self._report.is_running:
                raise DrillError("a drill is played already: wait for its end")
            state, now = self._alarm.state, self._uptime()
            if state.signal(now) or state.silent_for_s(now):
                raise DrillError("the alarm sounds or is silenced: acknowledge it before a drill")
            self._report = DrillReport(is_running=True)
            self._thread = threading.Thread(target=self._run, name="drill", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """End a drill. Closing twice is fine."""
        self._stop.set()
        with self._alarm.changed:
            self._alarm.changed.notify_all()
        if self._thread is not None:
            self._thread.join(_CLOSING_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _run(self) -> None:
        self._happened(f"DRILL: {_list(SIGNALS)} through every way")
        ways = {name: way for name, (way, is_used) in self._ways.items() if is_used()}
        failures: dict[str, dict[AlarmSignal, str]] = {name: {} for name in ways}
        ended_by = "a mistake of this program"
        try:
            ended_by = self._play_all(ways, failures)
        except Exception:
            log.exception("the drill fails")
        finally:
            self._alarm.play(None, self._uptime())
            for way in ways.values():
                way.end()
            results = tuple(
                _result(name, failures[name])
                if name in ways
                else WayResult(name, _ABSENT.get(name, "not configured"), failed=False)
                for name in WAYS
            )
            for result in results:
                log.info("drill: %s: %s", result.way, result.words)
            report = DrillReport(ended_by=ended_by, results=results)
            self._happened(_end_words(report))
            self._report = report

    def _play_all(
        self, ways: Mapping[str, Way], failures: Mapping[str, dict[AlarmSignal, str]]
    ) -> str:
        """Play all signals, and add what failed; return what has ended the drill early, or ""."""
        for signal in SIGNALS:
            for way in ways.values():
                way.begin(signal)
            self._report = self._report._replace(signal=signal)
            log.info("drill: %s", words_of(signal))
            if ended_by := self._play(signal):
                return ended_by
            for name, way in ways.items():
                failures[name][signal] = way.failure(signal)
        return ""

    def _play(self, signal: AlarmSignal) -> str:
        """Play a signal for its time; return what has ended it early."""
        alarm = self._alarm
        if not alarm.play(signal, self._uptime()):
            return "the alarm itself"
        with alarm.changed:
            alarm.changed.wait_for(
                lambda: self._stop.is_set() or alarm.state.drill is not signal, self._signal_s
            )
            is_over, state = alarm.state.drill is signal, alarm.state
        if self._stop.is_set():
            return "the end of the program"
        if not is_over:
            return "the alarm itself" if state.signal(self._uptime()) else "an acknowledgement"
        alarm.play(None, self._uptime())
        return ""


class TargetWay(Way):
    """A target of notices: each is sent at once and once, past those that wait, and never stored.

    notice_of: returns the notice of a signal; of None, at the end of the drill.
    """

    def __init__(
        self, target: "Target", notice_of: Callable[[AlarmSignal | None], "Notice"]
    ) -> None:
        self._target, self._notice_of = target, notice_of
        self._thread = threading.Thread()
        self._stop = threading.Event()
        self._why = ""

    def begin(self, signal: AlarmSignal | None, /) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=self._send, args=(self._notice_of(signal), self._stop), daemon=True
        )
        self._thread.start()

    def failure(self, signal: AlarmSignal, /) -> str:
        self._thread.join(_ANSWER_S)
        self._stop.set()
        return "no answer in time" if self._thread.is_alive() else self._why

    def end(self) -> None:
        self.begin(None)
        self._thread.join(_ANSWER_S)

    def _send(self, notice: "Notice", stop: threading.Event) -> None:
        try:
            self._target.send(notice, stop)
        except Exception as error:  # also a mistake of ours is a reason
            why = str(error) or repr(error)
        else:
            why = ""
        if not stop.is_set():
            self._why = why


def words_of(signal: AlarmSignal) -> str:
    """Return the signal as people write it, such as "NO DATA"."""
    return signal.value.replace("_", " ").upper()


def _end_words(report: DrillReport) -> str:
    words = f"The drill was ended by {report.ended_by}" if report.ended_by else "The drill is over"
    if missing := ", ".join(f"{result.way} ({result.words})" for result in report.failures):
        return f"{words}; no answer from {missing}"
    return words if report.ended_by else f"{words}: every way answered"


def _result(name: str, failures: Mapping[AlarmSignal, str]) -> WayResult:
    """Return the result of a way by its failure at each signal."""
    reasons: dict[str, list[AlarmSignal]] = {}
    for signal, why in failures.items():
        if why:
            reasons.setdefault(why, []).append(signal)
    if reasons:
        words = "; ".join(f"{_list(signals)}: {why}" for why, signals in reasons.items())
        return WayResult(name, words, failed=True)
    if not failures:
        return WayResult(name, "not tried", failed=False)
    words = "ok" if len(failures) == len(SIGNALS) else f"ok for {_list(failures)}"
    return WayResult(name, words, failed=False)


def _list(signals: Iterable[AlarmSignal]) -> str:
    return ", ".join(map(words_of, signals))
