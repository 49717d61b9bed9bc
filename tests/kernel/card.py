"""A memory card with a write cache: what was not flushed may be gone when the power goes.

    guest    store --> SQLite --> ext4 --> virtio-blk
                                               |   read, write, flush
    host                           QEMU --> nbd.py --> Card --> image

A card takes blocks into a memory of its own and calls them written; at a flush it puts them where
they last. When the power goes, each block since the last flush is on the card or not, in no order.
An image file is milder than that: a QEMU that is killed leaves in it all that it was ever given,
flushed or not, for the host goes on. So the cache is kept here, and the image has the flushed
blocks alone until the power goes; then a toss for each block of the cache decides.
"""

import os
import random
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple, Self

from machine_parts import PartMissing

# Of the file system and, at least, of flash memory: a block arrives whole or not at all.
BLOCK = 4096
_SIZE = "64M"


class Toss(NamedTuple):
    """What became of the blocks that were written and not flushed when the power went."""

    kept: int
    lost: int


class Card:
    """A card with an empty ext4 on it, made anew. A context manager.

    Raises PartMissing.
    """

    def __init__(self, image: Path, chance: random.Random) -> None:
        _format(image)
        self.size = image.stat().st_size
        self._chance = chance
        self._image = os.open(image, os.O_RDWR)
        self._cache: dict[int, bytearray] = {}

    def read(self, offset: int, length: int) -> bytes:
        data = bytearray()
        for block, start, end in _pieces(offset, length):
            data += self._newest(block)[start:end]
        return bytes(data)

    def write(self, offset: int, data: bytes) -> None:
        taken = 0
        for block, start, end in _pieces(offset, len(data)):
            contents = self._cache.setdefault(block, self._newest(block))
            contents[start:end] = data[taken : taken + end - start]
            taken += end - start

    def flush(self) -> None:
        for block, contents in self._cache.items():
            os.pwrite(self._image, contents, block * BLOCK)
        self._cache.clear()

    def lose_power(self) -> Toss:
        """Forget what is in the cache, but for the blocks that were on their way to last."""
        unflushed = len(self._cache)
        self._cache = {
            block: contents
            for block, contents in self._cache.items()
            if self._chance.random() < 0.5
        }
        kept = len(self._cache)
        self.flush()
        return Toss(kept, unflushed - kept)

    def close(self) -> None:
        os.close(self._image)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _newest(self, block: int) -> bytearray:
        cached = self._cache.get(block)
        return bytearray(os.pread(self._image, BLOCK, block * BLOCK)) if cached is None else cached


def _pieces(offset: int, length: int) -> list[tuple[int, int, int]]:
    """The blocks that a stretch touches, and from where to where in each."""
    end = offset + length
    return [
        (block, max(offset - block * BLOCK, 0), min(end - block * BLOCK, BLOCK))
        for block in range(offset // BLOCK, -(-end // BLOCK))
    ]


def _format(image: Path) -> None:
    """As on the card of a Pi: ext4 with its defaults, and so data=ordered and barriers."""
    # Where only root looks for programs, and where anybody finds it all the same.
    folders = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    mkfs = shutil.which("mkfs.ext4", path=folders)
    if mkfs is None:
        raise PartMissing("no mkfs.ext4 is installed (sudo apt-get install e2fsprogs)")
    made = subprocess.run(
        [mkfs, "-q", "-b", f"{BLOCK}", image, _SIZE], capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise PartMissing(f"mkfs.ext4 made no file system in {image}: {made.stderr.strip()}")
