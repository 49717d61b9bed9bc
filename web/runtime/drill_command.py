"""`--drill`: plays a drill in the program that runs, else in one of its own, and lists the ways."""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from ..alarm.drill import DrillError
from ..history.connection import is_being_written
from ..pages.security.token import token_of
from ..recorder.pacing import RecordPace
from ..system.http_post import HttpStatusError, http_post, http_request
from .paths import token_path
from .program import Plan, recording

_ASK_S = 1.0
_TIMEOUT_S = 10.0
_LOST_S = 20.0

_Fields = Mapping[str, Any]


def play_drill(plan: Plan, host: str, port: int) -> None:
    """Play a drill, and print its progress and its list.

    host, port: where the program that runs has its page. Raises DrillError if not every way that is
    configured answered.
    """
    if is_being_written(plan.path):
        url, token = _url(host, port), token_of(token_path(plan.config.history))
        print(f"asking the Storm Petrel that runs, at {url}", flush=True)
        headers = {"Authorization": f"Bearer {token.text}"}
        try:
            http_post(url, b"{}", _TIMEOUT_S, headers)
        except HttpStatusError as error:
            raise DrillError(error.body.strip() or str(error)) from error
        except OSError as error:
            raise DrillError(
                f"a Storm Petrel runs, and its page is not reached at {url}: {error}; give its"
                " --host and --port, or end it"
            ) from error
        _follow(lambda: _get(url))
        return
    with recording(plan, again=False, alive=lambda: None) as parts:
        if isinstance(parts.pace, RecordPace):  # a level of its past would end the drill
            parts.pace.wait_until_caught_up(_LOST_S)
        parts.drill.start()
        _follow(lambda: parts.drill.report.json_fields())


def _follow(report: Callable[[], _Fields]) -> None:
    """Print what is played until it is over, then the list."""
    shown = None
    while (fields := report())["running"]:
        if fields["signal"] != shown and fields["signal"]:
            shown = fields["signal"]
            print(f"DRILL: {shown.replace('_', ' ').upper()}", flush=True)
        time.sleep(_ASK_S)
    _print(fields)


def _print(fields: _Fields) -> None:
    failed = [way for way in fields["ways"] if way["failed"]]
    for way in fields["ways"]:
        print(f"  {way['way']:<16}{'FAILED: ' * way['failed']}{way['words']}", flush=True)
    if fields["ended_by"]:
        raise DrillError(f"the drill was ended by {fields['ended_by']}: play it again")
    if failed:
        names = ", ".join(way["way"] for way in failed)
        raise DrillError(f"not every way answered the drill: {names}")
    print("every way that is configured answered", flush=True)


def _get(url: str) -> _Fields:
    deadline = time.monotonic() + _LOST_S
    while True:
        try:
            with http_request("GET", url, None, _TIMEOUT_S) as answer:
                fields: _Fields = json.loads(answer.read())
                return fields
        except OSError as error:
            if time.monotonic() > deadline:
                raise DrillError(f"the page at {url} answers no more: {error}") from error
            time.sleep(_ASK_S)


def _url(host: str, port: int) -> str:
    host = host.strip("[]")
    host = {"0.0.0.0": "127.0.0.1", "*": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/api/alarm/drill"
