"""docs/add-a-sensor.md is true: what it tells a newcomer to write is written, and works."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GUIDE = ROOT / "docs" / "add-a-sensor.md"


def followed(path: Path, code: str) -> str:
    """A file with a block of the guide: at its end, unless somebody has followed the guide here."""
    if path.name != "readings.py":
        return code
    before = path.read_text()
    return before if "class Temperature" in before else f"{before}\n\n{code}"


def test_the_guide_followed_step_by_step(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "sensors", tmp_path / "sensors")
    for settings in ("setup.cfg", "pyproject.toml"):
        shutil.copy(ROOT / settings, tmp_path)
    blocks = re.findall(r"```python\n# (\S+)\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert [name for name, _ in blocks] == [
        "sensors/readings.py",
        "sensors/lm75a.py",
        "sensors/simulated/lm75a.py",
        "tests/sensors/test_lm75a.py",
    ]
    for name, code in blocks:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(followed(path, code))
    (session,) = re.findall(r"```python\n(>>> .*?)```", GUIDE.read_text(), re.DOTALL)
    (tmp_path / "session.txt").write_text(session)
    for checks in (
        ("doctest", "session.txt"),
        ("pytest", "-q"),
        ("mypy", "sensors", "tests"),
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
    ):
        done = subprocess.run(
            [sys.executable, "-m", *checks], cwd=tmp_path, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
