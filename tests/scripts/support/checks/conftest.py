"""The tree of a Pi, and somebody who has no rights on this machine.

The tree holds what a Raspberry Pi's own files hold: /proc/device-tree/model ends in a zero byte;
get_throttled is bare hexadecimal (drivers/firmware/raspberrypi.c of the Raspberry Pi kernel);
/dev/gpiochip* and /dev/i2c-* belong to root and to group gpio or i2c, mode 660 (99-com.rules of
Raspberry Pi OS).
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

FILES = {
    "proc/device-tree/model": "Raspberry Pi 4 Model B Rev 1.4\0",
    "proc/sys/kernel/osrelease": "6.1.21-v8+\n",
    "proc/self/mounts": "/dev/root / ext4 rw,noatime 0 0\n",
    "sys/devices/system/cpu/online": "0-3\n",
    "sys/devices/platform/soc/soc:firmware/get_throttled": "0\n",
    "sys/bus/i2c/devices/i2c-1/name": "bcm2835 (i2c@7e804000)\n",
    "etc/group": "root:x:0:\ngpio:x:986:pi,anna\ni2c:x:994:pi\n",
    "dev/gpiochip0": "",
    "dev/gpiochip1": "",
    "dev/i2c-1": "",
}
GROUPS = {"gpiochip0": 986, "i2c-1": 994}


@pytest.fixture
def pi() -> Iterator[Path]:
    """The tree of a Pi 4 on Bookworm, in a folder that every user may enter."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        tree.chmod(0o755)
        for name, text in FILES.items():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            (tree / name).write_text(text)
        for node, group in GROUPS.items():
            (tree / "dev" / node).chmod(0o660)
            if os.geteuid() == 0:
                os.chown(tree / "dev" / node, 0, group)
        yield tree


@pytest.fixture
def as_somebody() -> Callable[..., AbstractContextManager[None]]:
    """What makes this process, for a while, a user who is in the groups given and in no other."""
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    return _as_somebody


@contextmanager
def _as_somebody(*groups: int) -> Iterator[None]:
    """Be user 65534 with these groups; a saved id 0 leads back."""
    before = os.getgroups()
    os.setgroups(groups)
    os.setresgid(65534, 65534, 0)
    os.setresuid(65534, 65534, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)
        os.setresgid(0, 0, 0)
        os.setgroups(before)
