"""The four screens of the terminal view: now, an invitation, an exercise, why. One screen is one decision.

Each is a pure function of the picture. Meaning is in words and places; colour only repeats it, so NO_COLOR loses
nothing. Nothing is red and nothing blinks.
"""

from rich.console import Group, RenderableType
from rich.constrain import Constrain
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from hrvdaemon.regulation.exercises import CATALOGUE
from hrvdaemon.regulation.explanations import invitation, outcome_sentences, why_prompt, why_sentences
from hrvdaemon.sinks.now import Now
from hrvdaemon.terminal.pacer import bar, following, minutes_left, pace
from hrvdaemon.terminal.trend import columns, sparkline
from hrvdaemon.vocabulary.events import PromptIssued
from hrvdaemon.vocabulary.units import MINUTE_MS, SECOND_MS

WIDTH = 76
TREND_COLUMNS = 30
TREND_COLUMN_MS = 20 * SECOND_MS
LEAST_SPAN_HR_BPM = 20
LEAST_SPAN_RMSSD_MS = 30
OUTCOME_MS = 15 * MINUTE_MS
SILENT_S = 10
AT_EASE = ("ok", "off", "")
RESTING = (
    "The guiding is over. Stay as you are; breathe as you like.",
    "In a few minutes you see what changed.",
)


def screen(now: Now, *, why: bool) -> RenderableType:
    """The one screen for this moment: an exercise before a question, a question before everything else."""
    if now.exercise is not None and now.is_guided:
        title, body, keys = exercise_name(now.exercise.exercise), _exercise(now), "Esc stop    q close"
    elif why:
        title, body, keys = "why", _why(now), _keys(now, "w back    q close")
    elif now.invitation is not None:
        title, body, keys = "an invitation", _invitation(now.invitation), "w why    q close"
    else:
        title, body, keys = "your heart, right now", _now(now), _keys_now(now)
    page = Group(_head(now, title), Text(), body, Text(), Text(keys, style="dim"))
    return Constrain(Padding(page, (1, 2)), WIDTH)


def strap(now: Now) -> str:
    """The strap in a few words: its name and battery, or what keeps it from sending."""
    name = now.sensor or "strap"
    if now.link != "connected":
        return f"{now.sensor}: {now.link}" if now.sensor else now.link
    if now.seconds_since_beat is None:
        return f"{name}: waiting for beats"
    if now.seconds_since_beat > SILENT_S:
        return f"{name}: no beats for {now.seconds_since_beat:.0f} s"
    return name if now.battery_percent is None else f"{name}, battery {now.battery_percent} %"


def present(now: Now) -> tuple[str, ...]:
    """The state in words; after an exercise, what to do while its effect is looked at."""
    return (now.sentence,) if now.exercise is None else RESTING


def why_lines(now: Now) -> list[str]:
    """Why the open invitation, else why the last minute did or did not lead to one."""
    if now.invitation is not None:
        return why_prompt(now.invitation)
    if now.decision is None:
        return ["No minute has been looked at yet. The first one takes a little more than a minute."]
    return why_sentences(now.decision)


def exercise_name(exercise: str) -> str:
    """Its name in words; its id where a recording knows an exercise that this version does not."""
    return CATALOGUE[exercise].name if exercise in CATALOGUE else exercise


def troubles(now: Now) -> list[str]:
    """What around the measuring needs attention, in words; empty when nothing does."""
    parts = (("Strap", now.warning or ""), ("Storage", now.store), ("Broker", now.broker))
    return [f"{part}: {text}" for part, text in parts if text not in AT_EASE]


def _head(now: Now, title: str) -> RenderableType:
    line = Table.grid(expand=True)
    line.add_column()
    line.add_column(justify="right")
    line.add_row(Text.assemble(("hrvdaemon", "bold"), f"  {title}"), Text(strap(now), style="dim"))
    return line


def _now(now: Now) -> RenderableType:
    lines = [*(Text(line, style="bold") for line in present(now)), Text(), _figures(now)]
    below = [*_recent_outcome(now), *troubles(now)]
    return Group(*lines, *([Text()] if below else []), *(Text(line) for line in below))


def _figures(now: Now) -> RenderableType:
    table = Table.grid(padding=(0, 2, 0, 0))
    heart = [(point.mono_ms, point.hr_bpm) for point in now.trend]
    variability = [(point.mono_ms, point.rmssd_ms) for point in now.trend]
    table.add_row("Heart rate", _figure(now.hr_bpm, "per minute"), _trend(now, heart, LEAST_SPAN_HR_BPM))
    table.add_row("Variability", _figure(now.rmssd_ms, "ms"), _trend(now, variability, LEAST_SPAN_RMSSD_MS))
    minutes = TREND_COLUMNS * TREND_COLUMN_MS // MINUTE_MS
    table.add_row("", "", Text(f"{f'last {minutes} minutes, up to now':>{TREND_COLUMNS}}", style="dim"))
    return table


def _figure(value: float | None, unit: str) -> Text:
    figure = "  –" if value is None else f"{value:3.0f} {unit}"
    return Text(f"{figure:<14}")


def _trend(now: Now, points: list[tuple[int, float | None]], least_span: float) -> Text:
    held = columns(points, end_ms=now.mono_ms, width=TREND_COLUMNS, column_ms=TREND_COLUMN_MS)
    return Text(sparkline(held, least_span=least_span), style="cyan")


def _recent_outcome(now: Now) -> list[str]:
    if now.finished is None or now.mono_ms - now.finished.mono_ms > OUTCOME_MS:
        return []
    return ["After the exercise:", *outcome_sentences(now.finished.outcome)]


def _invitation(prompt: PromptIssued) -> RenderableType:
    choices = Text.assemble(
        ("s", "bold"), "  Start        ", ("l", "bold"), "  Later        ", ("n", "bold"), "  Not today"
    )
    return Panel(Group(Text(), Text(invitation(prompt), style="bold"), Text(), choices, Text()), padding=(0, 2))


def _why(now: Now) -> RenderableType:
    sentences = [part for line in why_lines(now) for part in (Text(line), Text())]
    return Group(*sentences[:-1])


def _exercise(now: Now) -> RenderableType:
    running = pace(now)
    if running is None:
        return Text("Sit or lie as is easy. It begins at once.")
    lines = [Text(running.text, style="bold"), Text()]
    if running.breath is not None:
        beat = Text.assemble((bar(running.share, running.breath), "cyan"), f"   {running.seconds_left}")
        lines += [beat, Text()]
    lines += [
        Text(following(now) or " "),
        Text(),
        Text(minutes_left(now), style="dim"),
        Text(_caution(now), style="dim"),
    ]
    return Group(*lines)


def _caution(now: Now) -> str:
    known = CATALOGUE.get(now.exercise.exercise) if now.exercise else None
    return known.not_when if known else ""


def _keys_now(now: Now) -> str:
    return "w why    q close" if now.exercise is not None else "s start an exercise    w why    q close"


def _keys(now: Now, keys: str) -> str:
    return f"s Start    l Later    n Not today    {keys}" if now.invitation is not None else keys
