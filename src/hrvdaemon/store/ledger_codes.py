"""Numbers for the words of the ledger: what is frequent is 0 or 1, which costs SQLite no byte.

New words go to the end, and into the tables ``code`` and ``finding`` by a migration: a code never changes its meaning.
"""

from collections.abc import Iterator
from typing import Final

from hrvdaemon.vocabulary.decisions import AutonomicState, Confidence, Reason, Withheld
from hrvdaemon.vocabulary.epochs import Quality

S, R, W = AutonomicState, Reason, Withheld
STATES: Final = (
    S.STEADY, S.NOT_JUDGED, S.NO_SIGNAL, S.WARMING_UP, S.CALIBRATING, S.ELEVATED, S.SYMPATHETIC_DOMINANCE, S.COOLDOWN,
    S.LOW_PATTERN,
)  # fmt: skip
REASONS: Final = (
    R.MOVING, R.QUIET, R.QUALITY, R.LEARNING, R.SUDDEN_RISE, R.RECOVERING, R.POSTURE, R.BREATHING, R.SESSION, R.RHYTHM,
    R.PAUSED, R.NO_DATA, R.CLOCK_REPEATED,
)  # fmt: skip
WITHHELD: Final = (W.COOLDOWN, W.NOT_DOWN, W.DAILY_CAP, W.STRAP_ON, W.AFTER_SESSION, W.CONFIDENCE, W.NOT_TODAY)
QUALITIES: Final = (Quality.GOOD, Quality.FAIR, Quality.POOR, Quality.UNUSABLE)
CONFIDENCES: Final = (Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW)
FINDINGS: Final = (
    ("wish", R.QUIET),
    ("kinetics", R.MOVING),
    ("activity", R.MOVING),
    ("step_hold", R.SUDDEN_RISE),
    ("quality", R.QUALITY),
    ("recovery", R.RECOVERING),
    ("wish", R.PAUSED),
    ("wish", R.MOVING),
    ("breathing", R.BREATHING),
    ("breathing", R.SESSION),
    ("step_hold", R.POSTURE),
    ("rhythm", R.RHYTHM),
    ("motion", R.MOVING),
    ("motion", R.RECOVERING),
)
"""What a gate may fail by; the place is its bit."""
BITS: Final = {finding: 1 << place for place, finding in enumerate(FINDINGS)}


def code_rows() -> Iterator[tuple[str, int, str]]:
    """What the table ``code`` holds."""
    kinds = {"state": STATES, "reason": REASONS, "withheld": WITHHELD, "quality": QUALITIES, "confidence": CONFIDENCES}
    for kind, words in kinds.items():
        for code, word in enumerate(words):
            yield kind, code, str(word.value)


def finding_rows() -> Iterator[tuple[int, str, str]]:
    """What the table ``finding`` holds."""
    for (gate, reason), bit in BITS.items():
        yield bit, gate, reason.value
