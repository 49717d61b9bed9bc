"""Pieces on a belt: each is told once, when it has gone, and only when its readings agree."""

import tracemalloc
from collections.abc import Iterable

import numpy as np
import pytest
import robot_pass
from hypothesis import given, settings
from hypothesis import strategies as st
from sweets import DARK_HZ, EASY, Belt, Numbers, at_distances, pieces, read, taught

from calibration import CalibrationError, ColourSorter, PassDetector, Sorted

RANDOM = np.random.default_rng(21)
GREY = Belt(0.3)
RAW, LABELS = taught(EASY, 10, RANDOM)
SORTER = ColourSorter.fit(RAW, LABELS, DARK_HZ, GREY.empty(20, RANDOM))
EMPTY = GREY.empty(1, RANDOM)[0]


def lying(label: str, count: int) -> list[Numbers]:
    """Readings of one typical piece that covers all the sensor sees."""
    piece = RAW[[one == label for one in LABELS]].mean(axis=0)
    return [piece * (1 + 0.002 * np.sin(i)) for i in range(count)]


def half(label: str, share: float = 0.5) -> Numbers:
    """A reading of a piece that covers this share."""
    covered: Numbers = share * lying(label, 1)[0] + (1 - share) * EMPTY
    return covered


def between(one: str, other: str) -> Numbers:
    """A reading of two pieces at once."""
    both: Numbers = (lying(one, 1)[0] + lying(other, 1)[0]) / 2
    return both


def decisions(readings: Iterable[Numbers], detector: PassDetector | None = None) -> list[Sorted]:
    watching = detector or PassDetector(SORTER)
    answers = [watching.add(reading) for reading in readings]
    return [one for one in answers if one is not None]


def labels(readings: Iterable[Numbers], detector: PassDetector | None = None) -> list[str | None]:
    return [one.label for one in decisions(readings, detector)]


def test_a_piece_is_told_once_when_it_has_gone() -> None:
    watching = PassDetector(SORTER)
    assert not watching.is_passing
    assert decisions([EMPTY, EMPTY, half("red"), *lying("red", 6), half("red")], watching) == []
    assert watching.is_passing
    decision = watching.add(EMPTY)
    assert decision is not None
    assert decision.label == "red"
    assert decision.confidence > 0.9
    assert decision.runner_up in SORTER.labels
    assert decision.runner_up != "red"
    assert decision.distance < 4
    assert not watching.is_passing
    assert decisions([EMPTY] * 5, watching) == []


def test_one_piece_after_the_other() -> None:
    belt = [EMPTY]
    for label in ("red", "green", "green", "blue"):
        belt += [half(label), *lying(label, 5), half(label), EMPTY]
    assert labels(belt) == ["red", "green", "green", "blue"]


def test_partly_covered_readings_do_not_count() -> None:
    slope = [half("blue", share) for share in (0.2, 0.45, 0.7)]
    answers = decisions([EMPTY, *slope, *lying("blue", 3), *reversed(slope), EMPTY])
    assert [one.label for one in answers] == ["blue"]
    assert answers[0].confidence > 0.9


def test_readings_that_disagree_are_an_unknown_piece() -> None:
    red, orange = lying("red", 1)[0], lying("orange", 1)[0]
    (decision,) = decisions([red, red, orange, orange, EMPTY])
    assert decision.label is None
    assert decision.runner_up in ("red", "orange")
    assert 0.3 < decision.confidence < 0.7


def test_one_stray_reading_is_outvoted() -> None:
    assert labels([*lying("red", 6), lying("blue", 1)[0], *lying("red", 5), EMPTY]) == ["red"]


def test_two_pieces_that_touch_are_two() -> None:
    belt = [EMPTY, half("red"), *lying("red", 5), between("red", "blue"), *lying("blue", 5), EMPTY]
    assert labels(belt) == ["red", "blue"]
    watching = PassDetector(SORTER)
    assert labels(belt[:-4], watching) == []
    assert labels(belt[-4:-2], watching) == ["red"]  # as soon as three of the other are steady


def test_three_pieces_that_touch_are_three() -> None:
    belt = [*lying("red", 5), *lying("green", 5), *lying("blue", 5), EMPTY]
    assert labels(belt) == ["red", "green", "blue"]


def test_two_pieces_of_a_class_that_touch_are_one() -> None:
    assert labels([*lying("red", 5), half("red"), *lying("red", 5), EMPTY]) == ["red"]


def test_a_stranger_that_touches_is_told_as_unknown() -> None:
    stranger = [0.5 * DARK_HZ + [3e3, 2e4, 2e4, 4e4]] * 5
    assert labels([*lying("red", 5), *stranger, EMPTY]) == ["red", None]


def test_a_piece_that_never_leaves_is_told_after_so_many_readings_and_once() -> None:
    watching = PassDetector(SORTER, longest=10)
    assert labels(lying("red", 9), watching) == []
    assert labels(lying("red", 1), watching) == ["red"]
    assert labels([*lying("red", 50), EMPTY], watching) == []
    assert labels([*lying("blue", 4), EMPTY], watching) == ["blue"]
    assert labels(lying("red", 20), watching) == ["red"]
    assert labels([*lying("blue", 4), EMPTY], watching) == ["blue"]  # pushed it on


def test_a_piece_that_lies_there_for_days_fills_no_memory() -> None:
    watching = PassDetector(SORTER)
    piece = lying("red", 1)[0]

    def allocated_after(readings: int) -> int:
        for _ in range(readings):
            watching.add(piece)
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        before = allocated_after(200)
        assert allocated_after(2000) - before < 20_000  # bytes; a reading kept takes 350
    finally:
        tracemalloc.stop()


def test_a_glimpse_is_unknown_unless_one_reading_will_do() -> None:
    assert labels([lying("red", 1)[0], EMPTY]) == [None]
    assert labels([lying("red", 1)[0], EMPTY], PassDetector(SORTER, fewest=1)) == ["red"]


def test_how_many_must_agree_can_be_asked_for() -> None:
    belt = [*lying("red", 7), *lying("orange", 2), EMPTY]
    assert labels(belt) == ["red"]
    assert labels(belt, PassDetector(SORTER, agree=0.9)) == [None]


def test_a_black_piece_over_a_gap_is_seen() -> None:
    random = np.random.default_rng(5)
    gap = Belt(0.0)
    sorter = ColourSorter.fit(RAW, LABELS, DARK_HZ, gap.empty(20, random))
    light = at_distances(pieces(EASY.strangers[2], 10, 1.0, random), random)
    for readings in gap.passes(light, random):
        answers = labels([*readings, *gap.empty(3, random)], PassDetector(sorter))
        assert answers == [None]


def test_a_sorter_that_knows_no_empty_place_is_refused() -> None:
    with pytest.raises(CalibrationError, match="empty="):
        PassDetector(ColourSorter.fit(RAW, LABELS, DARK_HZ))


@pytest.mark.parametrize(
    "settings_",
    [
        {"agree": 0.5},
        {"agree": 1.1},
        {"agree": float("nan")},
        {"steady": 0.0},
        {"steady": 1.0},
        {"fewest": 0},
        {"longest": 1},
        {"plateau": 1},
    ],
)
def test_settings_that_make_no_sense_are_refused(settings_: dict[str, float]) -> None:
    with pytest.raises(CalibrationError, match="agree"):
        PassDetector(SORTER, **settings_)  # type: ignore[arg-type]


def test_a_reading_that_is_none_changes_nothing() -> None:
    watching = PassDetector(SORTER)
    decisions(lying("red", 4), watching)
    with pytest.raises(CalibrationError):
        watching.add([1.0, 2.0, 3.0, float("nan")])
    assert labels([EMPTY], watching) == ["red"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["red", "blue", "empty", "half", "odd"]), max_size=40))
def test_any_belt_tells_each_visit_at_most_once_and_finite(events: list[str]) -> None:
    shown = {
        "red": lying("red", 1)[0],
        "blue": lying("blue", 1)[0],
        "empty": EMPTY,
        "half": half("red"),
        "odd": np.array([5e4, 1e3, 5e4, 6e4]),
    }
    belt = [*(shown[event] for event in events), EMPTY]
    answers = decisions(belt)
    visits = sum(
        one != "empty" and (i == 0 or events[i - 1] == "empty") for i, one in enumerate(events)
    )
    assert len(answers) >= visits
    assert len(answers) <= max(visits, len(events) // 3 + visits)
    assert all(0 <= one.confidence <= 1 and np.isfinite(one.distance) for one in answers)


def test_readings_of_three_channels_will_do() -> None:
    sorter = ColourSorter.fit(RAW[:, :3], LABELS, DARK_HZ[:3], EMPTY[:3])
    belt = [reading[:3] for reading in (*lying("red", 5), EMPTY)]
    assert labels(belt, PassDetector(sorter)) == ["red"]


@pytest.mark.parametrize("where", robot_pass.BELTS)
def test_the_vote_of_a_pass_is_right_where_one_reading_is_not(where: str) -> None:
    outcomes = robot_pass.run(EASY, robot_pass.BELTS[where], 160)
    vote = outcomes["vote"]
    assert vote.right >= robot_pass.RIGHT
    assert vote.strangers_sorted <= robot_pass.SORTED_STRANGERS
    assert vote.right > outcomes["random"].right > outcomes["first"].right


def test_a_slow_belt_sees_the_same_pieces() -> None:
    random = np.random.default_rng(9)
    belt = Belt(0.3, readings=40)
    for label in ("red", "green", "yellow"):
        light = at_distances(pieces(EASY.kinds[label], 10, 1.0, random), random)
        for readings in belt.passes(light, random):
            assert labels([*readings, *belt.empty(3, random)]) == [label]


def test_the_belt_of_the_simulation_is_empty_between_pieces() -> None:
    assert read(GREY.light[None], RANDOM).shape == (1, 4)
    assert (SORTER.sort_many(GREY.empty(200, RANDOM)) == "nothing").mean() >= 0.99
