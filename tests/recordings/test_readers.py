"""Every real recording is read to the figures of its manifest, or refused by name (HRVDAEMON_RECORDINGS)."""

from pathlib import Path

import numpy as np
import pytest

from hrvdaemon.formats.reading import read_any, read_rr
from hrvdaemon.hrv.analysis import analyse
from hrvdaemon.vocabulary.errors import UnreadableRecording
from hrvdaemon.vocabulary.inputs import PacketReceived
from hrvdaemon.vocabulary.units import iso

# name, format, unit, intervals, problems, minutes, and RMSSD in ms where the manifest has one for the intervals as they are
READ = [
    ("session/RR1_Cleaned.ibi", "rr-text", "s", 108, 0, 1.5, 60.6),
    ("session/RR1_With_Artifacts.ibi", "rr-text", "s", 110, 0, 1.5, 125.2),
    ("session/exercise_rri.hrm", "polar-hrm", "ms", 4117, 0, 42.7, 36.5),
    ("session/polar_h10_kieran_ibi.csv", "time-rr-csv", "ms", 620, 0, 10.0, 37.4),
    ("session/pyhrv_SampleNNISeriesLong.npy", "npy", "ms", 4684, 0, 60.0, 60.5),
    ("session/rest_rri.txt", "rr-text", "ms", 910, 0, 16.1, 55.1),
    ("session/vollmer_polar_14121501.hrm", "polar-hrm", "ms", 19001, 0, 158.5, 69.8),
    ("sleep/apnea_a01.beats.txt", "beat-times", "s", 29937, 0, 492.7, 78.5),
    ("reference/EC57_HRV256_TP2.txt", "time-rr-csv", "s", 108000, 0, 1438.8, 29.1),
    ("reference/EC57_HRV256_TP3.txt", "time-rr-csv", "s", 86400, 0, 1436.7, 30.7),
    ("reference/real_rri.txt", "rr-text", "ms", 771, 1, 15.3, None),
    ("annotated/flirt_holter.txt", "beat-times-classified", "s", 4763, 1, None, None),
]


@pytest.mark.parametrize(
    ("name", "format_name", "unit", "n", "n_problems", "minutes", "rmssd_ms"), READ, ids=[row[0] for row in READ]
)
def test_a_file_is_read_to_its_published_figures(
    recordings: Path,
    name: str,
    format_name: str,
    unit: str,
    n: int,
    n_problems: int,
    minutes: float | None,
    rmssd_ms: float | None,
) -> None:
    series = read_rr(recordings / name)
    assert (series.format, series.unit, series.rr_ms.size, len(series.problems)) == (format_name, unit, n, n_problems)
    if minutes is not None:
        assert series.rr_ms.sum() / 60_000 == pytest.approx(minutes, abs=0.05)
    if rmssd_ms is not None:
        metrics = analyse(series.rr_ms, series.gaps, correct=False, end_s=series.end_s).whole.metrics
        assert metrics["rmssd_ms"] == pytest.approx(rmssd_ms, abs=0.051)


REFUSED = [
    ("session/EG_181218_polar_h10.RData", "binary"),
    ("session/garmin_3h_hrv.fit", "binary"),
    ("session/garmin_fenix5_run.fit", "binary"),
    ("session/pyhrv_SampleReport.csv", "expected"),
    ("sleep/apnea_a01.tags.txt", "expected one number"),
    ("reference/README_lombEC57.txt", "expected one number"),
    ("annotated/mitdb/101annotations.txt", "expected one number"),
]


@pytest.mark.parametrize(("name", "why"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_holds_no_intervals_is_refused_by_name(recordings: Path, name: str, why: str) -> None:
    with pytest.raises(UnreadableRecording, match=why):
        read_rr(recordings / name)


def test_nothing_of_these_folders_is_forgotten(recordings: Path) -> None:
    there = {
        f"{part}/{path.name}" for part in ("session", "sleep", "reference") for path in (recordings / part).iterdir()
    }
    assert there <= {row[0] for row in READ} | {row[0] for row in REFUSED}


@pytest.mark.parametrize(
    ("name", "start"),
    [("exercise_rri.hrm", "2008-02-08T08:50:31.000Z"), ("vollmer_polar_14121501.hrm", "2014-12-15T19:59:34.000Z")],
)
def test_a_polar_file_knows_when_it_began(recordings: Path, name: str, start: str) -> None:
    series = read_rr(recordings / "session" / name)
    assert series.start_at is not None
    assert iso(series.start_at) == start


def test_a_holter_without_its_artefact_marks_has_few_differences_across_holes(recordings: Path) -> None:
    series = read_rr(recordings / "annotated/flirt_holter.txt")
    assert (
        series.gaps.sum() == 4
    )  # the start, and behind each of three places with marks; the other marks stand before the first beat
    assert "18 marks of class X" in series.notes[0]


@pytest.mark.parametrize("name", [row[0] for row in READ])
def test_what_is_read_can_be_replayed_beat_for_beat(recordings: Path, name: str) -> None:
    series = read_rr(recordings / name)
    packets = [given for given in read_any(recordings / name).inputs if isinstance(given, PacketReceived)]
    n_intervals = sum((len(packet.data) - 2 - (packet.data[0] & 1)) // 2 for packet in packets if packet.data[0] & 16)
    assert n_intervals == series.rr_ms.size
    assert packets[-1].mono_ms / 1000 == pytest.approx(series.end_s[-1], abs=0.001)
    assert (np.diff([packet.mono_ms for packet in packets]) >= 0).all()
