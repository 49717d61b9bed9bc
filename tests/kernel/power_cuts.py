"""The power is cut again and again while the history is written; nothing acknowledged may be lost.

Each boot opens the store, looks whether it is whole and holds what was acknowledged before every
cut so far, and records on until the power goes. Two machines at a time, each with a card of its
own that goes through its cuts one after the other.

By hand, from the checkout:  python tests/kernel/power_cuts.py 20
"""

import argparse
import random
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from card import Card
from machine_parts import HERE, PartMissing, Parts, prepare, say
from nbd import Request
from power import Cut, Run, run_until_cut

SEED = 20
_PROGRAM = HERE / "guest" / "power_cut.py"
_MACHINES = 2
_ACKNOWLEDGED = re.compile(r"^acknowledged (\d+)\n", re.MULTILINE)
_COMPLAINT = re.compile(r".*(?:EXT4-fs|JBD2|I/O error).*|init: .*")


class Tally(NamedTuple):
    """What came of the cuts of one card.

    recording: the cuts after the store was looked at. acknowledged: rows. lost: of these, those
    that were not there after a cut. beyond: rows there that were not acknowledged, for the
    power went between commit and word. damage: what SQLite said but "ok", and what the kernel
    complained of. looks: boots in which the store was opened and looked at. in_checkpoint: cuts
    from the commit that makes one to its acknowledgement. before_flush: cuts in place of a
    flush. blocks_lost: what the card was given and lost.
    """

    cuts: int
    recording: int
    looks: int
    acknowledged: int
    lost: int
    beyond: int
    damage: tuple[str, ...]
    in_checkpoint: int
    before_flush: int
    blocks_lost: int


def moments(recording: int, chance: random.Random) -> Iterator[Cut]:
    """Yield cuts while recording, every fifth of them in a checkpoint, and some while starting.

    These come before each five: in turn while the file is made or opened, and from the start of
    the machine. The requests reach as far as there are any of the kind: making the file is 23 of
    them, mounting a card that was cut 11, a commit 5, or 2 where SQLite's log does not grow, and
    one with a checkpoint 12, after which the log begins anew.
    """
    for number in range(recording):
        if number % 10 == 0:
            yield Cut("opening", 1, chance.randrange(23))
        elif number % 5 == 0:
            yield Cut("", 0, chance.randrange(11))
        if number % 5 == 2:
            yield Cut("checkpoint", 1, chance.randrange(2, 16))
        else:
            yield Cut("acknowledged", chance.randrange(1, 80), chance.randrange(6))


def cut_power(parts: Parts, recording: int, seed: int = SEED) -> list[Tally]:
    """Cut the power while the logger's own writer records, and some times while it starts.

    recording: the number of cuts while it records. One tally for each card.
    """

    def take(number: int) -> Tally:
        chance = random.Random(f"{seed}/{number}")
        share = len(range(number, recording, _MACHINES))
        return cut_one_card(parts, list(moments(share, chance)), chance)

    with ThreadPoolExecutor(_MACHINES) as pool:
        return list(pool.map(take, range(_MACHINES)))


def cut_one_card(
    parts: Parts, cuts: Sequence[Cut], chance: random.Random, *arguments: str
) -> Tally:
    """Take one card through these cuts, and look at it once more in the end."""
    acknowledged: set[int] = set()
    there: set[int] = set()
    lost: set[int] = set()
    damage: list[str] = []
    runs: list[Run] = []
    with (
        tempfile.TemporaryDirectory(prefix="storm-petrel-") as folder,
        Card(Path(folder, "card"), chance) as card,
    ):
        for cut in (*cuts, None):
            go_on = [] if cut is None else [f"{max(acknowledged, default=-1) + 1}"]
            run = run_until_cut(parts, card, cut, _PROGRAM, *go_on, *arguments)
            status, output, found = run.outcome
            ended_well = status == 0 if cut is None else run.before is not None
            assert ended_well, f"no end as it should be, for {cut}: {status}\n{output[-2000:]}"
            damage += _COMPLAINT.findall(output)
            if "looked\n" in output:
                there = set(found["numbers"])
                lost |= acknowledged - there
                damage += [words for words in found["integrity"] if words != "ok"]
            acknowledged |= {int(number) for number in _ACKNOWLEDGED.findall(output)}
            runs.append(run)
    return Tally(
        cuts=len(cuts),
        recording=sum(cut.word in ("acknowledged", "checkpoint") for cut in cuts),
        looks=sum("looked\n" in run.outcome.output for run in runs),
        acknowledged=len(acknowledged),
        lost=len(lost),
        beyond=len(there - acknowledged),
        damage=tuple(damage),
        in_checkpoint=sum(run.outcome.output.endswith("checkpoint\n") for run in runs),
        before_flush=sum(run.before is Request.FLUSH for run in runs),
        blocks_lost=sum(run.toss.lost for run in runs),
    )


def main() -> int:
    """Cut as often as the command line says; return 1 where something was lost or damaged."""
    parser = argparse.ArgumentParser(description="Cut the power while the history is written.")
    parser.add_argument("cuts", type=int, nargs="?", default=20, help="while recording (20)")
    parser.add_argument("--seed", type=int, default=SEED, help="other moments for another seed")
    asked = parser.parse_args()
    began = time.monotonic()
    try:
        tallies = cut_power(prepare(), asked.cuts, asked.seed)
    except PartMissing as error:
        sys.exit(f"No virtual machine here: {error}")
    for tally in tallies:
        print(", ".join(f"{name} {value}" for name, value in tally._asdict().items()))
    say(f"{sum(tally.cuts for tally in tallies)} cuts in {time.monotonic() - began:.0f} s")
    return int(any(tally.lost or tally.damage for tally in tallies))


if __name__ == "__main__":
    sys.exit(main())
