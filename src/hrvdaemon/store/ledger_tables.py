"""The SQL of the second release: the ledger small enough to be kept for ever. Never edited afterwards.

A minute is a row of whole numbers (``vocabulary.ledger_grid``); what many minutes share stands once in
``ledger_context``, what few have in ``rare_json``. The views show all as a person reads them.
"""

from typing import Final

KEY_BITS: Final = 20
"""``decision.key`` is the minute since 1970 times 2^20 plus the context: in order of time, and one number a row."""
KEY_MASK: Final = (1 << KEY_BITS) - 1

NEW_COLUMNS: Final = """
ALTER TABLE baseline ADD COLUMN all_day_hr_bpm REAL;
ALTER TABLE baseline ADD COLUMN all_day_hr_sigma_bpm REAL;
ALTER TABLE baseline ADD COLUMN all_day_ln_rmssd REAL;
ALTER TABLE baseline ADD COLUMN all_day_ln_sigma REAL;
ALTER TABLE baseline ADD COLUMN all_day_n_eff REAL;
ALTER TABLE baseline ADD COLUMN ln_at_zero REAL;
ALTER TABLE baseline ADD COLUMN ln_per_bpm REAL;
ALTER TABLE baseline ADD COLUMN motion_limit REAL;
"""

_FROM_EVENT = """
    run TEXT NOT NULL REFERENCES run (run),
    input_number INTEGER NOT NULL,
    mono_ms INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    event_number INTEGER NOT NULL,"""
_EVENT_KEY = "PRIMARY KEY (run, input_number, event_number)\n) STRICT, WITHOUT ROWID;"

LEARNED: Final = f"""
CREATE TABLE baseline_restart ({_FROM_EVENT}
    sensor TEXT NOT NULL,
    {_EVENT_KEY}
CREATE TABLE reference_day ({_FROM_EVENT}
    day INTEGER NOT NULL,
    minutes INTEGER NOT NULL,
    hr_bpm REAL NOT NULL,
    ln_rmssd REAL NOT NULL,
    {_EVENT_KEY}
CREATE TABLE drift ({_FROM_EVENT}
    cutoff_at_ms INTEGER NOT NULL,
    day INTEGER NOT NULL,
    reference_hr_bpm REAL NOT NULL,
    reference_ln_rmssd REAL NOT NULL,
    hr_bpm REAL NOT NULL,
    ln_rmssd REAL NOT NULL,
    {_EVENT_KEY}
CREATE TABLE threshold ({_FROM_EVENT}
    cutoff_at_ms INTEGER NOT NULL,
    theta_on REAL NOT NULL,
    previous REAL NOT NULL,
    days INTEGER NOT NULL,
    days_worn INTEGER NOT NULL,
    worn_minutes INTEGER NOT NULL,
    allowed REAL NOT NULL,
    prompts INTEGER NOT NULL,
    would_prompt INTEGER NOT NULL,
    wish TEXT NOT NULL,
    {_EVENT_KEY}
CREATE TABLE standing ({_FROM_EVENT}
    session TEXT NOT NULL,
    hr_bpm REAL NOT NULL,
    hr_sd_bpm REAL NOT NULL,
    ln_rmssd REAL NOT NULL,
    ln_sd REAL NOT NULL,
    {_EVENT_KEY}
"""

LEDGER: Final = """
CREATE TABLE code (
    kind TEXT NOT NULL,
    code INTEGER NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (kind, code)
) STRICT, WITHOUT ROWID;
CREATE TABLE finding (
    bit INTEGER PRIMARY KEY,
    gate TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;
CREATE TABLE ledger_context (
    context INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (ordinal),
    from_minute INTEGER NOT NULL,
    wall_ms INTEGER NOT NULL,
    utc_offset_min INTEGER NOT NULL,
    said INTEGER,
    tags INTEGER,
    tags_until_ms INTEGER,
    is_strap_on INTEGER NOT NULL,
    is_after_session INTEGER NOT NULL,
    stage INTEGER NOT NULL,
    theta_on REAL NOT NULL,
    rules TEXT NOT NULL,
    limits_json TEXT NOT NULL,
    usual_json TEXT
) STRICT;
CREATE TABLE decision (
    key INTEGER PRIMARY KEY,
    input_number INTEGER NOT NULL,
    event_number INTEGER NOT NULL,
    minutes INTEGER NOT NULL,
    epoch INTEGER,
    state INTEGER NOT NULL,
    reason INTEGER,
    withheld INTEGER,
    findings INTEGER NOT NULL,
    quality INTEGER,
    artefact_share INTEGER,
    respiration INTEGER,
    motion REAL,
    rise INTEGER,
    recovery_until_ms INTEGER,
    step_release INTEGER,
    step_until_ms INTEGER,
    hr INTEGER,
    ln INTEGER,
    z_hr INTEGER,
    z_ln INTEGER,
    activation INTEGER,
    resid INTEGER,
    evidence INTEGER NOT NULL,
    is_armed INTEGER NOT NULL,
    learns INTEGER NOT NULL,
    is_standing_like INTEGER NOT NULL,
    confidence INTEGER NOT NULL,
    prompt TEXT,
    rare_json TEXT
) STRICT;
CREATE INDEX decision_by_prompt ON decision (prompt) WHERE prompt IS NOT NULL;
"""


def _named(kind: str) -> str:
    return f"(SELECT name FROM code WHERE kind = '{kind}' AND code = decision.{kind}) AS {kind}"  # noqa: S608 - our own names


def _usual(column: str, place: int, digits: int) -> str:
    """Linear between the two hour bins of the context, by the minutes past the half hour."""
    before, after = (f"json_extract(usual_json, '$[{bin_}][{place}]')" for bin_ in (0, 1))
    share = "((start_minute + utc_offset_min + 30) % 60) / 60.0"
    return f"round({before} + ({after} - {before}) * {share}, {digits}) AS {column}"


_WHEN = f"(SELECT key >> {KEY_BITS} AS start_minute, key & {KEY_MASK} AS context, * FROM decision) AS decision"  # noqa: S608 - our own names
_LATE = "coalesce(json_extract(rare_json, '$.late_ms'), 0)"
LEDGER_VIEWS: Final = f"""
CREATE VIEW decision_view AS
    SELECT strftime('%Y-%m-%dT%H:%M:%fZ', start_minute * 60, 'unixepoch') AS start_at,
           run.run, run.imported, input_number, event_number,
           start_minute * 60000 AS start_at_ms,
           start_minute * 60000 - wall_ms AS start_mono_ms,
           (start_minute + minutes) * 60000 + 15000 + {_LATE} AS at_ms,
           (start_minute + minutes) * 60000 + 15000 + {_LATE} - wall_ms AS mono_ms,
           minutes, epoch,
           date((start_minute + utc_offset_min) * 60, 'unixepoch') AS local_day,
           strftime('%H:%M', (start_minute + utc_offset_min) * 60, 'unixepoch') AS local_time,
           {_named("state")}, {_named("reason")}, {_named("withheld")}, stage, {_named("quality")},
           hr / 100.0 AS hr_bpm, ln / 1000.0 AS ln_rmssd,
           {_usual("usual_hr_bpm", 0, 2)}, {_usual("usual_hr_sigma_bpm", 1, 2)},
           {_usual("usual_ln_rmssd", 2, 3)}, {_usual("usual_ln_sigma", 3, 3)}, {_usual("usual_n_eff", 4, 1)},
           z_hr / 1000.0 AS z_hr, z_ln / 1000.0 AS z_ln_rmssd, activation / 1000.0 AS activation,
           resid / 1000.0 AS resid, theta_on, evidence, is_armed, learns, is_standing_like, is_strap_on,
           is_after_session, {_named("confidence")}, prompt, rules
    FROM {_WHEN} JOIN ledger_context USING (context) JOIN run ON run.ordinal = ledger_context.run;
CREATE VIEW decision_gate_view AS
    SELECT strftime('%Y-%m-%dT%H:%M:%fZ', start_minute * 60, 'unixepoch') AS start_at,
           run.run, input_number, event_number, gate.key AS gate,
           NOT EXISTS (SELECT 1 FROM finding WHERE finding.gate = gate.key AND findings & bit) AS passed,
           CASE gate.key
               WHEN 'rhythm' THEN artefact_share / 10000.0
               WHEN 'quality' THEN coalesce(json_extract(rare_json, '$.quality[0]'), artefact_share / 10000.0)
               WHEN 'wish' THEN said
               WHEN 'breathing' THEN respiration / 10000.0
               WHEN 'motion' THEN motion
               WHEN 'activity' THEN hr / 100.0
               WHEN 'kinetics' THEN rise / 1000.0
               WHEN 'step_hold' THEN hr / 100.0
               WHEN 'tags' THEN tags
           END AS value,
           CASE gate.key
               WHEN 'quality' THEN coalesce(json_extract(rare_json, '$.quality[1]'), gate.value)
               WHEN 'step_hold' THEN step_release / 100.0
               ELSE gate.value
           END AS "limit",
           (SELECT reason FROM finding WHERE finding.gate = gate.key AND findings & bit) AS reason,
           start_minute * 60000 + CASE gate.key
               WHEN 'motion' THEN json_extract(rare_json, '$.motion_until_ms')
               WHEN 'recovery' THEN recovery_until_ms
               WHEN 'step_hold' THEN step_until_ms
               WHEN 'tags' THEN tags_until_ms - start_minute * 60000
           END AS until_at_ms
    FROM {_WHEN} JOIN ledger_context USING (context) JOIN run ON run.ordinal = ledger_context.run,
         json_each(limits_json) AS gate
    WHERE epoch IS NOT NULL;
"""  # noqa: S608 - our own names
