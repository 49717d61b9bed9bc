"""Storm Petrel over a barometer that can be broken while it runs, in a process of its own.

    breakable_program.py SETTINGS PORT MACHINE

The program is the real one, with its pages; its chip is the twin on a bus of its own, in the air of
the storm of 2014. MACHINE is a Machine as JSON. A word a line on stdin breaks it: "dead", "gone"
and "stuck" are the bus, a number of seconds sets the machine's clock back, and "well" mends the
bus.
"""

import argparse
import errno
import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import NamedTuple

# Neighbours of the repository's own, as pytest finds them.
sys.path.insert(0, str(Path(__file__).parents[2]))

from sensors.board import Board
from sensors.errors import BackendMissing
from sensors.ports import Pins
from sensors.simulated.bmp280 import SimulatedBMP280
from sensors.simulated.i2c import SimulatedI2C
from sensors.simulated.record import PressureRecord
from sensors.simulated.weather import STORM, Weather
from web import __main__ as web
from web.config.settings import Config
from web.history.clock_trust import ClockReading, ClockTrust
from web.pages import controls
from web.recorder.system_clock import SystemClock
from web.runtime import program


class Machine(NamedTuple):
    """What the program runs on.

    moment: where the record is when the machine was switched on, Unix seconds. booted_s: when that
    was, by this kernel's monotonic clock. back_s: how far its clock is back. fault: of its bus.
    record: of its air, a file; by default the storm of 2014. open_files: before it starts.
    """

    moment: float
    booted_s: float
    boot_id: str
    back_s: float = 0.0
    fault: str = "well"
    record: str = str(STORM)
    open_files: int = 0


class BreakableBus(SimulatedI2C):
    """A bus whose chip no longer acknowledges, whose file is gone, or whose transfers hang."""

    fault = "well"

    def __init__(self, weather: Weather) -> None:
        super().__init__({0x77: SimulatedBMP280(weather)})
        self._chips, self._mended = dict(self.chips), threading.Event()

    def take(self, fault: str) -> None:
        self.fault = fault
        self.chips = {} if fault == "dead" else dict(self._chips)
        if fault == "well":
            self._mended.set()
        else:
            self._mended.clear()

    def _chip(self, address: int, wire_bytes: int) -> SimulatedBMP280:
        if self.fault == "stuck":
            self._mended.wait()
        if self.fault == "gone":
            raise OSError(errno.ENODEV, "No such device")
        chip = super()._chip(address, wire_bytes)
        assert isinstance(chip, SimulatedBMP280)
        return chip


class MachineClock(SystemClock):
    """Its clocks; the wall clock is kept by a server, which may be wrong by days."""

    machine: Machine

    def __init__(self) -> None:
        super().__init__()
        self.boot_id = self.machine.boot_id

    def monotonic_ms(self) -> int:
        return round(self.uptime() * 1000)

    def uptime(self) -> float:
        return super().uptime() - self.machine.booted_s

    def reading(self) -> ClockReading:
        wall_ms = time.time_ns() // 1_000_000 - round(self.machine.back_s * 1000)
        return ClockReading(wall_ms - self.monotonic_ms(), ClockTrust.SYNCHRONISED)


class Sky(Weather):
    """The record, at the speed of real time."""

    def __init__(self, clock: MachineClock) -> None:
        begins = clock.machine.moment + clock.uptime()
        super().__init__(PressureRecord.read(clock.machine.record), begins=begins, speed=1.0)


def no_pins() -> Pins:
    raise BackendMissing("this machine has no GPIO")


def obey(bus: BreakableBus) -> None:
    for line in sys.stdin:
        word = line.strip()
        if word.lstrip("-").isdigit():
            MachineClock.machine = MachineClock.machine._replace(back_s=float(word))
        else:
            bus.take(word)


def main(settings: str, port: str, machine: Machine) -> int:
    MachineClock.machine = machine
    for _ in range(machine.open_files):
        os.open(os.devnull, os.O_RDONLY)
    bus = BreakableBus(Sky(MachineClock()))
    bus.take(machine.fault)

    def board(config: Config, options: argparse.Namespace) -> Board:
        return Board(bus, no_pins, config.barometer, config.colour)

    # The machine's parts, in the place of those of the one that this runs on.
    vars(web)["_board"] = board
    vars(program)["SystemClock"] = MachineClock
    vars(controls)["monotonic_ms"] = MachineClock().monotonic_ms
    threading.Thread(target=obey, args=(bus,), daemon=True).start()
    return web.main(["--config", settings, "--port", port])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], Machine(**json.loads(sys.argv[3]))))
