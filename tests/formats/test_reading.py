import gzip
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hrvdaemon.formats import reading, recording, rr_series
from hrvdaemon.formats.reading import ASSUMED_START, read_any, read_rr
from hrvdaemon.formats.recording import recording_lines
from hrvdaemon.vocabulary.errors import UnreadableRecording
from hrvdaemon.vocabulary.inputs import Input, RunStarted
from hrvdaemon.vocabulary.units import instant

Written = Callable[[str | bytes], Path]


@pytest.mark.parametrize(
    ("content", "format_name"),
    [
        ("800\n810\n", "rr-text"),
        ("# note\r\n800\r\n810\r\n", "rr-text"),
        ("date,rr,since start\n1773129601000,800,1\n", "hrv-logger"),
        ("0.8,800\n1.6,810\n", "time-rr-csv"),
        ("time_s,ibi_ms\n0.8,800\n", "time-rr-csv"),
        ("0.8 0.8\n1.6 0.81\n", "time-rr-csv"),
        ("".join(f"{k * 0.8:.2f}\n" for k in range(30)), "beat-times"),
        ("0000\n0.8 N\n1.6 X\n2.4 N\n3.2 N\n", "beat-times-classified"),
        ("[Params]\nVersion=106\n[HRData]\n800\n", "polar-hrm"),
    ],
)
def test_what_a_file_holds_decides_its_format(written: Written, content: str, format_name: str) -> None:
    assert read_rr(written(content)).format == format_name
    assert read_rr(written(gzip.compress(content.encode()))).format == format_name


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_no_problem(written: Written, encoding: str) -> None:
    series = read_rr(written("800\n810\n".encode(encoding)))
    assert (series.rr_ms.tolist(), series.problems) == ([800, 810], ())


def test_json_lines_give_the_intervals_of_their_packets(written: Written, three_inputs: tuple[Input, ...]) -> None:
    series = read_rr(written("".join(recording_lines(three_inputs))))
    assert (series.format, series.unit, series.rr_ms.tolist()) == ("hrvdaemon-recording", "ticks", [781.25])


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"\n\n# nothing\n", "empty"),
        (b"\x93NUMPY\x01\x00", "NumPy array of numbers"),
        (b"PK\x03\x04 an xlsx", "binary"),
        (b"0,812\n0,798\n1,024\n0,9\n", "decimal point"),
        (b"words\nand words\n", "line 1"),
        (b"[Params]\nInterval=5\n[HRData]\n80\n", "Interval=238"),
        (b"[1, 2]\n", "a list"),
        (b"\x1f\x8b broken", "gzip"),
        (b'{"format":"hrvdaemon-recording","version":1}\n', "at least one"),
    ],
)
def test_nothing_readable_is_unreadable_and_says_why(written: Written, content: bytes, why: str) -> None:
    for read in (read_rr, read_any):
        with pytest.raises(UnreadableRecording, match=why):
            read(written(content))


def test_a_folder_and_a_missing_file_are_unreadable(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(UnreadableRecording, match="expected a readable file"):
            read_any(path)


def test_inputs_are_replayed_as_they_are(written: Written, three_inputs: tuple[Input, ...]) -> None:
    replayable = read_any(written("".join(recording_lines(three_inputs))))
    assert (replayable.inputs, replayable.notes) == (three_inputs, ())


def test_a_file_without_a_clock_starts_at_a_fixed_time_and_says_so(written: Written) -> None:
    replayable = read_any(written("word\n800\n810\n"), unit="ms")
    assert isinstance(replayable.inputs[0], RunStarted)
    assert replayable.inputs[0].at == ASSUMED_START
    assert "no clock" in replayable.notes[0]
    assert [problem.line for problem in replayable.problems] == [1]


def test_the_files_own_clock_counts_unless_another_is_given(written: Written) -> None:
    path = written("# start: 2026-03-01T08:00:00Z\n800\n810\n")
    for asked, at in ((None, instant("2026-03-01T08:00:00Z")), (instant("2026-05-01T10:00:00Z"),) * 2):
        first = read_any(path, unit="ms", start_at=asked).inputs[0]
        assert isinstance(first, RunStarted)
        assert first.at == at


def test_a_numpy_array_is_read(written: Written) -> None:
    file = BytesIO()
    np.save(file, np.array([800.0, 810.0]))
    series = read_rr(written(file.getvalue()))
    assert (series.format, series.rr_ms.tolist()) == ("npy", [800, 810])


@pytest.mark.parametrize("compress", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_a_file_larger_than_the_limit_is_refused_without_being_read(
    written: Written, monkeypatch: pytest.MonkeyPatch, compress: Callable[[bytes], bytes]
) -> None:
    monkeypatch.setattr(reading, "LARGEST_BYTES", 1 << 20)
    path = written(compress(b"800\n" * (1 << 18)))
    assert read_rr(path).rr_ms.size == 1 << 18
    with pytest.raises(UnreadableRecording, match="at most 1 MB"):
        read_rr(written(compress(b"800\n" * ((1 << 18) + 1))))


def test_a_file_of_nothing_but_words_is_refused_before_its_problems_fill_memory(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (rr_series, recording):
        monkeypatch.setattr(module, "MOST_PROBLEMS", 10)
    for content in ("800\n" + "word\n" * 11, '{"format":"hrvdaemon-recording","version":1}\n' + "{\n" * 11):
        with pytest.raises(UnreadableRecording, match="more than 10"):
            read_rr(written(content))


def test_more_inputs_than_fit_are_refused(
    written: Written, monkeypatch: pytest.MonkeyPatch, three_inputs: tuple[Input, ...]
) -> None:
    path = written("".join(recording_lines(three_inputs)))
    monkeypatch.setattr(recording, "MOST_INPUTS", len(three_inputs))
    assert len(read_any(path).inputs) == len(three_inputs)
    monkeypatch.setattr(recording, "MOST_INPUTS", len(three_inputs) - 1)
    with pytest.raises(UnreadableRecording, match="split it"):
        read_any(path)


LINES = st.lists(
    st.sampled_from(
        [
            "[Params]",
            "[HRData]",
            "Interval=5",
            "1 N",
            "2 X",
            "1 800",
            "-1e308",
            "1e308",
            "800",
            "0.8",
            "-1",
            "0",
            "4294967295",
            "1e999",
            "word",
            "#",
            "date,rr",
            "1,800",
            "{",
            "[",
            "\x85",
        ]
    )
    | st.text(max_size=12),
    max_size=12,
)


@settings(deadline=None, max_examples=300)
@given(
    content=st.binary(max_size=200)
    | st.binary(max_size=80).map(b"\x93NUMPY\x01\x00v\x00".__add__)
    | LINES.map(lambda lines: "\n".join(lines).encode("utf-8", "replace"))
)
def test_any_bytes_give_intervals_or_unreadable_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(content)
    try:
        series = read_rr(path)
    except UnreadableRecording:
        return
    assert series.rr_ms.size > 0
    assert np.isfinite(series.rr_ms).all()
    assert (np.diff(series.end_s) >= 0).all()
    assert read_any(path).inputs


@settings(deadline=None, max_examples=100)
@given(st.lists(st.floats(-2, 1e6) | st.floats(), min_size=30, max_size=60).map(sorted))
def test_any_numbers_that_grow_give_intervals_or_unreadable(
    tmp_path_factory: pytest.TempPathFactory, times: list[float]
) -> None:
    path = tmp_path_factory.getbasetemp() / "growing"
    path.write_text("".join(f"{time!r}\n" for time in times))
    try:
        assert np.isfinite(read_rr(path).rr_ms).all()
    except UnreadableRecording:
        return
