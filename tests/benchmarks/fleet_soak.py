"""A fleet's day at one broker, in a minute or so: what it costs, and whether a minute is lost.

.venv/bin/python tests/benchmarks/fleet_soak.py          thirty boats, 24 simulated hours
.venv/bin/python tests/benchmarks/fleet_soak.py 3 2      three, two hours

Each boat has the real plug and thread before a real Mosquitto, and scripts/collect_fleet.py writes
the file. The first has all other plugs on as well: a real Signal K server, NMEA 0183 over UDP and
TCP, a real InfluxDB, the LED matrix's twin, where these are installed. The time of the boats goes
as fast as they tell, never more than ten minutes ahead of it.
At half time the broker is ended and an hour passes without it. Ends with 1 unless every minute of
every boat is in the file once, with its pressure to the pascal, and went over the other ways too.
"""

import argparse
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import NamedTuple

# Neighbours of the repository's own, as pytest finds them.
sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

import figures
import pytest
from command import run
from flagship import Flagship, flagship

import sensors
from sensors.simulated.record import PressureRecord, parse_time_utc
from sensors.simulated.weather import Weather
from tests.publish.brokers import Mosquitto, mosquitto
from tests.web.waiting import eventually
from web.bulletin import Bulletin
from web.publish.mqtt import plug_of
from web.publish.plug import Ship, Wire
from web.weather import Sample, StormWatch

STORM = Path(sensors.__file__).parent / "simulated" / "data" / "storm_2014_02_12.csv"
COLLECT = Path(__file__).parents[2] / "scripts" / "collect_fleet.py"
BEGIN = parse_time_utc("2014-02-12T00:00:00Z")
SETTINGS = ("persistence true", "max_queued_messages 0", "autosave_interval 60", "sys_interval 1")
MOST_AHEAD = 10  # minutes
LONGEST_S = 900.0


class Clock:
    """The fleet's time."""

    now = BEGIN

    def __call__(self) -> float:
        return self.now


class Traffic(NamedTuple):
    """What the broker has had from everybody; a third of the packets are the collector's."""

    messages: int
    octets: int

    @classmethod
    def of(cls, broker: Mosquitto) -> "Traffic":
        # Told once a second where it has changed; what is retained is from before.
        octets = broker.read("$SYS/broker/bytes/received", 1, "-R")[0].split()[-1]
        messages = broker.read("$SYS/broker/messages/received")[0].split()[-1]
        return cls(int(messages), int(octets))


def day(hours: float) -> Iterator[Bulletin]:
    """The storm of 2014, minute by minute, with what it means."""
    weather, watch = Weather(PressureRecord.read(STORM)), StormWatch()
    for number in range(round(hours * 60)):
        moment = BEGIN + 60 * number
        weather.move_to(moment)
        sample = Sample(moment, round(weather.pressure_pa / 100, 2), 12.5)
        yield Bulletin(sample, watch.update(sample))


def of_boat(bulletin: Bulletin, boat: int) -> Bulletin:
    """Each boat reads a little more than the one before."""
    sample = bulletin.sample
    assert sample is not None
    pressure_hpa = round(sample.pressure_hpa + boat / 100, 2)
    return Bulletin(sample._replace(pressure_hpa=pressure_hpa), bulletin.outlook)


def with_every_plug(opened: ExitStack, folder: Path, ship: Ship) -> Flagship | None:
    """The first boat's other plugs, where their servers are installed."""
    try:
        return opened.enter_context(flagship(folder, ship))
    except pytest.skip.Exception as reason:
        print(f"the first boat has MQTT alone, as the others: {reason}")
        return None


def sail(
    wires: list[Wire],
    first: Flagship | None,
    bulletins: list[Bulletin],
    clock: Clock,
    most_ahead: float,
) -> None:
    for bulletin in bulletins:
        assert bulletin.sample is not None
        clock.now = bulletin.sample.taken_at
        if first is not None:
            first.take(bulletin)
        for boat, wire in enumerate(wires):
            wire.take(of_boat(bulletin, boat))
        assert eventually(lambda: waiting(wires) <= most_ahead * len(wires), LONGEST_S)


def waiting(wires: list[Wire]) -> int:
    return sum(len(wire._waiting) for wire in wires)


def cost(pid: int) -> str:
    """The processor time and the greatest memory of a process so far."""
    ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    peak_kb = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    return f"{sum(map(int, ticks)) / 100:.1f} s of CPU, {peak_kb / 1024:.0f} MB at most"


def rows(file: Path) -> int:
    with closing(sqlite3.connect(file, timeout=20.0)) as reader:
        try:
            return int(reader.execute("SELECT count(*) FROM samples").fetchone()[0])
        except sqlite3.OperationalError:
            return 0  # it is not made yet


def main(boats: int, hours: float) -> int:
    bulletins, clock = list(day(hours)), Clock()
    wanted = boats * len(bulletins)
    half, pause = len(bulletins) // 2, min(60, len(bulletins) // 4)
    with tempfile.TemporaryDirectory() as name, ExitStack() as opened:
        folder, file = Path(name), Path(name) / "fleet.sqlite"
        settings = (*SETTINGS, f"persistence_location {folder}/")
        broker = opened.enter_context(mosquitto(folder, *settings))
        command = [sys.executable, str(COLLECT), str(file), "--host", "127.0.0.1", "--port"]
        collector = subprocess.Popen([*command, str(broker.port)], stderr=subprocess.PIPE)
        opened.callback(collector.communicate)
        opened.callback(collector.terminate)
        assert eventually(lambda: broker.log().count("storm-petrel-collector"))
        ship = Ship(60.0, "the storm of 2014", "soak", clock, lambda: None)
        wires = [
            opened.enter_context(Wire(plug_of(table(broker, boat), "", ship), pauses_s=(0.2,)))
            for boat in range(boats)
        ]
        first = with_every_plug(opened, folder, ship)
        begin = time.monotonic()
        sail(wires, first, bulletins[:half], clock, MOST_AHEAD)
        before = Traffic.of(broker)
        broker_before = cost(broker.pid)
        broker.end()
        sail(wires, first, bulletins[half : half + pause], clock, pause + MOST_AHEAD)
        broker.start()
        sail(wires, first, bulletins[half + pause :], clock, pause + MOST_AHEAD)
        assert eventually(lambda: rows(file) >= wanted, LONGEST_S), f"{rows(file)} of {wanted}"
        took_s = time.monotonic() - begin
        after = Traffic.of(broker)
        own = resource.getrusage(resource.RUSAGE_SELF)
        print(f"{boats} boats, {hours:g} h in {took_s:.0f} s; the broker was gone for {pause} min")
        messages, octets = (sum(both) for both in zip(before, after, strict=True))
        print(f"MQTT packets to the broker: {messages}; {octets / boats / 1024:.0f} KB a boat")
        print(f"rows: {rows(file)} of {wanted}; {file.stat().st_size / 2**20:.1f} MB")
        print(f"broker: {broker_before} before, {cost(broker.pid)} after")
        collected = cost(collector.pid)
        print(f"collector: {collected}")
        used_s = own.ru_utime + own.ru_stime
        print(f"all boats together: {used_s:.1f} s of CPU, {own.ru_maxrss / 1024:.0f} MB at most")
        wrong = wrong_rows(file, bulletins, boats) + (first.faults(bulletins) if first else 0)
    figures.figure("fleet rows wrong", wrong)
    figures.table(
        "A fleet at one broker, which is gone for a while",
        ["boats", "hours", "rows", "wrong or missing", "collector"],
        [[str(boats), f"{hours:g}", f"{wanted:,d}", str(wrong), collected]],
    )
    figures.goals(not wrong, "every minute is there, to the pascal")
    print("every minute is there, to the pascal" if not wrong else f"{wrong} rows are wrong")
    return 1 if wrong else 0


def table(broker: Mosquitto, boat: int) -> dict[str, dict[str, object]]:
    return {"mqtt": {"host": "127.0.0.1", "port": broker.port, "node": f"boat-{boat:03}"}}


def wrong_rows(file: Path, bulletins: list[Bulletin], boats: int) -> int:
    """How many rows are not what was measured."""
    with closing(sqlite3.connect(file)) as reader:
        found = set(reader.execute("SELECT node, taken_at, round(pressure_pa) FROM samples"))
    samples = [
        (f"boat-{boat:03}-simulated", of_boat(bulletin, boat).sample)
        for boat in range(boats)
        for bulletin in bulletins
    ]
    measured = {(node, s.taken_at, round(s.pressure_hpa * 100)) for node, s in samples if s}
    return len(found ^ measured)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("boats", nargs="?", type=int, default=30)
    parser.add_argument("hours", nargs="?", type=float, default=24.0)
    options = parser.parse_args()
    run(partial(main, options.boats, options.hours))
