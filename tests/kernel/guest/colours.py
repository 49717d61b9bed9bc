"""TCS3200 as it is, on the sensor of the bench: what it reads, and what it does to its pins."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import bench

from sensors import TCS3200, SensorError
from sensors.backends.kernel_gpio import KernelPins
from sensors.backends.rpi_gpio import RPiGPIOPins
from sensors.ports import Pins

# In the order of the driver's parameters.
WIRING = {"out": 25, "s2": 23, "s3": 24, "s0": 17, "s1": 27, "oe": 22}
# Hz at 100 %: enough edges in a gate at 2 %, few enough for polling at 20 %.
LIGHT = {"red_hz": 12_500, "green_hz": 10_000, "blue_hz": 9_000, "clear_hz": 20_000}


@contextmanager
def busy_processor() -> Iterator[None]:
    """Another thread that does nothing but compute."""
    stop = threading.Event()

    def compute() -> None:
        while not stop.is_set():
            sum(range(1000))

    thread = threading.Thread(target=compute)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def measure(sensor: TCS3200) -> dict[str, Any]:
    """What each channel was measured to be, or why there is no answer."""
    scaling = sensor.scaling.value
    try:
        channels = sensor.measure()
    except SensorError as error:
        return {"refused": f"{type(error).__name__}: {error}"}
    return {"scaling": scaling, **{f.name.lower(): x._asdict() for f, x in channels.items()}}


def watch(pins: Pins, *, dark: bool) -> dict[str, Any]:
    """Some readings in the light, one beside a busy thread, one in darkness; then close."""
    seen: dict[str, Any] = {"wiring": WIRING, "light": LIGHT}
    bench.shine(**LIGHT)
    with TCS3200(*WIRING.values(), pins=pins) as sensor:
        bench.forget()
        seen["read"] = [sensor.read()._asdict() for _ in range(3)]
        seen["driven"] = bench.driven()
        seen["readings"] = [measure(sensor)]
        with busy_processor():
            seen["beside_busy_thread"] = [measure(sensor) for _ in range(3)]
        if dark:
            bench.shine()
            seen["darkness"] = measure(sensor)
            bench.shine(**LIGHT)
    seen["pulled"] = {up: pins.level(WIRING["out"], pull_up=up) for up in (True, False)}
    pins.close()
    seen["levels_closed"] = bench.levels()
    return seen


bench.wire(**WIRING)
rpi_lgpio = "rpi-lgpio" in sys.argv
bench.report(watch(RPiGPIOPins() if rpi_lgpio else KernelPins(), dark=not rpi_lgpio))
