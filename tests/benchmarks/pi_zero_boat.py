"""The boat whose work pi_zero.py counts: all parts of the program, joined as web/__main__.py does.

    python pi_zero_boat.py FOLDER PERIOD_S UDP MQTT INFLUX

It says the port of its page, and then does what it is told on standard input: "NAME TIMES". Its
history, made beforehand by sailed(), ends at this moment. Ports: those of swallowing.py.
"""

import itertools
import math
import os
import random
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from callgrind import mark
from peers.buses import Registers
from peers.colour_libraries import OURS, readings
from peers.drivers import DRIVERS
from peers.worker import converted_registers

from sensors import TCS3200
from sensors.barometer.driver import Barometer
from sensors.hats.scroll_phat_hd import ScrollPHATHD
from sensors.readings import Edges
from sensors.simulated.i2c import SimulatedI2C
from sensors.simulated.is31fl3731 import SimulatedIS31FL3731
from sensors.simulated.scene import Scene
from sensors.simulated.tcs3200 import SimulatedTCS3200
from sensors.tcs3200.wiring import Wiring
from tests.support.storm_conditions import one_publisher, preferences, station_context
from web.config.publishers import MatrixConfig
from web.config.settings import Config
from web.config.tables import AlarmConfig
from web.history.clock_trust import ClockReading, ClockTrust
from web.history.daily_csv import DailyCsv
from web.history.maintenance import HistoryMaintainer
from web.history.reader import HistoryReader
from web.history.writer import History
from web.pages.app import create_app
from web.pages.context import PageContext
from web.pages.overview import StationInfo
from web.pages.port import Port
from web.pages.server import PageServer
from web.publish.matrix.publisher import Matrix
from web.publish.publisher import Publisher, PublisherThread
from web.recorder.conditions import ConditionsFeed
from web.recorder.recorder import Instruments, Recorder
from web.recorder.sensor_health import SensorHealth
from web.recorder.system_clock import SystemClock
from web.recorder.warm_start import warm_start
from web.runtime.alarm_setup import alarm_of
from web.weather import Sample, Station, StormLevel, StormWatch

Task = Callable[[int], None]

STATION: Final = Station(53.5, -8.0, 0.0)
PUBLISHERS: Final = ("signalk", "nmea", "mqtt", "influx", "matrix")
_NOW_HPA, _WAVE_HPA, _WAVE_S = 1006.53, 8.0, 5 * 86400.0
_YEAR_S, _FINE_S = 365 * 86400, 3 * 86400
_WIRES: Final[dict[str, Any]] = {"out": 25, "s2": 23, "s3": 24}


def sailed(path: Path, end: float, period_s: float) -> None:
    """Make the history of a year that ends at a moment: minutes, and three days at this period."""
    chance, off_hpa = random.Random(1), 0.0
    fine_from = end - _FINE_S
    minutes = range(int((_YEAR_S - _FINE_S) / 60))
    early = (end - _YEAR_S + 60 * n for n in minutes)
    late = (fine_from + period_s * n for n in range(int(_FINE_S / period_s)))
    with History(path, "b0070001") as history:
        history.set_clock(
            ClockReading(round((end - _YEAR_S) * 1000) - 1000, ClockTrust.SYNCHRONISED), 0
        )
        before = end - _YEAR_S
        for n, moment in enumerate(itertools.chain(early, late)):
            hours = (moment - before) / 3600
            off_hpa += chance.gauss(0, 0.1 * hours**0.5) - off_hpa * 0.2 * hours
            wave_hpa = _WAVE_HPA * math.sin(2 * math.pi * (moment - end) / _WAVE_S)
            sample = Sample(moment, _NOW_HPA + wave_hpa + off_hpa, 15 + n % 700 / 100)
            # Calm at the end: a level that stands has more reasons, each time.
            level = StormLevel(n // 5000 % 4 if moment < fine_from else 0)
            history.queue(sample, level)
            if n % 5000 == 0:
                history.commit()
            before = moment
        history.commit()
        newest = history.newest
        # The daily copies are there: none is to be made up for while it is counted.
        history.transact(lambda c: c.execute("UPDATE present SET copied_id = ?", (newest,)))


class OnDemand:
    """A Pace that comes to its next moment whenever that is asked for."""

    def __init__(self, period_s: float, clock: SystemClock) -> None:
        self.period_s, self.speed, self.end, self._clock = period_s, 1.0, math.inf, clock
        self._offset_ms = clock.reading().offset_ms
        self._moment_s = clock.monotonic_ms() / 1000
        self._wanted, self._done = threading.Semaphore(0), threading.Semaphore(0)

    def turns(self, times: int) -> None:
        """Have so many moments come, and wait for what is done at each."""
        for _ in range(times):
            self._wanted.release()
            self._done.acquire()

    @property
    def boot_id(self) -> str:
        return self._clock.boot_id

    def remark(self) -> str:
        return ""

    def now(self) -> float:
        return self._offset_ms / 1000 + self._moment_s

    def reading(self) -> ClockReading:
        return self._clock.reading()

    def set_offset(self, offset_ms: int) -> None:
        self._offset_ms = offset_ms

    def begins(self) -> float:
        return self._moment_s

    def next_moment(self, stop: threading.Event) -> float | None:
        self._done.release()
        self._wanted.acquire()
        self._moment_s += self.period_s
        return None if stop.is_set() else self._moment_s


class Chip(Registers):
    """A BMP280 that has converted, whose last bits move as a working one's do."""

    def __init__(self) -> None:
        super().__init__(converted_registers(DRIVERS["Storm Petrel BMP280"]))
        self._noise = itertools.cycle(range(0, 256, 32))

    def read_i2c_block_data(
        self, i2c_addr: int, register: int, length: int, force: object = None
    ) -> list[int]:
        self.registers[0xF9] = next(self._noise)
        return super().read_i2c_block_data(i2c_addr, register, length)


class Canned:
    """Pins whose edges have been timed already: the kernel's part is not counted."""

    fastest_hz = 100_000.0

    def __init__(self) -> None:
        twin = SimulatedTCS3200(Scene("orange"), Wiring(**_WIRES))
        twin.drive({23: True, 24: False})
        self._edges = twin.rising_edges(25, 0.05)

    def drive(self, levels: object, /) -> None: ...

    def rising_edges(self, pin: int, gate_time_s: float, /) -> Edges:
        return self._edges

    def level(self, pin: int, /, *, pull_up: bool) -> bool:
        return False

    def close(self) -> None: ...


class Boat:
    """The program on its history. port: of its page."""

    def __init__(self, path: Path, period_s: float, ports: list[int], opened: ExitStack) -> None:
        self._path, self._opened, self._ports = path, opened, ports
        clock = SystemClock()
        self.pace = OnDemand(period_s, clock)
        self._history = opened.enter_context(History(path, clock.boot_id))
        self._feed = ConditionsFeed()
        self._publishers: dict[str, Publisher] = {}
        self._barometer = Barometer(Chip())
        alarm = alarm_of(self._history, AlarmConfig(), self.pace, clock)
        self._recorder = Recorder(
            HistoryMaintainer(self._history, period_s, copies=DailyCsv(self._history)),
            STATION,
            self.pace,
            Instruments(self._read, SensorHealth(self._barometer).remark),
            feed=self._feed,
            ring=lambda sample, outlook: alarm.update(outlook.level, clock.uptime()),
        )
        self._recorder.__enter__()
        port = opened.enter_context(Port("127.0.0.1", 0))
        self.port = int(port.socket.getsockname()[1])
        info = StationInfo(period_s, 30, "1.2.3", None, STATION.altitude_m, STATION)
        app = create_app(PageContext(path, self.pace, info, self._feed))
        threading.Thread(target=PageServer(app, port.socket).run, daemon=True).start()

    def _read(self, moment: float) -> Sample:
        reading = self._barometer.read()
        return Sample(moment, reading.pressure_hpa, reading.temperature_c)

    def task(self, name: str) -> Task:
        """What is done under a name."""
        kind, _, publisher = name.partition(":")
        if publisher:
            return (
                self._telling(publisher)
                if kind == "tell"
                else _repeated(self._publisher(publisher).poll)
            )
        tasks: dict[str, Callable[[], Task]] = {
            "mark": lambda: lambda times: mark(),
            "turn": lambda: self.pace.turns,
            "reading": lambda: _repeated(self._barometer.read),
            "outlook": self._outlook,
            "commit": self._commit,
            "rest": lambda: time.sleep,
            "queue": self._queue,
            "colour": lambda: _repeated(TCS3200(**_WIRES, gate_time_s=0.001, pins=Canned()).read),
            "name": lambda: _repeated(_colours()["one"]),
            "sort": lambda: _repeated(_colours()["sort"]),
        }
        return tasks[name]()

    def _outlook(self) -> Task:
        """As the history leaves it, with the samples that would come."""
        with HistoryReader(self._path) as reader:
            watch: StormWatch = warm_start(reader, STATION, self._history.boot)
        moments = itertools.count(self.pace.now() + 1, self.pace.period_s)
        noise = itertools.cycle((1006.51, 1006.53, 1006.52, 1006.54, 1006.52))
        return _repeated(lambda: watch.update(Sample(next(moments), next(noise), 25.0)))

    def _commit(self) -> Task:
        """In a history of its own: this one has its recorder."""
        path = self._path.with_name("commits.sqlite")
        with sqlite3.connect(self._path) as source, sqlite3.connect(path) as copy:
            source.backup(copy)
        history = self._opened.enter_context(History(path, "b0070002"))
        history.set_clock(ClockReading(round(self.pace.now() * 1000), ClockTrust.SYNCHRONISED), 0)
        moments = itertools.count(self.pace.now() + 60, self.pace.period_s)
        level = StormLevel.CALM
        return _repeated(lambda: history.add(Sample(next(moments), _NOW_HPA, 25.0), level))

    def _publisher(self, name: str) -> Publisher:
        """Connected, and the same one each time."""
        if name not in self._publishers:
            self._publishers[name] = self._new_publisher(name)
            self._publishers[name].connect()
        return self._publishers[name]

    def _new_publisher(self, name: str) -> Publisher:
        latitude, longitude, altitude_m = STATION
        here = {"latitude": latitude, "longitude": longitude, "altitude_m": altitude_m}
        settings = preferences(Config.load({"station": here}))
        period_s = self.pace.period_s
        station = station_context(
            self.pace.now, period_s=period_s, settings=settings, history=self._path
        )
        if name == "matrix":
            display = ScrollPHATHD(SimulatedI2C({0x74: SimulatedIS31FL3731()}))
            return Matrix(display, MatrixConfig(), station)
        udp, mqtt, influx = self._ports
        tables = {
            "signalk": {"port": udp},
            "nmea": {"host": "127.0.0.1", "port": udp},
            "mqtt": {"host": "127.0.0.1", "port": mqtt, "node": "petrel"},
            "influx": {"url": f"http://127.0.0.1:{influx}", "database": "boat", "node": "petrel"},
        }
        return one_publisher({name: tables[name]}, "pi_zero_boat.py", station)

    def _telling(self, name: str) -> Task:
        """Bulletins one by one, each of a new sample; with what the publisher does at once."""
        publisher = self._publisher(name)
        newest = self._feed.newest
        assert newest.sample is not None
        moments = itertools.count(newest.sample.taken_at + 0.001, 0.001)
        pressures = itertools.cycle((1006.51, 1007.03, 1006.22))
        gathering_s = 0.95 if name == "influx" else 0.0  # then they go in one POST

        def tell() -> None:
            publisher.publish(replace(newest, sample=Sample(next(moments), next(pressures), 25.0)))
            time.sleep(gathering_s)
            publisher.poll()

        return _repeated(tell)

    def _queue(self) -> Task:
        """What brings conditions to a publisher's thread."""
        silent = _Silent()
        thread = self._opened.enter_context(PublisherThread(silent))

        def bring() -> None:
            thread.put(self._feed.newest)
            silent.calls.acquire()

        return _repeated(bring)


class _Silent:
    name, backlog = "nobody", 1

    def __init__(self) -> None:
        self.calls = threading.Semaphore(0)

    def connect(self) -> None: ...

    def publish(self, conditions: object) -> None:
        self.calls.release()

    def poll(self) -> None: ...

    def disconnect(self) -> None: ...


def _repeated(once: Callable[[], object]) -> Task:
    def repeat(times: int) -> None:
        for _ in range(times):
            once()

    return repeat


def _colours() -> dict[str, Callable[[], object]]:
    return OURS.tasks(readings(100))


def _questions() -> Iterator[tuple[str, int]]:
    for line in sys.stdin:
        name, times = line.split()
        yield name, int(times)


def main() -> None:
    """Do as told."""
    path, period_s, *ports = sys.argv[1:]
    with ExitStack() as opened:
        boat = Boat(Path(path), float(period_s), [int(port) for port in ports], opened)
        print(boat.port, flush=True)
        tasks: dict[str, Task] = {}
        for name, times in _questions():
            if name not in tasks:
                tasks[name] = boat.task(name)
            tasks[name](times)
            print("done", flush=True)
        sys.stdout.flush()
        os._exit(0)  # the recorder waits for a moment that does not come, and nothing is kept


if __name__ == "__main__":
    main()
