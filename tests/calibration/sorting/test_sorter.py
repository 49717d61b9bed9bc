"""Sorting by taught classes: on simulated sweets, and at the edges of what can be taught."""

from itertools import pairwise

import numpy as np
import pytest
from sweets import DARK_HZ, EASY, HARD, Numbers, Shop, shown, taught

from calibration import CalibrationError, ColourSorter, Sorted
from sensors import RawColour


def sorter_of(shop: Shop, each: int, channels: int = 4, seed: int = 1) -> ColourSorter:
    random = np.random.default_rng(seed)
    raw, labels = taught(shop, each, random)
    dark = DARK_HZ[:channels]
    return ColourSorter.fit(raw[:, :channels], labels, dark, empty=dark)


def fresh(shop: Shop, each: int, seed: int = 2) -> tuple[Numbers, list[str], Numbers]:
    """Pieces of the kinds with their labels, and strangers."""
    random = np.random.default_rng(seed)
    raw, labels = taught(shop, each, random)
    odd = [shown(kind, each, shop.variation, random) for kind in shop.strangers]
    return raw, labels, np.concatenate(odd)


def nearest(sorter: ColourSorter, raw: Numbers) -> list[str | None]:
    return [answer.label or answer.runner_up for answer in map(sorter.sort, raw)]


def share(answers: list[str | None], truth: list[str]) -> float:
    return float(np.mean([one == other for one, other in zip(answers, truth, strict=True)]))


@pytest.fixture(scope="module")
def sweets() -> ColourSorter:
    return sorter_of(EASY, 10)


@pytest.mark.parametrize("channels", [3, 4])
def test_eight_easy_kinds_are_all_right_and_strangers_are_unknown(channels: int) -> None:
    sorter = sorter_of(EASY, 10, channels)
    raw, labels, strangers = fresh(EASY, 50)
    answers = sorter.sort_many(raw[:, :channels])
    assert share(answers.tolist(), labels) >= 0.985
    assert share(nearest(sorter, raw[:, :channels]), labels) == 1
    caught = np.mean([one is None for one in sorter.sort_many(strangers[:, :channels])])
    assert caught >= 0.99


def test_ten_close_kinds_stay_apart_and_most_strangers_are_seen() -> None:
    right, refused, caught = [], [], []
    for seed in range(4):
        sorter = sorter_of(HARD, 15, seed=seed)
        raw, labels, strangers = fresh(HARD, 50, seed + 100)
        right.append(share(nearest(sorter, raw), labels))
        refused.append(np.mean([one is None for one in sorter.sort_many(raw)]))
        caught.append(np.mean([one is None for one in sorter.sort_many(strangers)]))
    assert np.mean(right) >= 0.95
    assert np.mean(refused) <= 0.015
    assert np.mean(caught) >= 0.6


@pytest.mark.long("thousands of pieces")
@pytest.mark.parametrize(("each", "teachings"), [(3, 10), (5, 5), (20, 3), (200, 2)])
def test_hardly_more_pieces_are_refused_than_was_aimed_at(each: int, teachings: int) -> None:
    refused = []
    for seed in range(teachings):
        sorter = sorter_of(EASY, each, seed=seed)
        raw, _, _ = fresh(EASY, 100, seed + 200)
        refused.append(np.mean([one is None for one in sorter.sort_many(raw)]))
    assert np.mean(refused) <= 0.02


def test_a_class_whose_distance_varies_is_given_its_own_covariance() -> None:
    random = np.random.default_rng(3)

    def pieces(distance: float, count: int) -> Numbers:
        near = np.exp(distance * random.standard_normal((count, 1)))
        pigment = np.exp(0.01 * random.standard_normal((count, 4)))
        light: Numbers = np.array([9e3, 4e3, 2e3, 1.5e4]) * near * pigment
        return light

    steady = pieces(0.01, 300) * [1.0, 1.1, 1.0, 1.0]
    raw = np.concatenate([pieces(0.5, 300), steady])
    sorter = ColourSorter.fit(raw, ["loose"] * 300 + ["steady"] * 300)
    far = pieces(0.5, 300)
    assert np.mean(sorter.sort_many(far) == "loose") >= 0.96


def test_drift_between_stretches_widens_what_is_accepted() -> None:
    random = np.random.default_rng(4)

    def session(shift: float) -> Numbers:
        noise = 0.01 * random.standard_normal((40, 3)) + shift
        light: Numbers = np.exp(np.array([9.0, 8.0, 7.0]) + noise)
        return light

    sessions = np.concatenate([session(shift) for shift in (0.0, 0.06, -0.05, 0.03, -0.08)])
    other = np.concatenate([session(shift) for shift in (0.02, 0.05, -0.06, 0.0, -0.04)]) * [
        1,
        2,
        1,
    ]
    sorter = ColourSorter.fit(np.concatenate([sessions, other]), ["a"] * 200 + ["b"] * 200)
    assert np.mean(sorter.sort_many(session(0.1)) == "a") >= 0.95


def test_one_and_many_say_the_same(sweets: ColourSorter) -> None:
    raw, _, strangers = fresh(EASY, 20)
    everything = np.concatenate([raw, strangers, DARK_HZ[None], np.zeros((1, 4))])
    assert [sweets.sort(one).label for one in everything] == sweets.sort_many(everything).tolist()


def test_what_is_said_of_one(sweets: ColourSorter) -> None:
    raw, labels, strangers = fresh(EASY, 10)
    answer = sweets.sort(RawColour(*raw[0].tolist()))
    assert isinstance(answer, Sorted)
    assert answer.label == labels[0] != answer.runner_up
    assert answer.runner_up in sweets.labels
    assert 0.9 < answer.confidence <= 1
    assert 0 < answer.distance < 6
    odd = sweets.sort(strangers[0])
    assert odd.label is None
    assert odd.runner_up in sweets.labels
    assert odd.confidence > 0.5
    assert odd.distance > answer.distance


def test_nothing_is_told_from_a_piece(sweets: ColourSorter) -> None:
    assert sweets.sort(DARK_HZ) == Sorted("nothing", 1.0, None, 0.0)
    brightest = sweets.raw.max(axis=0) - DARK_HZ
    assert sweets.sort(DARK_HZ + 0.019 * brightest).label == "nothing"
    assert sweets.sort(DARK_HZ + 0.03 * brightest).label != "nothing"
    without = ColourSorter.fit(sweets.raw, sweets.taught, DARK_HZ)
    assert without.empty is None
    assert without.sort(DARK_HZ).label != "nothing"


def test_empty_readings_that_scatter_are_all_empty() -> None:
    random = np.random.default_rng(5)
    raw, labels = taught(EASY, 10, random)
    belt = 0.3 * raw.max(axis=0)
    empties = belt * (1 + 0.05 * random.standard_normal((60, 1)))
    sorter = ColourSorter.fit(raw, labels, DARK_HZ, empties[:30])
    assert (sorter.sort_many(empties[30:]) == "nothing").all()


def test_a_piece_as_bright_as_the_belt_is_not_nothing(sweets: ColourSorter) -> None:
    green = sweets.raw[[one == "green" for one in sweets.taught]][0]
    grey = np.append(green[[1, 1, 1]], green[3])
    sorter = ColourSorter.fit(sweets.raw, sweets.taught, DARK_HZ, grey)
    assert sorter.sort(green).label == "green"


def test_the_same_class_taught_under_two_names_is_a_tie(sweets: ColourSorter) -> None:
    red = sweets.raw[:10]
    sorter = ColourSorter.fit(np.concatenate([red, red]), ["red"] * 10 + ["rot"] * 10, DARK_HZ)
    answer = sorter.sort(red[0])
    assert answer.label is None
    assert answer.runner_up in ("red", "rot")
    assert answer.confidence == pytest.approx(0.5, abs=0.05)
    assert sorter.sort_many(red).tolist() == [None] * 10
    (pair,) = sorter.too_close()
    assert pair.expected == pytest.approx(0.5)


def test_confidence_is_the_share_that_is_right() -> None:
    sure, right = [], []
    for seed in range(4):
        sorter = sorter_of(HARD, 15, seed=seed)
        raw, labels, _ = fresh(HARD, 60, seed + 300)
        for answer, truth in zip(map(sorter.sort, raw), labels, strict=True):
            if answer.label is not None:
                sure.append(answer.confidence)
                right.append(answer.label == truth)
    doubtful = np.array(sure) < 0.9
    assert np.mean(np.array(right)[~doubtful]) >= 0.98
    assert np.mean(np.array(right)[doubtful]) == pytest.approx(
        np.mean(np.array(sure)[doubtful]), abs=0.12
    )


def test_labels_are_in_the_order_they_were_taught(sweets: ColourSorter) -> None:
    assert sweets.labels == tuple(EASY.kinds)
    assert sweets.taught[0] == "red"
    assert len(sweets.taught) == len(sweets.raw) == 80
    again = ColourSorter.fit(sweets.raw, sweets.taught, sweets.dark, sweets.empty)
    raw, _, _ = fresh(EASY, 5)
    assert [again.sort(one) for one in raw] == [sweets.sort(one) for one in raw]


def test_one_class_alone_is_told_from_anything_else(sweets: ColourSorter) -> None:
    red = ColourSorter.fit(sweets.raw[:10], ["red"] * 10, DARK_HZ)
    answers = [red.sort(one) for one in fresh(EASY, 20)[0]]
    assert np.mean([one.label == "red" for one in answers[:20]]) >= 0.9
    assert np.mean([one.label is None for one in answers[20:]]) >= 0.95
    assert answers[0].runner_up is None
    assert answers[-1].runner_up == "red"
    assert red.too_close() == []


@pytest.mark.parametrize("each", [3, 10])
def test_readings_without_any_noise_are_no_trouble(each: int) -> None:
    colours = np.array([[9e3, 2e3, 1e3, 1.1e4], [2e3, 8e3, 2e3, 1.2e4]])
    sorter = ColourSorter.fit(np.repeat(colours, each, axis=0), ["red"] * each + ["green"] * each)
    assert sorter.sort(colours[0]).label == "red"
    assert sorter.sort(colours[1] * 1.003).label == "green"
    assert sorter.sort(colours.mean(axis=0)).label is None
    assert any("all the same" in advice for advice in sorter.advice())


def test_advice_names_what_is_missing() -> None:
    few = sorter_of(EASY, 4)
    assert "red: taught with 4 pieces; show 6 more" in few.advice()
    assert sorter_of(EASY, 10).advice() == ()
    raw, labels = taught(EASY, 10, np.random.default_rng(6))
    hidden = ColourSorter.fit(raw, labels, DARK_HZ, raw[labels.index("pink")])
    assert any("pink" in advice and "empty" in advice for advice in hidden.advice())


def test_the_confusion_counts_every_piece_once() -> None:
    sorter = sorter_of(HARD, 15)
    found = sorter.confusion()
    assert found.labels == sorter.labels
    assert found.counts.shape == (10, 11)
    assert found.counts.sum(axis=1).tolist() == [15] * 10
    assert 0.85 <= found.accuracy <= 1
    assert found.unknown <= 0.05
    easy = sorter_of(EASY, 10).confusion()
    assert easy.accuracy >= 0.97


def test_the_classes_that_are_mixed_up_are_named_worst_first() -> None:
    random = np.random.default_rng(8)

    def pieces(middle: list[float]) -> Numbers:
        light: Numbers = np.exp(np.array(middle) + 0.03 * random.standard_normal((40, 3)))
        return light

    raw = [pieces([9.0, 8.0, 7.0]), pieces([9.0, 8.05, 7.0]), pieces([7.0, 8.0, 9.0])]
    sorter = ColourSorter.fit(
        np.concatenate(raw), [label for label in ("rose", "pink", "blue") for _ in range(40)]
    )
    (pair,) = sorter.too_close()
    assert (pair.one, pair.other) == ("rose", "pink")
    assert 0.05 < pair.mixed_up < 0.5
    assert pair.expected == pytest.approx(0.2, abs=0.1)
    assert sorter_of(EASY, 10).too_close() == []
    hard = [max(pair.mixed_up, pair.expected) for pair in sorter_of(HARD, 15).too_close()]
    assert hard
    assert all(one >= other for one, other in pairwise(hard))


RED = [[9e3, 2e3, 1e3, 1.1e4]] * 3


@pytest.mark.parametrize(
    ("raw", "labels", "says"),
    [
        (RED[:2], ["red"] * 2, "2 of the 3"),
        (RED, ["red", "red", "rot"], "'red' was taught with 2"),
        (RED, ["red"] * 2, "2 labels"),
        (RED, "red", "one word for each"),
        (RED, 3, "one word for each"),
        (RED, ["nothing"] * 3, "empty place"),
        (RED, [None] * 3, "labels are words"),
        (RED, [" "] * 3, "labels are words"),
        (RED, ["a\nb"] * 3, "labels are words"),
        (RED, [1, 2, 3], "labels are words"),
        ([], [], "taught readings"),
        (np.empty((0, 4)), [], "at least three"),
        (RED[0], ["red"], "shape"),
        ([[1.0, 2.0]] * 3, ["red"] * 3, "taught readings"),
        ([[1.0, 2.0, 3.0, np.nan]] * 3, ["red"] * 3, "not finite"),
        ([[1.0, 2.0, 3.0], [1.0, 2.0], [1.0]], ["red"] * 3, "taught readings"),
        ([["a", "b", "c"]] * 3, ["red"] * 3, "real numbers"),
        ([[1e300] * 3] * 3, ["red"] * 3, "beyond"),
        ([[0.0, 0.0, 0.0]] * 3, ["red"] * 3, "brighter than dark"),
    ],
)
def test_what_cannot_be_taught_is_refused(raw: object, labels: object, says: str) -> None:
    with pytest.raises(CalibrationError, match=says):
        ColourSorter.fit(raw, labels)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("dark", "empty"),
    [
        ([1.0, 2.0, 3.0], None),
        ([1e5] * 4, None),
        ([np.nan] * 4, None),
        (np.empty((0, 4)), None),
        (None, [1.0, 2.0, 3.0]),
        (None, np.zeros((2, 2, 4))),
        (None, "nothing"),
    ],
)
def test_a_dark_or_an_empty_place_that_does_not_fit_is_refused(dark: object, empty: object) -> None:
    with pytest.raises(CalibrationError):
        ColourSorter.fit(RED, ["red"] * 3, dark, empty)  # type: ignore[arg-type]


def test_readings_that_do_not_fit_are_refused(sweets: ColourSorter) -> None:
    for raw in ([1.0, 2.0, 3.0], [[1.0, 2.0, 3.0, 4.0]], [np.inf] * 4, "red", None, [True] * 4):
        with pytest.raises(CalibrationError):
            sweets.sort(raw)  # type: ignore[arg-type]
    for several in ([1.0, 2.0, 3.0, 4.0], [[1.0, 2.0, 3.0]], [[np.nan] * 4], np.zeros((2, 2, 4))):
        with pytest.raises(CalibrationError):
            sweets.sort_many(several)
    assert sweets.sort_many(np.empty((0, 4))).shape == (0,)


def test_what_it_hands_out_is_not_what_it_works_with(sweets: ColourSorter) -> None:
    before = sweets.sort(sweets.raw[0])
    sweets.raw[:] = 0
    sweets.dark[:] = 1e6
    assert sweets.empty is not None
    sweets.empty[:] = 0
    assert sweets.sort(sweets.raw[0]) == before
