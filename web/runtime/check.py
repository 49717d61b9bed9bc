"""What `--check` prints: all that would be used, table by table."""

import shlex
import stat
from dataclasses import asdict
from pathlib import Path

from ..config.settings import Config
from ..config.tables import SECRETS, public_part
from ..display.times import iso
from ..pages.security.host_check import OVERHEARD, is_local
from .program import Plan

_TABLES = ("board", "barometer", "colour", "station", "history", "alarm", "page")


def summary(plan: Plan, host: str = "", port: int = 0) -> str:
    """All that would be used, table by table. Raises ConfigError for a publisher that cannot be.

    host, port: where the page is served; "" without a page.
    """
    board, config, preferences = plan.board, plan.config, plan.settings.current
    offset = preferences.offset
    lines = [f"settings    {config.where}", f"history     {plan.path}"]
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
    for name in _TABLES:
        values = asdict(getattr(preferences, name, None) or getattr(config, name)).items()
        said = "  ".join(f"{key} = {_setting(key, value)}" for key, value in values)
        lines.append(f"{f'[{name}]':12}{said}")
    lines += [f"fault       {fault.words}" for fault in plan.side_files.faults]
    lines += _readable_secrets(config)
    lines.append(f"page        {_page(host.strip('[]'), port)}")
    lines.append(f"publishers  {', '.join(_publishers(config)) or 'none'}")
    return "\n".join(lines)


def _page(host: str, port: int) -> str:
    if not host:
        return "none"
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
    return f"{address}, {'for this machine only' if is_local(host) else OVERHEARD}"


def _readable_secrets(config: Config) -> list[str]:
    """Warn of a settings file that has a secret and that others can read."""
    keys = [key for key in SECRETS if getattr(config.alarm, key)]
    file = Path(config.where)
    if not keys or not file.is_file() or not file.stat().st_mode & stat.S_IROTH:
        return []
    return [f"warning     others can read {', '.join(keys)} in {file}: chmod o= {file}"]


def _publishers(config: Config) -> list[str]:
    """Return the titles of the publishers. Raises ConfigError."""
    if config.publishers:
        from ..publish.registry import publishers_of

        publishers_of(config)
    return [table.title for table in config.publishers.values()]


def _setting(key: str, value: object) -> str:
    if value in (None, "", ()):
        return "(left out)"
    if key == "notify_url":  # what stands behind the host is often a secret
        return f"{public_part(str(value))}/…"
    if key == "notify_command":  # its options may have a password
        return f"{Path(shlex.split(str(value))[0]).name} …"
    return f"0x{value:02X}" if key == "address" and isinstance(value, int) else str(value)
