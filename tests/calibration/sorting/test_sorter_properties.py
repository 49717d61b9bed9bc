"""What holds of any sorter, whatever it is taught and asked."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sweets import DARK_HZ, EASY, Numbers, taught

from calibration import CalibrationError, ColourSorter

pytestmark = pytest.mark.long("sorters of any readings")

RAW, LABELS = taught(EASY, 6, np.random.default_rng(11))
SORTER = ColourSorter.fit(RAW, LABELS, DARK_HZ, DARK_HZ)
ASKED = np.concatenate(
    [taught(EASY, 10, np.random.default_rng(12))[0], [DARK_HZ, [1e4, 1e4, 1e4, 3e4]]]
)

ANY_NUMBER = st.floats(width=64) | st.sampled_from([0.0, -0.0, 5e-324, 1e308, -1e308, np.inf])
HERTZ = st.floats(0, 6e5)


@settings(max_examples=200, deadline=None)
@given(arrays.arrays(np.float64, st.sampled_from([(4,), (3,), (2, 4), (0,)]), elements=ANY_NUMBER))
def test_any_reading_gives_an_error_or_a_finite_answer(raw: Numbers) -> None:
    try:
        answer = SORTER.sort(raw)
    except CalibrationError:
        return
    assert answer.label in (*SORTER.labels, None, "nothing")
    assert 0 <= answer.confidence <= 1
    assert 0 <= answer.distance < np.inf


@settings(max_examples=200, deadline=None)
@given(
    arrays.arrays(
        np.float64, st.tuples(st.integers(0, 12), st.sampled_from([3, 4])), elements=ANY_NUMBER
    ),
    st.lists(st.sampled_from(["a", "b", "c"]), max_size=12),
    st.none() | arrays.arrays(np.float64, st.sampled_from([3, 4]), elements=ANY_NUMBER),
    st.none() | arrays.arrays(np.float64, st.sampled_from([3, 4]), elements=ANY_NUMBER),
)
def test_any_teaching_gives_an_error_or_a_sorter(
    raw: Numbers, labels: list[str], dark: Numbers | None, empty: Numbers | None
) -> None:
    try:
        sorter = ColourSorter.fit(raw, labels, dark, empty)
    except CalibrationError:
        return
    for one in raw:
        answer = sorter.sort(one)
        assert 0 <= answer.confidence <= 1
        assert 0 <= answer.distance < np.inf
    assert np.isfinite(sorter.confusion().accuracy)


@settings(max_examples=50, deadline=None)
@given(
    st.integers(1, 4).flatmap(
        lambda classes: arrays.arrays(np.float64, (classes * 4, 4), elements=HERTZ)
    )
)
def test_any_readings_in_hertz_can_be_taught_and_asked(raw: Numbers) -> None:
    assume((raw.max(axis=0) > 1e-3).all())
    labels = [f"class {i}" for i in range(len(raw) // 4) for _ in range(4)]
    sorter = ColourSorter.fit(raw, labels, empty=[0.0] * 4)
    answers = [sorter.sort(one) for one in raw]
    assert all(0 <= one.confidence <= 1 and np.isfinite(one.distance) for one in answers)
    assert sorter.sort_many(raw).shape == (len(raw),)
    assert isinstance(sorter.advice(), tuple)


@settings(max_examples=50, deadline=None)
@given(arrays.arrays(np.float64, (20, 4), elements=st.floats(0, 1e5)))
def test_one_by_one_and_all_at_once_are_the_same(raw: Numbers) -> None:
    assert [SORTER.sort(one).label for one in raw] == SORTER.sort_many(raw).tolist()


@settings(max_examples=20, deadline=None)
@given(st.floats(-3, 3))
def test_another_unit_of_frequency_changes_no_answer(exponent: float) -> None:
    unit = 10**exponent
    other = ColourSorter.fit(unit * RAW, LABELS, unit * DARK_HZ, unit * DARK_HZ)
    assert other.sort_many(unit * ASKED).tolist() == SORTER.sort_many(ASKED).tolist()
    assert other.sort(unit * ASKED[0]).confidence == pytest.approx(
        SORTER.sort(ASKED[0]).confidence, rel=1e-6
    )


@settings(max_examples=10, deadline=None)
@given(st.permutations(list(EASY.kinds)))
def test_the_order_of_the_classes_changes_no_answer(order: list[str]) -> None:
    rows = [i for label in order for i, one in enumerate(LABELS) if one == label]
    other = ColourSorter.fit(RAW[rows], [LABELS[i] for i in rows], DARK_HZ, DARK_HZ)
    assert other.labels == tuple(order)
    assert other.sort_many(ASKED).tolist() == SORTER.sort_many(ASKED).tolist()


@settings(max_examples=10, deadline=None)
@given(st.randoms(use_true_random=False))
def test_classes_may_be_taught_in_turns(random: Any) -> None:
    left = {label: [i for i, one in enumerate(LABELS) if one == label] for label in EASY.kinds}
    turns = list(LABELS)
    random.shuffle(turns)
    rows = [left[label].pop(0) for label in turns]
    other = ColourSorter.fit(RAW[rows], [LABELS[i] for i in rows], DARK_HZ, DARK_HZ)
    assert other.sort_many(ASKED).tolist() == SORTER.sort_many(ASKED).tolist()


@settings(deadline=None)
@given(st.floats(0.97, 1.03))
def test_a_lamp_that_changes_a_little_changes_no_label(power: float) -> None:
    middles = np.array([RAW[i : i + 6].mean(axis=0) for i in range(0, len(RAW), 6)])
    lit = DARK_HZ + power * (middles - DARK_HZ)
    assert SORTER.sort_many(lit).tolist() == list(EASY.kinds)
