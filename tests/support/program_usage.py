"""What a program uses while it runs, all of its processes together, as /proc has it."""

import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple


class Usage(NamedTuple):
    """What a program uses at one moment, all of its processes together, in MB where not said.

    temporary: files in its folder for them, and those without a name. most_descriptors: of the
    process that has the most.
    """

    rss: float
    pss: float
    temporary: float
    descriptors: int
    most_descriptors: int

    def or_more(self, other: "Usage") -> "Usage":
        return Usage._make(max(pair) for pair in zip(self, other, strict=True))


NOTHING = Usage(0.0, 0.0, 0.0, 0, 0)


class Watch(threading.Thread):
    """Looks at what a program uses, twice a second. most: since it began."""

    def __init__(self, usage: Callable[[], Usage]) -> None:
        super().__init__(daemon=True)
        self.most = NOTHING
        self._usage, self._stop_it = usage, threading.Event()

    def run(self) -> None:
        while not self._stop_it.wait(0.5):
            self.most = self.most.or_more(self._usage())

    def __enter__(self) -> "Watch":
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop_it.set()
        self.join()


def usage_of(pid: int, temporary: Path) -> Usage:
    """What a process and its children use now. temporary: its folder for temporary files."""
    files = [path.stat() for path in temporary.rglob("*") if path.exists()]
    total = Usage(0.0, 0.0, sum(stat.st_blocks for stat in files) / 2048, 0, 0)
    commands = set[bytes]()
    for number in _processes(pid):
        process = Path(f"/proc/{number}")
        with suppress(OSError):  # it has ended meanwhile
            command = (process / "cmdline").read_bytes()
            # What is about to become another program still is its parent, and has its memory.
            if command not in commands:
                total = _with_process(total, process)
            commands.add(command)
    return total


def _processes(pid: int) -> list[int]:
    """A process and all that come from it."""
    found = [pid]
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += _processes(int(child))
    return found


def _with_process(total: Usage, process: Path) -> Usage:
    rollup = dict(
        line.split()[:2] for line in (process / "smaps_rollup").read_text().splitlines()[1:]
    )
    count, unnamed = 0, 0
    for descriptor in (process / "fd").iterdir():
        count += 1
        with suppress(OSError):
            if descriptor.readlink().name.endswith(" (deleted)"):
                unnamed += descriptor.stat().st_blocks
    return Usage(
        total.rss + int(rollup["Rss:"]) / 1024,
        total.pss + int(rollup["Pss:"]) / 1024,
        total.temporary + unnamed / 2048,
        total.descriptors + count,
        max(total.most_descriptors, count),
    )
