"""The file of a profile: nothing is lost, and nothing broken is believed."""

import json
import math
import re
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration import CalibrationError, ColourProfile, References
from calibration.documents.checksum import checksum
from calibration.profiles.profile_file import StoredProfile, read_profile, write_profile
from calibration.profiles.repeated_readings import MedianReading

if TYPE_CHECKING:
    from tests.calibration.conftest import ColorChecker


@pytest.fixture(scope="module")
def profile(colorchecker: "ColorChecker") -> ColourProfile:
    references = References.of(
        MedianReading(colorchecker.references.dark, (0.3, 0.2, 0.2, 0.5), 3, "20%"),
        MedianReading(colorchecker.references.white, (4.0, 3.0, 3.0, 9.0), 5, "20%"),
    )
    return ColourProfile.fit(references, colorchecker.raw, colorchecker.xyz)


@pytest.fixture
def file(profile: ColourProfile, tmp_path: Path) -> Path:
    path = tmp_path / "profile.json"
    profile.save(path)
    return path


def assert_same_to_the_last_bit(
    one: ColourProfile, other: ColourProfile, raw: np.typing.NDArray[np.float64]
) -> None:
    for method in ("xyz", "lab", "srgb"):
        assert getattr(one, method)(raw).tobytes() == getattr(other, method)(raw).tobytes()
    assert one.name(raw) == other.name(raw)
    assert one.residuals.tobytes() == other.residuals.tobytes()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"created": datetime(2026, 1, 1)}, "UTC"),
        ({"simulated": 1}, "simulated"),
        ({"simulated": np.True_}, "simulated"),
    ],
)
def test_what_could_not_be_loaded_is_not_saved(
    tmp_path: Path, profile: ColourProfile, changes: dict[str, Any], words: str
) -> None:
    path = tmp_path / "colours.json"
    with pytest.raises(CalibrationError, match=words):
        replace(profile, **changes).save(path)
    assert not path.exists()


def test_a_loaded_profile_is_the_saved_one(
    profile: ColourProfile, file: Path, colorchecker: "ColorChecker"
) -> None:
    loaded = ColourProfile.load(file)
    assert loaded == profile
    assert loaded.created == profile.created
    assert_same_to_the_last_bit(loaded, profile, colorchecker.raw)


def test_how_the_references_were_taken_comes_back(profile: ColourProfile, file: Path) -> None:
    loaded = ColourProfile.load(file)
    assert loaded.cards is not None
    assert profile.cards is not None
    for read, written in (
        (loaded.references, profile.references),
        (loaded.cards.references, profile.cards.references),
    ):
        assert asdict(read) == asdict(written)
        assert (read.scaling, read.dark_count, read.white_count) == ("20%", 3, 5)


def test_the_note_and_the_simulation_come_back(profile: ColourProfile, tmp_path: Path) -> None:
    note = "12 mm above the belt,\ncool white LED at 20 mA"
    stored = StoredProfile(
        profile.references, profile.correction, profile.cards, profile.created, True, note
    )
    write_profile(tmp_path / "noted.json", stored)
    assert read_profile(tmp_path / "noted.json") == stored
    with pytest.raises(CalibrationError, match="a note has at most"):
        write_profile(tmp_path / "noted.json", stored._replace(note="a\0b"))


def test_the_file_says_what_wrote_it(file: Path) -> None:
    document = json.loads(file.read_text(encoding="utf-8"))
    assert document["software"].startswith("storm-petrel")


def test_a_number_changed_by_hand_is_noticed(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    document = json.loads(text)
    document["references"]["white_hz"][1] *= 1.001
    file.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(CalibrationError, match="was changed by hand"):
        ColourProfile.load(file)


def test_a_note_may_be_written_by_hand(file: Path, profile: ColourProfile) -> None:
    text = file.read_text(encoding="utf-8")
    assert '"note": ""' in text
    file.write_text(text.replace('"note": ""', '"note": "the blue box"'), encoding="utf-8")
    assert ColourProfile.load(file) == profile
    assert read_profile(file).note == "the blue box"


def test_a_new_white_and_the_default_come_back_too(
    profile: ColourProfile, colorchecker: "ColorChecker", tmp_path: Path
) -> None:
    new_white = 1.07 * np.array(colorchecker.references.white)
    for kept in (profile.with_white(new_white), ColourProfile.default(colorchecker.references)):
        kept.save(tmp_path / "kept.json")
        loaded = ColourProfile.load(str(tmp_path / "kept.json"))
        assert loaded == kept
        assert_same_to_the_last_bit(loaded, kept, colorchecker.raw)


awkward = st.floats(1e-3, 1e6)


@settings(deadline=None)
@given(
    dark=st.tuples(awkward, awkward, awkward, awkward),
    span=st.tuples(awkward, awkward, awkward, awkward),
    share=st.floats(0.01, 1),
)
def test_awkward_numbers_come_back_to_the_last_bit(
    tmp_path_factory: pytest.TempPathFactory,
    dark: tuple[float, ...],
    span: tuple[float, ...],
    share: float,
) -> None:
    path = tmp_path_factory.getbasetemp() / "awkward.json"
    white = np.array(dark) + span
    one_card = ColourProfile.fit(References(dark, white, share), white, [0.1, 0.2, 0.3])
    one_card.save(path)
    loaded = ColourProfile.load(path)
    assert_same_to_the_last_bit(loaded, one_card, np.array([dark, white]))


def test_the_file_holds_all_that_a_refit_needs(file: Path, profile: ColourProfile) -> None:
    document = json.loads(file.read_text(encoding="utf-8"))
    assert document["format"] == "storm-petrel colour profile"
    assert document["version"] == 2
    created = datetime.fromisoformat(document["created"])
    assert created.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - created) < timedelta(minutes=5)
    cards = document["cards"]
    stored = cards["references"]
    references = References(stored["dark_hz"], stored["white_hz"], stored["white_reflectance"])
    assert ColourProfile.fit(references, cards["raw_hz"], cards["xyz"]) == profile
    assert cards["residuals_delta_e"] == profile.residuals.tolist()


def test_saving_leaves_one_file_and_replaces_the_old_one(
    profile: ColourProfile, file: Path
) -> None:
    file.write_text("what was here before", encoding="utf-8")
    profile.save(file)
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert ColourProfile.load(file) == profile


def test_a_file_that_cannot_be_written_leaves_nothing_behind(
    profile: ColourProfile, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for path in (tmp_path / "no such folder" / "p.json", folder, ""):
        with pytest.raises(CalibrationError, match="cannot write"):
            profile.save(path)
    assert list(tmp_path.iterdir()) == [folder]


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.json", tmp_path):
        with pytest.raises(CalibrationError, match="cannot read") as caught:
            ColourProfile.load(path)
        assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [b"", b"null", b"[1, 2]", b"\xff\xfe\x00", b'{"format": 1}', b"[" * 100_000, b"1" * 5000],
)
def test_what_is_not_a_profile_is_refused(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(CalibrationError, match=re.escape(file.name)):
        ColourProfile.load(file)


@settings(deadline=None)
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_truncated_file_is_refused(
    tmp_path_factory: pytest.TempPathFactory, colorchecker: "ColorChecker", share: float
) -> None:
    path = tmp_path_factory.getbasetemp() / "truncated.json"
    ColourProfile.default(colorchecker.references).save(path)
    content = path.read_bytes().rstrip()
    path.write_bytes(content[: math.floor(share * len(content))])
    with pytest.raises(CalibrationError, match=re.escape(path.name)):
        ColourProfile.load(path)


def change(*keys: str | int, to: Any) -> Callable[[Any], None]:
    def apply(document: Any) -> None:
        for key in keys[:-1]:
            document = document[key]
        document[keys[-1]] = to

    return apply


DEFECTS = {
    "neither true nor false": (change("simulated", to="no"), "simulated"),
    "a note of numbers": (change("note", to=12), "note"),
    "a note without end": (change("note", to="a" * 501), "note"),
    "a software of numbers": (change("software", to=1), "software"),
    "a spread of three": (change("references", "dark_spread_hz", to=[1, 1, 1]), "spread"),
    "a spread on one side": (change("references", "white_spread_hz", to=None), "spread"),
    "a negative spread": (change("references", "white_spread_hz", 0, to=-1), "spread"),
    "a spread above white": (change("references", "white_spread_hz", 0, to=1e6), "too dim in red"),
    "half a count": (change("references", "dark_count", to=2.5), "readings"),
    "a count of many": (change("references", "dark_count", to=10**400), "readings"),
    "an unknown scaling": (change("references", "scaling", to="3%"), "scaling"),
    "another format": (change("format", to="shopping list"), "not a storm-petrel"),
    "a newer version": (change("version", to=3), "update the program"),
    "no version": (change("version", to=None), "version"),
    "a version of zero": (change("version", to=0), "version"),
    "a version in words": (change("version", to="1"), "version"),
    "no date": (change("created", to="yesterday"), "created"),
    "a date without a zone": (change("created", to="2026-01-01T00:00:00"), "UTC"),
    "swapped channels": (change("channels", to=["blue", "green", "red", "clear"]), "channels"),
    "white not above dark": (change("references", "white_hz", 1, to=1.0), "green"),
    "white of three": (change("references", "white_hz", to=[9e3, 9e3, 9e3]), "references"),
    "dark in words": (change("references", "dark_hz", 0, to="dark"), "references"),
    "dark of nothing": (change("references", "dark_hz", to=None), "references"),
    "a white too white": (change("references", "white_reflectance", to=1.5), "white_reflectance"),
    "unknown terms": (change("correction", "terms", to=["red", "sqrt(red)", "blue"]), "terms|red"),
    "a term twice": (change("correction", "terms", to=["red", "red", "blue"]), "terms among"),
    "a term too few": (change("correction", "terms", to=["red", "green"]), "correction"),
    "terms by number": (change("correction", "terms", to=[1, 2, [3]]), "terms among"),
    "a matrix of two rows": (change("correction", "matrix", to=[[1, 0, 0]] * 2), "correction"),
    "a ragged matrix": (change("correction", "matrix", 1, to=[1, 2]), "correction"),
    "a changed coefficient": (change("correction", "matrix", 0, 0, to=0.9), "white"),
    "wild coefficients": (change("correction", "matrix", 0, to=[1e9, -1e9, 0.95]), "correction"),
    "a lost card colour": (change("cards", "xyz", to=[[0.1, 0.2, 0.3]]), "cards"),
    "a card of three": (change("cards", "raw_hz", 5, to=[1, 2, 3]), "cards"),
    "lost residuals": (change("cards", "residuals_delta_e", to=[]), "residuals"),
    "cards in words": (change("cards", to="none"), "cards"),
    "NaN": (change("references", "dark_hz", 0, to=math.nan), "NaN"),
    "infinity": (change("cards", "residuals_delta_e", 3, to=math.inf), "Infinity"),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_each_defect_is_refused_with_its_place(file: Path, defect: str) -> None:
    apply, words = DEFECTS[defect]
    document = json.loads(file.read_text(encoding="utf-8"))
    apply(document)
    file.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(CalibrationError, match=words) as caught:
        ColourProfile.load(file)
    assert str(file) in str(caught.value)


def paths_of_keys(document: Any, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    if not isinstance(document, dict):
        return []
    here = [(*above, key) for key in document]
    return here + [path for key in document for path in paths_of_keys(document[key], (*above, key))]


# The target is told for people; nobody reads it back, and the seal notices that it is gone. A note
# may be taken out by whoever put it there.
FREE = {"target", "note"}


def test_every_missing_entry_is_refused(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    paths = [path for path in paths_of_keys(json.loads(text)) if path[-1] not in FREE]
    assert len(paths) >= 30
    for path in paths:
        document = json.loads(text)
        entry = document
        for key in path[:-1]:
            entry = entry[key]
        del entry[path[-1]]
        file.write_text(json.dumps(document), encoding="utf-8")
        with pytest.raises(CalibrationError, match=path[-1] if path[-1] != "format" else "not a"):
            ColourProfile.load(file)


def test_a_number_too_large_for_a_float_is_refused(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"white_reflectance": 0.9', '"white_reflectance": 1e999', 1))
    with pytest.raises(CalibrationError, match="1e999"):
        ColourProfile.load(file)


def places(document: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every entry of a document, down to the single numbers."""
    inner = (
        list(document.items())
        if isinstance(document, dict)
        else list(enumerate(document))
        if isinstance(document, list)
        else []
    )
    here = [(*above, key) for key, _ in inner]
    return here + [path for key, value in inner for path in places(value, (*above, key))]


numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.just(10**400)
json_values = st.recursive(
    st.none() | st.booleans() | numbers | st.text(max_size=8) | st.just("\ud800"),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.lists(numbers, min_size=3, max_size=4)
        | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=12,
)


@settings(deadline=None, max_examples=400)
@given(data=st.data())
@pytest.mark.long("400 damaged files")
def test_whatever_is_changed_is_refused_or_answers_finitely(
    tmp_path_factory: pytest.TempPathFactory, profile: ColourProfile, data: st.DataObject
) -> None:
    path = tmp_path_factory.getbasetemp() / "changed.json"
    profile.save(path)
    document = json.loads(path.read_text(encoding="utf-8"))
    for _ in range(data.draw(st.integers(1, 3), label="changes")):
        *above, key = data.draw(st.sampled_from(places(document)), label="place")
        entry = document
        for step in above:
            entry = entry[step]
        if data.draw(st.booleans(), label="scaled") and isinstance(entry[key], float):
            entry[key] *= data.draw(st.floats(-1e3, 1e3))
        else:
            entry[key] = data.draw(json_values, label="value")
    if data.draw(st.booleans(), label="sealed again"):
        document["checksum"] = checksum(document, ("note",))
    path.write_text(json.dumps(document), encoding="utf-8")
    try:
        profile = ColourProfile.load(path)
    except CalibrationError:
        return
    assert np.isfinite(profile.residuals).all()
    references = profile.references
    for raw in (references.dark, references.white, np.mean([references.dark, references.white], 0)):
        assert np.isfinite([*profile.xyz(raw), *profile.lab(raw), *profile.srgb(raw)]).all()
        assert np.isfinite(profile.name(list(raw)).delta_e)
