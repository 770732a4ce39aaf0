"""The breathing pacer: where in its phase an exercise is, as a bar that quietly grows and shrinks, or as counted words.

The exercise itself is made of ``PhaseStarted`` events; this only shows the newest one.
"""

import math
from dataclasses import dataclass

from hrvdaemon.sinks.now import Now
from hrvdaemon.vocabulary.units import SECOND_MS

BAR_CELLS = 30
HOLD_S = 1.0
"""The end of a phase stays this long, so that nothing flickers while the next one is on its way."""
FOLLOWS_R_SQUARED = 0.5
"""From here on the heart is said to follow the breath; below it nothing is said, for not following is no failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """A phase at one moment. ``share`` runs from 0 to 1; ``breath`` is "in", "out" or None."""

    text: str
    breath: str | None
    share: float
    seconds_left: int


def pace(now: Now) -> Pace | None:
    """The phase that runs at this moment; None before the first and after the last one."""
    phase = now.phase
    if not now.is_guided or phase is None or phase.duration_s <= 0:
        return None
    elapsed_s = (now.mono_ms - phase.mono_ms) / SECOND_MS
    if elapsed_s > phase.duration_s + HOLD_S:
        return None
    elapsed_s = min(max(elapsed_s, 0.0), phase.duration_s)
    left = math.ceil(phase.duration_s - elapsed_s)
    return Pace(text=phase.text, breath=phase.breath, share=elapsed_s / phase.duration_s, seconds_left=left)


def bar(share: float, breath: str | None, cells: int = BAR_CELLS) -> str:
    """Grows with the in-breath and goes back with the out-breath; empty where the phase is no breath."""
    match breath:
        case "in":
            filled = round(cells * share)
        case "out":
            filled = round(cells * (1 - share))
        case _:
            filled = 0
    return "━" * filled + "·" * (cells - filled)


def counted(breath: str | None, text: str, duration_s: float) -> str:
    """A phase in words for those who listen or do not want motion: ``in 4``, ``out 6``, or the text itself."""
    return text if breath is None else f"{breath} {duration_s:g}"


def minutes_left(now: Now) -> str:
    """How long the exercise still goes, in words; empty when its time is over."""
    if not now.is_guided:
        return ""
    left_s = (now.guided_until_mono_ms - now.mono_ms) / SECOND_MS
    if left_s <= 60:
        return "less than a minute left"
    return f"about {math.ceil(left_s / 60)} minutes left"


def following(now: Now) -> str:
    """One sentence when heart and breath swing together; empty otherwise."""
    swing = now.swing
    if not now.is_guided or swing is None or swing.r_squared < FOLLOWS_R_SQUARED:
        return ""
    return f"Your heart follows your breath: a swing of {swing.swing_bpm:.0f} beats per minute."
