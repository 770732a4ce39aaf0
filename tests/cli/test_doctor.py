"""Every check has its line, in order, and each failure its next step; one failure is exit code 1."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from hrvdaemon.cli import doctor as command
from hrvdaemon.cli.checks import Check, Circumstances, Finding, Found, Result, fail, ok, warn
from hrvdaemon.cli.doctor import CHECKS, doctor, examine, in_words
from hrvdaemon.vocabulary.errors import NothingToSay


def check(name: str, found: Found, *, after_s: float = 0) -> Check:
    async def look(_: Circumstances) -> Found:
        await asyncio.sleep(after_s)
        return found

    return Check(name=name, look=look)


@pytest.fixture(autouse=True)
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, air: Any) -> Path:
    """Nothing of this computer's config, database, daemon or radio; its Bluetooth service is asked."""
    for name in ("CONFIGURATION_DIRECTORY", "STATE_DIRECTORY", "RUNTIME_DIRECTORY", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(command, "bleak_radio", air.radio)
    return tmp_path


def only(monkeypatch: pytest.MonkeyPatch, checks: Sequence[Check]) -> None:
    monkeypatch.setattr(command, "CHECKS", checks)


def test_json_has_the_keys_of_the_contract_and_a_failure_is_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    only(monkeypatch, [check("a", ok("Good.")), check("b", warn("So so.", "Wait.")), check("c", fail("No.", "Do it."))])
    with pytest.raises(NothingToSay, match=r"1 of 3 checks failed") as left:
        doctor(json=True)
    assert left.value.exit_code == 1
    assert json.loads(capsys.readouterr().out) == [
        {"check": "a", "result": "ok", "detail": "Good.", "fix": None},
        {"check": "b", "result": "warn", "detail": "So so.", "fix": "Wait."},
        {"check": "c", "result": "fail", "detail": "No.", "fix": "Do it."},
    ]


def test_without_a_failure_it_ends_well_and_warnings_are_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    only(monkeypatch, [check("a", ok("Good.")), check("b", warn("So so.", "Wait."))])
    doctor()
    assert capsys.readouterr().out == "ok    a: Good.\nWARN  b: So so.\n      Next step: Wait.\n"


def test_checks_run_together_and_are_told_in_order(jumping: Any, air: Any) -> None:
    checks = [check("slow", ok("1"), after_s=4), check("quick", ok("2"), after_s=1), check("late", ok("3"), after_s=4)]
    circumstances = Circumstances(path=None, config=None, told=None, radio=air.radio)

    async def told() -> list[tuple[str, float]]:
        loop = asyncio.get_running_loop()
        return [(found.check, loop.time()) async for found in examine(checks, circumstances)]

    assert jumping(told()) == [("slow", 4), ("quick", 4), ("late", 4)]


def test_a_detail_of_several_lines_stays_so_and_is_indented() -> None:
    found = Finding(check="config", result=Result.FAIL, detail="2 mistakes\na.toml:1: x\na.toml:2: y", fix="Mend them.")
    assert in_words(found, 80) == (
        "FAIL  config: 2 mistakes\n      a.toml:1: x\n      a.toml:2: y\n      Next step: Mend them."
    )


def test_long_lines_are_folded_and_no_word_is_cut() -> None:
    found = Finding(check="a", result=Result.OK, detail="word " * 30 + "C4:11:22:33:44:55-" * 5)
    lines = in_words(found, 40).splitlines()
    assert all(len(line) <= 40 or " " not in line.strip() for line in lines)
    assert " ".join(line.strip() for line in lines).split()[2:] == found.detail.split()


@pytest.mark.parametrize("config", ["", "[strap\n", '[mqtt]\nenabled = true\nclient = "k7f2mq4x2d"\nport = 1\n'])
def test_the_real_checks_always_give_a_line_each_and_a_next_step_with_each_failure(
    apart: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, config: str
) -> None:
    monkeypatch.setattr("hrvdaemon.cli.checks.strap.WINDOW_S", 0.01)
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={apart}/none")
    path = apart / "hrvdaemon.toml"
    path.write_text(config)
    with pytest.raises(NothingToSay):
        doctor(json=True, config=path)
    found = json.loads(capsys.readouterr().out)
    assert [each["check"] for each in found] == [check.name for check in CHECKS]
    assert [each for each in found if each["result"] != "ok" and not each["fix"]] == []
    assert [each for each in found if "itself failed" in each["detail"]] == []


def test_every_check_has_a_limit_and_a_next_step_for_when_it_is_late() -> None:
    assert len({check.name for check in CHECKS}) == len(CHECKS)
    assert all(0 < check.limit_s <= 75 and check.if_late for check in CHECKS)
