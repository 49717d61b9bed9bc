"""From the time stamps of rising edges to a frequency with its error bar.

    stamped       |   |    |      |   |       |        time, of an edge
    period        0   1    2      4   5       7        number, of the period that it ends

Least squares over all edges: the line through (number, time) that the jitter found in the very
same edges makes most likely. Where the sensor's wandering rules it is the time from the first edge
to the last; where the scatter of the stamps rules it is the ordinary straight line. The error of a
straight line would be far too small here: the wandering does not average out with more edges.
"""

from collections.abc import Sequence
from math import inf, sqrt
from statistics import mean, stdev

from .edges import LONGEST_NS, differences, orderly_edges, period_numbers, whole_numbers
from .errors import ImplausibleReading
from .jitter import Jitter, jitter
from .phase_unwrapping import Segment, unwrap
from .ports import Edges
from .readings import Frequency


def frequency_from_edges(
    timestamps_ns: Sequence[int],
    sequence_numbers: Sequence[int] | None = None,
    *,
    elapsed_s: float | None = None,
    scatter_ns: float | None = None,
) -> Frequency:
    """Return the Frequency of edges stamped in nanoseconds, oldest first.

    Edges that are missing, because a late interrupt merged two or because a full queue dropped
    some (sequence numbers count these), cost accuracy and not truth; `lost` says how many. A stamp
    that is late by itself is put aside. Edges without any rhythm are counted, with an error bar as
    wide as their disorder.

    sequence_numbers: the kernel's, one for each edge; they may wrap at 32 bits.
    elapsed_s: how long the gate was open. Fewer than two edges give 0.0 Hz with the upper bound
    (edges + 1) / elapsed_s, or infinity where it is not given.
    scatter_ns: one standard deviation of a stamp, where the source knows that they are coarse.
    Raises ImplausibleReading for stamps or numbers that do not go forward.
    """
    edges = len(timestamps_ns)
    if elapsed_s is not None and not 0 < elapsed_s < inf:
        raise ImplausibleReading(f"elapsed_s={elapsed_s}: the gate was open for some time")
    if scatter_ns is not None and not 0 <= scatter_ns <= LONGEST_NS:
        raise ImplausibleReading(f"scatter_ns={scatter_ns}: some nanoseconds are meant")
    stamps_ns, numbers = whole_numbers(timestamps_ns), period_numbers(sequence_numbers, edges)
    if edges < 2:
        bound = inf if elapsed_s is None else (edges + 1) / elapsed_s
        return Frequency(0.0, bound, edges, 0)
    orderly = orderly_edges(stamps_ns)
    if stamps_ns[orderly[-1]] - stamps_ns[orderly[0]] > LONGEST_NS:
        raise ImplausibleReading("the edges' time stamps span months: they are of two clocks")
    at_ns = [float(stamps_ns[k] - stamps_ns[orderly[0]]) for k in orderly]
    unwrapped = unwrap(at_ns, None if numbers is None else [numbers[k] for k in orderly])
    if unwrapped is None or not unwrapped.runs:
        return _counted(at_ns, numbers, edges)
    period_ns, variance_ns2 = _period(unwrapped.runs, scatter_ns)
    late = len(stamps_ns) - len(orderly)
    hz = 1e9 / period_ns
    return Frequency(hz, hz * sqrt(variance_ns2) / period_ns, edges, max(0, unwrapped.lost - late))


def frequency_of(edges: Edges) -> Frequency:
    """The same from what a Pins object delivers; `lost` includes what its queue has dropped."""
    found = frequency_from_edges(
        edges.timestamps_ns,
        edges.sequence_numbers,
        elapsed_s=edges.elapsed_s,
        scatter_ns=edges.scatter_ns,
    )
    return found._replace(lost=found.lost + edges.dropped)


def _counted(at_ns: list[float], numbers: list[int] | None, edges: int) -> Frequency:
    """Edges over time, for edges without a rhythm: noise on a wire that hangs in the air.

    It is as uncertain as one interval, because nobody knows how many edges hid among these.
    """
    periods = (edges if numbers is None else numbers[-1] - numbers[0] + 1) - 1
    hz = periods * 1e9 / at_ns[-1]
    intervals_ns = differences(at_ns)
    return Frequency(
        hz, hz * stdev(intervals_ns) / mean(intervals_ns), edges, periods - (edges - 1)
    )


def _period(runs: list[Segment], scatter_ns: float | None) -> tuple[float, float]:
    """The period in ns and its variance, by generalised least squares over all runs."""
    span_ns = sum([run.at_ns[-1] - run.at_ns[0] for run in runs])
    period_ns = span_ns / sum([run.periods[-1] - run.periods[0] for run in runs])
    lateness_ns = [
        [at - period_ns * count for at, count in zip(run.at_ns, run.periods, strict=True)]
        for run in runs
    ]
    found = jitter(lateness_ns, period_ns, scatter_ns)
    fits = [_fit(run, found) for run in runs]
    weight = sum([fit_weight for _, fit_weight in fits])
    period_ns = sum([fit_weight * fit_ns for fit_ns, fit_weight in fits]) / weight
    # The jitter is itself an estimate, from few edges a rough one: as Student's t is wider.
    freedom = 4 + sqrt(sum([len(run.at_ns) for run in runs]))
    return period_ns, freedom / (freedom - 2) / weight


def _fit(run: Segment, found: Jitter) -> tuple[float, float]:
    """One run's period and its weight (1 / variance): generalised least squares.

    Neighbouring intervals share the stamp between them, so that their covariance matrix is
    tridiagonal: wander * periods + 2 * scatter on the diagonal, -scatter beside it. Solving it
    for the numbers of periods takes one sweep forward and one back.
    """
    wander, scatter = found
    periods, intervals_ns = differences(run.periods), differences(run.at_ns)
    above, solved = [], []
    factor = value = 0.0
    for count in periods:
        pivot = wander * count + scatter * (2.0 + factor)
        factor = -scatter / pivot
        value = (count + scatter * value) / pivot
        above.append(factor)
        solved.append(value)
    weights, weight = [], 0.0
    for factor, value in zip(reversed(above), reversed(solved), strict=True):
        weight = value - factor * weight
        weights.append(weight)
    weights.reverse()
    total = sum([w * count for w, count in zip(weights, periods, strict=True)])
    fitted_ns = sum([w * ns for w, ns in zip(weights, intervals_ns, strict=True)]) / total
    return fitted_ns, total
