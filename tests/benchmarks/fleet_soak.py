"""A fleet's day before one InfluxDB, in half a minute: what it costs, and whether a sample is lost.

.venv/bin/python tests/benchmarks/fleet_soak.py          thirty boats, 24 simulated hours
.venv/bin/python tests/benchmarks/fleet_soak.py 3 2      three, two hours

Each boat has the real publisher and thread before a real InfluxDB. The first has all other
publishers on as well: a real Signal K server, NMEA 0183 over UDP and TCP, a real Mosquitto, the LED
matrix's twin, where these are installed. At half time the server is ended and an hour passes
without it. Ends with 1 unless every sample of every boat is stored once, with its pressure to
the pascal, and went over the other ways too.
"""

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

# Neighbours of the repository's own, as pytest finds them.
sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

import figures
import pytest
from flagship import Flagship, flagship
from support.command import run

import sensors
from sensors.simulated.record import PressureRecord, parse_time_utc
from sensors.simulated.weather import Weather
from tests.support.real_servers import Influx, influxd
from tests.support.storm_conditions import one_publisher, station_context
from tests.support.waiting import eventually
from web.publish.publisher import PublisherThread, StationContext
from web.recorder.conditions import Conditions
from web.weather import Sample, StormWatch

STORM = Path(sensors.__file__).parent / "simulated" / "data" / "storm_2014_02_12.csv"
BEGIN = parse_time_utc("2014-02-12T00:00:00Z")
LONGEST_S = 900.0


class Clock:
    """The fleet's time."""

    now = BEGIN

    def __call__(self) -> float:
        return self.now


def day(hours: float) -> Iterator[Conditions]:
    """The storm of 2014, minute by minute, with what it means."""
    weather, watch = Weather(PressureRecord.read(STORM)), StormWatch()
    for number in range(round(hours * 60)):
        moment = BEGIN + 60 * number
        weather.move_to(moment)
        sample = Sample(moment, round(weather.pressure_pa / 100, 2), 12.5)
        yield Conditions(sample, watch.update(sample))


def of_boat(conditions: Conditions, boat: int) -> Conditions:
    """Each boat reads a little more than the one before."""
    sample = conditions.sample
    assert sample is not None
    pressure_hpa = round(sample.pressure_hpa + boat / 100, 2)
    return Conditions(sample._replace(pressure_hpa=pressure_hpa), conditions.outlook)


def with_every_publisher(
    opened: ExitStack, folder: Path, station: StationContext, count: int
) -> Flagship | None:
    """The first boat's other publishers, where their servers are installed."""
    try:
        return opened.enter_context(flagship(folder, station, count))
    except pytest.skip.Exception as reason:
        print(f"the first boat has InfluxDB only, as the others: {reason}")
        return None


def sail(
    threads: list[PublisherThread],
    first: Flagship | None,
    bulletins: list[Conditions],
    clock: Clock,
) -> None:
    for conditions in bulletins:
        assert conditions.sample is not None
        clock.now = conditions.sample.taken_at
        if first is not None:
            first.take(conditions)
        for boat, thread in enumerate(threads):
            thread.put(of_boat(conditions, boat))


def cost(pid: int) -> str:
    """The processor time and the greatest memory of a process so far."""
    ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    peak_kb = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    return f"{sum(map(int, ticks)) / 100:.1f} s of CPU, {peak_kb / 1024:.0f} MB at most"


def stored(server: Influx) -> set[tuple[str, float, int]]:
    """Node, Unix seconds and pressure in Pa of each sample in the database."""
    answer = server.ask("SELECT pressure_hpa FROM storm_petrel GROUP BY node")
    rows = (line.split(",") for line in answer.splitlines())
    return {(tag.partition("=")[2], float(at), round(float(hpa) * 100)) for _, tag, at, hpa in rows}


def main(boats: int, hours: float) -> int:
    bulletins, clock = list(day(hours)), Clock()
    wanted = measured(bulletins, boats)
    half, pause = len(bulletins) // 2, min(60, len(bulletins) // 4)
    with tempfile.TemporaryDirectory() as name, ExitStack() as opened:
        server = opened.enter_context(influxd(Path(name)))
        server.ask("CREATE DATABASE boat")
        station = station_context(clock, "the storm of 2014")
        threads = [
            opened.enter_context(
                PublisherThread(one_publisher(table(server, boat), "", station), pauses_s=(0.2,))
            )
            for boat in range(boats)
        ]
        first = with_every_publisher(opened, Path(name), station, len(bulletins))
        begin = time.monotonic()
        sail(threads, first, bulletins[:half], clock)
        assert eventually(lambda: len(stored(server)) >= half * boats, LONGEST_S)
        server_before = cost(server.pid)
        server.end()
        sail(threads, first, bulletins[half : half + pause], clock)
        server.start()
        sail(threads, first, bulletins[half + pause :], clock)
        assert eventually(lambda: len(stored(server)) >= len(wanted), LONGEST_S)
        took_s = time.monotonic() - begin
        own = resource.getrusage(resource.RUSAGE_SELF)
        print(f"{boats} boats, {hours:g} h in {took_s:.0f} s; no server for {pause} min")
        server_after = cost(server.pid)
        print(f"InfluxDB: {server_before} before, {server_after} after")
        used_s = own.ru_utime + own.ru_stime
        print(f"all boats together: {used_s:.1f} s of CPU, {own.ru_maxrss / 1024:.0f} MB at most")
        wrong = len(stored(server) ^ wanted) + (first.faults(bulletins) if first else 0)
    figures.figure("fleet rows wrong", wrong)
    figures.table(
        "A fleet before one InfluxDB, which is gone for a while",
        ["boats", "hours", "rows", "wrong or missing", "InfluxDB"],
        [[str(boats), f"{hours:g}", f"{len(wanted):,d}", str(wrong), server_after]],
    )
    figures.goals(not wrong, "every sample is there, to the pascal")
    print("every sample is there, to the pascal" if not wrong else f"{wrong} rows are wrong")
    return 1 if wrong else 0


def table(server: Influx, boat: int) -> dict[str, dict[str, object]]:
    return {"influx": {"url": server.url, "database": "boat", "node": f"boat-{boat:03}"}}


def measured(bulletins: list[Conditions], boats: int) -> set[tuple[str, float, int]]:
    """The same as stored(), as it should be."""
    samples = [
        (f"boat-{boat:03}-simulated", of_boat(conditions, boat).sample)
        for boat in range(boats)
        for conditions in bulletins
    ]
    return {(node, s.taken_at, round(s.pressure_hpa * 100)) for node, s in samples if s}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("boats", nargs="?", type=int, default=30)
    parser.add_argument("hours", nargs="?", type=float, default=24.0)
    options = parser.parse_args()
    run(partial(main, options.boats, options.hours))
