"""Small disks of their own, to be filled and to fail: real file systems, mounted by root."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.requirements import lacking


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A new ext4 file system of this size, mounted on a folder; gone afterwards.

    Skips the test where that is not allowed; with CI set it fails.
    """
    folder.mkdir()
    image = _image_of(folder)
    with image.open("wb") as file:
        file.truncate(megabytes << 20)
    try:
        _run(
            "mkfs.ext4", "-q", "-O", "^has_journal" if megabytes < 4 else "has_journal", str(image)
        )
        _run("mount", "-o", "loop,errors=remount-ro", str(image), str(folder))
    except (OSError, subprocess.CalledProcessError) as error:
        output = getattr(error, "stderr", "") or str(error)
        lacking(f"no file system can be mounted here: {output.strip()}")
    try:
        yield folder
    finally:
        _run("umount", "-l", str(folder))


def fill(path: Path) -> None:
    """Write to this file until the disk takes no more, as somebody else's photographs may."""
    with suppress(OSError), path.open("wb") as file:
        while True:
            file.write(bytes(1024))
            file.flush()


def abort(folder: Path) -> None:
    """Have the kernel let it be read and nothing more, as it does after an error of the disk."""
    _run("mount", "-o", "remount,abort", str(folder))


@contextmanager
def frozen(folder: Path) -> Iterator[None]:
    """Have every write to it hang in the block, as a card that is about to die."""
    _run("fsfreeze", "--freeze", str(folder))
    try:
        yield
    finally:
        _run("fsfreeze", "--unfreeze", str(folder))


def mount_again(folder: Path) -> None:
    """Take it away and mount it anew, repaired; a program that has it open holds on to the old."""
    _run("umount", "-l", str(folder))
    image = str(_image_of(folder))
    subprocess.run(["fsck.ext4", "-p", image], capture_output=True, check=False)
    device = _run("losetup", "--find", "--show", image).strip()
    _run("mount", device, str(folder))
    _run("losetup", "--detach", device)  # once it is not mounted any more


def _image_of(folder: Path) -> Path:
    return folder.with_name(folder.name + ".img")


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
