import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from hrvdaemon.formats.recording import RecordingReader, read_recording, recording_lines, write_recording
from hrvdaemon.vocabulary.errors import UnreadableRecording
from hrvdaemon.vocabulary.inputs import Input

Inputs = tuple[Input, ...]
Written = Callable[[str | bytes], Path]


def text(inputs: Inputs) -> str:
    return "".join(recording_lines(inputs, note="in a test"))


@pytest.mark.parametrize("name", ["walk.jsonl", "walk.jsonl.gz"])
def test_what_was_written_is_read_back(tmp_path: Path, three_inputs: Inputs, name: str) -> None:
    path = tmp_path / name
    write_recording(path, three_inputs, note="größer als nötig")
    recording = read_recording(path)
    assert recording.inputs == three_inputs
    assert recording.problems == ()


def test_the_first_line_names_the_format(three_inputs: Inputs) -> None:
    assert text(three_inputs).splitlines()[0] == '{"format":"hrvdaemon-recording","version":1,"note":"in a test"}'


def test_the_same_inputs_give_the_same_bytes_compressed_or_not(tmp_path: Path, three_inputs: Inputs) -> None:
    for name in ("a.jsonl", "a.jsonl.gz"):
        first, second = tmp_path / f"1{name}", tmp_path / f"2{name}"
        write_recording(first, three_inputs)
        write_recording(second, three_inputs)
        assert first.read_bytes() == second.read_bytes()
    assert gzip.decompress((tmp_path / "1a.jsonl.gz").read_bytes()) == (tmp_path / "1a.jsonl").read_bytes()


def test_a_cut_last_line_is_a_problem_and_the_rest_counts(written: Written, three_inputs: Inputs) -> None:
    recording = read_recording(written(text(three_inputs)[:-20]))
    assert recording.inputs == three_inputs[:-1]
    (problem,) = recording.problems
    assert problem.line == 5
    assert "the last line is cut" in problem.message


@pytest.mark.parametrize(
    "wrong",
    [
        "no json",
        "[1, 2]",
        "null",
        '{"type": "Dance"}',
        '{"type": "Tick"}',
        '{"type": "Tick", "mono_ms": "soon"}',
        '{"type": "SignalQualityChanged", "mono_ms": 1, "at": "2026-01-01T00:00:00Z", "quality": "good", "why": ""}',
        "\xff",
        "[" * 100_000,
    ],
)
def test_a_wrong_line_is_a_problem_with_its_number(written: Written, three_inputs: Inputs, wrong: str) -> None:
    lines = text(three_inputs).splitlines(keepends=True)
    recording = read_recording(written("".join([*lines[:2], wrong + "\n", *lines[2:]]).encode("latin-1", "replace")))
    assert recording.inputs == three_inputs
    assert [problem.line for problem in recording.problems] == [3]


def test_blank_lines_are_no_problem(written: Written, three_inputs: Inputs) -> None:
    assert read_recording(written(text(three_inputs).replace("\n", "\r\n\r\n"))).problems == ()


def test_without_a_header_the_inputs_count_and_the_header_is_missed(written: Written, three_inputs: Inputs) -> None:
    recording = read_recording(written("".join(text(three_inputs).splitlines(keepends=True)[1:])))
    assert recording.inputs == three_inputs
    assert [problem.line for problem in recording.problems] == [1]


def test_a_newer_version_is_refused_by_name(written: Written, three_inputs: Inputs) -> None:
    with pytest.raises(UnreadableRecording, match="expected version 1, came 2"):
        read_recording(written(text(three_inputs).replace('"version":1', '"version":2', 1)))


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b'{"format":"hrvdaemon-recording","version":1}\n'])
def test_nothing_readable_is_unreadable(written: Written, content: bytes) -> None:
    with pytest.raises(UnreadableRecording):
        read_recording(written(content))


def test_a_missing_file_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(UnreadableRecording, match="No such file"):
        read_recording(tmp_path / "nowhere")


def test_a_cut_gzip_file_keeps_what_can_be_read(written: Written, three_inputs: Inputs) -> None:
    recording = read_recording(written(gzip.compress(text(three_inputs).encode())[:-10]))
    assert recording.inputs[:2] == three_inputs[:2]
    assert "cut or damaged" in recording.problems[-1].message


def test_a_large_file_is_read_one_input_at_a_time(written: Written, three_inputs: Inputs) -> None:
    reader = iter(RecordingReader(written(text(three_inputs))))
    assert next(reader) == three_inputs[0]
