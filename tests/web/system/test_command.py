"""Commands of the user's own: what they get, what is heard of them, and how they end."""

import shlex
import time
from pathlib import Path

import pytest

from tests.support.waiting import eventually, is_running
from web.system.command import Command, CommandProcess

OPEN = Path("/proc/self/fd")


def has_ended(run: CommandProcess) -> bool:
    return eventually(lambda: not run.is_running())


def test_it_gets_its_words_its_variables_and_what_it_is_told(tmp_path: Path) -> None:
    file = tmp_path / "said"
    command = Command(f"""sh -c 'echo "$0 $LEVEL $HOME_PORT" > {file}; cat >> {file}' "a b" """)
    run = command.start({"LEVEL": "storm", "HOME_PORT": "Horta"}, b"pressure")
    assert has_ended(run)
    run.end()
    assert command.name == "sh"
    assert run.failure() == ""
    assert file.read_text() == "a b storm Horta\npressure"


def test_no_shell_sees_the_line(tmp_path: Path) -> None:
    run = Command(f"touch {tmp_path}/$HOME; {tmp_path}/*").start({})
    assert has_ended(run)
    run.end()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["$HOME;", "*"]


@pytest.mark.parametrize("line", ["", "  ", "aplay 'storm.wav", "aplay \\"])
def test_a_line_that_is_no_command_is_refused(line: str) -> None:
    with pytest.raises(ValueError):
        Command(line)


def test_a_program_that_is_not_there_is_named() -> None:
    command = Command("no-such-program-anywhere --loud")
    assert not command.exists
    assert Command("sh -c true").exists
    with pytest.raises(FileNotFoundError, match="no-such-program-anywhere"):
        command.start({})


def test_a_file_that_may_not_be_run_is_named(tmp_path: Path) -> None:
    (tmp_path / "sound.wav").write_bytes(b"RIFF")
    with pytest.raises(PermissionError, match=r"sound\.wav"):
        Command(f"{tmp_path}/sound.wav").start({})


@pytest.mark.parametrize(
    ("script", "failure"),
    [
        ("exit 0", ""),
        ("echo fine >&2", ""),
        ("exit 3", "it ended with 3"),
        (
            "echo one >&2; printf 'device\\033[1m is busy\\n\\n' >&2; exit 1",
            "it ended with 1: device[1m is busy",
        ),
        ("kill -9 $$", "it was ended by signal 9"),
    ],
)
def test_how_it_failed_is_told_with_its_last_words(script: str, failure: str) -> None:
    run = Command(f"sh -c {shlex.quote(script)}").start({})
    assert has_ended(run)
    run.end()
    assert run.failure() == failure


def test_whoever_complains_without_end_is_not_held_up_and_fills_no_memory() -> None:
    run = Command("sh -c 'for n in 1 2 3 4; do head -c 60000 /dev/zero >&2; done; exit 5'").start(
        {}
    )
    assert has_ended(run)
    run.end()
    assert run.failure() == "it ended with 5"


def test_whoever_does_not_listen_is_not_waited_for() -> None:
    run = Command("sh -c 'exec <&-; sleep 60'").start({}, b"x" * 4000)
    begin = time.monotonic()
    run.end()
    assert time.monotonic() - begin < 3.0
    with pytest.raises(OSError, match="too many"):
        Command("sleep 60").start({}, b"x" * 10_000_000)


def test_it_is_ended_with_all_that_it_has_started(tmp_path: Path) -> None:
    child = tmp_path / "child"
    run = Command(f"sh -c 'sleep 60 & echo $! > {child}.new; mv {child}.new {child}; wait'").start(
        {}
    )
    assert eventually(child.exists)
    pid = int(child.read_text())
    assert is_running(pid)
    run.end()
    run.end()
    assert eventually(lambda: not is_running(pid))


def test_it_can_switch_off_what_it_has_switched_on(tmp_path: Path) -> None:
    is_on, is_off = tmp_path / "on", tmp_path / "off"
    script = f'trap "touch {is_off}; exit" TERM; touch {is_on}; while :; do sleep 0.02; done'
    run = Command(f"sh -c '{script}'").start({})
    assert eventually(is_on.exists)
    run.end()
    assert is_off.exists()


def test_one_that_will_not_end_is_ended(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    script = (
        f'trap "" TERM; echo $$ > {ready}.new; mv {ready}.new {ready}; while :; do sleep 1; done'
    )
    run = Command(f"sh -c '{script}'").start({})
    assert eventually(ready.exists)
    begin = time.monotonic()
    run.end()
    assert time.monotonic() - begin < 3.0
    assert not is_running(int(ready.read_text()))


def test_nothing_stays_open() -> None:
    before = len(list(OPEN.iterdir()))
    for _ in range(3):
        run = Command("true").start({}, b"told")
        assert has_ended(run)
        run.end()
        with pytest.raises(OSError):
            Command("/no/such/program").start({}, b"told")
    assert len(list(OPEN.iterdir())) == before
