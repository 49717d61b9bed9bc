"""What is known of a correction before any card, and how cards change it.

The photodiodes' curves are known, white LEDs are much alike, and real surfaces are smooth. So the
best correction is known roughly; the white reference by itself tells a cool lamp from a warm
one. Cards then move it as far as they have something to say:

    no card      the correction that is best for all lamps that read white like this one
    few cards    between what is known and what they say, each as sure as it is
    many cards   what they say
"""

import json
from functools import cache
from math import log
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from ..colorimetry.arrays import FloatArray
from ..colorimetry.spaces import D65_WHITE
from .correction import CONTRASTS, TERMS, Correction, card_weight, terms

_FILE: Final = Path(__file__).parents[1] / "data" / "correction_prior.json"

# The lamp and sensor at hand may be farther off than any of those known, by these factors of their
# variance, each tenfold a third as likely beforehand. The cards' evidence weighs them.
_WIDENINGS: Final = tuple(10.0 ** (half / 2) for half in range(9))

# When at least this many cards are met by one matrix to this share of what is left of a card as a
# rule, then that is the matrix: the sensor has no error to be careful about.
_PROOF: Final = 12
_EXACT: Final = 1e-3

# A white that reads like none of theirs says no more than one this many deviations off.
_FARTHEST: Final = 2.5


class Expected(NamedTuple):
    """A correction (3, 9) along the contrasts, and how it goes with the balance (3, 3, 9)."""

    mean: FloatArray
    slope: FloatArray

    @classmethod
    def of(cls, document: Any) -> "Expected":
        """From matrices over the terms; along the contrasts their rounding takes no white."""
        return cls(*(np.array(document[part]) @ CONTRASTS.T for part in ("matrix", "slope")))

    def at(self, off: FloatArray) -> FloatArray:
        """Return the correction along the contrasts, at a balance this far from the mean one."""
        return np.asarray(self.mean + np.tensordot(off, self.slope, axes=1))


class Prior(NamedTuple):
    """The corrections of the lamps and sensors known, as a Gaussian that goes with the balance.

    The balance (3,) is how a sensor reads white: log of red, green and blue over clear.
    """

    balance: FloatArray  # the mean one
    balance_precision: FloatArray  # (3, 3)
    default: Expected
    cards: Expected
    precision: FloatArray  # (27, 27), of cards.mean
    log_determinant: float  # of precision
    whitening: FloatArray  # (3, 3): takes what a correction leaves of a card to variance 1

    @classmethod
    def of(cls, document: Any) -> "Prior":
        """From what the file holds."""
        cards = document["cards"]
        spread = np.zeros((len(cards["spread"]),) * 2)
        for row, numbers in enumerate(cards["spread"]):
            spread[row, : row + 1] = numbers
        return cls(
            balance=np.array(document["balance"]["mean"]),
            balance_precision=np.array(document["balance"]["precision"]),
            default=Expected.of(document["default"]),
            cards=Expected.of(cards),
            precision=np.asarray(np.linalg.inv(spread @ spread.T), np.float64),
            log_determinant=float(-2 * np.log(np.diag(spread)).sum()),
            whitening=np.linalg.cholesky(np.linalg.inv(np.array(cards["residual"]))).T,
        )

    def correction(self, balance: FloatArray) -> Correction:
        """Return the correction for a sensor of which only the white reference is known."""
        return _correction(self.default.at(self._off(balance)))

    def fit(self, reflectance: FloatArray, xyz: FloatArray, balance: FloatArray) -> Correction:
        """Return the likeliest correction, from the prior and from cards.

        ``reflectance`` (n, 4) and ``xyz`` (n, 3) have one row for each card. Bayesian linear
        regression: the corrections known are a Gaussian, and so is what they leave of a card.
        White is kept, since only contrasts move.

        Source: Bishop, "Pattern Recognition and Machine Learning" (2006), sections 3.3 and 3.5.
        """
        mean = self.cards.at(self._off(balance))
        of_card = terms(reflectance)
        weight = card_weight(xyz)[:, np.newaxis]
        contrasts = weight * (of_card @ CONTRASTS.T)
        unexplained = weight * (xyz - of_card @ _GREY.T) - contrasts @ mean.T
        design = np.einsum("ac,nj->nacj", self.whitening, contrasts).reshape(3 * len(xyz), -1)
        errors = (unexplained @ self.whitening.T).ravel()
        step = _exact_step(design, errors) if len(xyz) >= _PROOF else None
        if step is None:
            step = self._likeliest_step(design, errors)
        return _correction(mean + step.reshape(mean.shape))

    def _likeliest_step(self, design: FloatArray, errors: FloatArray) -> FloatArray:
        """How far cards move the correction, whatever the widening."""
        steps, evidence = zip(
            *(self._step(design, errors, widening) for widening in _WIDENINGS), strict=True
        )
        shares = np.exp(np.array(evidence) - max(evidence))
        return np.asarray(shares @ np.array(steps) / shares.sum())

    def _step(
        self, design: FloatArray, errors: FloatArray, widening: float
    ) -> tuple[FloatArray, float]:
        """How far cards move the correction, and the log of their likelihood, at this widening."""
        certainty = design.T @ design + self.precision / widening
        pull = design.T @ errors
        step = np.asarray(np.linalg.solve(certainty, pull))
        gained = float(np.linalg.slogdet(certainty)[1]) - self.log_determinant
        gained += len(step) * log(widening)
        left = float(errors @ errors - pull @ step)
        return step, -(gained + left + log(widening)) / 2

    def _off(self, balance: FloatArray) -> FloatArray:
        """How far a balance is from the mean one, within what the lamps known span."""
        off = balance - self.balance
        deviations = float(np.sqrt(off @ self.balance_precision @ off))
        return np.asarray(off * min(1.0, _FARTHEST / max(deviations, 1e-9)))


@cache
def shipped() -> Prior:
    """Return the prior of a bare TCS3200 under white LEDs or daylight; the file says its source."""
    return Prior.of(json.loads(_FILE.read_text(encoding="utf-8")))


# The plain mean of all terms, and so the same grey for every surface of one lightness.
_GREY: Final[FloatArray] = np.outer(D65_WHITE, np.full(len(TERMS), 1 / len(TERMS)))


def _exact_step(design: FloatArray, errors: FloatArray) -> FloatArray | None:
    """Return the step that meets all cards exactly, if there is one."""
    step, *_ = np.linalg.lstsq(design, errors)
    left = errors - design @ step
    return np.asarray(step) if np.abs(left).max() < _EXACT else None


def _correction(along: FloatArray) -> Correction:
    return Correction(_GREY + along @ CONTRASTS)
