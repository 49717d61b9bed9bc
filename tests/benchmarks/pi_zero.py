"""The Pi Zero on paper: what each thing that recurs on a boat takes of a Zero's one core.

No Zero is needed, and none was asked: instructions are counted here, by valgrind, and scaled.
Prints Markdown; says on the way what is being counted. Some ten minutes.
"""

import argparse
import itertools
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Final, NamedTuple

from arm1176 import HZ, IPC, RATIO, SYSCALL_S, Count, Range, core_s
from callgrind import MISSING, Counter, CountingFailedError, is_there
from pi_zero_boat import PUBLISHERS, sailed
from swallowing import swallowing

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from support.command import run

from web.pages.chart_view import SAMPLES_A_SECOND

_WORKER: Final = str(Path(__file__).with_name("pi_zero_boat.py"))
# The page's own span, and the three hours before it that the first tendency needs.
_CHART_H: Final = 48 + 3
_EXAMPLES: Final = """\
examples:
  .venv/bin/python tests/benchmarks/pi_zero.py > zero.md       all of it
  .venv/bin/python tests/benchmarks/pi_zero.py --only turn     the recorder's turn alone, twice:
                                                               a reading a minute, and a second
  .venv/bin/python tests/benchmarks/pi_zero.py --only tell     what each publisher tells

It needs valgrind (sudo apt install valgrind). Two runs of one checkout differ by some per cent:
threads take turns as they like. Give --only a part of a name in the first column, or several.
"""


class Pace(NamedTuple):
    """How often the boat reads, in words; and how many seconds lie between two readings."""

    words: str
    period_s: float

    @property
    def refresh_s(self) -> float:
        """How long page.js waits after an answer: web/runtime/site.py tells it so."""
        return max(5, min(60, round(self.period_s / 2)))

    @property
    def chart_kept_s(self) -> float:
        """From one drawing of a chart of 48 h to the next at least: web/pages/chart_view.py."""
        samples = _CHART_H * 3600 / self.period_s
        return max(self.period_s, samples / SAMPLES_A_SECOND)


MINUTE: Final = Pace("a reading a minute", 60.0)
SECOND: Final = Pace("a reading a second", 1.0)


class Thing(NamedTuple):
    """Something that recurs. times: how often it is done to be counted. address: of the page.

    paces: at which it is counted; what is counted at one alone costs the same at the other, or does
    not come there.
    """

    name: str
    words: str
    times: int
    address: str = ""
    is_known: bool = False
    paces: tuple[Pace, ...] = (MINUTE,)


THINGS: Final = (
    Thing("reading", "a barometer reading, as far as the bus", 200),
    Thing("outlook", "the outlook of a sample", 120, paces=(MINUTE, SECOND)),
    Thing("commit", "a sample committed to the history", 60),
    Thing("turn", "the recorder's whole turn", 60, paces=(MINUTE, SECOND)),
    Thing("rest", "the page with nobody there, a second", 4),
    Thing("unchanged", "a refresh, nothing new (304)", 20, "/glance", is_known=True),
    Thing("kept", "a refresh that another phone has paid for", 20, "/glance"),
    Thing("held", "a refresh, a chart that is held", 8, "/glance?n={}", paces=(SECOND,)),
    Thing(
        "drawn",
        "a refresh, a chart of 48 h drawn anew",
        3,
        "/glance?hours=48.{:04}",
        paces=(MINUTE, SECOND),
    ),
    Thing("page", "the whole page, its chart in the cache", 6, "/?n={}"),
    Thing("chart-day", "the chart of 24 h", 8, "/chart.svg?hours=23.{:04}"),
    Thing("chart-year", "the chart of a year", 6, "/chart.svg?hours=8759.{:04}"),
    Thing("metrics", "/metrics", 20, "/metrics"),
    Thing("queue", "conditions brought to a publisher's thread", 40),
    *(
        Thing(f"tell:{publisher}", f"conditions sent by [{publisher}]", 6)
        for publisher in PUBLISHERS
    ),
    *(
        Thing(f"idle:{publisher}", f"[{publisher}] with nothing to tell, a second", 100)
        for publisher in PUBLISHERS
    ),
    Thing("colour", "a colour reading, as far as the pins", 20),
    Thing("name", "a name for a colour", 40),
    Thing("sort", "a colour sorted", 40),
)

Counts = Mapping[str, Count]

_PHONES: Final = (0, 1, 3)


def counted(pace: Pace, things: Sequence[Thing]) -> dict[str, Count]:
    """Each thing, counted on a boat at this pace. Raises CountingFailedError."""
    with tempfile.TemporaryDirectory() as name, swallowing() as ports:
        folder = Path(name)
        _say(f"{pace.words}: a year's history is made ...")
        history = folder / "history.sqlite"
        sailed(history, time.time() - 1, pace.period_s)
        worker = [_WORKER, str(history), str(pace.period_s), *map(str, ports)]
        with Counter(worker, folder) as counter:
            _say(f"{pace.words}: the program starts, fifty times slower than it would ...")
            port = int(counter.line())
            counter.tell("turn", 2)
            for number, thing in enumerate(things, 1):
                _say(f"{pace.words}: {number} of {len(things)}, {thing.words} ...")
                do = _asking(port, thing) if thing.address else None
                counter.count(thing.name, thing.times, do, warm=min(2, thing.times))
            return counter.counts()


def _asking(port: int, thing: Thing) -> Callable[[int], None]:
    """What asks the page for something, so often; over a connection each time, as after a pause."""
    numbers = itertools.count()
    headers = {"Accept-Encoding": "gzip"}

    def ask(times: int) -> None:
        for _ in range(times):
            connection = HTTPConnection("127.0.0.1", port, timeout=120)
            connection.request("GET", thing.address.format(next(numbers)), headers=headers)
            answer = connection.getresponse()
            answer.read()
            connection.close()
            wanted = 304 if "If-None-Match" in headers else 200
            if answer.status != wanted:
                raise CountingFailedError(f"{thing.address} is answered with {answer.status}")
            if thing.is_known:
                headers["If-None-Match"] = answer.headers["ETag"]

    return ask


def load(counts: Counts, pace: Pace, phones: int, *, publishers: bool) -> Range:
    """The share of the core that the boat takes, 0 to 1."""
    took = {name: core_s(count) for name, count in counts.items()}
    total = took["turn"].times(1 / pace.period_s) + took["rest"]
    # Each phone with a span of its own, so that no answer serves two.
    refreshes = 1 / pace.refresh_s
    changed = min(refreshes, 1 / pace.period_s)
    drawn = min(changed, 1 / pace.chart_kept_s)
    total += took["drawn"].times(phones * drawn)
    if drawn < changed:
        total += took["held"].times(phones * (changed - drawn))
    total += took["unchanged"].times(phones * (refreshes - changed))
    for publisher in PUBLISHERS if publishers else ():
        total += (took[f"tell:{publisher}"] + took["queue"]).times(1 / pace.period_s)
        total += took[f"idle:{publisher}"]
    return total


def costs(by_pace: Mapping[Pace, Counts]) -> Iterator[str]:
    """The table of all that was counted."""
    yield "| name | what recurs | instructions here | system calls | on a Zero, ms |"
    yield "|---|---|---:|---:|---:|"
    for pace, counts in by_pace.items():
        for thing in THINGS:
            if thing.name in counts:
                count = counts[thing.name]
                more = f", {pace.words}" if len(thing.paces) > 1 else ""
                yield (
                    f"| {thing.name} | {thing.words}{more} | {count.instructions:,.0f} |"
                    f" {count.syscalls:.1f} | {_ms(core_s(count))} |"
                )


def shares(by_pace: Mapping[Pace, Counts]) -> Iterator[str]:
    """The table of what the boat takes of the core."""
    head = " | ".join(f"{n} phone{'s' * (n != 1)}" for n in _PHONES)
    yield f"| | {head} |"
    yield "|---|" + "---:|" * len(_PHONES)
    for publishers in (False, True):
        for pace, counts in by_pace.items():
            cells = [load(counts, pace, phones, publishers=publishers) for phones in _PHONES]
            more = ", all five publishers" if publishers else ""
            yield f"| {pace.words}{more} | " + " | ".join(map(_percent, cells)) + " |"


def _ms(took: Range) -> str:
    return f"{_short(took.least * 1000)} to {_short(took.most * 1000)}"


def _percent(share: Range) -> str:
    return f"{_short(share.least * 100)} to {_short(share.most * 100)} %"


def _short(number: float) -> str:
    places = 0 if number >= 10 else 1 if number >= 1 else 2
    return f"{number:.{places}f}"


TRUST: Final = f"""\
## How far this is to be trusted

Counted, here: every instruction of the program's own (Python, SQLite, numpy, the libraries), by
valgrind's callgrind, in the program's parts joined as `python -m web` joins them, on a history of a
year. Each thing is done N and 2 N times; the difference is N of it, without start-up. The same
checkout gives the same figures, to some per cent, and those of the page to fifteen, on any x86-64
with the same Python, whatever else that is doing. System calls are counted
too, but not what the kernel does in them.

Assumed, for the Zero: an ARM1176JZF-S at {HZ / 1e9:g} GHz, one core. Every figure is a range, the
product of these; a measurement on a Zero would replace all three.

* {IPC.least:g} to {IPC.most:g} instructions a cycle: our estimate, for no count of Python's on this
  core was found. It issues one a cycle at the most, in order, eight stages deep, with 16 kB of
  cache for code and 16 for data (ARM1176JZF-S Technical Reference Manual, ARM DDI 0301). Python
  does not fit these, and its jumps are hard to foretell.
* {RATIO.least:g} to {RATIO.most:g} ARM instructions for one of x86-64. Counted too: the same work
  of this program took Debian's armhf Python 3.11 and SQLite, under qemu-arm, 0.96 (a chart drawn)
  to 1.17 times as many (SQLite's sums, of 64 bits). That was compiled for ARMv7, the Zero's is for
  ARMv6. It agrees with Blem, Menon and Sankaralingam ("Power Struggles: Revisiting the RISC vs.
  CISC Debate on Contemporary ARM and x86 Architectures", HPCA 2013): which of the two sets of
  instructions it is seems irrelevant.
* {SYSCALL_S.least * 1e6:g} to {SYSCALL_S.most * 1e6:g} microseconds of the core for a system call,
  at a file or a socket: our guess, from no source. Waiting for the card or the wire is no load.

Left out: the barometer's wire (16 bytes a reading, 1.5 ms at 100 kHz, of which the core sleeps
nearly all) and the two ioctl calls for it; the kernel's stamping of the colour sensor's edges; the
Wi-Fi; whatever else runs on the Zero. The matrix's chip is a twin, whose own Python is in its
figures.

The load: the recorder's turn, the page with nobody there, and phones that ask as page.js does: it
waits {MINUTE.refresh_s:g} s after each answer at a reading a minute, {SECOND.refresh_s:g} s at a
reading a second. The chart is drawn with each reading a minute, and every
{SECOND.chart_kept_s:.0f} s at a reading a second. Each phone looks at 48 h in a way of its own, so
that no answer serves two;
three that look at the same cost little more than one ("kept").
"""


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


@contextmanager
def _errors_in_words() -> Iterator[None]:
    try:
        yield
    except CountingFailedError as error:
        sys.exit(f"pi_zero.py: {error}")


def main() -> None:
    """Count, and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=_EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", metavar="NAME", help="count these alone; no shares")
    only = parser.parse_args().only
    if not is_there():
        sys.exit(f"pi_zero.py: {MISSING}")
    wanted = [t for t in THINGS if not only or any(part in t.name for part in only)]
    if not wanted:
        sys.exit(f"pi_zero.py: --only {' '.join(only)}: choose from {', '.join(_names())}")
    by_pace: dict[Pace, Counts] = {}
    with _errors_in_words():
        for pace in (MINUTE, SECOND):
            if these := [thing for thing in wanted if pace in thing.paces]:
                by_pace[pace] = counted(pace, these)
    print("# A Pi Zero on paper\n", *costs(by_pace), sep="\n")
    if not only:
        # What does not depend on the pace was counted once.
        by_pace[SECOND] = {**by_pace[MINUTE], **by_pace[SECOND]}
        print("\n## The share of the core\n", *shares(by_pace), "", sep="\n")
        print(TRUST, end="")


def _names() -> Iterator[str]:
    return (thing.name for thing in THINGS)


if __name__ == "__main__":
    run(main)
