"""What a program leaves on the disk: others cannot write it, and a planted link is not followed."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.program_process import PATIENCE_S
from web.history.connection import lock
from web.history.database import place_of


@pytest.mark.parametrize("umask", ["0000", "0077"])
def test_others_can_write_nothing_and_cannot_read_the_token(tmp_path: Path, umask: str) -> None:
    for arguments in ("token add anna", "--no-page --simulate --speed 1e7", "--simulate --token"):
        done = subprocess.run(
            ["sh", "-c", f"umask {umask}; exec {sys.executable} -m web {arguments}"],
            env={**os.environ, "XDG_DATA_HOME": str(tmp_path / "share")},
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
        )
        assert done.returncode == 0, done.stderr
    made = list((tmp_path / "share").rglob("*"))
    assert {".sqlite", ".lock"} <= {path.suffix for path in made}
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in made}
    assert {name: oct(mode) for name, mode in modes.items() if mode & 0o022} == {}
    assert modes["page-token"] == modes["page-tokens.json"] == 0o600
    if umask == "0077":
        assert {name: oct(mode) for name, mode in modes.items() if mode & 0o077} == {}


@pytest.mark.parametrize("name", ["history.sqlite", "history.sqlite.lock"])
def test_a_planted_link_is_refused(tmp_path: Path, name: str) -> None:
    """Root is at work in a folder that the service's user owns."""
    if os.geteuid() != 0:
        pytest.skip("only root can make another user's link")
    (tmp_path / name).symlink_to(tmp_path / "shadow")
    os.chown(tmp_path / name, 12345, 12345, follow_symlinks=False)
    with pytest.raises(OSError, match="link"):
        os.close(lock(place_of(tmp_path / "history.sqlite")))
    assert not (tmp_path / "shadow").exists()
