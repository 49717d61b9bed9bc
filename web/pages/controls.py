"""The routes that change the alarm and the clock, which need the token, and play a drill."""

from collections.abc import Callable
from typing import Any, NamedTuple

from flask import Blueprint, request
from werkzeug.exceptions import Conflict, ServiceUnavailable

from ..alarm.drill import DrillError, DrillReport
from ..alarm.state import AlarmState
from ..history.clock_trust import EARLIEST_MS, LATEST_MS, ClockTrust
from .request_parsing import JsonBody
from .security.access import check_token, token_name
from .security.tokens import Tokens


class Controls(NamedTuple):
    """What the routes do. uptime: the clock of the alarm's moments.

    acknowledge, silence: take the name of the token.

    set_clock: takes Unix milliseconds; None for a record, which has its own time. start_drill:
    raises DrillError.
    """

    acknowledge: Callable[[str], AlarmState]
    silence: Callable[[str], AlarmState]
    uptime: Callable[[], float]
    set_clock: Callable[[int], ClockTrust] | None
    start_drill: Callable[[], None]
    drill_report: Callable[[], DrillReport]


def control_routes(tokens: Tokens, does: Controls) -> Blueprint:
    """Return the routes."""
    controls = Blueprint("controls", __name__, url_prefix="/api")
    controls.before_request(lambda: check_token(tokens) if request.method == "POST" else None)

    @controls.post("/alarm/acknowledge")
    def acknowledge() -> dict[str, Any]:
        return alarm_fields(does.acknowledge(token_name()), does.uptime())

    @controls.post("/alarm/silence")
    def silence() -> dict[str, Any]:
        return alarm_fields(does.silence(token_name()), does.uptime())

    @controls.post("/alarm/drill")
    def start_drill() -> tuple[dict[str, Any], dict[str, str]]:
        try:
            does.start_drill()
        except DrillError as error:
            raise Conflict(str(error)) from error
        return drill_report()

    @controls.get("/alarm/drill")
    def drill_report() -> tuple[dict[str, Any], dict[str, str]]:
        return does.drill_report().json_fields(), {"Cache-Control": "no-store"}

    @controls.post("/clock")
    def clock() -> dict[str, Any]:
        unix_ms = JsonBody("unix_ms").number("unix_ms", -1.0, EARLIEST_MS, LATEST_MS)
        if does.set_clock is None:
            raise Conflict("A record that is played has its own time.")
        try:
            trust = does.set_clock(round(unix_ms))
        except TimeoutError as error:
            raise ServiceUnavailable(f"The clock is not set: {error}.") from error
        if trust > ClockTrust.PHONE:
            raise Conflict(
                "The Pi's clock is set by the network or by GPS already: that is better."
            )
        return {"clock": trust.name.lower()}

    return controls


def alarm_fields(state: AlarmState, now: float) -> dict[str, Any]:
    """Return the state of the alarm as the fields of a JSON answer. drill: a signal, or ""."""
    state = state.after_time(now)
    signal, for_s = state.signal(now), state.acknowledged_for_s(now)
    return {
        "level": state.level.word,
        "sounding": signal is not None,
        "signal": signal.value if signal else None,
        "drill": state.drill.value if state.drill else "",
        "no_data": state.no_data,
        "no_data_acknowledged": state.no_data_acknowledged,
        "acknowledged": state.acknowledged.word,
        "acknowledged_for_s": None if for_s is None else round(for_s, 1),
        "silent_for_s": round(state.silent_for_s(now), 1),
        "sounds_from": state.sounds_from.word,
    }
