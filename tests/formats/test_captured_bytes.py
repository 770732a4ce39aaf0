import gzip
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hrvdaemon.formats.captured_bytes import opened
from hrvdaemon.vocabulary.errors import UnreadableRecording

LONG = random.Random(1).randbytes(150_000) + bytes(400_000)


def read(path: Path, n_bytes: int = 7_777) -> tuple[bytes, bool]:
    with opened(path) as source:
        data = b"".join(iter(lambda: source.take(n_bytes), b""))
        assert source.offset == len(data)
        return data, source.is_damaged


@pytest.mark.parametrize("packed", [LONG, gzip.compress(LONG), gzip.compress(LONG[:9]) + gzip.compress(LONG[9:])])
def test_plain_and_compressed_files_give_the_same_bytes(tmp_path: Path, packed: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(packed)
    assert read(path) == (LONG, False)
    assert read(path, 1 << 20) == (LONG, False)


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(2, len(gzip.compress(LONG)) - 1))
def test_a_cut_compressed_file_gives_what_can_be_unpacked_and_says_so(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "cut"
    path.write_bytes(gzip.compress(LONG)[:cut])
    data, is_damaged = read(path)
    assert is_damaged
    assert LONG.startswith(data)
    assert len(data) >= min(cut - 200, 140_000)  # the random part does not compress: nearly all of it is there


def test_what_follows_a_damaged_place_is_not_invented(tmp_path: Path) -> None:
    path = tmp_path / "file"
    packed = bytearray(gzip.compress(LONG))
    packed[100_000:100_050] = bytes(50)
    path.write_bytes(packed)
    data, is_damaged = read(path)
    assert is_damaged
    assert data[:90_000] == LONG[:90_000]


def test_lines_are_given_one_by_one_and_long_ones_in_parts(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(gzip.compress(b"one\n" + b"x" * 30 + b"\nend"))
    with opened(path) as source:
        assert [source.line(20) for _ in range(5)] == [b"one\n", b"x" * 20, b"x" * 10 + b"\n", b"end", b""]


def test_what_can_not_be_opened_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(UnreadableRecording, match="expected a readable file"), opened(tmp_path):
        pass
