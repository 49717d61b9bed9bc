"""A week at a sample a second with random faults, in minutes: what a crew gets of each outage.

.venv/bin/python tests/benchmarks/alarm_soak.py                 a week, seed 1
.venv/bin/python tests/benchmarks/alarm_soak.py 0.5 7           half a day, seed 7

The recorder, the storm rule, the history, the alarm with its watch, a notifier, MQTT before a real
Mosquitto, Signal K by UDP and the page are real; only the clock is the boat's. The sensor fails and
hangs, the disk refuses, the network goes, clocks are set, people acknowledge, the program is
ended, crashes, and loses its power. Beside it runs what should be told, from the faults alone.
Ends with 1 unless each outage of ten minutes is notified once at its beginning and once at its end
and every output shows it; no level is missed, nothing is notified twice, no lost value is given,
and memory is flat.
"""

import argparse
import json
import socket
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

# Neighbours of the repository's own, as pytest finds them.
sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

import figures
from resident import resident_kb
from support.command import run

from sensors import DeviceNotFound
from tests.support.real_servers import Mosquitto, mosquitto
from tests.support.soak_boat import Disk, Run, SoakClock, Target
from tests.support.soak_faults import DAY_S, Fault, air_of, faults_of
from web.alarm.state import AlarmSignal
from web.history.clock_trust import ClockReading, ClockTrust
from web.publish.mqtt import publisher as mqtt_publisher
from web.weather import Outlook, Sample, StormLevel, StormWatch

BEGIN_MS = 1_767_225_600_000
NO_DATA_S, FIRST_S, LOST_S, LATE_S = 600, 30, 30, 10
_CHECK_S = 1800
# The rule says nothing new for three hours after a gap of about an hour, or a clock without past.
_GAP_S, _KNOWN_S = 3000, 4 * 3600
_MEMORY = Path("/dev/shm")
Expected = tuple[str, str, str]


class Boat:
    """The voyage: its seconds, its faults, what should be told, and what is."""

    def __init__(self, folder: Path, broker: Mosquitto, seed: int, length_s: int) -> None:
        random = Random(seed)
        self.random, self.length_s = random, length_s
        self.air, self.faults = air_of(random), faults_of(random, length_s)
        self.folder, self.broker = folder, broker
        self.clock = SoakClock(BEGIN_MS, trust=ClockTrust.SYNCHRONISED)
        self.target, self.disk = Target(), Disk()
        self.second = 0
        self.now: dict[str, Fault] = {}
        self.signal_k = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.signal_k.bind(("127.0.0.1", 0))
        self.signal_k.setblocking(False)
        self.paths: dict[str, Any] = {}
        self.run: Run | None = None
        self.end = ""
        # What should be told.
        self.good_at, self.started_at, self.is_silent = 0.0, 0.0, False
        self.level = StormLevel.CALM
        self.expected: list[Expected] = []
        self.outages = self.samples = self.checks = self.starts = 0
        self.wrong: list[str] = []
        self.sizes_kb: list[int] = []
        self.by_rule: list[tuple[int, StormLevel, StormLevel]] = []
        self.whole_since = 0  # no gap that lets the rule begin again
        self.rule = StormWatch()

    # The voyage

    def sail(self) -> None:
        path = self.folder / "history0.sqlite"
        while self.second < self.length_s:
            self.end = ""
            self.starts += 1
            self.started_at = float(self.second)
            tables = {
                "alarm": {"no_data_after_s": NO_DATA_S},
                "mqtt": {"host": "127.0.0.1", "port": self.broker.port, "node": "soak"},
                "signalk": {
                    "host": "127.0.0.1",
                    "port": self.signal_k.getsockname()[1],
                    "transport": "udp",
                },
            }
            self.run = Run(
                path,
                self.clock,
                self.target,
                tables,
                self.pass_a_second,
                self.read,
                judged=self.judged,
            )
            self.run.sail()
            copy = None
            if self.end in ("crash", "power"):
                copy = self.folder / f"history{self.starts}.sqlite"
            self.run.end(copy)
            path = copy or path
            self._be_off()

    def _be_off(self) -> None:
        """The machine, or only the program, is off for a while."""
        off_s = 5
        if self.end == "power":
            off_s = round(10 * 300 ** self.random.random())
            self._pass_time(off_s)
            trust = self.random.choice((ClockTrust.RTC, ClockTrust.SYNCHRONISED))
            self.clock.boot(f"b{self.second:07d}", wrong_ms=0, trust=trust)
            self.good_at = float(self.second)
            self.whole_since = self.second
        else:
            self._pass_time(off_s)

    def _pass_time(self, seconds: int) -> None:
        self.run = None
        for _ in range(seconds):
            self._advance()

    def _advance(self) -> None:
        self.second += 1
        self.clock.true_ms += 1000
        self._begin_and_end()

    def _begin_and_end(self) -> None:
        for kind in [kind for kind, fault in self.now.items() if fault.end_s <= self.second]:
            del self.now[kind]
            if kind == "disk":
                self.disk.fill(full=False)
            elif kind == "clock":
                self.clock.wrong_ms = 0
            elif kind == "network":
                self.disk.start(self.broker)
                self.target.is_away = False
        while self.faults and self.faults[0].begin_s <= self.second:
            fault = self.faults.pop(0)
            if fault.end_s > fault.begin_s:
                self.now[fault.kind] = fault
            self._begin(fault.kind)

    def _begin(self, kind: str) -> None:
        match kind:
            case "disk":
                self.disk.fill(full=True)
            case "network":
                self.target.is_away = True
                self.broker.end(suddenly=True)
            case "restart" | "crash" | "power":
                self.end = self.end or kind
            case "clock":
                self.clock.wrong_ms = round(
                    self.random.choice((-1, 1)) * 3000 * 1e6 ** self.random.random()
                )
            case "phone" | "acknowledge" | "silence" if self.run is not None:
                self._ask(kind)

    def _ask(self, kind: str) -> None:
        """What a person does at the page."""
        assert self.run is not None
        uptime = self.clock.uptime()
        if kind == "acknowledge":
            self.run.alarm.acknowledge(uptime, "page")
        elif kind == "silence":
            self.run.alarm.silence(uptime, "page")
        elif "stuck" not in self.now:
            offset_ms = self.clock.booted_ms + round(self.random.uniform(-3e6, 3e6))
            self.run.recorder.set_clock(ClockReading(offset_ms, ClockTrust.PHONE))

    # The program's clock and its sensor, in the recorder's thread

    def pass_a_second(self) -> bool:
        """Let a second pass; return whether the program goes on."""
        run = self.run
        assert run is not None
        self._advance()
        run.input._watch.check()
        self._expect_no_data()
        second = self.second
        silent_s = second - max(self.good_at, self.started_at)
        if second % 180 == 0 or silent_s in (1, LATE_S + 1, LOST_S + 1, NO_DATA_S, NO_DATA_S + 1):
            self._publish()
        if second % 60 == 0 and "disk" not in self.now:
            run.recorder.wait_until_stored()
        if second % (6 * 3600) == 0:
            self.sizes_kb.append(resident_kb("self"))
            print(f"{second // 3600} h", file=sys.stderr, flush=True)
        if second % _CHECK_S == 0:
            self.check()
        if self.end:
            run.settle()
        return not self.end and second < self.length_s

    def read(self, moment: float) -> Sample:
        stuck = self.now.get("stuck")
        if stuck is not None:
            while self.now.get("stuck") is stuck and self.pass_a_second():
                pass
            if self.now.get("stuck") is stuck:  # the program ends
                raise DeviceNotFound("it hangs")
        if "dead" in self.now:
            raise DeviceNotFound("no chip answers at address 0x77 of the bus")
        return Sample(moment, self.air(self.second), 15.0)

    # What should be told

    def _expect_no_data(self) -> None:
        due = max(self.good_at + NO_DATA_S, self.started_at + FIRST_S)
        if not self.is_silent and self.second >= due:
            self.is_silent = True
            self.outages += 1
            self.expected.append(("no_data", self.level.word, "no_data"))
            self._look(because="NO DATA begins")

    def judged(self, run: Run, sample: Sample, outlook: Outlook) -> None:
        """The recorder's ring: the alarm's, and beside it what that should do."""
        run.input.judged(sample, outlook)
        before, self.level = self.level, outlook.level
        self.samples += 1
        if self.second - self.good_at > _GAP_S:
            self.whole_since = self.second
        self.good_at = float(self.second)
        self._follow_the_rule()
        if self.is_silent:
            self.is_silent = False
            self.expected.append(("no_data", "no_data", outlook.level.word))
        elif before is not outlook.level:
            self.expected.append(("level", before.word, outlook.level.word))

    def _follow_the_rule(self) -> None:
        """The same air by the rule that never restarts and has no clock."""
        outlook = self.rule.update(Sample(BEGIN_MS / 1000 + self.second, self.air(self.second)))
        is_whole = self.second - self.whole_since > _KNOWN_S
        if outlook is not None and self.second % 60 == 0 and is_whole:
            self.by_rule.append((self.second, outlook.level, self.level))

    # What the crew gets

    def check(self) -> None:
        """Look at each output, whether it says what is so now."""
        if self.second - self.good_at <= 2 or self.second - self.good_at > LOST_S + 2:
            self._look(because="as ever")

    def _look(self, because: str) -> None:
        run = self.run
        assert run is not None
        self.checks += 1
        self._publish()
        state, wrong = run.alarm.state, list[str]()
        signal = state.signal(self.clock.uptime())
        silent = self.is_silent
        is_lost = self.second - self.good_at > LOST_S
        page = run.page.get("/api/now").get_json()
        metrics = run.page.get("/metrics").text
        if state.no_data is not silent or page["alarm"]["no_data"] is not silent:
            wrong.append(f"the page has no_data {page['alarm']['no_data']}")
        if f"storm_petrel_no_data {float(silent)}" not in metrics:
            wrong.append("Prometheus has another no_data")
        if silent and because != "as ever" and signal is not AlarmSignal.NO_DATA:
            wrong.append(f"what sounds is {signal}")
        if self._plotter_shows_no_data() is not silent:
            wrong.append(f"Signal K: {self.paths}")
        if is_lost:
            given = [k for k, v in page.items() if v not in (None, []) and _is_derived(k)]
            given += [line for line in metrics.splitlines() if _is_value(line)]
            given += [k for k, v in self._values_of_signal_k().items() if v is not None]
            wrong += [f"{name} is given" for name in given]
        if "network" not in self.now:
            wrong += self._broker_faults(silent, is_lost)
        self.wrong += [
            f"{self.second} ({because}; {', '.join(self.now)}): {what}" for what in wrong
        ]

    def _broker_faults(self, silent: bool, is_lost: bool) -> list[str]:
        lines = self.broker.read("storm-petrel/soak/state")
        state = json.loads(lines[0].partition(" ")[2])
        wrong = [] if state["no_data"] is silent else [f"MQTT has no_data {state['no_data']}"]
        if is_lost:
            wrong += [f"MQTT gives {k}" for k, v in state.items() if v and _is_derived(k)]
        return wrong

    def _publish(self) -> None:
        """Have all published, and receive what is for the plotter."""
        assert self.run is not None
        self.run.publish()
        with suppress(BlockingIOError):
            while True:
                for update in json.loads(self.signal_k.recv(65536))["updates"]:
                    self.paths |= {v["path"]: v["value"] for v in update.get("values", ())}

    def _plotter_shows_no_data(self) -> bool:
        return any(
            "noData" in path and value["state"] == "alarm" for path, value in self.paths.items()
        )

    def _values_of_signal_k(self) -> dict[str, Any]:
        return {k: v for k, v in self.paths.items() if not k.startswith("notifications")}


def _is_derived(key: str) -> bool:
    words = ("pressure", "change", "chance", "wind", "level", "tendency")
    return key.startswith(words)


def _is_value(line: str) -> bool:
    names = ("pressure", "change", "storm_level", "gale", "near_gale", "expected", "temperature")
    return line.startswith(tuple(f"storm_petrel_{name}" for name in names))


def rises_missed(boat: Boat) -> list[str]:
    """The rises of the undisturbed rule that lasted for an hour and were not followed in that."""
    missed, minutes = list[str](), boat.by_rule
    for index in range(1, len(minutes) - 60):
        hour = minutes[index : index + 60]
        is_whole = hour[-1][0] - hour[0][0] < 4000  # data came
        risen = minutes[index][1] > minutes[index - 1][1]
        level, own = minutes[index][1], max(own for _, _, own in hour)
        if is_whole and risen and own < level <= min(by_rule for _, by_rule, _ in hour):
            missed.append(f"{hour[0][0]}: {level.name}, own {own.name}")
    return missed


def report(boat: Boat, seconds: float) -> int:
    came = [
        (n.fields["event"], n.fields["previous_level"], n.fields["level"]) for n in boat.target.came
    ]
    twice_or_missing = sum(a != b for a, b in zip(came, boat.expected, strict=False))
    twice_or_missing += abs(len(came) - len(boat.expected))
    half = boat.sizes_kb[len(boat.sizes_kb) // 2 :]
    grown_mb = (half[-1] - half[0]) / 1024 if len(half) > 1 else 0.0
    differs = sum(rule is not own for _, rule, own in boat.by_rule)
    missed = rises_missed(boat)
    levels = sum(kind == "level" for kind, _, _ in boat.expected)
    print(f"{boat.second:,d} s in {seconds:.0f} s, {boat.samples:,d} samples, {boat.starts} starts")
    print(
        f"{boat.outages} outages of 10 min, {levels} changes of level, {boat.checks} looks at all"
    )
    print(f"notices: {len(came)} came, {len(boat.expected)} expected, {twice_or_missing} differ")
    print(f"outputs that were wrong at a look: {len(boat.wrong)}")
    print(f"rises of the undisturbed rule: {len(missed)} missed {missed}")
    print(f"another level than its in {differs} of {len(boat.by_rule)} minutes")
    print(f"memory in the second half: {grown_mb:+.1f} MB, {boat.sizes_kb} kB")
    for line in boat.wrong[:20]:
        print(line)
    if twice_or_missing:
        pairs = zip(came, boat.expected, strict=False)
        at = next(
            (i for i, (a, b) in enumerate(pairs) if a != b), min(len(came), len(boat.expected))
        )
        print(f"the first: number {at}: {came[at - 2 : at + 4]}\n{boat.expected[at - 2 : at + 4]}")
    figures.figure("outages of a week not told", twice_or_missing + len(boat.wrong))
    is_flat = grown_mb < 5.0
    is_well = not twice_or_missing and not boat.wrong and not missed and is_flat
    figures.goals(is_well, "each outage comes once, no level is missed, memory is flat")
    return 0 if is_well else 1


def main(days: float, seed: int) -> int:
    # The boat's seconds pass in less than a millisecond.
    vars(mqtt_publisher)["_IDLE_S"] = 0.0
    began = time.monotonic()
    with ExitStack() as opened:
        memory = _MEMORY if _MEMORY.is_dir() else None
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(dir=memory)))
        broker = opened.enter_context(mosquitto(folder))
        boat = Boat(folder, broker, seed, round(days * DAY_S))
        opened.callback(lambda: boat.disk.fill(full=False))
        boat.sail()
    return report(boat, time.monotonic() - began)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("days", nargs="?", type=float, default=7.0)
    parser.add_argument("seed", nargs="?", type=int, default=1)
    options = parser.parse_args()
    run(partial(main, options.days, options.seed))
