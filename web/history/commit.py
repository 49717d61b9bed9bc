"""What one commit writes: samples, hours, levels, the boot, events, and what outlives a restart."""

import sqlite3
from types import MappingProxyType
from typing import NamedTuple

from ..alarm.stored_alarm import StoredAlarm
from ..weather import StormLevel
from .backlog import Row
from .boots import Boot
from .database import hour_of, sum_up_hours
from .events import EventRow, write_events
from .unsent import Unsent, write_unsent


class Due(NamedTuple):
    """What one commit is to write."""

    boot: Boot | None
    rows: tuple[Row, ...]
    remark: str | None
    alarm: StoredAlarm | None
    events: tuple[EventRow, ...]
    unsent: Unsent


class Written(NamedTuple):
    """What the file has. hour: the number of the first that is not summed up."""

    level: StormLevel | None = None
    hour: int = 0
    remark: str = ""
    alarm: StoredAlarm | None = None
    unsent: Unsent = MappingProxyType({})


def write(connection: sqlite3.Connection, due: Due, before: Written) -> Written:
    """Write all but the boot; return what the file has then."""
    level, hour = _write_rows(connection, due, before)
    remark, alarm = before.remark, before.alarm
    if due.remark is not None and due.remark != remark:
        remark = due.remark
        connection.execute("UPDATE present SET remark = ?", (remark,))
    if due.alarm is not None and due.alarm != alarm:
        alarm = due.alarm
        connection.execute(
            "UPDATE present SET acknowledged = ?, silenced_until_ms = ?, alarm_boot_id = ?,"
            " no_data = ?, storm_until_ms = ?, no_data_until_ms = ?",
            alarm,
        )
    if due.boot is not None:
        write_events(connection, due.boot, due.events)
    write_unsent(connection, before.unsent, due.unsent)
    return Written(level, hour, remark, alarm, due.unsent)


def _write_rows(
    connection: sqlite3.Connection, due: Due, before: Written
) -> tuple[StormLevel | None, int]:
    level, hour = before.level, before.hour
    for row in due.rows:
        assert due.boot is not None
        number = due.boot.number(row.monotonic_ms)
        connection.execute("INSERT OR IGNORE INTO samples VALUES (?, ?, ?)", (number, *row[1:3]))
        if row.level is not None and row.level is not level:
            level = row.level
            connection.execute("INSERT OR REPLACE INTO levels VALUES (?, ?)", (number, level))
        if hour_of(number) > hour:
            sum_up_hours(connection, hour, hour_of(number) - 1)
            hour = hour_of(number)
    return level, hour


def read_written(connection: sqlite3.Connection) -> Written:
    """Return what an opened file has."""
    level = connection.execute("SELECT level FROM levels ORDER BY id DESC LIMIT 1").fetchone()
    ((remark,),) = connection.execute("SELECT remark FROM present")
    # The last hour that was summed up may have been cut short by a restart: it is done again.
    ((hour,),) = connection.execute(
        "SELECT coalesce((SELECT max(id) FROM hours), (SELECT min(id) FROM samples), 0)"
    )
    return Written(None if level is None else StormLevel(level[0]), hour_of(hour), remark)
