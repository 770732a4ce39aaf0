"""Each set from its recordings, or from nothing, to its figures."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

from hrvdaemon.evaluation.days import WHOLE_DAY_H, Plan
from hrvdaemon.evaluation.labelled_sets import READERS
from hrvdaemon.evaluation.own_rest import raised_by_phase, scored, session_figures
from hrvdaemon.evaluation.persons import Half
from hrvdaemon.evaluation.repeated_days import JudgedRecording, after_prior, recording_figures, whole_day
from hrvdaemon.evaluation.simulated_figures import (
    bounds_of,
    causes_of,
    figures_of,
    misses_of,
    sensitivity_by_person,
    unjudged_of,
)
from hrvdaemon.evaluation.simulated_set import OURS, Judged, judge_person
from hrvdaemon.evaluation.table import SetResult
from hrvdaemon.pipeline.settings import RULES as RULES_VERSION
from hrvdaemon.vocabulary.errors import UnreadableRecording

SIMULATED, WHOLE_DAYS, EXERCISE = "simulated", "whole-days", "exercise"
SETS = (SIMULATED, *READERS, WHOLE_DAYS, EXERCISE)
WEARS_H = (WHOLE_DAY_H, 5, 3, 2)
_WHOLE_DAY_FILES = "rr24h/*.txt"
_EXERCISE_FILES = "session/*.hrm"

Tell = Callable[[str], None]


def simulated(numbers: Sequence[int], plan: Plan, wears_h: Sequence[int], jobs: int, tell: Tell) -> list[Judged]:
    """Every person, ``jobs`` at a time; the order and the results are the same for any number of jobs."""
    if jobs == 1:
        return _told((judge_person(number, plan, wears_h) for number in numbers), numbers, tell)
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        return _told(pool.map(judge_person, numbers, repeat(plan), repeat(wears_h)), numbers, tell)


def simulated_result(judged: Sequence[Judged], half: Half) -> SetResult:
    """Figures of one half of the people: a column for each detector and wear."""
    chosen = [one for one in judged if one.half is half]
    by_row: dict[str, list[Judged]] = {}
    for one in chosen:
        by_row.setdefault(f"{one.detector}, {one.wear_h} h", []).append(one)
    longest = f"{OURS}, {max(one.wear_h for one in chosen)} h"
    ours = by_row[longest]
    figures = {row: figures_of(persons) for row, persons in by_row.items()}
    n_days = sum(len(one.days) for one in ours)
    return SetResult(
        name=SIMULATED,
        of=f"{len(ours)} simulated people ({half.value.replace('_', ' ')}), {n_days} judged days.",
        detector=RULES_VERSION,
        figures=figures,
        counts={
            **({"Bounds": bounds_of(figures[longest])} if ours[0].wear_h == WHOLE_DAY_H else {}),
            **{f"False ones by cause ({row})": dict(causes_of(people).most_common()) for row, people in by_row.items()},
            "Stress met by person": sensitivity_by_person(ours),
            "Missed because of": dict(misses_of(ours).most_common()),
            "Minutes not judged": dict(unjudged_of(ours).most_common()),
        },
    )


def labelled_result(name: str, recordings: Path) -> SetResult:
    """A short labelled set. UnreadableRecording if a file of it is missing or is something else."""
    folder, read = READERS[name]
    sessions = [scored(recording) for recording in read(recordings / folder)]
    if not sessions:
        raise UnreadableRecording(f"expected the files of {name} in {recordings / folder}, came none")
    raised = {
        phase: f"{above} of {judged} judged of {n}" for phase, (above, judged, n) in raised_by_phase(sessions).items()
    }
    return SetResult(
        name=name,
        of=f"{len({one.person for one in sessions})} people, {len(sessions)} recordings, baseline from own rest.",
        detector=RULES_VERSION,
        figures={"activation and its parts": session_figures(sessions)},
        counts={"Minutes with activation of 1.5 or more": raised},
    )


def whole_days_result(recordings: Path, tell: Tell) -> SetResult:
    """Every 24-hour file after fourteen days that were the same."""
    paths = _found(recordings, _WHOLE_DAY_FILES)
    judged = _each(paths, whole_day, tell)
    return _recording_result(WHOLE_DAYS, f"{len(paths)} recordings of a day, in-sample.", judged)


def exercise_result(recordings: Path, prior: Path, tell: Tell) -> SetResult:
    """Every exercise file after fourteen days of the prior."""
    paths = _found(recordings, _EXERCISE_FILES)
    judged = _each(paths, lambda path: after_prior(path, prior), tell)
    return _recording_result(EXERCISE, f"{len(paths)} recordings of exercise, prior {prior.name}.", judged)


def _recording_result(name: str, of: str, judged: Sequence[JudgedRecording]) -> SetResult:
    unjudged = sum((one.unjudged for one in judged), Counter[str]())
    return SetResult(
        name=name,
        of=of,
        detector=RULES_VERSION,
        figures=recording_figures(judged),
        counts={
            "Invitations": {one.name: one.invitations[OURS] for one in judged},
            "Sustained, of all its minutes": {one.name: f"{one.sustained_share:.3f}" for one in judged},
            "Minutes not judged": dict(unjudged.most_common()),
        },
    )


def _found(recordings: Path, pattern: str) -> list[Path]:
    paths = sorted(recordings.glob(pattern))
    if not paths:
        raise UnreadableRecording(f"expected recordings as {pattern} in {recordings}, came none")
    return paths


def _each(paths: Sequence[Path], judge: Callable[[Path], JudgedRecording], tell: Tell) -> list[JudgedRecording]:
    judged = []
    for path in paths:
        tell(path.name)
        judged.append(judge(path))
    return judged


def _told(results: Iterator[list[Judged]], numbers: Sequence[int], tell: Tell) -> list[Judged]:
    judged: list[Judged] = []
    for done, result in enumerate(results, 1):
        tell(f"simulated person {done} of {len(numbers)}")
        judged += result
    return judged
