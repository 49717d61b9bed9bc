"""Time stamps and sequence numbers of edges: checks, differences, and the expected jitter."""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from operator import index, sub
from typing import TypeVar

from ..errors import ImplausibleReading

# Beyond this, floating point no longer tells nanoseconds apart.
LONGEST_NS = 1 << 53
# Expected before any edge has been seen: a period wanders by this share of itself (an assumption;
# no data sheet has a figure), and a stamp comes some microseconds late.
WANDER = 0.002
STAMP_NS = 4_000.0

# The kernel counts edges in 32 bits.
_SEQUENCE_MODULUS = 1 << 32
# With more stamps out of order than this share, the clock is at fault.
_UNRULY = 0.1

_Number = TypeVar("_Number", int, float)


def differences(values: Sequence[_Number]) -> list[_Number]:
    """Return the differences of neighbouring values."""
    return list(map(sub, values[1:], values))


def whole_numbers(numbers: Sequence[int]) -> list[int]:
    """Return plain integers: an unsigned array would wrap. Raises ImplausibleReading."""
    try:
        return [index(number) for number in numbers]
    except TypeError as error:
        raise ImplausibleReading(
            f"time stamps and sequence numbers of edges must be whole numbers: {error}"
        ) from error


def period_numbers(sequence_numbers: Sequence[int] | None, edges: int) -> list[int] | None:
    """Return the sequence numbers from 0 on, unwrapped beyond 32 bits."""
    if sequence_numbers is None:
        return None
    if len(sequence_numbers) != edges:
        raise ImplausibleReading(f"{edges} edges came with {len(sequence_numbers)} numbers")
    numbers = whole_numbers(sequence_numbers)
    steps = [(after - before) % _SEQUENCE_MODULUS for before, after in pairwise(numbers)]
    if steps and (min(steps) == 0 or max(steps) > _SEQUENCE_MODULUS // 2):
        raise ImplausibleReading("the edges' sequence numbers stand still or run backwards")
    return list(accumulate(steps, initial=0))


def orderly_edges(stamps_ns: list[int]) -> list[int]:
    """Return the indices of the stamps to use.

    A stamp that is later than the next edge's was late by more than a period and is left out.
    Raises ImplausibleReading if there are many.
    """
    if all(after > before for before, after in pairwise(stamps_ns)):
        return list(range(len(stamps_ns)))
    orderly: list[int] = []
    for k, stamp_ns in enumerate(stamps_ns):
        while orderly and stamps_ns[orderly[-1]] >= stamp_ns:
            orderly.pop()
        orderly.append(k)
    if len(stamps_ns) - len(orderly) > _UNRULY * len(stamps_ns):
        raise ImplausibleReading(
            "the edges' time stamps stand still or run backwards: the clock that stamps them is"
            " not monotonic"
        )
    return orderly
