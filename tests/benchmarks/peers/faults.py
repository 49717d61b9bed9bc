"""The eight faults, each on a fresh twin, and when a driver has survived one.

A fault is survived when every reading is right, or refused by an error that says what is wrong.
A number that is wrong is never that; nor is a ZeroDivisionError, or an object that stays dead.
"""

from collections.abc import Callable
from typing import NamedTuple

from peers.bench import Bench, Kind, Outcome
from peers.drivers import Driver

_MINUTE_S = 60.0
_UNKNOWN_ID = 0x42
_ZEROS = (0,) * 12
_ONES = (0xFFFF, -1, -1, 0xFFFF, *(-1,) * 8)
_MEASURING = 0x08


class Verdict(NamedTuple):
    """Whether a fault is survived, and what is to be said of it."""

    survived: bool
    words: str = ""


def first_reading(driver: Driver) -> Verdict:
    """(a) The first reading after power-up is right, and later ones follow the air."""
    bench = Bench(driver)
    first = bench.read()
    last = first
    for _ in range(30):
        bench.air.pressure_pa -= 10.0  # 6 hPa an hour: half a gale
        before, last = last, bench.read(_MINUTE_S)
    if first.kind is Kind.RIGHT and last.kind is Kind.RIGHT:
        return Verdict(True)
    later = "frozen" if last == before else last.words
    return Verdict(False, first.words + ("" if last.kind is Kind.RIGHT else f", then {later}"))


def wrong_id(driver: Driver) -> Verdict:
    """(b) A chip that no driver knows is refused."""
    return _refused(Bench(driver, chip_id=_UNKNOWN_ID), "accepts")


def zero_trimming(driver: Driver) -> Verdict:
    """(c) Trimming parameters of all zeros are refused."""
    return _refused(Bench(driver, trimming=_ZEROS))


def trimming_of_ones(driver: Driver) -> Verdict:
    """(d) Trimming parameters of 0xFF, as from a bus without a chip, are refused."""
    return _refused(Bench(driver, trimming=_ONES))


def stuck_measuring(driver: Driver) -> Verdict:
    """(e) A measuring bit that never falls does not hang: from the start, or from some day on."""
    some_day = Bench(driver)
    some_day.settled()
    some_day.chip.stuck = _MEASURING
    outcomes = [some_day.read(_MINUTE_S), some_day.read(_MINUTE_S)]
    from_the_start = Bench(driver)
    from_the_start.error_hpa = some_day.error_hpa
    from_the_start.chip.stuck = _MEASURING
    first = from_the_start.read()
    if first.kind is not Kind.WRONG or first.words != some_day.first.words:
        outcomes.append(first)  # fault (a) is not counted again
    outcomes.append(from_the_start.read(_MINUTE_S))
    return _all_right_or_error(outcomes)


def no_conversion(driver: Driver) -> Verdict:
    """(f) Results that stay at their power-on value are refused."""
    bench = Bench(driver)
    bench.chip.converts = False
    return _refused(bench)


def supply_glitch(driver: Driver) -> Verdict:
    """(g) After a glitch of the supply the next reading is right, or the one after it."""
    bench = Bench(driver)
    bench.settled()
    filter_code = bench.filter_code
    bench.chip.power_on()
    outcomes = [bench.read(_MINUTE_S) for _ in range(10)]
    right = [outcome.kind is Kind.RIGHT for outcome in outcomes]
    if not any(right[:2]) or not all(right[2:]):
        return Verdict(False, outcomes[0].words + ("" if right[-1] else " for ever"))
    if outcomes[0].kind in (Kind.WRONG, Kind.NOTHING, Kind.HANG):
        return Verdict(False, outcomes[0].words)
    return Verdict(True, "" if bench.filter_code == filter_code else "filter lost")


def one_nack(driver: Driver) -> Verdict:
    """(h) After one transfer of the set-up that nobody acknowledges, the next reading is right.

    One at each position, from the first transfer to the end of the first reading. A minute lies
    between construction and reading, so that fault (a) is not counted again.
    """
    healthy = Bench(driver)
    healthy.read()
    positions = healthy.i2c.transfers
    healthy.settled()
    dead = 0
    for position in range(positions):
        bench = Bench(driver)
        bench.error_hpa = healthy.error_hpa
        bench.i2c.nack(after=position)
        started = bench.start()
        if started.is_failed:
            bench.time.pass_by(_MINUTE_S)
            started = bench.start()
        reading = bench.read(_MINUTE_S)
        if reading.is_failed:
            reading = bench.read(_MINUTE_S)
        dead += any(outcome.kind is not Kind.RIGHT for outcome in (started, reading))
    if not dead:
        return Verdict(True, f"{positions} of {positions}")
    return Verdict(False, f"dead at {dead} of {positions}")


def _refused(bench: Bench, accepts: str = "") -> Verdict:
    """Whether two readings are both refused; the first by an error that says why."""
    outcomes = [bench.read(), bench.read(_MINUTE_S)]
    first, second = outcomes
    numbers = [o.words for o in outcomes if o.kind in (Kind.RIGHT, Kind.WRONG)]
    if numbers:
        return Verdict(False, accepts or numbers[-1])
    if any(outcome.kind is Kind.HANG for outcome in outcomes):
        return Verdict(False, "HANG")
    if first.kind is Kind.UNCLEAR:
        return Verdict(False, first.words)
    return Verdict(True, "" if second.words == first.words else f"then {second.words}")


def _all_right_or_error(outcomes: list[Outcome]) -> Verdict:
    """Whether each is right, or an error that says what is wrong."""
    for outcome in outcomes:
        if outcome.kind not in (Kind.RIGHT, Kind.ERROR):
            return Verdict(False, outcome.words)
    return Verdict(True, next((o.words for o in outcomes if o.kind is Kind.ERROR), ""))


FAULTS: dict[str, Callable[[Driver], Verdict]] = {
    "a": first_reading,
    "b": wrong_id,
    "c": zero_trimming,
    "d": trimming_of_ones,
    "e": stuck_measuring,
    "f": no_conversion,
    "g": supply_glitch,
    "h": one_nack,
}
