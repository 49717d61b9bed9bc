"""scripts/install-service for real: real useradd, pip and systemctl, in a root of its own."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator

import pytest

from tests.support.own_root import PATIENCE_S, ROOT, SCRIPT, Machine, missing, own_root

NAME = "storm-petrel"
FOLDER, UNIT = f"/opt/{NAME}", f"/etc/systemd/system/{NAME}.service"
SETTINGS, STATE = f"/etc/{NAME}/{NAME}.toml", f"/var/lib/{NAME}"
ANNOUNCEMENT = f"/etc/avahi/services/{NAME}.service"


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """One for all tests of this file, which follow each other."""
    with own_root(tmp_path_factory.mktemp("machine")) as machine:
        yield machine


@pytest.fixture(scope="module")
def installed(machine: Machine) -> subprocess.CompletedProcess[str]:
    """The first installation."""
    machine.says("groupadd --system i2c && mkdir -p /etc/avahi/services")
    done = machine.install("--port", "8123")
    machine.says(f"install -d -o {NAME} -g {NAME} -m 750 {STATE}")  # as systemd does
    return done


def run_as_nobody(*options: str) -> subprocess.CompletedProcess[str]:
    """Run it here as somebody who is not root."""
    somebody_else = ["unshare", "--user"] if os.geteuid() == 0 else []
    return subprocess.run(
        [*somebody_else, sys.executable, str(SCRIPT), *options],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )


def test_help_teaches_and_the_unit_is_printed_for_anybody() -> None:
    assert "sudo scripts/install-service --remove" in run_as_nobody("--help").stdout
    printed = run_as_nobody("--print", "--port", "8081")
    assert printed.returncode == 0, printed.stderr
    assert "--host 0.0.0.0 --port 8081\n" in printed.stdout


def test_only_root_may_install_and_is_told_in_a_sentence() -> None:
    refused = run_as_nobody()
    assert refused.returncode == 1
    assert refused.stderr == (
        "scripts/install-service: this needs root: sudo scripts/install-service\n"
    )


def test_it_installs(installed: subprocess.CompletedProcess[str], machine: Machine) -> None:
    assert installed.returncode == 0, installed.stderr
    assert "journalctl -u storm-petrel -f" in installed.stderr
    assert ":8123/" in installed.stderr
    assert "Anyone in the network" in installed.stderr

    unit = machine.says(f"cat {UNIT}")
    assert "--host 0.0.0.0 --port 8123\n" in unit
    assert re.search("^SupplementaryGroups=.*i2c", unit, re.MULTILINE)
    wanted = machine.says(
        "readlink /etc/systemd/system/multi-user.target.wants/storm-petrel.service"
    )
    assert wanted == UNIT
    modes = machine.says(f"stat -c '%a %U %G' {SETTINGS} {UNIT}")
    assert modes == f"640 root {NAME}\n644 root root"


def test_the_user_has_no_login_no_home_and_the_wires(
    installed: subprocess.CompletedProcess[str], machine: Machine
) -> None:
    *_, home, shell = machine.says(f"getent passwd {NAME}").split(":")
    assert (home, shell) == ("/nonexistent", "/usr/sbin/nologin")
    assert "i2c" in machine.says(f"id -nG {NAME}").split()


def test_the_service_s_user_can_run_the_program_with_its_settings(
    installed: subprocess.CompletedProcess[str], machine: Machine
) -> None:
    checked = machine.says(
        f"cd / && runuser -u {NAME} -- env -u PYTHONPATH STATE_DIRECTORY={STATE}"
        f" {FOLDER}/bin/storm-petrel --config {SETTINGS} --check"
    )
    assert f"settings    {SETTINGS}" in checked
    assert f"history     {STATE}/history" in checked
    where = machine.says(
        f"cd / && env -u PYTHONPATH {FOLDER}/bin/python -c 'print(__import__(\"web\"))'"
    )
    assert FOLDER in where  # and not in the checkout, which may go


def test_the_token_is_shown_for_the_page_that_is_served(
    installed: subprocess.CompletedProcess[str], machine: Machine
) -> None:
    shown = machine.install("--token")
    token = machine.says(f"cat {STATE}/page-token")
    assert f":8123/colour#token={token}" in shown.stdout
    assert machine.says(f"stat -c '%a %U' {STATE}/page-token") == f"600 {NAME}"


def test_a_token_is_added_as_the_user_of_the_service(
    installed: subprocess.CompletedProcess[str], machine: Machine
) -> None:
    assert ":8123/colour#token=" in machine.install("--run", "token", "add", "Anna’s phone").stdout
    assert "Anna’s phone" in machine.install("--run", "token", "list").stdout
    assert machine.says(f"stat -c '%a %U' {STATE}/page-tokens.json") == f"600 {NAME}"
    assert machine.install("--run", "token", "revoke", "Anna’s phone").returncode == 0
    assert "Anna" not in machine.install("--run", "token", "list").stdout


def test_the_network_is_told_of_the_page(
    installed: subprocess.CompletedProcess[str], machine: Machine
) -> None:
    """By the real avahi, which reads what was installed, in a network of its own."""
    assert "<port>8123</port>" in machine.says(f"cat {ANNOUNCEMENT}")
    assert machine.says(f"stat -c '%a %U' {ANNOUNCEMENT}") == "644 root"
    if not shutil.which("avahi-daemon", path="/usr/sbin:/usr/bin"):
        missing("avahi-daemon is not installed (sudo apt install avahi-daemon)")
    machine.says("printf '[server]\\nenable-dbus=no\\nuse-ipv6=no\\n' > /tmp/avahi.conf")
    daemon = "avahi-daemon -f /tmp/avahi.conf --no-drop-root --no-chroot --no-rlimits"
    output = machine.says(
        f"unshare --net sh -c 'ip link set lo up && exec timeout 5 {daemon}' 2>&1 || true"
    )
    assert f"({ANNOUNCEMENT}) successfully established" in output


def test_the_program_and_the_calibration_run_as_the_service_s_user(
    installed: subprocess.CompletedProcess[str], machine: Machine
) -> None:
    """What root would write through a link of theirs, they cannot write."""
    checked = machine.install("--run", "--check", PYTHONPATH="")
    assert f"history     {STATE}/history" in checked.stdout, checked.stderr
    given = ["977.4", "--kind", "station", "--height", "0", "--who", "me"]
    calibration = ("--calibrate", *given)
    stored = machine.install(*calibration, PYTHONPATH=sysconfig.get_path("purelib"))
    assert stored.returncode == 0, stored.stderr
    assert machine.says(f"stat -c '%a %U' {STATE}/*offset*.json") == f"600 {NAME}"
    machine.says(f"ln -sf /etc/planted {STATE}/*offset*.json && chown -h {NAME}: {STATE}/*offset*")
    refused = machine.install(*calibration, PYTHONPATH=sysconfig.get_path("purelib"))
    assert refused.returncode == 1, refused.stdout
    machine.says("test ! -e /etc/planted")


def test_a_settings_file_that_others_can_read_is_closed(
    installed: subprocess.CompletedProcess[str], machine: Machine
) -> None:
    machine.says(f"chmod 644 {SETTINGS} && chgrp root {SETTINGS}")
    assert machine.install().returncode == 0
    assert machine.says(f"stat -c '%a %G' {SETTINGS}") == f"640 {NAME}"


def test_again_it_updates_and_keeps_settings_and_address(
    installed: subprocess.CompletedProcess[str], machine: Machine
) -> None:
    machine.says(
        f"echo '# mine' >> {SETTINGS}; rm {FOLDER}/lib/python*/site-packages/web/pages/app.py"
    )
    again = machine.install("--host", "127.0.0.1")
    assert again.returncode == 0, again.stderr
    assert "Making" not in again.stderr
    assert "Anyone" not in again.stderr
    assert machine.says(f"tail -n 1 {SETTINGS}") == "# mine"
    assert "--host 127.0.0.1 --port 8123\n" in machine.says(f"cat {UNIT}")
    machine.says(f"test ! -e {ANNOUNCEMENT}")  # it is nobody's business any more
    machine.says(f"ls {FOLDER}/lib/python*/site-packages/web/pages/app.py")


def test_at_sea_what_is_installed_stays(
    installed: subprocess.CompletedProcess[str], machine: Machine
) -> None:
    """Flask and the others are wanted, and there is nothing to fetch them from."""
    again = machine.install("--port", "8200", PYTHONPATH="", PIP_NO_DEPS="0")
    assert again.returncode == 0, again.stderr
    assert "installed program stays" in again.stderr
    assert "--port 8200\n" in machine.says(f"cat {UNIT}")


def test_it_builds_elsewhere_than_in_the_checkout(
    installed: subprocess.CompletedProcess[str], machine: Machine
) -> None:
    """What root leaves there would be in the way of whoever owns it."""
    for built in (*ROOT.glob("build"), *ROOT.glob("*.egg-info")):
        assert machine.says(f"find {built} -newer {machine.born}") == ""


def test_removed_it_leaves_settings_and_records(
    installed: subprocess.CompletedProcess[str], machine: Machine
) -> None:
    machine.says(f"echo '# mine' >> {SETTINGS}")
    removed = machine.install("--remove")
    assert removed.returncode == 0, removed.stderr
    assert f"records stay in {STATE}, its settings in /etc/{NAME}." in removed.stderr
    machine.says(f"test ! -e {UNIT} && test ! -e {FOLDER} && ! id {NAME}")
    assert machine.says(f"tail -n 1 {SETTINGS}") == "# mine"
    # The next user or group may get their numbers.
    assert machine.says(f"stat -c '%a %u' {STATE}") == "750 0"
    assert machine.says(f"stat -c '%a %u %g' {SETTINGS}") == "640 0 0"
    assert machine.install("--remove").returncode == 0
    assert "no service is installed here" in machine.install("--token").stderr


def test_a_folder_of_somebody_s_own_is_not_cleared(machine: Machine) -> None:
    machine.says(f"mkdir {FOLDER} && touch {FOLDER}/setup.cfg")
    for option in ((), ("--remove",)):
        refused = machine.install(*option)
        assert refused.returncode == 1
        assert f"{FOLDER} is the folder of the service" in refused.stderr
    machine.says(f"rm -r {FOLDER}")


def test_without_systemd_it_says_so(machine: Machine) -> None:
    machine.says("rmdir /run/systemd/system")
    refused = machine.install()
    machine.says("mkdir /run/systemd/system")
    assert refused.returncode == 1
    assert "systemd" in refused.stderr


def test_a_python_in_a_home_is_refused(machine: Machine) -> None:
    """ProtectHome= would hide it from the service."""
    prefix = machine.says(f"{machine.python} -c 'import sys; print(sys.base_prefix)'")
    machine.says(f"mkdir -p /home/jo && cp -L {machine.python} /home/jo/python3")
    refused = machine.run("/home/jo/python3", str(SCRIPT), PYTHONHOME=prefix)
    assert refused.returncode == 1
    assert "sudo /usr/bin/python3 scripts/install-service" in refused.stderr
