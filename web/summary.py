"""What `--check` prints: all that would be used, table by table."""

from dataclasses import asdict
from typing import Any

from sensors.config import BarometerConfig, BoardConfig, ColourConfig

from .config import AlarmConfig, HistoryConfig, PageConfig, StationConfig
from .plugging import check_plugs
from .recording import Plan
from .times import iso

_SHOWN: dict[str, type[Any]] = {
    "board": BoardConfig,
    "barometer": BarometerConfig,
    "colour": ColourConfig,
    "station": StationConfig,
    "history": HistoryConfig,
    "alarm": AlarmConfig,
    "page": PageConfig,
}


def summary(plan: Plan) -> str:
    """All that would be used, table by table. Raises ConfigError for a plug that cannot be."""
    board, offset = plan.board, plan.offset
    lines = [f"settings    {plan.where}", f"history     {plan.path}"]
    lines.append(f"offset      {offset.words() if offset else 'none: pressure as measured'}")
    if board.simulated:
        weather = board.weather
        rows = weather.record.rows
        lines += [
            "board       SIMULATED",
            f"record      {weather.record.title}",
            f"            {len(rows)} rows, {iso(rows[0].taken_at)} to {iso(rows[-1].taken_at)}",
            f"speed       {weather.speed:g} × real time, from {iso(weather.begins)}",
        ]
    else:
        lines.append("board       real")
    for name, cls in _SHOWN.items():
        values = asdict(plan.section(name, cls)).items()
        said = "  ".join(f"{key} = {_setting(key, value)}" for key, value in values)
        lines.append(f"{f'[{name}]':12}{said}")
    lines.append(f"plugs       {', '.join(check_plugs(plan.tables, plan.where)) or 'none'}")
    return "\n".join(lines)


def _setting(key: str, value: object) -> str:
    if value is None or value == "":
        return "(left out)"
    if key == "notify_url":  # what stands behind the host is often a secret
        return "/".join(str(value).split("/")[:3]) + "/…"
    return f"0x{value:02X}" if key == "address" and isinstance(value, int) else str(value)
