"""The page's process dies, hangs, or is missing: recorder and alarm go on, and it comes back."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from free_port import free_port

from tests.support.program_process import Program, run
from tests.support.waiting import eventually, is_running

SPEED = "[simulated]\nspeed = 0\nstart = '2014-02-12T08:30:00Z'\n"


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    config = tmp_path / "boat.toml"
    config.write_text(SPEED)
    program = Program(tmp_path, free_port(), "--simulate", "--config", str(config))
    try:
        program.until_up()
        yield program
    finally:
        program.process.kill()
        program.process.communicate()


def page_of(program: Program) -> int:
    """The process of the page; 0 without one."""
    pid = program.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").parent.parent.glob("*/children")
    return next((int(word) for path in children for word in path.read_text().split()), 0)


def test_a_page_that_dies_is_started_again_and_this_is_said(program: Program) -> None:
    page = page_of(program)
    os.kill(page, signal.SIGKILL)
    program.until(
        lambda: page_of(program) not in (0, page) and program.now()["taken_at"] is not None
    )
    events = json.loads(program.get("/api/events"))["events"]
    program.until(lambda: "The page ended (by signal SIGKILL)" in program.get("/api/events"))
    assert [event["kind"] for event in events].count("level") > 0
    _, output, _ = program.terminate()
    assert "the page ended (by signal SIGKILL)" in output


def test_a_page_ends_with_its_recorder_and_leaves_the_port(program: Program) -> None:
    page = page_of(program)
    program.process.kill()
    program.process.communicate(timeout=10)  # the page had the same output
    assert eventually(lambda: not is_running(page), 5.0)
    with socket.create_server(("127.0.0.1", program.port)):
        pass


def test_the_page_ends_at_once_when_the_program_is_ended(program: Program) -> None:
    page = page_of(program)
    status, _, took_s = program.terminate()
    assert (status, is_running(page)) == (0, False)
    assert took_s < 5.0


def send(program: Program, token: str, route: str, **values: object) -> dict[str, object]:
    """POST this with a token; return the answer."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    url = f"http://127.0.0.1:{program.port}{route}"
    with urlopen(Request(url, json.dumps(values).encode(), headers), timeout=10) as answer:
        fields: dict[str, object] = json.load(answer)
        return fields


def test_a_request_is_carried_out_by_the_recorder(program: Program, tmp_path: Path) -> None:
    token = (tmp_path / "storm-petrel" / "page-token").read_text().strip()

    def post(route: str, **values: object) -> dict[str, object]:
        return send(program, token, route, **values)

    assert post("/api/alarm/acknowledge")["acknowledged"] == program.now()["level"]
    assert post("/api/settings", unit="inhg")["unit"] == "inhg"
    assert "inHg" in program.get("/")
    os.kill(page_of(program), signal.SIGKILL)
    program.until(lambda: "inHg" in program.get("/"))  # the recorder has it


def test_a_token_is_added_and_revoked_while_the_program_runs(
    program: Program, tmp_path: Path
) -> None:
    added = run(tmp_path, "token", "add", "Anna").stdout
    token = added.split("#token=")[1].split()[0]
    send(program, token, "/api/alarm/acknowledge")
    assert run(tmp_path, "token", "revoke", "Anna").returncode == 0
    with pytest.raises(HTTPError, match="401"):
        send(program, token, "/api/alarm/silence")
    for words in ("token 'Anna' was added by", "acknowledged by Anna", "'Anna' was revoked by"):
        program.until(lambda words=words: words in program.get("/api/events"))  # type: ignore[misc]
    _, output, _ = program.terminate()
    assert "/api/alarm/acknowledge with the token 'Anna'" in output
    assert token not in output


def test_the_page_gives_way(program: Program) -> None:
    """Its processor, memory and descriptors are the first to be taken."""
    page = Path(f"/proc/{page_of(program)}")
    recorder = Path(f"/proc/{program.process.pid}")
    nice = [(p / "stat").read_text().rpartition(")")[2].split()[16] for p in (page, recorder)]
    assert int(nice[0]) > int(nice[1])
    assert int((page / "oom_score_adj").read_text()) > int((recorder / "oom_score_adj").read_text())
    (limit,) = [row for row in (page / "limits").read_text().splitlines() if "open files" in row]
    assert int(limit.split()[3]) <= 256


def test_a_folder_that_is_called_web_is_not_taken_for_ours(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "__init__.py").write_text("raise SystemExit('not this one')")
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path)}
    port = free_port()
    code = "import sys; sys.path.pop(0); from web.__main__ import main; sys.exit(main())"
    with subprocess.Popen(
        [sys.executable, "-c", code, "--simulate", "--port", str(port)],
        cwd=tmp_path,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stderr is not None
            lines = iter(process.stderr.readline, "")
            assert any("open http://" in line for line in lines)
        finally:
            process.terminate()


def test_a_page_that_cannot_start_is_no_end_of_the_alarm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Flask is broken: the alarm sounds, and the page is tried again with longer pauses."""
    broken = tmp_path / "broken"
    (broken / "flask").mkdir(parents=True)
    tried = tmp_path / "tried"
    (broken / "flask" / "__init__.py").write_text(
        f"open({str(tried)!r}, 'a').write('x')\nraise ImportError('broken')"
    )
    sound = tmp_path / "sound"
    config = tmp_path / "boat.toml"
    config.write_text(SPEED + f"""[alarm]\nsound = "sh -c 'echo >> {sound}'"\n""")
    monkeypatch.setenv("PYTHONPATH", str(broken))
    program = Program(tmp_path, free_port(), "--simulate", "--config", str(config))
    program.until(lambda: sound.exists() and tried.exists() and len(tried.read_text()) > 1)
    status, output, _ = program.terminate()
    assert status == 0
    assert "the page ended (with status 1)" in output
