"""A BMP280 on real buses, read by the driver as it is: the data sheet's example, and faults.

The chip on /dev/i2c-1 is i2c-stub with the registers of the example; that on /dev/i2c-2 is one
with a supply and wires (module/barometer.c).
"""

import errno
import logging
from collections.abc import Callable
from pathlib import Path

import bench
import chip
from smbus2 import SMBus
from somebody import admit, told, told_as_nobody

from sensors import BMP280, SensorError
from sensors.backends.i2c import LinuxI2C

# The worked example of BST-BMP280-DS001, and a chip of Pimoroni's.
EXAMPLE = chip.registers(
    (27504, 26435, -1000, 36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000),
    adc_temperature=519888,
    adc_pressure=415148,
)
OTHER_CHIP = chip.registers(
    (28009, 25654, 50, 39145, -10750, 3024, 5667, -120, -7, 15500, -14600, 6000),
    adc_temperature=529191,
    adc_pressure=326816,
)
I2C_GROUP = 9994
NODE = Path(f"/dev/i2c-{chip.BUS}")
_KERNEL = Path("/sys/bus/i2c")


def stub() -> object:
    """The example through the stub."""
    with SMBus(1) as bus:
        for register, value in enumerate(EXAMPLE):
            bus.write_byte_data(0x77, register, value)
    return BMP280(LinuxI2C(1)).read()


def steady() -> dict[str, object]:
    """A reading of a chip that behaves, and how many transfers one takes when it is started."""
    barometer = BMP280(LinuxI2C(chip.BUS))
    first = barometer.read()
    before = chip.transfers()
    barometer.read()
    return {"reading": first, "transfers": chip.transfers() - before}


def pulled_out() -> dict[str, object]:
    """The supply goes and comes back, or another chip does: the same objects all along."""
    barometer = BMP280(LinuxI2C(chip.BUS))
    barometer.read()
    chip.supply(False)
    said = {"gone": [told(barometer.read) for _ in range(2)]}
    chip.supply(True)
    back = barometer.read()
    chip.put_in(OTHER_CHIP)
    other = barometer.read()
    chip.put_in(EXAMPLE)
    return {**said, "back": back, "other": other}


def absent() -> dict[str, list[str]]:
    """No bus; nobody at either address from the beginning; and somebody at the other one."""
    said = {"bus": told(BMP280(LinuxI2C(9)).read)}
    chip.supply(False)
    said["chip"] = told(BMP280(LinuxI2C(chip.BUS)).read)
    chip.put_in(EXAMPLE, address=0x76)
    said["elsewhere"] = told(BMP280(LinuxI2C(chip.BUS)).read)
    chip.put_in(EXAMPLE)
    return said


def failing(count: int, error_number: int) -> dict[str, object]:
    """So many transfers fail: what is told, how often it was retried, and the next reading."""
    bus = LinuxI2C(chip.BUS)
    barometer = BMP280(bus)
    barometer.read()
    before = bus.retries
    chip.fail(count, error_number)
    said = told(barometer.read)
    return {"told": said, "retries": bus.retries - before, "next": barometer.read()}


def dips(readings_before: int, count: int) -> list[dict[str, object]]:
    """The supply dips before each transfer of a reading: what came of it and of the next one."""
    seen = []
    for after in range(count):
        barometer = BMP280(LinuxI2C(chip.BUS))
        for _ in range(readings_before):
            barometer.read()
        chip.glitch(after)
        seen.append(
            {
                "readings": [outcome(barometer.read) for _ in range(2)],
                "recoveries": barometer.recoveries,
                "suspect": barometer.suspect,
            }
        )
    return seen


def outcome(read: Callable[[], object]) -> object:
    """A reading, or the name of the SensorError in its place."""
    try:
        return read()
    except SensorError as error:
        return type(error).__name__


def held() -> dict[str, object]:
    """A driver of the kernel holds the address; then it is taken back as the error says."""
    adapter = _KERNEL / f"devices/i2c-{chip.BUS}"
    client = f"{chip.BUS}-0077"
    (adapter / "new_device").write_text("dummy 0x77")
    barometer = BMP280(LinuxI2C(chip.BUS))
    said = told(barometer.read)
    (_KERNEL / "drivers/dummy/unbind").write_text(client)
    freed = barometer.read()
    (adapter / "delete_device").write_text("0x77")
    return {"told": said, "freed": freed}


def permission() -> dict[str, object]:
    """What user nobody is told, and what he reads when he is in the group."""
    admit(NODE, I2C_GROUP)
    read = BMP280(LinuxI2C(chip.BUS)).read
    return {"not_in_group": told_as_nobody(read), "in_group": told_as_nobody(read, I2C_GROUP)}


logging.disable(logging.WARNING)  # of the chip that is exchanged here
seen: dict[str, object] = {"stub": stub()}
chip.put_in(EXAMPLE)
seen |= {
    "steady": steady(),
    "pulled_out": pulled_out(),
    "absent": absent(),
    "passing": [failing(2, number) for number in (errno.EREMOTEIO, errno.EIO, errno.EAGAIN)],
    "lasting": failing(3, errno.EREMOTEIO),
    "hanging": failing(1, errno.ETIMEDOUT),
    "dips_under_way": dips(1, 2),
    "dips_at_start_up": dips(0, 12),
    "held": held(),
    "permission": permission(),
}
bench.report(seen)
