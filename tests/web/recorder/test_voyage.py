"""A voyage with a clock that is wrong: the fall is real, whatever the date; nothing else falls."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.disks import fill, small_disk
from tests.support.machine_clock import SeaClock
from web.history.clock_trust import ClockReading, ClockTrust
from web.history.daily_csv import DailyCsv
from web.history.maintenance import HistoryMaintainer
from web.history.reader import HistoryReader
from web.history.recovery.salvage import open_history
from web.recorder.pacing import WallPace
from web.recorder.recorder import Instruments, Recorder
from web.weather import Outlook, Sample, Station, StormLevel, replay

pytestmark = pytest.mark.long("voyages, minute by minute")

NONE, RTC, PHONE, SYNCHRONISED = ClockTrust
MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
BEGIN_MS = 1_767_225_600_000  # 1 January 2026
STATION = Station()


class SeaPace(WallPace):
    """A sample a minute by a SeaClock, until the samples are used up; at each, time goes on."""

    def __init__(self, clock: SeaClock, minutes: int, happens: Callable[[int], None]) -> None:
        super().__init__(60.0, clock)
        self._sea_clock, self._minutes, self._happens = clock, minutes, happens
        self._minute = 0

    def next_moment(self, stop: threading.Event) -> float | None:
        if self._minute >= self._minutes or stop.is_set():
            return None
        self._happens(self._minute)
        self._minute += 1
        self._sea_clock.true_ms += MINUTE_MS
        return self.begins()


class Boat:
    """A boat with a barometer, and a Pi without a clock of its own."""

    def __init__(self, path: Path, air: Callable[[float], float]) -> None:
        self.path, self.air = path, air
        self.clock = SeaClock(BEGIN_MS)
        self.outlooks: list[tuple[int, StormLevel, float | None]] = []

    def sail(self, minutes: int, happens: Callable[[int], None] = lambda minute: None) -> None:
        """Record for so long within this boot. happens: what is done to the clock, and when."""
        clock = self.clock

        def read(moment: float) -> Sample:
            return Sample(moment, self.air((clock.true_ms - BEGIN_MS) / HOUR_MS), 20.0)

        def judged(sample: Sample, outlook: Outlook) -> None:
            change = outlook.tendency.change_hpa if outlook.tendency else None
            self.outlooks.append((clock.true_ms, outlook.level, change))

        def a_minute_later(minute: int) -> None:
            self.recorder.wait_until_stored()  # for that a minute is long enough
            happens(minute)

        history, salvages = open_history(self.path, clock.boot_id)
        with history:
            maintainer = HistoryMaintainer(history, copies=DailyCsv(history), salvages=salvages)
            pace = SeaPace(clock, minutes, a_minute_later)
            recorder = Recorder(maintainer, STATION, pace, Instruments(read), ring=judged)
            self.recorder = recorder
            with recorder:
                recorder.join()

    def levels(self) -> dict[int, StormLevel]:
        return {at: level for at, level, _ in self.outlooks}

    def stored(self) -> list[Sample]:
        with HistoryReader(self.path) as reader:
            return list(reader.samples())


@pytest.fixture
def boat(path: Path) -> Iterator[Callable[[Callable[[float], float]], Boat]]:
    yield lambda air: Boat(path, air)


def falling(hours: float) -> float:
    """Steady, with a hair of noise, until hour 5; then 6 hPa in 3 h; then steady again."""
    hair = 0.01 * ((hours * 60 * 7919) % 7 - 3)
    return 1010.0 + hair - 2.0 * min(3.0, max(0.0, hours - 5.0))


def calm(hours: float) -> float:
    return 1010.0 + 0.01 * ((hours * 60 * 7919) % 7 - 3)


def levels_with_a_right_clock(air: Callable[[float], float], minutes: int) -> dict[int, StormLevel]:
    """What the rule says of the same air, by the minute."""
    samples = (
        Sample((BEGIN_MS + n * MINUTE_MS) / 1000, air(n / 60), 20.0) for n in range(1, minutes + 1)
    )
    return {round(at * 1000): outlook.level for at, outlook in replay(samples, STATION)}


def first_raised(levels: dict[int, StormLevel]) -> list[int]:
    """When it was WATCH, WARNING and STORM for the first time, or worse."""
    return [min(at for at, is_ in levels.items() if is_ >= level) for level in list(StormLevel)[1:]]


def test_forty_days_back_and_stepped_twice_over_a_real_fall(
    boat: Callable[..., Boat],
) -> None:
    """By whatever clock: the alarm of the right minute, and the curve in the right order."""
    sailing = boat(falling)
    sailing.clock.wrong_ms = -40 * DAY_MS

    def happens(minute: int) -> None:
        if minute == 6 * 60:  # in the middle of the fall somebody sets the clock, an hour ahead
            sailing.clock.wrong_ms = HOUR_MS
        if minute == 7 * 60:  # and then right; nobody vouches for it
            sailing.clock.wrong_ms = 0

    sailing.sail(12 * 60, happens)
    right = levels_with_a_right_clock(falling, 12 * 60)
    assert sailing.levels() == right
    assert max(right.values()) is StormLevel.WARNING
    stored = sailing.stored()
    assert [round(s.taken_at * 1000) for s in stored] == sorted(right)  # all of the boot, by now
    assert [s.pressure_hpa for s in stored] == [
        pytest.approx(falling(n / 60), abs=0.006) for n in range(1, 12 * 60 + 1)
    ]
    falls = [change for _, _, change in sailing.outlooks if change is not None]
    assert min(falls) == pytest.approx(-6.0, abs=0.06)


@pytest.mark.parametrize("trust", [NONE, RTC, SYNCHRONISED])
@pytest.mark.parametrize("step_ms", [-HOUR_MS, HOUR_MS, -5 * DAY_MS, 40 * DAY_MS])
def test_a_step_in_a_calm_gives_no_alarm(
    boat: Callable[..., Boat], trust: ClockTrust, step_ms: int
) -> None:
    sailing = boat(calm)
    sailing.clock.trust = trust

    def happens(minute: int) -> None:
        if minute == 6 * 60:
            sailing.clock.wrong_ms += step_ms

    sailing.sail(10 * 60, happens)
    assert {level for _, level, _ in sailing.outlooks} == {StormLevel.CALM}
    assert all(abs(change) < 0.1 for _, _, change in sailing.outlooks if change is not None)
    taken = [sample.taken_at for sample in sailing.stored()]
    assert taken == sorted(taken)
    assert len(taken) == 10 * 60


@pytest.mark.parametrize("wrong_ms", [HOUR_MS, -2 * HOUR_MS, -40 * DAY_MS])
def test_a_better_word_that_came_while_the_program_was_down(
    boat: Callable[..., Boat], wrong_ms: int
) -> None:
    """The program is restarted within the boot; meanwhile the kernel was synchronised."""
    sailing = boat(falling)
    sailing.clock.wrong_ms = wrong_ms
    sailing.sail(6 * 60)
    sailing.outlooks.clear()
    sailing.clock.wrong_ms, sailing.clock.trust = 0, SYNCHRONISED
    sailing.sail(4 * 60)
    right = levels_with_a_right_clock(falling, 10 * 60)
    assert sailing.levels() == {
        at: level for at, level in right.items() if at > BEGIN_MS + 6 * HOUR_MS
    }
    assert all(change is not None for _, _, change in sailing.outlooks)


def test_damage_that_is_found_at_a_start_in_a_storm_does_not_end_the_warning(
    boat: Callable[..., Boat],
) -> None:
    sailing = boat(falling)
    sailing.clock.trust = SYNCHRONISED
    sailing.sail(8 * 60)
    sailing.outlooks.clear()
    with sailing.path.open("r+b") as file:
        file.seek(3 * 4096)
        file.write(bytes(4096))
    sailing.sail(60)
    right = levels_with_a_right_clock(falling, 9 * 60)
    assert list(sailing.path.parent.glob("*.damaged-*"))
    assert sailing.outlooks
    assert sailing.levels() == {
        at: level for at, level in right.items() if at > BEGIN_MS + 8 * HOUR_MS
    }


@pytest.mark.parametrize("trust", [NONE, RTC])
def test_a_clock_that_woke_up_half_an_hour_ago_overtakes_nothing(
    boat: Callable[..., Boat], trust: ClockTrust
) -> None:
    """As fake-hwclock has it: once it has passed the newest sample it is still as wrong."""
    sailing = boat(calm)
    sailing.clock.trust = SYNCHRONISED
    sailing.sail(120)
    sailing.clock.boot("b0070002", wrong_ms=-30 * MINUTE_MS, trust=trust)
    sailing.sail(90)
    taken = [sample.taken_at for sample in sailing.stored()]
    assert taken == sorted(set(taken))


def falling_late(hours: float) -> float:
    """Steady until hour 14; then 15 hPa in 5 h."""
    return calm(hours) - 3.0 * min(5.0, max(0.0, hours - 14.0))


@pytest.mark.parametrize("slow_ms", [0, 30_000, 90_000, 10 * MINUTE_MS])
def test_a_slow_rtc_does_not_delay_the_storm_after_a_power_dip(
    boat: Callable[..., Boat], slow_ms: int
) -> None:
    """Forty seconds off in the middle of the fall; a phone had said better before."""
    sailing = boat(lambda hours: falling_late(hours + 9))
    sailing.clock.trust, sailing.clock.wrong_ms = RTC, -slow_ms

    def happens(minute: int) -> None:
        if minute == 5:
            sailing.recorder.set_clock(ClockReading(BEGIN_MS, PHONE))

    sailing.sail(390, happens)
    sailing.clock.true_ms += 40_000
    sailing.clock.boot("b0070002", wrong_ms=-slow_ms, trust=RTC)
    sailing.sail(4 * 60)
    right = levels_with_a_right_clock(lambda hours: falling_late(hours + 9), 630)
    assert first_raised(sailing.levels()) == pytest.approx(
        first_raised(right), abs=slow_ms + 2 * MINUTE_MS
    )


@pytest.mark.parametrize("how", ["real-time clock", "phone", "kernel"])
@pytest.mark.parametrize("ahead_ms", [6 * HOUR_MS, 400 * DAY_MS])
def test_a_boot_that_was_ahead_does_not_blind_the_rule(
    boat: Callable[..., Boat], ahead_ms: int, how: str
) -> None:
    """The real-time clock of one boot is wrong; the next one's time is right, by this or that."""
    sailing = boat(falling_late)
    sailing.clock.trust = RTC
    for boot_id, wrong_ms, minutes in (("b0070001", 0, 300), ("b0070002", ahead_ms, 200)):
        sailing.clock.boot(boot_id, wrong_ms=wrong_ms, trust=RTC)
        sailing.sail(minutes)
        sailing.clock.true_ms += 5 * MINUTE_MS
    trust = SYNCHRONISED if how == "kernel" else RTC
    sailing.clock.boot("b0070003", wrong_ms=0, trust=trust)
    booted_ms, sailing.outlooks = sailing.clock.true_ms, []

    def happens(minute: int) -> None:
        if how == "phone" and minute == 30:
            assert sailing.recorder.set_clock(ClockReading(booted_ms, PHONE)) is PHONE

    sailing.sail(8 * 60, happens)
    sailing.sail(4 * 60)  # the program was restarted in the storm
    right = levels_with_a_right_clock(falling_late, 21 * 60 + 20)
    assert first_raised(sailing.levels()) == pytest.approx(first_raised(right), abs=10 * MINUTE_MS)
    assert sum(change is not None for _, _, change in sailing.outlooks) > 8 * 60
    if how == "real-time clock":
        return
    with HistoryReader(sailing.path) as reader:
        taken = [sample.taken_at for sample in reader.samples()]
    assert taken == sorted(taken)  # the boot that was ahead lies before what came after it


def test_the_phones_word_outlives_a_restart_on_a_full_disk(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 2) as disk:
        sailing, photos = Boat(disk / "history.sqlite", calm), disk / "photos"
        sailing.clock.wrong_ms = -40 * DAY_MS

        def phone(minute: int) -> None:
            if minute == 5:
                sailing.recorder.set_clock(ClockReading(BEGIN_MS, PHONE))

        def clear(minute: int) -> None:
            if minute == 10:
                photos.unlink()

        sailing.sail(20, phone)
        fill(photos)
        sailing.sail(20, clear)
        stored = sailing.stored()
        with HistoryReader(sailing.path) as reader:
            assert [piece.boot.trust for piece in reader.ranges()] == [PHONE]
    assert [round(sample.taken_at * 1000) for sample in stored] == [
        BEGIN_MS + MINUTE_MS * n for n in range(1, 41)
    ]


def test_the_phones_word_outlives_a_file_and_a_log_without_heads(boat: Callable[..., Boat]) -> None:
    """The log holds what was believed before and after; no copy has been made yet."""
    sailing = boat(calm)
    sailing.clock.wrong_ms = -40 * DAY_MS
    path, as_it_was = sailing.path, {}

    def happens(minute: int) -> None:
        if minute == 5:
            sailing.recorder.set_clock(ClockReading(BEGIN_MS, PHONE))
        if minute == 19:  # the power fails: nothing brings the log into the file
            as_it_was.update({end: Path(f"{path}{end}").read_bytes() for end in ("", "-wal")})

    sailing.sail(20, happens)
    for (end, content), length in zip(as_it_was.items(), (100, 32), strict=True):
        Path(f"{path}{end}").write_bytes(bytes(length) + content[length:])
    sailing.clock.boot("b0070002", wrong_ms=0, trust=SYNCHRONISED)
    sailing.sail(20)
    with HistoryReader(path) as reader:
        first, second = reader.ranges()
    assert (first.boot.trust, first.begin_ms) == (PHONE, BEGIN_MS + MINUTE_MS)
    assert second.boot.trust is SYNCHRONISED


def test_two_boots_that_nobody_knew_the_time_of_keep_their_order(
    boat: Callable[..., Boat],
) -> None:
    """1970, then 2098, then the right time: all lies before what is known to come after it."""
    sailing = boat(calm)
    for boot, year_ms in (("b0070001", 60_000), ("b0070002", 4_039_372_800_000)):
        sailing.clock.boot(boot, wrong_ms=year_ms - sailing.clock.true_ms, trust=NONE)
        sailing.sail(20)
    sailing.clock.boot("b0070003", wrong_ms=0, trust=SYNCHRONISED)
    sailing.sail(20)
    with HistoryReader(sailing.path) as reader:
        taken = [sample.taken_at for sample in reader.samples()]
        newest = reader.newest()
    assert len(taken) == 60
    assert taken == sorted(taken)
    assert newest is not None
    assert newest.taken_at == taken[-1] == sailing.clock.true_ms / 1000


def test_a_month_off_and_a_clock_that_stood_still_make_no_fall(boat: Callable[..., Boat]) -> None:
    """1010 hPa, a month switched off, 995 hPa; by its clock the boat was off for a minute."""
    sailing = boat(lambda hours: calm(hours) - (15.0 if hours > 100 else 0.0))
    sailing.clock.trust = SYNCHRONISED
    sailing.sail(8 * 60)
    sailing.clock.true_ms += 30 * DAY_MS
    sailing.clock.boot("b0070002", wrong_ms=-30 * DAY_MS, trust=NONE)
    sailing.outlooks.clear()
    sailing.sail(8 * 60)
    assert {level for _, level, _ in sailing.outlooks} == {StormLevel.CALM}
    changes = [change for _, _, change in sailing.outlooks]
    assert set(changes[:120]) == {None}
    assert all(abs(change) < 0.1 for change in changes if change is not None)
    assert changes[-1] is not None


def test_when_the_time_comes_the_boot_is_put_where_it_belongs(boat: Callable[..., Boat]) -> None:
    """A phone says what time it is: the samples of the whole boot are moved by thirty days."""
    sailing = boat(calm)
    sailing.clock.trust = SYNCHRONISED
    sailing.sail(30)
    sailing.clock.true_ms += 30 * DAY_MS
    booted_ms = sailing.clock.true_ms
    sailing.clock.boot("b0070002", wrong_ms=-40 * DAY_MS, trust=NONE)
    sailing.sail(60)
    with HistoryReader(sailing.path) as reader:
        pieces = reader.ranges()
    assert [piece.boot.trust for piece in pieces] == [SYNCHRONISED, NONE]
    assert 0 < pieces[1].begin_ms - pieces[0].end_ms <= 2 * MINUTE_MS  # right after what is known

    def happens(minute: int) -> None:
        if minute == 5:
            assert sailing.recorder.set_clock(ClockReading(booted_ms, PHONE)) is PHONE

    sailing.sail(10, happens)
    with HistoryReader(sailing.path) as reader:
        pieces = reader.ranges()
    assert [piece.boot.trust for piece in pieces] == [SYNCHRONISED, PHONE]
    assert pieces[1].begin_ms == booted_ms + MINUTE_MS
    assert len(sailing.stored()) == 30 + 60 + 10
