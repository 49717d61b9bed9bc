"""[influx]: InfluxDB, version 1 or 2; each sample is a line, and a POST has several.

    conditions -> lines (1500 at most) -> POST of up to 500 -> 204: they are dropped here

A line that is sent twice is stored once: same tags, same second.
"""

import base64
import logging
import time
from collections import deque
from collections.abc import Callable, Mapping
from functools import partial
from itertools import islice
from urllib.parse import urlencode

from ..config.publishers import InfluxConfig
from ..recorder.conditions import Conditions
from ..system.http_post import HttpStatusError, http_post
from ..system.outage_log import OutageLog
from ..system.private_files import secret_of
from .publisher import StationContext
from .values import boat_name, values_of

log = logging.getLogger(__name__)

_BATCH = 500
# Lines that come within this time share a POST: a backlog does.
_GATHER_S = 0.9
_ANSWER_S = 10.0
_LAST_ANSWER_S = 0.4
# These lines can never be stored: a field has another type, they are too old or too long.
_NEVER = (400, 413, 422)
# A backslash needs no escape: only at the end of a text would InfluxDB take it for one.
_TAG = str.maketrans({",": r"\,", " ": r"\ ", "=": r"\="})


class Influx:
    """Stores the boat's series in InfluxDB."""

    backlog = 1500  # a day of minutes

    def __init__(
        self, config: InfluxConfig, headers: Mapping[str, str], station: StationContext
    ) -> None:
        self.name = config.title
        self._url, self._headers = _url(config), headers
        self._boat = boat_name(config.node, simulated=station.simulated)
        self._lines: deque[str] = deque(maxlen=self.backlog)
        self._gathered_at = 0.0
        self._sent_at: float | None = None
        self._is_up = False
        self._refusal = OutageLog(log, f"keeping samples in {self.name}")

    def connect(self) -> None:
        self._is_up = True
        if self._lines:
            self._post(_ANSWER_S)

    def publish(self, conditions: Conditions) -> None:
        sample = conditions.sample
        if sample is None or sample.taken_at == self._sent_at:
            return
        if len(self._lines) >= _BATCH:
            self._post(_ANSWER_S)
        fields = {key: value for key, value in values_of(conditions).items() if value is not None}
        if conditions.outlook is not None:
            fields["level"] = float(conditions.outlook.level)
        if not fields:
            return
        if not self._lines:
            self._gathered_at = time.monotonic()
        self._lines.append(line(self._boat, fields, sample.taken_at))
        self._sent_at = sample.taken_at

    def poll(self) -> None:
        if self._lines and time.monotonic() - self._gathered_at >= _GATHER_S:
            self._post(_ANSWER_S)

    def disconnect(self) -> None:
        if self._is_up and self._lines:
            try:
                self._post(_LAST_ANSWER_S)
            except OSError as error:
                log.info(
                    "the last %d samples did not reach %s: %s", len(self._lines), self.name, error
                )
        self._is_up = False

    def _post(self, within_s: float) -> None:
        batch = list(islice(self._lines, _BATCH))
        try:
            http_post(self._url, "\n".join(batch).encode(), within_s, self._headers)
            self._refusal.works()
        except HttpStatusError as error:
            if error.status not in _NEVER:
                self._is_up = False
                is_denied = error.status in (401, 403)
                raise (PermissionError if is_denied else OSError)(_message(error)) from error
            self._refusal.fails(f"{_message(error)}; such samples are not sent again")
        except OSError:
            self._is_up = False
            raise
        for _ in batch:
            self._lines.popleft()
        self._gathered_at = time.monotonic()


def line(boat: str, fields: Mapping[str, float], taken_at: float) -> str:
    """Return a line of the line protocol: `storm_petrel,node=boat field=1.5 1392220800`.

    All numbers are floats, as a field cannot change its type. taken_at: Unix seconds; rounded.
    """
    values = ",".join(f"{key}={float(value)!r}" for key, value in fields.items())
    return f"storm_petrel,node={boat.translate(_TAG)} {values} {round(taken_at)}"


def publisher_of(config: InfluxConfig) -> Callable[[StationContext], Influx]:
    """Return the factory. Raises ValueError for a secret that cannot be read."""
    return partial(Influx, config, _headers(config))


def _url(config: InfluxConfig) -> str:
    if config.database:
        path, words = "/write", {"db": config.database}
    else:
        path, words = "/api/v2/write", {"org": config.org, "bucket": config.bucket}
    return f"{config.url.rstrip('/')}{path}?{urlencode({**words, 'precision': 's'})}"


def _headers(config: InfluxConfig) -> dict[str, str]:
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    if config.token_file:
        headers["Authorization"] = f"Token {secret_of('token_file', config.token_file)}"
    elif config.username:
        password = secret_of("password_file", config.password_file)
        credentials = base64.b64encode(f"{config.username}:{password}".encode()).decode()
        headers["Authorization"] = f"Basic {credentials}"
    return headers


def _message(error: HttpStatusError) -> str:
    body = f" ({error.body})" if error.body else ""
    hints = {
        401: ": check the user and password, or the token",
        403: ": this user or token may not write to it",
        404: ": there is no such database, org or bucket; create it",
    }
    return f"{error}{body}{hints.get(error.status, '')}"
