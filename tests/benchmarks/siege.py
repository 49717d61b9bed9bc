"""Strangers flood the page's port while a STORM begins: do recorder and alarm go on, and the phone?

  .venv/bin/python tests/benchmarks/siege.py                        all, for five minutes: hours
  .venv/bin/python tests/benchmarks/siege.py --seconds 20 idle tls  some of them, for 20 s

Each kind of flood (tests/support/floods.py) meets the real program with a reading a second, a year
of minutes behind it, and at most 256, 1,024 and 4,096 descriptors. The strangers have eight
addresses; at 1,024 once more the honest phone's own, and once more a hundred. In the middle of each
STORM begins. The phone has the token, opens the page every three seconds, each time by a new
connection, and acknowledges the STORM. Strangers, phone and program share this machine, which must
be quiet. Ends with 1 when a goal fails.
"""

import argparse
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NamedTuple

# Neighbours of the repository's own, as pytest finds them.
sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

import figures
from support.command import run

from tests.support.besieged_boat import (
    PHONE,
    BesiegedBoat,
    Phone,
    fair_weather,
)
from tests.support.floods import AWAY, EVERYWHERE, FLOODS
from tests.support.program_usage import NOTHING, Usage, Watch
from tests.support.waiting import eventually

_MIDDLE = 1024  # systemd's default
LIMITS = (256, _MIDDLE, 4096)
ALARM_S, PHONE_S, RSS_MB, TEMPORARY_MB, LOG_KB = 15.0, 5.0, 120.0, 5.0, 10.0
_SETTLED_S, _READ_EVERY_S, _DAYS = 4.0, 3.0, 365
HEAD = (
    "flood, from, descriptors",
    "missed",
    "sound s",
    "notice s",
    "phone s",
    "acknowledged s",
    "RSS MB",
    "PSS MB",
    "/tmp MB",
    "log kB",
    "descriptors",
    "back s",
)


class Case(NamedTuple):
    """One siege. addresses: of the strangers."""

    kind: str
    descriptors: int
    addresses: tuple[str, ...] = AWAY

    @property
    def title(self) -> str:
        where = f"{len(self.addresses)} addresses"
        if PHONE in self.addresses:
            where = "the phone's address"
        return f"{self.kind}, {where}, {self.descriptors:,}"


@dataclass
class Outcome:
    """What became of a siege; None where it never came to be. faults: goals that it misses."""

    missed: int | None = None
    sound_s: float | None = None
    notice_s: float | None = None
    phone_s: float = 0.0
    acknowledged_s: float | None = None
    most: Usage = NOTHING
    log_kb: float = 0.0
    back_s: float | None = None
    faults: list[str] = field(default_factory=list)

    def judge(self) -> None:
        goals = {
            f"{self.missed} readings missed": self.missed == 0,
            f"sound after {_words(self.sound_s)} s": _within(self.sound_s, ALARM_S),
            f"notification after {_words(self.notice_s)} s": _within(self.notice_s, ALARM_S),
            f"the phone waited {self.phone_s:.1f} s": self.phone_s <= PHONE_S,
            f"acknowledged after {_words(self.acknowledged_s)} s": self.acknowledged_s is not None,
            f"RSS {self.most.rss:.0f} MB": self.most.rss <= RSS_MB,
            f"{self.most.temporary:.1f} MB of temporary files": self.most.temporary <= TEMPORARY_MB,
            f"{self.log_kb:.0f} kB of log": self.log_kb <= LOG_KB,
            f"page back after {_words(self.back_s)} s": self.back_s is not None,
        }
        self.faults += [words for words, is_reached in goals.items() if not is_reached]

    def cells(self) -> list[str]:
        most = self.most
        return [
            "?" if self.missed is None else str(self.missed),
            *map(_words, (self.sound_s, self.notice_s, self.phone_s, self.acknowledged_s)),
            *(f"{mb:.0f}" for mb in (most.rss, most.pss)),
            f"{most.temporary:.1f}",
            f"{self.log_kb:.1f}",
            f"{most.descriptors} ({most.most_descriptors})",
            _words(self.back_s),
        ]


class Reader(threading.Thread):
    """Opens the page every few seconds. longest_s: that it waited. fault: why it got no answer."""

    def __init__(self, phone: Phone) -> None:
        super().__init__(daemon=True)
        self.phone, self.longest_s, self.fault = phone, 0.0, ""
        self._stop_it = threading.Event()

    def run(self) -> None:
        while not self._stop_it.wait(_READ_EVERY_S):
            began = time.monotonic()
            try:
                self.phone.get("/", 2 * PHONE_S)
            except TimeoutError as error:
                self.fault = self.fault or str(error)
            self.longest_s = max(self.longest_s, time.monotonic() - began)

    def end(self) -> None:
        self._stop_it.set()
        self.join()


def besiege(folder: Path, past: Path, case: Case, lasts_s: float) -> Outcome:
    """Have it flooded for so long, with a STORM in the middle. past: its history before."""
    outcome = Outcome()
    storm_after_s = _SETTLED_S + lasts_s / 2
    boat = BesiegedBoat(folder, storm_after_s, case.descriptors, past)
    try:
        boat.start()
        phone = boat.phone()
        phone.post("/api/token")  # it opens the page
        time.sleep(_SETTLED_S)
        began = time.time()
        with Watch(boat.usage) as watch:
            with boat.flooded(case.kind, lasts_s + 60.0, case.addresses):
                reader = Reader(phone)
                reader.start()
                _storm(boat, phone, outcome)
                time.sleep(max(0.0, boat.storm_at + lasts_s / 2 - time.time()))
                reader.end()
                ended = time.time()
            with suppress(TimeoutError):
                since = time.monotonic()
                phone.get("/", PHONE_S)
                outcome.back_s = time.monotonic() - since
        outcome.most, outcome.phone_s = watch.most, reader.longest_s
        outcome.log_kb = len(boat.log()) / 1024
        if reader.fault:
            outcome.faults.append(reader.fault)
        if not boat.is_running:
            outcome.faults.append(f"the program ended: {boat.log()[-300:]}")
        outcome.missed = boat.missed(began, ended)
    except Exception as error:
        outcome.faults.append(f"{type(error).__name__}: {error}")
    finally:
        boat.end()
    outcome.judge()
    return outcome


def _storm(boat: BesiegedBoat, phone: Phone, outcome: Outcome) -> None:
    """Wait for the STORM; take the seconds until sound and notice; acknowledge it."""
    time.sleep(max(0.0, boat.storm_at - time.time()))
    eventually(lambda: boat.sound_at() and boat.notice_at(), ALARM_S)
    sound_at, notice_at = boat.sound_at(), boat.notice_at()
    outcome.sound_s = None if sound_at is None else sound_at - boat.storm_at
    outcome.notice_s = None if notice_at is None else notice_at - boat.storm_at
    begun = time.monotonic()
    try:
        fields = phone.post("/api/alarm/acknowledge", PHONE_S)
        outcome.acknowledged_s = time.monotonic() - begun
        if fields["acknowledged"] != "storm":
            outcome.faults.append(f"acknowledged: {fields}")
    except TimeoutError as error:
        outcome.faults.append(str(error))


def _within(seconds: float | None, most_s: float) -> bool:
    return seconds is not None and seconds <= most_s


def _words(seconds: float | None) -> str:
    return "never" if seconds is None else f"{seconds:.1f}"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--limits", type=int, nargs="*", default=LIMITS)
    parser.add_argument("kinds", nargs="*", help=f"of {', '.join(FLOODS)}")
    options = parser.parse_args(arguments)
    kinds = options.kinds or list(FLOODS)
    for kind in kinds:
        if kind not in FLOODS:
            parser.error(f"{kind!r} is no kind of flood: choose of {', '.join(FLOODS)}")
    cases = [Case(kind, limit) for kind in kinds for limit in options.limits]
    if _MIDDLE in options.limits:
        cases += [Case(kind, _MIDDLE, where) for kind in kinds for where in ((PHONE,), EVERYWHERE)]
    rows, faults = [], []
    print(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}")
    with tempfile.TemporaryDirectory(prefix="siege-") as name:
        past = fair_weather(Path(name) / "year.sqlite", _DAYS)
        for case in cases:
            with tempfile.TemporaryDirectory(dir=name) as folder:
                outcome = besiege(Path(folder) / "boat", past, case, options.seconds)
            rows.append([case.title, *outcome.cells()])
            print(f"| {' | '.join(rows[-1])} |", flush=True)
            faults += [f"{case.title}: {fault}" for fault in outcome.faults]
            for fault in outcome.faults:
                print(f"{case.title}: {fault}", file=sys.stderr, flush=True)
    figures.table(f"Floods of {options.seconds:g} s, with a STORM in each", list(HEAD), rows)
    figures.figure("goals missed in a flood", len(faults))
    figures.goals(not faults, "recorder, alarm and the phone go on in each flood")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(run(partial(main, sys.argv[1:])))
