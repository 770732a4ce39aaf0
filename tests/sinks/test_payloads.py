"""What may leave: the envelope and the keys agreed to, and no number that is none."""

import json
import math
from pathlib import Path

import pytest

from hrvdaemon.sinks.payloads import (
    AGREEABLE,
    DEFAULT_FIELDS,
    PAYLOADS,
    EventPayload,
    Payload,
    SessionPayload,
    StatePayload,
    WindowPayload,
    json_schemas,
    schema_name,
    wire,
)
from hrvdaemon.sinks.topics import TOPICS
from hrvdaemon.vocabulary.epochs import Quality

TOPICS_DOCUMENT = Path(__file__).parents[2] / "docs" / "mqtt-topics.md"

CONTRACT_WINDOW = [
    "schema",
    "id",
    "seq",
    "client",
    "start",
    "end",
    "tz",
    "clock",
    "n_beats",
    "artefact_share",
    "coverage",
    "mean_hr_bpm",
    "rmssd_ms",
    "sdnn_ms",
    "ln_rmssd",
    "quality",
    "algo",
    "source",
]
CONTRACT_STATE = [
    "schema",
    "client",
    "at",
    "state",
    "sentence",
    "stage",
    "worn",
    "battery_percent",
    "quality",
    "coverage",
    "mean_hr_bpm",
    "rmssd_ms",
    "activation",
    "clock",
]


def a_window(rmssd_ms: float | None = 31.4) -> WindowPayload:
    return WindowPayload(
        client="k7f2",
        id="run1-window-1",
        seq=1,
        start="2026-11-22T14:00:00.000Z",
        end="2026-11-22T14:05:00.000Z",
        tz="Europe/Berlin",
        clock="unknown",
        coverage=0.99,
        quality=Quality.GOOD,
        algo="hrvd-1/lipponen-tarvainen",
        rmssd_ms=rmssd_ms,
    )


def test_the_window_has_exactly_the_contracts_keys() -> None:
    assert sorted(json.loads(wire(a_window(), AGREEABLE))) == sorted(CONTRACT_WINDOW)


def test_the_state_has_exactly_the_contracts_keys() -> None:
    state = StatePayload(client="k", at="t", quality=Quality.UNUSABLE, coverage=0.0, clock="unknown")
    assert sorted(json.loads(wire(state, AGREEABLE))) == sorted(CONTRACT_STATE)


def test_only_what_was_agreed_to_is_there() -> None:
    said = json.loads(wire(a_window(), frozenset(("rmssd_ms",))))
    assert set(said) == set(CONTRACT_WINDOW) - WindowPayload.ask | {"rmssd_ms"}
    assert said["rmssd_ms"] == 31.4


def test_nothing_agreed_to_is_no_message() -> None:
    assert wire(a_window(), frozenset()) == ""
    assert wire(a_window(), frozenset(("state", "event"))) == ""


def test_an_event_without_its_name_is_no_message() -> None:
    event = EventPayload(
        client="k",
        id="i",
        at="t",
        tz="UTC",
        clock="unknown",
        prompt=None,
        session=None,
        event="strap_lost",
        exercise="x",
    )
    assert wire(event, frozenset(("exercise",))) == ""
    assert json.loads(wire(event, frozenset(("event",))))["event"] == "strap_lost"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, None])
def test_what_is_no_number_is_null(value: float | None) -> None:
    text = wire(a_window(rmssd_ms=value), AGREEABLE)
    assert json.loads(text)["rmssd_ms"] is None
    assert "NaN" not in text
    assert "Infinity" not in text


def test_how_a_person_feels_leaves_only_by_name() -> None:
    assert {"tension_before", "tension_after"} == AGREEABLE - DEFAULT_FIELDS
    assert SessionPayload.ask - DEFAULT_FIELDS == {"tension_before", "tension_after"}


def test_no_single_interval_has_a_place() -> None:
    keys = {name for payload in PAYLOADS for name in payload.model_fields}
    assert not {key for key in keys if "rr" in key.split("_") or "beats" in key} - {"n_beats"}


def test_the_envelope_has_no_health_value() -> None:
    for payload in PAYLOADS:
        envelope = {field.alias or name for name, field in payload.model_fields.items()} - payload.ask
        assert envelope <= {
            "schema", "client", "id", "seq", "start", "end", "at", "tz", "clock", "coverage", "quality", "algo", "prompt",
            "session", "version", "schemas", "fields", "agreed_on",
        }  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_json_schema_never_requires_what_may_be_withheld(payload: type[Payload]) -> None:
    schema = json_schemas()[schema_name(payload)]
    assert set(schema.get("required", [])).isdisjoint(payload.ask)
    assert set(schema["properties"]) >= payload.ask
    assert all("description" in prop for prop in schema["properties"].values())


def test_every_schema_is_of_version_one() -> None:
    assert sorted(json_schemas()) == ["hrvd.event/1", "hrvd.meta/1", "hrvd.session/1", "hrvd.state/1", "hrvd.window/1"]


def test_every_topic_is_in_the_document() -> None:
    text = TOPICS_DOCUMENT.read_text()
    for topic in TOPICS:
        schema = "plain text" if topic.payload is None else f"`{schema_name(topic.payload)}`"
        expiry = "never" if topic.expiry_s is None else f"{topic.expiry_s} s"
        row = f"| `{topic.leaf}` | {'yes' if topic.retained else 'no'} | {expiry} | {schema} |"
        assert row in text


@pytest.mark.parametrize("payload", PAYLOADS)
def test_every_key_is_in_the_document_with_its_meaning_and_nothing_else_is(payload: type[Payload]) -> None:
    section = TOPICS_DOCUMENT.read_text().split(f"### `{schema_name(payload)}`")[1].split("\n###")[0].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    expected = [
        f"| `{field.alias or name}` | {'asked' if (field.alias or name) in payload.ask else 'always'} | {field.description} |"
        for name, field in payload.model_fields.items()
    ]
    assert rows == expected
