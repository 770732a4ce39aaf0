"""``hrvdaemon analyse``: batch HRV of a recording."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from hrvdaemon.vocabulary.errors import BadUsage

if TYPE_CHECKING:
    from rich.table import Table

    from hrvdaemon.formats.rr_series import RRSeries
    from hrvdaemon.hrv.analysis import Analysis
    from hrvdaemon.hrv.one_window import WindowAnalysis

SHORTEST_WINDOW_S = 10.0
SHORTEST_STEP_S = 1.0
MOST_WINDOWS = 200_000
_MOST_TOLD = 20


def analyse(
    recording: Path,
    *,
    unit: Literal["ms", "s", "ticks"] | None = None,
    artefacts: Literal["lipponen-tarvainen", "none"] = "lipponen-tarvainen",
    strict: bool = False,
    window: float | None = None,
    step: float | None = None,
    json: bool = False,
) -> None:
    """Heart rate variability of a whole recording, and of windows in it.

    Parameters
    ----------
    recording
        RR text, beat times, HRV Logger CSV, time and interval columns, Polar .hrm, .npy, or JSON lines; ``.gz`` too.
    unit
        Unit of the intervals; without it the file's median decides, which is told.
    artefacts
        ``none`` takes every interval as it is and lifts the limits of quality.
    strict
        Differences over corrected intervals too, as other tools take them; only to compare with those.
    window
        Length of windows in seconds, from 10.
    step
        Distance of their starts in seconds, from 1; without it the length of the window.
    json
        Print an object instead of a table.
    """
    from os import environ  # noqa: PLC0415 as below

    # matrices here are small: threads for them only wait for each other, and must be forbidden before numpy is loaded
    environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from hrvdaemon.formats.reading import read_rr  # noqa: PLC0415 numpy is not needed for --help
    from hrvdaemon.hrv import analysis  # noqa: PLC0415 as above

    _check_windows(window, step)
    series = read_rr(recording, unit)
    _check_number(float(series.end_s[-1]), window, step)
    correct = artefacts == "lipponen-tarvainen"
    result = analysis.analyse(
        series.rr_ms,
        series.gaps,
        correct=correct,
        as_others=strict,
        window_s=window,
        step_s=step,
        end_s=series.end_s,
    )
    _tell(series)
    if json:
        _print_json(as_json(series, result))
    else:
        _show(recording, series, result)


def as_json(series: "RRSeries", result: "Analysis") -> dict[str, Any]:
    """The object of ``analyse --json``; None (null) where the data do not carry a number."""
    whole = result.whole
    return {
        "format": series.format,
        "unit": series.unit,
        "n_rr": result.n_rr,
        "n_rejected": len(series.problems),
        "duration_s": whole.end_s,
        "coverage": whole.coverage,
        "quality": whole.quality.value,
        "artefacts": {
            "ectopic": whole.artefacts.ectopic,
            "missed": whole.artefacts.missed,
            "extra": whole.artefacts.extra,
            "long_short": whole.artefacts.long_short,
            "out_of_range": whole.artefacts.out_of_range,
            "share": whole.artefacts.share,
        },
        "metrics": whole.metrics,
        "windows": [_window_json(window) for window in result.windows],
    }


def _print_json(found: dict[str, Any]) -> None:
    """Indented, but a window a line: a day has twenty thousand of them, and indenting those takes seconds."""
    from json import dumps  # noqa: PLC0415 the option of the command has its name

    windows = found.pop("windows")
    rows = ",\n    ".join(dumps(window, ensure_ascii=False, allow_nan=False) for window in windows)
    whole = dumps(found, indent=2, ensure_ascii=False, allow_nan=False).removesuffix("\n}")
    print(f'{whole},\n  "windows": [' + (f"\n    {rows}\n  ]" if windows else "]") + "\n}")


def _window_json(window: "WindowAnalysis") -> dict[str, Any]:
    return {
        "start_s": window.start_s,
        "end_s": window.end_s,
        "coverage": window.coverage,
        "quality": window.quality.value,
        "artefact_share": window.artefacts.share,
        **window.metrics,
    }


def _check_windows(window: float | None, step: float | None) -> None:
    if step is not None and window is None:
        raise BadUsage("--step: expected --window with it, came none")
    for name, value, shortest in (("--window", window, SHORTEST_WINDOW_S), ("--step", step, SHORTEST_STEP_S)):
        if value is not None and not shortest <= value < float("inf"):
            raise BadUsage(f"{name}: expected seconds from {shortest:g}, came {value:g}")


def _check_number(duration_s: float, window: float | None, step: float | None) -> None:
    spacing = step or window
    if spacing is not None and duration_s / spacing > MOST_WINDOWS:
        raise BadUsage(
            f"--step: expected at most {MOST_WINDOWS} windows, came {duration_s / spacing:.0f}; make it longer"
        )


def _tell(series: "RRSeries") -> None:
    """What the reader decided and what it could not read, on stderr."""
    from sys import stderr  # noqa: PLC0415 read when needed, so that a caller's redirection counts

    more = len(series.problems) - _MOST_TOLD
    told = [*series.notes, *(f"rejected: {problem}" for problem in series.problems[:_MOST_TOLD])]
    for line in [*told, f"rejected: {more} more"] if more > 0 else told:
        print(line, file=stderr)


def _show(recording: Path, series: "RRSeries", result: "Analysis") -> None:
    from rich.console import Console  # noqa: PLC0415 --help and --json do without it
    from rich.text import Text  # noqa: PLC0415 as above

    whole, console = result.whole, Console()
    length = f"{result.n_rr} intervals, {whole.end_s / 60:.1f} min, {series.format}"
    signal = f"signal {whole.quality.value}, coverage {whole.coverage:.0%}"
    artefacts = f"{whole.artefacts.total} artefacts ({whole.artefacts.share:.1%})"
    console.print(Text(f"{recording.name}: {length}\n{signal}, {artefacts}"))
    console.print(_table(("metric", "whole"), [(key, _number(value)) for key, value in whole.metrics.items()]))
    if result.windows:
        rows = [_window_row(window) for window in result.windows[:_WINDOWS_SHOWN]]
        console.print(_table(("from", "signal", *_WINDOW_COLUMNS), rows))
    if len(result.windows) > _WINDOWS_SHOWN:
        console.print(Text(f"{len(result.windows)} windows; --json prints them all"))


_WINDOWS_SHOWN = 20
_WINDOW_COLUMNS = ("mean_hr_bpm", "rmssd_ms", "sdnn_ms")


def _window_row(window: "WindowAnalysis") -> tuple[str, ...]:
    shown = (_number(window.metrics[key]) for key in _WINDOW_COLUMNS)
    return (f"{window.start_s:g} s", window.quality.value, *shown)


def _table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> "Table":
    from rich.table import Table  # noqa: PLC0415 --help and --json do without it

    table = Table()
    for heading in headings:
        table.add_column(heading, no_wrap=True, justify="left" if heading in {"metric", "signal"} else "right")
    for row in rows:
        table.add_row(*row)
    return table


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
