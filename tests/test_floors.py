"""Who may import whom: the contracts of pyproject.toml hold today, and a wrong import breaks them."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "hrvdaemon"
PURE = ("vocabulary", "hrv", "regulation", "simulation", "pipeline")
WRONG = {
    "upwards": ("vocabulary/units.py", "hrvdaemon.hrv.poincare"),
    "from hrv to regulation": ("hrv/poincare.py", "hrvdaemon.regulation.gates"),
    "from regulation to hrv": ("regulation/outcome.py", "hrvdaemon.hrv.coherence"),
    "from source to sink": ("sources/ticks.py", "hrvdaemon.sinks.topics"),
    "from sink to source": ("sinks/topics.py", "hrvdaemon.sources.ticks"),
    "from store to formats": ("store/trouble.py", "hrvdaemon.formats.problem"),
    "a clock in the core": ("pipeline/agenda.py", "time"),
    "a file in the core": ("regulation/activation.py", "pathlib"),
    "chance in the simulation": ("simulation/person.py", "random"),
    "pydantic outside the codec": ("vocabulary/events.py", "pydantic"),
    "aiomqtt outside the broker": ("sinks/facts.py", "aiomqtt"),
    "bleak outside the radio": ("sources/reconnection.py", "bleak"),
}
PURE_LIBRARIES = {
    "array", "bisect", "collections", "contextlib", "dataclasses", "datetime", "difflib", "enum", "functools", "hashlib", "heapq", "itertools", "math",
    "numpy", "operator", "re", "statistics", "struct", "types", "typing", "zoneinfo",
    "json", "pydantic",  # codec only; the contract of that name holds it
}  # fmt: skip
CLOCKS_AND_FILES = {"open", "print", "input", "now", "utcnow"}


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """The contracts over the sources in ``folder``; COLUMNS keeps a line in one piece."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    environ = {**os.environ, "PYTHONPATH": str(folder / "src"), "COLUMNS": "500"}
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """What the contracts say of a copy into which every wrong import was written."""
    folder = tmp_path_factory.mktemp("planted")
    shutil.copytree(PACKAGE, folder / "src" / "hrvdaemon", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    for name, imported in WRONG.values():
        with (folder / "src" / "hrvdaemon" / name).open("a", encoding="utf-8") as file:
            file.write(f"\nimport {imported}\n")
    return _lint(folder)


def test_imports_point_down_the_floors() -> None:
    linted = _lint(ROOT)
    assert linted.returncode == 0, linted.stdout + linted.stderr


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_import_is_named(planted: subprocess.CompletedProcess[str], name: str) -> None:
    file, imported = WRONG[name]
    importer = "hrvdaemon." + file.removesuffix(".py").replace("/", ".")
    assert planted.returncode == 1
    assert f"{importer} -> {imported} " in planted.stdout


def test_a_package_without_a_floor_is_named(tmp_path: Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "src" / "hrvdaemon", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "src" / "hrvdaemon" / "utils.py").touch()
    linted = _lint(tmp_path)
    assert linted.returncode == 1
    assert "hrvdaemon.utils" in linted.stdout


@pytest.mark.parametrize("floor", PURE)
def test_the_pure_floors_import_pure_libraries_only(floor: str) -> None:
    found = {
        (str(path.relative_to(PACKAGE)), name)
        for path in (PACKAGE / floor).rglob("*.py")
        for name in _imported(ast.parse(path.read_text(encoding="utf-8")))
        if name not in {*PURE_LIBRARIES, "hrvdaemon"}
    }
    assert found == set()


@pytest.mark.parametrize("floor", PURE)
def test_the_pure_floors_ask_no_clock_and_open_no_file(floor: str) -> None:
    found = {
        f"{path.relative_to(PACKAGE)}: {name}"
        for path in (PACKAGE / floor).rglob("*.py")
        for name in _called(ast.parse(path.read_text(encoding="utf-8")))
        if name in CLOCKS_AND_FILES
    }
    assert found == set()


def _imported(tree: ast.Module) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


def _called(tree: ast.Module) -> set[str]:
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = {call.id for call in calls if isinstance(call, ast.Name)}
    return named | {call.attr for call in calls if isinstance(call, ast.Attribute)}
