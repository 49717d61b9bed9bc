"""The real bus's own part: attempts, turns, opening and closing; real chips are in tests/kernel.

Here smbus2 and the kernel behind it are played: a transfer ends as the test has written down.
"""

import errno
import sys
from collections.abc import Callable, Iterator
from threading import Event, Thread
from types import ModuleType

import pytest

from sensors.backends.i2c import LinuxI2C, default_bus
from sensors.errors import BackendMissing, BusError, DeviceNotFound


class Kernel:
    """What /dev/i2c-N does next, and what was asked of it."""

    def __init__(self) -> None:
        self.refusals: list[int] = []  # errno of each next transfer; then they go well
        self.closed_doors: list[int] = []  # the same for opening
        self.attempts = 0
        self.events: list[str] = []
        self.inside, self.go_on = Event(), Event()
        self.slow_bus: int | None = None  # a transfer there lasts until go_on

    def transfer(self, number: int) -> int:
        self.attempts += 1
        if number == self.slow_bus:
            self.inside.set()
            assert self.go_on.wait(30)
        if self.refusals:
            raise OSError(self.refusals.pop(0), "refused")
        self.events.append("transferred")
        return 0x58


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kernel]:
    played = Kernel()

    class SMBus:
        number = -1

        def open(self, number: int) -> None:
            played.events.append("opened")
            if played.closed_doors:
                raise OSError(played.closed_doors.pop(0), "refused")
            self.number = number

        def read_byte_data(self, address: int, register: int) -> int:
            return played.transfer(self.number)

        def write_byte_data(self, address: int, register: int, value: int) -> None:
            played.transfer(self.number)

        def read_i2c_block_data(self, address: int, register: int, length: int) -> list[int]:
            return [played.transfer(self.number)] * length

        def close(self) -> None:
            played.events.append("closed")

    module = ModuleType("smbus2")
    module.__dict__["SMBus"] = SMBus
    monkeypatch.setitem(sys.modules, "smbus2", module)
    yield played
    played.go_on.set()


def in_a_thread(action: Callable[[], object]) -> Thread:
    thread = Thread(target=action, daemon=True)
    thread.start()
    return thread


# --- attempts


@pytest.mark.parametrize(
    "passing", [errno.EREMOTEIO, errno.ENXIO, errno.ENODEV, errno.EIO, errno.EAGAIN]
)
def test_what_passes_by_itself_is_ridden_out_and_counted(kernel: Kernel, passing: int) -> None:
    bus = LinuxI2C(1)
    kernel.refusals = [passing]
    assert bus.read_byte_data(0x77, 0xD0) == 0x58
    kernel.refusals = [passing, passing]
    bus.write_byte_data(0x77, 0xF4, 0x25)
    assert bus.retries == 3
    assert bus.read_i2c_block_data(0x77, 0xF7, 6) == [0x58] * 6
    assert bus.retries == 3


def test_after_three_attempts_it_is_an_error(kernel: Kernel) -> None:
    bus = LinuxI2C(1)
    kernel.refusals = [errno.EREMOTEIO] * 3
    with pytest.raises(DeviceNotFound, match=r"no chip answers at address 0x77 of /dev/i2c-1"):
        bus.read_byte_data(0x77, 0xD0)
    assert (kernel.attempts, bus.retries) == (3, 2)
    assert bus.read_byte_data(0x77, 0xD0) == 0x58


@pytest.mark.parametrize("lasting", [errno.ETIMEDOUT, errno.EBUSY, errno.EINVAL])
def test_what_does_not_pass_is_told_at_once(kernel: Kernel, lasting: int) -> None:
    bus = LinuxI2C(1)
    kernel.refusals = [lasting]
    with pytest.raises(BusError) as raised:
        bus.write_byte_data(0x77, 0xE0, 0xB6)
    assert (kernel.attempts, bus.retries) == (1, 0)
    assert raised.value.errno == lasting
    assert isinstance(raised.value.__cause__, OSError)


def test_a_bus_that_comes_to_hang_between_attempts_is_told_as_hanging(kernel: Kernel) -> None:
    kernel.refusals = [errno.EIO, errno.ETIMEDOUT]
    with pytest.raises(BusError, match="the bus hangs"):
        LinuxI2C(1).read_byte_data(0x77, 0xD0)
    assert kernel.attempts == 2


# --- opening and closing


def test_nothing_is_opened_before_the_first_transfer(kernel: Kernel) -> None:
    bus = LinuxI2C(1)
    assert kernel.events == []
    for _ in range(2):
        bus.read_byte_data(0x77, 0xD0)
    assert kernel.events == ["opened", "transferred", "transferred"]


def test_a_bus_that_could_not_be_opened_is_tried_again_and_leaves_nothing_open(
    kernel: Kernel,
) -> None:
    bus = LinuxI2C(1)
    kernel.closed_doors = [errno.EACCES, errno.ENOTTY]
    with pytest.raises(DeviceNotFound, match="may not be opened"):
        bus.read_byte_data(0x77, 0xD0)
    with pytest.raises(DeviceNotFound, match=r"is it an I2C bus"):
        bus.read_byte_data(0x77, 0xD0)
    assert bus.read_byte_data(0x77, 0xD0) == 0x58
    assert kernel.events == ["opened", "closed"] * 2 + ["opened", "transferred"]


def test_a_bus_that_went_away_is_opened_anew(kernel: Kernel) -> None:
    """A USB adapter pulled out and put back, an overlay loaded anew: it is another file then."""
    bus = LinuxI2C(1)
    bus.read_byte_data(0x77, 0xD0)
    kernel.refusals = [errno.ENODEV] * 3
    with pytest.raises(DeviceNotFound):
        bus.read_byte_data(0x77, 0xD0)
    assert bus.read_byte_data(0x77, 0xD0) == 0x58
    assert kernel.events == ["opened", "transferred", "closed", "opened", "transferred"]


def test_closed_is_closed_for_good_and_twice_is_fine(kernel: Kernel) -> None:
    bus = LinuxI2C(1)
    bus.read_byte_data(0x77, 0xD0)
    bus.close()
    bus.close()
    assert kernel.events == ["opened", "transferred", "closed"]
    with pytest.raises(BusError, match=r"/dev/i2c-1 is closed here: open the board again"):
        bus.read_byte_data(0x77, 0xD0)
    assert kernel.events[-1] == "closed"


@pytest.mark.usefixtures("kernel")
def test_a_bus_that_was_never_used_can_be_closed() -> None:
    bus = LinuxI2C(1)
    bus.close()
    with pytest.raises(BusError, match="closed here"):
        bus.write_byte_data(0x77, 0xF4, 0x25)


def test_without_smbus2_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "smbus2", None)
    with pytest.raises(BackendMissing, match="pip install smbus2"):
        LinuxI2C(1).read_byte_data(0x77, 0xD0)


def test_a_bus_that_this_machine_has_not_got() -> None:
    pytest.importorskip("smbus2")
    with pytest.raises(DeviceNotFound, match=r"there is no /dev/i2c-250") as raised:
        LinuxI2C(250).read_byte_data(0x77, 0xD0)
    assert raised.value.errno == errno.ENOENT


# --- turns: a transfer is under way; what waits for it is still alive when it was given time


def test_closing_waits_for_the_transfer_of_another_thread(kernel: Kernel) -> None:
    bus = LinuxI2C(1)
    kernel.slow_bus = 1
    reading = in_a_thread(lambda: bus.read_byte_data(0x77, 0xD0))
    assert kernel.inside.wait(30)
    closing = in_a_thread(bus.close)
    closing.join(0.05)
    assert closing.is_alive()
    kernel.go_on.set()
    for thread in (reading, closing):
        thread.join(30)
    assert kernel.events == ["opened", "transferred", "closed"]


def test_objects_of_one_bus_take_turns_and_another_bus_does_not_wait(kernel: Kernel) -> None:
    first, second, other = LinuxI2C(1), LinuxI2C(1), LinuxI2C(3)
    kernel.slow_bus = 1
    reading = in_a_thread(lambda: first.read_byte_data(0x77, 0xD0))
    assert kernel.inside.wait(30)
    waiting = in_a_thread(lambda: second.read_byte_data(0x77, 0xD0))
    assert other.read_byte_data(0x77, 0xD0) == 0x58
    waiting.join(0.05)
    assert waiting.is_alive()
    assert kernel.attempts == 2
    kernel.go_on.set()
    for thread in (reading, waiting):
        thread.join(30)
    assert kernel.attempts == 3


# --- which bus is the header's


@pytest.mark.parametrize(
    ("model", "number"),
    [
        ("Raspberry Pi Model B Rev 1", 0),
        ("Raspberry Pi Model B", 0),  # by the kernel's own device tree
        ("Raspberry Pi Model B Rev 2", 1),
        ("Raspberry Pi Model A Rev 2", 1),
        ("Raspberry Pi Model B Plus Rev 1.2", 1),
        ("Raspberry Pi Zero W Rev 1.1", 1),
        ("Raspberry Pi 2 Model B Rev 1.1", 1),
        ("Raspberry Pi 3 Model B Rev 1.2", 1),
        ("Raspberry Pi 5 Model B Rev 1.0", 1),
        ("", 1),
    ],
)
def test_the_bus_of_the_header(model: str, number: int) -> None:
    assert default_bus(model) == number
