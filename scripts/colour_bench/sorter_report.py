"""The errors of a sorter on its own pieces, and advice."""

import csv
import sys

from colour_bench.card_row import count_of
from support.command import say

from calibration import ColourSorter

_WHAT_HELPS = (
    "What helps where two classes are too close: more pieces of both, at more distances; a tube"
    " against the light of the room; a longer gate_time_s; or one name for both (--remove one)."
)


def report(sorter: ColourSorter) -> None:
    """Print a summary to standard error and the confusion table to standard output.

    Rows are the true classes, columns the sorted ones, each piece left out of its own teaching.
    """
    source = "SIMULATED" if sorter.simulated else "TCS3200"
    mark = "SIMULATED " if sorter.simulated else ""
    result = sorter.confusion()
    say(
        f"{mark}{len(sorter.labels)} class{'' if len(sorter.labels) == 1 else 'es'},"
        f" {count_of(len(sorter.taught), 'piece')}; left out of the teaching,"
        f" {result.accuracy:.0%} are sorted right and {result.unknown:.0%} are unknown."
    )
    for advice in sorter.advice():
        say(f"  ! {advice}")
    if sorter.too_close():
        say(f"  {_WHAT_HELPS}")
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(["taught", "source", *result.labels, "unknown"])
    for label, counts in zip(result.labels, result.counts.tolist(), strict=True):
        table.writerow([label, source, *counts])
    sys.stdout.flush()
