from collections.abc import Iterator
from pathlib import Path

import pytest

from hrvdaemon.formats.recording import read_recording
from hrvdaemon.formats.whole_recording import write_whole_recording
from hrvdaemon.vocabulary.errors import BadUsage
from hrvdaemon.vocabulary.inputs import Input


@pytest.mark.parametrize("name", ["r.jsonl", "r.jsonl.gz"])
def test_a_recording_is_written_whole(tmp_path: Path, three_inputs: tuple[Input, ...], name: str) -> None:
    path = tmp_path / name
    assert write_whole_recording(path, three_inputs, note="")
    assert read_recording(path).inputs == three_inputs
    assert (path.read_bytes()[:2] == b"\x1f\x8b") is name.endswith(".gz")
    assert list(tmp_path.iterdir()) == [path]


def test_without_an_input_there_is_no_file(tmp_path: Path) -> None:
    assert not write_whole_recording(tmp_path / "r.jsonl", (), note="")
    assert list(tmp_path.iterdir()) == []


def test_inputs_that_fail_in_the_middle_leave_what_was_there(tmp_path: Path, three_inputs: tuple[Input, ...]) -> None:
    def failing() -> Iterator[Input]:
        yield from three_inputs
        raise ValueError

    path = tmp_path / "r.jsonl"
    path.write_text("before")
    with pytest.raises(ValueError):  # noqa: PT011 the one of above
        write_whole_recording(path, failing(), note="")
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_that_can_not_be_written_is_told(tmp_path: Path, three_inputs: tuple[Input, ...]) -> None:
    with pytest.raises(BadUsage, match="--out: expected a file that can be written"):
        write_whole_recording(tmp_path / "nowhere" / "r.jsonl", three_inputs, note="")
