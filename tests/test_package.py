"""The package: what is in it, and that it works in an empty environment far from the checkout."""

import os
import shutil
import subprocess
import sys
import tarfile
import time
import zipfile
from configparser import ConfigParser
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from free_port import free_port

from tests.support.requirements import lacking

pytestmark = pytest.mark.slow("a wheel is built and installed with all that it needs")
ROOT = Path(__file__).parents[1]
ROOMS = ("sensors", "calibration", "web")
SKIPPED = shutil.ignore_patterns(".git", ".venv", "*.egg-info", "__pycache__", ".*_cache", "build")
PATIENCE_S = 60.0

BUILD = "import sys; from setuptools.build_meta import build_sdist; build_sdist(sys.argv[1])"

# Of every room something, with types that would not hold if the room were without its own.
ROBOT = """
from calibration import ColourProfile, NamedColour, References
from sensors import BarometerReading, RawColour, open_board
from web.weather import Sample, Station, Tendency, tendency

with open_board(simulated=True) as board:
    board.scene.show("white")
    white: RawColour = board.colour.read()
    board.scene.dark()
    dark: RawColour = board.colour.read()
    board.scene.show("orange")
    orange: RawColour = board.colour.read()
    air: BarometerReading = board.barometer.read()
named: list[NamedColour] | NamedColour = ColourProfile.default(References(dark, white)).name(orange)
assert isinstance(named, NamedColour)
samples = [Sample(600.0 * n, air.pressure_hpa - n / 3) for n in range(25)]
change: Tendency | None = tendency(samples, 600.0 * 24, Station())
print(named.word, change and round(change.change_hpa))
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkout as somebody has just fetched it."""
    folder = tmp_path_factory.mktemp("checkout") / "storm-petrel"
    shutil.copytree(ROOT, folder, ignore=SKIPPED)
    return folder


@pytest.fixture(scope="module")
def sdist(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sdist")
    command = [sys.executable, "-c", BUILD, str(folder)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    (sdist,) = folder.glob("*.tar.gz")
    return sdist


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the source archive, which therefore lacks nothing that a wheel is made of."""
    folder = tmp_path_factory.mktemp("wheel")
    command = ["-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir"]
    subprocess.run([sys.executable, *command, str(folder), str(sdist)], check=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with the wheel and what it asks for, and nothing else."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / "bin" / "python"
    installed = pip(python, "install", "--no-compile", str(wheel))
    if installed.returncode:
        if pip(python, "download", "--no-deps", "--dest", str(folder), "segno").returncode:
            lacking("packages cannot be fetched: the Python Package Index is out of reach")
        pytest.fail(installed.stderr)
    return python


def pip(python: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """This environment's pip at work on another, which then holds not even a pip."""
    command = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check"]
    return subprocess.run([*command, *arguments], capture_output=True, text=True)


def bare(home: Path) -> dict[str, str]:
    """The environment variables of somebody who has set nothing; a warning is an error."""
    return {"HOME": str(home), "PATH": os.defpath, "PYTHONWARNINGS": "error"}


def run(home: Path, *command: str | Path) -> str:
    """What it prints, run far from the checkout."""
    done = subprocess.run(command, cwd=home, env=bare(home), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def test_every_data_file_is_in_it(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for room in ROOMS:
        assert f"{room}/py.typed" in names
        for path in (ROOT / room).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                assert str(path.relative_to(ROOT)) in names


def test_nothing_else_is_in_it(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(ROOMS)


def test_it_carries_its_licence_and_its_readme(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (licence,) = (name for name in archive.namelist() if name.endswith("/licenses/LICENSE"))
    assert archive.read(licence) == (ROOT / "LICENSE").read_bytes()
    (metadata,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
    assert (ROOT / "README.md").read_text() in archive.read(metadata).decode()


def test_the_source_archive_is_of_the_version_that_the_changelog_tells_of(sdist: Path) -> None:
    headings = [
        line.split("[")[1].split("]")[0]
        for line in (ROOT / "CHANGELOG.md").read_text().splitlines()
        if line.startswith("## [") and "Unreleased" not in line
    ]
    assert sdist.name == f"storm_petrel-{headings[0]}.tar.gz"
    with tarfile.open(sdist) as archive:
        assert f"storm_petrel-{headings[0]}/LICENSE" in archive.getnames()


def test_every_command_runs_from_an_empty_environment(
    wheel: Path, python: Path, tmp_path: Path
) -> None:
    archive, entries = zipfile.ZipFile(wheel), ConfigParser()
    (listed,) = (name for name in archive.namelist() if name.endswith("/entry_points.txt"))
    entries.read_string(archive.read(listed).decode())
    commands = list(entries["console_scripts"])
    assert "storm-petrel" in commands
    for command in commands:
        assert command in run(tmp_path, python.with_name(command), "--help")
    output = run(tmp_path, python.with_name("storm-petrel"), "--check")
    assert "the storm of 12 February 2014" in output
    where = run(tmp_path, python, "-c", "import web; print(web.__file__)")
    assert where.startswith(str(python.parents[1]))


def test_what_is_installed_agrees_with_itself(python: Path) -> None:
    checked = pip(python, "check")
    assert checked.returncode == 0, checked.stdout


def test_the_installed_page_is_whole(python: Path, tmp_path: Path) -> None:
    port = free_port()
    command = [str(python.with_name("storm-petrel")), "--port", str(port)]
    with subprocess.Popen(command, cwd=tmp_path, env=bare(tmp_path)) as program:
        try:
            assert "SIMULATED" in page(port, "/", program)
            assert "{" in page(port, "/static/page.css", program)
            assert "storm_petrel_pressure_pascals" in page(port, "/metrics", program)
        finally:
            program.terminate()
    assert program.returncode == 0


def page(port: int, route: str, program: "subprocess.Popen[bytes]") -> str:
    """What the page answers, once the program is up."""
    deadline = time.monotonic() + PATIENCE_S
    while program.poll() is None and time.monotonic() < deadline:
        try:
            with urlopen(f"http://127.0.0.1:{port}{route}", timeout=10) as answer:
                return str(answer.read().decode())
        except URLError as error:
            if not isinstance(error.reason, ConnectionError):
                raise
            time.sleep(0.05)
    return pytest.fail(f"{route} is not answered")


def test_a_program_of_ones_own_runs_and_has_types(python: Path, tmp_path: Path) -> None:
    robot = tmp_path / "robot.py"
    robot.write_text(ROBOT)
    assert run(tmp_path, python, robot) == "orange -6\n"
    mypy = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", os.devnull]
    run(tmp_path, *mypy, "--python-executable", str(python), robot)


def test_the_bench_works_from_the_checkout_in_an_environment_of_ones_own(
    source: Path, python: Path, tmp_path: Path
) -> None:
    script = source / "scripts" / "raw_rgb.py"
    lines = run(tmp_path, python, script, "--simulate", "--patch", "orange", "--count", "2")
    assert len(lines.splitlines()) >= 3
    assert not (source / ".venv").exists()
