"""Sensitivity and specificity on annotated beats: our batch, our causal stream, and NeuroKit2, on the same intervals.

    python -m benchmarks.artefacts [FOLDER] [--write]

FOLDER has the annotations of MIT-BIH records as ``rdann`` prints them; without it ``annotated/mitdb`` in the folder
that HRVDAEMON_RECORDINGS names.

What counts as truth. The annotations say what a beat is, not which interval to correct; so:

- An ectopic beat is found if the interval that ends at it or the one that begins at it has any label but normal.
  A detector that sees intervals can see no more: a late or an interpolated beat that keeps the rhythm is not in them.
- An interval is clean if both of its beats are normal (N, L, R). Specificity is the share of clean intervals without a
  label. Atrial fibrillation and flutter are made of clean intervals by this rule, and irregular ones: therefore
  specificity is given for sinus rhythm too, by the rhythm that the record's annotators noted.
- Intervals with flutter waves or a blocked P wave in them are in no count.

What limits it: the thresholds are 5.2 quartile deviations of 91 beats. Where every fourth beat or so is ectopic
(106, 119, 208) the quartiles are made of ectopy and the method finds little (33, 1 and 6 %); so does NeuroKit2. The
row "few" is over the records in which at most one beat in twenty is V or A. Without the
floor, ours and NeuroKit2 differ where an interval is shorter than 300 ms or longer than 2 s, which ours takes out of
use; at the ends of a record, where NeuroKit2 invents the first interval and skips the last two beats; and where a
difference is the threshold exactly, which times in whole samples make possible and rounding decides: 53 intervals.
"""

import argparse
import os
import warnings
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.mitdb import NORMAL, SAMPLES_PER_SECOND, Annotated, records
from benchmarks.results import Table, write_section
from hrvdaemon.hrv.artefact_series import classify
from hrvdaemon.hrv.artefacts import ArtefactSettings, StreamingArtefacts, TimedBeat
from hrvdaemon.vocabulary.epochs import BeatKind
from hrvdaemon.vocabulary.units import GRAINS_PER_TICK, TICKS_PER_SECOND

Flags = NDArray[np.bool_]
Detector = Callable[[Annotated], Flags]
"""Which intervals have a label other than normal, shape (n-1,)."""

HEADING = "Artefacts on MIT-BIH records"
FEW = 0.05


def batch(record: Annotated) -> Flags:
    """Ours, centred windows, one pass, with the floor of 30 ms."""
    return np.asarray(classify(record.rr_ms) != BeatKind.NORMAL.value)


def batch_without_floor(record: Annotated) -> Flags:
    """Ours with the published thresholds."""
    return np.asarray(classify(record.rr_ms, None, ArtefactSettings(floor_ms=0)) != BeatKind.NORMAL.value)


def stream(record: Annotated) -> Flags:
    """Ours as it runs live: whole ticks, nothing later than six beats is read."""
    ends = np.rint(record.samples * (TICKS_PER_SECOND / SAMPLES_PER_SECOND)).astype(int).tolist()
    artefacts, final = StreamingArtefacts(), []
    for before, end in pairwise(ends):
        final += artefacts.add(TimedBeat(end * GRAINS_PER_TICK, end - before, 0))
    final += artefacts.end_segment()
    return np.array([beat.kind is not BeatKind.NORMAL for beat in final], np.bool_)


def neurokit2(record: Annotated) -> Flags:
    """NeuroKit2's first pass over the same peaks; it never looks at the last two."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what another package warns of is not ours
        from neurokit2.signal.signal_fixpeaks import _find_artifacts  # noqa: PLC0415  two seconds to import

        found, _ = _find_artifacts(record.samples, sampling_rate=SAMPLES_PER_SECOND)
    flags = np.zeros(record.samples.size, np.bool_)
    for kind in ("ectopic", "missed", "extra", "longshort"):
        flags[np.array(found[kind], int)] = True
    return flags[1:]


DETECTORS: dict[str, Detector] = {
    "batch": batch,
    "stream": stream,
    "batch, no floor": batch_without_floor,
    "NeuroKit2": neurokit2,
}


def is_found(flags: Flags) -> Flags:
    """Of every beat: whether an interval beside it has a label."""
    return np.asarray(np.append(flags, False) | np.insert(flags, 0, False))


def is_ectopic(record: Annotated, letters: str) -> Flags:
    """Beats with one of these letters (empty: any but normal, V and A) that have a counted interval beside them."""
    wanted = [letter in letters if letters else letter not in NORMAL | {"V", "A"} for letter in record.letters]
    return np.array(wanted, np.bool_) & is_found(record.is_counted)


def table(read: Sequence[Annotated]) -> Table:
    """Sensitivity by class and specificity over all records, a column for each detector."""
    flags = {name: [detect(record) for record in read] for name, detect in DETECTORS.items()}
    rows = [
        _row(f"sensitivity, {name}", [is_ectopic(record, letters) for record in read], _all_found(flags))
        for name, letters in (("V (ventricular premature)", "V"), ("A (atrial premature)", "A"), ("all other", ""))
    ]
    position = {record.name: i for i, record in enumerate(read)}
    few = [record for record in read if 0 < np.mean(is_ectopic(record, "VA")) <= FEW]
    flags_of_few = {name: [flags[name][position[record.name]] for record in few] for name in DETECTORS}
    rows.append(
        _row("sensitivity, V and A, few", [is_ectopic(record, "VA") for record in few], _all_found(flags_of_few))
    )
    quiet = {name: [~flag for flag in found] for name, found in flags.items()}
    rows.append(_row("specificity, clean intervals", [record.is_clean for record in read], quiet))
    rows.append(_row("specificity, in sinus rhythm", [record.is_clean & record.is_sinus for record in read], quiet))
    return Table(("what", "n", *DETECTORS), rows)


def by_record(read: Sequence[Annotated]) -> Table:
    """Sensitivity for V and A together and specificity of each record: batch / stream / NeuroKit2."""
    names = ("batch", "stream", "NeuroKit2")
    rows = []
    for record in read:
        flags = {name: [DETECTORS[name](record)] for name in names}
        ectopic = _row("", [is_ectopic(record, "VA")], _all_found(flags))
        clean = _row("", [record.is_clean], {name: [~flag[0]] for name, flag in flags.items()})
        rows.append((record.name, ectopic[1], " / ".join(ectopic[2:]), clean[1], " / ".join(clean[2:])))
    heading = ("record", "V and A", "sensitivity: batch / stream / NeuroKit2", "clean", "specificity: the same")
    return Table(heading, rows)


def _all_found(flags: dict[str, list[Flags]]) -> dict[str, list[Flags]]:
    return {name: [is_found(flag) for flag in found] for name, found in flags.items()}


def _row(what: str, truth: Sequence[Flags], right: dict[str, list[Flags]]) -> tuple[str, ...]:
    n = sum(int(wanted.sum()) for wanted in truth)
    hits = (
        sum(int((wanted & got).sum()) for wanted, got in zip(truth, found, strict=True)) for found in right.values()
    )
    return (what, str(n), *(f"{100 * hit / n:.2f} %" if n else "none" for hit in hits))


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.artefacts", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("folder", type=Path, nargs="?", help="annotated/mitdb in HRVDAEMON_RECORDINGS if not given")
    parser.add_argument("--write", action="store_true", help="write this section of benchmarks/RESULTS.md as well")
    wanted = parser.parse_args()
    recordings = os.environ.get("HRVDAEMON_RECORDINGS")
    if wanted.folder is None and not recordings:
        parser.error("expected the folder of the annotations, or HRVDAEMON_RECORDINGS set to the folder of recordings")
    try:
        read = records(wanted.folder or Path(recordings or "") / "annotated" / "mitdb")
    except FileNotFoundError as error:
        parser.error(str(error))
    truth = (__doc__ or "").partition("What counts as truth. ")[2].strip()
    text = f"`python -m benchmarks.artefacts`, {len(read)} records. {truth}\n\n{table(read)}\n\n{by_record(read)}\n"
    print(text, end="")
    if wanted.write:
        write_section(HEADING, text)


if __name__ == "__main__":
    main()
