"""A virtual machine with a real Linux kernel, in which the drivers run as they are on a Pi.

    host   pytest --> machine.py --> QEMU
    guest    Python --> sensors --> gpiod or rpi-lgpio --> /dev/gpiochip0 --> module/*.c
                            `-----> smbus2 -----+-------> /dev/i2c-1 ------> i2c-stub, 0x77
                                                `-------> /dev/i2c-2 ------> module/barometer.c

A Debian kernel boots and needs no disk: its root is this machine's own file system, read-only, with
what the guest writes kept in memory, so that the checkout and its Python are simply there. Kernel
modules of our own (module/) are the GPIO header of a Pi 4 with a TCS3200 on it, and a BMP280 whose
wires can be pulled at; i2c-stub, as Debian ships it, is a chip of registers without behaviour.
With power.py there is a memory card in it as well, and somebody who cuts the power.

Time is counted in instructions: one takes 2 ns, and idle time is skipped. So a busy host spoils
no measurement, and a second's sleep costs nothing. But while the guest waits for a file of the
host its clock runs ahead: import everything before timing anything. The guest's Python is some 20
times slower than the host's by its own clock; read no throughput off it.

By hand, from the checkout:  python tests/kernel/machine.py tests/kernel/guest/barometer.py
"""

import json
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from machine_parts import HERE, PartMissing, Parts, prepare, say

CHECKOUT = HERE.parent.parent
ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
    "HOME": "/run",
    "LANG": "C.UTF-8",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONPATH": f"{CHECKOUT}:{HERE / 'guest'}",
    "PYTHONUNBUFFERED": "1",
    "RESULT": "/outbox/result.json",
    # rpi-lgpio takes the machine for a Pi 4; lgpio keeps a pipe in its working directory.
    "RPI_LGPIO_REVISION": "c03111",
    "RPI_LGPIO_CHIP": "0",
    "LG_WD": "/run",
}

# Runs a program of guest/ with these arguments, and returns what it reported.
Guest = Callable[..., Any]


class Outcome(NamedTuple):
    """What became of a guest program.

    status: its exit status; None when the machine died or ran out of time before the program
    ended. output: all that machine and program wrote. result: the JSON that it reported, or None.
    """

    status: int | None
    output: str
    result: Any


def run(parts: Parts, program: Path, *arguments: str, timeout_s: float = 300.0) -> Outcome:
    """Boot, run one Python program in the guest, and switch off."""
    say(f"running {program.name} {' '.join(arguments)}")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="storm-petrel-") as folder:
        outbox = Path(folder)
        command = prepare_boot(parts, outbox, program, *arguments)
        outcome = read_outcome(outbox, _boot(command, timeout_s))
    say(f"{program.name} ended with {outcome.status} in {time.monotonic() - began:.0f} s")
    return outcome


def prepare_boot(
    parts: Parts, outbox: Path, program: Path, *arguments: str, disk: str | None = None
) -> list[str]:
    """Lay the job out for the guest; return the command that boots the machine to do it.

    outbox: a folder that host and guest share. disk: where QEMU finds a disk with an ext4 on it,
    as options of its -drive; the guest has it mounted at /disk.
    """
    environment = [f"{name}={value}" for name, value in ENVIRONMENT.items()]
    python = ["env", "-i", *environment, str(parts.python), str(program.resolve())]
    job = f"cd {shlex.quote(str(CHECKOUT))} && exec {shlex.join([*python, *arguments])}\n"
    (outbox / "job").write_text(job)
    share = "security_model=none,multidevs=remap"
    # The kernel hands what it does not know to process 1, as a variable.
    mount = "" if disk is None else " disk=/dev/vda"
    return [
        # The machine never outlives the test run.
        *("setpriv", "--pdeathsig", "KILL", "--"),
        *("qemu-system-x86_64", "-accel", "tcg", "-M", "pc", "-cpu", "max", "-m", "1024"),
        *("-icount", "shift=1,align=off,sleep=off", "-rtc", "base=utc,clock=vm"),
        *("-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-serial", "stdio"),
        *("-kernel", str(parts.vmlinux), "-initrd", str(parts.initrd)),
        "-append",
        "console=ttyS0 quiet loglevel=5 oops=panic panic=-1"
        " preempt=full mitigations=off cryptomgr.notests no_timer_check tsc=reliable nolapic_timer"
        + mount,
        *("-virtfs", f"local,path=/,mount_tag=host,readonly=on,{share}"),
        *("-virtfs", f"local,path={outbox},mount_tag=outbox,{share}"),
        *([] if disk is None else ["-drive", f"if=virtio,format=raw,{disk}"]),
    ]


def read_outcome(outbox: Path, output: bytes) -> Outcome:
    """What a machine that is no more has left behind."""
    status, result = (_read(outbox / name) for name in ("status", "result.json"))
    return Outcome(
        int(status) if status else None,
        output.decode(errors="replace").replace("\r", ""),
        json.loads(result) if result else None,
    )


def _boot(command: Sequence[str], timeout_s: float) -> bytes:
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as qemu:
        try:
            output, _ = qemu.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            qemu.kill()
            output, _ = qemu.communicate()
            output += f"\nthe virtual machine was stopped after {timeout_s:.0f} s".encode()
        except BaseException:
            qemu.kill()
            raise
    return output


def _read(path: Path) -> str:
    return path.read_text().strip() if path.exists() else ""


def main() -> int:
    """Run the program named on the command line; return its exit status."""
    if len(sys.argv) < 2:
        print(__doc__)
        return 2
    try:
        outcome = run(prepare(), Path(sys.argv[1]), *sys.argv[2:])
    except PartMissing as error:
        sys.exit(f"No virtual machine here: {error}")
    print(outcome.output, end="")
    if outcome.result is not None:
        print(json.dumps(outcome.result, indent=2))
    return 125 if outcome.status is None else outcome.status


if __name__ == "__main__":
    sys.exit(main())
