"""Published figures of real recordings, reproduced. The recordings are not part of the project (HRVDAEMON_RECORDINGS)."""

from pathlib import Path

import numpy as np
import pytest

from hrvdaemon.formats.reading import read_rr
from hrvdaemon.hrv.analysis import analyse
from hrvdaemon.hrv.one_window import Metrics
from hrvdaemon.vocabulary.epochs import Quality


def uncorrected(path: Path) -> Metrics:
    series = read_rr(path)
    return analyse(series.rr_ms, series.gaps, correct=False, end_s=series.end_s).whole.metrics


def rounded(metrics: Metrics, key: str, decimals: int) -> float:
    value = metrics[key]
    assert value is not None
    return round(value, decimals)


def test_rest_rri_has_its_published_time_domain(recordings: Path) -> None:
    metrics = uncorrected(recordings / "session/rest_rri.txt")
    assert rounded(metrics, "mean_rr_ms", 4) == 1058.7187
    assert rounded(metrics, "sdnn_ms", 4) == 57.8182
    assert rounded(metrics, "rmssd_ms", 4) == 55.1374
    assert rounded(metrics, "pnn50_percent", 4) == 35.3135
    assert rounded(metrics, "sd1_ms", 4) == 39.0095
    assert rounded(metrics, "sd2_ms", 4) == 71.8620


def test_the_first_five_minutes_of_a_holter_have_their_published_figures(recordings: Path) -> None:
    series = read_rr(recordings / "rr24h/healthy_000_ms.txt")
    metrics = analyse(series.rr_ms[:306], correct=False).whole.metrics
    assert rounded(metrics, "rmssd_ms", 6) == 52.622348
    assert rounded(metrics, "mean_hr_bpm", 3) == 61.230


def test_an_hour_of_pyhrv_has_the_figures_of_its_report(recordings: Path) -> None:
    rr_ms = np.load(recordings / "session/pyhrv_SampleNNISeriesLong.npy").astype(np.float64)
    metrics = analyse(rr_ms, correct=False).whole.metrics
    assert rr_ms.size == 4684
    assert rounded(metrics, "mean_rr_ms", 3) == 768.438
    assert rounded(metrics, "sdnn_ms", 3) == 85.357
    assert rounded(metrics, "rmssd_ms", 3) == 60.523
    assert rounded(metrics, "pnn50_percent", 3) == 28.571


def test_artefact_correction_takes_away_what_cleaning_by_hand_took_away(recordings: Path) -> None:
    raw = read_rr(recordings / "session/RR1_With_Artifacts.ibi")
    by_hand = uncorrected(recordings / "session/RR1_Cleaned.ibi")["rmssd_ms"]
    result = analyse(raw.rr_ms, raw.gaps).whole
    spoilt, ours = uncorrected(recordings / "session/RR1_With_Artifacts.ibi")["rmssd_ms"], result.metrics["rmssd_ms"]
    assert by_hand is not None
    assert spoilt is not None
    assert ours is not None
    assert spoilt > 2 * by_hand
    assert ours < by_hand
    assert result.artefacts.extra == 2


@pytest.mark.parametrize(
    "name", ["nsr001_rr_secs.txt", "nsr010_rr_secs.txt", "nsr022_rr_secs.txt", "chf201_rr_secs.txt"]
)
def test_a_day_in_seconds_is_read_in_seconds_without_its_start_offset(recordings: Path, name: str) -> None:
    series = read_rr(recordings / "rr24h" / name)
    assert series.unit == "s"
    assert 80_000 < series.rr_ms.size < 120_000
    assert len(series.problems) <= 2
    whole = analyse(series.rr_ms, series.gaps, end_s=series.end_s).whole
    assert whole.metrics["rmssd_ms"] is not None
    assert 10 < whole.metrics["rmssd_ms"] < 60


def test_overflows_and_zeros_are_counted_and_the_rest_is_analysed(recordings: Path) -> None:
    series = read_rr(recordings / "biofeedback/2013-04-23-20-51-34.txt")
    assert (series.rr_ms.size, len(series.problems)) == (4020, 48)
    assert series.rr_ms.size + len(series.problems) == 4068
    assert analyse(series.rr_ms, series.gaps).whole.quality is Quality.FAIR


def test_the_last_zero_of_real_rri_is_rejected(recordings: Path) -> None:
    series = read_rr(recordings / "reference/real_rri.txt")
    assert [problem.line for problem in series.problems] == [772]


@pytest.mark.parametrize(("name", "n_beats"), [("test_kyto.csv", 2860), ("test_rhythm.csv", 2604)])
def test_hrv_logger_files_know_their_dropouts(recordings: Path, name: str, n_beats: int) -> None:
    series = read_rr(recordings / "labelled_wearablehrv" / name)
    assert (series.format, series.rr_ms.size) == ("hrv-logger", n_beats)
    assert series.end_s[-1] > series.rr_ms.sum() / 1000 + 300
    assert series.gaps.sum() > 50
