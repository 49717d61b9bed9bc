"""InfluxDB, version 1 or 2: each minute as a line, several in one POST.

    bulletin -> lines (1500 at the most) -> POST of up to 500 -> 204: they are forgotten here

A line that comes twice is one there: same node, same second.
"""

import base64
import logging
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from sensors.config import section
from sensors.errors import ConfigError

from ..bulletin import Bulletin
from ..config import web_address
from ..outage import Outage
from ..post import Refused, post
from ..private_file import secret_of
from .node import node_of
from .plug import Plug, Ship
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


@dataclass(frozen=True)
class InfluxConfig:
    """[influx]: where InfluxDB is, and what the measurements are to be kept in there.

    Version 1: database, with username and password_file where it asks for them. Version 2: org,
    bucket and token_file. node: the tag of this boat; left empty, the machine's name.
    """

    url: str = ""
    database: str = ""
    username: str = ""
    password_file: str = ""
    org: str = ""
    bucket: str = ""
    token_file: str = ""
    node: str = ""

    def __post_init__(self) -> None:
        _check_address(self.url)
        if bool(self.database) == bool(self.bucket):
            raise ValueError("give either database (version 1) or org and bucket (version 2)")
        if bool(self.org) != bool(self.bucket):
            raise ValueError("org and bucket: give both, or neither")
        if self.bucket and not self.token_file:
            raise ValueError("a bucket is given without a token_file")
        if bool(self.username) != bool(self.password_file) or (self.username and self.bucket):
            raise ValueError("username and password_file: give both, with a database, or neither")
        check_tag("node", self.node)

    def target(self) -> str:
        """The address that is posted to."""
        if self.database:
            path, words = "/write", {"db": self.database}
        else:
            path, words = "/api/v2/write", {"org": self.org, "bucket": self.bucket}
        return f"{self.url.rstrip('/')}{path}?{urlencode({**words, 'precision': 's'})}"

    def headers(self) -> dict[str, str]:
        """What lets the boat in, from the files; ValueError without these."""
        headers = {"Content-Type": "text/plain; charset=utf-8"}
        if self.token_file:
            headers["Authorization"] = f"Token {secret_of('token_file', self.token_file)}"
        elif self.username:
            password = secret_of("password_file", self.password_file)
            both = base64.b64encode(f"{self.username}:{password}".encode()).decode()
            headers["Authorization"] = f"Basic {both}"
        return headers


class Influx:
    """A boat's series in InfluxDB."""

    backlog = 1500  # a day of minutes

    def __init__(self, config: InfluxConfig, headers: Mapping[str, str], ship: Ship) -> None:
        self.name = f"InfluxDB {config.url}"
        self._url, self._headers = config.target(), headers
        self._tags = {"node": node_of(config.node, ship.simulated)}
        self._lines: deque[str] = deque(maxlen=self.backlog)
        self._gathered_at = 0.0
        self._told_at: float | None = None
        self._answers = False
        self._refusal = Outage(log, f"keeping samples in {self.name}")

    def connect(self) -> None:
        """Post what is left from before: it tells whether anybody is there."""
        self._answers = True
        if self._lines:
            self._post(_ANSWER_S)

    def tell(self, bulletin: Bulletin) -> None:
        """Add its line to the next batch."""
        sample = bulletin.sample
        if sample is None or sample.taken_at == self._told_at:
            return
        if len(self._lines) >= _BATCH:
            self._post(_ANSWER_S)
        known = {key: value for key, value in figures(bulletin).items() if value is not None}
        if bulletin.outlook is not None:
            known["level"] = float(bulletin.outlook.level)
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
            post(self._url, "\n".join(batch).encode(), within_s, self._headers)
            self._refusal.works()
        except Refused as error:
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


def check_tag(key: str, text: str) -> None:
    """Raise ValueError for a text that no line can hold."""
    if not text.isprintable() or text.endswith("\\") or len(text) > 200:
        raise ValueError(f"{key} = {text!r}: printable text is wanted, with no \\ at its end")


def line(
    measurement: str, tags: Mapping[str, str], fields: Mapping[str, float], taken_at: float
) -> str:
    """Return a line of the line protocol: `measurement,tag=text field=1.5 1392220800`.

    Numbers are floats for ever, as one series never mixes kinds.
    taken_at: Unix seconds; sent to the second. Text must have passed check_tag().
    """
    head = measurement.translate(_NAME) + "".join(
        f",{key.translate(_TAG)}={text.translate(_TAG)}" for key, text in tags.items()
    )
    values = ",".join(f"{key.translate(_TAG)}={float(value)!r}" for key, value in fields.items())
    return f"{head} {values} {round(taken_at)}"


def plug_of(tables: Mapping[str, Any], where: str, ship: Ship) -> Plug:
    """Return the plug, by its table. Raises ConfigError."""
    config = section(tables, "influx", InfluxConfig, where)
    try:
        return Influx(config, config.headers(), ship)
    except ValueError as error:
        raise ConfigError(f"{where}: [influx] {error}") from error


def _sentence(error: Refused) -> str:
    said = f" ({error.said})" if error.said else ""
    hints = {
        401: ": see the user and password, or the token",
        403: ": this user or token may not write there",
        404: ": there is no such database, org or bucket; make it there",
    }
    return f"{error}{said}{hints.get(error.status, '')}"


def _check_address(url: str) -> None:
    parts = web_address("url", url, "http://influx.lan:8086")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError("url: the address alone, please; for the rest there are keys of their own")
