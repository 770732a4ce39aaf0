"""A database of the first release: every decision is there afterwards, with the local day of the zone it was made in."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from hrvdaemon.store import schema
from hrvdaemon.store.file_header import APPLICATION_ID
from hrvdaemon.store.ledger_queries import decision_of, decisions_between, latest_decision
from hrvdaemon.store.queries import open_readonly
from hrvdaemon.store.schema import open_for_writing
from hrvdaemon.vocabulary.events import AutonomicState, Confidence, DecisionMade, HourUsual, Reason, Withheld
from hrvdaemon.vocabulary.local_time import LocalTime, local_time
from hrvdaemon.vocabulary.units import HOUR_MS, MINUTE_MS, Instant, PromptId, instant

MORNING = instant("2026-03-10T06:00:00Z")
USUAL = HourUsual(hr_bpm=61.237, hr_sigma_bpm=4.4444, ln_rmssd=3.45678, ln_sigma=0.2222, n_eff=99.99)
GATES = [
    ["rhythm", 1],
    ["quality", 1, 0.01666666, 0.05],
    ["wish", 1],
    ["breathing", 1, None, 0.12],
    ["activity", 1, 71.23456, 90.5],
    ["kinetics", 0, 18.0, 15.0, "moving"],
    ["recovery", 1],
    ["step_hold", 0, 71.23456, 66.0, "sudden_rise", MORNING + 40 * MINUTE_MS],
]


def row(number: int, minute: int, **changed: Any) -> dict[str, Any]:
    start = MORNING + minute * MINUTE_MS
    values = {
        "run": "r", "input_number": number, "mono_ms": minute * MINUTE_MS + 75_000, "at_ms": start + 75_000,
        "event_number": 1, "start_at_ms": start, "start_mono_ms": minute * MINUTE_MS, "minutes": 1, "epoch": minute,
        "state": "not_judged", "reason": "moving", "withheld": None, "gates_json": json.dumps(GATES), "stage": 2,
        "hr_bpm": 71.23456, "ln_rmssd": 3.123456, "usual_hr_bpm": USUAL.hr_bpm, "usual_hr_sigma_bpm": USUAL.hr_sigma_bpm,
        "usual_ln_rmssd": USUAL.ln_rmssd, "usual_ln_sigma": USUAL.ln_sigma, "usual_n_eff": USUAL.n_eff, "z_hr": 2.123456,
        "z_ln_rmssd": -1.654321, "activation": 2.181818, "theta_on": 1.75, "evidence": 8, "is_armed": 1, "learns": 0,
        "confidence": "medium", "prompt": None, "rules": "hrvd-rules-1",
    }  # fmt: skip
    return values | changed


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Three minutes in Berlin, a gap, a flight to New York, and an invitation there."""
    path = tmp_path / "hrv.db"
    with closing(Database(path)) as db:
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        schema._MIGRATIONS.apply(db, stop_before="a_ledger_for_ever")
        db.execute("PRAGMA user_version = 1")
        db.execute(
            "INSERT INTO run VALUES (1, 'r', 0, ?, 0, 'b', 'Europe/Berlin', '1', '0', '{}', NULL, NULL)", (MORNING,)
        )
        db.execute("INSERT INTO clock_change VALUES ('r', 40, ?, ?, 'America/New_York')", (HOUR_MS, MORNING + HOUR_MS))
        empty = dict.fromkeys((n for n in row(0, 0) if n.startswith(("usual", "z_"))), None) | {
            "epoch": None, "minutes": 30, "reason": "no_data", "state": "no_signal", "gates_json": "[]", "hr_bpm": None,
            "ln_rmssd": None, "activation": None,
        }  # fmt: skip
        asked = {"state": "sympathetic_dominance", "reason": None, "prompt": "r-prompt-0", "withheld": None}
        rows = [
            row(10, 0), row(20, 1, withheld="cooldown", reason=None), row(30, 2, stage=1, theta_on=2.0, confidence="high"),
            row(40, 3, **empty), row(60, 70, **asked),
        ]  # fmt: skip
        db.table("decision").insert_all(rows)
        db.execute("INSERT INTO state_change VALUES ('r', 60, 1, 2, 5, 'steady', 'elevated', NULL)")
    return path


def converted(path: Path) -> list[DecisionMade]:
    open_for_writing(path, busy_timeout_ms=100).close()
    with closing(open_readonly(path)) as connection:
        return decisions_between(connection, Instant(0), Instant(2**53))


def test_every_decision_of_the_first_release_is_there_in_its_order(old: Path) -> None:
    rows = converted(old)
    assert [one.start_at for one in rows] == [MORNING + minute * MINUTE_MS for minute in (0, 1, 2, 3, 70)]
    assert [one.minutes for one in rows] == [1, 1, 1, 30, 1]
    assert [one.epoch for one in rows] == [0, 1, 2, None, 70]
    assert [one.mono_ms - one.start_mono_ms for one in rows] == [75_000] * 5
    assert {one.rules for one in rows} == {"hrvd-rules-1"}


def test_what_was_decided_is_what_it_was_on_the_grid_of_the_ledger(old: Path) -> None:
    first, held, early, _, asked = converted(old)
    assert (first.hr_bpm, first.ln_rmssd, first.z_hr, first.activation) == (71.23, 3.123, 2.123, 2.182)
    assert first.usual == HourUsual(hr_bpm=61.24, hr_sigma_bpm=4.44, ln_rmssd=3.457, ln_sigma=0.222, n_eff=100.0)
    assert (first.state, first.reason, first.confidence) == (
        AutonomicState.NOT_JUDGED,
        Reason.MOVING,
        Confidence.MEDIUM,
    )
    assert (held.withheld, held.reason) == (Withheld.COOLDOWN, None)
    assert (early.stage, early.theta_on, early.confidence) == (1, 2.0, Confidence.HIGH)
    assert (asked.prompt, asked.state) == ("r-prompt-0", AutonomicState.SYMPATHETIC_DOMINANCE)


def test_its_eight_gates_are_there_and_kinetics_as_a_share_of_its_limit(old: Path) -> None:
    gates = {verdict.gate: verdict for verdict in converted(old)[0].gates}
    assert list(gates) == [gate[0] for gate in GATES]
    assert (gates["kinetics"].value, gates["kinetics"].limit, gates["kinetics"].reason) == (1.2, 1.0, Reason.MOVING)
    assert (gates["step_hold"].limit, gates["step_hold"].until_at) == (66.0, MORNING + 40 * MINUTE_MS)
    assert (gates["activity"].value, gates["activity"].limit) == (71.23, 90.5)
    assert [gate for gate, verdict in gates.items() if not verdict.passed] == ["kinetics", "step_hold"]


def test_the_local_day_and_minute_are_those_of_the_zone_at_the_time(old: Path) -> None:
    """06:00 UTC was 07:00 in Berlin; the clock changed at the input after which 07:10 UTC was 03:10 in New York."""
    rows = converted(old)
    assert LocalTime(rows[0].local_day, rows[0].local_minute) == local_time(MORNING, "Europe/Berlin")
    assert rows[0].local_minute == 7 * 60
    assert (rows[3].local_minute, rows[4].local_minute) == (7 * 60 + 3, 3 * 60 + 10)


def test_the_rest_of_the_database_is_untouched_and_the_old_table_gone(old: Path) -> None:
    converted(old)
    with closing(Database(old)) as db:
        assert [change["previous"] for change in db.query("SELECT previous FROM state_change")] == ["elevated"]
        assert "decision_1" not in db.table_names()
        assert db.execute("PRAGMA user_version").fetchone() == (2,)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with closing(open_readonly(old)) as connection:
        asked = decision_of(connection, PromptId("r-prompt-0"))
        assert asked is not None
        assert latest_decision(connection) == asked


def test_a_migration_that_is_cut_off_leaves_the_first_release(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut_off(connection: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(schema, "convert_ledger", cut_off)
        with pytest.raises(KeyboardInterrupt):
            open_for_writing(old, busy_timeout_ms=100)
    with closing(Database(old)) as db:
        assert db.table("decision").count == 5
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
    assert len(converted(old)) == 5
