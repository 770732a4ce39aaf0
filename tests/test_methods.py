"""``docs/methods.md`` is complete: every metric with formula, source and shortest window, and the tools it is compared with."""

import re
from pathlib import Path

import pytest

from hrvdaemon.hrv.metric_rules import RULES

TEXT = (Path(__file__).parents[1] / "docs" / "methods.md").read_text(encoding="utf-8")
ROWS = [
    (re.findall(r"`(\w+)`", cells[0]), cells[1:], section)
    for section in re.split(r"^## ", TEXT, flags=re.MULTILINE)
    for line in section.splitlines()
    if line.startswith("| `")
    for cells in [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]]
]
ROW_OF = {key: (cells, section) for keys, cells, section in ROWS for key in keys}
SOURCE = re.compile(r"\b(?:19|20)\d\d\b")
TOOLS = ("Kubios", "NeuroKit2", "hrv-analysis", "pyHRV")


def test_every_metric_is_told_once_and_no_other() -> None:
    told = [key for keys, _, _ in ROWS for key in keys]
    assert sorted(told) == sorted(RULES)


@pytest.mark.parametrize("key", RULES)
def test_a_metric_has_its_formula_and_the_source_of_its_section(key: str) -> None:
    cells, section = ROW_OF[key]
    assert len(cells) == 2
    assert cells[0]
    assert SOURCE.search(section)


@pytest.mark.parametrize("key", RULES)
def test_the_shortest_window_is_the_one_that_is_kept(key: str) -> None:
    limits, rule = ROW_OF[key][0][1], RULES[key]
    shortest = rule.length_s or rule.beats
    told = f"{shortest / 60:.0f} min" if shortest >= 1800 else f"{shortest:.0f} {'s' if rule.length_s else 'beats'}"
    assert told in limits
    if rule.pairs:
        assert f"{rule.pairs} pairs" in limits
    if rule.beats > 1:
        assert f"{rule.beats} beats" in limits


@pytest.mark.parametrize("tool", TOOLS)
def test_each_tool_has_its_column(tool: str) -> None:
    (head,) = (line for line in TEXT.splitlines() if line.startswith("| |") and "Kubios" in line)
    assert tool in head


@pytest.mark.parametrize(
    "said", ["ddof 1", "half-open", "λ 500", "4 Hz", "Hann", "n = 4 … 16", "m 2", "7.8125 ms", "50 ms"]
)
def test_the_choices_that_move_a_number_are_told(said: str) -> None:
    assert said in TEXT
