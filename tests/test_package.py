"""The wheel: it holds what the toolkit needs to run, and nothing else of the checkout."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SKIPPED = shutil.ignore_patterns(".git", ".venv", "*.egg-info", "__pycache__", ".*_cache", "build")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT, folder / "source", ignore=SKIPPED)
    command = ["-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir"]
    subprocess.run([sys.executable, *command, str(folder), str(folder / "source")], check=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def test_every_data_file_is_in_it(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for room in ("sensors", "calibration", "web"):
        for path in (ROOT / room).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                assert str(path.relative_to(ROOT)) in names


def test_nothing_else_is_in_it(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {
        "sensors",
        "calibration",
        "web",
    }


def test_installed_elsewhere_it_plays_the_storm(wheel: Path, tmp_path: Path) -> None:
    """From the wheel's own files, with the packages of this environment beside them."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    result = subprocess.run(
        [sys.executable, "-P", "-m", "web", "--check"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "installed")},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    assert "the storm of 12 February 2014" in result.stdout
    where = subprocess.run(
        [sys.executable, "-P", "-c", "import web; print(web.__file__)"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "installed")},
        capture_output=True,
        text=True,
    )
    assert str(tmp_path / "installed") in where.stdout
