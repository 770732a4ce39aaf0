import numpy as np
import pytest

from benchmarks.artefacts import is_ectopic, is_found, neurokit2, stream, table
from benchmarks.mitdb import Annotated, read, records

HEAD = "      Time   Sample#  Type  Sub Chan  Num\tAux"


def row(sample: int, letter: str, aux: str = "") -> str:
    return f"    0:00.000    {sample:5d}     {letter}    0    0    0\t{aux}"


def record(*marks: str) -> Annotated:
    """A mark every 360 samples: a beat's letter, or a rhythm as ``(AFIB``."""
    rows = [row(360 * k, "+", mark) if mark.startswith("(") else row(360 * k, mark) for k, mark in enumerate(marks)]
    return read("101", [HEAD, *rows])


def test_only_beats_count_and_a_second_has_360_samples() -> None:
    found = record("N", "~", "N", "|", "V")
    assert found.letters == "NNV"
    assert found.rr_ms.tolist() == [2000, 2000]


def test_an_interval_is_clean_between_two_normal_beats() -> None:
    assert record("N", "L", "R", "V", "N", "A", "N", "N").is_clean.tolist() == [
        True,
        True,
        False,
        False,
        False,
        False,
        True,
    ]


@pytest.mark.parametrize("mark", ["!", "[", "]", "x"])
def test_flutter_and_a_blocked_p_wave_leave_no_interval(mark: str) -> None:
    found = record("N", "N", mark, "N", "N")
    assert found.is_counted.tolist() == [True, False, True]
    assert found.is_clean.tolist() == [True, False, True]


def test_the_rhythm_is_the_one_noted_last() -> None:
    assert record("(N", "N", "N", "(AFIB", "N", "N", "(N", "N").is_sinus.tolist() == [True, False, False, True]


def test_a_beat_is_found_by_a_label_on_either_of_its_intervals() -> None:
    assert is_found(np.array([False, True, False, False])).tolist() == [False, True, True, False, False]


def test_classes_are_v_a_and_all_other() -> None:
    found = record("N", "V", "A", "a", "N", "x", "V", "!", "N")
    assert [np.flatnonzero(is_ectopic(found, letters)).tolist() for letters in ("V", "A", "")] == [[1], [2], [3]]


def premature() -> Annotated:
    """Two hundred beats of about a second that breathe, of which one is 40 % early."""
    samples = np.cumsum(np.rint(360 + 12 * np.sin(np.arange(200) / 1.5))).astype(int)
    samples[100] -= 144
    return read("100", [row(int(s), "V" if k == 100 else "N") for k, s in enumerate(samples)])


def test_one_premature_beat_is_found_by_all_and_nothing_else_is_marked() -> None:
    found = premature()
    for row_ in table([found]).rows:
        if row_[1] != "0":
            assert set(row_[2:]) == {"100.00 %"}
    assert stream(found).size == neurokit2(found).size == 199


def test_a_folder_without_annotations_says_what_was_expected(tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(FileNotFoundError, match="annotations"):
        records(tmp_path_factory.mktemp("empty"))
