"""The paths of a board's files: history, offset, colours, settings.

A played record has its own files, which no real reading or offset ever enters; so has a simulated
colour sensor.
"""

from os.path import lexists
from pathlib import Path
from zlib import crc32

from sensors.board import Board
from sensors.errors import ConfigError

from ..config.tables import HistoryConfig, StationConfig
from ..history.database import place_of
from ..system.set_aside import set_aside_of

_OFFSET = "barometer-offset.json"
_PROFILE = "colour-profile.json"
_SORTER = "colour-classes.json"
_TOKEN = "page-token"
_SETTINGS = "page-settings.json"


def history_path(board: Board, history: HistoryConfig) -> Path:
    """Return the path of this board's history."""
    return place_of(_by_record(board, history.file))


def offset_path(board: Board, station: StationConfig, history: HistoryConfig) -> Path:
    """Return the path of the barometer's offset; the file need not exist."""
    path = Path(station.offset).expanduser() if station.offset else None
    return _by_record(board, path or history.file.with_name(_OFFSET))


def check_offset_path(board: Board, station: StationConfig, history: HistoryConfig) -> None:
    """Raise ConfigError if the settings name a file of the offset that a real board does not have.

    Pressures without the requested offset would be wrong without notice. One that was set aside is
    a damaged file, and not a typing error.
    """
    path = offset_path(board, station, history)
    if not station.offset or board.simulated or lexists(path) or set_aside_of(path):
        return
    raise ConfigError(
        f"[station] offset = {station.offset!r}: there is no {path}; check the name, write the file"
        " with scripts/calibrate_barometer.py, or take the line out"
    )


def profile_path(board: Board, history: HistoryConfig) -> Path:
    """Return the path of the colour page's references and cards."""
    return _with_mark(board, history.file.with_name(_PROFILE))


def sorter_path(board: Board, history: HistoryConfig) -> Path:
    """Return the path of the colour page's taught classes."""
    return _with_mark(board, history.file.with_name(_SORTER))


def token_path(history: HistoryConfig) -> Path:
    """Return the path of the token for changes on the page."""
    return history.file.with_name(_TOKEN)


def settings_path(board: Board, history: HistoryConfig) -> Path:
    """Return the path of the settings of the page."""
    return _with_mark(board, history.file.with_name(_SETTINGS))


def _with_mark(board: Board, path: Path) -> Path:
    return path.with_stem(f"{path.stem}-simulated") if board.simulated else path


def _by_record(board: Board, path: Path) -> Path:
    if not board.simulated:
        return path
    rows = repr(board.weather.record.rows).encode()
    return path.with_name(f"{path.stem}-simulated-{crc32(rows):08x}{path.suffix}")
