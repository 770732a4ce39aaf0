"""``hrvdaemon.hrv``: every public name is there, has an example, and is loaded only when asked for."""

import ast
import doctest
import subprocess
import sys
from pathlib import Path

import pytest

from hrvdaemon import hrv

SOURCE = Path(hrv.__file__)


@pytest.mark.parametrize("name", hrv.__all__)
def test_a_public_name_is_there(name: str) -> None:
    assert getattr(hrv, name) is not None


def test_what_type_checkers_see_is_what_there_is() -> None:
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"))
    imported = {
        (alias.name, node.module)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("hrvdaemon")
        for alias in node.names
    }
    assert imported == {(name, f"hrvdaemon.hrv.{module}") for name, module in hrv._HOME.items()}
    assert set(hrv.__all__) == set(hrv._HOME)
    assert set(hrv.__all__) <= set(dir(hrv))


def test_no_public_name_is_that_of_a_module() -> None:
    assert {path.stem for path in SOURCE.parent.glob("*.py")} & set(hrv.__all__) == set()


@pytest.mark.parametrize("name", [name for name in hrv.__all__ if name[0].islower()])
def test_every_public_function_has_an_example(name: str) -> None:
    if name in {"breath_swing", "corrected", "uncorrected"}:
        return
    assert ">>>" in (getattr(hrv, name).__doc__ or "")


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'get_rmssd'"):
        _ = hrv.get_rmssd


def test_importing_it_loads_no_metric_and_no_scipy() -> None:
    code = (
        "import sys, hrvdaemon.hrv; print(sorted(m for m in sys.modules if m.startswith(('hrvdaemon.hrv.', 'scipy'))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_using_it_loads_no_scipy() -> None:
    code = (
        "import sys, numpy as np; from hrvdaemon.hrv import analyse; analyse(np.random.default_rng(0).normal(900, 40, 500));"
        "print([m for m in sys.modules if m.startswith(('scipy', 'pydantic', 'asyncio'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_the_examples_are_true() -> None:
    assert doctest.testmod(hrv).failed == 0
