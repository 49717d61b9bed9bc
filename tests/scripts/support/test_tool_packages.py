"""What scripts/test installs leaves no server behind: Debian's own tools, in a root of its own."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.own_root import ROOT, Machine, missing, own_root

POLICY = "/usr/sbin/policy-rc.d"
# What the scripts of a package with a server do when it is installed.
INSTALL = """
import os, subprocess, sys
os.environ["DPKG_MAINTSCRIPT_PACKAGE"] = "pump"
sys.path.insert(0, "scripts")
from support.tool_packages import no_service_started
try:
    with no_service_started():
        subprocess.check_call(["deb-systemd-helper", "enable", "pump.service"])
        subprocess.check_call(["deb-systemd-helper", "--user", "enable", "pump.service"])
        subprocess.check_call(["invoke-rc.d", "pump", "start"])
        if "fails" in sys.argv:
            raise ValueError
except ValueError:
    pass
"""
UNIT = "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=default.target\n"
ALIAS = "Alias=water.service\n"
SCRIPT = "#!/bin/sh\n### BEGIN INIT INFO\n# Provides: pump\n# Default-Start: 2\n### END INIT INFO\n"


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """A Debian without systemd at work, where a start would be seen; other units are enabled."""
    if not shutil.which("deb-systemd-helper") or not shutil.which("invoke-rc.d"):
        missing("init-system-helpers is not installed: this is no Debian")
    with own_root(tmp_path) as machine:
        machine.says("rmdir /run/systemd/system")
        for folder in ("system", "user"):
            machine.says(f"mkdir -p /usr/lib/systemd/{folder}")
            machine.says(f"printf '{UNIT}{ALIAS}' > /usr/lib/systemd/{folder}/pump.service")
            machine.says(f"printf '{UNIT}' > /usr/lib/systemd/{folder}/lamp.service")
        machine.says("systemctl enable lamp.service && systemctl --global enable lamp.service")
        machine.says(f"printf '{SCRIPT}touch /started' > /etc/init.d/pump")
        machine.says(f"chmod 755 /etc/init.d/pump && rm -f {POLICY}")
        yield machine


def installed(machine: Machine, *arguments: str) -> str:
    """Install; return the units that are enabled afterwards, with where that is written."""
    code = ("cd", str(ROOT), "&&", "exec", machine.python, "-c", '"$0"', '"$@"')
    done = machine.run("sh", "-c", " ".join(code), INSTALL, *arguments)
    assert done.returncode == 0, done.stderr
    return machine.says(
        "cd /etc/systemd && find . -name 'pump*' -o -name 'water*' -o -name 'lamp*'"
    )


@pytest.mark.parametrize("arguments", [(), ("fails",)])
def test_no_server_is_started_or_enabled(machine: Machine, arguments: tuple[str, ...]) -> None:
    enabled = installed(machine, *arguments)
    assert "pump" not in enabled and "water" not in enabled
    assert enabled.count("lamp") == 2  # somebody else's stay
    machine.says(f"test ! -e /started && test ! -e {POLICY}")


def test_a_policy_of_somebody_else_stays(machine: Machine) -> None:
    machine.says(f"printf '#!/bin/sh\\nexit 104\\n' > {POLICY} && chmod 755 {POLICY}")
    assert "pump" not in installed(machine)
    assert "104" in machine.says(f"cat {POLICY}")


def test_what_a_killed_run_left_is_taken_away(machine: Machine) -> None:
    code = INSTALL.replace("raise ValueError", "__import__('os')._exit(0)")
    machine.run("sh", "-c", f'cd {ROOT} && exec {machine.python} -c "$0" fails', code)
    machine.says(f"test -e {POLICY}")
    installed(machine)
    machine.says(f"test ! -e {POLICY} && test ! -e /started")
