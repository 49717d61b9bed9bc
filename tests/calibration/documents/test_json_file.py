"""How a document reaches the disk, and what its seal notices."""

import json
import os
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.documents.checksum import checksum
from calibration.documents.json_file import Kind, read_document, write_document
from calibration.errors import CalibrationError

SEALED = Kind(
    title="test card",
    format="storm-petrel test card",
    version=3,
    origin="make one",
    remedy="make it again",
    has_checksum=True,
    remarks=("note",),
)
CONTENT = {"numbers": [1.0, 0.1, 2, -0.5], "inner": {"b": 1e-7, "a": None}, "note": "at 12 mm"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "card.json"
    write_document(path, SEALED, CONTENT)
    return path


def read(path: Path) -> dict[str, Any]:
    return read_document(path, SEALED, lambda document: document)


def rewrite(path: Path, change: Callable[[dict[str, Any]], object], **layout: Any) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    change(document)
    path.write_text(json.dumps(document, **layout), encoding="utf-8")


def test_what_was_written_is_read(file: Path) -> None:
    read_back = read(file)
    assert {name: read_back[name] for name in CONTENT} == CONTENT


def test_a_file_keeps_its_permissions(file: Path) -> None:
    file.chmod(0o640)
    write_document(file, SEALED, CONTENT)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_a_new_file_has_those_of_any_other(file: Path) -> None:
    other = file.with_name("other")
    other.touch()
    assert stat.S_IMODE(file.stat().st_mode) == stat.S_IMODE(other.stat().st_mode)


@pytest.mark.parametrize("umask", [0, 0o022, 0o077])
def test_a_private_file_is_for_its_owner_only(tmp_path: Path, umask: int) -> None:
    path, before = tmp_path / "place.json", os.umask(umask)
    path.write_text("of an older program")
    path.chmod(0o644)
    try:
        for _ in range(2):
            write_document(path, SEALED._replace(is_private=True), CONTENT)
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            path.unlink()
    finally:
        os.umask(before)


def test_a_link_of_another_user_is_not_followed(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can make another user's link")
    link, other = tmp_path / "card.json", tmp_path / "passwd"
    other.write_text("root")
    link.symlink_to(other)
    os.chown(link, 12345, 12345, follow_symlinks=False)
    with pytest.raises(CalibrationError, match="another user"):
        write_document(link, SEALED, CONTENT)
    assert other.read_text() == "root"


@pytest.mark.long("threads that take turns")
def test_threads_that_write_at_once_leave_one_of_the_files_whole(file: Path) -> None:
    def write(number: int) -> None:
        for _ in range(40):
            write_document(file, SEALED, {**CONTENT, "filler": [number] * 20_000})
            read(file)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write, range(4)))
    assert [each.name for each in file.parent.iterdir()] == [file.name]


@pytest.mark.parametrize("there", [True, False])
def test_a_symbolic_link_goes_on_pointing_to_the_file(tmp_path: Path, there: bool) -> None:
    (tmp_path / "kept").mkdir()
    target, link = tmp_path / "kept" / "card.json", tmp_path / "link.json"
    link.symlink_to(Path("kept") / "card.json")
    if there:
        target.write_text("old")
    write_document(link, SEALED, CONTENT)
    assert link.is_symlink()
    assert read(target) == read(link)
    assert [path.name for path in target.parent.iterdir()] == ["card.json"]


def test_links_in_a_circle_are_an_error_in_words(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.symlink_to(other)
    other.symlink_to(one)
    with pytest.raises(CalibrationError, match=r"cannot write .*in a circle"):
        write_document(one, SEALED, CONTENT)


def test_what_is_no_file_is_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(CalibrationError, match=r"cannot write .*no file"):
        write_document(pipe, SEALED, CONTENT)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document["numbers"].__setitem__(1, 0.11),
        lambda document: document["numbers"].append(1),
        lambda document: document["inner"].update(a=0),
        lambda document: document["inner"].pop("b"),
        lambda document: document.update(comment="mine"),
        lambda document: document.update(checksum="crc32:00000000"),
        lambda document: document.update(checksum=None),
    ],
)
def test_a_change_by_hand_is_noticed(file: Path, change: Callable[[Any], object]) -> None:
    rewrite(file, change)
    with pytest.raises(CalibrationError, match=r"was changed by hand: .*; make it again"):
        read(file)


def test_a_seal_that_was_taken_off_is_noticed(file: Path) -> None:
    rewrite(file, lambda document: document.pop("checksum"))
    with pytest.raises(CalibrationError, match='"checksum" is missing'):
        read(file)


@pytest.mark.parametrize("version", [0, 1, 4, None, "3", True])
def test_another_version_is_refused(file: Path, version: object) -> None:
    rewrite(file, lambda document: document.update(version=version))
    with pytest.raises(CalibrationError, match="version"):
        read(file)


def test_a_remark_may_be_changed(file: Path) -> None:
    rewrite(file, lambda document: document.update(note="at 13 mm, the new LED"))
    assert read(file)["note"] == "at 13 mm, the new LED"


def test_another_layout_is_no_change(file: Path) -> None:
    # As JavaScript writes it: 1.0 becomes 1, 1e-07 becomes 1e-7; the order may change as well.
    rewrite(file, lambda document: document["numbers"].__setitem__(0, 1), sort_keys=True, indent=8)
    file.write_text(file.read_text(encoding="utf-8").replace("1e-07", "1e-7"), encoding="utf-8")
    assert read(file)["numbers"] == CONTENT["numbers"]


def test_what_is_wrong_is_told_before_the_seal(file: Path) -> None:
    def understand(document: dict[str, Any]) -> None:
        raise CalibrationError("numbers of another world")

    rewrite(file, lambda document: document.update(numbers=[]))
    with pytest.raises(CalibrationError, match="numbers of another world"):
        read_document(file, SEALED, understand)


def test_endless_brackets_are_refused(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    for depth in (200, 400, 900, 5_000, 100_000):
        file.write_text(text.replace("null", "[" * depth + "]" * depth), encoding="utf-8")
        with pytest.raises(CalibrationError, match="test card"):
            read(file)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), json_values, max_size=5))
def test_the_checksum_survives_the_way_through_a_file(document: dict[str, Any]) -> None:
    through = json.loads(json.dumps(document, indent=3))
    assert checksum(through) == checksum(document)
    assert checksum(dict(reversed(document.items()))) == checksum(document)
