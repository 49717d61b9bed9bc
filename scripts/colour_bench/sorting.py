"""Live sorting of what lies under the sensor."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count, cycle

from colour_bench.dialogue import Dialogue, Hand, hand_with
from colour_bench.swatch import columns_of, fitted, has_colours, raw_swatch, swatch
from support.command import row, say

from calibration import ColourProfile, ColourSorter, Sorted
from sensors import RawColour
from sensors.simulated.scene import surfaces

_NEARER_AND_FARTHER = (1.0, 0.85, 1.15)


def sort_live(
    dialogue: Dialogue, sorter: ColourSorter, profile: ColourProfile | None, readings: int
) -> None:
    """Sort `readings` times (0: until ctrl-C).

    Write a live line to a terminal, CSV to a pipe or a file.
    """
    is_live = has_colours(sys.stdout)
    if is_live:
        say("Live sorting; ctrl-C ends.")
    else:
        row("time_utc,source,label,confidence,runner_up,distance")
    brightest_hz = 1.0
    try:
        for number, hand in enumerate(_hands(sorter), 1):
            if dialogue.board.simulated:
                hand(dialogue.board.scene)
            raw = dialogue.board.colour.read()
            brightest_hz = max(brightest_hz, *raw[:3])
            result = sorter.sort(raw)
            if is_live:
                patch = _patch(raw, profile, brightest_hz)
                line = fitted(f"{patch}  {dialogue.mark}{in_words(result)}", columns_of(sys.stdout))
                sys.stdout.write(f"\r{line}\x1b[K")
                sys.stdout.flush()
            else:
                row(_csv(result, dialogue.source))
            if number == readings:
                break
    finally:
        if is_live:
            sys.stdout.write("\n")


def in_words(result: Sorted) -> str:
    """Format a result: "red, sure to 98 %"."""
    if result.label == "nothing":
        return "nothing there"
    if result.label is None:
        return f"unknown, sure to {result.confidence:.0%}; nearest is {result.runner_up}"
    next_best = f"; else {result.runner_up}" if result.runner_up else ""
    return f"{result.label}, sure to {result.confidence:.0%}{next_best}"


def _csv(result: Sorted, source: str) -> str:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    label = "unknown" if result.label is None else result.label
    words = [quoted(label), f"{result.confidence:.3f}", quoted(result.runner_up or "")]
    return ",".join([now, source, *words, f"{result.distance:.2f}"])


def quoted(word: str) -> str:
    """Quote a word for CSV, if it needs that."""
    return '"' + word.replace('"', '""') + '"' if set(word) & set(',"') else word


def _patch(raw: RawColour, profile: ColourProfile | None, brightest_hz: float) -> str:
    if profile is None:
        return raw_swatch(raw[:3], brightest_hz, colours=True)
    return swatch(profile.srgb(raw).tolist(), colours=True)


def _hands(sorter: ColourSorter) -> Iterator[Hand]:
    """Yield surfaces for the simulated sensor: classes at several distances, strangers, nothing."""
    words = list(surfaces())
    shown = [*sorter.labels, *(word for word in words if word not in sorter.labels)]
    for turn in count():
        closeness = cycle(_NEARER_AND_FARTHER[turn % 3 :] + _NEARER_AND_FARTHER[: turn % 3])
        for word, share in zip([*shown, "nothing"], closeness, strict=False):
            yield hand_with(word, share)
