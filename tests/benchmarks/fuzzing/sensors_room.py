"""A chip that says anything, edges at any moment, and records of pressure from anybody."""

import struct
from collections.abc import Callable
from itertools import accumulate
from math import inf, isfinite
from pathlib import Path
from typing import Any

from fuzzing.target import Shape, Target, check

from sensors import BME280, BMP280, SensorError
from sensors.barometer.driver import Barometer
from sensors.frequency.estimate import frequency_from_edges
from sensors.simulated.bme280 import SimulatedBME280
from sensors.simulated.bmp280 import SimulatedBMP280
from sensors.simulated.record import PressureRecord

_MOST_EDGES = 3000


class _Air:
    pressure_pa, temperature_c, humidity_percent = 100_653.27, 25.08, 60.0


class _LyingChip:
    """256 registers of which some change after some transfers, on a bus that fails after some.

    lies: triples (after so many transfers, register, value); register 0 is a transfer that fails.
    """

    def __init__(self, registers: bytes, lies: bytes, *, keeps: bool) -> None:
        self._registers, self._keeps = bytearray(registers), keeps
        self._lies = [lies[k : k + 3] for k in range(0, len(lies) - 2, 3)]
        self._transfers = 0

    def read_byte_data(self, i2c_addr: int, register: int, /) -> int:
        self._transfer()
        return self._registers[register]

    def write_byte_data(self, i2c_addr: int, register: int, value: int, /) -> None:
        self._transfer()
        if self._keeps:
            self._registers[register] = value

    def read_i2c_block_data(self, i2c_addr: int, register: int, length: int, /) -> list[int]:
        self._transfer()
        return list(self._registers[register : register + length])

    def _transfer(self) -> None:
        self._transfers += 1
        for after, register, value in self._lies:
            if after == self._transfers and register == 0:
                raise OSError(value, "a bus that fails")
            if after <= self._transfers:
                self._registers[register] = value


def registers(folder: Path) -> Target:
    """Three readings of a chip that lies."""
    healthy = [bytes(chip(_Air(), noise=False).read(0, 256)) for chip in _TWINS]

    def feed(data: bytes) -> None:
        if not data:
            return
        kind = data[0] & 1
        map_, lies = healthy[kind], data[1:]
        if data[0] & 2:
            map_, lies = (data[1:257] + bytes(256))[:256], data[257:]
        chip = _LyingChip(map_, lies, keeps=not data[0] & 4)
        cls: type[Barometer] = (BMP280, BME280, Barometer, Barometer)[data[0] >> 3 & 3]
        barometer = cls(chip)
        for _ in range(3):
            try:
                reading = barometer.read()
            except SensorError:
                continue
            check(300 <= reading.pressure_hpa <= 1100, f"{reading}")
            check(-40 <= reading.temperature_c <= 85, f"{reading}")
            humidity = reading.humidity_percent
            check(humidity is None or 0 <= humidity <= 100, f"{reading}")

    seeds = [bytes([flags]) + lies for flags in (0, 1, 8 + 1, 16, 17, 20) for lies in _LIES]
    seeds += [bytes([flags]) + map_ for flags, map_ in ((2, healthy[0]), (19, healthy[1]))]
    return Target(feed, tuple(seeds), (SensorError,))


_TWINS: tuple[Any, ...] = (SimulatedBMP280, SimulatedBME280)
_LIES = (b"", bytes([4, 0xD0, 0x60]), bytes([2, 0, 121]), bytes([9, 0xF3, 8, 3, 0x8F, 0]))


def edges(folder: Path) -> Target:
    """Time stamps of any size and order, with numbers and without."""

    def feed(data: bytes) -> None:
        if len(data) < 12:
            return
        flags, coarse, repeats, kind = data[:4]
        period, first = struct.unpack("<Ii", data[4:12])
        steps = [step for (step,) in struct.iter_unpack("<h", data[12 : len(data) // 2 * 2])]
        steps = (steps or [0]) * (1 + repeats if flags & 1 else 1)
        steps = steps[:_MOST_EDGES]
        scale = 1 << (coarse & 63)
        if flags & 2:  # jumps, instead of scatter about a period
            stamps = list(accumulate([step * scale for step in steps], initial=first * scale))
        else:
            stamps = [first * scale + k * period + step for k, step in enumerate(steps)]
        numbers = None
        if flags & 4:
            numbers = list(
                accumulate([1 + max(0, step >> 12) for step in steps[1:]], initial=first)
            )
            numbers = [number & 0xFFFFFFFF for number in numbers]
        if flags & 8:
            numbers = stamps
        elapsed_s = (None, 0.05, float(period), -1.0, inf, 1e-320)[kind % 6]
        scatter_ns = (None, 0.0, 500.0, float(period), 1e300, -1.0)[kind // 6 % 6]
        found = frequency_from_edges(stamps, numbers, elapsed_s=elapsed_s, scatter_ns=scatter_ns)
        check(isfinite(found.hz) and found.hz >= 0, f"{found}")
        few = found.edges < 2
        check(found[1] >= 0 and (few or isfinite(found[1])), f"{found}")
        check(found.edges == len(stamps) and found.lost >= 0, f"{found}")

    steady = struct.pack("<BBBBIi", 1, 0, 200, 7, 100_000, 5) + struct.pack("<8h", *range(8))
    jumps = struct.pack("<BBBBIi", 3, 4, 100, 1, 100_000, 5) + struct.pack(
        "<4h", 900, 1000, 1100, 2
    )
    numbered = struct.pack("<BBBBIi", 5, 0, 40, 1, 40_000, 5) + struct.pack(
        "<9h", *range(0, 9000, 1000)
    )
    return Target(feed, (steady, jumps, numbered), (SensorError,))


def record(folder: Path) -> Target:
    """A record of pressure as it is played."""
    file = folder / "record.csv"

    def feed(data: bytes) -> None:
        file.write_bytes(data)
        rows = PressureRecord.read(file).rows
        check(bool(rows), "a record without rows")
        check(all(300 <= row.pressure_hpa <= 1100 for row in rows), "a pressure that cannot be")
        check(all(isfinite(row.taken_at) for row in rows), "a moment that cannot be")

    return Target(feed, RECORDS, (SensorError,), Shape.LINES)


RECORDS = (
    b"time_utc,pressure_hpa\n2014-02-12T17:00:00Z,984.1\n2014-02-12T18:00:00Z,980.0\n",
    b"time_utc,pressure_hpa,wind_ms\n2014-02-12T17:00:00Z,984.1,12.0\n"
    b"2014-02-12T18:00:00Z,,18.5\n2014-02-12T19:00:00+00:00,970.2,\n2014-02-13T19:30:00Z,990,9\n",
    b'\xef\xbb\xbfa,time_utc,"pressure_hpa"\r\n1,2014-02-12 17:00,984.1\r\n'
    b"2,2014-02-12T18:00,980\r\n",
)

TARGETS: dict[str, Callable[[Path], Target]] = {
    "registers": registers,
    "edges": edges,
    "record": record,
}
