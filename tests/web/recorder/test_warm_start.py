"""The storm rule after a restart, when the clock contradicts what was recorded before."""

from pathlib import Path

import pytest

from web.history.clock_trust import ClockReading, ClockTrust
from web.history.reader import HistoryReader
from web.history.writer import History
from web.recorder.warm_start import warm_start
from web.weather import Sample, Station, StormLevel, StormWatch

DAY_MS = 86_400_000
BEGIN_MS = 1_767_225_600_000  # 1 January 2026


def store_a_storm(path: Path) -> None:
    """Ten hours, of which the last four fall by 2.5 hPa an hour."""
    watch = StormWatch()
    with History(path, "b0070001") as history:
        history.set_clock(ClockReading(BEGIN_MS, ClockTrust.SYNCHRONISED), 0)
        for minute in range(1, 601):
            pressure_hpa = 1000.0 - max(0, minute - 360) / 24 + 0.01 * (minute % 3)
            outlook = watch.update(Sample(BEGIN_MS / 1000 + 60 * minute, pressure_hpa))
            assert outlook is not None
            history.queue(Sample(BEGIN_MS / 1000 + 60 * minute, pressure_hpa), outlook.level)
        history.commit()
    assert watch.outlook is not None and watch.outlook.level is StormLevel.STORM


@pytest.mark.parametrize("samples", [0, 5])
@pytest.mark.parametrize("trust", [ClockTrust.PHONE, ClockTrust.SYNCHRONISED])
def test_a_clock_that_is_40_days_back_makes_no_calm_of_a_storm(
    path: Path, trust: ClockTrust, samples: int
) -> None:
    """Whoever set it wrong: it would be CALM, and nothing would sound."""
    store_a_storm(path)
    start_ms = BEGIN_MS - 40 * DAY_MS
    with History(path, "b0070002") as history:
        history.set_clock(ClockReading(start_ms, trust), 0)
        for minute in range(1, samples + 1):
            history.add(Sample(start_ms / 1000 + 60 * minute, 989.0), StormLevel.STORM)
        with HistoryReader(path) as reader:
            watch = warm_start(reader, Station(), history.boot)
    outlook = watch.update(Sample(start_ms / 1000 + 60 * samples + 60, 989.0))
    assert outlook is not None
    assert outlook.level is StormLevel.STORM
    assert "stays from before" in outlook.reasons[0]
