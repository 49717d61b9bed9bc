"""Instructions of a Python program, counted by valgrind's callgrind: the same in every run.

    worker: warm up | mark | N times | mark | 2 N times | mark
                           `--- a --'      `---- b ----'          (b - a) / N = one time

Start-up, and what the marks themselves take, drop out of the difference. A mark is a call of
getpgid(2), which nothing else here makes; callgrind writes its counters down whenever it is called.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self

from arm1176 import Count

MISSING: Final = (
    "valgrind is not installed, and without it nothing is counted: sudo apt install valgrind"
)
_WHEN: Final = "getpgid"


class CountingFailedError(Exception):
    """The worker ended before its work was done; the message says how."""


class _Marked(NamedTuple):
    """Which stretches between two marks a number of times took."""

    name: str
    once: int
    twice: int
    times: int


def mark() -> None:
    """In the worker: here one stretch ends and the next begins."""
    os.getpgid(0)


def is_there() -> bool:
    """Whether valgrind is installed."""
    return shutil.which("valgrind") is not None


class Counter:
    """A worker under callgrind, which does what it is told by name on its standard input.

    The worker answers each line "NAME TIMES" with "done" when it has done that so often, and
    "mark 0" with "done" after a mark. Raises CountingFailedError when it does not.
    """

    def __init__(self, worker: Sequence[str], folder: Path) -> None:
        self._out = folder / "callgrind.out"
        self._marks = 0
        self._marked: list[_Marked] = []
        tool = ["--tool=callgrind", "--combine-dumps=yes", "--collect-systime=yes"]
        where = [f"--callgrind-out-file={self._out}", f"--dump-before={_WHEN}"]
        self._process = subprocess.Popen(
            ["valgrind", "-q", *tool, *where, sys.executable, *worker],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # The order of a set is the same in each run.
            env={**os.environ, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"},
            text=True,
        )

    def line(self) -> str:
        """The next line that the worker says of its own accord."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise CountingFailedError(f"the worker ended with {self._process.wait()}")
        return line.strip()

    def tell(self, name: str, times: int) -> None:
        """Have something done so often."""
        assert self._process.stdin is not None
        print(name, times, file=self._process.stdin, flush=True)
        answer = self.line()
        if answer != "done":
            raise CountingFailedError(f"the worker says {answer!r} to {name!r}")

    def count(
        self,
        name: str,
        times: int,
        do: Callable[[int], None] | None = None,
        *,
        warm: int | None = None,
    ) -> None:
        """Have one thing counted. do: done here, to the worker, instead of by it."""
        work = do or (lambda count: self.tell(name, count))
        work(times if warm is None else warm)
        self._mark()
        work(times)
        once = self._mark()
        work(2 * times)
        self._marked.append(_Marked(name, once, self._mark(), times))

    def counts(self) -> dict[str, Count]:
        """End the worker, and return what each thing took, once."""
        self._end()
        with self._out.open(encoding="utf-8", errors="replace") as lines:
            stretches = summaries(lines)
        return {
            name: difference(stretches[once], stretches[twice], times)
            for name, once, twice, times in self._marked
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            if kind is not None:
                self._process.kill()
            self._end()

    def _end(self) -> None:
        assert self._process.stdin is not None
        if not self._process.stdin.closed:
            self._process.stdin.close()
        self._process.wait()

    def _mark(self) -> int:
        """End a stretch, and return its number."""
        self.tell("mark", 0)
        self._marks += 1
        return self._marks - 1


def difference(once: Count, twice: Count, times: int) -> Count:
    """What one time took, from N times and 2 N times; what is next to nothing is no less."""
    more = (b - a for a, b in zip(once, twice, strict=True))
    return Count(*(max(0.0, found / times) for found in more))


def summaries(lines: Iterable[str]) -> list[Count]:
    """The stretches in callgrind's output, in their order; its events are Ir and sysCount first."""
    found = []
    for line in lines:
        if line.startswith("events:") and not line.startswith("events: Ir sysCount"):
            raise CountingFailedError(f"callgrind counts something else: {line.strip()}")
        if line.startswith("summary:"):
            numbers = [*map(float, line.split()[1:]), 0.0]  # noughts at the end are left out
            found.append(Count(numbers[0], numbers[1]))
    return found
