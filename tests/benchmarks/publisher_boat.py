"""A boat whose recorder is timed, for publisher_faults.py: how late each reading begins.

Usage: publisher_boat.py SETTINGS PERIOD_S READINGS
Its log is on stderr, and at the end one line of JSON on stdout.
"""

import json
import logging
import sys
import threading
import time
from pathlib import Path
from resource import RUSAGE_SELF, getrusage

# Neighbours of the repository's own, as pytest finds them.
sys.path.insert(0, str(Path(__file__).parents[2]))

import smbus2  # noqa: F401  the barometer's driver has it already, where there is one
from resident import resident_kb

from web.alarm.state import AlarmState
from web.config.settings import Config, Preferences
from web.history.maintenance import HistoryMaintainer
from web.history.writer import History
from web.publish.publisher import StationContext
from web.publish.registry import publisher_threads, publishers_of
from web.recorder.conditions import ConditionsFeed
from web.recorder.pacing import WallPace
from web.recorder.recorder import Instruments, Recorder
from web.recorder.system_clock import SystemClock
from web.weather import Sample, Station


def main(settings: Path, period_s: float, readings: int) -> None:
    logging.basicConfig(format="%(message)s", level=logging.INFO)
    clock, feed, begun = SystemClock(), ConditionsFeed(), list[float]()
    pace, done, sizes_kb = WallPace(period_s, clock), threading.Event(), list[int]()

    def read(moment: float) -> Sample:
        begun.append(time.monotonic())
        if len(begun) in (readings // 4, readings):  # the program itself has settled by then
            sizes_kb.append(resident_kb("self"))
        if len(begun) == readings:
            done.set()
        return Sample(moment, 1000.0 + len(begun) % 1000 / 100, 20.0)

    config = Config.load(settings)
    known = Preferences(config.station, config.alarm, config.page)
    station = StationContext(
        period_s,
        "1",
        now=pace.now,
        preferences=lambda: known,
        acknowledge=lambda source, seen: None,
        alarm=AlarmState,
        add_wind=lambda wind_ms: None,
    )
    publishers = publishers_of(config)
    with (
        History(settings.with_suffix(".sqlite"), clock.boot_id) as history,
        publisher_threads(
            dict(zip(config.publishers, (make(station) for make in publishers), strict=True)),
            feed,
            lambda conditions: conditions,
        ),
        Recorder(
            HistoryMaintainer(history, period_s), Station(), pace, Instruments(read), feed=feed
        ),
    ):
        done.wait(readings * period_s * 2 + 30)
    used = getrusage(RUSAGE_SELF)
    figures = {
        "late_ms": [round(late_s * 1000, 3) for late_s in _late_s(begun, period_s)],
        "left_out": round((begun[-1] - begun[1]) / period_s) - (len(begun) - 2),
        "resident_kb": sizes_kb,
        "cpu_s": used.ru_utime + used.ru_stime,
    }
    print(json.dumps(figures))


def _late_s(begun: list[float], period_s: float) -> list[float]:
    """How late each began behind the beat that it belongs to."""
    # The first waits for the program to be loaded, and is no part of the beat.
    beats = begun[1:]
    off_s = [(moment - beats[0] + period_s / 2) % period_s for moment in beats]
    return [late_s - min(off_s) for late_s in off_s]


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))
