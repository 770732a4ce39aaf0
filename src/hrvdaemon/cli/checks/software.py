"""Python, SQLite and the packages: versions, and whether they are what this version asks for."""

import re
import sqlite3
import sys
from importlib.metadata import PackageNotFoundError, requires, version
from itertools import zip_longest

import hrvdaemon
from hrvdaemon.cli.checks import Circumstances, Found, fail, ok, warn

OLDEST_PYTHON = (3, 11)
OLDEST_SQLITE = (3, 37, 0)
"""STRICT tables came with it (sqlite.org, release 3.37.0)."""
_REQUIREMENT = re.compile(r"([\w.-]+)(?:\[[^\]]*\])?\s*\(?([<>=!~\d.,\s]*)\)?\s*(?:;\s*(.*))?")
_UPDATE = "Install it again: pip install --upgrade hrvdaemon"


def python(_: Circumstances) -> Found:
    """Interpreter and SQLite."""
    detail = f"hrvdaemon {hrvdaemon.__version__}, Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}."
    if sys.version_info[:2] < OLDEST_PYTHON:
        return fail(detail, "Install Python 3.11 or newer, then hrvdaemon with it.")
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        return fail(detail, "Install a Python whose SQLite is 3.37 or newer.")
    return ok(detail)


def packages(_: Circumstances) -> Found:
    """Each package that hrvdaemon asks for, as installed."""
    try:
        asked = requires("hrvdaemon") or []
    except PackageNotFoundError:
        return warn("hrvdaemon runs from a folder and is not installed.", "Install it: pip install hrvdaemon")
    needed = [match for line in asked if (match := _REQUIREMENT.match(line)) and _is_for_here(match[3] or "")]
    wrong = [problem for match in needed if (problem := _problem(match[1], match[2]))]
    if wrong:
        return fail(f"{'; '.join(wrong)}.", _UPDATE)
    return ok(", ".join(f"{match[1]} {version(match[1])}" for match in needed) + ".")


def _is_for_here(marker: str) -> bool:
    """Of markers only these are used by us: an extra is optional, a platform is compared."""
    platform = re.search(r"sys_platform\s*==\s*[\"'](\w+)[\"']", marker)
    return "extra" not in marker and (platform is None or platform[1] == sys.platform)


def _problem(name: str, limits: str) -> str | None:
    try:
        installed = version(name)
    except PackageNotFoundError:
        return f"{name} is missing"
    return None if meets(installed, limits) else f"{name} is {installed}, expected {limits.strip()}"


def meets(installed: str, limits: str) -> bool:
    """Whether a version lies within ``>=`` and ``<``, the only limits that we set; numbers alone are compared."""
    return all(
        _before(bound, installed, or_equal=True) if sign == ">=" else _before(installed, bound, or_equal=False)
        for sign, bound in re.findall(r"(>=|<)\s*([\d.]+)", limits)
    )


def _before(first: str, second: str, *, or_equal: bool) -> bool:
    for mine, other in zip_longest(_numbers(first), _numbers(second), fillvalue=0):
        if mine != other:
            return mine < other
    return or_equal


def _numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", (re.match(r"[\d.]*", text) or [""])[0])]
