"""What goes wrong between a program and its pins, and what the program is told."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import bench
import gpiod
from somebody import admit, told, told_as_nobody

from sensors import TCS3200
from sensors.backends.kernel_gpio import KernelPins
from sensors.backends.rpi_gpio import RPiGPIOPins
from sensors.ports import Pins

NODE = Path("/dev/gpiochip0")
OUT, S2, S3 = 25, 23, 24
GPIO_GROUP = 9997


def busy_line() -> list[str]:
    """What is told of a line that another process holds."""
    ready = Path("/run/held")

    def hold() -> None:
        settings = gpiod.LineSettings(direction=gpiod.line.Direction.INPUT)
        with gpiod.request_lines(str(NODE), config={OUT: settings}, consumer="lamp-dimmer"):
            ready.touch()
            signal.pause()  # a sleep is over at once while nothing else runs there

    ready.unlink(missing_ok=True)  # of the holder before
    holder = os.fork()
    if holder == 0:
        try:
            hold()
        finally:
            os._exit(0)
    while not ready.exists():  # the machine's own time limit ends this if need be
        time.sleep(0.01)
    pins = make_pins()
    words = told(lambda: pins.level(OUT, pull_up=False))
    pins.close()
    os.kill(holder, 9)
    os.waitpid(holder, 0)
    return words


def unplugged() -> dict[str, list[str]]:
    """What is told when the chip goes while the gate is open, and after."""
    bench.wire(OUT, s1=bench.LOW, s2=S2, s3=S3)  # strapped to 20 %
    bench.shine(5_000, 5_000, 5_000, 5_000)
    pins = make_pins()
    sensor = TCS3200(OUT, S2, S3, pins=pins)
    said = {"before": told(sensor.read)}
    pull_out = threading.Timer(0.02, lambda: (bench.DRIVER / "unbind").write_text(bench.NAME))
    pull_out.start()
    said["during"] = told(sensor.read)
    pull_out.join()
    said["after"] = told(sensor.read)
    said["closing_sensor"] = told(sensor.close)
    said["closing_pins"] = told(pins.close)
    return said


def ask() -> object:
    """Ask for a level, as whoever this process is."""
    return make_pins().level(OUT, pull_up=False)


make_pins: Callable[[], Pins] = RPiGPIOPins if "rpi-lgpio" in sys.argv else KernelPins
with Path("/etc/group").open("a") as all_groups:
    all_groups.write(f"gpio:x:{GPIO_GROUP}:\n")
admit(NODE, GPIO_GROUP)
bench.report(
    {
        "not_in_group": told_as_nobody(ask),
        "in_group": told_as_nobody(ask, GPIO_GROUP),
        "busy": busy_line(),
        "unplugged": unplugged(),
    }
)
