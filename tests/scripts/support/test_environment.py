"""scripts/dashboard and scripts/test: what they say when something is missing."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
ENTRIES = ("dashboard", "test", "benchmark", "install-service")


def run(script: str, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "scripts" / script), *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, **settings},
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A checkout without an environment."""
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def started(copy: Path, code: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run code with the copy's scripts as neighbours, as a bare Python would."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=copy / "scripts",
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, **settings},
    )


@pytest.mark.parametrize("script", ["dashboard", "test"])
def test_help(script: str) -> None:
    result = run(script, "--help")
    assert result.returncode == 0
    assert f"scripts/{script}" in result.stdout


def test_set_up_twice_is_quick_and_needs_no_network() -> None:
    result = run("dashboard", "--setup", PIP_NO_INDEX="1", PIP_FIND_LINKS="")
    assert result.returncode == 0
    assert "Collecting" not in result.stderr


@pytest.mark.parametrize("script", ENTRIES)
def test_an_old_python_is_refused_in_words(copy: Path, script: str) -> None:
    code = (
        "import runpy, sys; sys.version_info = (3, 9, 2); sys.path.insert(0, '');"
        f"runpy.run_path('{script}')"
    )
    result = started(copy, code)
    assert result.returncode == 1
    assert "Python 3.11" in result.stderr
    assert "3.9" in result.stderr
    assert "apt install" in result.stderr


def test_a_missing_venv_module_is_told_with_its_cure(copy: Path) -> None:
    code = (
        "import sys; from support import environment;"
        " sys.modules['ensurepip'] = None; environment.prepare([])"
    )
    result = started(copy, code)
    assert result.returncode == 1
    assert "python3-venv" in result.stderr


NOWHERE = {
    "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
    "PIP_EXTRA_INDEX_URL": "",
    "PIP_FIND_LINKS": "",
    "PIP_RETRIES": "0",
    "PIP_NO_CACHE_DIR": "1",
    "PIP_CONFIG_FILE": os.devnull,
}


def test_at_sea_an_older_installation_goes_on(copy: Path) -> None:
    """The checkout has changed (a new setup.cfg), and there is nothing to fetch from."""
    subprocess.run([sys.executable, "-m", "venv", str(copy / ".venv")], check=True)
    (copy / ".venv" / "storm-petrel-installed").write_text("\nof an older checkout")
    code = "from support import environment; print(environment.prepare([]))"
    result = started(copy, code, **NOWHERE)
    assert result.returncode == 0, result.stderr
    assert "Going on" in result.stderr
    tools = started(
        copy, "from support import environment; environment.prepare(['dev'])", **NOWHERE
    )
    assert tools.returncode == 1


def test_a_network_that_is_down_is_told(copy: Path) -> None:
    result = started(copy, "from support import environment; environment.prepare([])", **NOWHERE)
    assert result.returncode == 1
    assert "network" in result.stderr
    assert not (copy / ".venv" / "storm-petrel-installed").exists()


def test_an_environment_that_ctrl_c_left_half_made_is_made_anew(copy: Path) -> None:
    """A Python without pip is what it leaves."""
    folder = str(copy / ".venv")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    result = started(copy, "from support import environment; environment.prepare([])", **NOWHERE)
    assert "Making a private environment" in result.stderr
    assert "No module named pip" not in result.stderr
    assert "network" in result.stderr


@pytest.mark.parametrize("script", ["support/environment.py", *ENTRIES])
def test_an_old_python_can_read_the_refusal(script: str) -> None:
    """Debian 10 has Python 3.7; newer syntax would end it with a SyntaxError instead."""
    ast.parse((ROOT / "scripts" / script).read_text(), feature_version=(3, 7))
