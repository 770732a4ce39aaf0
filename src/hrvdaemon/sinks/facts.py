"""Summaries and events as payloads. Each is a fact with an id that is a function of (run, kind, number) (law 8)."""

import math
import re
from dataclasses import dataclass
from typing import Literal

from hrvdaemon import __version__
from hrvdaemon.sinks.payloads import EventName, EventPayload, SessionPayload, WindowPayload
from hrvdaemon.vocabulary.epochs import Quality, WindowMetrics
from hrvdaemon.vocabulary.events import ExerciseFinished, WindowSummarised
from hrvdaemon.vocabulary.units import SECOND_MS, Instant, PromptId, RunId, SessionId, iso

ALGORITHM = f"hrvd-{__version__}/lipponen-tarvainen"
CLOCK: Literal["unknown"] = "unknown"
"""Nothing in this version asks whether a time server set the clock, so nothing else may be claimed."""

_SERIAL = re.compile(r"\b(?=[a-f]*\d)[0-9a-f]{4,}\b|\d{5,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Whose fact it is, and where: what every fact says of its sender."""

    client: str
    run: RunId
    zone: str


def window_payload(event: WindowSummarised, origin: Origin, *, seq: int, source: str | None) -> WindowPayload:
    metrics = event.metrics
    return WindowPayload(
        client=origin.client,
        id=f"{origin.run}-window-{event.number}",
        seq=seq,
        start=iso(event.start_at),
        end=iso(event.start_at + round(metrics.window_s * SECOND_MS)),
        tz=origin.zone,
        clock=CLOCK,
        coverage=rounded(metrics.coverage, 4) or 0.0,
        quality=metrics.quality,
        algo=ALGORITHM,
        n_beats=metrics.n_beats,
        artefact_share=rounded(metrics.artefact_share, 4),
        mean_hr_bpm=rounded(metrics.mean_hr_bpm, 2),
        rmssd_ms=rounded(metrics.rmssd_ms, 2),
        sdnn_ms=rounded(metrics.sdnn_ms, 2),
        ln_rmssd=rounded(metrics.ln_rmssd, 4),
        source=source,
    )


def session_payload(event: ExerciseFinished, origin: Origin, *, seq: int) -> SessionPayload:
    """A session's id is already one of its run."""
    outcome = event.outcome
    before, after = outcome.before, outcome.after
    coverage, quality = _worse(before, after)
    return SessionPayload(
        client=origin.client,
        id=event.session,
        seq=seq,
        start=iso(event.started_at),
        end=iso(event.ended_at),
        tz=origin.zone,
        clock=CLOCK,
        coverage=coverage,
        quality=quality,
        algo=ALGORITHM,
        prompt=event.prompt,
        exercise=event.exercise,
        completed=outcome.completed,
        mean_hr_before_bpm=None if before is None else rounded(before.mean_hr_bpm, 2),
        mean_hr_after_bpm=None if after is None else rounded(after.mean_hr_bpm, 2),
        delta_hr_bpm=rounded(outcome.delta_hr_bpm, 2),
        rmssd_before_ms=None if before is None else rounded(before.rmssd_ms, 2),
        rmssd_after_ms=None if after is None else rounded(after.rmssd_ms, 2),
        delta_ln_rmssd=rounded(outcome.delta_ln_rmssd, 4),
        smallest_detectable_ln_rmssd=rounded(outcome.smallest_detectable, 4),
        is_clear=outcome.is_clear,
        swing_bpm=rounded(outcome.swing_bpm, 2),
        tension_before=outcome.tension_before,
        tension_after=outcome.tension_after,
    )


def event_payload(
    event: EventName,
    origin: Origin,
    *,
    place: str,
    at: Instant,
    prompt: PromptId | None = None,
    session: SessionId | None = None,
    exercise: str | None = None,
) -> EventPayload:
    """``place`` is where in the run it stands: the number of its step, and its place in the step."""
    return EventPayload(
        client=origin.client,
        id=f"{origin.run}-event-{place}",
        at=iso(at),
        tz=origin.zone,
        clock=CLOCK,
        prompt=prompt,
        session=session,
        event=event,
        exercise=exercise,
    )


def kind_of_strap(name: str) -> str | None:
    """``Polar H10 A1B2C3D4`` is ``polar-h10``: the number that tells one device from all others stays here."""
    words = re.split(r"[^a-z0-9]+", _SERIAL.sub(" ", name.lower().replace("_", " ")))
    return "-".join(word for word in words if word) or None


def rounded(value: float | None, digits: int) -> float | None:
    """None stays None, and what is no number becomes None."""
    return None if value is None or not math.isfinite(value) else round(value, digits)


def _worse(before: WindowMetrics | None, after: WindowMetrics | None) -> tuple[float | None, Quality | None]:
    if before is None or after is None:
        return None, None
    grades = list(Quality)
    worse = max(before.quality, after.quality, key=grades.index)
    return rounded(min(before.coverage, after.coverage), 4), worse
