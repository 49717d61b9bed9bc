"""The check of the GPIO libraries, in an interpreter that has those of a pretend folder alone."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
SCRIPTS = ROOT / "scripts"
PATIENCE_S = 60.0
GPIO_LIBRARIES = ("gpiod", "RPi.GPIO")


def libraries(site: Path, *, pi_5: bool = False, blind: bool = False) -> dict[str, tuple[str, str]]:
    """What is said of the GPIO libraries of a folder: mark and words of each of the two."""
    code = (
        "from support.checks.libraries import gpio_libraries\n"
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
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    for file, text in {about: metadata, **files}.items():
        (site / file).parent.mkdir(parents=True, exist_ok=True)
        (site / file).write_text(text)


def install_gpiod(site: Path, version: str = "2.5.0") -> None:
    install(site, "gpiod", version, {"gpiod/__init__.py": "request_lines = 1\n"})


def install_rpi_gpio(site: Path) -> None:
    compiled = {"RPi/_GPIO.cpython-311-aarch64-linux-gnu.so": ""}
    source = {"RPi/__init__.py": "", "RPi/GPIO/__init__.py": "from RPi._GPIO import *\n"}
    install(site, "RPi.GPIO", "0.7.1", {**source, **compiled})


def install_rpi_lgpio(site: Path) -> None:
    source = {"RPi/__init__.py": "", "RPi/GPIO/__init__.py": "import lgpio\n"}
    install(site, "rpi-lgpio", "0.6", {**source, "lgpio.py": ""})


def test_no_gpio_library_at_all(tmp_path: Path) -> None:
    assert libraries(tmp_path) == {
        "gpiod": ("fault", "gpiod does not start: the kernel's stamps are missing"),
        "RPi.GPIO": ("not checked", "no RPi.GPIO either"),
    }


@pytest.mark.parametrize(("text", "mark"), [("", "fault"), ("request_lines = 1\n", "ok")])
def test_a_gpiod_with_another_interface_is_a_fault(tmp_path: Path, text: str, mark: str) -> None:
    """That of Debian: some of its packages have no version."""
    (tmp_path / "gpiod.py").write_text(text)
    assert libraries(tmp_path)["gpiod"][0] == mark


def test_a_gpiod_that_does_not_start(tmp_path: Path) -> None:
    """Its compiled half is for another Python, say."""
    install(tmp_path, "gpiod", "2.5.0", {"gpiod/__init__.py": "from gpiod import _ext"})
    assert libraries(tmp_path)["gpiod"][0] == "fault"


def test_gpiod_makes_rpi_gpio_needless(tmp_path: Path) -> None:
    install_gpiod(tmp_path)
    answers = libraries(tmp_path)
    assert [mark for mark, _ in answers.values()] == ["ok", "ok"]


def test_rpi_gpio_itself(tmp_path: Path) -> None:
    install_rpi_gpio(tmp_path)
    answers = libraries(tmp_path)
    assert answers["gpiod"][0] == "warning"
    assert answers["RPi.GPIO"] == ("ok", "RPi.GPIO is RPi.GPIO 0.7.1 itself")
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
    answers = libraries(Path(f"{tmp_path}/venv:{tmp_path}/system"))
    assert answers["RPi.GPIO"] == ("ok", "RPi.GPIO is rpi-lgpio 0.6")
