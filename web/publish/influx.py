"""InfluxDB, version 1 or 2: each minute as a line, several in one POST.

    conditions -> lines (1500 at the most) -> POST of up to 500 -> 204: they are forgotten here

A line that comes twice is one there: same node, same second.
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
from .boat_name import node_of
from .publisher import StationContext
from .values import figures

log = logging.getLogger(__name__)

_MEASUREMENT = "storm_petrel"
_BATCH = 500
# What comes within this time goes in one POST: a whole backlog does.
_GATHERED_S = 0.9
_ANSWER_S = 10.0
_LAST_ANSWER_S = 0.4
# "It can never be stored": field types that conflict, too old, too long. Others can be mended.
_NEVER = (400, 413, 422)
# A backslash is none of these: InfluxDB takes it for itself, but at the end of a text.
_NAME = str.maketrans({",": r"\,", " ": r"\ "})
_TAG = str.maketrans({",": r"\,", " ": r"\ ", "=": r"\="})


class Influx:
    """A boat's series in InfluxDB."""

    backlog = 1500  # a day of minutes

    def __init__(
        self, config: InfluxConfig, headers: Mapping[str, str], station: StationContext
    ) -> None:
        self.name = config.title
        self._url, self._headers = _target(config), headers
        self._tags = {"node": node_of(config.node, simulated=station.simulated)}
        self._lines: deque[str] = deque(maxlen=self.backlog)
        self._gathered_at = 0.0
        self._told_at: float | None = None
        self._answers = False
        self._refusal = OutageLog(log, f"keeping samples in {self.name}")

    def connect(self) -> None:
        """Post what is left from before: it tells whether anybody is there."""
        self._answers = True
        if self._lines:
            self._post(_ANSWER_S)

    def tell(self, conditions: Conditions) -> None:
        """Add its line to the next batch."""
        sample = conditions.sample
        if sample is None or sample.taken_at == self._told_at:
            return
        if len(self._lines) >= _BATCH:
            self._post(_ANSWER_S)
        known = {key: value for key, value in figures(conditions).items() if value is not None}
        if conditions.outlook is not None:
            known["level"] = float(conditions.outlook.level)
        if not known:
            return
        if not self._lines:
            self._gathered_at = time.monotonic()
        self._lines.append(line(_MEASUREMENT, self._tags, known, sample.taken_at))
        self._told_at = sample.taken_at

    def listen(self) -> None:
        """Post the batch when it has waited for its time."""
        if self._lines and time.monotonic() - self._gathered_at >= _GATHERED_S:
            self._post(_ANSWER_S)

    def disconnect(self) -> None:
        """Post what is left, if it was answered the last time."""
        if self._answers and self._lines:
            try:
                self._post(_LAST_ANSWER_S)
            except OSError as error:
                log.info(
                    "%s has not got the last %d samples: %s", self.name, len(self._lines), error
                )
        self._answers = False

    def _post(self, within_s: float) -> None:
        batch = list(islice(self._lines, _BATCH))
        try:
            http_post(self._url, "\n".join(batch).encode(), within_s, self._headers)
            self._refusal.works()
        except HttpStatusError as error:
            if error.status not in _NEVER:
                self._answers = False
                is_shut = error.status in (401, 403)
                raise (PermissionError if is_shut else OSError)(_sentence(error)) from error
            self._refusal.fails(f"{_sentence(error)}; such samples are not sent again")
        except OSError:
            self._answers = False
            raise
        for _ in batch:
            self._lines.popleft()
        self._gathered_at = time.monotonic()


def line(
    measurement: str, tags: Mapping[str, str], fields: Mapping[str, float], taken_at: float
) -> str:
    """Return a line of the line protocol: `measurement,tag=text field=1.5 1392220800`.

    Numbers are floats for ever, as one series never mixes kinds.
    taken_at: Unix seconds; sent to the second. Text is printable, as [influx] has it.
    """
    head = measurement.translate(_NAME) + "".join(
        f",{key.translate(_TAG)}={text.translate(_TAG)}" for key, text in tags.items()
    )
    values = ",".join(f"{key.translate(_TAG)}={float(value)!r}" for key, value in fields.items())
    return f"{head} {values} {round(taken_at)}"


def publisher_of(config: InfluxConfig) -> Callable[[StationContext], Influx]:
    """Return what makes the publisher. Raises ValueError for a secret that cannot be read."""
    return partial(Influx, config, _headers(config))


def _target(config: InfluxConfig) -> str:
    """The address that is posted to."""
    if config.database:
        path, words = "/write", {"db": config.database}
    else:
        path, words = "/api/v2/write", {"org": config.org, "bucket": config.bucket}
    return f"{config.url.rstrip('/')}{path}?{urlencode({**words, 'precision': 's'})}"


def _headers(config: InfluxConfig) -> dict[str, str]:
    """What lets the boat in, from the files; ValueError without these."""
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    if config.token_file:
        headers["Authorization"] = f"Token {secret_of('token_file', config.token_file)}"
    elif config.username:
        password = secret_of("password_file", config.password_file)
        both = base64.b64encode(f"{config.username}:{password}".encode()).decode()
        headers["Authorization"] = f"Basic {both}"
    return headers


def _sentence(error: HttpStatusError) -> str:
    said = f" ({error.said})" if error.said else ""
    hints = {
        401: ": see the user and password, or the token",
        403: ": this user or token may not write there",
        404: ": there is no such database, org or bucket; make it there",
    }
    return f"{error}{said}{hints.get(error.status, '')}"
