"""The unit of the service as systemd understands it, and its limits without systemd at work."""

import ctypes
import os
import re
import shutil
import subprocess
import sys
from typing import NoReturn

import pytest
from service.unit import TEMPLATE


def missing(reason: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Ask systemd. With CI set it must be here."""
    if shutil.which("systemd-analyze") is None:
        missing("systemd-analyze is not installed (sudo apt install systemd)")
    return subprocess.run(
        ["systemd-analyze", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "SYSTEMD_COLORS": "0", "SYSTEMD_EMOJI": "0"},
    )


def allowed_calls() -> set[str]:
    """Work the lines of SystemCallFilter= out, as systemd.exec(5) says, with its own groups."""
    listed = analyze("syscall-filter").stdout
    groups: dict[str, list[str]] = {}
    for line in listed.splitlines():
        if line.startswith("@"):
            groups[line] = []
        elif re.fullmatch(r" {4}[@\w-]+", line):
            groups[next(reversed(groups))].append(line.strip())

    def expanded(words: list[str]) -> set[str]:
        calls = set()
        for word in words:
            calls |= expanded(groups[word]) if word.startswith("@") else {word}
        return calls

    allowed = expanded(["@default"])
    for line in values("SystemCallFilter"):
        if line.startswith("~"):
            allowed -= expanded(line[1:].split())
        else:
            allowed |= expanded(line.split())
    return allowed


def values(key: str, unit: str = "") -> list[str]:
    """What the unit says for a key, line by line."""
    return re.findall(f"^{key}=(.*)$", unit or TEMPLATE.read_text(), re.MULTILINE)


# Arguments: the system calls, separated by commas; descriptors; a command.
_CONFINED = """
import ctypes, errno, os, resource, sys
calls, descriptors, *command = sys.argv[1:]
library = ctypes.CDLL("libseccomp.so.2")
library.seccomp_init.restype = ctypes.c_void_p
refusal = 0x00050000 | errno.EPERM  # SCMP_ACT_ERRNO
rules = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(refusal)))
for name in calls.split(","):
    number = library.seccomp_syscall_resolve_name(name.encode())
    if number != -1:  # unknown here
        library.seccomp_rule_add(rules, ctypes.c_uint32(0x7FFF0000), number, 0)
resource.setrlimit(resource.RLIMIT_NOFILE, (int(descriptors),) * 2)
assert library.seccomp_load(rules) == 0
os.execvp(command[0], command)
"""


def confined(*command: str) -> list[str]:
    """Return a command that runs another with the unit's system calls and descriptors."""
    try:
        ctypes.CDLL("libseccomp.so.2")
    except OSError:
        missing("libseccomp is not installed (sudo apt install libseccomp2)")
    (descriptors,) = values("LimitNOFILE")
    calls = ",".join(sorted(allowed_calls()))
    return [sys.executable, "-c", _CONFINED, calls, descriptors, *command]
