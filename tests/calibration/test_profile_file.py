"""The file of a profile: nothing is lost, and nothing broken is believed."""

import json
import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration import CalibrationError, ColourProfile, References

if TYPE_CHECKING:
    from tests.calibration.conftest import ColorChecker


@pytest.fixture
def profile(colorchecker: "ColorChecker") -> ColourProfile:
    return ColourProfile.fit(colorchecker.references, colorchecker.raw, colorchecker.xyz)


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


def test_a_loaded_profile_is_the_saved_one(
    profile: ColourProfile, file: Path, colorchecker: "ColorChecker"
) -> None:
    loaded = ColourProfile.load(file)
    assert loaded == profile
    assert loaded.created == profile.created
    assert_same_to_the_last_bit(loaded, profile, colorchecker.raw)


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
    assert document["version"] == 1
    created = datetime.fromisoformat(document["created"])
    assert created.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - created) < timedelta(minutes=5)
    cards = document["cards"]
    held = cards["references"]
    references = References(held["dark_hz"], held["white_hz"], held["white_reflectance"])
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
    "another format": (change("format", to="shopping list"), "not a storm-petrel"),
    "a newer version": (change("version", to=2), "update the program"),
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
    apply, told = DEFECTS[defect]
    document = json.loads(file.read_text(encoding="utf-8"))
    apply(document)
    file.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(CalibrationError, match=told) as caught:
        ColourProfile.load(file)
    assert str(file) in str(caught.value)


def paths_of_keys(document: Any, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    if not isinstance(document, dict):
        return []
    here = [(*above, key) for key in document]
    return here + [path for key in document for path in paths_of_keys(document[key], (*above, key))]


def test_every_missing_entry_is_refused(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    paths = [path for path in paths_of_keys(json.loads(text)) if path[-1] != "target"]
    assert len(paths) >= 15
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
