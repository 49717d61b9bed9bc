"""Notifications: each change once and in order, with retries, and the caller never waits."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.fake_servers import answering, hang, speaking
from tests.support.waiting import eventually, is_running
from web.alarm.level_change import LevelChange
from web.alarm.notice import Notice
from web.alarm.notifications import (
    PAUSES_S,
    CommandTarget,
    Notifications,
    Notifier,
    PostTarget,
    Target,
)
from web.config.tables import AlarmConfig
from web.weather import StormLevel

CALM, WATCH, WARNING, STORM = StormLevel
SOON_S = 20.0


def change(number: int = 0, previous: StormLevel = CALM, level: StormLevel = STORM) -> Notice:
    """The notice of a change that its pressure tells from others."""
    return Notice.of_level(
        LevelChange(previous, level, 0.0, 0.0, 900.0 + number, -7.0, ("it falls",), False)
    )


class Recorded:
    """A target that remembers what it was sent, and fails or hangs as long as told so."""

    name = "the harbour"

    def __init__(self) -> None:
        self.tries: list[int] = []
        self.news = threading.Condition()
        self.fault: Exception | None = None
        self.answers = threading.Event()
        self.answers.set()

    def send(self, notice: Notice, stop: threading.Event) -> None:
        with self.news:
            self.tries.append(round(notice.fields["pressure_hpa"]) - 900)
            self.news.notify_all()
            fault = self.fault
        self.answers.wait(SOON_S)
        if fault is not None:
            raise fault

    def is_tried(self, *numbers: int) -> bool:
        """Whether the last tries become these, in time."""
        with self.news:
            return self.news.wait_for(lambda: self.tries[-len(numbers) :] == list(numbers), SOON_S)


@contextmanager
def notifying(target: Target, *pauses_s: float, limit: int = 32) -> Iterator[Notifications]:
    with Notifications([Notifier(target, pauses_s=pauses_s, limit=limit)]) as notifications:
        yield notifications


@pytest.fixture
def target() -> Recorded:
    return Recorded()


def messages(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


def test_the_pauses_grow_and_last_for_a_night_and_a_day() -> None:
    """A network that is away for the night: the crew is told in the morning, minutes after."""
    assert list(PAUSES_S) == sorted(PAUSES_S)
    assert PAUSES_S[-1] <= 600
    assert 23 * 3600 < sum(PAUSES_S) <= 24 * 3600


def test_each_change_is_sent_once_and_in_order(target: Recorded) -> None:
    with notifying(target) as notifications:
        for number in range(20):
            notifications.notify(change(number))
        assert target.is_tried(*range(20))
    assert len(target.tries) == 20


def test_what_fails_is_tried_again_and_told_once(
    target: Recorded, caplog: pytest.LogCaptureFixture
) -> None:
    target.fault = OSError("it answers 503")
    with notifying(target, 0.0, 0.0, 60.0) as notifications:
        notifications.notify(change(1))
        assert target.is_tried(1, 1, 1)
        target.fault = None
        notifications.notify(change(2))
        assert target.is_tried(1, 1, 1, 1, 2)
    assert messages(caplog) == [
        "the harbour fails: it answers 503; it is tried again",
        "the harbour works again",
    ]


def test_what_fails_for_long_is_given_up_and_told_and_the_next_is_tried(
    target: Recorded, caplog: pytest.LogCaptureFixture
) -> None:
    target.fault = OSError("nobody is there")
    with notifying(target, 0.0, 0.0) as notifications:
        notifications.notify(change(1))
        assert target.is_tried(1, 1, 1)
        assert eventually(lambda: len(caplog.records) == 2)
        target.fault = None
        notifications.notify(change(2))
        assert target.is_tried(1, 1, 1, 2)
    told = messages(caplog)
    assert told[0] == "the harbour fails: nobody is there; it is tried again"
    assert told[1].startswith("the harbour: not sent, for every try failed: STORM (was CALM)")
    assert told[2:] == ["the harbour works again"]


def test_news_is_a_reason_to_try_at_once_what_came_before_first(target: Recorded) -> None:
    target.fault = OSError("no network")
    with notifying(target, 600.0) as notifications:
        notifications.notify(change(1))
        assert target.is_tried(1)
        notifications.notify(change(2))
        assert target.is_tried(1, 1)
        target.fault = None
        notifications.notify(change(3))
        assert target.is_tried(1, 1, 1, 2, 3)


def test_news_during_a_try_is_not_missed(target: Recorded) -> None:
    target.fault = OSError("no network")
    target.answers.clear()
    with notifying(target, 600.0) as notifications:
        notifications.notify(change(1))
        assert target.is_tried(1)
        notifications.notify(change(2))
        target.fault = None
        target.answers.set()
        assert target.is_tried(1, 1, 2)


def test_of_too_many_the_oldest_is_dropped_and_told(
    target: Recorded, caplog: pytest.LogCaptureFixture
) -> None:
    target.answers.clear()
    with notifying(target, limit=4) as notifications:
        notifications.notify(change(0))
        assert target.is_tried(0)
        for number in range(1, 7):
            notifications.notify(change(number))
        assert len(caplog.records) == 3
        target.answers.set()
        assert target.is_tried(0, 3, 4, 5, 6)
    assert all("not sent, for 4 newer ones wait: STORM" in told for told in messages(caplog))


def test_one_that_waits_to_be_tried_again_is_dropped_as_well(target: Recorded) -> None:
    target.fault = OSError("no network")
    with notifying(target, 600.0, limit=1) as notifications:
        notifications.notify(change(1))
        assert target.is_tried(1)
        target.fault = None
        notifications.notify(change(2))
        assert target.is_tried(1, 2)


def test_whoever_tells_is_never_held_up(target: Recorded) -> None:
    target.answers.clear()
    with notifying(target) as notifications:
        for number in range(1000):
            notifications.notify(change(number))
        assert len(target.tries) <= 1  # the first one hangs still: none was waited for
        target.answers.set()


def test_leaving_takes_no_longer_than_a_second_whatever_hangs(
    caplog: pytest.LogCaptureFixture,
) -> None:
    targets = [Recorded(), Recorded()]
    with Notifications([Notifier(target) for target in targets]) as notifications:
        for target in targets:
            target.answers.clear()
        notifications.notify(change(1))
        notifications.notify(change(2))
        assert all(target.is_tried(1) for target in targets)
        begin = time.monotonic()
        notifications.close()
        assert time.monotonic() - begin < SOON_S / 2  # they hang for SOON_S
        assert messages(caplog) == ["the harbour: left unsent at the end: 2"] * 2
        for target in targets:
            target.answers.set()


def test_a_mistake_of_ours_ends_no_notifier(
    target: Recorded, caplog: pytest.LogCaptureFixture
) -> None:
    target.fault = ZeroDivisionError("oh")
    with notifying(target, 600.0) as notifications:
        notifications.notify(change(1))
        assert target.is_tried(1)
        target.fault = None
        notifications.notify(change(2))
        assert target.is_tried(1, 1, 2)
    assert caplog.records[0].exc_info is not None


def test_one_that_cannot_be_reached_does_not_hold_up_another(target: Recorded) -> None:
    with speaking(hang) as url:
        slow = PostTarget(url, timeout_s=0.5)
        with Notifications([Notifier(slow), Notifier(target)]) as notifications:
            for number in range(3):
                notifications.notify(change(number))
            assert target.is_tried(0, 1, 2)


# Real targets.


def test_an_address_gets_each_change_although_it_fails_at_first() -> None:
    with (
        answering(500, 503, 200) as server,
        notifying(PostTarget(server.url), 0.01, 0.01) as notifications,
    ):
        notifications.notify(change(1))
        notifications.notify(change(2, STORM, CALM))
        assert server.is_asked(4)
        levels = [json.loads(body)["level"] for body in server.bodies()]
    assert levels == ["storm", "storm", "storm", "calm"]


def test_the_log_does_not_tell_what_may_be_a_secret(caplog: pytest.LogCaptureFixture) -> None:
    with answering(404) as server, notifying(PostTarget(server.url)) as notifications:
        notifications.notify(change(1))
        assert server.is_asked(1)
        assert eventually(lambda: len(caplog.records) == 2)
    told = messages(caplog)
    assert told[0] == "notify_url (127.0.0.1) fails: it answers 404 Not Found; it is tried again"
    assert "key=1" not in "".join(told)


def test_a_command_gets_the_change_as_json_and_as_variables(tmp_path: Path) -> None:
    file = tmp_path / "told"
    script = (
        f"cat > {file}.new; echo $STORM_PETREL_PRESSURE_HPA >> {file}.new; mv {file}.new {file}"
    )
    with notifying(CommandTarget(f"sh -c '{script}'")) as notifications:
        notifications.notify(change(1, WATCH, WARNING))
        assert eventually(file.exists)
    told, variable = file.read_text().splitlines()
    assert json.loads(told)["previous_level"] == "watch"
    assert variable == "901.0"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("sh -c 'echo no network >&2; exit 7'", "it ended with 7: no network"),
        ("sh -c 'kill -9 $$'", "it was ended by signal 9"),
        ("sh -c 'sleep 60'", "it was still running after 0.1 s"),
    ],
)
def test_a_command_that_fails_or_hangs_is_tried_again_and_told(
    line: str, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    with notifying(CommandTarget(line, longest_s=0.1), 0.0) as notifications:
        notifications.notify(change(1))
        assert eventually(lambda: len(caplog.records) == 2)
    told = messages(caplog)
    assert told[0] == f"notify_command (sh) fails: {why}; it is tried again"
    assert "every try failed" in told[1]


def test_a_command_that_is_not_there_is_told_in_fair_weather(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with notifying(CommandTarget("no-such-program --to crew")) as notifications:
        assert "no such program" in messages(caplog)[0]
        notifications.notify(change(1))
        assert eventually(lambda: len(caplog.records) == 3)
    assert "No such file" in messages(caplog)[1]
    assert "crew" not in "".join(messages(caplog))


def test_a_command_under_way_is_ended_with_the_program(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    script = f"echo $$ > {file}.new; mv {file}.new {file}; sleep 60"
    with notifying(CommandTarget(f"sh -c '{script}'")) as notifications:
        notifications.notify(change(1))
        assert eventually(file.exists)
    assert not is_running(int(file.read_text()))


def test_the_settings_choose_the_hooks(tmp_path: Path) -> None:
    file = tmp_path / "levels"
    file.touch()
    with answering(200) as server:
        config = AlarmConfig(
            notify_command=f"""sh -c 'echo "$STORM_PETREL_LEVEL" >> {file}'""",
            notify_url=server.url,
        )
        with Notifications.of(config) as notifications:
            notifications.notify(change(2, WARNING, STORM))
            notifications.notify(change(3, STORM, WARNING))
            assert server.is_asked(2)
            assert eventually(lambda: file.read_text() == "storm\nwarning\n")
        assert len(server.asked) == 2
    with Notifications.of(AlarmConfig()) as none:
        none.notify(change(1))
