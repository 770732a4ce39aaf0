"""``hrvdaemon why``: what the decision ledger says of an invitation, of a moment, or of the last day."""

import re
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import datetime, timedelta
from json import dumps
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hrvdaemon.regulation.explanations import why_prompt, why_sentences
from hrvdaemon.store import queries
from hrvdaemon.vocabulary.errors import BadUsage, NothingToSay
from hrvdaemon.vocabulary.events import AutonomicState, DecisionMade, PromptIssued
from hrvdaemon.vocabulary.units import DAY_MS, MINUTE_MS, Instant, PromptId, instant, iso

_FIRST, _LAST = instant("0001-01-02T00:00:00Z"), instant("9999-12-30T00:00:00Z")
"""A day within what a calendar can show in every time zone."""
_CLOCK_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def why(what: str | None = None, /, *, db: Path | None = None, config: Path | None = None, json: bool = False) -> None:
    """Why it invited, or why it did not.

    Parameters
    ----------
    what
        "latest" for the last invitation, the id of one, or a time (15:10, or ISO 8601); nothing for the last day.
    db
        Database to read; without it the daemon's.
    config
        Config file of the daemon, where it is not the usual one.
    json
        The rows of the ledger as JSON.
    """
    from hrvdaemon.config import load  # noqa: PLC0415  --help does without it

    path = load(config).database if db is None else db
    with closing(queries.open_readonly(path)) as connection:
        rows, lines = _answer(connection, what)
    print(dumps(rows, ensure_ascii=False) if json else "\n".join(lines))


def _answer(connection: sqlite3.Connection, what: str | None) -> tuple[list[dict[str, Any]], list[str]]:
    last = queries.last_run(connection)
    latest = queries.latest_decision(connection)
    if last is None or latest is None:
        raise NothingToSay("Nothing is recorded yet: the first minute is judged a minute after the first beats.")
    here = ZoneInfo(last.started.zone)
    if what is None:
        return _day(connection, latest)
    if what == "latest" or queries.prompt_issued(connection, PromptId(what)) is not None:
        return _prompt(connection, what, here)
    return _moment(connection, _time(what, latest, here), here)


def _prompt(connection: sqlite3.Connection, what: str, here: ZoneInfo) -> tuple[list[dict[str, Any]], list[str]]:
    prompt = (
        queries.latest_prompt(connection) if what == "latest" else queries.prompt_issued(connection, PromptId(what))
    )
    if prompt is None:
        raise NothingToSay("There has been no invitation yet. `hrvdaemon why` says what the last day held.")
    decision = queries.decision_of(connection, prompt.id)
    rows = [] if decision is None else [_row(decision)]
    return rows, [f"Invited at {_clock(prompt.at, here)}.", *why_prompt(prompt)]


def _moment(connection: sqlite3.Connection, at: Instant, here: ZoneInfo) -> tuple[list[dict[str, Any]], list[str]]:
    decision = queries.decision_at(connection, at)
    if decision is None:
        raise NothingToSay(
            f"Nothing is recorded for {_clock(at, here)}: the daemon was not running, or no strap was on."
        )
    return [_row(decision)], [f"{_clock(decision.start_at, here)}", *why_sentences(decision)]


def _day(connection: sqlite3.Connection, latest: DecisionMade) -> tuple[list[dict[str, Any]], list[str]]:
    """The last 24 hours that have rows, and the newest minute."""
    until = Instant(latest.start_at + latest.minutes * MINUTE_MS)
    rows = queries.decisions_between(connection, Instant(until - DAY_MS), until)
    prompts = queries.records_between(connection, PromptIssued, Instant(until - DAY_MS), Instant(until + 2 * MINUTE_MS))
    unjudged = Counter[str]()
    for row in rows:
        if row.reason is not None or row.state is AutonomicState.WARMING_UP:
            unjudged[row.reason or row.state] += row.minutes
    judged = sum(row.minutes for row in rows) - unjudged.total()
    lines = [
        f"In the last day: {judged} minutes judged, {len(prompts)} invitation{'' if len(prompts) == 1 else 's'}.",
        *([f"Not judged, in minutes: {_listed(unjudged)}."] if unjudged else []),
        *why_sentences(latest)[:3],
    ]
    return [_row(row) for row in rows], lines


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{reason.replace('_', ' ')} {minutes}" for reason, minutes in counts.most_common())


def _time(what: str, latest: DecisionMade, here: ZoneInfo) -> Instant:
    """A time of the last recorded day, or any by ISO 8601."""
    if (clock := _CLOCK_TIME.fullmatch(what)) is not None:
        end = datetime.fromtimestamp((latest.start_at + latest.minutes * MINUTE_MS) / 1000, here)
        moment = end.replace(hour=int(clock[1]), minute=int(clock[2]), second=0, microsecond=0)
        moment = moment if moment < end else moment - timedelta(days=1)
        return Instant(round(moment.timestamp() * 1000))
    try:
        moment = datetime.fromisoformat(what)
        asked_ms = round((moment if moment.tzinfo else moment.replace(tzinfo=here)).timestamp() * 1000)
        return Instant(min(max(asked_ms, _FIRST), _LAST))
    except (ValueError, OverflowError) as error:
        raise BadUsage(f"expected latest, the id of an invitation, or a time such as 15:10, came {what!r}") from error


def _clock(at: Instant, here: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(at / 1000, here):%Y-%m-%d %H:%M}"


def _row(decision: DecisionMade) -> dict[str, Any]:
    """A row of the ledger with its sentence."""
    return {
        "at": iso(decision.at),
        "start_at": iso(decision.start_at),
        "minutes": decision.minutes,
        "state": decision.state.value,
        "reason": decision.reason,
        "withheld": decision.withheld,
        "stage": decision.stage,
        "hr_bpm": decision.hr_bpm,
        "ln_rmssd": decision.ln_rmssd,
        "activation": decision.activation,
        "theta_on": decision.theta_on,
        "evidence": decision.evidence,
        "confidence": decision.confidence.value,
        "prompt": decision.prompt,
        "gates": {
            verdict.gate: {"passed": verdict.passed, "value": verdict.value, "limit": verdict.limit}
            for verdict in decision.gates
        },
        "rules": decision.rules,
        "sentence": " ".join(why_sentences(decision)),
    }
