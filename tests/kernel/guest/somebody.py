"""What a program is told when something goes wrong, and what it is told as somebody else."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

NOBODY = 65534


def told(action: Callable[[], object]) -> list[str]:
    """The classes and the words of the error that this raises; nothing when it works."""
    try:
        action()
    except Exception as error:
        return [*(each.__name__ for each in type(error).__mro__), str(error)]
    return []


def told_as_nobody(action: Callable[[], object], *groups: int) -> list[str]:
    """The same for user nobody in these groups."""
    answer = Path("/run/told-nobody")
    child = os.fork()
    if child == 0:
        try:
            os.setgroups(groups)
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            answer.write_text(json.dumps(told(action)))
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    words: list[str] = json.loads(answer.read_text())
    answer.unlink()
    return words


def admit(node: Path, group: int) -> None:
    """Rights as Raspberry Pi OS has them, and Python for everybody. This lasts for the boot."""
    os.chown(node, 0, group)
    node.chmod(0o660)
    Path("/run").chmod(0o777)
    for installed in (sys.prefix, sys.base_prefix, __file__):
        for folder in Path(installed).resolve().parents:
            folder.chmod(folder.stat().st_mode | 0o055)
