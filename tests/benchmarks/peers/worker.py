"""What runs in a peer's environment, one process a question; the answers are lines of JSON.

python -m peers.worker NAME fault a     whether it survives, and what happened instead
python -m peers.worker NAME wire        what a steady reading costs on the twin's wire
python -m peers.worker NAME cpu         microseconds a reading, once for each line of input
"""

import json
import os
import sys
import time
from itertools import repeat
from pathlib import Path
from typing import TextIO

# The sensors of this checkout; nothing else of it is needed.
sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from peers.bench import Air, Bench, Kind
from peers.buses import Registers, Wire, install_modules
from peers.drivers import DRIVERS, Driver
from peers.faults import FAULTS

_READINGS = 2_000  # in one go
_STEADY = 5


def wire(driver: Driver) -> dict[str, float]:
    """Transfers, wire bytes and milliseconds of a reading of the twin, at 100 kHz.

    polled: with what looking at a busy chip adds; the others are those of a chip never busy.
    """
    bench = Bench(driver)
    bench.settled()
    bench.time.pass_by(60.0)
    polled = _counted(bench)
    bench.wire = Wire(Registers(converted_registers(driver)), bench.time)
    bench.start()
    bench.read()
    transfers, wire_bytes, *_ = _counted(bench)
    names = ("polled_transfers", "polled_bytes", "waited_ms", "took_ms")
    rest = dict(zip(names, polled, strict=True))
    return {"transfers": transfers, "wire_bytes": wire_bytes, **rest}


def _counted(bench: Bench) -> tuple[float, ...]:
    """Transfers, bytes, milliseconds slept and milliseconds in all, of one steady reading."""

    def count() -> tuple[float, ...]:
        time_ms = bench.time.slept_s * 1000, bench.time.now() * 1000
        return (bench.wire.transfers, bench.wire.wire_bytes, *time_ms)

    before = count()
    for _ in range(_STEADY):
        if bench.read().kind not in (Kind.RIGHT, Kind.WRONG):
            raise SystemExit(f"{bench.driver.name} does not read")
    return tuple((new - old) / _STEADY for old, new in zip(before, count(), strict=True))


def converted_registers(driver: Driver) -> list[int]:
    """Its chip's registers after a conversion: the data sheet's example, and some humidity."""
    from sensors.simulated.bme280 import SimulatedBME280

    now_s = [0.0]
    chip = SimulatedBME280(Air(), noise=False, clock=lambda: now_s[0])
    now_s[0] = 1.0
    chip.write(0xF2, 1)
    chip.write(0xF4, 0x25)
    now_s[0] = 2.0
    registers = chip.read(0, 256)
    registers[0xD0] = 0x60 if driver.chip == "BME280" else 0x58
    return registers


def cpu(driver: Driver, answers: TextIO) -> None:
    """Microseconds of a reading on registers that cost next to nothing; sleeping costs nothing."""
    bus = Registers(converted_registers(driver))
    time.sleep = abs  # type: ignore[assignment]  # a built-in takes no time to speak of
    install_modules(bus)
    reader = driver.start(bus)
    hpa = reader.pressure_hpa(reader.read())
    print(json.dumps(hpa), file=answers, flush=True)
    read, clock_ns = reader.read, time.process_time_ns
    for _ in sys.stdin:
        began_ns = clock_ns()
        for _ in repeat(None, _READINGS):
            read()
        us = (clock_ns() - began_ns) / _READINGS / 1000
        print(json.dumps(us), file=answers, flush=True)


def main() -> None:
    """Answer."""
    # What a driver prints is not an answer.
    answers = os.fdopen(os.dup(1), "w")
    sys.stdout = sys.stderr
    driver, question = DRIVERS[sys.argv[1]], sys.argv[2]
    if question == "fault":
        print(json.dumps(FAULTS[sys.argv[3]](driver)), file=answers, flush=True)
    elif question == "wire":
        print(json.dumps(wire(driver)), file=answers, flush=True)
    else:
        cpu(driver, answers)


if __name__ == "__main__":
    main()
