"""The power is cut while the history is written, on a card that forgets what was not flushed."""

from power_cuts import Tally


def test_no_row_acknowledged_before_a_cut_is_lost(tallies: list[Tally]) -> None:
    assert sum(tally.acknowledged for tally in tallies) > 1000
    assert [tally.lost for tally in tallies] == [0] * len(tallies)


def test_the_store_opens_and_is_whole_after_every_cut(tallies: list[Tally]) -> None:
    # One look before each cut while recording, and one in the end. A cut while the file is made or
    # opened, or at the start of the machine, may leave one as well.
    for tally in tallies:
        assert tally.recording + 1 <= tally.looks <= tally.cuts + 1
    assert [tally.damage for tally in tallies] == [()] * len(tallies)


def test_at_most_the_row_under_way_is_there_without_having_been_acknowledged(
    tallies: list[Tally],
) -> None:
    assert all(tally.beyond <= tally.cuts for tally in tallies)


def test_the_cuts_come_at_the_worst_moments(tallies: list[Tally]) -> None:
    """Else the others would say little."""
    assert sum(tally.in_checkpoint for tally in tallies) > 0
    assert sum(tally.before_flush for tally in tallies) > 0
    assert sum(tally.blocks_lost for tally in tallies) > 0


def test_a_writer_that_does_not_wait_for_the_card_loses_rows(careless_tally: Tally) -> None:
    """With synchronous=OFF the cut takes all that the kernel had not written out yet: it is real.

    That is some 50 of 50 rows. The logger's writer with NORMAL lost 127 of 127 in two cuts.
    """
    assert careless_tally.acknowledged >= 30
    assert careless_tally.lost >= 10
