"""The controls of a page over an alarm of this process."""

from collections.abc import Callable

from web.alarm.drill import Drill
from web.alarm.state import Alarm
from web.history.clock_trust import ClockTrust
from web.pages.controls import Controls


def controls_of(
    alarm: Alarm,
    drill: Drill,
    uptime: Callable[[], float],
    set_clock: Callable[[int], ClockTrust] = lambda unix_ms: ClockTrust.PHONE,
) -> Controls:
    return Controls(
        lambda source: alarm.acknowledge(uptime(), source),
        lambda source: alarm.silence(uptime(), source),
        uptime,
        set_clock,
        drill.start,
        lambda: drill.report,
    )
