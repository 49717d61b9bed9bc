"""What a history survives: what of the acknowledged is still there, and how soon it goes on.

  killed       SIGKILL at random moments under load
  log cut      the write-ahead log cut at random places, half of them with noise at the end
  pages        one page of the file zeroed
  end garbled  the last pages overwritten with noise
  live         random bytes over the file while it is written
  disk full    a small file system filled by somebody else, and cleared      (as root)
  read only    a file system that the kernel lets be read and nothing more   (as root)
  copies       the history made of its daily copies

"readable" is what plain SQLite reads out of the damaged file, row by row; nothing of that may be
missing. Usage: tests/benchmarks/history_faults.py [share of the full campaign, 1.0]; ten minutes.
"""

import contextlib
import io
import logging
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2]))

import figures

from tests.support.disks import abort, fill, mount_again, small_disk
from tests.support.numbered_history import (
    BEGIN_MS,
    MINUTE_MS,
    READING,
    filled,
    is_rescuing,
    keep,
    opened,
    present,
    readable,
    sample,
)
from web.history.clock_trust import ClockReading, ClockTrust
from web.history.daily_csv import DailyCsv
from web.history.database import HistoryError, check
from web.history.maintenance import HistoryMaintainer
from web.history.recovery.rebuild import rebuild
from web.history.recovery.salvage import open_history
from web.history.writer import History
from web.weather import Sample

ROOT = Path(__file__).resolve().parents[2]
PAGE = 4096
COUNT = 20_000  # two weeks of minutes, a hundred pages


class Tally(NamedTuple):
    """Of one kind of fault: how often, rows that had to be there, rows missing, worst delay."""

    times: int
    wanted: int
    missing: int
    periods: int  # until a sample was stored again, at the worst


def go_on(
    history: History, maintainer: HistoryMaintainer, first: int, until_idle: int = 400
) -> int:
    """Record on; return after how many periods a sample was stored."""
    stored = -1
    for period in range(until_idle):
        if keep(maintainer, sample(first + period)) == "" and stored < 0:
            stored = period
        if stored >= 0 and not is_rescuing(history.path):
            break
    return stored


def killed(times: int, folder: Path) -> Tally:
    """A writer that adds as fast as it can, killed after 0 to 60 ms of writing."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[2])\n"
        "from pathlib import Path\n"
        "from web.history.writer import History\n"
        "from web.history.clock_trust import ClockTrust, ClockReading\n"
        "from web.weather import Sample, StormLevel\n"
        f"history = History(Path(sys.argv[1]), 'b0070001'); history.set_clock("
        f"ClockReading({BEGIN_MS}, "
        "ClockTrust.SYNCHRONISED), 0)\n"
        "n = int(sys.argv[3])\n"
        "while True:\n"
        f"    at = ({BEGIN_MS} + {MINUTE_MS} * (n + 1)) / 1000\n"
        "    history.add(Sample(at, 900 + n % 20000 / 100, n // 20000), StormLevel(n // 7 % 4))\n"
        "    sys.stdout.write(f'{n}\\n'); sys.stdout.flush(); n += 1\n"
    )
    path, chance = folder / "history.sqlite", random.Random(1)
    acknowledged: set[int] = set()
    missing = 0
    for _ in steps(times, "killed"):
        first = max(acknowledged, default=-1) + 10
        command = [sys.executable, "-c", code, str(path), str(ROOT), str(first)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            acknowledged.add(int(writer.stdout.readline()))
            time.sleep(chance.uniform(0.0, 0.06))
            writer.send_signal(signal.SIGKILL)
            acknowledged |= {int(line) for line in writer.stdout.read().split()}
        check(path)
        missing += len(acknowledged - present(path))
    return Tally(times, len(acknowledged), missing, 0)


def log_cut(times: int, folder: Path) -> Tally:
    """What the log's sound beginning holds must be there, and all that was in the file."""
    base = folder / "base.sqlite"
    filled(base, 2000)
    writer = History(base, "b0070001")
    writer.set_clock(READING, 0)
    for n in range(2000, 2400):
        writer.add(sample(n))
    data = {ending: (base.parent / f"{base.name}{ending}").read_bytes() for ending in ("", "-wal")}
    writer.close()
    chance, wanted, missing, worst = random.Random(2), 0, 0, 0
    for turn in steps(times, "log cut"):
        path = folder / f"cut{turn}.sqlite"
        path.write_bytes(data[""])
        log = data["-wal"][: chance.randrange(len(data["-wal"]))]
        if turn % 2:
            log = log[:-PAGE] + chance.randbytes(min(PAGE, len(log)))
        path.with_name(path.name + "-wal").write_bytes(log)
        path.with_name(path.name + ".lock").touch()
        expected = readable(path, range(2400))
        wanted, lost, periods = judged(path, 2400, expected, wanted)
        missing, worst = missing + lost, max(worst, periods)
        for left in folder.glob(f"cut{turn}*"):
            left.unlink()
    return Tally(times, wanted, missing, worst)


def pages(times: int, folder: Path) -> Tally:
    """One page of zeroes, anywhere."""
    return overwritten(
        times,
        folder,
        "pages",
        lambda chance, size: (PAGE * chance.randrange(size // PAGE), bytes(PAGE)),
    )


def end_garbled(times: int, folder: Path) -> Tally:
    """Noise over the last one to ten pages."""

    def end(chance: random.Random, size: int) -> tuple[int, bytes]:
        count = chance.randrange(1, 11)
        return size - PAGE * count, chance.randbytes(PAGE * count)

    return overwritten(times, folder, "end garbled", end)


def overwritten(times: int, folder: Path, what: str, how: object) -> Tally:
    """A sound file overwritten in one place, and started with."""
    base = folder / "base.sqlite"
    filled(base, COUNT)
    data, chance = base.read_bytes(), random.Random(3)
    wanted, missing, worst = 0, 0, 0
    for turn in steps(times, what):
        path = folder / f"over{turn}.sqlite"
        start, noise = how(chance, len(data))  # type: ignore[operator]
        path.write_bytes(data[:start] + noise + data[start + len(noise) :])
        path.with_name(path.name + ".lock").touch()
        wanted, lost, periods = judged(path, COUNT, readable(path, range(COUNT)), wanted)
        missing, worst = missing + lost, max(worst, periods)
        for left in folder.glob(f"over{turn}*"):
            left.unlink()
    return Tally(times, wanted, missing, worst)


def judged(path: Path, count: int, expected: set[int], wanted: int) -> tuple[int, int, int]:
    """Start with a damaged file; return rows wanted so far, rows lost now, and the delay."""
    history, salvages = open_history(path, "b0070001")
    with history:
        history.set_clock(READING, MINUTE_MS * (count + 1))
        periods = go_on(history, HistoryMaintainer(history, salvages=salvages), count + 10)
    check(path)
    return wanted + len(expected), len(expected - present(path)), periods


def live(times: int, folder: Path) -> Tally:
    """Noise over any part of the file while it is written; a page feed, or the next sample."""
    chance, wanted, missing, worst = random.Random(4), 0, 0, 0
    base = folder / "base.sqlite"
    filled(base, 5000)
    data = base.read_bytes()
    for turn in steps(times, "live"):
        path = folder / f"live{turn}.sqlite"
        path.write_bytes(data)
        with opened(path) as history:
            maintainer = HistoryMaintainer(history)
            for n in range(5010, 5040):
                keep(maintainer, sample(n))
            length = min(chance.choice((100, PAGE, 10 * PAGE, len(data))), len(data))
            start = chance.randrange(len(data) - length + 1)
            with path.open("r+b") as file:
                file.seek(start)
                file.write(chance.randbytes(length))
            maintainer.doubt()
            worst = max(worst, go_on(history, maintainer, 5040))
        check(path)
        aside = folder.glob(f"live{turn}.sqlite.damaged-*")
        source = min((p for p in aside if not p.name.endswith("-wal")), default=path)
        expected = readable(source, range(5000)) | set(range(5010, 5040))
        wanted, missing = wanted + len(expected), missing + len(expected - present(path))
        for left in folder.glob(f"live{turn}*"):
            left.unlink()
    return Tally(times, wanted, missing, worst)


def disk_full(times: int, folder: Path) -> Tally:
    """Filled to the last byte by somebody else while it is written, and cleared."""
    wanted = missing = worst = 0
    for turn in steps(times, "disk full"):
        with small_disk(folder / f"full{turn}", 2) as disk:
            path, photos = disk / "history.sqlite", disk / "photos"
            with opened(path) as history:
                maintainer = HistoryMaintainer(history)
                for n in range(100):
                    keep(maintainer, sample(n))
                fill(photos)
                refused = sum(keep(maintainer, sample(n)) != "" for n in range(100, 1000))
                assert refused > 0
                photos.unlink()
                worst = max(worst, go_on(history, maintainer, 1000))
            wanted += 1001
            missing += len(set(range(1001)) - present(path))
    return Tally(times, wanted, missing, worst)


def read_only(times: int, folder: Path) -> Tally:
    """The kernel stops writing after an error; then it is mounted anew."""
    wanted = missing = worst = 0
    for turn in steps(times, "read only"):
        with small_disk(folder / f"ro{turn}", 16) as disk:
            path = disk / "history.sqlite"
            with opened(path) as history:
                maintainer = HistoryMaintainer(history)
                for n in range(100):
                    keep(maintainer, sample(n))
                abort(disk)
                refused = sum(keep(maintainer, sample(n)) != "" for n in range(100, 200))
                assert refused == 100
                mount_again(disk)
                worst = max(worst, go_on(history, maintainer, 200))
            wanted += 201
            missing += len(set(range(201)) - present(path))
    return Tally(times, wanted, missing, worst)


def copies(times: int, folder: Path) -> Tally:
    """Three weeks of minutes in three boots, made anew of their copies."""
    wanted = missing = 0
    for turn in steps(times, "copies"):
        path = folder / f"copied{turn}.sqlite"
        for boot in range(3):
            begin_ms = BEGIN_MS + boot * 8 * 86_400_000
            with History(path, f"b007000{boot}") as history:
                history.set_clock(ClockReading(begin_ms, ClockTrust.SYNCHRONISED), 0)
                for n in range(7 * 1440):
                    at = (begin_ms + MINUTE_MS * (n + 1)) / 1000
                    history.queue(Sample(at, 900 + n / 100, n % 7))
                    if n % 5000 == 4999:
                        history.commit()
                history.commit()
                kept = DailyCsv(history)
                for _ in range(30):
                    kept.look(at + 86_400)
        with closing(sqlite3.connect(path)) as plain:
            before = set(plain.execute("SELECT * FROM samples"))
        path.write_bytes(os.urandom(100_000))
        for ending in ("-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
        with contextlib.redirect_stderr(io.StringIO()):
            rebuild(path)
        with closing(sqlite3.connect(path)) as plain:
            after = set(plain.execute("SELECT * FROM samples"))
        wanted, missing = wanted + len(before), missing + len(before ^ after)
    return Tally(times, wanted, missing, 0)


def steps(times: int, what: str) -> Iterator[int]:
    """Count, and say how far it is."""
    reported_at = time.monotonic()
    for turn in range(times):
        if time.monotonic() - reported_at > 5.0:
            reported_at = time.monotonic()
            print(f"{what}: {turn} of {times}", file=sys.stderr, flush=True)
        yield turn


FAULTS = (
    (killed, 500),
    (log_cut, 400),
    (pages, 200),
    (end_garbled, 50),
    (live, 100),
    (disk_full, 10),
    (read_only, 10),
    (copies, 2),
)


HEAD = ("fault", "times", "rows that had to be there", "missing", "periods until it goes on")


def main() -> int:
    """Run them all, and say what was lost."""
    share = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    logging.disable(logging.WARNING)
    print("fault         times  rows wanted  missing  periods until it goes on")
    lost = latest = 0
    rows = []
    for fault, times in FAULTS:
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            try:
                tally = fault(max(1, round(times * share)), Path(folder))
            except HistoryError as error:
                print(f"{fault.__name__:12}  {error}")
                rows.append([fault.__name__.replace("_", " "), "", "", str(error), ""])
                lost += 1
                continue
        lost += tally.missing
        latest = max(latest, tally.periods)
        name = fault.__name__.replace("_", " ")
        rows.append([name, *(f"{number:,d}" for number in tally)])
        print(
            f"{name:12} {tally.times:6d} {tally.wanted:12,d} {tally.missing:8,d}"
            f" {tally.periods:10d}      {time.monotonic() - began:5.0f} s",
            flush=True,
        )
    figures.table("What was there after each fault", HEAD, rows)
    figures.figure("acknowledged rows missing", lost)
    figures.figure("periods until it goes on", latest)
    figures.goals(not lost, "nothing acknowledged or readable is missing")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
