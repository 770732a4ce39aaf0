"""The documents: their links lead somewhere, each is found from the front, and none promises what we must not."""

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FRONT = ("README.md", "ARCHITECTURE.md")
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *(path for part in ("docs", "fixtures", "benchmarks") for path in (ROOT / part).rglob("*.md"))]
)
LAYOUT = sorted(path for path in DOCUMENTS if path.parent.name == "docs") + [
    ROOT / name for name in ("ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "fixtures/README.md")
]
LINK = re.compile(r"(?<!!)!?\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
SHOWN = sorted(
    path
    for pattern in ("regulation/exercises.py", "regulation/explanations.py", "terminal/*.py", "sources/link_state.py")
    for path in (ROOT / "src" / "hrvdaemon").glob(pattern)
)
"""The sources whose strings a wearer reads."""

CLAIM = re.compile(
    r"\b(treats|cures?|cured|heals|diagnoses|prevents|therap(?:y|ies) for|treatment for|clinically proven|medically proven"
    r"|guaranteed?s?|detects? (?:stress|anxiety|disease|illness))\b",
    re.IGNORECASE,
)
"""Words of a medical claim; "not a diagnosis" and "no treatment" are what we do say."""

CALMED = re.compile(
    r"\b(?:you(?:'re| are)|your (?:heart|state|body|activation|variability|nervous system|values?)(?: rate)? (?:is|are)"
    r"|everything(?: is|'s)?|state is|all is)\s+(?:\w+\s+)?(normal|fine|good|ok|okay|healthy)\b|\bnothing (?:is )?wrong\b"
    r"|\ball good\b",
    re.IGNORECASE,
)
"""A steady state is never called fine: finding nothing does not mean that nothing is there."""


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _links(path: Path) -> Iterator[str]:
    """Relative links, without what stands in code and without the anchor."""
    for target in LINK.findall(CODE.sub("", path.read_text(encoding="utf-8"))):
        if not re.match(r"[a-z][a-z+.-]*:", target) and not target.startswith("#"):
            yield target.partition("#")[0]


def _anchors(path: Path) -> set[str]:
    """The anchors that a forge gives to the headings of a document."""
    heads = re.findall(r"^#+ +(.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def _forbidden(text: str) -> list[str]:
    """Claims and reassurances, but for a sentence that denies or quotes them in code."""
    prose = CODE.sub("", text)
    return [match[0] for pattern in (CLAIM, CALMED) for match in pattern.finditer(prose)]


@pytest.mark.parametrize("path", DOCUMENTS, ids=_name)
def test_every_relative_link_leads_to_a_file(path: Path) -> None:
    assert [target for target in _links(path) if not (path.parent / target).exists()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=_name)
def test_every_anchor_is_a_heading(path: Path) -> None:
    text = CODE.sub("", path.read_text(encoding="utf-8"))
    targets = [target.partition("#") for target in LINK.findall(text) if "#" in target and "://" not in target]
    files = [(path.parent / file if file else path, anchor) for file, _, anchor in targets]
    assert [anchor for file, anchor in files if file.suffix == ".md" and anchor not in _anchors(file)] == []


@pytest.mark.parametrize("path", LAYOUT, ids=_name)
def test_a_document_is_found_from_the_front(path: Path) -> None:
    """Written as a link, in the README or in ARCHITECTURE.md."""
    linked = {(ROOT / target).resolve() for name in FRONT for target in _links(ROOT / name)}
    assert path.resolve() in linked


@pytest.mark.parametrize("path", [*DOCUMENTS, *SHOWN], ids=_name)
def test_no_text_claims_to_treat_and_none_calls_a_state_fine(path: Path) -> None:
    assert _forbidden(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        "hrvdaemon treats pain",
        "It cures fatigue.",
        "A therapy for insomnia",
        "It detects stress early",
        "Your heart rate is normal",
        "You are fine.",
        "Everything is fine",
        "There is nothing wrong",
        "Your variability is quite good",
    ],
)
def test_a_claim_or_a_reassurance_is_noticed(text: str) -> None:
    assert _forbidden(text) != []


@pytest.mark.parametrize(
    "text",
    [
        "It is not a diagnosis.",
        "An additional layer to medical care",
        "normal intervals",
        "Activation is near your usual.",
    ],
)
def test_what_we_do_say_is_left_alone(text: str) -> None:
    assert _forbidden(text) == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=_name)
def test_a_document_names_no_path_of_one_machine(path: Path) -> None:
    assert re.findall(r"(?<![\w~.])/(?:work|root)/\S*|/home/(?!pi\b)\w+", path.read_text(encoding="utf-8")) == []


def _architecture() -> str:
    return (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")


def test_architecture_draws_the_floors_as_the_contract_has_them() -> None:
    """The picture and the layers of pyproject.toml, top to bottom."""
    layers = re.search(r"^layers = \[(.*?)^\]", (ROOT / "pyproject.toml").read_text("utf-8"), re.DOTALL | re.MULTILINE)
    picture = re.search(r"^## Floors\n.*?```text\n(.*?)```", _architecture(), re.DOTALL | re.MULTILINE)
    assert layers is not None
    assert picture is not None
    contract = [re.findall(r"\w+", layer) for layer in re.findall(r'"(.+?)"', layers[1])]
    drawn = [re.match(r" (\w+(?: \| \w+)*)", line) for line in picture[1].splitlines()]
    assert [re.findall(r"\w+", match[1]) for match in drawn if match] == contract


def _files() -> dict[str, str]:
    """Every source file but empty ones, with the first line of its docstring."""
    package = ROOT / "src" / "hrvdaemon"
    parsed = {
        path.relative_to(package).as_posix(): ast.parse(path.read_text("utf-8")) for path in package.rglob("*.py")
    }
    docs = {name: ast.get_docstring(tree) or "" for name, tree in sorted(parsed.items()) if tree.body}
    return {name: doc.partition("\n")[0].replace("``", "`").replace("|", "\\|") for name, doc in docs.items()}


def test_architecture_names_every_file() -> None:
    """HRVDAEMON_BLESS=1 writes the table anew."""
    begin, end = "<!-- files -->\n", "<!-- end of files -->"
    if os.environ.get("HRVDAEMON_BLESS") == "1":
        rows = [f"| [{name}](src/hrvdaemon/{name}) | {idea} |" for name, idea in _files().items()]
        before, _, rest = _architecture().partition(begin)
        table = "\n".join(["\n| file | idea |", "|---|---|", *rows, "\n"])
        (ROOT / "ARCHITECTURE.md").write_text(before + begin + table + end + rest.partition(end)[2], encoding="utf-8")
    section = _architecture().partition(begin)[2].partition(end)[0]
    named = re.findall(r"^\| \[(\S+?)\]", section, re.MULTILINE)
    assert named == list(_files()), "run: HRVDAEMON_BLESS=1 python -m pytest tests/test_documents.py"
