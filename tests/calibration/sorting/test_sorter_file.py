"""The file of a sorter: the same answers to the last bit, and nothing else is believed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sweets import DARK_HZ, EASY, Numbers, taught

from calibration import CalibrationError, ColourSorter
from calibration.documents.checksum import checksum

Document = dict[str, Any]


def sweets(channels: int = 4, each: int = 5) -> tuple[ColourSorter, Numbers]:
    """A sorter, and readings to ask it about."""
    random = np.random.default_rng(7)
    raw, labels = taught(EASY, each, random)
    dark = DARK_HZ[:channels]
    sorter = ColourSorter.fit(raw[:, :channels], labels, dark, [dark, dark + 1], simulated=True)
    readings = np.concatenate([taught(EASY, 40, random)[0], random.uniform(0, 1e5, (100, 4))])
    return sorter, np.concatenate([readings[:, :channels], dark[None]])


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("sorter") / "sorter.json"
    sweets()[0].save(path)
    return path.read_text(encoding="utf-8")


def loaded(path: Path, document: Document, *, sealed: bool = True) -> ColourSorter:
    """What comes of a document changed by hand; sealed: by somebody who renewed the checksum."""
    if sealed and "checksum" in document:
        document["checksum"] = checksum(document)
    path.write_text(json.dumps(document), encoding="utf-8")
    return ColourSorter.load(path)


@pytest.mark.parametrize("channels", [3, 4])
def test_the_answers_are_the_same_to_the_last_bit(tmp_path: Path, channels: int) -> None:
    sorter, readings = sweets(channels)
    sorter.save(tmp_path / "sorter.json")
    again = ColourSorter.load(tmp_path / "sorter.json")
    assert [again.sort(raw) for raw in readings] == [sorter.sort(raw) for raw in readings]
    assert again.sort_many(readings).tolist() == sorter.sort_many(readings).tolist()
    assert again.labels == sorter.labels
    assert again.taught == sorter.taught
    assert (again.raw == sorter.raw).all()
    assert (again.dark == sorter.dark).all()
    assert sorter.empty is not None
    assert again.empty is not None
    assert (again.empty == sorter.empty).all()
    assert again.simulated
    assert again.created == sorter.created
    assert (again.confusion().counts == sorter.confusion().counts).all()
    assert again.too_close() == sorter.too_close()
    assert again.advice() == sorter.advice()


def test_a_file_saved_again_is_the_same_file(tmp_path: Path, document: str) -> None:
    one, other = tmp_path / "one.json", tmp_path / "other.json"
    one.write_text(document, encoding="utf-8")
    ColourSorter.load(one).save(other)
    assert other.read_text(encoding="utf-8") == document


def test_a_sorter_without_dark_and_empty_is_kept_too(tmp_path: Path) -> None:
    raw, labels = taught(EASY, 3, np.random.default_rng(8))
    sorter = ColourSorter.fit(raw, labels)
    sorter.save(tmp_path / "sorter.json")
    again = ColourSorter.load(tmp_path / "sorter.json")
    assert again.empty is None
    assert again.sort(raw[4]) == sorter.sort(raw[4])
    assert not again.simulated


def learned(document: Document) -> Document:
    first: Document = document["learned"]["classes"][0]
    return first


CHANGES: dict[str, Callable[[Document], Any]] = {
    "another format": lambda d: d.update(format="storm-petrel colour profile"),
    "a newer version": lambda d: d.update(version=2),
    "no version": lambda d: d.update(version=0),
    "a version in words": lambda d: d.update(version="1"),
    "no channels": lambda d: d.pop("channels"),
    "another order of channels": lambda d: d["channels"].reverse(),
    "three of four channels": lambda d: d["channels"].pop(),
    "no time": lambda d: d.update(created="yesterday"),
    "maybe simulated": lambda d: d.update(simulated="maybe"),
    "dark too short": lambda d: d["dark_hz"].pop(),
    "dark brighter than all": lambda d: d.update(dark_hz=[1e6] * 4),
    "empty in words": lambda d: d.update(empty_hz="grey"),
    "empty without readings": lambda d: d.update(empty_hz=[]),
    "no readings": lambda d: d["taught"].update(raw_hz=[]),
    "a reading fewer": lambda d: d["taught"]["raw_hz"].pop(),
    "a reading of three": lambda d: d["taught"]["raw_hz"][3].pop(),
    "a reading in words": lambda d: d["taught"]["raw_hz"][3].__setitem__(0, "bright"),
    "a reading that is huge": lambda d: d["taught"]["raw_hz"][3].__setitem__(0, 10**400),
    "a reading of another piece": lambda d: d["taught"]["raw_hz"][3].__setitem__(0, 5e4),
    "a label fewer": lambda d: d["taught"]["labels"].pop(),
    "a label None": lambda d: d["taught"]["labels"].__setitem__(0, None),
    "a label nothing": lambda d: d["taught"].update(labels=["nothing"] * 40),
    "a label misspelled": lambda d: d["taught"]["labels"].__setitem__(0, "redd"),
    "nothing learned": lambda d: d.pop("learned"),
    "a class fewer": lambda d: d["learned"]["classes"].pop(),
    "classes in words": lambda d: d["learned"].update(classes="red, green"),
    "classes in another order": lambda d: d["learned"]["classes"].reverse(),
    "another mean": lambda d: learned(d)["mean"].__setitem__(0, 3.0),
    "a mean of three": lambda d: learned(d)["mean"].pop(),
    "a whitening of three": lambda d: learned(d)["whitening"].pop(),
    "a whitening that is none": lambda d: learned(d)["whitening"][0].__setitem__(0, 0.0),
    "a whitening that turns round": lambda d: learned(d)["whitening"][0].__setitem__(0, -1.0),
    "a whitening beyond its triangle": lambda d: learned(d)["whitening"][0].__setitem__(1, 1.0),
    "no freedom": lambda d: learned(d).update(freedom=0),
    "freedom is true": lambda d: learned(d).update(freedom=True),
    "no tail": lambda d: d["learned"].update(tail=0),
    "all is tail": lambda d: d["learned"].update(tail=1.5),
    "no belief": lambda d: d["learned"].update(belief=None),
    "a worth below zero": lambda d: d["learned"].update(pooled_worth=-3),
}


@pytest.mark.parametrize("change", CHANGES)
def test_nonsense_written_by_hand_is_refused(tmp_path: Path, document: str, change: str) -> None:
    changed = json.loads(document)
    CHANGES[change](changed)
    with pytest.raises(CalibrationError, match=r"sorter\.json"):
        loaded(tmp_path / "sorter.json", changed)


def test_a_change_that_makes_sense_is_noticed_all_the_same(tmp_path: Path, document: str) -> None:
    changed = json.loads(document)
    changed["learned"]["tail"] = 0.04
    with pytest.raises(CalibrationError, match="changed by hand"):
        loaded(tmp_path / "sorter.json", changed, sealed=False)
    assert loaded(tmp_path / "sorter.json", changed).labels == tuple(EASY.kinds)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.floats(0, 0.999))
def test_a_file_cut_short_is_refused(tmp_path: Path, document: str, share: float) -> None:
    path = tmp_path / "sorter.json"
    path.write_text(document[: int(share * (len(document) - 2))], encoding="utf-8")
    with pytest.raises(CalibrationError, match=r"sorter\.json"):
        ColourSorter.load(path)


@pytest.mark.parametrize(
    "text", ["", "[]", "null", "{}", "\x00" * 9, '{"format": NaN}', "[" * 9999]
)
def test_another_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "sorter.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CalibrationError, match=r"sorter\.json"):
        ColourSorter.load(path)


@pytest.mark.long("changes every entry of a file")
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_entry_changed_gives_an_error_or_a_finite_answer(
    tmp_path: Path, document: str, data: st.DataObject
) -> None:
    changed = json.loads(document)
    place: Any = changed
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.booleans()):
            break
        place = place[key]
    place[key] = data.draw(
        st.none()
        | st.booleans()
        | st.integers(-5, 5)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=3)
        | st.lists(st.integers(0, 3), max_size=4)
    )
    try:
        sorter = loaded(tmp_path / "sorter.json", changed)
    except CalibrationError:
        return
    answer = sorter.sort(sorter.raw[0])
    assert np.isfinite([answer.confidence, answer.distance]).all()


def test_a_folder_that_is_missing_is_an_error_with_advice(tmp_path: Path) -> None:
    with pytest.raises(CalibrationError, match="folder"):
        sweets()[0].save(tmp_path / "no" / "sorter.json")
    with pytest.raises(CalibrationError, match="teach"):
        ColourSorter.load(tmp_path / "none.json")
