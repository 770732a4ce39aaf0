"""Minutes by hand, and one day with one stress in it."""

from collections.abc import Callable, Iterator
from math import log
from pathlib import Path
from string import ascii_uppercase
from zipfile import ZipFile

import pytest

from hrvdaemon.evaluation.days import Day, DayKind
from hrvdaemon.evaluation.observing import Minute
from hrvdaemon.simulation.episodes import Episode, EpisodeKind
from hrvdaemon.simulation.named import DAY_S
from hrvdaemon.simulation.scenario import Scenario
from hrvdaemon.vocabulary.events import AutonomicState
from hrvdaemon.vocabulary.units import MINUTE_MS

MakeMinute = Callable[..., Minute]
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@pytest.fixture
def minute() -> MakeMinute:
    """The minute of this number: 60 bpm and 40 ms unless said otherwise."""

    def make(
        number: int, *, hr_bpm: float = 60.0, rmssd_ms: float = 40.0, is_usable: bool = True, **more: object
    ) -> Minute:
        told = {"activation": 0.0, "state": AutonomicState.STEADY, "why_not": None, **more}
        return Minute(
            start_ms=number * MINUTE_MS,
            hr_bpm=hr_bpm,
            ln_rmssd=log(rmssd_ms),
            is_usable=is_usable,
            **told,  # type: ignore[arg-type]  # keywords by name
        )

    return make


@pytest.fixture
def day_of() -> Callable[..., Day]:
    """A day with these episodes, each (kind, first minute, minutes)."""

    def make(*episodes: tuple[EpisodeKind, int, int]) -> Day:
        made = tuple(
            Episode(kind=kind, start_s=first * 60, duration_s=minutes * 60) for kind, first, minutes in episodes
        )
        scenario = Scenario(name="by hand", duration_s=DAY_S, episodes=made)
        return Day(number=0, kind=DayKind.LABELLED, seed=1, scenario=scenario)

    return make


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    """Write an .xlsx of these sheets: rows of text (shared strings), numbers or nothing."""

    def write(name: str = "book.xlsx", **sheets: list[list[str | float | None]]) -> Path:
        path, strings = tmp_path / name, list[str]()
        with ZipFile(path, "w") as file:
            names = "".join(f'<sheet name="{sheet}" sheetId="{n}"/>' for n, sheet in enumerate(sheets, 1))
            file.writestr("xl/workbook.xml", f'<workbook xmlns="{_MAIN}"><sheets>{names}</sheets></workbook>')
            for number, rows in enumerate(sheets.values(), 1):
                body = "".join(f"<row>{''.join(_cells(row, at, strings))}</row>" for at, row in enumerate(rows, 1))
                sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData></worksheet>'
                file.writestr(f"xl/worksheets/sheet{number}.xml", sheet)
            shared = "".join(f"<si><t>{text}</t></si>" for text in strings)
            file.writestr("xl/sharedStrings.xml", f'<sst xmlns="{_MAIN}">{shared}</sst>')
        return path

    return write


def _cells(row: list[str | float | None], at: int, strings: list[str]) -> Iterator[str]:
    for letter, value in zip(ascii_uppercase, row, strict=False):
        if isinstance(value, str):
            strings.append(value)
            yield f'<c r="{letter}{at}" t="s"><v>{len(strings) - 1}</v></c>'
        elif value is not None:
            yield f'<c r="{letter}{at}"><v>{value}</v></c>'
