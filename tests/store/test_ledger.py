"""The ledger: every decision comes back bit for bit, a day of them is small, and the views show them as they were."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlite_utils import Database

from hrvdaemon.regulation.gate import GateSettings
from hrvdaemon.regulation.gates import gates
from hrvdaemon.store.batch import write_batch
from hrvdaemon.store.ledger import GATES, to_row
from hrvdaemon.store.ledger_codes import BITS, code_rows, finding_rows
from hrvdaemon.store.ledger_queries import decision_at, decision_of, decisions_between, latest_decision
from hrvdaemon.store.queries import open_readonly
from hrvdaemon.store.schema import open_for_writing
from hrvdaemon.vocabulary.decisions import (
    AutonomicState,
    Confidence,
    DecisionMade,
    GateVerdict,
    HourUsual,
    Reason,
    Withheld,
    usual_between,
)
from hrvdaemon.vocabulary.epochs import Quality
from hrvdaemon.vocabulary.events import BaselineComputed
from hrvdaemon.vocabulary.inputs import RunStarted, Tick
from hrvdaemon.vocabulary.local_time import local_time
from hrvdaemon.vocabulary.steps import Step
from hrvdaemon.vocabulary.units import MINUTE_MS, Instant, PromptId, RunId, instant, iso

MORNING = instant("2026-03-10T06:00:00Z")
BERLIN = "Europe/Berlin"
DAYS_BYTES = 100 * 1024


def a_days_hours(chance: np.random.Generator) -> tuple[HourUsual, ...]:
    """A usual that differs by hour, on the grid."""
    return tuple(
        HourUsual(
            hr_bpm=round(62 + 5 * float(chance.random()), 2), hr_sigma_bpm=round(3 + 3 * float(chance.random()), 2),
            ln_rmssd=round(3.3 + float(chance.random()) / 2, 3), ln_sigma=round(0.15 + float(chance.random()) / 5, 3),
            n_eff=round(float(400 * chance.random()), 1),
        )
        for _ in range(24)
    )  # fmt: skip


def any_gates(chance: np.random.Generator, at: int, hr: float) -> tuple[GateVerdict, ...]:
    """Verdicts as they come: mostly passed; holds with their ends; another limit for quality now and then."""

    def held(gate: str, reason: Reason, p: float, **rest: Any) -> GateVerdict:
        holds = bool(chance.random() < p)
        until = Instant(at + int(chance.integers(1, 46)) * MINUTE_MS) if holds else None
        return GateVerdict(gate=gate, passed=not holds, reason=reason if holds else None, until_at=until, **rest)

    share = round(float(chance.choice([0, 0, 0, 0.0167, 0.0328])), 4)
    low = bool(chance.random() < 0.03)
    moving = bool(chance.random() < 0.15)
    release = round(66 + float(chance.random()), 2) if chance.random() < 0.1 else None
    return (
        GateVerdict(gate="rhythm", passed=True, value=share),
        GateVerdict(
            gate="quality", passed=not low, value=0.6123 if low else share, limit=0.8 if low else 0.05,
            reason=Reason.QUALITY if low else None,
        ),
        GateVerdict(gate="wish", passed=True, value=0),
        GateVerdict(gate="breathing", passed=True, value=0.2412 if chance.random() < 0.05 else None, limit=0.12),
        GateVerdict(gate="motion", passed=True),
        GateVerdict(gate="activity", passed=True, value=hr, limit=91.37),
        GateVerdict(
            gate="kinetics", passed=not moving, value=round(float(chance.random()), 3), limit=1.0,
            reason=Reason.MOVING if moving else None,
        ),
        held("recovery", Reason.RECOVERING, 0.05),
        GateVerdict(gate="step_hold", passed=True, value=hr) if release is None
        else replace(held("step_hold", Reason.SUDDEN_RISE, 1.0), value=hr, limit=release),
        GateVerdict(gate="tags", passed=True, value=0),
    )  # fmt: skip


def any_decision(
    chance: np.random.Generator, number: int, start_at: int, hours: tuple[HourUsual, ...], **changed: Any
) -> DecisionMade:
    """A row as the detector makes them; its numbers fill their range."""
    when, hr = local_time(start_at, BERLIN), round(55 + 30 * float(chance.random()), 2)
    before = ((when.minute + 30) // 60 - 1) % 24
    verdicts = any_gates(chance, start_at, hr)
    reason = next((verdict.reason for verdict in verdicts if not verdict.passed), None)

    def grid(low: float, high: float) -> float:
        return round(float(chance.uniform(low, high)), 3)

    values: dict[str, Any] = {
        "mono_ms": start_at - MORNING + 75_000, "at": Instant(start_at + 75_000), "start_at": Instant(start_at),
        "start_mono_ms": start_at - MORNING, "minutes": 1, "epoch": number, "local_day": when.day,
        "local_minute": when.minute, "state": AutonomicState.STEADY if reason is None else AutonomicState.NOT_JUDGED,
        "reason": reason, "withheld": None, "gates": verdicts, "stage": 3, "quality": Quality.GOOD, "hr_bpm": hr,
        "ln_rmssd": grid(1.5, 5), "usual": usual_between(hours[before], hours[(before + 1) % 24], when.minute),
        "z_hr": grid(-4, 4), "z_ln_rmssd": grid(-4, 4), "activation": grid(-4, 4), "resid": grid(-1, 1),
        "theta_on": 1.5, "evidence": int(chance.integers(0, 4)), "is_armed": True, "learns": reason is None,
        "confidence": Confidence.HIGH, "prompt": None, "rules": "hrvd-rules-2",
    }  # fmt: skip
    return DecisionMade(**{**values, **changed})


def a_step(number: int, mono_ms: int, *events: Any) -> Step:
    return Step(run=RunId("r"), number=number, input=Tick(mono_ms=mono_ms), events=events)


def steps_of(decisions: list[DecisionMade], hours: tuple[HourUsual, ...]) -> Iterator[Step]:
    started = RunStarted(mono_ms=0, at=MORNING, run=RunId("r"), version="1", zone=BERLIN, boot_id="b", seed=1)
    yield Step(run=RunId("r"), number=0, input=started, events=())
    computed = BaselineComputed(
        mono_ms=1, at=MORNING, cutoff_at=MORNING, stage=3, eligible_minutes=2000, days=9, hours=hours, rho=0.5,
        hr_rest_bpm=51.0,
    )  # fmt: skip
    yield a_step(1, 1, computed)
    for number, decision in enumerate(decisions):
        yield a_step(2 + number, decision.mono_ms, decision)


def some_days(n_minutes: int, seed: int = 1) -> tuple[list[DecisionMade], tuple[HourUsual, ...]]:
    chance = np.random.default_rng(seed)
    hours = a_days_hours(chance)
    return [any_decision(chance, n, MORNING + n * MINUTE_MS, hours) for n in range(n_minutes)], hours


def stored(path: Path, decisions: list[DecisionMade], hours: tuple[HourUsual, ...], batch: int = 500) -> Database:
    db, steps = open_for_writing(path, busy_timeout_ms=100), list(steps_of(decisions, hours))
    for first in range(0, len(steps), batch):
        write_batch(db.conn, steps[first : first + batch])
    return db


def read(path: Path) -> list[DecisionMade]:
    connection = open_readonly(path)
    found = decisions_between(connection, Instant(0), Instant(2**53))
    connection.close()
    return found


@pytest.mark.parametrize("batch", [1, 7, 500])
def test_every_decision_comes_back_bit_for_bit_in_whatever_batches(tmp_path: Path, batch: int) -> None:
    decisions, hours = some_days(400)
    stored(tmp_path / "hrv.db", decisions, hours, batch).close()
    assert read(tmp_path / "hrv.db") == decisions


ODD: dict[str, dict[str, Any]] = {
    "a repeated minute": {"reason": Reason.CLOCK_REPEATED, "state": AutonomicState.NOT_JUDGED, "learns": False},
    "an invitation": {"prompt": PromptId("r-prompt-0"), "state": AutonomicState.SYMPATHETIC_DOMINANCE, "evidence": 8},
    "withheld": {"withheld": Withheld.STRAP_ON, "is_strap_on": True, "is_armed": False},
    "after a session": {"is_after_session": True, "is_standing_like": True, "confidence": Confidence.LOW},
    "closed early": {"mono_ms": 61_003, "at": Instant(MORNING + 61_003)},
    "learning": {
        "stage": 0, "usual": None, "z_hr": None, "z_ln_rmssd": None, "activation": None, "resid": None, "theta_on": 2.0,
        "state": AutonomicState.CALIBRATING, "reason": Reason.LEARNING,
    },
    "nothing measured": {"hr_bpm": None, "ln_rmssd": None, "quality": Quality.UNUSABLE, "resid": None},
    "another usual than the baseline's": {
        "usual": HourUsual(hr_bpm=99.99, hr_sigma_bpm=3, ln_rmssd=1.234, ln_sigma=0.15, n_eff=0.1)
    },
    "a personal threshold": {"theta_on": 1.65, "rules": "hrvd-rules-3"},
}  # fmt: skip


@pytest.mark.parametrize("changed", ODD.values(), ids=ODD)
def test_what_is_odd_about_a_minute_comes_back_too(tmp_path: Path, changed: dict[str, Any]) -> None:
    """Between two ordinary minutes, so that it must not colour them."""
    chance = np.random.default_rng(3)
    hours = a_days_hours(chance)
    rows = [any_decision(chance, n, MORNING + n * MINUTE_MS, hours) for n in range(3)]
    odd = any_decision(chance, 0, MORNING, hours, **changed)
    hr = odd.hr_bpm
    odd = replace(
        odd, gates=tuple(replace(v, value=hr) if v.gate in {"activity", "step_hold"} else v for v in odd.gates)
    )
    stored(tmp_path / "hrv.db", [odd, *rows[1:]], hours).close()
    assert read(tmp_path / "hrv.db") == [odd, *rows[1:]]


def test_measured_movement_tags_and_pauses_come_back(tmp_path: Path) -> None:
    chance = np.random.default_rng(4)
    hours = a_days_hours(chance)
    extra = {
        "motion": GateVerdict(gate="motion", passed=False, value=0.123456789, limit=0.1, reason=Reason.MOVING, until_at=Instant(MORNING + 360_000)),
        "wish": GateVerdict(gate="wish", passed=False, value=3, reason=Reason.QUIET),
        "tags": GateVerdict(gate="tags", passed=True, value=2, until_at=Instant(MORNING + 5_400_123)),
        "breathing": GateVerdict(gate="breathing", passed=False, value=0.1016, limit=0.12, reason=Reason.SESSION),
    }  # fmt: skip
    row = any_decision(chance, 0, MORNING, hours)
    row = replace(row, gates=tuple(extra.get(verdict.gate, verdict) for verdict in row.gates))
    plain = any_decision(chance, 1, MORNING + MINUTE_MS, hours)
    stored(tmp_path / "hrv.db", [row, plain], hours).close()
    assert read(tmp_path / "hrv.db") == [row, plain]


def test_minutes_without_a_beat_are_one_row(tmp_path: Path) -> None:
    chance = np.random.default_rng(5)
    hours = a_days_hours(chance)
    empty = any_decision(
        chance, 0, MORNING + MINUTE_MS, hours, minutes=90, epoch=None, gates=(), state=AutonomicState.NO_SIGNAL,
        reason=Reason.NO_DATA, quality=None, hr_bpm=None, ln_rmssd=None, usual=None, z_hr=None, z_ln_rmssd=None,
        activation=None, resid=None, learns=False, confidence=Confidence.LOW, mono_ms=91 * MINUTE_MS + 12_345,
        at=Instant(MORNING + 91 * MINUTE_MS + 12_345),
    )  # fmt: skip
    rows = [any_decision(chance, 0, MORNING, hours), empty, any_decision(chance, 1, MORNING + 91 * MINUTE_MS, hours)]
    db = stored(tmp_path / "hrv.db", rows, hours)
    assert db.table("ledger_context").count == 2, "the gap has none of its own: one for each hour"
    db.close()
    assert read(tmp_path / "hrv.db") == rows


def test_a_day_of_the_ledger_takes_at_most_100_kib(tmp_path: Path) -> None:
    """Twenty-four hours a day, eleven of them; what the first one needs to begin with is not counted."""
    decisions, hours = some_days(11 * 1440)

    def size(n_days: int) -> int:
        db = stored(tmp_path / f"{n_days}.db", decisions[: n_days * 1440], hours, batch=1440)
        for table in ("journal", "baseline", "run"):
            db.execute("PRAGMA foreign_keys = OFF")
            db.execute(f"DROP TABLE {table}")
        db.vacuum()
        pages = db.execute("PRAGMA page_count").fetchone()[0] * db.execute("PRAGMA page_size").fetchone()[0]
        db.close()
        return int(pages)

    a_day = (size(11) - size(1)) / 10
    print(f"{a_day / 1024:.1f} KiB a day")
    assert a_day <= DAYS_BYTES


def test_every_gate_and_everything_it_may_say_has_its_place() -> None:
    assert {gate.name for gate in gates(GateSettings())} == GATES
    assert {gate for gate, _ in BITS} <= GATES
    reasons = {reason for _, reason in BITS}
    assert reasons == set(Reason) - {Reason.LEARNING, Reason.NO_DATA, Reason.CLOCK_REPEATED}


def test_what_the_ledger_has_no_place_for_is_our_mistake() -> None:
    chance = np.random.default_rng(6)
    row = any_decision(chance, 0, MORNING, a_days_hours(chance))
    with pytest.raises(ValueError, match="phase_of_the_moon"):
        to_row(replace(row, gates=(GateVerdict(gate="phase_of_the_moon", passed=True),)))
    with pytest.raises(ValueError, match="begins with one of the wall"):
        to_row(replace(row, start_at=Instant(MORNING + 1)))


def test_codes_are_in_the_database_and_each_word_once(db: Database) -> None:
    assert set(map(tuple, db.execute("SELECT * FROM code"))) == set(code_rows())
    assert set(map(tuple, db.execute("SELECT * FROM finding"))) == set(finding_rows())
    words = {(kind, name) for kind, _, name in code_rows()}
    expected = {("state", s.value) for s in AutonomicState} | {("reason", r.value) for r in Reason}
    assert expected | {("withheld", w.value) for w in Withheld} <= words


def test_the_view_shows_what_was_decided(tmp_path: Path) -> None:
    decisions, hours = some_days(200, seed=8)
    db = stored(tmp_path / "hrv.db", decisions, hours)
    for row, decision in zip(db.query("SELECT * FROM decision_view ORDER BY start_at_ms"), decisions, strict=True):
        assert row["start_at"] == iso(decision.start_at)
        assert (row["at_ms"], row["mono_ms"], row["start_mono_ms"]) == (
            decision.at, decision.mono_ms, decision.start_mono_ms,
        )  # fmt: skip
        assert row["local_day"] == date.fromordinal(decision.local_day).isoformat()
        assert row["local_time"] == f"{decision.local_minute // 60:02}:{decision.local_minute % 60:02}"
        assert (row["state"], row["reason"], row["quality"], row["confidence"]) == (
            decision.state, decision.reason, decision.quality, decision.confidence,
        )  # fmt: skip
        for name in ("hr_bpm", "ln_rmssd", "z_hr", "z_ln_rmssd", "activation", "resid", "theta_on", "evidence"):
            assert row[name] == getattr(decision, name), name
        assert decision.usual is not None
        for name in ("hr_bpm", "hr_sigma_bpm", "ln_rmssd", "ln_sigma", "n_eff"):
            assert row[f"usual_{name}"] == pytest.approx(
                getattr(decision.usual, name), abs=0.101 if name == "n_eff" else 0.0101
            )
    db.close()


def test_the_view_shows_each_gate(tmp_path: Path) -> None:
    decisions, hours = some_days(200, seed=9)
    db = stored(tmp_path / "hrv.db", decisions, hours)
    shown = {(row["start_at"], row["gate"]): row for row in db.query("SELECT * FROM decision_gate_view")}
    assert len(shown) == 200 * 10
    for decision in decisions:
        for verdict in decision.gates:
            row = shown[iso(decision.start_at), verdict.gate]
            assert (bool(row["passed"]), row["reason"]) == (verdict.passed, verdict.reason)
            assert row["value"] == (None if verdict.value is None else pytest.approx(verdict.value))
            assert row["limit"] == (None if verdict.limit is None else pytest.approx(verdict.limit))
            assert row["until_at_ms"] == verdict.until_at
    db.close()


def test_a_clock_that_was_set_gives_each_minute_its_own_row(tmp_path: Path) -> None:
    """The same minute of the wall twice: once judged, and an hour of running later again."""
    chance = np.random.default_rng(10)
    hours = a_days_hours(chance)
    rows = [any_decision(chance, n, MORNING + n * MINUTE_MS, hours) for n in range(3)]
    again = [
        replace(row, epoch=3 + n, start_mono_ms=row.start_mono_ms + 3_600_000, mono_ms=row.mono_ms + 3_600_000)
        for n, row in enumerate(rows)
    ]
    stored(tmp_path / "hrv.db", [*rows, *again], hours).close()
    assert read(tmp_path / "hrv.db") == [*rows, *again]
    connection = open_readonly(tmp_path / "hrv.db")
    assert decision_at(connection, Instant(MORNING + MINUTE_MS)) == again[1]
    assert latest_decision(connection) == again[2]
    connection.close()


def test_the_row_that_invited_is_found(tmp_path: Path) -> None:
    chance = np.random.default_rng(11)
    hours = a_days_hours(chance)
    row = any_decision(chance, 0, MORNING, hours, prompt=PromptId("r-prompt-0"))
    stored(tmp_path / "hrv.db", [row], hours).close()
    connection = open_readonly(tmp_path / "hrv.db")
    assert decision_of(connection, PromptId("r-prompt-0")) == row
    assert decision_of(connection, PromptId("r-prompt-1")) is None
    connection.close()
