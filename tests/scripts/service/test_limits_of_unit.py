"""The program within the limits of its unit: recorder and page work with what they are allowed."""

from pathlib import Path

from free_port import free_port

from tests.support.program_process import Program
from tests.support.service_unit import confined, values

MARGIN = 4


def test_recorder_and_page_work_within_them_with_a_margin(tmp_path: Path) -> None:
    program = Program(tmp_path, free_port(), "--simulate", launcher=confined)
    try:
        program.until_up()
        assert "storm_petrel" in program.get("/metrics")
        processes = family(program.process.pid)
        descriptors = max(len(list((one / "fd").iterdir())) for one in processes)
        threads = sum(len(list((one / "task").iterdir())) for one in processes)
    finally:
        output = program.terminate()[1]
    assert MARGIN * descriptors < int(values("LimitNOFILE")[0])
    assert MARGIN * threads < int(values("TasksMax")[0])
    assert "not permitted" not in output
    assert "Traceback" not in output


def family(pid: int) -> list[Path]:
    """Return the folders in /proc of a process and of all that its threads started."""
    process = Path("/proc", str(pid))
    lists = [file.read_text() for file in process.glob("task/*/children")]
    children = [int(child) for text in lists for child in text.split()]
    return [process, *(one for child in children for one in family(child))]
