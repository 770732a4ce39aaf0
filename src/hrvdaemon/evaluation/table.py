"""The evaluation as Markdown, and beside the figures what they do not mean."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hrvdaemon.evaluation.intervals import Figure

MEANINGS = {
    "sensitivity": "episodes of stress with an invitation inside",
    "sensitivity_long": "the same, of 15 min or more",
    "sensitivity_long_reachable": "the same, by day and not in the first half hour with the strap",
    "inside_share": "invitations inside an episode of stress",
    "moving_share": "invitations while standing or walking, or just after",
    "invitations_per_16_h": "invitations in 16 worn hours",
    "without_stress_per_16_h": "the same, on days without stress",
    "null_per_16_h": "the same, on days of nothing but ordinary variation",
    "in_forbidden_places": "invitations a day in effort, its recovery, paced breathing, ectopic runs or strap slips",
    "latency_min": "median minutes from its start to the invitation",
    "not_judged_share": "minutes not judged",
    "sustained_share": "minutes of sustained activation",
}
NOT_MEANT = {
    "simulated": (
        "Synthetic people, made by the authors of the rule: the effect sizes are chosen, every stress looks alike and "
        "nobody answers an invitation. The figures say that the rules do what they are meant to do, not how often an "
        "invitation will fit a living person; published field studies do far worse (science D.2)."
    ),
    "whole-days": (
        "In-sample: each day was also its own past. No labels: an invitation here is neither right nor wrong. "
        "The start of the files is taken as 08:00."
    ),
    "exercise": "The prior is what --prior names and need not be the same person; it decides what is usual here.",
    "stress-predict": (
        "Wrist PPG with holes: what could not be judged is most of it. The quantity is tested, not gates or decision."
    ),
    "wearable-hrv": "One person, two PPG sensors; arithmetic hardly moved this heart. One person gives no interval.",
    "biopsykit": "One person, ten minutes, one minute of rest to learn from.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SetResult:
    """One set: whose figures (``figures`` by row, then by name), and counts that explain them."""

    name: str
    of: str
    """What was judged, in words."""
    detector: str
    """Version of the rules."""
    figures: Mapping[str, Mapping[str, Figure]]
    counts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """One object a set."""
        figures = {row: {name: figure.as_json() for name, figure in by.items()} for row, by in self.figures.items()}
        return {
            "set": self.name,
            "of": self.of,
            "detector": self.detector,
            "figures": figures,
            "counts": {what: dict(by) for what, by in self.counts.items()},
            "not_meant": NOT_MEANT[self.name],
        }


def markdown(results: Sequence[SetResult]) -> str:
    """A section for each set: what was judged, the figures with their 95 % intervals, what they do not mean."""
    return "\n".join(line for result in results for line in _section(result))


def _section(result: SetResult) -> Iterator[str]:
    yield f"### {result.name}\n"
    yield f"{result.of} Rules {result.detector}. In brackets: 95 % interval over persons.\n"
    rows = list(result.figures)
    yield f"| figure | {' | '.join(rows)} |"
    yield f"|---|{'---|' * len(rows)}"
    for name in dict.fromkeys(name for by in result.figures.values() for name in by):
        cells = (_cell(result.figures[row].get(name)) for row in rows)
        yield f"| {MEANINGS.get(name, name.replace('_', ' '))} | {' | '.join(cells)} |"
    yield ""
    for what, counts in result.counts.items():
        yield f"{what}: {', '.join(f'{name} {n}' for name, n in counts.items()) or 'none'}.\n"
    yield f"*{NOT_MEANT[result.name]}*\n"


def _cell(figure: Figure | None) -> str:
    if figure is None or figure.value is None:
        return "–"
    interval = "" if figure.low is None or figure.high is None else f" [{_short(figure.low)}, {_short(figure.high)}]"
    return f"{_short(figure.value)}{interval} (n {figure.n})"


def _short(value: float) -> str:
    """Two decimals, and a third where two would leave nothing to read."""
    return f"{value:.3f}" if 0 < value < 0.1 else f"{value:.2f}"
