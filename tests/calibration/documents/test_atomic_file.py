"""Files that are whole: what a killed writer leaves is removed, a living writer's file is not."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from calibration.documents.atomic_file import new_file, replace_file

KILLED = """
import os, signal, sys
from pathlib import Path
from calibration.documents.atomic_file import new_file
with new_file(Path(sys.argv[1]), ["half\\n"]):
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_next_writer_removes_what_a_killed_one_left(tmp_path: Path) -> None:
    file = tmp_path / "2026-11-27.csv"
    for _ in range(2):
        subprocess.run([sys.executable, "-c", KILLED, str(file)], check=False)
    assert len(list(tmp_path.iterdir())) >= 1 and not file.exists()
    replace_file(file, ["whole\n"])
    assert [one.read_text() for one in tmp_path.iterdir()] == ["whole\n"]


def test_a_writer_at_work_keeps_its_file(tmp_path: Path) -> None:
    file = tmp_path / "profile.json"
    with ThreadPoolExecutor(1) as other, new_file(file, ["first\n"]) as new:
        other.submit(replace_file, file, ["second\n"]).result()
        assert file.read_text() == "second\n"
        new.replace(file)
    assert [one.read_text() for one in tmp_path.iterdir()] == ["first\n"]


def test_files_of_other_names_are_kept(tmp_path: Path) -> None:
    other = tmp_path / ".b[a].csv.999999999.new"
    other.touch()
    replace_file(tmp_path / "a.csv", [""])
    replace_file(tmp_path / "[b].csv", [""])
    assert other.exists()
