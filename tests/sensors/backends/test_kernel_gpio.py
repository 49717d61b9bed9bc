"""The character device's refusals that any Linux machine gives; a real chip is in tests/kernel."""

import errno
import os
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from sensors.backends import best_pins
from sensors.backends.kernel_gpio import KernelPins
from sensors.backends.kernel_gpio_errors import line_error, open_error, too_old_kernel
from sensors.errors import BackendMissing, PinError

with_gpiod = pytest.mark.usefixtures("_gpiod")
without_chips = pytest.mark.skipif(
    any(Path("/dev").glob("gpiochip*")), reason="this machine has a GPIO chip of its own"
)


@pytest.fixture
def _gpiod() -> None:
    pytest.importorskip("gpiod", minversion="2.1")


@with_gpiod
@without_chips
def test_a_machine_without_any_chip_is_told_so() -> None:
    with pytest.raises(PinError, match="no GPIO header here: /dev has no gpiochip"):
        KernelPins().drive({23: True})


@with_gpiod
@pytest.mark.parametrize("path", ["/dev/null", "/dev", __file__])
def test_a_path_that_is_no_chip(path: str) -> None:
    with pytest.raises(PinError, match=f"{path} is no GPIO chip"):
        KernelPins(path).rising_edges(25, 0.01)


@with_gpiod
def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PinError, match=r"there is no .*/gpiochip9: is this a Raspberry Pi"):
        KernelPins(str(tmp_path / "gpiochip9")).level(25, pull_up=True)


@with_gpiod
def test_refusals_leave_nothing_open() -> None:
    pins = KernelPins("/dev/null")
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    for _ in range(10):
        with pytest.raises(PinError):
            pins.drive({23: True})
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


@with_gpiod
def test_closed_pins_stay_closed() -> None:
    pins = KernelPins("/dev/null")
    pins.close()
    pins.close()
    with pytest.raises(PinError, match="closed: open others"):
        pins.drive({23: True})
    with pytest.raises(PinError, match="closed: open others"):
        pins.rising_edges(25, 0.01)
    with pytest.raises(PinError, match="closed: open others"):
        pins.level(25, pull_up=False)


@with_gpiod
def test_one_core_follows_half_as_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert KernelPins("/dev/null").fastest_hz == 12_000.0
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    assert KernelPins("/dev/null").fastest_hz == 20_000.0


def test_the_group_that_owns_the_node_is_named(tmp_path: Path) -> None:
    node = tmp_path / "gpiochip0"
    node.touch()
    refusal = PermissionError(errno.EACCES, "Permission denied")
    node.chmod(0o600)
    assert "only root" in str(open_error(str(node), refusal))
    if os.geteuid() == 0:
        tty = 5  # the same number on every Debian
        os.chown(node, 0, tty)
        node.chmod(0o660)
        assert "put your user into group tty" in str(open_error(str(node), refusal))


def test_a_service_that_was_not_given_the_chip_is_told_where_to_name_it() -> None:
    refusal = PermissionError(errno.EPERM, "Operation not permitted")
    assert "docs/service.md" in str(open_error("/dev/gpiochip0", refusal))


@pytest.mark.parametrize("release", ["4.19.118-v7l+", "5.4.83-v7+", "5.9.0"])
def test_a_kernel_before_5_10_is_named_with_what_it_needs(release: str) -> None:
    assert f"kernel {release} is too old: 5.10 or later" in too_old_kernel(release)


@pytest.mark.parametrize("release", ["5.10.17-v7+", "6.12.25+rpt-rpi-v8", "7.0.0", "unknown"])
def test_a_kernel_that_will_do(release: str) -> None:
    assert too_old_kernel(release) == ""


def test_a_chip_that_is_gone() -> None:
    gone = line_error("/dev/gpiochip0", [25], OSError(errno.ENODEV, "No such device"))
    assert "GPIO25: /dev/gpiochip0 is gone" in str(gone)


@pytest.fixture
def old_gpiod(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Debian's python3-libgpiod 1.6 has the same import name and a class Chip alone."""
    (tmp_path / "gpiod.py").write_text("class Chip: pass\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "gpiod", raising=False)
    return tmp_path


@pytest.mark.usefixtures("old_gpiod")
def test_an_older_gpiod_is_named() -> None:
    with pytest.raises(BackendMissing, match=r"older one.*pip install 'gpiod>=2\.1'"):
        KernelPins()


def test_rpi_gpio_takes_the_place_of_an_older_gpiod_and_says_why(old_gpiod: Path) -> None:
    if find_spec("RPi"):
        pytest.skip("this machine has an RPi.GPIO of its own")
    package = old_gpiod / "RPi"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "GPIO.py").write_text("VERSION = '0.7.1'\n")
    with pytest.warns(RuntimeWarning, match=r"RPi.GPIO 0\.7\.1 is polled.*older one"):
        best_pins().close()
    for name in ("RPi", "RPi.GPIO"):
        sys.modules.pop(name)


@pytest.mark.usefixtures("old_gpiod")
def test_an_older_gpiod_alone_is_named_by_best_pins() -> None:
    if find_spec("RPi"):
        pytest.skip("this machine has RPi.GPIO")
    with pytest.raises(BackendMissing, match="older one"):
        best_pins()
