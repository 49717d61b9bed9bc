"""The boots of a history, and what is believed of the time of the one that goes on."""

import logging
import sqlite3

from . import boots
from .boots import Boot
from .clock import ClockTrust, Word, believed, is_step

log = logging.getLogger(__name__)

# A record that is played has a time of its own, and nobody doubts it.
RECORD = "record"


class Timeline:
    """Knows the boot that samples are added to; what it hears is written with the next commit.

    boot: None before its time was told. newest_ms: its newest sample, in monotonic time.
    """

    def __init__(self, boot_id: str) -> None:
        self._boot_id = boot_id
        self._ordinal = 1
        self._newest_of_earlier_ms: int | None = None
        self._heard: Word | None = None
        self._steps: list[tuple[int, int, int, int]] = []
        self._is_written = False
        self._is_moved = False
        self.boot: Boot | None = None
        self.newest_ms: int | None = None

    def attach(self, connection: sqlite3.Connection) -> None:
        """Find this boot in a file that was opened, or the place after all others."""
        known = boots.all_boots(connection)
        reaches = boots.all_reaches(connection)
        last = known[-1] if known else None
        own = self.boot.ordinal if self.boot is not None else 0
        if last is not None and last.boot_id == boots.LOST and last.ordinal <= own:
            pass  # what the damaged file knew of this boot, or of the one before it
        elif last is not None and last.boot_id == self._boot_id:
            self._ordinal = last.ordinal
            if self.boot is None:
                self.boot = last
            if reaches and reaches[-1].boot.ordinal == last.ordinal:
                newest_ms = last.monotonic_ms(reaches[-1].last)
                self.newest_ms = max(newest_ms, self.newest_ms or newest_ms)
        elif last is not None:
            self._ordinal = max(self._ordinal, last.ordinal + 1)
        earlier = [reach for reach in reaches if reach.boot.ordinal < self._ordinal]
        self._newest_of_earlier_ms = earlier[-1].end_ms if earlier else None
        if self.boot is not None:
            is_known = last is not None and (last.ordinal, last.boot_id) == (
                self._ordinal,
                self._boot_id,
            )
            known_already = last if is_known else None
            self.boot = self._agreed(self.boot, known_already)
        self._is_written = False

    def hear(self, word: Word, monotonic_ms: int) -> bool:
        """Take a word on the time; True when the samples of this boot have another time now."""
        boot = self.boot
        before = None if boot is None else Word(boot.offset_ms, boot.trust)
        after = word
        if self._boot_id != RECORD:
            after = believed(before, word, monotonic_ms, self._newest_of_earlier_ms)
        if boot is None or before is None:
            base_ms = monotonic_ms if self._boot_id == RECORD else 0
            self.boot = Boot(self._ordinal, self._boot_id, base_ms, *after)
        else:
            self.boot = boot._replace(offset_ms=after.offset_ms, trust=after.trust)
            self._note_step(word, after, monotonic_ms)
        self._heard = word
        is_moved, self._is_moved = self._is_moved, False
        if after == before:
            return is_moved
        self._is_written = False
        return before is not None

    def _agreed(self, boot: Boot, known: Boot | None) -> Boot:
        """What is believed of this boot, when the file could not be asked before."""
        agreed = boot._replace(ordinal=self._ordinal)
        if known is not None:
            agreed = agreed._replace(base_ms=known.base_ms)
            if known.trust > boot.trust:
                agreed = agreed._replace(offset_ms=known.offset_ms, trust=known.trust)
        elif self._boot_id != RECORD:
            word = Word(boot.offset_ms, boot.trust)
            after = believed(None, word, self.newest_ms or 0, self._newest_of_earlier_ms)
            agreed = agreed._replace(offset_ms=after.offset_ms, trust=after.trust)
        self._is_moved |= agreed.offset_ms != boot.offset_ms
        return agreed

    def write(self, connection: sqlite3.Connection) -> None:
        """Write what is new; repeated until written() says that it is on the disk."""
        if self.boot is None or self._is_written:
            return
        boots.write(connection, self.boot)
        if self.boot.trust is not ClockTrust.NONE:
            boots.make_way(connection, self.boot)
        connection.executemany(
            "INSERT OR REPLACE INTO clock_steps VALUES (?, ?, ?, ?)", self._steps
        )

    def written(self) -> None:
        """All of that has reached the disk."""
        self._is_written = self.boot is not None
        self._steps.clear()

    def _note_step(self, word: Word, after: Word, monotonic_ms: int) -> None:
        """Remember when the machine's own clock was set."""
        heard = self._heard
        if self.boot is None or heard is None or word.trust is ClockTrust.PHONE:
            return
        step_ms = word.offset_ms - heard.offset_ms
        if heard.trust is not ClockTrust.PHONE and is_step(step_ms):
            self._steps.append((self.boot.number(monotonic_ms), step_ms, *after))
            self._is_written = False
            is_taken = after.offset_ms == word.offset_ms
            log.warning(
                "the machine's clock was set by %+.0f s, which is %s",
                step_ms / 1000,
                "believed" if is_taken else "not believed: a better word on the time stands",
            )
