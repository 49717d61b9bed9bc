"""The answers of the colour page as JSON: what changes all the time, and the lesson."""

from typing import Any

import numpy as np

from calibration import ColourProfile, ColourSorter, NamedColour
from calibration.colorimetry.arrays import CHANNEL_NAMES, Channels
from calibration.colorimetry.css import css_hex
from calibration.colorimetry.spaces import xyz_to_srgb
from calibration.teaching import ENOUGH_PIECES, FEWEST_PIECES

from .lesson import Lesson
from .sensor_port import Reading
from .teaching_session import TeachingSession

# To be tapped instead of typed.
_READY_MADE = (
    *("red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "white", "black"),
    *("grey", "type 1", "type 2", "type 3", "type 4"),
)


def live_document(session: TeachingSession) -> dict[str, Any]:
    """Return the newest reading, its meaning, and the job under way."""
    view, progress = session.newest(), session.progress
    job = {"what": view.what, "taken": view.progress, "wanted": view.wanted}
    newest = None
    if view.reading is not None:
        newest = _newest(view.reading, progress.lesson) | {"age_s": round(view.age_s, 1)}
    return {
        "simulated": session.sensor.simulated,
        "lies_there": session.sensor.lies_there if session.sensor.simulated else None,
        "seen": newest,
        "fault": view.fault,
        "errand": job if view.what else None,
        "notice": progress.notice._asdict(),
        "undo": progress.undo,
        "lesson": progress.version,
    }


def lesson_document(session: TeachingSession) -> dict[str, Any]:
    """Return the lesson; the page asks for it when its version has changed."""
    progress = session.progress
    lesson = progress.lesson
    return {
        "version": progress.version,
        "simulated": session.sensor.simulated,
        "surfaces": [surface.name for surface in session.surfaces]
        if session.sensor.simulated
        else [],
        "references": _references(lesson),
        "cards": _cards(session, lesson),
        "classes": _classes(lesson),
    }


def _newest(reading: Reading, lesson: Lesson) -> dict[str, Any]:
    raw, profile = reading.raw, lesson.profile
    doubts = list(profile.doubts(raw)) if profile else []
    if reading.lost:
        doubts.append(f"{reading.lost} edges were lost and counted in")
    return {
        "hz": _by_channel(raw),
        "uncertainty_hz": _by_channel(reading.uncertainty_hz),
        "share_of_white": _share_of_white(lesson, raw),
        "colour": _colour(profile, raw) if profile else None,
        "doubts": doubts,
        "sorted": _sorted(lesson.sorter, raw),
    }


def _colour(profile: ColourProfile, raw: Channels) -> dict[str, Any]:
    named: NamedColour = profile.name(raw)
    return {
        "hex": css_hex(profile.srgb(raw)),
        "word": named.word,
        "words": named.words,
        "long_name": named.long_name,
        "confidence": round(named.confidence, 3),
        "runner_up": named.runner_up,
    }


def _sorted(sorter: ColourSorter | None, raw: Channels) -> dict[str, Any] | None:
    if sorter is None:
        return None
    result = sorter.sort(raw)
    return {
        "label": result.label,
        "confidence": round(result.confidence, 3),
        "runner_up": result.runner_up,
        "distance": round(result.distance, 2),
    }


def _share_of_white(lesson: Lesson, raw: Channels) -> dict[str, float] | None:
    if lesson.references is None:
        return None
    shares = lesson.references.reflectance(raw) / lesson.references.white_reflectance
    return {name: round(float(share), 3) for name, share in zip(CHANNEL_NAMES, shares, strict=True)}


def _references(lesson: Lesson) -> dict[str, Any]:
    references = lesson.references
    return {
        "dark_hz": _by_channel(references.dark) if references else None,
        "white_hz": _by_channel(references.white) if references else None,
        "white_reflectance": lesson.white_reflectance,
        "waits_for_white": lesson.dark is not None,
    }


def _cards(session: TeachingSession, lesson: Lesson) -> dict[str, Any]:
    shown = {card.name: card for card in lesson.cards}
    offered = [(surface.name, surface.xyz) for surface in session.surfaces]
    strange = [(card.name, card.xyz) for card in lesson.cards if card.name not in dict(offered)]
    off, mean, worst = _left_out(lesson)
    rows = [
        {
            "name": name,
            "hex": css_hex(xyz_to_srgb(np.array(xyz))),
            "seen_hex": _hex_of_card(lesson, shown[name].raw) if name in shown else None,
            "delta_e": off.get(name),
        }
        for name, xyz in offered + strange
    ]
    return {
        "rows": rows,
        "count": len(lesson.cards),
        "mean_delta_e": mean,
        "worst": worst,
        "is_saved": lesson.is_saved,
        "begins_anew": bool(lesson.cards) and lesson.card_references != lesson.references,
    }


def _left_out(lesson: Lesson) -> tuple[dict[str, float], float | None, str | None]:
    """Return how far each card is off in a fit of the others; the mean; the worst card."""
    if lesson.profile is None or len(lesson.cards) < 2:
        return {}, None, None
    left_out = lesson.profile.left_out()
    off = {
        card.name: round(float(delta_e), 1)
        for card, delta_e in zip(lesson.cards, left_out.delta_e, strict=True)
    }
    return off, round(left_out.mean, 2), lesson.cards[left_out.worst_card].name


def _classes(lesson: Lesson) -> dict[str, Any]:
    counts = lesson.counts
    rows = [
        {"label": label, "count": counts[label], "hex": _hex_of_class(lesson, label)}
        for label in lesson.labels
    ]
    used = {label.casefold() for label in lesson.labels}
    return {
        "rows": rows,
        "fewest": FEWEST_PIECES,
        "enough": ENOUGH_PIECES,
        "ready_made": [name for name in _READY_MADE if name not in used],
        "newest": lesson.pieces[-1].label if lesson.pieces else "",
        "empty_is_taken": lesson.empty is not None,
        **_examined(lesson.sorter),
    }


def _examined(sorter: ColourSorter | None) -> dict[str, Any]:
    if sorter is None:
        return {"confusion": None, "too_close": []}
    confusion = sorter.confusion()
    return {
        "confusion": {
            "labels": list(confusion.labels),
            "counts": confusion.counts.tolist(),
            "accuracy": round(confusion.accuracy, 4),
        },
        "too_close": [pair._asdict() for pair in sorter.too_close()],
    }


def _hex_of_card(lesson: Lesson, raw: Channels) -> str | None:
    """Return the measured colour of a card, under the references it was read with."""
    if lesson.profile is None or lesson.card_references is None:
        return None
    reflectance = lesson.card_references.reflectance(raw)
    xyz = lesson.profile.correction.xyz(reflectance)
    return str(css_hex(xyz_to_srgb(xyz)))


def _hex_of_class(lesson: Lesson, label: str) -> str | None:
    readings = [piece.raw for piece in lesson.pieces if piece.label == label]
    if lesson.profile is None or not readings:
        return None
    return str(css_hex(lesson.profile.srgb(np.median(readings, axis=0))))


def _by_channel(numbers: Channels) -> dict[str, float]:
    return {name: round(number, 2) for name, number in zip(CHANNEL_NAMES, numbers, strict=True)}
