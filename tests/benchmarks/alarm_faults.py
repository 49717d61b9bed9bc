"""How soon each output tells a crew that something is broken, and what it says.

.venv/bin/python tests/benchmarks/alarm_faults.py               every fault, some ten minutes
.venv/bin/python tests/benchmarks/alarm_faults.py dead stuck    some of them

Each fault meets a boat in CALM and one in STORM: the real program over a chip, a bus and a disk
that break, a reading a second, NO DATA after ten seconds. Its sound and notify_command write files;
a new client reads what the real Mosquitto retains, /metrics is scraped, Signal K's deltas are
received. All are read twice a second until the fault is mended: after "lost" none may give a number
of pressure, change, level, chance or wind. As root, for the disks. Ends with 1 for a "never", for
an old value, and for what was notified twice.
"""

import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import NamedTuple

# Neighbours of the repository's own, as pytest finds them.
sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

import figures
from support.command import run

from tests.support.disks import abort, fill, frozen, mount_again, small_disk
from tests.support.outputs_in_faults import OUTPUTS, first_signs, old_values
from tests.support.real_servers import mosquitto
from tests.support.watched_boat import MOMENTS, View, WatchedBoat, watched_boat

AT_ONCE = 3
# What the same fault takes by the defaults: a sample a minute, NO DATA after ten minutes.
BY_DEFAULT = {
    "data": "an outage on the page, MQTT and Prometheus after 1 min, NO DATA by all after 10 min;"
    " stuck: all after 10 min",
    "disk": "1 min, or 2 for one that hangs",
    "clock": "1 min",
    "killed": "at once; the sound 10 s later, as systemd starts it; Signal K after 3 min",
}
LASTS_S, AGAIN_S, OFF_S = 42.0, 12.0, 16.0


class Fault(NamedTuple):
    """A fault. kind: "data", "disk", "clock" or "killed", for what is to be told of it."""

    kind: str
    title: str


FAULTS = {
    "dead": Fault("data", "chip dead"),
    "gone": Fault("data", "bus gone"),
    "stuck": Fault("data", "recorder stuck in a read"),
    "hangs": Fault("disk", "disk hangs"),
    "full": Fault("disk", "disk full"),
    "readonly": Fault("disk", "disk read-only"),
    "back": Fault("clock", "clock back 40 days"),
    "killed": Fault("killed", "process killed, started again after 16 s"),
}


class Case:
    """One fault at one level, watched from its beginning to its end."""

    def __init__(self, boat: WatchedBoat, word: str) -> None:
        self.boat, self.word, self.kind = boat, word, FAULTS[word].kind
        self.signs: dict[str, tuple[float, str]] = {}
        self.faults: list[str] = []
        self.before: View | None = None
        self.began_at = 0.0

    def sail(self) -> None:
        with ExitStack() as opened:
            if self.kind == "disk":
                self.boat.disk = opened.enter_context(small_disk(self.boat.folder / "disk", 16))
            self.boat.prepare()
            self.boat.start()
            self.before = self.boat.until(partial(_is_up, level=self.boat.level))
            time.sleep(6.0)  # the level sounds, if it does
            self.before = self.boat.look()
            self.began_at = time.time()
            self._break_it(opened)
            opened.callback(self.boat.kill)
        after = self.boat.look()
        self.faults += twice(after)

    def _break_it(self, opened: ExitStack) -> None:
        disk = self.boat.disk
        match self.word:
            case "hangs":
                with frozen(disk):
                    self._watch(LASTS_S)
            case "full":
                fill(disk / "photos")
                self._watch(LASTS_S)
                (disk / "photos").unlink()
            case "readonly":
                abort(disk)
                self._watch(LASTS_S)
                mount_again(disk)
            case "back":
                self.boat.tell(str(40 * 86_400))
                self._watch(LASTS_S)
            case "killed":
                self.boat.kill()
                self._watch(OFF_S)
                self.boat.start()
                self._watch(LASTS_S - OFF_S)
            case _:
                self.boat.tell(self.word)
                self._watch(LASTS_S)
                self.boat.tell("well")
        self._watch_the_end()

    def _watch(self, lasts_s: float) -> None:
        end = time.time() + lasts_s
        while time.time() < end:
            view = self.boat.look()
            assert self.before is not None
            for output, says in first_signs(self.kind, view, self.before, self.began_at).items():
                if output not in self.signs:
                    at, words = says
                    self.signs[output] = at - self.began_at, words
            self.faults += old_values(self.kind, view, self.before, self.began_at)
            time.sleep(0.5)

    def _watch_the_end(self) -> None:
        """It goes on as it was before the fault: fresh, at the same level, sounding the same."""
        assert self.before is not None and self.before.page is not None
        signal = self.before.page["alarm"]["signal"]
        try:
            self.boat.until(lambda view: _is_well(view, self.boat.level, signal), AGAIN_S * 2)
        except AssertionError as error:
            self.faults.append(f"it does not go on as before: {str(error)[:900]}")


def _is_up(view: View, level: str) -> bool:
    page = view.page
    return page is not None and page["freshness"] == "fresh" and page["level"] == level


def _is_well(view: View, level: str, signal: str | None) -> bool:
    page = view.page
    return (
        _is_up(view, level)
        and page is not None
        and page["alarm"]["signal"] == signal
        and not page["outage"]
        and view.state.get("level") == level
        and view.availability == "online"
        and not view.state["no_data"]
        and view.signal_k["environment.outside.pressure"] is not None
        and not view.alarms("noData")
    )


def twice(view: View) -> Iterator[str]:
    """What was notified more than once."""
    said = [(n.json["event"], n.json["level"], n.json["since"]) for n in view.notices]
    yield from (f"notified twice: {what}" for what in set(said) if said.count(what) > 1)


def sail(folder: Path, word: str, level: str, say: Callable[[str], None]) -> Case:
    with ExitStack() as opened:
        (folder / "broker").mkdir(parents=True)
        broker = opened.enter_context(mosquitto(folder / "broker"))
        boat = opened.enter_context(watched_boat(folder / f"{word}-{level}", level, broker))
        case = Case(boat, word)
        try:
            case.sail()
        except Exception as error:
            case.faults.append(f"{type(error).__name__}: {error}")
        for fault in dict.fromkeys(case.faults):
            say(f"{word} in {level.upper()}: {fault}")
        (folder.parent / f"{word}-{level}.log").write_text(boat.log())
        return case


def row(case: Case) -> list[str]:
    cells = []
    for output in OUTPUTS:
        seconds, words = case.signs.get(output, (-1.0, "never"))
        cells.append("**never**" if seconds < 0 else f"{seconds:.1f} s: {words}")
        if words.startswith("not needed"):
            cells[-1] = words
    return [FAULTS[case.word].title, case.boat.level.upper(), *cells, BY_DEFAULT[case.kind]]


def main(words: list[str]) -> int:
    lock, said = threading.Lock(), list[str]()

    def say(line: str) -> None:
        with lock:
            said.append(line)
            print(line, file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(AT_ONCE) as workers:
        wanted = [(word, level) for word in words or FAULTS for level in MOMENTS]
        cases = [
            workers.submit(sail, Path(name) / f"{word}-{level}", word, level, say)
            for word, level in wanted
        ]
        rows = [row(case.result()) for case in cases]
    head = ["fault", "level", *OUTPUTS, "by the defaults"]
    print(f"| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for cells in rows:
        print(f"| {' | '.join(cells)} |")
    never = sum("never" in cell for cells in rows for cell in cells)
    figures.table("How soon each output tells the crew", head, rows)
    figures.figure("outputs that never tell", never)
    figures.goals(not never and not said, "every output tells, and gives no old value as new")
    return 1 if never or said else 0


if __name__ == "__main__":
    run(partial(main, sys.argv[1:]))
