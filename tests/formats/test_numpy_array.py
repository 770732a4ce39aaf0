from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hrvdaemon.formats.numpy_array import MAGIC, read_numpy
from hrvdaemon.vocabulary.errors import UnreadableRecording


def saved(array: NDArray[np.generic], *, pickled: bool = False) -> bytes:
    file = BytesIO()
    np.save(file, array, allow_pickle=pickled)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["<f8", ">f8", "<f4", "<f2", "<i2", ">i4", "<i8", "<u2"])
def test_every_kind_of_number_is_read(kind: str) -> None:
    series = read_numpy(saved(np.array([800, 812, 790], kind)))
    assert (series.format, series.unit, series.rr_ms.tolist()) == ("npy", "ms", [800, 812, 790])


@pytest.mark.parametrize("shape", [(3,), (3, 1), (1, 3)])
def test_one_row_may_lie_or_stand(shape: tuple[int, ...]) -> None:
    assert read_numpy(saved(np.array([800.0, 812, 790]).reshape(shape))).rr_ms.size == 3


def test_the_second_version_of_the_header_is_read() -> None:
    file = BytesIO()
    np.lib.format.write_array(file, np.array([0.8, 0.81]), version=(2, 0))
    assert read_numpy(file.getvalue()).rr_ms.tolist() == [800, 810]


@pytest.mark.parametrize("value", [np.nan, np.inf, -1.0, 0.0, 1e300])
def test_what_is_no_interval_is_a_problem_with_its_place_and_a_gap(value: float) -> None:
    series = read_numpy(saved(np.array([800, 810, value, 790])))
    assert [problem.line for problem in series.problems] == [3]
    assert series.gaps.tolist() == [True, False, True]


def test_a_cut_file_gives_what_it_has() -> None:
    series = read_numpy(saved(np.array([800.0, 810, 790]))[:-3])
    assert series.rr_ms.tolist() == [800, 810]
    assert "expected 3 intervals in the array, came 2" in str(series.problems[0])


@pytest.mark.parametrize(
    "data",
    [
        saved(np.array([{"rr": 800}]), pickled=True),
        saved(np.array(["800"])),
        saved(np.array([1j])),
        saved(np.array(800.0)),
        saved(np.ones((2, 2))),
        saved(np.ones((1, 1, 3))),
        saved(np.zeros(3, [("rr", "f8")])),
        MAGIC,
        MAGIC + b"\x01\x00\xff\xff{'descr': '<f8'",
        saved(np.array([800.0])).replace(b"'<f8'", b"print"),
    ],
    ids=["pickle", "text", "complex", "no row", "two rows", "three axes", "fields", "nothing", "cut", "code"],
)
def test_what_is_not_one_row_of_numbers_is_unreadable(data: bytes) -> None:
    with pytest.raises(UnreadableRecording, match="NumPy array"):
        read_numpy(data)


def test_a_header_that_promises_too_much_takes_no_memory() -> None:
    data = saved(np.array([800.0])).replace(b"(1,), }" + b" " * 12, b"(999999999999,), }" + b" ")
    assert read_numpy(data).rr_ms.tolist() == [800]


@settings(deadline=None)
@given(st.binary(max_size=80), st.integers(0, 140))
def test_any_bytes_give_a_series_or_unreadable(junk: bytes, at: int) -> None:
    good = saved(np.array([800.0, 810.0]))
    for data in (MAGIC + junk, good[:at] + junk + good[at + len(junk) :]):
        try:
            series = read_numpy(data)
        except UnreadableRecording:
            continue
        assert np.isfinite(series.rr_ms).all()
