"""The errors of an I2C bus, by errno: what each means, and what the user does about it.

when              errno                     means
open the bus      ENOENT                    I2C is off, or nothing shows the bus in /dev
                  EACCES                    not in the group that owns the node
                  EPERM                     not among the devices of the service or container
select the chip   EBUSY                     a driver of the kernel holds the address
transfer          EREMOTEIO, ENXIO, ENODEV  no chip acknowledges (a Pi gives the first)
                  EIO                       a Pi's controller lost the clock; noise elsewhere
                  ETIMEDOUT                 a line is held down, or the clock stretched for long
                  EAGAIN                    arbitration lost to another master
"""

import errno
import os
from pathlib import Path

from ..errors import BusError, DeviceNotFound, SensorError
from .platform import NOT_GIVEN, membership

# No chip acknowledged: a Pi gives EREMOTEIO, other adapters ENXIO or ENODEV.
NACKS = (errno.EREMOTEIO, errno.ENXIO, errno.ENODEV)

# Kernel clients with these names come from the overlay i2c-sensor.
_SENSOR_OVERLAY = ("bmp085", "bmp180", "bmp280", "bme280", "bmp380")

_SETTINGS = "/boot/firmware/config.txt"
_SLOWER = (
    f"slow the bus down (dtparam=i2c_arm_baudrate=10000 in {_SETTINGS}) or have the kernel clock"
    " it (dtoverlay=i2c-gpio)"
)


def transfer_error(error: OSError, address: int, bus: int | None = None) -> SensorError:
    """Return what a failed transfer means, with the errno of `error`; a SensorError as it is.

    bus: N of /dev/i2c-N, or None if the number is unknown.
    """
    if isinstance(error, SensorError):
        return error  # from a bus of ours: its message is better
    where = f"address 0x{address:02X} of {'the bus' if bus is None else f'/dev/i2c-{bus}'}"
    failure: DeviceNotFound | BusError
    if error.errno in NACKS:
        look = "i2cdetect -y 1" if bus is None else f"i2cdetect -y {bus}"
        failure = DeviceNotFound(
            f"no chip answers at {where}: check the wires and the supply, and look for the chip"
            f" with: {look}"
        )
    else:
        failure = BusError(_transfer_words(error, where, address, bus))
    failure.errno = error.errno
    return failure


def open_error(number: int, error: OSError, root: Path = Path("/")) -> SensorError:
    """Return why /dev/i2c-`number` could not be opened, with the errno of `error`."""
    device = f"/dev/i2c-{number}"
    if error.errno == errno.EPERM:
        words = f"{device} {NOT_GIVEN}"
    elif error.errno == errno.EACCES:
        advice = membership(f"{root / device[1:]}", "i2c", "i2c-dev")
        words = f"{device} may not be opened: {advice}"
    elif error.errno == errno.ENOENT:
        words = f"there is no {device}{_absence(number, root)}"
    else:
        words = f"{device} could not be opened: {error}; is it an I2C bus?"
    failure = DeviceNotFound(words)
    failure.errno = error.errno
    return failure


def holder(address: int, bus: int | None, root: Path = Path("/")) -> str:
    """Return which driver of the kernel holds an address, and how the user takes it back."""
    client = f"{bus}-{address:04x}"
    node = root / "sys/bus/i2c/devices" / client
    try:
        driver = Path(os.readlink(node / "driver")).name  # noqa: PTH115 - the name only
        name = (node / "name").read_text().strip()
    except OSError:
        return (
            "is held by a driver of the kernel, or the bus is never idle: remove the dtoverlay of"
            f" that chip from {_SETTINGS} and restart the Pi"
        )
    in_overlay = name in _SENSOR_OVERLAY
    overlay = f"dtoverlay=i2c-sensor,{name}" if in_overlay else "the dtoverlay of that chip"
    return (
        f"is held by the kernel's driver {driver} (as {name}): remove {overlay} from {_SETTINGS}"
        f" and restart the Pi; until then: echo {client} | sudo tee"
        f" /sys/bus/i2c/drivers/{driver}/unbind"
    )


def _transfer_words(error: OSError, where: str, address: int, bus: int | None) -> str:
    if error.errno == errno.EBUSY:
        return f"{where} {holder(address, bus)}"
    if error.errno == errno.ETIMEDOUT:
        return (
            f"the bus hangs at {where}: some chip holds a line down, or a neighbour stretches the"
            " clock, which a Pi gets wrong. Take the power away from all chips and give it back;"
            f" if it comes again, {_SLOWER}"
        )
    if error.errno == errno.EIO:
        return (
            f"a transfer at {where} was cut short ({error}): a loose or long wire, noise, or a"
            " neighbour that stretches the clock, which a Pi gets wrong. If it comes again,"
            f" {_SLOWER}"
        )
    if error.errno == errno.EAGAIN:
        return (
            f"a transfer at {where} lost the bus ({error}): another master"
            " speaks there, or SDA is held low. Have one master on the bus, and check SDA"
        )
    if error.errno in (errno.EOPNOTSUPP, errno.EINVAL):
        return (
            f"the adapter refuses a transfer at {where} ({error}): it must know byte data and"
            f" I2C block reads; see: i2cdetect -F {'N' if bus is None else bus}"
        )
    return f"a transfer at {where} failed ({error}): a loose wire, or noise"


def _absence(number: int, root: Path) -> str:
    if (root / f"sys/bus/i2c/devices/i2c-{number}").exists():
        return (
            ", though the bus is on: nothing shows it in /dev. sudo modprobe i2c-dev; for good:"
            " echo i2c-dev | sudo tee /etc/modules-load.d/i2c.conf"
        )
    others = ", ".join(f"/dev/{node.name}" for node in sorted((root / "dev").glob("i2c-*")))
    return (
        f"{f' (only {others})' if others else ''}: I2C is switched off, or this is no Raspberry"
        " Pi. Switch it on with: sudo raspi-config nonint do_i2c 0, and restart the Pi"
    )
