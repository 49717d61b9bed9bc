"""How much memory a process holds at this moment."""

from pathlib import Path


def resident_kb(process: int | str) -> int:
    """Its resident set in kB, as /proc has it. process: a number, or "self"."""
    status = Path(f"/proc/{process}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
