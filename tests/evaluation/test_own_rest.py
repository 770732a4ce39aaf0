"""A session by hand: five minutes of rest, of calm and of task, told apart by rate and by how intervals alternate."""

from dataclasses import replace

import pytest

from hrvdaemon.evaluation.labelled_sets import Label, LabelledRecording, Phase
from hrvdaemon.evaluation.own_rest import raised_by_phase, scored, session_figures
from hrvdaemon.formats.rr_series import Rows, series_of_rows
from hrvdaemon.vocabulary.units import MINUTE_MS, Instant, instant

BEGIN = instant("2026-03-10T12:00:00Z")
REST_MS, TASK_MS = (1000.0, 24.0), (800.0, 8.0)
"""Mean interval, and how far every other one is off: RMSSD is that number."""
FIVE_S = 300


def _recording(*spans: tuple[tuple[float, float], Label], without: range = range(0)) -> LabelledRecording:
    rows, end_s, phases = Rows(), 0.0, []
    for number, ((mean_ms, off_ms), label) in enumerate(spans):
        count = 0
        while end_s < (number + 1) * FIVE_S:
            rr_ms = mean_ms + (off_ms / 2 if count % 2 else -off_ms / 2)
            end_s, count = end_s + rr_ms / 1000, count + 1
            if int(end_s) not in without:
                rows.add(count, rr_ms, end_s)
        start_at = Instant(BEGIN + number * 5 * MINUTE_MS)
        end_at = Instant(start_at + 5 * MINUTE_MS)
        phases.append(Phase(name=f"{number} {label}", start_at=start_at, end_at=end_at, label=label))
    start_at = Instant(BEGIN + round(1000 * rows.times_s[0] - rows.values[0]))
    series = series_of_rows(rows, unit="ms", format="by hand", start_at=start_at)
    return LabelledRecording(name="session", person="one", series=series, phases=tuple(phases))


STANDARD = ((REST_MS, Label.REST), (REST_MS, Label.CALM), (TASK_MS, Label.TASK))


def test_a_task_that_raises_the_heart_is_told_from_calm() -> None:
    figures = session_figures([scored(_recording(*STANDARD))])
    assert figures["auroc_activation"].value == 1.0
    assert figures["auroc_hr_alone"].value == 1.0
    assert figures["auroc_rmssd_alone"].value == 1.0
    assert figures["auroc_activation_pooled"].n == 10
    assert figures["not_judged_share"].value == 0.0


def test_a_task_like_calm_is_told_by_chance_only() -> None:
    figures = session_figures([scored(_recording((REST_MS, Label.REST), (REST_MS, Label.CALM), (REST_MS, Label.TASK)))])
    assert figures["auroc_activation"].value == pytest.approx(0.5, abs=0.3)


def test_rest_itself_is_not_judged() -> None:
    assert {minute.label for minute in scored(_recording(*STANDARD)).minutes} == {Label.CALM, Label.TASK}


def test_a_minute_with_a_hole_counts_as_not_judged() -> None:
    session = scored(
        _recording(*STANDARD, without=range(670, 700))
    )  # half of the twelfth minute, the second of the task
    task = [minute for minute in session.minutes if minute.label is Label.TASK]
    assert [minute.activation is None for minute in task] == [False, True, False, False, False]
    assert task[1].hr_of_any_beats is not None
    assert session_figures([session])["not_judged_share"].value == 0.1


def test_without_a_minute_of_rest_nothing_can_be_judged() -> None:
    session = scored(_recording(*STANDARD, without=range(300)))
    assert all(minute.activation is None for minute in session.minutes)
    assert session_figures([session])["auroc_activation"].value is None


def test_minutes_above_the_threshold_are_counted_by_phase() -> None:
    raised = raised_by_phase([scored(_recording(*STANDARD))])
    assert raised == {"1 calm": (0, 5, 5), "2 task": (5, 5, 5)}


@pytest.mark.parametrize(("late_s", "minutes"), [(20, 5), (21, 4)])
def test_a_minute_belongs_to_the_phase_that_has_forty_seconds_of_it(late_s: int, minutes: int) -> None:
    recording = _recording(*STANDARD)
    *before, task = recording.phases
    late = replace(task, start_at=Instant(task.start_at + 1000 * late_s))
    session = scored(replace(recording, phases=(*before, late)))
    assert sum(minute.label is Label.TASK for minute in session.minutes) == minutes
