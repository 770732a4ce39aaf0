"""The SQL of the first release's views: tables as a person reads them, instants as ISO 8601. Never edited."""

from typing import Final


class _Iso:
    """``{iso:at_ms}`` in a view: that instant as text, named without its unit."""

    def __format__(self, column: str) -> str:
        name = column.rpartition(".")[2].removesuffix("_ms")
        return f"strftime('%Y-%m-%dT%H:%M:%fZ', {column} / 1000.0, 'unixepoch') AS {name}"


_VIEWS = """
CREATE VIEW run_view AS SELECT {iso:started_at_ms}, {iso:ended_at_ms}, * FROM run;
CREATE VIEW epoch_view AS SELECT {iso:start_at_ms}, * FROM epoch;
CREATE VIEW window_summary_view AS SELECT {iso:start_at_ms}, * FROM window_summary;
CREATE VIEW decision_view AS SELECT {iso:start_at_ms}, * FROM decision;
CREATE VIEW decision_gate_view AS
    SELECT {iso:start_at_ms}, run, input_number, event_number, gate.value ->> 0 AS gate, gate.value ->> 1 AS passed,
           gate.value ->> 2 AS value, gate.value ->> 3 AS "limit", gate.value ->> 4 AS reason,
           gate.value ->> 5 AS until_at_ms
    FROM decision, json_each(decision.gates_json) AS gate;
CREATE VIEW prompt_view AS
    SELECT {iso:at_ms}, prompt.*,
           (SELECT answer FROM prompt_answer AS said WHERE said.prompt = prompt.id
            ORDER BY said.at_ms DESC LIMIT 1) AS answer
    FROM prompt;
CREATE VIEW session_view AS
    SELECT {iso:session.at_ms}, session.session, session.exercise, session.prompt, session.duration_s,
           outcome.completed,
           outcome.before_mean_hr_bpm, outcome.after_mean_hr_bpm, outcome.before_rmssd_ms, outcome.after_rmssd_ms,
           outcome.delta_hr_bpm, outcome.delta_ln_rmssd, outcome.smallest_detectable, outcome.is_clear,
           (SELECT tension FROM felt_rating AS felt WHERE felt.session = session.session AND NOT felt.after
            ORDER BY felt.at_ms DESC LIMIT 1) AS tension_before,
           (SELECT tension FROM felt_rating AS felt WHERE felt.session = session.session AND felt.after
            ORDER BY felt.at_ms DESC LIMIT 1) AS tension_after
    FROM session LEFT JOIN outcome ON outcome.session = session.session;
"""

VIEWS: Final = _VIEWS.format(iso=_Iso())
