"""What goes wrong between a program and its pins, and what the program is told."""

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import bench
import gpiod

from sensors import TCS3200
from sensors.backends.kernel_gpio import KernelPins
from sensors.backends.rpi_gpio import RPiGPIOPins
from sensors.ports import Pins

NODE = Path("/dev/gpiochip0")
OUT, S2, S3 = 25, 23, 24
GPIO_GROUP, NOBODY = 9997, 65534


def told(action: Callable[[], object]) -> list[str]:
    """The class and the words of the error that this raises; nothing when it works."""
    try:
        action()
    except Exception as error:
        return [*(each.__name__ for each in type(error).__mro__), str(error)]
    return []


def in_another_process(action: Callable[[], object]) -> int:
    """Start a process that reports through a file what it was told; return its id."""
    child = os.fork()
    if child == 0:
        try:
            Path(f"/run/told-{os.getpid()}").write_text(json.dumps(action()))
        finally:
            os._exit(0)
    return child


def answer(child: int) -> list[str]:
    os.waitpid(child, 0)
    words: list[str] = json.loads(Path(f"/run/told-{child}").read_text())
    return words


def as_user(*groups: int) -> list[str]:
    """What a user who is not root is told when he asks for a level."""

    def ask() -> list[str]:
        os.setgroups(groups)
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        return told(lambda: make_pins().level(OUT, pull_up=False))

    return answer(in_another_process(ask))


def busy_line() -> list[str]:
    """What is told of a line that another process holds."""
    ready = Path("/run/held")

    def hold() -> list[str]:
        settings = gpiod.LineSettings(direction=gpiod.line.Direction.INPUT)
        with gpiod.request_lines(str(NODE), config={OUT: settings}, consumer="lamp-dimmer"):
            ready.touch()
            time.sleep(60)
        return []

    holder = in_another_process(hold)
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


def admit_users() -> None:
    """Rights as Raspberry Pi OS has them, and Python for everybody. This lasts for the boot."""
    with Path("/etc/group").open("a") as groups:
        groups.write(f"gpio:x:{GPIO_GROUP}:\n")
    os.chown(NODE, 0, GPIO_GROUP)
    NODE.chmod(0o660)
    Path("/run").chmod(0o777)
    for installed in (sys.prefix, sys.base_prefix, __file__):
        for folder in Path(installed).resolve().parents:
            folder.chmod(folder.stat().st_mode | 0o055)


make_pins: Callable[[], Pins] = RPiGPIOPins if "rpi-lgpio" in sys.argv else KernelPins
admit_users()
bench.report(
    {
        "not_in_group": as_user(),
        "in_group": as_user(GPIO_GROUP),
        "busy": busy_line(),
        "unplugged": unplugged(),
    }
)
