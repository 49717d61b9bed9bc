"""Files of profiles, sorters and offsets as hands and failing cards leave them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from random import Random

import numpy as np
from fuzzing.target import Shape, Target, check

from calibration import CalibrationError, ColourProfile, ColourSorter
from calibration.documents.checksum import checksum
from calibration.pressure.offset import PressureOffset, ReferenceKind
from calibration.profiles.references import References

_RAW = ((2000.0, 1500.0, 1000.0, 5000.0), (0.0, 0.0, 0.0, 0.0), (9e3, 9e3, 9e3, 3e4), (1e5,) * 4)
_DARK, _WHITE = (20.0, 15.0, 18.0, 60.0), (8000.0, 7000.0, 7500.0, 23000.0)
_XYZ = ((0.2, 0.12, 0.03), (0.1, 0.2, 0.07), (0.18, 0.16, 0.5), (0.6, 0.62, 0.65))


def profile(folder: Path) -> Target:
    """A colour profile, sealed anew so that its numbers are looked at; and what it then says."""
    file = folder / "colours.json"

    def feed(data: bytes) -> None:
        file.write_bytes(_sealed(data, ("note",)))
        loaded = ColourProfile.load(file)
        for raw in _RAW:
            try:
                named = loaded.name(raw)
                numbers = [named.delta_e, named.confidence, *loaded.lab(raw), *loaded.srgb(raw)]
            except CalibrationError:
                continue
            check(bool(np.isfinite(numbers).all()), f"{raw} is {numbers}")
            check(0 <= named.confidence <= 1, f"{named}")
            loaded.doubts(raw)
        loaded.save(file)
        check(ColourProfile.load(file) == loaded, "what was saved reads as another profile")

    references = References(_DARK, _WHITE)
    raw = [[d + share * (w - d) for d, w in zip(_DARK, _WHITE, strict=True)] for share in _SHARES]
    made = [ColourProfile.default(references), ColourProfile.fit(references, raw, _XYZ, note="LED")]
    return Target(feed, _saved(file, made), (CalibrationError,), Shape.JSON)


_SHARES = (0.1, 0.2, 0.35, 0.8)


def sorter(folder: Path) -> Target:
    """A sorter, sealed anew; and what it then sorts."""
    file = folder / "sorter.json"

    def feed(data: bytes) -> None:
        file.write_bytes(_sealed(data, ()))
        loaded = ColourSorter.load(file)
        for raw in _RAW:
            try:
                found = loaded.sort(raw[: loaded.raw.shape[1]])
            except CalibrationError:
                continue
            check(isfinite(found.distance) and 0 <= found.confidence <= 1, f"{raw} is {found}")

    chance = Random(1)
    made = []
    for channels, empty in ((4, _DARK), (3, None)):
        raw, labels = [], []
        for label, hz in (("red", _RAW[0]), ("green", (900.0, 1700.0, 1100.0, 4000.0))):
            for _ in range(6):
                near = chance.uniform(0.7, 1.3)
                raw.append([one * near * chance.gauss(1, 0.02) for one in hz[:channels]])
                labels.append(label)
        place = None if empty is None else [[one + 30 for one in empty]] * 3
        made.append(ColourSorter.fit(raw, labels, [list(_DARK[:channels])], place))
    return Target(feed, _saved(file, made), (CalibrationError,), Shape.JSON)


def offset(folder: Path) -> Target:
    """The offset of a barometer."""
    file = folder / "offset.json"

    def feed(data: bytes) -> None:
        file.write_bytes(data)
        loaded = PressureOffset.load(file)
        check(abs(loaded.offset_hpa) <= 10, f"{loaded}")
        check(loaded.words().isprintable(), f"{loaded.words()!r}")
        loaded.is_due(datetime(2026, 11, 28, tzinfo=UTC))

    when = datetime(2026, 10, 3, tzinfo=UTC)
    made = [PressureOffset(-0.8, when, "Horta", ReferenceKind.QNH, 12.0, "12ab34cd")]
    return Target(feed, _saved(file, made), (CalibrationError,), Shape.JSON)


def _saved(
    file: Path, made: "list[ColourProfile] | list[ColourSorter] | list[PressureOffset]"
) -> tuple[bytes, ...]:
    found = []
    for one in made:
        one.save(file)
        found.append(file.read_bytes())
    return tuple(found)


def _sealed(data: bytes, remarks: tuple[str, ...]) -> bytes:
    try:
        document = json.loads(data)
        if isinstance(document, dict) and "checksum" in document:
            document["checksum"] = checksum(document, remarks)
            return json.dumps(document).encode()
    except (ValueError, RecursionError, OverflowError):
        pass
    return data


TARGETS: dict[str, Callable[[Path], Target]] = {
    "profile": profile,
    "sorter": sorter,
    "offset": offset,
}
