"""Minutes, decisions and prompts with everything ordinary but what a test names."""

from collections.abc import Callable
from math import exp

import pytest

from hrvdaemon.regulation.gate import MinuteSeen
from hrvdaemon.vocabulary.epochs import Epoch, Quality, WindowMetrics
from hrvdaemon.vocabulary.events import AutonomicState, Confidence, DecisionMade, HourUsual, PromptIssued
from hrvdaemon.vocabulary.units import MINUTE_MS, Instant, PromptId

USUAL = HourUsual(hr_bpm=60.0, hr_sigma_bpm=4.0, ln_rmssd=3.5, ln_sigma=0.2, n_eff=100.0)


def _metrics(**changed: object) -> WindowMetrics:
    values: dict[str, object] = {
        "window_s": 60.0,
        "n_beats": 60,
        "n_pairs": 59,
        "coverage": 1.0,
        "artefact_share": 0.0,
        "quality": Quality.GOOD,
        "mean_rr_ms": 1000.0,
        "mean_hr_bpm": 60.0,
        "sdnn_ms": None,
        "rmssd_ms": exp(3.5),
        "ln_rmssd": 3.5,
        "pnn50_percent": 0.0,
    }
    return WindowMetrics(**{**values, **changed})  # type: ignore[arg-type]  # a test names the fields it changes


@pytest.fixture
def metrics() -> Callable[..., WindowMetrics]:
    """``metrics(mean_hr_bpm=70.0)``: a clean resting minute but for that."""
    return _metrics


@pytest.fixture
def minute() -> Callable[..., MinuteSeen]:
    """``minute(3, hr=70.0)``: minute 3 of a run; unknown names are fields of its metrics."""

    def make(number: int = 0, *, hr: float | None = 60.0, **changed: object) -> MinuteSeen:
        circumstances = {
            name: changed.pop(name, default)
            for name, default in {
                "rest_bpm": 60.0,
                "motion_limit": None,
                "tags": (),
                "tagged_until_ms": None,
                "in_session": False,
                "is_paused": False,
                "is_exercising": False,
                "is_quiet": False,
            }.items()
        }
        epoch = Epoch(
            number=number,
            start_at=Instant(number * MINUTE_MS),
            start_mono_ms=number * MINUTE_MS,
            hr_10s_bpm=changed.pop("tens", (hr,) * 6),  # type: ignore[arg-type]  # as above
            respiration_hz=changed.pop("respiration_hz", None),  # type: ignore[arg-type]  # as above
            is_irregular=bool(changed.pop("is_irregular", False)),
            motion=changed.pop("motion", None),  # type: ignore[arg-type]  # as above
            metrics=_metrics(mean_hr_bpm=hr, **changed),
        )
        return MinuteSeen(epoch=epoch, end_ms=(number + 1) * MINUTE_MS, **circumstances)  # type: ignore[arg-type]  # as above

    return make


@pytest.fixture
def decision() -> Callable[..., DecisionMade]:
    """``decision(state=...)``: a steady, judged minute but for that."""

    def make(**changed: object) -> DecisionMade:
        values: dict[str, object] = {
            "mono_ms": 0,
            "at": Instant(0),
            "start_at": Instant(0),
            "start_mono_ms": 0,
            "minutes": 1,
            "epoch": 1,
            "state": AutonomicState.STEADY,
            "reason": None,
            "withheld": None,
            "gates": (),
            "stage": 3,
            "hr_bpm": 71.4,
            "ln_rmssd": 3.0,
            "usual": USUAL,
            "z_hr": 2.0,
            "z_ln_rmssd": -2.0,
            "activation": 2.3,
            "theta_on": 1.5,
            "evidence": 9,
            "is_armed": True,
            "learns": True,
            "confidence": Confidence.HIGH,
            "prompt": None,
            "rules": "r",
        }
        return DecisionMade(**{**values, **changed})  # type: ignore[arg-type]  # as above

    return make


@pytest.fixture
def prompt() -> Callable[..., PromptIssued]:
    """``prompt(is_learning=True)``: an invitation but for that."""

    def make(**changed: object) -> PromptIssued:
        values: dict[str, object] = {
            "mono_ms": 0,
            "at": Instant(0),
            "id": PromptId("p"),
            "activation": 2.0,
            "minutes": 9,
            "hr_bpm": 71.4,
            "rmssd_ms": 20.1,
            "baseline_hr_bpm": 60.0,
            "baseline_rmssd_ms": 33.1,
            "exercise": "paced_6",
            "confidence": Confidence.HIGH,
            "is_learning": False,
            "tags": (),
        }
        return PromptIssued(**{**values, **changed})  # type: ignore[arg-type]  # as above

    return make
