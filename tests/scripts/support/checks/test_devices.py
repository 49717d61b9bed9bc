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
    """What the kernel of a Pi 4 says of its two chips."""
    return LABELS[node.name]


@pytest.mark.parametrize(
    ("name", "groups", "mark", "cure"),
    [
        ("pi", [GPIO_GROUP, I2C_GROUP], Status.OK, ""),
        ("pi", [], Status.FAULT, "log out and in again, or restart the Pi"),
        ("boat", [], Status.FAULT, "sudo usermod -aG {group} boat, then log out and in again"),
    ],
)
def test_whether_the_user_may_open_the_devices(
    pi: Path, as_somebody: Somebody, name: str, groups: list[int], mark: Status, cure: str
) -> None:
    user = devices.User(name, frozenset(groups))
    with as_somebody(*groups):
        gpio = devices.gpio(pi, user, label)
        i2c = devices.i2c(pi, 1, user)
    assert gpio.mark is i2c.mark is mark
    assert (gpio.cure, i2c.cure) == (cure.format(group="gpio"), cure.format(group="i2c"))


def test_devices_that_no_group_may_open_want_their_rules_back(
    pi: Path, as_somebody: Somebody
) -> None:
    os.chown(pi / "dev/gpiochip0", 0, 0)
    with as_somebody():
        answer = devices.gpio(pi, devices.User("pi", frozenset()), label)
    assert "belongs to group root, mode 660" in answer.words
    assert "raspberrypi-sys-mods" in answer.cure


def test_the_header_is_found_by_its_label(pi: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    me = devices.User.present()
    assert devices.gpio(pi, me, label).words == ("/dev/gpiochip0 is the header (pinctrl-bcm2711)")
    monkeypatch.setitem(LABELS, "gpiochip0", "gpio-brcmstb@107d508500")
    monkeypatch.setitem(LABELS, "gpiochip1", "pinctrl-rp1")
    assert "/dev/gpiochip1 is the header" in devices.gpio(pi, me, label).words
    monkeypatch.setitem(LABELS, "gpiochip1", "INT33FF:00")
    answer = devices.gpio(pi, me, label)
    assert answer.mark is Status.FAULT
    assert "INT33FF:00" in answer.words
    (pi / "dev/gpiochip0").unlink()
    (pi / "dev/gpiochip1").unlink()
    assert devices.gpio(pi, me, label).words == "there is no /dev/gpiochip0"


def test_what_is_no_gpio_chip_is_named_by_the_kernel() -> None:
    with pytest.raises(OSError) as raised:
        devices.chip_label(Path("/dev/null"))
    assert raised.value.errno in (errno.ENOTTY, errno.EINVAL)


def test_an_i2c_bus_that_is_not_there(pi: Path) -> None:
    me = devices.User.present()
    assert devices.i2c(pi, 1, me).mark is Status.OK
    (pi / "dev/i2c-1").rename(pi / "dev/i2c-20")  # the screen's
    assert "modprobe i2c-dev" in devices.i2c(pi, 1, me).cure
    (pi / "sys/bus/i2c/devices/i2c-1/name").unlink()
    (pi / "sys/bus/i2c/devices/i2c-1").rmdir()
    answer = devices.i2c(pi, 1, me)
    assert "only /dev/i2c-20" in answer.words
    assert "do_i2c 0" in answer.cure
