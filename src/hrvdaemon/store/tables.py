"""The SQL of the first release: tables, each column explained in docs/database.md. Never edited afterwards."""

from typing import Final

_FROM_INPUT = """
    run TEXT NOT NULL REFERENCES run (run),
    input_number INTEGER NOT NULL,
    mono_ms INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,"""
_FROM_EVENT = f"{_FROM_INPUT}\n    event_number INTEGER NOT NULL,"
_INPUT_KEY = "PRIMARY KEY (run, input_number)\n) STRICT, WITHOUT ROWID;"
_EVENT_KEY = "PRIMARY KEY (run, input_number, event_number)\n) STRICT, WITHOUT ROWID;"


def _metrics(prefix: str = "") -> str:
    """Columns of a WindowMetrics; with a prefix the whole window may be missing."""
    required = "" if prefix else " NOT NULL"
    return f"""
    {prefix}window_s REAL{required},
    {prefix}n_beats INTEGER{required},
    {prefix}n_pairs INTEGER{required},
    {prefix}coverage REAL{required},
    {prefix}artefact_share REAL{required},
    {prefix}quality TEXT{required},
    {prefix}mean_rr_ms REAL,
    {prefix}mean_hr_bpm REAL,
    {prefix}sdnn_ms REAL,
    {prefix}rmssd_ms REAL,
    {prefix}ln_rmssd REAL,
    {prefix}pnn50_percent REAL,"""


RUNS_AND_JOURNAL: Final = f"""
CREATE TABLE run (
    ordinal INTEGER PRIMARY KEY,
    run TEXT NOT NULL UNIQUE,
    imported INTEGER NOT NULL,
    started_at_ms INTEGER NOT NULL,
    mono_ms INTEGER NOT NULL,
    boot_id TEXT NOT NULL,
    zone TEXT NOT NULL,
    seed TEXT NOT NULL,
    version TEXT NOT NULL,
    settings_json TEXT NOT NULL,
    ended_at_ms INTEGER,
    end_reason TEXT
) STRICT;
CREATE TABLE journal (
    run TEXT NOT NULL REFERENCES run (run),
    first_number INTEGER NOT NULL,
    last_number INTEGER NOT NULL,
    first_mono_ms INTEGER NOT NULL,
    last_mono_ms INTEGER NOT NULL,
    payload BLOB NOT NULL,
    PRIMARY KEY (run, first_number)
) STRICT, WITHOUT ROWID;
CREATE TABLE clock_change ({_FROM_INPUT}
    zone TEXT NOT NULL,
    {_INPUT_KEY}
"""

SAID: Final = f"""
CREATE TABLE prompt_answer ({_FROM_INPUT}
    prompt TEXT NOT NULL,
    answer TEXT NOT NULL,
    {_INPUT_KEY}
CREATE TABLE delivery ({_FROM_INPUT}
    prompt TEXT NOT NULL,
    channel TEXT NOT NULL,
    delivered INTEGER NOT NULL,
    {_INPUT_KEY}
CREATE TABLE felt_rating ({_FROM_INPUT}
    session TEXT NOT NULL,
    tension INTEGER NOT NULL,
    after INTEGER NOT NULL,
    {_INPUT_KEY}
CREATE TABLE tag ({_FROM_INPUT}
    tag TEXT NOT NULL,
    {_INPUT_KEY}
CREATE TABLE pause ({_FROM_INPUT}
    minutes INTEGER NOT NULL,
    {_INPUT_KEY}
CREATE TABLE baseline_epoch ({_FROM_INPUT}
    reason TEXT NOT NULL,
    {_INPUT_KEY}
CREATE TABLE settings_change ({_FROM_INPUT}
    settings_json TEXT NOT NULL,
    {_INPUT_KEY}
CREATE TABLE sensor ({_FROM_INPUT}
    sensor TEXT NOT NULL,
    happening TEXT NOT NULL,
    name TEXT,
    reason TEXT,
    percent INTEGER,
    {_INPUT_KEY}
"""

SIGNAL: Final = f"""
CREATE TABLE beat_block (
    run TEXT NOT NULL REFERENCES run (run),
    number INTEGER NOT NULL,
    sensor TEXT NOT NULL,
    segment INTEGER NOT NULL,
    first_beat_mono_ms INTEGER NOT NULL,
    first_beat_at_ms INTEGER NOT NULL,
    kinds TEXT NOT NULL,
    rr_ticks BLOB NOT NULL,
    PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX beat_block_by_start ON beat_block (first_beat_at_ms);
CREATE TABLE wearing ({_FROM_EVENT}
    sensor TEXT NOT NULL,
    {_EVENT_KEY}
CREATE TABLE gap ({_FROM_EVENT}
    why TEXT NOT NULL,
    duration_ms INTEGER,
    {_EVENT_KEY}
CREATE TABLE signal_note ({_FROM_EVENT}
    quality TEXT NOT NULL,
    why TEXT NOT NULL,
    {_EVENT_KEY}
CREATE TABLE rejected_packet ({_FROM_EVENT}
    sensor TEXT NOT NULL,
    data BLOB NOT NULL,
    why TEXT NOT NULL,
    {_EVENT_KEY}
CREATE TABLE epoch ({_FROM_EVENT}
    number INTEGER NOT NULL,
    start_at_ms INTEGER NOT NULL,
    start_mono_ms INTEGER NOT NULL,{_metrics()}
    hr_10s_bpm_json TEXT NOT NULL,
    respiration_hz REAL,
    is_irregular INTEGER NOT NULL,
    motion REAL,
    PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX epoch_by_start ON epoch (start_at_ms);
CREATE TABLE window_summary ({_FROM_EVENT}
    number INTEGER NOT NULL,
    start_at_ms INTEGER NOT NULL,{_metrics()}
    PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;
"""

CONCLUSIONS: Final = f"""
CREATE TABLE baseline ({_FROM_EVENT}
    cutoff_at_ms INTEGER NOT NULL,
    stage INTEGER NOT NULL,
    eligible_minutes INTEGER NOT NULL,
    days INTEGER NOT NULL,
    hours_json TEXT NOT NULL,
    rho REAL NOT NULL,
    hr_rest_bpm REAL,
    {_EVENT_KEY}
CREATE TABLE decision ({_FROM_EVENT}
    start_at_ms INTEGER NOT NULL,
    start_mono_ms INTEGER NOT NULL,
    minutes INTEGER NOT NULL,
    epoch INTEGER,
    state TEXT NOT NULL,
    reason TEXT,
    withheld TEXT,
    gates_json TEXT NOT NULL,
    stage INTEGER NOT NULL,
    hr_bpm REAL,
    ln_rmssd REAL,
    usual_hr_bpm REAL,
    usual_hr_sigma_bpm REAL,
    usual_ln_rmssd REAL,
    usual_ln_sigma REAL,
    usual_n_eff REAL,
    z_hr REAL,
    z_ln_rmssd REAL,
    activation REAL,
    theta_on REAL NOT NULL,
    evidence INTEGER NOT NULL,
    is_armed INTEGER NOT NULL,
    learns INTEGER NOT NULL,
    confidence TEXT NOT NULL,
    prompt TEXT,
    rules TEXT NOT NULL,
    {_EVENT_KEY}
CREATE INDEX decision_by_start ON decision (start_at_ms);
CREATE INDEX decision_by_time ON decision (at_ms);
CREATE INDEX decision_by_prompt ON decision (prompt) WHERE prompt IS NOT NULL;
CREATE TABLE state_change ({_FROM_EVENT}
    state TEXT NOT NULL,
    previous TEXT NOT NULL,
    reason TEXT,
    {_EVENT_KEY}
CREATE TABLE prompt ({_FROM_EVENT}
    id TEXT NOT NULL PRIMARY KEY,
    activation REAL NOT NULL,
    minutes INTEGER NOT NULL,
    hr_bpm REAL NOT NULL,
    rmssd_ms REAL NOT NULL,
    baseline_hr_bpm REAL NOT NULL,
    baseline_rmssd_ms REAL NOT NULL,
    exercise TEXT NOT NULL,
    confidence TEXT NOT NULL,
    is_learning INTEGER NOT NULL,
    tags_json TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE session ({_FROM_EVENT}
    session TEXT NOT NULL PRIMARY KEY,
    exercise TEXT NOT NULL,
    prompt TEXT,
    duration_s REAL NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE outcome ({_FROM_EVENT}
    session TEXT NOT NULL PRIMARY KEY,
    exercise TEXT NOT NULL,
    prompt TEXT,
    started_at_ms INTEGER NOT NULL,
    ended_at_ms INTEGER NOT NULL,
    completed INTEGER NOT NULL,{_metrics("before_")}{_metrics("after_")}
    delta_hr_bpm REAL,
    delta_ln_rmssd REAL,
    smallest_detectable REAL,
    is_clear INTEGER,
    swing_bpm REAL,
    tension_before INTEGER,
    tension_after INTEGER
) STRICT, WITHOUT ROWID;
"""
