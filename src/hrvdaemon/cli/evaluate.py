"""``hrvdaemon evaluate``: the detector against days whose truth is known, and against recordings others labelled."""

import os
import sys
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from hrvdaemon.vocabulary.errors import BadUsage, UnreadableRecording

if TYPE_CHECKING:
    from hrvdaemon.evaluation.table import SetResult

RECORDINGS = "HRVDAEMON_RECORDINGS"
_MOST_PERSONS = 1000


def evaluate(
    *sets: str,
    persons: int = 40,
    days: int = 5,
    learning_days: int = 14,
    wear: tuple[int, ...] = (16, 5, 3, 2),
    half: Literal["held_back", "tuning"] = "held_back",
    jobs: int = 1,
    recordings: Path | None = None,
    prior: Path | None = None,
    json: bool = False,
) -> None:
    """How well invitations meet what they are meant for; figures with intervals, beside three simpler rules.

    Parameters
    ----------
    sets
        simulated, stress-predict, wearable-hrv, biopsykit, whole-days or exercise; simulated if none is named.
    persons
        Simulated people, of whom every second one is held back.
    days
        Judged days with stress of each; one day without and one of nothing but ordinary variation come on top.
    learning_days
        Days before the first judged one.
    wear
        Hours a day with the strap on; may be given several times.
    half
        Of which half the figures are told. Only its people are simulated.
    jobs
        Processes at a time.
    recordings
        Folder of the recordings others made; HRVDAEMON_RECORDINGS if not given.
    prior
        A recording of the same person at rest, for exercise.
    json
        A list with one object for each set, instead of Markdown.
    """
    from hrvdaemon.evaluation.sets import SETS  # noqa: PLC0415  numpy only once something is evaluated
    from hrvdaemon.evaluation.table import markdown  # noqa: PLC0415  as above

    named = sets or (SETS[0],)
    if unknown := [name for name in named if name not in SETS]:
        raise BadUsage(f"expected sets of {', '.join(SETS)}, came {', '.join(unknown)}")
    _within("--persons", persons, 2, _MOST_PERSONS)
    _within("--days", days, 1, 100)
    _within("--learning-days", learning_days, 1, 100)
    _within("--jobs", jobs, 1, os.cpu_count() or 1)
    for hours in wear:
        _within("--wear", hours, 1, 16)
    results = []
    for name in named:
        if name == SETS[0]:
            results.append(_simulated(persons, days, learning_days, wear, half, jobs))
        else:
            results.append(_recorded(name, _folder(recordings), prior))
    print(dumps([result.as_json() for result in results], ensure_ascii=False) if json else markdown(results))


def _simulated(
    persons: int, days: int, learning_days: int, wear: tuple[int, ...], half: Literal["held_back", "tuning"], jobs: int
) -> "SetResult":
    from hrvdaemon.evaluation.days import Plan  # noqa: PLC0415  as above
    from hrvdaemon.evaluation.persons import Half, evaluated_person  # noqa: PLC0415  as above
    from hrvdaemon.evaluation.sets import simulated, simulated_result  # noqa: PLC0415  as above

    numbers = [number for number in range(persons) if evaluated_person(number).half is Half(half)]
    plan = Plan(learning=learning_days, labelled=days)
    hours = sorted(set(wear), reverse=True)
    return simulated_result(simulated(numbers, plan, hours, jobs, _tell), Half(half))


def _recorded(name: str, recordings: Path, prior: Path | None) -> "SetResult":
    from hrvdaemon.evaluation import sets  # noqa: PLC0415  as above

    try:
        if name == sets.WHOLE_DAYS:
            return sets.whole_days_result(recordings, _tell)
        if name == sets.EXERCISE:
            return sets.exercise_result(recordings, _prior(prior), _tell)
        return sets.labelled_result(name, recordings)
    except OSError as error:
        raise UnreadableRecording(f"expected the files of {name} in {recordings}, came {error}") from error


def _folder(recordings: Path | None) -> Path:
    folder = recordings or (Path(os.environ[RECORDINGS]) if os.environ.get(RECORDINGS) else None)
    if folder is None or not folder.is_dir():
        raise BadUsage(f"expected the folder of the recordings, by --recordings or {RECORDINGS}, came {folder}")
    return folder


def _prior(prior: Path | None) -> Path:
    if prior is None:
        raise BadUsage(
            "exercise: expected --prior FILE, a recording at rest, or nothing is known to be usual; came none"
        )
    return prior


def _within(option: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise BadUsage(f"{option}: expected a whole number from {low} to {high}, came {value}")


def _tell(message: str) -> None:
    print(f"evaluate: {message}", file=sys.stderr, flush=True)
