"""What would make a sorter better, in words."""

from collections.abc import Sequence

import numpy as np

from ..teaching import ENOUGH_PIECES
from .confusion import TooClose
from .training_data import TrainingData


def advice(taught: TrainingData, too_close: Sequence[TooClose]) -> tuple[str, ...]:
    """One sentence for each thing that is missing; empty when nothing is."""
    sentences = []
    for i, (label, pieces) in enumerate(zip(taught.labels, taught.counts, strict=True)):
        if pieces < ENOUGH_PIECES:
            sentences.append(
                f"{label}: taught with {pieces} pieces; show {ENOUGH_PIECES - pieces} more"
            )
        if (np.ptp(taught.raw[taught.classes == i], axis=0) == 0).all():
            sentences.append(
                f"{label}: its readings are all the same; show different pieces, nearer and "
                "farther away"
            )
    for pair in too_close:
        share = max(pair.mixed_up, pair.expected)
        sentences.append(f"{pair.one} and {pair.other}: too close, {share:.0%} are mixed up")
    hidden = taught.nothing(taught.raw)
    for i in np.unique(taught.classes[hidden]):
        share = float(hidden[taught.classes == i].mean())
        sentences.append(
            f"{taught.labels[i]}: {share:.0%} of its pieces look like the empty place; "
            "give that another colour"
        )
    return tuple(sentences)
