"""From the time stamps of rising edges to a frequency with its uncertainty.

    stamped       |   |    |      |   |       |        time of an edge
    period        0   1    2      4   5       7        number of the period that it ends

Generalised least squares over all edges: the line through (number, time) that is most likely with
the jitter of these edges. Where the sensor wanders it is the time from the first edge to the last;
where the stamps scatter it is the ordinary straight line, whose own error bar would be far too
small here: the wander does not average out with more edges.
"""

from collections.abc import Sequence
from math import inf, sqrt
from statistics import mean, stdev

from ..errors import ImplausibleReading
from ..readings import Edges, Frequency
from .edges import LONGEST_NS, differences, orderly_edges, period_numbers, whole_numbers
from .jitter import Jitter, jitter
from .phase_unwrapping import Segment, unwrap


def frequency_from_edges(
    timestamps_ns: Sequence[int],
    sequence_numbers: Sequence[int] | None = None,
    *,
    elapsed_s: float | None = None,
    scatter_ns: float | None = None,
) -> Frequency:
    """Return the Frequency of edges stamped in nanoseconds, oldest first.

    Missing edges, merged by a late interrupt or dropped from a full queue (sequence numbers count
    these), widen the error bar and bias nothing; `lost` counts them. A single late stamp is left
    out. Edges without a rhythm are counted over time, with an error bar as wide as their disorder.

    sequence_numbers: the kernel's, one for each edge; they may wrap at 32 bits.
    elapsed_s: the time that the gate was open. Fewer than two edges give 0.0 Hz with the upper
    bound (edges + 1) / elapsed_s, or infinity without it.
    scatter_ns: one standard deviation of a stamp, if the source knows it.
    Raises ImplausibleReading if stamps or numbers do not increase.
    """
    edges = len(timestamps_ns)
    if elapsed_s is not None and not 0 < elapsed_s < inf:
        raise ImplausibleReading(f"elapsed_s={elapsed_s}: must be above 0 s, and finite")
    if scatter_ns is not None and not 0 <= scatter_ns <= LONGEST_NS:
        raise ImplausibleReading(f"scatter_ns={scatter_ns}: must be 0 or more nanoseconds")
    stamps_ns, numbers = whole_numbers(timestamps_ns), period_numbers(sequence_numbers, edges)
    if edges < 2:
        bound = inf if elapsed_s is None else (edges + 1) / elapsed_s
        return Frequency(0.0, bound, edges, 0)
    orderly = orderly_edges(stamps_ns)
    if stamps_ns[orderly[-1]] - stamps_ns[orderly[0]] > LONGEST_NS:
        raise ImplausibleReading("the edges' time stamps span months: they come from two clocks")
    at_ns = [float(stamps_ns[k] - stamps_ns[orderly[0]]) for k in orderly]
    unwrapped = unwrap(at_ns, None if numbers is None else [numbers[k] for k in orderly])
    if unwrapped is None or not unwrapped.segments:
        return _edges_over_time(at_ns, numbers, edges)
    period_ns, variance_ns2 = _period(unwrapped.segments, scatter_ns)
    late = len(stamps_ns) - len(orderly)
    hz = 1e9 / period_ns
    return Frequency(hz, hz * sqrt(variance_ns2) / period_ns, edges, max(0, unwrapped.lost - late))


def frequency_of(edges: Edges) -> Frequency:
    """Return the Frequency of the edges from a Pins object; `lost` includes dropped ones."""
    frequency = frequency_from_edges(
        edges.timestamps_ns,
        edges.sequence_numbers,
        elapsed_s=edges.elapsed_s,
        scatter_ns=edges.scatter_ns,
    )
    return frequency._replace(lost=frequency.lost + edges.dropped)


def _edges_over_time(at_ns: list[float], numbers: list[int] | None, edges: int) -> Frequency:
    """Return edges over time, for edges without a rhythm, such as noise on a loose wire.

    It is as uncertain as one interval, for an unknown number of edges is hidden among these.
    """
    periods = (edges if numbers is None else numbers[-1] - numbers[0] + 1) - 1
    hz = periods * 1e9 / at_ns[-1]
    intervals_ns = differences(at_ns)
    return Frequency(
        hz, hz * stdev(intervals_ns) / mean(intervals_ns), edges, periods - (edges - 1)
    )


def _period(segments: list[Segment], scatter_ns: float | None) -> tuple[float, float]:
    """Return the period in ns and its variance, by generalised least squares over all segments."""
    span_ns = sum([segment.at_ns[-1] - segment.at_ns[0] for segment in segments])
    period_ns = span_ns / sum([segment.periods[-1] - segment.periods[0] for segment in segments])
    lateness_ns = [
        [at - period_ns * count for at, count in zip(segment.at_ns, segment.periods, strict=True)]
        for segment in segments
    ]
    jitter_ns2 = jitter(lateness_ns, period_ns, scatter_ns)
    fits = [_fit(segment, jitter_ns2) for segment in segments]
    weight = sum([fit_weight for _, fit_weight in fits])
    period_ns = sum([fit_weight * fit_ns for fit_ns, fit_weight in fits]) / weight
    # The jitter is an estimate too, and a rough one from few edges: hence Student's t.
    freedom = 4 + sqrt(sum([len(segment.at_ns) for segment in segments]))
    return period_ns, freedom / (freedom - 2) / weight


def _fit(segment: Segment, jitter_ns2: Jitter) -> tuple[float, float]:
    """Return one segment's period and its weight (1 / variance).

    Neighbouring intervals share the stamp between them, so that their covariance matrix is
    tridiagonal: wander * periods + 2 * scatter on the diagonal, -scatter beside it. Solving it
    for the numbers of periods takes one sweep forward and one back.
    """
    wander, scatter = jitter_ns2
    periods, intervals_ns = differences(segment.periods), differences(segment.at_ns)
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
