"""JSON of every input and event: hypothesis builds them, and what is written is read back equal."""

import json
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hrvdaemon.vocabulary import decisions, epochs, events, inputs, learning
from hrvdaemon.vocabulary.codec import from_json, input_from_json, json_value, to_json
from hrvdaemon.vocabulary.errors import BadInput
from hrvdaemon.vocabulary.inputs import PacketReceived, RunStarted, SettingsChanged, Tick
from hrvdaemon.vocabulary.units import Instant, RunId, SensorId

RECORDS = (*get_args(inputs.Input), *get_args(events.Event))
PARTS = (epochs.WindowMetrics, epochs.Epoch, epochs.BreathSwing, events.GateVerdict, events.HourUsual, events.Outcome)
END_OF_9999_MS = 253_402_300_799_999
few = settings(max_examples=15, deadline=None)

at = st.integers(0, END_OF_9999_MS).map(Instant)
finite = st.floats(allow_nan=False, allow_infinity=False)
scalar = st.booleans() | st.integers(-(2**53), 2**53) | finite | st.text(max_size=8)
settings_of_a_run = st.dictionaries(
    st.text(max_size=12) | st.sampled_from(["at", "prompts.quiet_at"]), scalar, max_size=3
)

st.register_type_strategy(float, finite)
st.register_type_strategy(int, st.integers(-(2**53), 2**53))


BUILT: dict[str, st.SearchStrategy[Any]] = {}


def of(hint: Any) -> st.SearchStrategy[Any]:
    """A strategy for a field's type; ours, because ``Instant`` is an int only at run time."""
    if hint is Instant:
        return at
    if get_origin(hint) is dict:
        return settings_of_a_run
    if get_origin(hint) is tuple:
        inner = get_args(hint)
        return st.lists(of(inner[0]), max_size=3).map(tuple) if inner[-1] is ... else st.tuples(*map(of, inner))
    if get_origin(hint) in {Union, UnionType}:
        return st.one_of(*map(of, get_args(hint)))
    return built(hint) if hint in PARTS else st.from_type(hint)


def built(cls: type[Any]) -> st.SearchStrategy[Any]:
    if cls.__name__ not in BUILT:
        BUILT[cls.__name__] = st.builds(cls, **{name: of(hint) for name, hint in get_type_hints(cls).items()})
    return BUILT[cls.__name__]


@pytest.mark.parametrize("cls", RECORDS)
@few
@given(data=st.data())
def test_what_is_written_is_read_back_equal(cls: type[Any], data: st.DataObject) -> None:
    record = data.draw(built(cls))
    assert from_json(json.loads(json.dumps(to_json(record), allow_nan=False))) == record


@pytest.mark.parametrize("cls", [*RECORDS, *PARTS])
def test_a_field_is_an_instant_if_and_only_if_it_is_called_so(cls: type[Any]) -> None:
    for name, hint in get_type_hints(cls).items():
        is_instant = hint is Instant or Instant in get_args(hint)
        assert is_instant == (name == "at" or name.endswith("_at")), f"{cls.__name__}.{name}"


def test_every_class_of_the_vocabulary_is_in_its_union() -> None:
    for modules, union in (((inputs,), inputs.Input), ((events, decisions, learning), events.Event)):
        classes = {v for module in modules for v in vars(module).values() if is_dataclass(v)}
        stamped = {cls for cls in classes if "mono_ms" in {field.name for field in fields(cls)}}
        names = {module.__name__ for module in modules}
        assert {cls for cls in stamped if cls.__module__ in names} == set(get_args(union))


def test_instants_are_iso_8601_in_utc_with_milliseconds() -> None:
    started = RunStarted(
        mono_ms=5, at=Instant(1_763_820_000_007), run=RunId("r"), version="1", zone="UTC", boot_id="b", seed=1
    )
    assert to_json(started) == {
        "type": "RunStarted",
        "mono_ms": 5,
        "at": "2025-11-22T14:00:00.007Z",
        "run": "r",
        "version": "1",
        "zone": "UTC",
        "boot_id": "b",
        "seed": 1,
        "settings": {},
    }


def test_bytes_are_hex() -> None:
    packet = PacketReceived(mono_ms=1, sensor=SensorId("s"), data=bytes.fromhex("10480003"))
    assert to_json(packet)["data"] == "10480003"


def test_a_setting_is_no_instant_whatever_it_is_called() -> None:
    change = SettingsChanged(mono_ms=1, settings={"at": 5, "gates.look_at": "2025-11-22T14:00:00Z"})
    assert to_json(change)["settings"] == {"at": 5, "gates.look_at": "2025-11-22T14:00:00Z"}
    assert from_json(to_json(change)) == change


@pytest.mark.parametrize("cls", RECORDS)
@few
@given(data=st.data())
def test_a_field_this_version_does_not_know_is_ignored(cls: type[Any], data: st.DataObject) -> None:
    record = data.draw(built(cls))
    assert from_json({**to_json(record), "added_in_2031": [1, {"at": None}]}) == record


def test_a_default_may_be_left_out() -> None:
    assert from_json({"type": "ExerciseRequested", "mono_ms": 3}) == inputs.ExerciseRequested(mono_ms=3)


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ({"type": "Ticktock", "mono_ms": 1}, "Ticktock"),
        ({"mono_ms": 1}, "None"),
        ({"type": ["Tick"], "mono_ms": 1}, "Tick"),
        ([1, 2], "list"),
        (None, "NoneType"),
        ({"type": "Tick", "mono_ms": "soon"}, "Tick: mono_ms"),
        ({"type": "Tick"}, "Tick: mono_ms"),
        ({"type": "TagSet", "mono_ms": 1, "tag": "beer"}, "TagSet: tag"),
        ({"type": "PacketReceived", "mono_ms": 1, "sensor": "s", "data": "xyz"}, "PacketReceived: data"),
        ({"type": "ClockChanged", "mono_ms": 1, "at": "yesterday", "zone": "UTC"}, "ClockChanged: at"),
        ({"type": "ClockChanged", "mono_ms": 1, "at": ["2025"], "zone": "UTC"}, "ClockChanged: at"),
    ],
)
def test_what_can_not_be_read_is_bad_input_that_names_it(value: object, named: str) -> None:
    with pytest.raises(BadInput, match=r".+") as caught:
        from_json(value)
    assert named in str(caught.value)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | finite | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@given(cls=st.sampled_from(RECORDS), data=st.data())
def test_any_json_object_is_a_record_or_bad_input_and_nothing_else(cls: type[Any], data: st.DataObject) -> None:
    names = [field.name for field in fields(cls) if field.default is MISSING]
    value = {"type": cls.__name__, **{name: data.draw(json_values) for name in names}}
    try:
        assert isinstance(from_json(value), cls)
    except BadInput as error:
        assert cls.__name__ in str(error)


def test_an_event_is_no_input() -> None:
    gap = events.GapDetected(mono_ms=1, at=Instant(0), why="contact lost")
    with pytest.raises(BadInput, match="expected an input, came the event GapDetected"):
        input_from_json(to_json(gap))
    assert input_from_json(to_json(Tick(mono_ms=4))) == Tick(mono_ms=4)


json_texts = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
).map(lambda value: json.dumps(value).encode())


@given(json_texts)
def test_a_json_text_says_what_the_standard_library_reads(text: bytes) -> None:
    assert repr(json_value(text)) == repr(json.loads(text))


@pytest.mark.parametrize("text", [b"", b"{", b'{"a":1}}', b"\xff", b'{"a": 01}', b"\xef\xbb\xbf[1]", b'"\\ud800"'])
def test_where_it_says_nothing_the_standard_library_has_the_word(text: bytes) -> None:
    assert outcome(json_value, text) == outcome(json.loads, text)


def outcome(read: Callable[[bytes], object], text: bytes) -> object:
    try:
        return read(text)
    except ValueError as error:
        return str(error)
