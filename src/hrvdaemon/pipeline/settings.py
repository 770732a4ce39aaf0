"""All settings of the pipeline under dotted keys, so that a change of one is an input like any other (law 8).

Each group is a dataclass beside the code it sets, with unit, meaning and source there; here they only get their names.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from typing import Any

from hrvdaemon.hrv.artefacts import ArtefactSettings
from hrvdaemon.hrv.beat_timeline import TimelineSettings
from hrvdaemon.pipeline.ranges import CHOICES, out_of_order, out_of_range
from hrvdaemon.regulation.baseline import BaselineSettings
from hrvdaemon.regulation.dominance import DominanceSettings
from hrvdaemon.regulation.gate import GateSettings
from hrvdaemon.regulation.prompting import PromptSettings
from hrvdaemon.vocabulary.errors import BadConfig
from hrvdaemon.vocabulary.inputs import Scalar

RULES = "hrvd-rules-2"
"""Version of everything that turns signals into decisions; in every row of the ledger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    timeline: TimelineSettings = field(default_factory=TimelineSettings)
    artefacts: ArtefactSettings = field(default_factory=ArtefactSettings)
    gates: GateSettings = field(default_factory=GateSettings)
    baseline: BaselineSettings = field(default_factory=BaselineSettings)
    dominance: DominanceSettings = field(default_factory=DominanceSettings)
    prompts: PromptSettings = field(default_factory=PromptSettings)

    @classmethod
    def from_flat(cls, flat: Mapping[str, Scalar]) -> "Settings":
        """Settings that differ from the defaults in these keys.

        Raises
        ------
        BadConfig
            With every unknown key, wrong type and number out of range at once, and the nearest known key; or with
            every two settings that can't stand beside each other.
        """
        known = defaults()
        problems = [problem for key, value in flat.items() if (problem := _problem(key, value, known))]
        problems = problems or [f"{key}: {problem}" for key, problem in out_of_order(flat, known).items()]
        if problems:
            raise BadConfig("; ".join(problems))
        groups: dict[str, dict[str, Scalar]] = {}
        for key, value in flat.items():
            group, name = key.split(".")
            groups.setdefault(group, {})[name] = type(known[key])(value)
        settings: Any = cls()
        return replace(settings, **{name: replace(getattr(settings, name), **g) for name, g in groups.items()})  # type: ignore[no-any-return]  # dataclasses.replace keeps the class


def defaults() -> dict[str, Scalar]:
    """Every key with its default."""
    settings = Settings()
    groups = {group.name: getattr(settings, group.name) for group in fields(settings)}
    return {f"{name}.{f.name}": getattr(group, f.name) for name, group in groups.items() for f in fields(group)}


def _problem(key: str, value: Scalar, known: Mapping[str, Scalar]) -> str | None:
    if key not in known:
        near = get_close_matches(key, known, n=1)
        return f"unknown setting {key!r}" + (f", did you mean {near[0]!r}?" if near else "")
    wanted = type(known[key])
    if type(value) not in ({int, float} if wanted is float else {wanted}):
        return f"{key}: expected {wanted.__name__}, came {value!r}"
    if key in CHOICES and value not in CHOICES[key]:
        return f"{key}: expected {', '.join(CHOICES[key])}, came {value!r:.40}"
    problem = out_of_range(key, value)
    return None if problem is None else f"{key}: {problem}"
