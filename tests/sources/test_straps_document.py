"""docs/straps.md: every quirk has a line with a test or a reason, every state is explained, every named test exists."""

import re
from pathlib import Path

import pytest

from hrvdaemon.sources.link_state import LinkState

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "straps.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.splitlines() if re.match(r"\| [\d–]", line)
]


def test_the_quirks_are_numbered_without_a_gap() -> None:
    assert [row[0] for row in ROWS if row[0] != "–"] == [str(number) for number in range(1, 29)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_quirk_has_an_answer_and_a_test_that_is_there(row: list[str]) -> None:
    _, fault, answer, tested = row
    assert fault
    assert answer
    named = re.findall(r"(?:tests/\w+/)?test_\w+", tested)
    paths = [ROOT / (name if "/" in name else f"tests/sources/{name}") for name in named]
    assert [path.name for path in paths if not path.with_suffix(".py").exists()] == []
    assert named or "real hardware" in tested or answer == "never read"


def test_every_state_is_explained() -> None:
    explained = set(re.findall(r"`(\w+)`", "\n".join(re.findall(r"^\| `.*\|$", TEXT, re.MULTILINE))))
    assert explained >= {state.value for state in LinkState}
