"""What the kernel's refusals of an I2C bus are turned into, by its errno and its own files."""

import errno
import os
from pathlib import Path

import pytest

from sensors.backends.i2c_errors import NACKS, holder, open_error, transfer_error
from sensors.errors import BusError, DeviceNotFound, MeasurementTimeout, SensorError


@pytest.mark.parametrize(
    ("number", "kind", "cure"),
    [
        (errno.EREMOTEIO, DeviceNotFound, "check the wires and the supply"),
        (errno.ENXIO, DeviceNotFound, "i2cdetect -y 1"),
        (errno.ENODEV, DeviceNotFound, "no chip answers at address 0x77"),
        (errno.EIO, BusError, "dtparam=i2c_arm_baudrate=10000"),
        (errno.ETIMEDOUT, BusError, "Take the power away from all chips"),
        (errno.ETIMEDOUT, BusError, "dtoverlay=i2c-gpio"),
        (errno.EBUSY, BusError, "remove the dtoverlay"),
        (errno.EAGAIN, BusError, "one master on the bus"),
        (errno.EOPNOTSUPP, BusError, "i2cdetect -F 1"),
        (errno.EPROTO, BusError, "a loose wire, or noise"),
    ],
)
def test_an_errno_becomes_advice(number: int, kind: type[SensorError], cure: str) -> None:
    failure = transfer_error(OSError(number, os.strerror(number)), 0x77, 1)
    assert type(failure) is kind
    assert isinstance(failure, OSError)
    assert failure.errno == number
    assert "address 0x77 of /dev/i2c-1" in str(failure)
    assert cure in str(failure)
    assert not str(failure).startswith("[Errno")


@pytest.mark.parametrize("number", [*NACKS, errno.EIO, errno.ETIMEDOUT, errno.EBUSY, errno.EAGAIN])
def test_a_bus_whose_number_is_not_known(number: int) -> None:
    failure = str(transfer_error(OSError(number, os.strerror(number)), 0x76))
    assert "address 0x76 of the bus" in failure
    assert "None" not in failure


def test_an_error_without_a_number_keeps_its_words() -> None:
    failure = transfer_error(OSError("the adapter is on fire"), 0x77, 1)
    assert isinstance(failure, BusError)
    assert "on fire" in str(failure)
    assert failure.errno is None


@pytest.mark.parametrize("error", [BusError("said better"), MeasurementTimeout("said better")])
def test_an_error_that_has_been_said_comes_back_as_it_is(error: OSError) -> None:
    failure: Exception = transfer_error(error, 0x77, 1)
    assert failure is error


def bind(root: Path, client: str, name: str, driver: str) -> None:
    """What sysfs shows of a client that a driver holds (Documentation/i2c/i2c-sysfs.rst)."""
    folder = root / "sys/bus/i2c/devices" / client
    folder.mkdir(parents=True)
    (folder / "name").write_text(f"{name}\n")
    (folder / "driver").symlink_to(f"../../../../bus/i2c/drivers/{driver}")


def test_the_driver_that_holds_an_address_is_found(tmp_path: Path) -> None:
    bind(tmp_path, "1-0077", "bme280", "bmp280")
    words = holder(0x77, 1, tmp_path)
    assert "driver bmp280 (as bme280)" in words
    assert "dtoverlay=i2c-sensor,bme280 from /boot" in words
    assert "echo 1-0077 | sudo tee /sys/bus/i2c/drivers/bmp280/unbind" in words
    assert "unbind" not in holder(0x76, 1, tmp_path)
    assert "unbind" not in holder(0x77, 0, tmp_path)


def test_a_driver_of_some_other_overlay(tmp_path: Path) -> None:
    bind(tmp_path, "1-0068", "ds3231", "rtc-ds1307")
    words = holder(0x68, 1, tmp_path)
    assert "remove the dtoverlay of that chip" in words
    assert "drivers/rtc-ds1307/unbind" in words


def test_a_client_that_no_driver_holds_is_free(tmp_path: Path) -> None:
    folder = tmp_path / "sys/bus/i2c/devices/1-0077"
    folder.mkdir(parents=True)
    (folder / "name").write_text("bmp280\n")
    assert "unbind" not in holder(0x77, 1, tmp_path)


@pytest.mark.parametrize(
    ("number", "cure"), [(errno.EACCES, "usermod -aG i2c"), (errno.EPERM, "docs/service.md")]
)
def test_a_bus_that_may_not_be_opened(tmp_path: Path, number: int, cure: str) -> None:
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev/i2c-1").touch(mode=0o600)
    failure = open_error(1, OSError(number, os.strerror(number)), tmp_path)
    assert isinstance(failure, DeviceNotFound)
    assert failure.errno == number
    assert cure in str(failure)


def test_a_bus_that_is_off(tmp_path: Path) -> None:
    missing = FileNotFoundError(errno.ENOENT, "No such file or directory")
    assert "there is no /dev/i2c-1: I2C is switched off" in str(open_error(1, missing, tmp_path))
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev/i2c-20").touch()  # a Pi 4's screen
    failure = open_error(1, missing, tmp_path)
    assert "there is no /dev/i2c-1 (only /dev/i2c-20): " in str(failure)
    assert "raspi-config nonint do_i2c 0" in str(failure)


def test_a_bus_that_is_on_but_not_shown(tmp_path: Path) -> None:
    (tmp_path / "sys/bus/i2c/devices/i2c-1").mkdir(parents=True)
    missing = FileNotFoundError(errno.ENOENT, "No such file or directory")
    assert "sudo modprobe i2c-dev" in str(open_error(1, missing, tmp_path))
