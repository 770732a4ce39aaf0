"""Short labelled sessions: activation against the person's own rest in the same session, as area under the ROC curve.

Such sessions are far too short for the detector's own baseline; what is tested is the quantity, not the gates or the
decision. A minute counts to a phase that has forty of its seconds.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from hrvdaemon.evaluation.comparison_rules import AllDayUsual
from hrvdaemon.evaluation.intervals import Figure, auroc, figure_over
from hrvdaemon.evaluation.labelled_sets import Label, LabelledRecording, Phase
from hrvdaemon.evaluation.observing import Minute, Observer
from hrvdaemon.formats.packets import inputs_from_rr
from hrvdaemon.regulation.activation import activation
from hrvdaemon.vocabulary.events import AutonomicState, HourUsual
from hrvdaemon.vocabulary.units import MINUTE_MS, SECOND_MS, Instant, RunId

_ENOUGH_MS = 40 * SECOND_MS
_COLD_RHO = 0.5
"""Correlation of the two sides where too little is known to measure it (science D.4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredMinute:
    """A minute of a phase; scores are None where its signal could not carry them."""

    phase: str
    label: Label
    activation: float | None
    hr_alone: float | None
    rmssd_alone: float | None
    hr_of_any_beats: float | None
    """Heart rate even of a minute that is mostly holes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredSession:
    name: str
    person: str
    minutes: tuple[ScoredMinute, ...]

    def scores(self, score: str, label: Label) -> list[float]:
        """Of the minutes with this label that have one."""
        values = (getattr(minute, score) for minute in self.minutes if minute.label is label)
        return [value for value in values if value is not None]


SCORES = ("activation", "hr_alone", "rmssd_alone", "hr_of_any_beats")


def scored(recording: LabelledRecording) -> ScoredSession:
    """Every minute of a phase, against the usable minutes of the rest phase; without one, none can be scored."""
    phased = list(_phased(_minutes(recording), recording.phases))
    rest = [minute for minute, phase in phased if phase.label is Label.REST and minute.is_usable]
    usual = AllDayUsual.of(rest) if rest else None
    scores = (_scored(minute, phase, usual) for minute, phase in phased if phase.label is not Label.REST)
    return ScoredSession(name=recording.name, person=recording.person, minutes=tuple(scores))


def session_figures(sessions: Sequence[ScoredSession]) -> dict[str, Figure]:
    """Per-person areas (median), all people's minutes together, and how much could not be judged."""
    figures = {}
    for score in SCORES:
        own = [area for session in sessions if (area := _area([session], score)) is not None]
        figures[f"auroc_{score}"] = figure_over(own, _median, n=len(own))
        figures[f"auroc_{score}_pooled"] = _pooled(sessions, score)
    figures["not_judged_share"] = _not_judged(sessions)
    return figures


def raised_by_phase(sessions: Sequence[ScoredSession], threshold: float = 1.5) -> dict[str, tuple[int, int, int]]:
    """Of each phase: minutes with activation at or above the threshold, minutes judged, minutes in all."""
    raised, judged, all_of = Counter[str](), Counter[str](), Counter[str]()
    for minute in (minute for session in sessions for minute in session.minutes):
        all_of[minute.phase] += 1
        judged[minute.phase] += minute.activation is not None
        raised[minute.phase] += minute.activation is not None and minute.activation >= threshold
    return {phase: (raised[phase], judged[phase], all_of[phase]) for phase in all_of}


def _minutes(recording: LabelledRecording) -> Iterator[Minute]:
    """On wall time; a minute without any beat is in it too, as one that can't be used."""
    start_at = recording.series.start_at or Instant(0)
    observer = Observer()
    observer.feed(inputs_from_rr(recording.series, start_at=start_at, zone="UTC", run=RunId(recording.name)))
    seen = {
        minute.start_ms + start_at: replace(minute, start_ms=minute.start_ms + start_at) for minute in observer.minutes
    }
    first = min(phase.start_at for phase in recording.phases) // MINUTE_MS * MINUTE_MS
    for at in range(first, max(phase.end_at for phase in recording.phases), MINUTE_MS):
        yield seen.get(at) or _empty(at)


def _empty(start_ms: int) -> Minute:
    return Minute(
        start_ms=start_ms,
        hr_bpm=None,
        ln_rmssd=None,
        is_usable=False,
        activation=None,
        state=AutonomicState.NO_SIGNAL,
        why_not=None,
    )


def _phased(minutes: Iterator[Minute], phases: Sequence[Phase]) -> Iterator[tuple[Minute, Phase]]:
    for minute in minutes:
        for phase in phases:
            if min(phase.end_at, minute.end_ms) - max(phase.start_at, minute.start_ms) >= _ENOUGH_MS:
                yield minute, phase
                break


def _scored(minute: Minute, phase: Phase, usual: AllDayUsual | None) -> ScoredMinute:
    compared = None
    if usual is not None and minute.is_usable and minute.hr_bpm is not None and minute.ln_rmssd is not None:
        compared = activation(minute.hr_bpm, minute.ln_rmssd, _hour(usual), _COLD_RHO)
    return ScoredMinute(
        phase=phase.name,
        label=phase.label,
        activation=None if compared is None else compared.value,
        hr_alone=None if compared is None else compared.z_hr,
        rmssd_alone=None if compared is None else -compared.z_ln_rmssd,
        hr_of_any_beats=minute.hr_bpm,
    )


def _hour(usual: AllDayUsual) -> HourUsual:
    return HourUsual(
        hr_bpm=usual.hr_bpm,
        hr_sigma_bpm=usual.hr_sigma_bpm,
        ln_rmssd=usual.ln_rmssd,
        ln_sigma=usual.ln_sigma,
        n_eff=0.0,
    )


def _area(sessions: Sequence[ScoredSession], score: str) -> float | None:
    tasks = [value for session in sessions for value in session.scores(score, Label.TASK)]
    return auroc(tasks, [value for session in sessions for value in session.scores(score, Label.CALM)])


def _pooled(sessions: Sequence[ScoredSession], score: str) -> Figure:
    def statistic(chosen: Sequence[ScoredSession]) -> float | None:
        return _area(chosen, score)

    n = sum(len(session.scores(score, label)) for session in sessions for label in (Label.TASK, Label.CALM))
    return figure_over(sessions, statistic, n=n)


def _not_judged(sessions: Sequence[ScoredSession]) -> Figure:
    counts = [(sum(m.activation is None for m in session.minutes), len(session.minutes)) for session in sessions]

    def statistic(chosen: Sequence[tuple[int, int]]) -> float | None:
        total = sum(n for _, n in chosen)
        return sum(unjudged for unjudged, _ in chosen) / total if total else None

    return figure_over(counts, statistic, n=sum(n for _, n in counts))


def _median(values: Sequence[float]) -> float | None:
    return median(values) if values else None
