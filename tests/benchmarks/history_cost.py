"""What keeping a history costs: a year of minutes on the disk, a day of commits, and looking at it.

Bytes are those that the program hands to the kernel, as strace counts them; commits and their syncs
are seen the same way. Usage: tests/benchmarks/history_cost.py
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import figures
from resident import resident_kb

from web.history.clock_trust import ClockReading, ClockTrust
from web.history.daily_csv import DailyCsv
from web.history.database import check
from web.history.maintenance import HistoryMaintainer
from web.history.reader import HistoryReader
from web.history.writer import History
from web.weather import Sample, StormLevel

BEGIN_MS = 1_767_225_600_000
READING = ClockReading(BEGIN_MS, ClockTrust.SYNCHRONISED)
YEAR, DAY = 525_600, 1440
ROOT = Path(__file__).resolve().parents[2]


def sample(n: int, hpa: float) -> Sample:
    """The n-th minute."""
    return Sample((BEGIN_MS + 60_000 * n + 31) / 1000, hpa, 15 + n % 700 / 100)


def year(path: Path) -> None:
    """A year of minutes, and its size."""
    chance, hpa, began = random.Random(1), 1010.0, time.monotonic()
    with History(path, "b0070001") as history:
        history.set_clock(READING, 0)
        for n in range(1, YEAR + 1):
            hpa += chance.gauss(0, 0.03) + (1010.0 - hpa) * 0.001
            history.queue(sample(n, hpa), StormLevel(n // 5000 % 4))
            if n % 5000 == 0:
                history.commit()
    figures.figure("a year MB", path.stat().st_size / 1e6)
    print(
        f"a year of minutes: {path.stat().st_size / 1e6:.2f} MB (goal 10),"
        f" made in {time.monotonic() - began:.0f} s"
    )
    end = sample(YEAR, 0.0).taken_at
    for hours in (24, 168, 720, 8760):
        print(f"  {hours:5d} h: {_best(lambda: _look(path, end, hours)):6.2f} ms")  # noqa: B023
    print(f"  whole file checked in {_best(lambda: check(path)):.0f} ms")


def _look(path: Path, end: float, hours: int) -> int:
    with HistoryReader(path) as reader:
        return len(reader.spans(end - hours * 3600, end, 720))


def _best(work: Callable[[], object]) -> float:
    times = []
    for _ in range(7):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times) * 1000


def a_day(path: Path) -> None:
    """A day of commits, after a day of warming up; run under strace."""
    with History(path, "b0070001") as history:
        history.set_clock(READING, 0)
        maintainer = HistoryMaintainer(history, copies=DailyCsv(history))
        for n in range(1, 2 * DAY + 1):
            if n == DAY + 1:
                os.write(2, b"DAY BEGINS\n")
                began = time.process_time()
            history.queue(sample(n, 1010 + n % 97 / 100))
            maintainer.store()
        os.write(2, b"DAY ENDS\n")
    print(f"{(time.process_time() - began) / DAY * 1000:.2f}")


def day(folder: Path) -> None:
    """Count what a day of commits writes and syncs."""
    command = [sys.executable, __file__, "--day", str(folder / "day.sqlite")]
    plain = subprocess.run(command, capture_output=True, text=True, check=True)
    (folder / "day.sqlite").unlink()
    trace = ["strace", "-f", "-e", "trace=write,pwrite64,fsync,fdatasync", "-s", "10"]
    traced = subprocess.run([*trace, *command], capture_output=True, text=True, check=True)
    lines = traced.stderr.partition("DAY BEGINS")[2].partition("DAY ENDS")[0].splitlines()
    written = sum(
        int(line.rpartition("= ")[2]) for line in lines if "write" in line and "= " in line
    )
    syncs = sum("sync(" in line for line in lines)
    figures.table(
        "What a day of commits costs, a commit a minute",
        ["MB written, with the daily copy", "syncs a commit", "ms of CPU a commit"],
        [[f"{written / 1e6:.2f}", f"{syncs / DAY:.3f}", plain.stdout.strip()]],
    )
    print(
        f"a day of commits: {written / 1e6:.2f} MB written with the daily copy (goal 7),"
        f" {syncs / DAY:.3f} syncs a commit (goal 1), {plain.stdout.strip()} ms CPU each"
    )


def memory(folder: Path) -> None:
    """The recorder alone, as the system sees it after some seconds."""
    config = folder / "boat.toml"
    config.write_text(
        "[board]\nsimulated = false\n[barometer]\nbus = 77\n"
        f"[history]\npath = '{folder}/m.sqlite'\n"
    )
    command = [sys.executable, "-P", "-m", "web", "--no-page", "--config", str(config)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as recorder:
        time.sleep(4.0)
        kb = resident_kb(recorder.pid)
        recorder.terminate()
    figures.figure("recorder MB", kb / 1000)
    print(f"the recorder alone: {kb / 1000:.1f} MB (goal 20)")


def main() -> None:
    """Say what it costs."""
    if len(sys.argv) > 2 and sys.argv[1] == "--day":
        a_day(Path(sys.argv[2]))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        year(folder / "year.sqlite")
        day(folder)
        memory(folder)


if __name__ == "__main__":
    main()
