"""Years of the ledger by columns, without making a decision of each row: what a re-decision reads (``regulation``).

The same numbers as ``ledger_columns.columns_of`` of the decisions; contexts are looked up once for all their rows.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Final

import numpy as np

from hrvdaemon.regulation.ledger_columns import GATE_BITS, Answered, Floats, LedgerColumns, Whole
from hrvdaemon.regulation.ledger_windows import Flags
from hrvdaemon.regulation.prompting import THIN_MINUTES, PromptSettings
from hrvdaemon.store.ledger_codes import BITS, QUALITIES, REASONS, STATES
from hrvdaemon.store.ledger_context import DAY_MIN, EPOCH_DAY, Context
from hrvdaemon.store.ledger_queries import OWN, key_from
from hrvdaemon.store.ledger_tables import KEY_BITS, KEY_MASK
from hrvdaemon.vocabulary.decisions import AutonomicState, Reason
from hrvdaemon.vocabulary.epochs import Quality
from hrvdaemon.vocabulary.inputs import Answer
from hrvdaemon.vocabulary.ledger_grid import BPM, LN, SHARE, on_count_grid
from hrvdaemon.vocabulary.units import MINUTE_MS, Instant

_RUN_BITS: Final = 40
"""An input's number in a run is below 2^40: rows in the order they were made are numbers in order."""
_MISSING: Final = -(2**31)
"""No column goes so low; whole numbers are read several times as fast as those with holes."""
_WHOLE: Final = ("key", "input_number", "event_number", "minutes", "state", "findings", "is_standing_like")
_OR_MISSING: Final = (
    "epoch", "reason", "quality", "artefact_share", "respiration", "hr", "z_hr", "z_ln", "activation",
)  # fmt: skip
_PER_CONTEXT: Final = (
    "ordinal", "wall_ms", "utc_offset_min", "stage", "theta_on", "said", "tags", "is_strap_on", "is_after_session",
    "activity", "n_eff_before", "n_eff_after",
)  # fmt: skip

Table = Mapping[str, Whole]
Shared = Mapping[str, Floats]


def columns_between(
    connection: sqlite3.Connection, from_at: Instant, to_at: Instant, expire_min: int = PromptSettings().expire_min
) -> LedgerColumns:
    """Rows of minutes that begin in ``from_at`` ≤ … < ``to_at``, in the order they were made, and their answers.

    An answer later than ``expire_min`` after its invitation is none.
    """
    table = _own_in_order(connection, _rows(connection, from_at, to_at))
    shared = _shared(connection, table["key"] & KEY_MASK)
    made = shared["ordinal"].astype(np.int64) << _RUN_BITS | table["input_number"]
    return _columns(table, shared, _answers(connection, made, table["key"], expire_min))


def _rows(connection: sqlite3.Connection, from_at: Instant, to_at: Instant) -> Table:
    """By column, in order of the wall's time, of every run."""
    names = [*_WHOLE, *(f"ifnull({name}, {_MISSING}) AS {name}" for name in _OR_MISSING)]
    cursor = connection.cursor()
    cursor.row_factory = None
    sql = f"SELECT {', '.join(names)} FROM decision WHERE key >= ? AND key < ? ORDER BY key"  # noqa: S608 - our own names
    numbers = np.fromiter(chain.from_iterable(cursor.execute(sql, (key_from(from_at), key_from(to_at)))), np.int64)
    return dict(zip((*_WHOLE, *_OR_MISSING), numbers.reshape(-1, len(names)).T, strict=True))


def _own_in_order(connection: sqlite3.Connection, table: Table) -> Table:
    """Rows of the wearer's own runs, in the order they were made."""
    sql = f"SELECT context, ordinal FROM ledger_context JOIN run ON run.ordinal = ledger_context.run WHERE {OWN}"  # noqa: S608 - ours
    ordinal = {int(context): int(number) for context, number in connection.execute(sql)}
    ordinals = _looked_up(table["key"] & KEY_MASK, ordinal)
    own = np.flatnonzero(ordinals != _MISSING)
    order = own[np.lexsort((table["event_number"][own], table["input_number"][own], ordinals[own]))]
    return {name: values[order] for name, values in table.items()}


def _looked_up(contexts: Whole, values: Mapping[int, int]) -> Whole:
    numbers, places = np.unique(contexts, return_inverse=True)
    return np.array([values.get(number, _MISSING) for number in numbers.tolist()], dtype=np.int64)[places]


def _columns(table: Table, shared: Shared, answers: Sequence[Answered]) -> LedgerColumns:
    start, worn = table["key"] >> KEY_BITS, table["epoch"] != _MISSING
    local = start + shared["utc_offset_min"].astype(np.int64)
    outside = table["state"] == STATES.index(AutonomicState.WARMING_UP)
    outside |= table["reason"] == REASONS.index(Reason.CLOCK_REPEATED)
    is_certain = worn & (_n_eff(local, shared) >= THIN_MINUTES)
    return LedgerColumns(
        start_minute=start,
        mono_minute=(start * MINUTE_MS - shared["wall_ms"].astype(np.int64)) // MINUTE_MS,
        minutes=table["minutes"],
        local_day=local // DAY_MIN + EPOCH_DAY,
        local_minute=local % DAY_MIN,
        is_worn=worn.astype(np.int64),
        is_comparable=(worn & (table["activation"] != _MISSING) & ~outside).astype(np.int64),
        failed=_failed(table["findings"]),
        said=_of_beats(worn, shared["said"]),
        stage=shared["stage"].astype(np.int64),
        is_fair=(table["quality"] == QUALITIES.index(Quality.FAIR)).astype(np.int64),
        is_tagged=_of_beats(worn, shared["tags"]).clip(0, 1),
        is_standing_like=table["is_standing_like"],
        is_thin=((shared["stage"] >= 2) & ~is_certain).astype(np.int64),
        is_strap_on=_of_beats(worn, shared["is_strap_on"]),
        is_after_session=_of_beats(worn, shared["is_after_session"]),
        z_hr=_scaled(table["z_hr"], LN),
        z_ln_rmssd=_scaled(table["z_ln"], LN),
        activation=_scaled(table["activation"], LN),
        theta_on=shared["theta_on"],
        hr_bpm=_scaled(table["hr"], BPM),
        artefact_share=_scaled(table["artefact_share"], SHARE),
        respiration_hz=_scaled(table["respiration"], SHARE),
        activity_limit_bpm=np.where(worn, shared["activity"], np.nan),
        answers=tuple(answers),
    )


def _scaled(values: Whole, scale: int) -> Floats:
    return np.where(values == _MISSING, np.nan, values / scale)


def _of_beats(worn: Flags, values: Floats) -> Whole:
    """What a context says of minutes with beats; nothing of others."""
    return np.where(worn, np.nan_to_num(values), 0).astype(np.int64)


def _n_eff(local: Whole, shared: Shared) -> Floats:
    """As ``usual_between`` has it; rounded by Python's own rule where that decides."""
    share = (local + 30) % 60 / 60
    n_eff: Floats = shared["n_eff_before"] + (shared["n_eff_after"] - shared["n_eff_before"]) * share
    for row in np.flatnonzero(np.abs(n_eff - THIN_MINUTES) < 1):
        n_eff[row] = on_count_grid(float(n_eff[row]))
    return n_eff


def _failed(findings: Whole) -> Whole:
    """Bits of what gates found, as bits of the gates."""
    failed = np.zeros(len(findings), dtype=np.int64)
    for (gate, _), bit in BITS.items():
        failed |= np.where(findings & bit, GATE_BITS[gate], 0)
    return failed


def _shared(connection: sqlite3.Connection, contexts: Whole) -> Shared:
    """For each row what its context holds."""
    numbers, places = np.unique(contexts, return_inverse=True)
    cursor = connection.execute("SELECT * FROM ledger_context")
    names = [one[0] for one in cursor.description]
    rows = {row[0]: dict(zip(names, row, strict=True)) for row in cursor}
    table = np.array([_numbers(Context.from_row(rows[number])) for number in numbers.tolist()], dtype=np.float64)
    by_context = table.reshape(len(numbers), len(_PER_CONTEXT)).T
    return {name: values[places] for name, values in zip(_PER_CONTEXT, by_context, strict=True)}


def _numbers(context: Context) -> tuple[float | None, ...]:
    """In the order of ``_PER_CONTEXT``."""
    before, after = (None, None) if context.bins is None else (one.n_eff for one in context.bins)
    activity = dict(context.limits).get("activity")
    return (
        context.run, context.wall_ms, context.utc_offset_min, context.stage, context.theta_on, context.said,
        context.tags, context.is_strap_on, context.is_after_session, activity, before, after,
    )  # fmt: skip


def _answers(connection: sqlite3.Connection, made: Whole, keys: Whole, expire_min: int) -> list[Answered]:
    """The first answer in time to each invitation of these rows, with the first row made after it."""
    sql = f"""
        SELECT decision.key, answer, run.ordinal, said.input_number
        FROM prompt_answer AS said JOIN run USING (run) JOIN decision ON decision.prompt = said.prompt
             JOIN prompt ON prompt.id = said.prompt
        WHERE said.at_ms <= prompt.at_ms + ? AND {OWN} ORDER BY run.ordinal, said.input_number
    """  # noqa: S608 - our own names
    cursor = connection.cursor()
    cursor.row_factory = None
    given = cursor.execute(sql, (expire_min * MINUTE_MS,)).fetchall()
    row_of, found = ({key: row for row, key in enumerate(keys.tolist())} if given else {}), dict[int, Answered]()
    for key, answer, ordinal, number in given:
        if key in row_of and key not in found:
            after = int(np.searchsorted(made, ordinal << _RUN_BITS | number, side="right"))
            found[key] = Answered(row_of[key], after, Answer(answer))
    return list(found.values())
