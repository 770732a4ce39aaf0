"""Pictures by hand, for the tests of what a person sees."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from hrvdaemon.sinks.now import Now, TrendPoint
from hrvdaemon.vocabulary import events
from hrvdaemon.vocabulary.epochs import BreathSwing, Quality, WindowMetrics
from hrvdaemon.vocabulary.events import AutonomicState, Confidence
from hrvdaemon.vocabulary.units import Instant, PromptId, SessionId, instant

BEGIN = instant("2026-11-22T14:00:00Z")


class Pictures:
    """One wearer ten minutes into a run that began at 14:00 UTC, in the situations that have a screen."""

    mono_ms = 600_000
    at = Instant(BEGIN + 600_000)

    def calm(self, **changed: Any) -> Now:
        now = Now(
            mono_ms=self.mono_ms,
            anchor_ms=BEGIN,
            zone="Europe/Berlin",
            state=AutonomicState.STEADY,
            sensor="Polar H10",
            link="connected",
            battery_percent=80,
            last_beat_mono_ms=self.mono_ms - 500,
            hrv=self.hrv(64.2, 38.4),
            trend=tuple(TrendPoint(mono_ms=5_000 * n, hr_bpm=60.0 + n % 9, rmssd_ms=38.0) for n in range(1, 121)),
            store="ok",
        )
        return replace(now, **changed)

    def invited(self, **changed: Any) -> Now:
        prompt = events.PromptIssued(
            mono_ms=self.mono_ms,
            at=self.at,
            id=PromptId("p1"),
            activation=2.0,
            minutes=11,
            hr_bpm=84.0,
            rmssd_ms=23.0,
            baseline_hr_bpm=66.0,
            baseline_rmssd_ms=37.0,
            exercise="paced_6",
            confidence=Confidence.HIGH,
            is_learning=False,
            tags=(),
        )
        return replace(self.calm(unanswered=prompt, prompts=(prompt,)), **changed)

    def guided(self, since_s: float = 0.0, breath: str | None = "in", duration_s: float = 4.0, **changed: Any) -> Now:
        """A minute into two, ``since_s`` after its newest phase began."""
        started = self.mono_ms - 60_000
        exercise = events.ExerciseStarted(
            mono_ms=started,
            at=self.at,
            session=SessionId("s1"),
            exercise="paced_6",
            prompt=None,
            duration_s=120.0,
        )
        phase = events.PhaseStarted(
            mono_ms=self.mono_ms - round(since_s * 1000),
            at=self.at,
            session=SessionId("s1"),
            text={"in": "Breathe in gently", "out": "Breathe out slowly"}.get(breath or "", "Look around slowly"),
            breath=breath,
            duration_s=duration_s,
        )
        return replace(self.calm(exercise=exercise, guided_until_mono_ms=started + 120_000, phase=phase), **changed)

    def finished(self, **changed: Any) -> Now:
        outcome = events.Outcome(
            completed=True,
            before=None,
            after=None,
            delta_hr_bpm=-4.2,
            delta_ln_rmssd=0.2,
            smallest_detectable=0.5,
            is_clear=False,
            swing_bpm=None,
            tension_before=None,
            tension_after=None,
        )
        finished = events.ExerciseFinished(
            mono_ms=self.mono_ms,
            at=self.at,
            session=SessionId("s1"),
            exercise="paced_6",
            prompt=None,
            started_at=self.at,
            ended_at=self.at,
            outcome=outcome,
        )
        return replace(self.calm(finished=finished), **changed)

    def hrv(self, hr_bpm: float | None, rmssd_ms: float | None) -> events.HrvUpdated:
        minute = WindowMetrics(
            window_s=60.0,
            n_beats=64,
            n_pairs=62,
            coverage=0.99,
            artefact_share=0.0,
            quality=Quality.GOOD,
            mean_rr_ms=940.0,
            mean_hr_bpm=hr_bpm,
            sdnn_ms=40.0,
            rmssd_ms=rmssd_ms,
            ln_rmssd=None,
            pnn50_percent=None,
        )
        return events.HrvUpdated(mono_ms=self.mono_ms, at=self.at, hr_bpm=hr_bpm, minute=minute, five_minutes=minute)

    def swing(self, swing_bpm: float, r_squared: float) -> BreathSwing:
        return BreathSwing(swing_bpm=swing_bpm, r_squared=r_squared, phase_rad=0.0)


@pytest.fixture
def pictures() -> Pictures:
    return Pictures()


@pytest.fixture
def seen() -> Callable[[Any], str]:
    """What stands on the screen, without colour."""
    from rich.console import Console

    def render(renderable: Any) -> str:
        console = Console(width=80, no_color=True, color_system=None)
        with console.capture() as capture:
            console.print(renderable)
        return capture.get()

    return render
