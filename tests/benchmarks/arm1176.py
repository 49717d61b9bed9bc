"""What instructions counted here would take on the one core of a Pi Zero; a range, not a number.

    seconds on the Zero = instructions here x RATIO / (IPC x 1 GHz) + system calls x SYSCALL_S

The Zero's core is an ARM1176JZF-S at 1 GHz: it issues one instruction a cycle at the most, in
order, through eight stages, with 16 kB of cache for code and as much for data.
"""

from typing import Final, NamedTuple

HZ: Final = 1e9


class Range(NamedTuple):
    """The least and the most that something can be, as far as is known."""

    least: float
    most: float

    def __add__(self, other: object) -> "Range":
        if not isinstance(other, Range):
            return NotImplemented
        return Range(self.least + other.least, self.most + other.most)

    def times(self, factor: float) -> "Range":
        """So many of it."""
        return Range(self.least * factor, self.most * factor)


class Count(NamedTuple):
    """What something took here: instructions of the program, and calls into the kernel."""

    instructions: float
    syscalls: float


# ARM instructions for one of x86-64: counted, N and 2 N times, of Debian's armhf Python 3.11.2 and
# SQLite 3.40.1 under qemu-arm, against a Python 3.11.7 for x86-64 under callgrind. A chart drawn
# 0.96, the outlook 0.98 and 1.01, SQLite's inserts 1.12, its sums 1.17.
RATIO: Final = Range(0.95, 1.2)
# Instructions that are done in a cycle.
IPC: Final = Range(0.4, 0.7)
# What a call into the kernel takes there, at a file or a socket.
SYSCALL_S: Final = Range(2e-6, 15e-6)


def program_s(instructions: float) -> Range:
    """What the program itself takes on the Zero, in seconds."""
    return Range(
        instructions * RATIO.least / (IPC.most * HZ), instructions * RATIO.most / (IPC.least * HZ)
    )


def kernel_s(syscalls: float) -> Range:
    """What the kernel takes there on its behalf, in seconds; waiting is not in it."""
    return SYSCALL_S.times(syscalls)


def core_s(count: Count) -> Range:
    """What both take of the core, in seconds."""
    return program_s(count.instructions) + kernel_s(count.syscalls)
