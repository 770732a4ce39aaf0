"""Beats of the MIT-BIH Arrhythmia Database as ``rdann`` prints them, and which intervals an ectopic beat touches.

References
----------
Moody, G. B., & Mark, R. G. (2001). The impact of the MIT-BIH Arrhythmia Database. IEEE Engineering in Medicine and
Biology Magazine, 20(3), 45-50. Annotation codes: PhysioNet, WFDB ``ecgcodes.h``.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SAMPLES_PER_SECOND = 360
NORMAL = frozenset("NLR")
"""Sinus beats; a bundle branch block changes their shape, not their time."""
BEATS = frozenset("NLRBAaJSVrFejnE/fQ?")
NO_INTERVAL = frozenset("![]x")
"""Flutter waves, the ends of flutter, and a P wave that led to no beat: what lies between two beats there is no
interval between neighbours, so it is in no count."""
SINUS = frozenset({"(N", "(SBR", ""})

_ROW = re.compile(r"\s*\S+\s+(\d+)\s+(\S+)\s+\d+\s+\d+\s+\d+(?:\s+(\S+))?\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotated:
    """One record: samples and letters of its beats, shape (n,), and of its n-1 intervals whether they count, and
    whether they lie in sinus rhythm."""

    name: str
    samples: NDArray[np.int64]
    letters: str
    is_counted: NDArray[np.bool_]
    is_sinus: NDArray[np.bool_]

    @property
    def rr_ms(self) -> NDArray[np.float64]:
        """The interval before each beat but the first."""
        return np.diff(self.samples) * (1000 / SAMPLES_PER_SECOND)

    @property
    def is_normal(self) -> NDArray[np.bool_]:
        return np.array([letter in NORMAL for letter in self.letters], np.bool_)

    @property
    def is_clean(self) -> NDArray[np.bool_]:
        """Intervals between two normal beats that are neighbours."""
        return self.is_normal[1:] & self.is_normal[:-1] & self.is_counted


def records(folder: Path) -> list[Annotated]:
    """Every record of a folder. FileNotFoundError with what to do where there is none."""
    found = sorted(folder.glob("*annotations.txt"))
    if not found:
        raise FileNotFoundError(
            f"expected MIT-BIH annotations (101annotations.txt, ...) as rdann prints them in {folder}"
        )
    return [read(path.name[:3], path.read_text(encoding="ascii").splitlines()) for path in found]


def read(name: str, lines: Iterable[str]) -> Annotated:
    """One record; lines that are no annotation (the heading) are passed over."""
    samples: list[int] = []
    letters: list[str] = []
    is_counted: list[bool] = []
    is_sinus: list[bool] = []
    rhythm, is_whole = "", True
    for sample, letter, aux in (match.groups(default="") for line in lines if (match := _ROW.fullmatch(line))):
        rhythm = aux if letter == "+" and aux else rhythm
        is_whole = is_whole and letter not in NO_INTERVAL
        if letter not in BEATS:
            continue
        samples.append(int(sample))
        letters.append(letter)
        is_counted.append(is_whole)
        is_sinus.append(rhythm.rstrip("\x00") in SINUS)
        is_whole = True
    return Annotated(
        name=name,
        samples=np.array(samples, np.int64),
        letters="".join(letters),
        is_counted=np.array(is_counted[1:], np.bool_),
        is_sinus=np.array(is_sinus[1:], np.bool_),
    )
