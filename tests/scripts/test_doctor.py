"""The doctor: on this machine as a person runs it, and its checks on pretend trees of a Pi.

The trees hold what a Raspberry Pi's own files hold: /proc/device-tree/model ends in a zero byte;
get_throttled is bare hexadecimal (drivers/firmware/raspberrypi.c of the Raspberry Pi kernel);
/dev/gpiochip* and /dev/i2c-* belong to root and to group gpio or i2c, mode 660 (99-com.rules of
Raspberry Pi OS).
"""

import errno
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle, pairwise
from pathlib import Path
from typing import ClassVar

import pytest
from checks import devices, machine, wires
from checks.answers import Answer, Mark, answers_of, line, verdict

from sensors import RawColour, open_board
from sensors.backends.i2c import LinuxI2C
from sensors.board import Board
from sensors.config import BarometerConfig, ColourConfig, section
from sensors.errors import BusError
from sensors.machine import pi_model
from sensors.simulated.bmp280 import SimulatedBMP280
from sensors.simulated.i2c import SimulatedI2C
from sensors.simulated.scene import Scene
from sensors.simulated.tcs3200 import SimulatedTCS3200

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "scripts"

PATIENCE_S = 60.0
GPIO_GROUP, I2C_GROUP = 986, 994
ON_A_LAPTOP = pytest.mark.skipif(bool(pi_model()), reason="on a Pi the board is real")
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPTS / "doctor.py"), *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        env={**os.environ, **settings},
    )


def write(tree: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text)


@pytest.fixture
def pi() -> Iterator[Path]:
    """The tree of a Pi 4 on Bookworm, in a folder that every user may enter."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        tree.chmod(0o755)
        write(
            tree,
            {
                "proc/device-tree/model": "Raspberry Pi 4 Model B Rev 1.4\0",
                "proc/sys/kernel/osrelease": "6.1.21-v8+\n",
                "proc/self/mounts": "/dev/root / ext4 rw,noatime 0 0\n",
                "sys/devices/system/cpu/online": "0-3\n",
                "sys/devices/platform/soc/soc:firmware/get_throttled": "0\n",
                "sys/bus/i2c/devices/i2c-1/name": "bcm2835 (i2c@7e804000)\n",
                "etc/group": "root:x:0:\ngpio:x:986:pi,anna\ni2c:x:994:pi\n",
                "dev/gpiochip0": "",
                "dev/gpiochip1": "",
                "dev/i2c-1": "",
            },
        )
        for node, group in (("gpiochip0", GPIO_GROUP), ("i2c-1", I2C_GROUP)):
            (tree / "dev" / node).chmod(0o660)
            if os.geteuid() == 0:
                os.chown(tree / "dev" / node, 0, group)
        yield tree


@contextmanager
def as_somebody(*groups: int) -> Iterator[None]:
    """Be user 65534 with these groups; a saved id 0 leads back."""
    before = os.getgroups()
    os.setgroups(groups)
    os.setresgid(65534, 65534, 0)
    os.setresuid(65534, 65534, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)
        os.setresgid(0, 0, 0)
        os.setgroups(before)


LABELS = {"gpiochip0": "pinctrl-bcm2711", "gpiochip1": "raspberrypi-exp-gpio"}


def label(node: Path) -> str:
    """What the kernel of a Pi 4 says of its two chips."""
    return LABELS[node.name]


# --- as a person runs it


def test_help_teaches() -> None:
    result = run("--help")
    assert result.returncode == 0
    assert "scripts/doctor.py --simulate" in result.stdout
    assert "--without" in result.stdout


@ON_A_LAPTOP
def test_on_a_laptop_the_board_is_simulated_and_nothing_is_wrong(tmp_path: Path) -> None:
    result = run(STATE_DIRECTORY=str(tmp_path))
    assert result.returncode == 0, result.stdout
    lines = result.stdout.splitlines()
    assert "no Raspberry Pi" in lines[0]
    assert "SIMULATED" in lines[0]
    for title in ("kernel", "power", "battery", "gpio", "i2c"):
        assert any(row.split()[:3] == ["not", "checked", title] for row in lines), title
    for title in ("barometer", "wiring", "diagnosis", "colour"):
        (row,) = (row for row in lines if f"  {title} " in row)
        assert row.startswith("ok ")
        assert "SIMULATED: " in row
    assert "OUT on GPIO25, S2 on GPIO23, S3 on GPIO24; scaling taken as 20%" in result.stdout
    assert lines[-1].startswith("Verdict, board SIMULATED: nothing is wrong")
    assert "Traceback" not in result.stderr


@ON_A_LAPTOP
def test_a_real_board_that_is_not_there_is_told_check_by_check(tmp_path: Path) -> None:
    """Told to look for real wires on a machine without any: faults with cures, and all lines."""
    config = tmp_path / "real.toml"
    config.write_text("[board]\nsimulated = false\n[barometer]\nbus = 250\n")
    result = run("--config", str(config), STATE_DIRECTORY=str(tmp_path))
    assert result.returncode == 1
    assert "there is no /dev/i2c-250" in result.stdout
    assert "sudo raspi-config nonint do_i2c 0" in result.stdout
    assert "SIMULATED" not in result.stdout
    lines = result.stdout.splitlines()
    for title in ("kernel", "gpio", "i2c", "barometer", "wiring", "diagnosis", "colour"):
        assert any(f"  {title} " in row for row in lines), title
    for row, cure in pairwise(lines):
        if row.startswith("fault"):
            assert cure.startswith(" " * 24), f"no cure after {row}"
    assert "Traceback" not in result.stdout + result.stderr


@ON_A_LAPTOP
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--config", "gone.toml"], "gone.toml: No such file"),
        (["--s2", "25"], "out and s2 are both on GPIO25"),
        (["--s0", "17"], "give s0 and s1 both"),
    ],
)
def test_settings_that_cannot_be_meant_are_one_fault_and_the_machine_is_still_looked_at(
    arguments: list[str], words: str
) -> None:
    result = run(*arguments)
    assert result.returncode == 1
    assert words in result.stdout
    assert result.stdout.count("\nfault ") == 1
    assert "  library " in result.stdout


@ON_A_LAPTOP
def test_a_record_that_cannot_be_played_is_a_fault_of_the_settings(tmp_path: Path) -> None:
    config = tmp_path / "played.toml"
    config.write_text("[simulated]\nrecord = '/no/where.csv'\n")
    result = run("--config", str(config))
    assert result.returncode == 1
    assert "/no/where.csv" in result.stdout
    assert "Verdict: 1 fault to cure" in result.stdout


@ON_A_LAPTOP
def test_a_sensor_that_is_not_there_is_no_fault(tmp_path: Path) -> None:
    result = run("--without", "colour", STATE_DIRECTORY=str(tmp_path))
    assert result.returncode == 0
    assert "no colour sensor" in result.stdout
    assert "OUT on" not in result.stdout
    assert "hPa" in result.stdout


@ON_A_LAPTOP
def test_the_command_line_has_the_last_word_on_the_wires_of_a_file(tmp_path: Path) -> None:
    config = tmp_path / "robot.toml"
    config.write_text("[colour]\nout = 5\ns2 = 6\n")
    given = ["--config", str(config), "--s2", "12", "--s0", "17", "--s1", "27"]
    result = run(*given, STATE_DIRECTORY=str(tmp_path))
    assert "OUT on GPIO5, S2 on GPIO12, S3 on GPIO24, S0 on GPIO17, S1 on GPIO27" in result.stdout
    assert "scaling chosen by itself" in result.stdout


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    command = f"'{sys.executable}' scripts/doctor.py --simulate --without colour | head -1"
    shell = subprocess.run(
        ["bash", "-c", f"{command}; echo ${{PIPESTATUS[0]}}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert shell.stdout.splitlines()[-1] == "0"
    assert "Error" not in shell.stderr


# --- answers


def test_a_check_that_breaks_says_so_and_counts_as_a_fault() -> None:
    def broken() -> Answer:
        raise ZeroDivisionError("by a machine nobody thought of")

    (answer,) = list(answers_of(broken))
    assert answer.mark is Mark.FAULT
    assert answer.words == (
        "could not be checked: ZeroDivisionError: by a machine nobody thought of"
    )
    assert answer.cure


def test_what_a_check_said_before_it_broke_is_not_lost() -> None:
    def breaks_later() -> Iterator[Answer]:
        yield Answer(Mark.OK, "the bus is there")
        raise OSError(errno.EIO, "Input/output error")

    first, second = answers_of(breaks_later)
    assert first == Answer(Mark.OK, "the bus is there")
    assert "could not be checked" in second.words


def test_an_answer_is_a_line_and_its_cure_an_indented_one() -> None:
    fault = Answer(Mark.FAULT, "there is no bus", "switch it on")
    assert line("i2c", fault) == (
        "fault        i2c        there is no bus\n                        switch it on"
    )
    assert verdict([fault, Answer(Mark.OK, "fine")]) == "1 fault to cure"
    assert verdict([Answer(Mark.WARNING, "low", "free some")]) == "nothing is wrong, 1 warning"


# --- the machine


def test_a_pi_is_told_by_its_device_tree(pi: Path) -> None:
    answer = machine.machine(pi, simulated=False)
    assert answer == Answer(Mark.OK, "Raspberry Pi 4 Model B Rev 1.4, 4 processors")
    write(pi, {"sys/devices/system/cpu/online": "0\n"})
    assert machine.machine(pi, simulated=False).words.endswith("1 processor")


@pytest.mark.parametrize(
    ("release", "mark", "words"),
    [
        ("4.19.66-v7+", Mark.FAULT, "too old to stamp"),
        ("5.4.83+", Mark.FAULT, "too old to stamp"),
        ("5.10.103-v7l+", Mark.OK, "stamps edges"),
        ("6.1.21-v8+", Mark.OK, "stamps edges"),
        ("6.6.51+rpt-rpi-v8", Mark.OK, "RPi.GPIO itself sees no edges"),
        ("6.12.25+rpt-rpi-2712", Mark.OK, "RPi.GPIO itself sees no edges"),
        ("", Mark.NOT_CHECKED, "no version"),
    ],
)
def test_kernels_of_raspberry_pi_os(pi: Path, release: str, mark: Mark, words: str) -> None:
    write(pi, {"proc/sys/kernel/osrelease": f"{release}\n"})
    answer = machine.kernel(pi)
    assert answer.mark is mark
    assert words in answer.words
    assert ("6.6" in answer.words) == release.startswith(("6.6", "6.12"))


@pytest.mark.parametrize(
    ("throttled", "mark", "words"),
    [
        ("0", Mark.OK, "has held"),
        ("50005", Mark.FAULT, "too low now"),
        ("50000", Mark.WARNING, "was too low since the start"),
        ("80000", Mark.WARNING, "too hot"),
    ],
)
def test_the_firmware_knows_whether_the_supply_held(
    pi: Path, throttled: str, mark: Mark, words: str
) -> None:
    write(pi, {"sys/devices/platform/soc/soc:firmware/get_throttled": f"{throttled}\n"})
    answer = machine.power(pi)
    assert answer.mark is mark
    assert words in answer.words


def program(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


def test_without_the_file_vcgencmd_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert machine.power(tmp_path).mark is Mark.NOT_CHECKED
    program(tmp_path, "vcgencmd", "echo throttled=0x50005")
    assert machine.power(tmp_path).mark is Mark.FAULT
    program(tmp_path, "vcgencmd", "echo 'VCHI initialization failed'; exit 255")
    assert machine.power(tmp_path).mark is Mark.NOT_CHECKED


def test_the_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    summer_2026 = 1_782_000_000.0
    assert machine.clock(tmp_path, summer_2026).mark is Mark.NOT_CHECKED
    program(tmp_path, "timedatectl", "echo no")
    assert machine.clock(tmp_path, summer_2026).mark is Mark.WARNING
    program(tmp_path, "timedatectl", "echo yes")
    assert machine.clock(tmp_path, summer_2026).words.endswith("synchronised")
    write(tmp_path, {"run/systemd/timesync/synchronized": ""})
    program(tmp_path, "timedatectl", "exit 1")
    assert machine.clock(tmp_path, summer_2026).mark is Mark.OK
    # A Pi without a network starts at the epoch, or where its image was made.
    assert machine.clock(tmp_path, 12.0).mark is Mark.FAULT


def test_a_pi_has_no_clock_that_outlives_a_power_cut(pi: Path) -> None:
    answer = machine.battery_clock(pi)
    assert answer.mark is Mark.WARNING
    assert "DS3231" in answer.cure
    write(pi, {"dev/rtc0": "", "proc/device-tree/model": "Raspberry Pi 5 Model B Rev 1.0\0"})
    assert machine.battery_clock(pi).mark is Mark.OK
    assert "J5" in machine.battery_clock(pi).words


def test_the_disk(pi: Path) -> None:
    (there,) = machine.disk(pi, pi / "not/there/yet/history.sqlite")
    assert there.mark is Mark.OK
    assert machine.space(Path("h.sqlite"), 99e6).mark is Mark.WARNING
    assert machine.space(Path("h.sqlite"), 4096).mark is Mark.FAULT
    write(pi, {"proc/self/mounts": "/dev/root / ext4 rw 0 0\noverlay / overlay rw 0 0\n"})
    overlaid, _ = machine.disk(pi, pi / "history.sqlite")
    assert overlaid.mark is Mark.WARNING
    assert "lost when the power goes" in overlaid.words


@AS_ROOT
@pytest.mark.parametrize(
    ("options", "marks", "words"),
    [
        ("size=2M,ro", ["FAULT"], "read-only"),
        ("size=64k", ["WARNING", "FAULT"], "0 MB free"),
        ("size=2M", ["WARNING", "WARNING"], "2 MB free"),
    ],
)
def test_real_file_systems_in_memory(
    tmp_path: Path, options: str, marks: list[str], words: str
) -> None:
    code = (
        "import sys; from pathlib import Path; from checks.machine import disk\n"
        "for answer in disk(Path('/'), Path(sys.argv[1]) / 'history.sqlite'):\n"
        "    print(answer.mark.name, answer.words)"
    )
    mount = f'mount -t tmpfs -o {options} none "$1" || exit 77; "$2" -c "$3" "$1"'
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", mount, "sh", str(tmp_path), sys.executable, code],
        cwd=SCRIPTS,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    if done.returncode == 77 or "unshare failed" in done.stderr:
        pytest.skip("no file system can be mounted here")
    assert [row.split()[0] for row in done.stdout.splitlines()] == marks
    assert words in done.stdout


@AS_ROOT
def test_a_folder_of_somebody_else_is_never_given_away(pi: Path) -> None:
    with as_somebody():
        there, _ = machine.disk(pi, pi / "history.sqlite")
        not_yet, _ = machine.disk(pi, pi / "boat/history.sqlite")
    assert there.mark is not_yet.mark is Mark.FAULT
    assert "chown" not in there.cure
    assert not_yet.cure == f"sudo install -d -o $USER {pi}/boat"


# --- devices


@AS_ROOT
@pytest.mark.parametrize(
    ("name", "groups", "mark", "cure"),
    [
        ("pi", [GPIO_GROUP, I2C_GROUP], Mark.OK, ""),
        ("pi", [], Mark.FAULT, "log out and in again, or start the Pi anew"),
        ("boat", [], Mark.FAULT, "sudo usermod -aG {group} boat, then log out and in again"),
    ],
)
def test_whether_the_user_may_open_the_devices(
    pi: Path, name: str, groups: list[int], mark: Mark, cure: str
) -> None:
    user = devices.User(name, frozenset(groups))
    with as_somebody(*groups):
        gpio = devices.gpio(pi, user, label)
        i2c = devices.i2c(pi, 1, user)
    assert gpio.mark is i2c.mark is mark
    assert (gpio.cure, i2c.cure) == (cure.format(group="gpio"), cure.format(group="i2c"))


@AS_ROOT
def test_devices_that_no_group_may_open_want_their_rules_back(pi: Path) -> None:
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
    assert answer.mark is Mark.FAULT
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
    assert devices.i2c(pi, 1, me).mark is Mark.OK
    (pi / "dev/i2c-1").rename(pi / "dev/i2c-20")  # the screen's
    assert "modprobe i2c-dev" in devices.i2c(pi, 1, me).cure
    (pi / "sys/bus/i2c/devices/i2c-1/name").unlink()
    (pi / "sys/bus/i2c/devices/i2c-1").rmdir()
    answer = devices.i2c(pi, 1, me)
    assert "only /dev/i2c-20" in answer.words
    assert "do_i2c 0" in answer.cure


# --- who answers


class OneRegister:
    """Some chip: all that is known of it is one register."""

    def __init__(self, register: int, value: int) -> None:
        self.register, self.value = register, value

    def read(self, register: int, length: int) -> list[int]:
        return [self.value if register == self.register else 0] * length

    def write(self, register: int, value: int) -> None:
        pass


def bmp280(noise: bool = False) -> SimulatedBMP280:
    with open_board({"simulated": {"speed": 0}}, simulated=True) as board:
        return SimulatedBMP280(board.weather, noise=noise)


def bus_of(chip_id: int) -> SimulatedI2C:
    return SimulatedI2C({0x77: OneRegister(0xD0, chip_id)})


def test_the_chip_that_the_settings_mean() -> None:
    answer = wires.addresses(SimulatedI2C({0x77: bmp280()}), 0x77)
    assert answer == Answer(Mark.OK, "0x76 nobody, 0x77 a BMP280 (id 0x58)")
    answer = wires.addresses(bus_of(0x60), 0x77)
    assert answer == Answer(Mark.OK, "0x76 nobody, 0x77 a BME280 (id 0x60)")


@pytest.mark.parametrize(
    ("chip_id", "words"),
    [(0x61, "a BME680 (id 0x61)"), (0x55, "a BMP180"), (0x00, "an unknown chip (id 0x00)")],
)
def test_another_chip_is_named(chip_id: int, words: str) -> None:
    answer = wires.addresses(bus_of(chip_id), 0x77)
    assert answer.mark is Mark.FAULT
    assert words in answer.words
    assert "want a BMP280 or BME280 at 0x77" in answer.words


def test_the_chip_at_the_other_address_is_a_setting_to_change() -> None:
    answer = wires.addresses(SimulatedI2C({0x76: bmp280()}), 0x77)
    assert answer.mark is Mark.FAULT
    assert "address = 0x76 in [barometer]" in answer.cure


def test_nobody_there_is_a_wire() -> None:
    answer = wires.addresses(SimulatedI2C({}), 0x76)
    assert answer.words.startswith("0x76 nobody, 0x77 nobody")
    assert "SDA on pin 3" in answer.cure


class Held(SimulatedI2C):
    """A bus on which a driver of the kernel has 0x77, as ours tells of it."""

    def read_byte_data(self, i2c_addr: int, register: int, /) -> int:
        if i2c_addr == 0x77:
            error = BusError("held by the kernel's driver bmp280: remove its overlay")
            error.errno = errno.EBUSY
            raise error
        return super().read_byte_data(i2c_addr, register)


def test_an_address_that_the_kernel_holds_is_told_with_its_driver() -> None:
    answer = wires.addresses(Held({}), 0x77)
    assert answer.mark is Mark.FAULT
    assert "0x77 held by the kernel; " in answer.words
    assert "driver bmp280" in answer.cure
    assert wires.addresses(Held({0x76: bmp280()}), 0x76).mark is Mark.OK


class Cable:
    """In place of smbus2.SMBus: a chip at the end of a cable."""

    ids: ClassVar[Iterator[int | None]]  # of each next transfer; None: not acknowledged

    def open(self, number: int) -> None:
        pass

    def close(self) -> None:
        pass

    def read_byte_data(self, address: int, register: int) -> int:
        chip_id = next(self.ids)
        if chip_id is None:
            raise OSError(errno.EREMOTEIO, "Remote I/O error")
        return chip_id


@pytest.mark.parametrize(
    ("ids", "mark", "words"),
    [
        ([0x58], Mark.OK, "200 transfers with 0x77, none repeated"),
        ([None, 0x58, 0x58] + 60 * [0x58], Mark.WARNING, "4 repeated"),
        ([0x58, 0x5A], Mark.FAULT, "one register reads 0x58, 0x5A in turn"),
    ],
)
def test_a_cable_is_judged_by_what_it_carries(
    monkeypatch: pytest.MonkeyPatch, ids: list[int | None], mark: Mark, words: str
) -> None:
    monkeypatch.setattr("smbus2.SMBus", Cable)
    monkeypatch.setattr(Cable, "ids", cycle(ids), raising=False)
    answer = wires.transfers(LinuxI2C(1), 0x77)
    assert answer.mark is mark
    assert words in answer.words


ENVIRO_PHAT = {0x29: OneRegister(0x92, 0x44), 0x1D: OneRegister(0x0F, 0x49)}


def test_an_enviro_phat_is_known_by_its_other_chips() -> None:
    phat = SimulatedI2C({0x77: bmp280(), **ENVIRO_PHAT})
    (answer,) = wires.enviro_phat(phat, ColourConfig())
    assert answer == Answer(Mark.OK, "an Enviro pHAT: 0x1D and 0x29 answer too")
    (alone,) = wires.enviro_phat(phat, None)
    assert alone.mark is Mark.OK
    light_alone = SimulatedI2C({0x77: bmp280(), 0x29: ENVIRO_PHAT[0x29]})
    assert list(wires.enviro_phat(light_alone, ColourConfig(s3=4))) == []


@pytest.mark.parametrize("wire", ["out", "s2", "led"])
def test_a_colour_sensor_wired_to_the_leds_of_an_enviro_phat_is_a_fault(wire: str) -> None:
    phat = SimulatedI2C({0x77: bmp280(), **ENVIRO_PHAT})
    colour = section({"colour": {wire: 4}}, "colour", ColourConfig, "the settings")
    (answer,) = wires.enviro_phat(phat, colour)
    assert answer.mark is Mark.FAULT
    assert "an Enviro pHAT, whose LEDs are on GPIO4" in answer.words
    assert f"{wire.upper()} of the colour sensor" in answer.words
    assert f"set {wire} in [colour]" in answer.cure


# --- the sensors


def board_with(
    light: Scene, *, s2: int = 23, s3: int = 24, barometer: SimulatedBMP280 | None = None
) -> Board:
    """A board told of the tutorial's wiring, with a twin on it that is wired like this."""
    return Board(
        SimulatedI2C({0x77: barometer or bmp280(noise=True)}),
        lambda: SimulatedTCS3200(light, out=25, s2=s2, s3=s3),
        BarometerConfig(),
        ColourConfig(timeout_s=0.2),
    )


def test_sensors_that_are_well() -> None:
    with board_with(Scene("white")) as board:
        (diagnosis,) = wires.diagnosis(board)
        colour = wires.colour(board)
        (barometer,) = wires.barometer(board)
    assert diagnosis.mark is colour.mark is barometer.mark is Mark.OK
    number = r"\d+±\d+"
    channels = rf"red {number}, green {number}, blue {number}, clear {number} Hz"
    assert re.fullmatch(rf"{channels}(, \d edges lost)?", colour.words)  # merged now and then
    assert re.fullmatch(r"977\.\d\d hPa, \d+\.\d °C", barometer.words)


def test_a_wrong_wire_is_a_fault_and_named() -> None:
    with board_with(Scene("white"), s2=24, s3=23) as board:
        (answer,) = wires.diagnosis(board)
    assert answer.mark is Mark.FAULT
    assert answer.words == "S2 and S3 exchanged"
    assert "GPIO23" in answer.cure
    assert "GPIO24" in answer.cure


def test_darkness_is_told_with_its_bound() -> None:
    night = Scene()
    night.dark()
    with board_with(night) as board:
        (answer,) = wires.diagnosis(board)
        colour = wires.colour(board)
    assert answer.mark is Mark.FAULT  # a lamp's wire, or a lid
    assert answer.cure
    assert "clear <" in colour.words


def test_a_lamp_that_flickers_is_a_warning() -> None:
    room = Scene("white")
    room.ambient(RawColour(9e3, 8e3, 8e3, 2.2e4), flicker_hz=100.0, depth=0.8)
    with board_with(room) as board:
        marks = {answer.mark for answer in wires.diagnosis(board)}
    assert marks == {Mark.WARNING}


def test_a_barometer_that_does_not_answer_is_told_with_its_cure() -> None:
    with open_board({"board": {"simulated": False}, "barometer": {"bus": 250}}) as board:
        (answer,) = wires.barometer(board)
    assert (answer.mark, answer.words) == (Mark.FAULT, "no reading")
    assert "/dev/i2c-250" in answer.cure


def test_a_barometer_that_says_the_same_to_the_last_bit_is_a_warning() -> None:
    with board_with(Scene("white"), barometer=bmp280(noise=False)) as board:
        reading, suspect = wires.barometer(board)
    assert reading.mark is Mark.OK
    assert suspect.mark is Mark.WARNING
    assert "same to the last bit" in suspect.cure


class Dipping(SimulatedBMP280):
    """A BMP280 whose supply dips at every tenth conversion."""

    conversions = 0

    def write(self, register: int, value: int) -> None:
        self.conversions += register == 0xF4
        if register == 0xF4 and self.conversions % 10 == 0:
            self.power_on()
        super().write(register, value)


def test_a_barometer_that_loses_its_supply_is_a_warning() -> None:
    with open_board({"simulated": {"speed": 0}}, simulated=True) as twin:
        barometer = Dipping(twin.weather)
    with board_with(Scene("white"), barometer=barometer) as board:
        reading, dips = wires.barometer(board)
    assert reading.mark is Mark.OK
    assert dips.mark is Mark.WARNING
    assert "lost its supply 2 times during 25 readings" in dips.words


# --- libraries, in an interpreter that has those of a pretend folder and no other


GPIO_LIBRARIES = ("gpiod", "RPi.GPIO")


def libraries(site: Path, *, pi_5: bool = False, blind: bool = False) -> dict[str, tuple[str, str]]:
    """What is said of the GPIO libraries of a folder: mark and words of each of the two."""
    code = (
        "from checks.libraries import gpio_libraries\n"
        f"for a in gpio_libraries(pi_5={pi_5}, blind={blind}):\n"
        "    print(a.mark.value, a.words, sep='\\t')"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        cwd=SCRIPTS,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{site}:{ROOT}"},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 0, done.stderr
    rows = (row.split("\t") for row in done.stdout.splitlines())
    return {name: (mark, words) for name, (mark, words) in zip(GPIO_LIBRARIES, rows, strict=True)}


def install(site: Path, name: str, version: str, files: dict[str, str]) -> None:
    """Lay a distribution out as pip does."""
    about = f"{name.replace('-', '_')}-{version}.dist-info/METADATA"
    write(site, {about: f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", **files})


def install_gpiod(site: Path, version: str = "2.5.0") -> None:
    install(site, "gpiod", version, {"gpiod/__init__.py": ""})


def install_rpi_gpio(site: Path) -> None:
    compiled = {"RPi/_GPIO.cpython-311-aarch64-linux-gnu.so": ""}
    source = {"RPi/__init__.py": "", "RPi/GPIO/__init__.py": "from RPi._GPIO import *\n"}
    install(site, "RPi.GPIO", "0.7.1", {**source, **compiled})


def install_rpi_lgpio(site: Path) -> None:
    source = {"RPi/__init__.py": "", "RPi/GPIO/__init__.py": "import lgpio\n"}
    install(site, "rpi-lgpio", "0.6", {**source, "lgpio.py": ""})


def test_no_gpio_library_at_all(tmp_path: Path) -> None:
    assert libraries(tmp_path) == {
        "gpiod": ("fault", "gpiod is missing, which is for the colour sensor"),
        "RPi.GPIO": ("not checked", "no RPi.GPIO either"),
    }


@pytest.mark.parametrize("version", ["1.5.4", "1.6.3", "2.0.2"])
def test_a_gpiod_with_another_interface(tmp_path: Path, version: str) -> None:
    install_gpiod(tmp_path, version)
    mark, words = libraries(tmp_path)["gpiod"]
    assert mark == "fault"
    assert version in words


@pytest.mark.parametrize(("text", "mark"), [("", "fault"), ("request_lines = 1\n", "ok")])
def test_a_gpiod_that_does_not_tell_its_version(tmp_path: Path, text: str, mark: str) -> None:
    write(tmp_path, {"gpiod.py": text})
    assert libraries(tmp_path)["gpiod"][0] == mark


def test_gpiod_makes_rpi_gpio_needless(tmp_path: Path) -> None:
    install_gpiod(tmp_path)
    said = libraries(tmp_path)
    assert [mark for mark, _ in said.values()] == ["ok", "ok"]


def test_rpi_gpio_itself(tmp_path: Path) -> None:
    install_rpi_gpio(tmp_path)
    said = libraries(tmp_path)
    assert said["gpiod"][0] == "warning"
    assert said["RPi.GPIO"] == ("ok", "RPi.GPIO is RPi.GPIO 0.7.1 itself")
    assert "sees no edges" in libraries(tmp_path, blind=True)["RPi.GPIO"][1]
    mark, words = libraries(tmp_path, pi_5=True)["RPi.GPIO"]
    assert (mark, "no Pi 5 runs it" in words) == ("fault", True)


def test_rpi_lgpio(tmp_path: Path) -> None:
    install_rpi_lgpio(tmp_path)
    assert libraries(tmp_path, pi_5=True)["RPi.GPIO"] == ("ok", "RPi.GPIO is rpi-lgpio 0.6")
    (tmp_path / "lgpio.py").unlink()
    assert libraries(tmp_path)["RPi.GPIO"][0] == "fault"


@pytest.mark.parametrize(
    ("order", "now"),
    [
        ([install_rpi_lgpio, install_rpi_gpio], "RPi.GPIO itself"),
        ([install_rpi_gpio, install_rpi_lgpio], "rpi-lgpio"),
    ],
)
def test_both_in_one_folder_break_each_other(
    tmp_path: Path, order: list[Callable[[Path], None]], now: str
) -> None:
    for step in order:
        step(tmp_path)
    mark, words = libraries(tmp_path)["RPi.GPIO"]
    assert mark == "fault"
    assert f"import RPi.GPIO gives {now} now" in words
    install_gpiod(tmp_path)
    assert libraries(tmp_path)["RPi.GPIO"][0] == "warning"


def test_each_in_a_folder_of_its_own_is_fine(tmp_path: Path) -> None:
    """A private environment with rpi-lgpio, before a system with RPi.GPIO."""
    install_rpi_lgpio(tmp_path / "venv")
    install_rpi_gpio(tmp_path / "system")
    said = libraries(Path(f"{tmp_path}/venv:{tmp_path}/system"))
    assert said["RPi.GPIO"] == ("ok", "RPi.GPIO is rpi-lgpio 0.6")
