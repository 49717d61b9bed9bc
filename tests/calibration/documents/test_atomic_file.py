"""Files that are whole: what a killed writer leaves is removed, a living writer's file is not."""

import os
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from calibration.documents.atomic_file import make_folder, new_file, replace_file, target_of

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


def mode_of(path: Path) -> str:
    return f"{stat.S_IMODE(path.stat().st_mode):04o}"


@pytest.mark.parametrize(
    ("umask", "file", "folder"), [(0, "0644", "0755"), (0o077, "0600", "0700")]
)
def test_others_cannot_write_what_is_made_under_any_umask(
    tmp_path: Path, umask: int, file: str, folder: str
) -> None:
    before = os.umask(umask)
    try:
        make_folder(tmp_path / "a" / "b")
        replace_file(tmp_path / "a" / "b" / "day.csv", ["whole\n"])
        with new_file(tmp_path / "secret", ["word\n"], 0o600) as new:
            assert mode_of(new) == "0600"
    finally:
        os.umask(before)
    assert mode_of(tmp_path / "a") == mode_of(tmp_path / "a" / "b") == folder
    assert mode_of(tmp_path / "a" / "b" / "day.csv") == file


def test_a_file_in_the_place_of_a_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError):
        make_folder(tmp_path / "file" / "folder")
    with pytest.raises(FileExistsError):
        make_folder(tmp_path / "file")


def test_what_is_written_never_goes_through_a_link(tmp_path: Path) -> None:
    other, link = tmp_path / "passwd", tmp_path / "day.csv"
    other.write_text("root\n")
    link.symlink_to(other)
    (tmp_path / f".day.csv.{threading.get_native_id()}.new").symlink_to(other)
    replace_file(link, ["samples\n"])
    assert (other.read_text(), link.read_text()) == ("root\n", "samples\n")
    assert not link.is_symlink()


def test_a_link_of_another_user_leads_nowhere(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can make another user's link")
    link = tmp_path / "profile.json"
    link.symlink_to("passwd")
    assert target_of(link) == tmp_path / "passwd"  # one's own
    os.chown(link, 12345, 12345, follow_symlinks=False)
    with pytest.raises(PermissionError):
        target_of(link)
    assert target_of(tmp_path / "none") == tmp_path / "none"
