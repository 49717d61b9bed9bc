"""Daily copies, damaged histories, and histories in good form whose values cannot be."""

import contextlib
import io
import sqlite3
import threading
from collections.abc import Callable
from itertools import chain
from pathlib import Path

from fuzzing.target import Shape, Target, check

import sensors
from sensors.simulated.record import PressureRecord
from web.display.times import iso
from web.history.clock_trust import ClockReading, ClockTrust
from web.history.daily_csv import DailyCsv
from web.history.database import HistoryError
from web.history.events import Event, EventKind
from web.history.reader import HistoryReader
from web.history.recovery.rebuild import rebuild
from web.history.recovery.salvage import open_history
from web.history.unsent import UnsentNotice
from web.history.writer import History
from web.pages.app import create_app
from web.pages.context import PageContext
from web.pages.overview import StationInfo
from web.recorder.conditions import ConditionsFeed
from web.recorder.pacing import RecordPace
from web.weather import Sample, StormWatch

STORM = Path(sensors.__file__).parent / "simulated" / "data" / "storm_2014_02_12.csv"


def copies(folder: Path) -> Target:
    """Daily copies from which a history is made anew."""
    path = folder / "history.sqlite"
    days = folder / "history-days"

    def feed(data: bytes) -> None:
        for old in folder.glob("history.sqlite*"):
            old.unlink()
        days.mkdir(exist_ok=True)
        (days / "2026-11-27.csv").write_bytes(data)
        with contextlib.redirect_stderr(io.StringIO()):
            count = rebuild(path)
        with HistoryReader(path) as reader:
            check(len(list(reader.samples())) == count, "not all of it can be read")
        with History(path) as history:
            DailyCsv(history).look(1_790_000_000.0)

    seed = (
        b"time_utc,pressure_hpa,temperature_c,boot,boot_id,monotonic_s,clock\n"
        b"2026-11-27T00:00:12Z,1004.31,17.20,7,ee108f41,86412.031,synchronised\n"
        b"2026-11-27T00:01:12Z,1004.30,,7,ee108f41,86472.031,synchronised\n"
        b"2026-11-27T08:01:12Z,1001.30,,8,0e108f41,72.031,rtc\n"
    )
    return Target(feed, (seed,), (HistoryError,), Shape.LINES)


def history(folder: Path) -> Target:
    """A history's file over which something has written: places and bytes."""
    path = folder / "history.sqlite"
    sound = _sound_history(folder / "sound.sqlite")

    def feed(data: bytes) -> None:
        _clear(path)
        path.write_bytes(_written_over(sound, data))
        _go_on(path)

    pages = b"".join(bytes([0, page, 0, 0]) for page in range(8))
    return Target(feed, (b"", pages, b"\x00\x01\x00\x80", bytes([255, 2, 0])), (HistoryError,))


def values(folder: Path) -> Target:
    """A history's file in sound form, with values that cannot be: which column, which value."""
    path = folder / "history.sqlite"
    sound = _sound_history(folder / "sound.sqlite")

    def feed(data: bytes) -> None:
        _clear(path)
        path.write_bytes(sound)
        with contextlib.closing(sqlite3.connect(path)) as plain, plain:
            plain.execute("PRAGMA ignore_check_constraints = ON")
            for which, what in zip(*[iter(data[: len(data) // 2 * 2])] * 2, strict=True):
                table, column = _COLUMNS[which % len(_COLUMNS)]
                with contextlib.suppress(sqlite3.IntegrityError):
                    plain.execute(
                        f"UPDATE {table} SET {column} = ?", (_VALUES[what % len(_VALUES)],)
                    )
        _go_on(path)
        _show(path)

    seeds = [bytes([which, which]) for which in range(len(_COLUMNS))]
    return Target(feed, tuple(seeds), (HistoryError,))


_COLUMNS = (
    *(("boots", name) for name in ("boot_id", "base_ms", "offset_ms", "trust", "ordinal")),
    *(("samples", name) for name in ("pressure_pa", "temperature_centi_c", "id")),
    *(("hours", name) for name in ("low_pa", "sum_pa", "high_pa", "count")),
    *(("levels", name) for name in ("id", "level")),
    *(("present", name) for name in ("acknowledged", "silenced_until_ms", "alarm_boot_id")),
    *(("present", name) for name in ("remark", "copied_id", "copies_from_day", "no_data")),
    *(("events", name) for name in ("id", "kind", "words")),
    *(("unsent_notices", name) for name in ("queued_id", "target", "notice")),
)
_VALUES = (
    0,
    -1,
    1,
    12,
    2**31,
    2**40,
    -(2**62),
    2**63 - 1,
    None,
    "x",
    b"\xff",
    1.5,
    float("inf"),
    "\0",
)


def _clear(path: Path) -> None:
    for old in path.parent.glob(f"{path.name}*"):
        old.unlink()
    path.with_name(f"{path.name}.lock").touch()  # it was ours


def _go_on(path: Path) -> None:
    """Open it as the recorder does, bring over what can be read, record, and look at it."""
    opened, salvages = open_history(path, "ee108f42")
    with opened:
        for salvage in salvages:
            check(salvage.step(opened, 1.5, threading.Event()), "the salvage has no end")
        opened.set_clock(ClockReading(1_790_000_000_000, ClockTrust.SYNCHRONISED), 90_000_000)
        opened.add(Sample(1_790_100_000.0, 1001.5, 17.0), None)
        with HistoryReader(path) as reader:
            check(reader.newest() is not None, "the newest sample is not there")
            for sample in reader.samples():
                iso(sample.taken_at)
            for span in reader.spans(0.0, 2e9, 200):
                iso(span.taken_at)
            for change in (*filter(None, [reader.level()]), *reader.raised(0.0, 2e9)):
                iso(change.began_at)
            for event in reader.events(30):
                iso(event.happened_at)
            for notice in chain.from_iterable(reader.unsent().values()):
                iso(reader.time_of(notice.queued_id) or 0.0)
            reader.remark(), reader.alarm()


def _show(path: Path) -> None:
    """Every page over it; 503 says in words that the file cannot be read."""
    now = 1_790_100_010.0
    info = StationInfo(60.0, 2, "1.2.3")
    app = create_app(PageContext(path, RecordPace([now], now, 0.0), info, ConditionsFeed()))
    app.testing = True
    pages = app.test_client()
    for route in (
        "/",
        "/glance",
        "/chart.svg?hours=170000",
        "/chart.svg",
        "/export.csv",
        "/events",
        "/api/events",
        "/now.txt",
    ):
        answer = pages.get(route)
        check(answer.status_code in (200, 503), f"{route}: {answer.status}")
    for route in ("/api/pressure?hours=87840", "/api/now", "/api/outlook", "/metrics", "/healthz"):
        answer = pages.get(route)
        check(answer.status_code in (200, 503), f"{route}: {answer.status}")
        words = set(answer.text.replace(":", " ").replace(",", " ").split())
        is_plain = route == "/metrics" or not words & {"NaN", "Infinity", "-Infinity"}
        check(is_plain, f"{route}: a number that is none")


def _sound_history(path: Path) -> bytes:
    path.unlink(missing_ok=True)
    with History(path, "ee108f41") as history:
        watch = StormWatch()
        for row in PressureRecord.read(STORM).rows[:300]:
            sample = Sample(row.taken_at, row.pressure_hpa, 17.0)
            outlook = watch.update(sample)
            history.add(sample, outlook and outlook.level)
            history.queue_event(Event(row.taken_at, EventKind.OUTAGE, "no reading"))
        history.store_unsent("a", [UnsentNotice(history.number_at(row.taken_at), "{}")])
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode = DELETE")
    return path.read_bytes()


def _written_over(sound: bytes, data: bytes) -> bytes:
    """Four bytes each: how much of a page (255: the file ends), which page, where, what."""
    file = bytearray(sound)
    for much, page, where, what in zip(*[iter(data[: len(data) // 4 * 4])] * 4, strict=True):
        place = page % (len(sound) // 4096 + 1) * 4096 + where * 16
        if much == 255:
            del file[place:]
            continue
        length = min(much, len(file) - place)
        if length > 0:
            file[place : place + length] = bytes([what]) * length
    return bytes(file)


HISTORIES: dict[str, Callable[[Path], Target]] = {
    "copies": copies,
    "history": history,
    "values": values,
}
