"""From the time stamps of rising edges to a frequency with its error bar: reciprocal counting.

      first                                   last
    ___|‾‾|__|‾‾|__|‾‾|__|‾‾|__|‾‾|__|‾‾|__|‾‾|____      hz = periods / (last - first)
       |<------------- periods ------------->|

Whole periods over their own time, so that the gate cuts no period in half: counting edges in a
gate errs by one in n, and starting the clock before the first edge errs always upward.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import inf, sqrt
from operator import index
from statistics import median

from .errors import ImplausibleReading
from .readings import Frequency

# An interrupt is stamped some microseconds late, now more, now less.
_STAMP_SCATTER_NS = 5_000.0
# The kernel counts edges in 32 bits.
_SEQUENCE_MODULUS = 1 << 32


def frequency_from_edges(
    timestamps_ns: Sequence[int],
    sequence_numbers: Sequence[int] | None = None,
    *,
    elapsed_s: float | None = None,
) -> Frequency:
    """Return the Frequency of edges stamped in nanoseconds, oldest first.

    With sequence numbers the periods are counted by them, so that edges lost on the way cost
    accuracy and not truth; `lost` says how many. Edges that were merged before anybody numbered
    them leave no gap and are not seen here. Fewer than two edges give 0.0 Hz with the upper
    bound (edges + 1) / elapsed_s, or infinity when elapsed_s is not given.
    Raises ImplausibleReading for stamps or numbers that do not go forward.
    """
    stamps_ns, edges = _whole(timestamps_ns), len(timestamps_ns)
    if elapsed_s is not None and not 0 < elapsed_s < inf:
        raise ImplausibleReading(f"elapsed_s={elapsed_s}: the gate was open for some time")
    if edges < 2:
        bound = inf if elapsed_s is None else (edges + 1) / elapsed_s
        return Frequency(0.0, bound, edges, 0)
    intervals_ns = [after - before for before, after in pairwise(stamps_ns)]
    if min(intervals_ns) <= 0:
        raise ImplausibleReading(
            "the edges' time stamps stand still or run backwards: the clock that stamps them is"
            " not monotonic"
        )
    steps = _steps(sequence_numbers, edges)
    periods = sum(steps)
    span_ns = stamps_ns[-1] - stamps_ns[0]
    hz = periods * 1e9 / span_ns
    scatter_ns = _span_scatter_ns(intervals_ns, steps, span_ns / periods)
    return Frequency(hz, hz * scatter_ns / span_ns, edges, periods - (edges - 1))


def _whole(numbers: Sequence[int]) -> list[int]:
    """Plain integers, which neither wrap nor round; an array of unsigned ones would."""
    try:
        return [index(number) for number in numbers]
    except TypeError as error:
        raise ImplausibleReading(
            f"edges are stamped and numbered in whole numbers: {error}"
        ) from error


def _steps(sequence_numbers: Sequence[int] | None, edges: int) -> list[int]:
    """How many periods lie between each edge and the next."""
    if sequence_numbers is None:
        return [1] * (edges - 1)
    if len(sequence_numbers) != edges:
        raise ImplausibleReading(f"{edges} edges came with {len(sequence_numbers)} numbers")
    numbers = _whole(sequence_numbers)
    steps = [(after - before) % _SEQUENCE_MODULUS for before, after in pairwise(numbers)]
    if min(steps) == 0 or max(steps) > _SEQUENCE_MODULUS // 2:
        raise ImplausibleReading("the edges' sequence numbers stand still or run backwards")
    return steps


def _span_scatter_ns(intervals_ns: list[int], steps: list[int], period_ns: float) -> float:
    """One standard deviation of last - first.

    The sensor's periods wander one by one, so their scatter adds up over the span as a random
    walk; the scatter of the two end stamps comes on top. The median keeps one late interrupt
    from blowing up the bar: 1.4826 makes it a standard deviation for a normal scatter.
    """
    residuals = [
        abs(interval - step * period_ns) for interval, step in zip(intervals_ns, steps, strict=True)
    ]
    per_period_ns = 1.4826 * median(residuals)
    return sqrt(sum(steps) * per_period_ns**2 + 2 * _STAMP_SCATTER_NS**2)
