"""How much memory a process holds at this moment."""

from pathlib import Path


def resident_kb(process: int | str) -> int:
    """Its resident set in kB, as /proc has it. process: a number, or "self"."""
    status = Path(f"/proc/{process}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))


def whole_kb(process: int) -> int:
    """What a process and its children hold in kB; what they share counts once."""
    sizes = [_sizes(pid) for pid in (process, *_children(process))]
    return sum(own for own, _ in sizes) + max(shared for _, shared in sizes)


def _sizes(process: int) -> tuple[int, int]:
    """What is its own, and what it shares, in kB."""
    rows = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]
    kb = {name: int(words.split()[0]) for name, words in (row.split(":") for row in rows)}
    own = kb["Private_Clean"] + kb["Private_Dirty"]
    return own, kb["Rss"] - own


def _children(process: int) -> list[int]:
    lists = Path(f"/proc/{process}/task").glob("*/children")
    return [int(word) for path in lists for word in path.read_text().split()]
