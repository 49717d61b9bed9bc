"""The recorder: a failed reading is a gap told once, and nothing it meets ends the thread."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from sensors import BMP280, BarometerReading, DeviceNotFound, ImplausibleReading
from sensors.simulated.bmp280 import SimulatedBMP280
from sensors.simulated.i2c import SimulatedI2C
from sensors.simulated.record import PressureRecord, RecordRow
from sensors.simulated.weather import Weather
from web.history.maintenance import HistoryMaintainer
from web.history.reader import HistoryReader
from web.history.writer import History
from web.recorder.conditions import ConditionsFeed
from web.recorder.pacing import RecordPace
from web.recorder.recorder import Instruments, Recorder
from web.recorder.sensor_health import NOTHING, Remark, SensorHealth
from web.weather import Outlook, Sample, Station

MINUTES = [60.0 * n for n in range(10)]


class Barometer:
    """A driver on a twin that can be unplugged and plugged in again."""

    def __init__(self) -> None:
        rows = tuple(RecordRow(minute, 1010.0 - minute / 600) for minute in MINUTES)
        self.weather = Weather(PressureRecord("a straight fall", rows))
        self.chip = SimulatedBMP280(self.weather, noise=False)
        self.bus = SimulatedI2C({0x77: self.chip})
        self.driver = BMP280(self.bus)

    def read(self, moment: float) -> Sample:
        self.weather.move_to(moment)
        reading: BarometerReading = self.driver.read()
        return Sample(moment, reading.pressure_hpa, reading.temperature_c)


def record(
    history: History,
    read: Callable[[float], Sample],
    moments: Sequence[float] = MINUTES,
    remark: Callable[[Sample], Remark] = lambda sample: NOTHING,
    feed: ConditionsFeed | None = None,
) -> None:
    """Record these moments, all at once."""
    pace = RecordPace(moments, moments[-1], 1.0)
    maintainer = HistoryMaintainer(history)
    instruments = Instruments(read, remark)
    with Recorder(maintainer, Station(), pace, instruments, feed=feed) as recorder:
        recorder.join()


def stored(path: Path) -> list[float]:
    with HistoryReader(path) as reader:
        return [sample.taken_at for sample in reader.samples(0.0, 1e9)]


def test_each_moment_is_read_and_stored(history: History, path: Path) -> None:
    barometer = Barometer()
    record(history, barometer.read)
    assert stored(path) == MINUTES
    with HistoryReader(path) as reader:
        for sample in reader.samples(0.0, 1e9):
            assert sample.pressure_hpa == pytest.approx(1010.0 - sample.taken_at / 600, abs=0.02)


def test_the_wind_of_now_is_counted_in(history: History) -> None:
    def outlook(wind_ms: float | None) -> Outlook:
        feed = ConditionsFeed()
        hours = [600.0 * n for n in range(24)]
        read = lambda moment: Sample(moment, 1010.0 - moment / 3600)  # noqa: E731
        pace, maintainer = RecordPace(hours, hours[-1], 1.0), HistoryMaintainer(history)
        instruments = Instruments(read, wind_ms=lambda: wind_ms)
        with Recorder(maintainer, Station(), pace, instruments, feed=feed) as recorder:
            recorder.join()
        history.forget()
        found = feed.newest.outlook
        assert found is not None
        return found

    alone, blowing = outlook(None), outlook(13.04)
    counted = "the wind of now, 13.0 m/s (force 6), is counted in"
    assert counted in blowing.reasons and counted not in alone.reasons
    assert (blowing.chance_near_gale or 0) > (alone.chance_near_gale or 1)


def test_an_outage_is_a_gap_told_once_and_the_sensor_comes_back_by_itself(
    history: History, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    barometer = Barometer()

    def read(moment: float) -> Sample:
        barometer.bus.chips = {} if 180.0 <= moment < 360.0 else {0x77: barometer.chip}
        return barometer.read(moment)

    record(history, read)
    assert stored(path) == [0.0, 60.0, 120.0, 360.0, 420.0, 480.0, 540.0]
    (message,) = [record.getMessage() for record in caplog.records]
    assert message.startswith("reading the barometer fails: no chip answers at address 0x77")


def test_while_no_reading_comes_the_pages_are_told_why(history: History) -> None:
    def read(moment: float) -> Sample:
        raise ImplausibleReading("the chip gave its power-on value")

    feed = ConditionsFeed()
    record(history, read, feed=feed)
    assert feed.newest.outage == "the chip gave its power-on value"
    assert feed.newest.sample is None


def test_an_outage_whose_words_change_is_still_told_once(
    history: History, caplog: pytest.LogCaptureFixture
) -> None:
    def read(moment: float) -> Sample:
        raise ImplausibleReading(f"{moment} hPa is out of range \udcff")

    record(history, read)
    assert len(caplog.records) == 1


def test_an_outage_of_two_kinds_that_take_turns_is_told_once_each(
    history: History, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A loose plug: now nobody answers, now the chip holds its power-on values."""

    def read(moment: float) -> Sample:
        if moment == 540.0:
            return Sample(moment, 1010.0)
        raise DeviceNotFound("nobody") if moment % 120.0 else ImplausibleReading("power-on")

    record(history, read)
    messages = [record.getMessage() for record in caplog.records]
    assert [words.rpartition(": ")[2] for words in messages] == ["power-on", "nobody"]


def test_a_mistake_of_ours_does_not_end_the_log(history: History, path: Path) -> None:
    def read(moment: float) -> Sample:
        if moment == 60.0:
            raise ZeroDivisionError
        return Sample(moment, 1010.0)

    record(history, read)
    assert stored(path) == [moment for moment in MINUTES if moment != 60.0]


def test_a_mistake_in_the_remark_keeps_no_sample_from_alarm_page_and_disk(
    history: History, path: Path
) -> None:
    def remark(sample: Sample) -> Remark:
        raise ZeroDivisionError

    feed = ConditionsFeed()
    record(history, lambda moment: Sample(moment, 1010.0), remark=remark, feed=feed)
    assert stored(path) == MINUTES
    assert feed.newest.sample == Sample(MINUTES[-1], 1010.0)
    assert "ZeroDivisionError" in feed.newest.outage


def test_it_ends_when_told_and_closing_twice_is_fine(history: History) -> None:
    pace = RecordPace(MINUTES, 0.0, 1.0)
    recorder = Recorder(HistoryMaintainer(history), Station(), pace, Instruments(Barometer().read))
    with recorder:
        recorder.close()
    recorder.close()


def at(moment: float, pressure_hpa: float = 1010.0) -> Sample:
    return Sample(moment, pressure_hpa)


class Suspect:
    """A barometer that says of itself what it is told to."""

    suspect = ""
    recoveries = 0
    serial = "5eed"


def test_a_suspect_sensor_is_told_in_the_log_and_on_the_pages_whatever_was_told_before(
    history: History, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    barometer = Suspect()
    trust = SensorHealth(barometer)
    seen = []

    def read(moment: float) -> Sample:
        with HistoryReader(path) as reader:
            seen.append(reader.remark())
        barometer.suspect = "always the same" if 120.0 <= moment < 300.0 else ""
        barometer.recoveries = int(moment >= 60.0)
        return Sample(moment, 1010.0)

    record(history, read, remark=trust.remark)
    remarks = [words[:15] for words in seen]
    assert remarks == [
        "",
        "",
        "the barometer w",
        *["always the same"] * 3,
        *["the barometer w"] * 4,
    ]
    messages = [record.getMessage().partition(": ")[2][:15] for record in caplog.records]
    assert messages == ["the barometer w", "always the same"]


def test_recoveries_are_told_for_a_day() -> None:
    barometer = Suspect()
    trust = SensorHealth(barometer)
    assert trust.remark(at(0.0)).words == ""
    barometer.recoveries = 1
    assert "started up again, once so far" in trust.remark(at(60.0)).words
    barometer.recoveries = 3
    assert "started up again, 3 times so far" in trust.remark(at(120.0)).words
    assert trust.remark(at(120.0 + 86400.0)).words != ""
    assert trust.remark(at(121.0 + 86400.0)).words == ""


def test_an_exchanged_sensor_is_told_for_a_day_and_an_offset_of_another_until_taken_anew() -> None:
    barometer = Suspect()
    trust, corrected = SensorHealth(barometer), SensorHealth(barometer, corrected=lambda: "5eed")
    assert trust.remark(at(0.0)).words == corrected.remark(at(0.0)).words == ""
    barometer.serial = "0dd"
    assert "another sensor answers than before" in trust.remark(at(60.0)).words
    assert "taken with another sensor" in corrected.remark(at(60.0)).words
    assert trust.remark(at(60.0 + 86400.1)).words == ""
    assert "taken with another sensor" in corrected.remark(at(1e6)).words


@pytest.mark.parametrize(
    ("height_m", "pressure_hpa", "is_possible"),
    [
        (0.0, 600.0, True),  # the height is not known
        (3.0, 870.0, True),  # Typhoon Tip, 1979
        (3.0, 1085.0, True),
        (1725.0, 862.0, True),  # Tosontsengel, 2001: 1089 hPa at sea level
        (3.0, 840.0, False),
        (3.0, 1100.0, False),
        (1500.0, 1013.0, False),
        (-400.0, 1062.0, True),  # at the Dead Sea
        (-400.0, 850.0, False),
    ],
)
def test_a_pressure_that_no_air_has_at_this_height_is_a_doubt(
    height_m: float, pressure_hpa: float, is_possible: bool
) -> None:
    remark = SensorHealth(Suspect(), height_m=lambda: height_m).remark(at(0.0, pressure_hpa))
    assert (remark == NOTHING) is is_possible
    assert remark.is_doubt


def test_a_plug_that_comes_and_goes_does_not_fill_the_log(
    history: History, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    moments = [float(n) for n in range(300)]

    def read(moment: float) -> Sample:
        if moment % 2 and moment < 200.0:
            raise DeviceNotFound("nobody answers")
        return Sample(moment, 1010.0)

    record(history, read, moments=moments)
    assert len(stored(path)) == 200
    messages = [record.getMessage() for record in caplog.records]
    assert messages == [
        f"reading the barometer {it}" for it in ("fails: nobody answers", "works again")
    ]


def test_a_long_outage_with_another_now_and_then_is_told_once_each(
    history: History, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A bit that is stuck for minutes, and a NACK every twenty seconds."""

    def read(moment: float) -> Sample:
        if 60.0 <= moment < 240.0:
            raise DeviceNotFound("nobody") if moment % 20.0 == 0 else ImplausibleReading("stuck")
        return Sample(moment, 1010.0)

    record(history, read, moments=[float(n) for n in range(300)])
    messages = [record.getMessage() for record in caplog.records]
    assert [words.rpartition(": ")[2] for words in messages[:2]] == ["nobody", "stuck"]
    assert messages[2:] == ["reading the barometer works again"]


def test_the_pages_have_the_newest_cause_of_an_outage(history: History) -> None:
    seen, feed = [], ConditionsFeed()

    def read(moment: float) -> Sample:
        seen.append(feed.newest.outage)
        raise DeviceNotFound("nobody answers" if moment < 300.0 else "it is a BME680")

    record(history, read, feed=feed)
    assert seen == ["", *["nobody answers"] * 5, *["it is a BME680"] * 4]
