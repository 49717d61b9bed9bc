"""The sounder: a thread that drives the outputs while the alarm sounds, and else sleeps.

    WATCH     #.......................................    one beep each 10 s
    WARNING   #.#.................                        two beeps each 5 s
    STORM     #.#.#...                                    three beeps each 2 s
    NO DATA   ######..................                    one long beep each 6 s

A character is a quarter of a second. The worse it is, the busier it sounds: an ear tells the levels
apart without having learnt them, and the long beep from all of them.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Self

from ..system.outage_log import OutageLog
from .drill import Way
from .outputs import AlarmOutput
from .state import Alarm, AlarmSignal, AlarmState

log = logging.getLogger(__name__)

# Pause before another try at an output that did not stop, or after a mistake of ours.
_AGAIN_S = 5.0
_CLOSING_S = 1.0
_ENDING_S = 3.0


class Pattern(NamedTuple):
    """The beeps at the beginning of each turn, and the seconds of a turn and of a beep."""

    beeps: int
    turn_s: float
    beep_s: float = 0.25

    def steps(self) -> Iterator[tuple[bool, float]]:
        """Yield the steps of a turn: whether it beeps, and for how many seconds."""
        for _ in range(self.beeps - 1):
            yield True, self.beep_s
            yield False, self.beep_s
        yield True, self.beep_s
        yield False, self.turn_s - (2 * self.beeps - 1) * self.beep_s


PATTERNS = {
    AlarmSignal.WATCH: Pattern(1, 10.0),
    AlarmSignal.WARNING: Pattern(2, 5.0),
    AlarmSignal.STORM: Pattern(3, 2.0),
    AlarmSignal.NO_DATA: Pattern(1, 6.0, beep_s=1.5),
}


class Sounder:
    """Sounds in a thread of its own. A context manager; leaving it is quiet within a second.

    outputs: stopped in this order, and closed at the end. now: the clock of the alarm's moments,
    in seconds. drilled: the signals of a drill that have ended, and why each output failed, or "".
    """

    def __init__(
        self, alarm: Alarm, outputs: Sequence[AlarmOutput], now: Callable[[], float]
    ) -> None:
        self._alarm, self._outputs, self._now = alarm, outputs, now
        self.drilled: dict[AlarmSignal, dict[AlarmOutput, str]] = {}
        self._drill: AlarmSignal | None = None
        self._is_closed = False
        self._outage = OutageLog(log, "the sounder", steady=10)
        self._thread = threading.Thread(target=self._run, name="sounder", daemon=True)

    def close(self) -> None:
        """Be quiet and end. Closing twice is fine."""
        with self._alarm.changed:
            self._is_closed = True
            self._alarm.changed.notify_all()
        if self._thread.ident is not None:
            self._thread.join(_CLOSING_S)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def way(self, output: AlarmOutput) -> "OutputWay":
        """Return an output as a way of a drill."""
        return OutputWay(self._alarm, self.drilled, output)

    def _run(self) -> None:
        while not self._is_closed:
            seen = self._alarm.state
            try:
                if seen.drill is not self._drill:
                    self._change_drill(seen.drill)
                signal = seen.signal(self._now()) or seen.drill
                if signal is not None:
                    self._sound_a_turn(seen, signal)
                else:
                    self._be_quiet(seen)
            except Exception as error:  # a mistake of ours must not leave the next storm unheard
                self._outage.fails(error, exc_info=True)
                self._wait(seen, _AGAIN_S)
            else:
                self._outage.works()
        for output in self._outputs:
            output.close()

    def _sound_a_turn(self, seen: AlarmState, signal: AlarmSignal) -> None:
        for output in self._outputs:
            output.begin(signal, is_drill=seen.drill is signal)
        for is_on, lasts_s in PATTERNS[signal].steps():
            for output in self._outputs:
                output.beep(on=is_on)
            if self._wait(seen, lasts_s):
                return

    def _change_drill(self, drill: AlarmSignal | None) -> None:
        """Stop all: the signal of a drill, and what follows it, begins at once."""
        ended, self._drill = self._drill, drill
        for output in self._outputs:
            output.stop()
        if ended is not None:
            failures = {output: output.failure for output in self._outputs}
            with self._alarm.changed:
                self.drilled[ended] = failures
                self._alarm.changed.notify_all()
        for output in self._outputs:
            output.failure = ""

    def _be_quiet(self, seen: AlarmState) -> None:
        are_quiet = [output.stop() for output in self._outputs]
        changes_s = seen.changes_in_s(self._now())
        limits = [] if changes_s is None else [changes_s]
        limits += [] if all(are_quiet) else [_AGAIN_S]
        self._wait(seen, min(limits, default=None))

    def _wait(self, seen: AlarmState, seconds: float | None) -> bool:
        """Wait for another state, or close(); return whether it came."""
        with self._alarm.changed:
            return self._alarm.changed.wait_for(
                lambda: self._is_closed or self._alarm.state is not seen, seconds
            )


class OutputWay(Way):
    """An output as a way of a drill. ended: the failures of each signal that has ended."""

    def __init__(
        self,
        alarm: Alarm,
        ended: dict[AlarmSignal, dict[AlarmOutput, str]],
        output: AlarmOutput,
    ) -> None:
        self._alarm, self._ended, self._output = alarm, ended, output

    def begin(self, signal: AlarmSignal, /) -> None:
        self._ended.pop(signal, None)

    def failure(self, signal: AlarmSignal, /) -> str:
        with self._alarm.changed:
            self._alarm.changed.wait_for(lambda: signal in self._ended, _ENDING_S)
            failures = self._ended.get(signal)
        return "it was not driven" if failures is None else failures[self._output]
