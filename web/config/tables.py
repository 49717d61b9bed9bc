"""The tables of the settings file that every program has, as frozen dataclasses."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from calibration.pressure.sea_level import HEIGHTS_M
from sensors.errors import ConfigError

from ..display.preferences import NIGHTS, DisplayPreferences, zone_of
from ..display.units import UNITS
from ..system.command import Command
from ..weather import Station, StormLevel

# The keys of [alarm] whose values are often secrets. Other tables name a file that has one.
SECRETS = ("notify_command", "notify_url")
# What may acknowledge the alarm besides the page; a token has none of these names.
OTHER_PROGRAMS = ("signalk", "mqtt")

_NO_DATA_PERIODS, _LEAST_NO_DATA_S = 10, 600.0
_HOST_NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?")


@dataclass(frozen=True)
class StationConfig:
    """[station]: the place of the barometer: degrees north and east, metres above the sea.

    offset: the file with the barometer's offset; barometer-offset.json beside the history by
    default, if there is one.
    """

    latitude: float | None = None
    longitude: float | None = None
    altitude_m: float = 0.0
    offset: str = ""

    def __post_init__(self) -> None:
        if self.latitude is not None and not -90 <= self.latitude <= 90:
            raise ValueError(f"latitude = {self.latitude}: from -90 (south) to 90 (north)")
        if self.longitude is not None and not -180 <= self.longitude <= 180:
            raise ValueError(f"longitude = {self.longitude}: from -180 (west) to 180 (east)")
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("latitude and longitude: give both, or neither")
        lowest_m, highest_m = HEIGHTS_M
        if not lowest_m <= self.altitude_m <= highest_m:
            raise ValueError(f"altitude_m = {self.altitude_m}: from {lowest_m:g} to {highest_m:g}")
        check_file("offset", self.offset)

    @property
    def place(self) -> Station:
        """The position, for the storm rule."""
        return Station(self.latitude, self.longitude, self.altitude_m)


@dataclass(frozen=True)
class HistoryConfig:
    """[history]: the file, and the seconds between two samples.

    path: history.sqlite in $STATE_DIRECTORY (a service) by default, else in
    ~/.local/share/storm-petrel.
    """

    path: str = ""
    interval_s: float = 60.0

    def __post_init__(self) -> None:
        if not 1 <= self.interval_s <= 3600:
            raise ValueError(f"interval_s = {self.interval_s}: from 1 to 3600")
        check_file("path", self.path)

    @property
    def file(self) -> Path:
        """The path of the history. Raises ConfigError if this user has no home directory."""
        state = os.environ.get("STATE_DIRECTORY")
        data = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
        default = f"{state}/history.sqlite" if state else f"{data}/storm-petrel/history.sqlite"
        path = Path(self.path or default)
        try:
            return path.expanduser()
        except RuntimeError as error:
            raise ConfigError(
                f"[history] path is not given, and there is no home for {path}: give a full path"
            ) from error


@dataclass(frozen=True)
class AlarmConfig:
    """[alarm]: the levels that sound or are notified, and how.

    sounds_from, notify_from: "watch", "warning" or "storm". buzzer: a BCM number. sound,
    notify_command: commands, run without a shell. notify_url: each change is posted there as JSON.
    no_data_after_s: seconds without a sample until NO DATA; 0 switches it off; by default ten
    intervals, at least ten minutes. acknowledged_by: the other programs that may acknowledge.
    """

    sounds_from: str = "warning"
    buzzer: int | None = None
    sound: str = ""
    notify_from: str = "watch"
    notify_command: str = ""
    notify_url: str = ""
    no_data_after_s: float | None = None
    acknowledged_by: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_level("sounds_from", self.sounds_from)
        _check_level("notify_from", self.notify_from)
        if self.buzzer is not None and not 4 <= self.buzzer <= 27:
            raise ValueError(
                f"buzzer = {self.buzzer}: a BCM number from 4 to 27 (GPIO0 to GPIO3 are those of"
                " the I2C bus)"
            )
        _check_command("sound", self.sound)
        _check_command("notify_command", self.notify_command)
        _check_url("notify_url", self.notify_url)
        after_s = self.no_data_after_s
        if after_s is not None and after_s != 0 and not 10 <= after_s <= 86400:
            raise ValueError(f"no_data_after_s = {after_s}: from 10 to 86400, or 0 for never")
        for program in self.acknowledged_by:
            if program not in OTHER_PROGRAMS:
                raise ValueError(
                    f"acknowledged_by has {program!r}: choose of {', '.join(OTHER_PROGRAMS)}; the"
                    " page needs no entry, as it asks for a token"
                )

    def no_data_s(self, period_s: float) -> float:
        """Return the seconds without a sample until NO DATA, for this period; 0: never."""
        if self.no_data_after_s is None:
            return max(_NO_DATA_PERIODS * period_s, _LEAST_NO_DATA_S)
        # One failed reading is no silence.
        return self.no_data_after_s and max(self.no_data_after_s, 2.5 * period_s)

    @property
    def sounds_from_level(self) -> StormLevel:
        return StormLevel[self.sounds_from.upper()]

    @property
    def notify_from_level(self) -> StormLevel:
        return StormLevel[self.notify_from.upper()]


@dataclass(frozen=True)
class PageConfig:
    """[page]: its other host names, separated by spaces, and its preferences.

    unit: "hpa", "mbar", "inhg" or "mmhg". zone: "utc", "local" (the Pi's) or a name such as
    "Europe/Dublin". night: "1" red, "0" not, "auto": red when the sun is down at the station.
    """

    names: str = ""
    unit: str = "hpa"
    zone: str = "utc"
    night: str = "auto"

    def __post_init__(self) -> None:
        host_names(self.names)
        if self.unit not in UNITS:
            raise ValueError(f"unit = {self.unit!r}: give one of {', '.join(UNITS)}")
        zone_of(self.zone)
        if self.night not in NIGHTS:
            raise ValueError(f"night = {self.night!r}: give one of {', '.join(NIGHTS)}")

    @property
    def look(self) -> DisplayPreferences:
        """The defaults of the pages, where an address has no others."""
        return DisplayPreferences(UNITS[self.unit], zone_of(self.zone), self.night)


def host_names(text: str) -> tuple[str, ...]:
    """Return the host names of a setting, separated by spaces or commas. Raises ValueError."""
    names = text.lower().replace(",", " ").split()
    for name in names:
        if not _HOST_NAME.fullmatch(name):
            raise ValueError(
                f"names = {text!r}: {name!r} is no name of a machine; without http:// and without"
                " a port, as in 'boat.lan'"
            )
    return tuple(names)


def check_file(key: str, path: str) -> None:
    """Raise ValueError unless this is empty or the name of a file."""
    if path and not Path(path).name:
        raise ValueError(f"{key} = {path!r}: the name of a file is wanted")
    try:
        Path(path).expanduser()
    except RuntimeError as error:
        raise ValueError(f"{key} = {path!r}: there is no home for the ~") from error


def web_address(key: str, url: str, example: str) -> SplitResult:
    """Return the parts of an http or https address. Raises ValueError."""
    try:
        parts = urlsplit(url)
        is_one = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_one = False
    if not is_one or not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError(f"{key} = {url!r}: an address such as {example!r} is wanted")
    return parts


def public_part(url: str) -> str:
    """Return the part of an address that is no secret: scheme, host and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _check_level(key: str, name: str) -> None:
    names = [level.word for level in StormLevel if level is not StormLevel.CALM]
    if name not in names:
        raise ValueError(f"{key} = {name!r}: choose {', '.join(names[:-1])} or {names[-1]}")


def _check_command(key: str, line: str) -> None:
    if not line:
        return
    try:
        Command(line)
    except ValueError as error:
        raise ValueError(f"{key} = {line!r}: {error}: a command is wanted") from error


def _check_url(key: str, url: str) -> None:
    if not url:
        return
    if "@" in web_address(key, url, "https://ntfy.sh/our-boat").netloc:
        raise ValueError(f"{key}: no name and password in it, please: use notify_command for that")
