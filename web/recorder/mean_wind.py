"""The mean wind of ten minutes, from the speeds that an instrument on board measures."""

import threading
import time
from collections import deque
from collections.abc import Callable

# The mean that forecasts and the Beaufort scale speak of (WMO-No. 8, volume I, chapter 5).
_MEAN_S = 600.0
# From a shorter time or fewer speeds, the mean may be that of a gust.
_LEAST_S, _FEWEST = 300.0, 30
# After so long a silence the mean is not that of now.
_SILENT_S = 60.0
# Instruments send up to ten speeds a second; for each ten seconds their sum is kept.
_STEP_S = 10.0
_STRONGEST_MS = 100.0


class _Step:
    """The speeds of ten seconds."""

    def __init__(self, begin: float) -> None:
        self.begin, self.sum_ms, self.count = begin, 0.0, 0


class MeanWind:
    """The mean of the speeds that were added, in m/s; for any thread. now: monotonic seconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._steps: deque[_Step] = deque()
        self._added_at = 0.0
        self._lock = threading.Lock()

    def add(self, wind_ms: float) -> None:
        """Add the speed of this moment, if it is possible."""
        if not 0.0 <= wind_ms <= _STRONGEST_MS:  # also False for NaN
            return
        with self._lock:
            now = self._added_at = self._now()
            if not self._steps or now - self._steps[-1].begin >= _STEP_S:
                self._steps.append(_Step(now))
            self._steps[-1].sum_ms += wind_ms
            self._steps[-1].count += 1
            self._drop_old(now)

    def mean_ms(self) -> float | None:
        """Return the mean of the last ten minutes; None if less than five of them are known."""
        with self._lock:
            now = self._now()
            self._drop_old(now)
            steps = self._steps
            if not steps or now - self._added_at > _SILENT_S:
                return None
            count = sum(step.count for step in steps)
            if count < _FEWEST or now - steps[0].begin < _LEAST_S:
                return None
            return sum(step.sum_ms for step in steps) / count

    def _drop_old(self, now: float) -> None:
        while self._steps and now - self._steps[0].begin > _MEAN_S:
            self._steps.popleft()
