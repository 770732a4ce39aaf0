"""The view in lines of text, for screen readers, logs and people who want no motion: only what is new is said."""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hrvdaemon.regulation.explanations import invitation, outcome_sentences
from hrvdaemon.sinks.now import Now
from hrvdaemon.terminal.pacer import counted, minutes_left
from hrvdaemon.terminal.screens import exercise_name, present, strap, troubles, why_lines
from hrvdaemon.vocabulary.events import ExerciseStarted
from hrvdaemon.vocabulary.units import MINUTE_MS, SECOND_MS

FIRST_LINE = "hrvdaemon, your heart in words. Keys: s start an exercise, w why, q close."
FIGURES_MS = 5 * MINUTE_MS
"""Between two readings of the figures: a voice that repeats itself is soon switched off."""


class Narrator:
    """Remembers what it said. ``more`` gives the text to write next, its line ends included; often it is empty."""

    def __init__(self) -> None:
        self._said: dict[str, object] = {}
        self._is_mid_line = False
        self._figures_at_ms: int | None = None

    def more(self, now: Now, *, why: bool) -> str:
        """What is new in this picture."""
        if now.exercise is not None and now.is_guided:
            return "".join(self._exercise(now, now.exercise))
        lines = [*self._once("first", FIRST_LINE), *self._present(now), *self._question(now)]
        if self._changed("why", why) and why:
            lines += why_lines(now)
        return "".join(self._line(line) for line in lines)

    def _present(self, now: Now) -> Iterator[str]:
        yield from self._once("present", "\n".join(present(now)), at=now)
        yield from self._once("link", now.link, words=strap(now))
        yield from self._once("troubles", tuple(troubles(now)), words="\n".join(troubles(now)))
        yield from self._figures(now)
        if now.finished is not None:
            yield from self._once(
                "finished", now.finished.session, words="\n".join(outcome_sentences(now.finished.outcome))
            )

    def _question(self, now: Now) -> Iterator[str]:
        prompt = now.invitation
        if prompt is None:
            return
        words = f"An invitation: {invitation(prompt)}\ns Start, l Later, n Not today, w why"
        yield from self._once("invitation", prompt.id, words=words)

    def _figures(self, now: Now) -> Iterator[str]:
        """Once both are known, then every few minutes of the run."""
        if now.hr_bpm is None or now.rmssd_ms is None:
            return
        if self._figures_at_ms is None or now.mono_ms - self._figures_at_ms >= FIGURES_MS:
            self._figures_at_ms = now.mono_ms
            yield f"{clock(now)}heart rate {now.hr_bpm:.0f} per minute, variability {now.rmssd_ms:.0f} ms"

    def _exercise(self, now: Now, exercise: ExerciseStarted) -> Iterator[str]:
        self._said.setdefault("first", FIRST_LINE)
        if self._changed("exercise", exercise.session):
            yield self._line(f"{exercise_name(exercise.exercise)}, {minutes_left(now)}. Esc stops it.")
        if now.phase is not None and self._changed("phase", (exercise.session, now.phase.mono_ms)):
            yield self._phase(now.phase.breath, counted(now.phase.breath, now.phase.text, now.phase.duration_s))

    def _phase(self, breath: str | None, words: str) -> str:
        """One breath is one line: ``in 4 … out 6``."""
        if breath == "in":
            text = ("\n" if self._is_mid_line else "") + f"{words} … "
            self._is_mid_line = True
            return text
        if breath == "out" and self._is_mid_line:
            self._is_mid_line = False
            return f"{words}\n"
        return self._line(words)

    def _line(self, words: str) -> str:
        text = ("\n" if self._is_mid_line else "") + f"{words}\n"
        self._is_mid_line = False
        return text

    def _once(self, topic: str, value: object, *, words: str | None = None, at: Now | None = None) -> Iterator[str]:
        text = str(value) if words is None else words
        if self._changed(topic, value) and text:
            yield f"{clock(at)}{text}" if at is not None else text

    def _changed(self, topic: str, value: object) -> bool:
        if topic in self._said and self._said[topic] == value:
            return False
        self._said[topic] = value
        return True


def clock(now: Now) -> str:
    """The wearer's local time and two spaces, or nothing while it is not known."""
    if now.at is None:
        return ""
    moment = datetime.fromtimestamp(now.at / SECOND_MS, UTC).astimezone(ZoneInfo(now.zone))
    return f"{moment:%H:%M}  "
