"""The page of settings, and its routes: to look at for everybody, to change with the token."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from flask import Blueprint, render_template
from werkzeug.exceptions import BadRequest, Conflict

from calibration.errors import CalibrationError
from calibration.pressure.comparison import Comparison, Reference, compare
from calibration.pressure.offset import PressureOffset, ReferenceKind
from calibration.pressure.sea_level import HEIGHTS_M
from sensors.errors import ConfigError

from ..history.database import HistoryError
from ..history.recent import check_age, last_samples
from ..weather import StormLevel
from .json_body import JsonBody
from .security.access import check_token
from .security.token import Token
from .settings_file import SETTABLE, Settings

_MINUTES = 10
_KINDS = tuple(kind.value for kind in ReferenceKind)
_KEYS = tuple(key for keys in SETTABLE.values() for key in keys)


class Barometer(NamedTuple):
    """The barometer whose offset can be set.

    history: where its samples are. now: tells the time (Unix seconds). serial: tells the sensor
    from others, empty where that is not known. simulated: whether it is the twin.
    """

    history: Path
    now: Callable[[], float]
    serial: Callable[[], str]
    simulated: bool = False


def settings_routes(
    settings: Settings, barometer: Barometer, token: Token, changed: Callable[[], None]
) -> Blueprint:
    """Return the routes. changed: called after each change, with what holds then in settings."""
    routes = Blueprint("settings", __name__)

    @routes.get("/settings")
    def page() -> str:
        offset = settings.current.offset
        return render_template(
            "settings.html",
            values=settings.values,
            kept=settings.kept_keys,
            offset=offset.words() if offset else "",
            simulated=barometer.simulated,
            raised=[(level.word, level.word) for level in StormLevel if level],
        )

    @routes.get("/api/settings")
    def shown() -> dict[str, Any]:
        return {**settings.values, "set_here": settings.kept_keys}

    @routes.post("/api/settings")
    def change() -> dict[str, Any]:
        check_token(token)
        _keep(settings, JsonBody(*_KEYS).values)
        changed()
        return shown()

    @routes.post("/api/offset")
    def correct() -> dict[str, Any]:
        check_token(token)
        reference = _reference(JsonBody("reference_hpa", "kind", "who", "height_m", "outdoor_c"))
        _correct(settings, _compared(barometer, reference).offset)
        changed()
        return _offset_fields(settings)

    @routes.post("/api/offset/forget")
    def forget() -> dict[str, Any]:
        check_token(token)
        JsonBody()
        _correct(settings, None)
        changed()
        return _offset_fields(settings)

    return routes


def _reference(body: JsonBody) -> Reference:
    kind = body.text("kind")
    if kind not in _KINDS:
        raise BadRequest(f"kind = {kind[:40]!r}: give one of {', '.join(_KINDS)}")
    outdoor = "outdoor_c" in body.values
    try:
        return Reference(
            body.number("reference_hpa", -1.0, 0.0, 2000.0),
            ReferenceKind(kind),
            body.text("who").strip(),
            body.number("height_m", 0.0, *HEIGHTS_M),
            body.number("outdoor_c", 0.0, -90.0, 60.0) if outdoor else None,
        )
    except CalibrationError as error:
        raise BadRequest(str(error)) from error


def _compared(barometer: Barometer, reference: Reference) -> Comparison:
    try:
        samples = last_samples(barometer.history, _MINUTES * 60.0)
        check_age(samples, barometer.now())
        return compare(samples, reference, barometer.serial())
    except (CalibrationError, HistoryError) as error:
        raise Conflict(str(error)) from error


def _keep(settings: Settings, values: Mapping[str, Any]) -> None:
    try:
        settings.keep(values)
    except ConfigError as error:
        raise BadRequest(str(error)) from error
    except CalibrationError as error:
        raise Conflict(str(error)) from error


def _correct(settings: Settings, offset: PressureOffset | None) -> None:
    try:
        settings.correct(offset)
    except CalibrationError as error:
        raise Conflict(str(error)) from error


def _offset_fields(settings: Settings) -> dict[str, Any]:
    offset = settings.current.offset
    return {
        "offset_hpa": offset.offset_hpa if offset else 0.0,
        "words": offset.words() if offset else "",
    }
