"""The arithmetic of the Pi Zero on paper; the counting itself is for whoever runs the benchmark."""

import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parent / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

from arm1176 import Count, Range, core_s  # noqa: E402
from callgrind import CountingFailedError, difference, summaries  # noqa: E402
from pi_zero import MINUTE, SECOND, THINGS, load  # noqa: E402

# As callgrind 3.19 writes it: the parts of one file, and noughts at a line's end left out.
DUMPS = """\
part: 1
desc: Trigger: --dump-before=getpgid
events: Ir sysCount sysTime
summary: 27786573 486 477
fn=(1) main
totals: 27786573 486 477
part: 2
events: Ir sysCount sysTime
summary: 5969210 11
totals: 5969210 11
part: 3
events: Ir sysCount sysTime
summary: 11911753
"""


def test_the_stretches_are_read_in_their_order() -> None:
    assert summaries(DUMPS.splitlines()) == [
        Count(27_786_573, 486),
        Count(5_969_210, 11),
        Count(11_911_753, 0),
    ]


def test_what_counts_something_else_is_refused() -> None:
    with pytest.raises(CountingFailedError, match="events: Ir Dr"):
        summaries(["events: Ir Dr Dw\n"])


def test_start_up_drops_out_of_the_difference() -> None:
    start, once = 1000.0, 30.0
    assert difference(
        Count(start + 10 * once, 20 + 10), Count(start + 20 * once, 20 + 20), 10
    ) == Count(once, 1)


def test_a_range_is_of_the_core_at_its_best_and_its_worst() -> None:
    """A billion instructions take 0.95 / 0.7 s at the best, 1.2 / 0.4 s at the worst."""
    took = core_s(Count(1e9, 0))
    assert took.least == pytest.approx(1.357, abs=0.001)
    assert took.most == pytest.approx(3.0)
    assert core_s(Count(0, 1000)) == pytest.approx(Range(0.002, 0.015))


def test_phones_and_publishers_add_to_the_recorder_s_turn() -> None:
    """Each thing in turn takes a second at the best, and all others nothing."""
    each = {thing.name: Count(0, 0) for thing in THINGS}

    def of(name: str, phones: int, *, publishers: bool = False) -> tuple[float, float]:
        assert name in each
        one = {**each, name: Count(7e8 / 0.95, 0)}  # a second at the best
        loads = (load(one, pace, phones, publishers=publishers) for pace in (MINUTE, SECOND))
        by_minute, by_second = (found.least for found in loads)
        return pytest.approx(by_minute), pytest.approx(by_second)  # type: ignore[return-value]

    assert of("turn", 0) == (1 / 60, 1.0)
    assert of("rest", 3) == (1.0, 1.0)
    # Asked every 30 s, a reading each minute is news every other time; every 5 s, always. The 51 h
    # that are drawn have 183 600 seconds: held for 244.8 s.
    assert of("drawn", 3) == (3 / 60, 3 / 244.8)
    assert of("held", 3) == (0.0, 3 / 5 - 3 / 244.8)
    assert of("unchanged", 3) == (3 / 60, 0.0)
    assert of("tell:mqtt", 0, publishers=True) == (1 / 60, 1.0)
    assert of("tell:mqtt", 0) == (0.0, 0.0)
    assert of("idle:mqtt", 0, publishers=True) == (1.0, 1.0)


def test_without_valgrind_it_says_so_in_a_sentence() -> None:
    done = subprocess.run(
        [sys.executable, "pi_zero.py"],
        cwd=BENCHMARKS,
        env={"PATH": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert "sudo apt install valgrind" in done.stderr
