"""What a refusal of an I2C bus means, and what the user does about it.

when              errno                     means
open the bus      ENOENT                    I2C is off, or nothing shows the bus in /dev
                  EACCES                    not in the group that owns the node
                  EPERM                     a service or container that was not given it
select the chip   EBUSY                     a driver of the kernel holds the address
transfer          EREMOTEIO, ENXIO, ENODEV  nobody acknowledges (a Pi says the first)
                  EIO                       a Pi's controller lost the clock; noise elsewhere
                  ETIMEDOUT                 a line is held down, or the clock stretched for long
                  EAGAIN                    arbitration lost: somebody else spoke
"""

import errno
import os
from pathlib import Path
from typing import NamedTuple

from ..errors import BusError, DeviceNotFound, SensorError
from .permissions import NOT_GIVEN

# Nobody acknowledged: a Pi says EREMOTEIO, other adapters ENXIO or ENODEV.
NOBODY = (errno.EREMOTEIO, errno.ENXIO, errno.ENODEV)

# Clients that the kernel's drivers know by these names come from this overlay.
_SENSOR_OVERLAY = ("bmp085", "bmp180", "bmp280", "bme280", "bmp380")

_SETTINGS = "/boot/firmware/config.txt"
_SLOWER = (
    f"slow the bus down (dtparam=i2c_arm_baudrate=10000 in {_SETTINGS}) or have the kernel clock"
    " it (dtoverlay=i2c-gpio)"
)


class Holder(NamedTuple):
    """A client of the kernel at an address: its name, and the driver that holds it."""

    client: str
    driver: str


def transfer_error(error: OSError, address: int, bus: int | None = None) -> SensorError:
    """What a failed transfer means; its errno is that of `error`.

    bus: N of /dev/i2c-N, or None for some bus whose number is not known. An error that is
    already one of ours comes back as it is.
    """
    if isinstance(error, SensorError):
        return error  # a bus of ours has said it better
    where = f"address 0x{address:02X} of {'the bus' if bus is None else f'/dev/i2c-{bus}'}"
    said: DeviceNotFound | BusError
    if error.errno in NOBODY:
        look = "i2cdetect -y 1" if bus is None else f"i2cdetect -y {bus}"
        said = DeviceNotFound(
            f"nobody answers at {where}: check the wires and the supply, and look for the chip"
            f" with: {look}"
        )
    else:
        said = BusError(_failed(error, where, address, bus))
    said.errno = error.errno
    return said


def unopened(number: int, error: OSError, root: Path = Path("/")) -> SensorError:
    """Why /dev/i2c-`number` could not be opened; the errno is that of `error`."""
    device = f"/dev/i2c-{number}"
    if error.errno == errno.EPERM:
        words = f"{device} {NOT_GIVEN}"
    elif error.errno == errno.EACCES:
        words = (
            f"{device} may not be opened: put your user into group i2c (sudo usermod -aG i2c"
            " $USER) and log in again"
        )
    elif error.errno == errno.ENOENT:
        words = f"there is no {device}{_why_none(number, root)}"
    else:
        words = f"{device} could not be opened: {error}; is it an I2C bus?"
    said = DeviceNotFound(words)
    said.errno = error.errno
    return said


def holder(address: int, bus: int, root: Path = Path("/")) -> Holder | None:
    """The kernel's client at this address, if a driver holds it."""
    client = root / f"sys/bus/i2c/devices/{bus}-{address:04x}"
    try:
        driver = os.readlink(client / "driver")  # noqa: PTH115 - a name is wanted, no path
        name = (client / "name").read_text().strip()
    except OSError:
        return None
    return Holder(name, Path(driver).name)


def release(held: Holder, address: int, bus: int) -> str:
    """How the user takes an address back from a driver of the kernel."""
    in_overlay = held.client in _SENSOR_OVERLAY
    overlay = f"dtoverlay=i2c-sensor,{held.client}" if in_overlay else "the dtoverlay of that chip"
    return (
        f"remove {overlay} from {_SETTINGS} and start the Pi anew; until then:"
        f" echo {bus}-{address:04x} | sudo tee /sys/bus/i2c/drivers/{held.driver}/unbind"
    )


def _failed(error: OSError, where: str, address: int, bus: int | None) -> str:
    if error.errno == errno.EBUSY:
        held = None if bus is None else holder(address, bus)
        if held is None or bus is None:
            return (
                f"{where} is held by a driver of the kernel, or the bus is never idle: remove the"
                f" dtoverlay of that chip from {_SETTINGS} and start the Pi anew"
            )
        return (
            f"{where} is held by the kernel's driver {held.driver} (as {held.client}):"
            f" {release(held, address, bus)}"
        )
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
            f"a transfer at {where} lost the bus to somebody else ({error}): another master"
            " speaks there, or SDA is held low. Have one master on the bus, and check SDA"
        )
    if error.errno in (errno.EOPNOTSUPP, errno.EINVAL):
        return (
            f"the adapter refuses a transfer at {where} ({error}): it must know byte data and"
            f" I2C block reads; see: i2cdetect -F {'N' if bus is None else bus}"
        )
    return f"a transfer at {where} failed ({error}): a loose wire, or noise"


def _why_none(number: int, root: Path) -> str:
    if (root / f"sys/bus/i2c/devices/i2c-{number}").exists():
        return (
            ", though the bus is on: nothing shows it in /dev. sudo modprobe i2c-dev; for good:"
            " echo i2c-dev | sudo tee /etc/modules-load.d/i2c.conf"
        )
    others = ", ".join(f"/dev/{node.name}" for node in sorted((root / "dev").glob("i2c-*")))
    return (
        f"{f' (only {others})' if others else ''}: I2C is switched off, or this is no Raspberry"
        " Pi. Switch it on with: sudo raspi-config nonint do_i2c 0, and start the Pi anew"
    )
