"""The checks of /dev, on the tree of a pretend Pi: who may open what, and which chip is which."""

import errno
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from support.checks import devices
from support.checks.answers import Status

Somebody = Callable[..., AbstractContextManager[None]]

GPIO_GROUP, I2C_GROUP = 986, 994  # as in /etc/group of the tree
LABELS = {"gpiochip0": "pinctrl-bcm2711", "gpiochip1": "raspberrypi-exp-gpio"}


def label(node: Path) -> str:
    """What the kernel of a Pi 4 says of its two chips, to those who may open them."""
    os.close(os.open(node, os.O_RDWR))
    return LABELS[node.name]


def test_a_user_in_both_groups_may_open_the_devices(pi: Path, as_somebody: Somebody) -> None:
    with as_somebody(GPIO_GROUP, I2C_GROUP):
        assert devices.gpio(pi, label).mark is devices.i2c(pi, 1).mark is Status.OK


def test_a_user_in_neither_group_is_told_of_it(pi: Path, as_somebody: Somebody) -> None:
    with as_somebody():
        gpio, i2c = devices.gpio(pi, label), devices.i2c(pi, 1)
    assert gpio.mark is i2c.mark is Status.FAULT
    assert "group" in gpio.cure
    assert "group" in i2c.cure


def test_devices_that_no_group_may_open_want_a_rule(pi: Path, as_somebody: Somebody) -> None:
    os.chown(pi / "dev/gpiochip0", 0, 0)
    with as_somebody():
        answer = devices.gpio(pi, label)
    assert answer.mark is Status.FAULT
    assert "udev" in answer.cure


def test_the_header_is_found_by_its_label(pi: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert devices.gpio(pi, label).words == ("/dev/gpiochip0 is the header (pinctrl-bcm2711)")
    monkeypatch.setitem(LABELS, "gpiochip0", "gpio-brcmstb@107d508500")
    monkeypatch.setitem(LABELS, "gpiochip1", "pinctrl-rp1")
    assert "/dev/gpiochip1 is the header" in devices.gpio(pi, label).words
    monkeypatch.setitem(LABELS, "gpiochip1", "INT33FF:00")
    answer = devices.gpio(pi, label)
    assert answer.mark is Status.FAULT
    assert "INT33FF:00" in answer.cure
    (pi / "dev/gpiochip0").unlink()
    (pi / "dev/gpiochip1").unlink()
    assert "no gpiochip" in devices.gpio(pi, label).cure


def test_what_is_no_gpio_chip_is_named_by_the_kernel() -> None:
    with pytest.raises(OSError) as raised:
        devices.chip_label(Path("/dev/null"))
    assert raised.value.errno in (errno.ENOTTY, errno.EINVAL)


def test_an_i2c_bus_that_is_not_there(pi: Path) -> None:
    assert devices.i2c(pi, 1).mark is Status.OK
    (pi / "dev/i2c-1").rename(pi / "dev/i2c-20")  # the screen's
    assert "modprobe i2c-dev" in devices.i2c(pi, 1).cure
    (pi / "sys/bus/i2c/devices/i2c-1/name").unlink()
    (pi / "sys/bus/i2c/devices/i2c-1").rmdir()
    answer = devices.i2c(pi, 1)
    assert answer.mark is Status.FAULT
    assert "only /dev/i2c-20" in answer.cure
    assert "do_i2c 0" in answer.cure
