"""pdoc makes the reference, by the command of docs/architecture.md, with every public name."""

import re
import shlex
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
MORE = {"sensors.frequency.estimate": ["frequency_from_edges"], "sensors.bmp280": ["compensate"]}


@pytest.fixture(scope="module")
def reference_pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages, without a warning."""
    folder = tmp_path_factory.mktemp("reference")
    (command,) = re.findall(r"^    \.venv/bin/pdoc -o build/reference (.*)$", PAGE, re.M)
    pdoc = [sys.executable, "-W", "error", "-m", "pdoc", "-o", str(folder)]
    made = subprocess.run(
        [*pdoc, *shlex.split(command)], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert (made.returncode, made.stderr) == (0, "")
    return folder


@pytest.mark.parametrize("name", ["sensors", "calibration", "web.weather", *MORE])
def test_every_public_name_is_in_it(reference_pages: Path, name: str) -> None:
    wanted = MORE.get(name) or import_module(name).__all__
    page = (reference_pages / f"{name.replace('.', '/')}.html").read_text(encoding="utf-8")
    assert set(wanted) <= set(re.findall(r'<section id="(\w+)"', page))
