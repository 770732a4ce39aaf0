"""What a person reads: few words, no diagnosis, no scare, and no word that calls a steady state fine.

One place for every sentence about a state, an invitation, a decision and an outcome, so that all faces say the same.
"""

from math import exp

from hrvdaemon.regulation.exercises import CATALOGUE
from hrvdaemon.vocabulary.events import AutonomicState, DecisionMade, Outcome, PromptIssued, Reason, Withheld

_STATES = {
    AutonomicState.NO_SIGNAL: "No beats are coming in.",
    AutonomicState.WARMING_UP: "Listening to the first beats.",
    AutonomicState.CALIBRATING: "Still learning what is usual for you.",
    AutonomicState.STEADY: "Activation is near your usual.",
    AutonomicState.ELEVATED: "Activation is a little above your usual.",
    AutonomicState.SYMPATHETIC_DOMINANCE: "Activation has stayed higher than your usual.",
    AutonomicState.COOLDOWN: "You were invited a while ago; no further invitation for now.",
    AutonomicState.LOW_PATTERN: "Your heart rate is well below your usual.",
    AutonomicState.NOT_JUDGED: "Not judging right now.",
}

_REASONS = {
    Reason.LEARNING: "Still learning what is usual for you.",
    Reason.QUALITY: "Not judging: too few clean beats in this minute. If it goes on, moisten the strap.",
    Reason.MOVING: "Not judging: you seem to be moving.",
    Reason.RECOVERING: "Not judging: your heart is still coming down after an effort.",
    Reason.POSTURE: "Not judging: this looks like standing.",
    Reason.SUDDEN_RISE: "Not judging: your heart rate jumped, as after standing up or setting off.",
    Reason.BREATHING: "Not judging: slow breathing changes these numbers by itself.",
    Reason.SESSION: "Not judging: an exercise changes these numbers by itself.",
    Reason.RHYTHM: (
        "Your beats are too irregular right now for this kind of measurement. That is often loose contact or extra "
        "beats. If it is new for you, keeps happening, or comes with chest pain, fainting or breathlessness, contact "
        "a doctor."
    ),
    Reason.QUIET: "Not judging: these are your quiet hours.",
    Reason.PAUSED: "Not judging: you asked for a pause.",
    Reason.NO_DATA: "No beats are coming in.",
    Reason.CLOCK_REPEATED: "Not judging: the clock was set, and this minute had been judged before.",
}

_WITHHELD = {
    Withheld.COOLDOWN: "There was no new invitation: the last one was not long ago.",
    Withheld.DAILY_CAP: "There was no invitation: today's number was reached.",
    Withheld.STRAP_ON: "There was no invitation: the strap had just been put on.",
    Withheld.AFTER_SESSION: "There was no invitation: an exercise had just ended.",
    Withheld.CONFIDENCE: "There was no invitation: it would have been only a guess.",
    Withheld.NOT_TODAY: "There was no invitation: you said not today.",
    Withheld.NOT_DOWN: "There was no new invitation: activation has not come down since the last one.",
}

NEEDED_MINUTES = 8

INNOCENT = "Tension, pain, concentration, excitement, warmth or standing can all look like this. It is not a diagnosis."


def state_sentence(state: AutonomicState, reason: Reason | None) -> str:
    """The state in one sentence; the reason where the minute was not judged."""
    return _REASONS[reason] if reason is not None else _STATES[state]


def invitation(prompt: PromptIssued) -> str:
    """At most twelve words; Start, Later and Not today stand beside it."""
    return f"Two minutes of {CATALOGUE[prompt.exercise].name}, if you like?"


def why_prompt(prompt: PromptIssued) -> list[str]:
    """Why this invitation, in at most five sentences, the innocent explanation among them."""
    lines = [
        (
            f"For about {prompt.minutes} minutes your heart rate has been around {prompt.hr_bpm:.0f}"
            f" (usual for you {_when(3 - prompt.is_learning)}: {prompt.baseline_hr_bpm:.0f})."
        ),
        (
            f"Your beat-to-beat variability was lower than usual: {prompt.rmssd_ms:.0f} ms"
            f" (usual: {prompt.baseline_rmssd_ms:.0f})."
        ),
        INNOCENT,
    ]
    learning = "Your usual is still being learned, so this may be off."
    return [*lines, learning] if prompt.is_learning else lines


def why_sentences(decision: DecisionMade) -> list[str]:
    """Why this minute did or did not invite, in at most five plain sentences."""
    if decision.prompt is not None or decision.withheld is not None:
        return [*_compared(decision), *_asked(decision), INNOCENT]
    if not decision.is_eligible:
        return [state_sentence(decision.state, decision.reason)]
    return [*_compared(decision), _evidence(decision.evidence)]


def _evidence(minutes: int) -> str:
    if minutes < NEEDED_MINUTES:
        return f"{minutes} of the last ten minutes were clearly above your usual; eight are needed."
    return "Heart rate and variability have to differ from your usual together; mostly one of the two did."


def outcome_sentences(outcome: Outcome) -> list[str]:
    """What a session changed: felt first, then the heart, no louder than one session can carry."""
    lines = []
    if outcome.tension_before is not None and outcome.tension_after is not None:
        lines.append(f"Tension went from {outcome.tension_before} to {outcome.tension_after}.")
    if outcome.swing_bpm is not None:
        lines.append(f"Your heart followed your breath, swinging about {outcome.swing_bpm:.0f} beats.")
    return [*lines, _change(outcome)]


def _change(outcome: Outcome) -> str:
    if outcome.delta_hr_bpm is None:
        return "Before and after could not be compared: not measured."
    beats = f"Heart rate afterwards: {_by_how_much(outcome.delta_hr_bpm)}."
    if outcome.is_clear is None:
        return beats
    if not outcome.is_clear:
        return f"{beats} No clear change of variability in this one session."
    return f"{beats} Variability was {'higher' if (outcome.delta_ln_rmssd or 0) > 0 else 'lower'} than before."


def _by_how_much(delta_bpm: float) -> str:
    beats = round(abs(delta_bpm))
    return f"{beats} {'lower' if delta_bpm < 0 else 'higher'}" if beats else "about the same"


def _compared(decision: DecisionMade) -> list[str]:
    if decision.usual is None or decision.hr_bpm is None or decision.ln_rmssd is None:
        return []
    return [
        (
            f"Heart rate {decision.hr_bpm:.0f}, usual for you {_when(decision.stage)} {decision.usual.hr_bpm:.0f};"
            f" variability {exp(decision.ln_rmssd):.0f} ms, usual {exp(decision.usual.ln_rmssd):.0f}."
        )
    ]


def _when(stage: int) -> str:
    """Before stage 3 the hours of the day are hardly known."""
    return "at this time" if stage >= 3 else "so far"


def _asked(decision: DecisionMade) -> list[str]:
    if decision.withheld is not None:
        return [_WITHHELD[decision.withheld]]
    return [f"{decision.evidence} of the last ten minutes were clearly above your usual, so you were invited."]
