"""Recordings that others labelled, each read from its own files: beats, and what the person did when.

Stress-Predict (Iqbal et al. 2022, Sensors 22:8135), wearable-hrv (Sinichi et al.), BioPsyKit (Richer et al. 2021,
Journal of Open Source Software). None of them is part of the project; ``--recordings`` says where they are.
"""

from collections.abc import Callable, Iterator, Sequence
from csv import DictReader
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from hrvdaemon.evaluation.workbook import Cell, Row, read_workbook
from hrvdaemon.formats.reading import read_rr
from hrvdaemon.formats.rr_series import Rows, RRSeries, number, series_of_rows
from hrvdaemon.vocabulary.errors import UnreadableRecording
from hrvdaemon.vocabulary.units import SECOND_MS, Instant

STRESS_PREDICT, WEARABLE_HRV, BIOPSYKIT = "stress-predict", "wearable-hrv", "biopsykit"
_DUBLIN, _AMSTERDAM = ZoneInfo("Europe/Dublin"), ZoneInfo("Europe/Amsterdam")
_NEIGHBOUR_S = 0.05
"""Beats whose times differ by more than the interval and this have lost ones between them."""
_SHEET_ZERO = datetime(1899, 12, 30, tzinfo=UTC)


class Label(StrEnum):
    """What a phase counts as."""

    REST = "rest"
    """The person's own usual is learned from it, and it is not judged."""
    CALM = "calm"
    TASK = "task"
    OTHER = "other"
    """Standing, walking, slow breathing: neither strain nor rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    name: str
    start_at: Instant
    end_at: Instant
    label: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledRecording:
    """One session of one person with one sensor."""

    name: str
    person: str
    series: RRSeries
    phases: tuple[Phase, ...]


# -- Stress-Predict ----------------------------------------------------------------------------------------------------

_TASKS = {
    "Baseline/Questionniare": Label.REST,
    "Stroop Test": Label.TASK,
    "Interview": Label.TASK,
    "Hyperventilation": Label.TASK,
    "Relax": Label.CALM,
    "Relax/Baseline": Label.CALM,
}
"""Headings as the log spells them."""
_EARLIEST_HOUR = 8
"""The log's clock has twelve hours and no am or pm; nobody was measured before eight or after eight."""


def stress_predict(folder: Path) -> Iterator[LabelledRecording]:
    """Wrist PPG of 18 people; the log has their tasks in Irish time."""
    headings, starts, *rows = next(iter(read_workbook(folder / "Time_logs.xlsx").values()))
    spans = [(str(name), column) for column, name in headings.items() if starts.get(column) == "Start"]
    for row in rows:
        beats = folder / f"{row.get('A')}_IBI.csv"
        if beats.is_file():
            phases = tuple(_logged(row, name, column) for name, column in spans if name in _TASKS)
            yield LabelledRecording(name=beats.stem, person=str(row["A"]), series=_read_e4(beats), phases=phases)


def _logged(row: Row, name: str, column: str) -> Phase:
    day = _SHEET_ZERO + timedelta(days=_plain(row["Z"]))
    start, end = (_irish(day, _plain(row[where])) for where in (column, _next(column)))
    return Phase(name=name, start_at=start, end_at=end, label=_TASKS[name])


def _irish(day: datetime, share: float) -> Instant:
    minute = round(share * 24 * 60)
    minute += 12 * 60 if minute < _EARLIEST_HOUR * 60 else 0
    local = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=_DUBLIN)
    return Instant(round(local.timestamp() * SECOND_MS))


def _next(column: str) -> str:
    return chr(ord(column) + 1)


def _plain(cell: Cell) -> float:
    if isinstance(cell, str):
        raise UnreadableRecording(f"expected a number in the task log, came {cell!r}")
    return cell


def _read_e4(path: Path) -> RRSeries:
    """Row 1 is the start; then seconds since the start and the interval. Lost beats leave holes, which are gaps."""
    first, *lines = path.read_text(encoding="utf-8").splitlines()
    pairs = [(number(a), number(b)) for a, _, b in (line.partition(",") for line in lines)]
    beats = [(time, interval) for time, interval in pairs if time is not None and interval is not None]
    start = number(first.partition(",")[0])
    if start is None or not beats:
        raise UnreadableRecording(f"expected an Empatica E4 IBI file, came something else: {path}")
    start_at = Instant(round((start + beats[0][0] - beats[0][1]) * SECOND_MS))
    return series_of_rows(_with_holes(beats), unit="s", format="empatica-e4", start_at=start_at)


def _with_holes(beats: Sequence[tuple[float, float]]) -> Rows:
    rows, before_s = Rows(), 0.0
    for line, (time_s, interval_s) in enumerate(beats, 2):
        if time_s - before_s - interval_s > _NEIGHBOUR_S:
            rows.interrupt()
        rows.add(line, interval_s, time_s)
        before_s = time_s
    return rows


# -- wearable-hrv ------------------------------------------------------------------------------------------------------

_CONDITIONS = {
    "sitting": Label.REST,
    "arithmetic": Label.TASK,
    "neurotask": Label.TASK,
    "recovery": Label.CALM,
    "standing": Label.OTHER,
    "breathing": Label.OTHER,
    "walking": Label.OTHER,
    "biking": Label.OTHER,
}
_PROTOCOL_DAY = datetime(2023, 6, 30, tzinfo=_AMSTERDAM)


def wearable_hrv(folder: Path) -> Iterator[LabelledRecording]:
    """One person, an ear clip and an arm band at once; the conditions are in local time of one day."""
    phases = tuple(_conditions(folder / "test_events.csv"))
    for sensor in ("kyto", "rhythm"):
        path = folder / f"test_{sensor}.csv"
        yield LabelledRecording(name=sensor, person="P37", series=read_rr(path), phases=phases)


def _conditions(path: Path) -> Iterator[Phase]:
    with path.open(encoding="utf-8") as lines:
        marks = {(row["conditions"], row["datapoint"]): _clock(row["timestamp"]) for row in DictReader(lines)}
    for name, label in _CONDITIONS.items():
        yield Phase(name=name, start_at=marks[name, "start"], end_at=marks[name, "end"], label=label)


def _clock(text: str) -> Instant:
    hour, minute, second = map(int, text.split(":"))
    moment = _PROTOCOL_DAY.replace(hour=hour, minute=minute, second=second)
    return Instant(round(moment.timestamp() * SECOND_MS))


# -- BioPsyKit ---------------------------------------------------------------------------------------------------------

_SHEETS = {
    "Baseline": Label.REST,
    "Intervention": Label.OTHER,
    "Stress": Label.TASK,
    "Recovery": Label.CALM,
}
_TIME, _INTERVAL, _OUTLIER = "time", "RR_Interval", "R_Peak_Outlier"


def biopsykit(folder: Path) -> Iterator[LabelledRecording]:
    """Chest ECG of one person, a sheet a phase; intervals that its owner flagged as outliers are left out."""
    for path in sorted(folder.glob("rpeaks_result_*.xlsx")):
        rows, phases = Rows(), list[Phase]()
        sheets = read_workbook(path)
        for name, label in _SHEETS.items():
            times_s = list(_beats_of_sheet(sheets[name], rows))
            start, end = (Instant(round(time_s * SECOND_MS)) for time_s in (times_s[0], times_s[-1]))
            phases.append(Phase(name=name, start_at=start, end_at=end, label=label))
        series = series_of_rows(rows, unit="s", format="biopsykit", times_are_wall=True)
        person = path.stem.rpartition("_")[2]
        yield LabelledRecording(name=path.stem, person=person, series=series, phases=tuple(phases))


def _beats_of_sheet(sheet: Sequence[Row], rows: Rows) -> Iterator[float]:
    """Adds the beats; gives the time of every one, in seconds since 1970. A sheet's interval leads to the next beat."""
    heading, *beats = sheet
    column = {name: letter for letter, heading_text in heading.items() for name in _named(str(heading_text))}
    rows.interrupt()
    for line, beat in enumerate(beats, 2):
        days, interval_s = _plain(beat[column[_TIME]]), _plain(beat[column[_INTERVAL]])
        start_s = (_SHEET_ZERO + timedelta(days=days)).timestamp()
        yield start_s
        if _plain(beat[column[_OUTLIER]]):
            rows.interrupt()
        else:
            rows.add(line, interval_s, start_s + interval_s)


def _named(heading: str) -> Iterator[str]:
    return (name for name in (_TIME, _INTERVAL, _OUTLIER) if heading.startswith(name))


READERS: dict[str, tuple[str, Callable[[Path], Iterator[LabelledRecording]]]] = {
    STRESS_PREDICT: ("labelled_stresspredict", stress_predict),
    WEARABLE_HRV: ("labelled_wearablehrv", wearable_hrv),
    BIOPSYKIT: ("labelled_biopsykit", biopsykit),
}
"""Name of a set: its folder among the recordings, and who reads it."""
