from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hrvdaemon.formats.packets import series_from_inputs
from hrvdaemon.formats.recording import recording_lines
from hrvdaemon.formats.sharing import SAID, Sharing, shareable, shifted
from hrvdaemon.vocabulary import inputs as inp
from hrvdaemon.vocabulary.inputs import Input, PacketReceived, RunEnded, RunStarted, SensorConnected, SensorLost
from hrvdaemon.vocabulary.units import Instant, PromptId, RunId, SensorId, instant

ADDRESS, NAME = "C4:11:22:33:44:55", "Polar H10 12345678"
STRAP = SensorId(ADDRESS)
STARTED = RunStarted(
    mono_ms=7_000_000, at=instant("2026-07-16T06:30:00.250Z"), run=RunId("20260716-abc"), version="0.1.0",
    zone="Europe/Zurich", boot_id="5c1d", seed=77, settings={"prompts.daily_cap": 2},
)  # fmt: skip
RECORDED: tuple[Input, ...] = (
    STARTED,
    SensorConnected(mono_ms=7_001_000, sensor=STRAP, name=NAME),
    inp.BatteryRead(mono_ms=7_001_500, sensor=STRAP, percent=80),
    *(PacketReceived(mono_ms=7_002_000 + k * 1000, sensor=STRAP, data=bytes([16, 60, k, 4])) for k in range(20)),
    inp.TagSet(mono_ms=7_010_000, tag=inp.Tag.ILL),
    inp.PromptAnswered(mono_ms=7_011_000, prompt=PromptId("20260716-abc-p3"), answer=inp.Answer.LATER),
    inp.DeliveryReported(mono_ms=7_011_000, prompt=PromptId("20260716-abc-p3"), channel="ntfy/anna", delivered=True),
    inp.BaselineEpochStarted(mono_ms=7_012_000, reason="new tablets from Dr. Meier"),
    SensorLost(mono_ms=7_030_000, sensor=STRAP, reason=f"[org.bluez.Error] dev_{ADDRESS}"),
    RunEnded(mono_ms=7_031_000, reason="killed in /home/anna"),
)


def shared(inputs: tuple[Input, ...] = RECORDED, **wanted: bool) -> list[Input]:
    return list(shareable(inputs, Sharing(**wanted)))


def test_the_beats_are_the_same_and_begin_at_0() -> None:
    before, after = series_from_inputs(RECORDED), series_from_inputs(shared())
    assert after.rr_ms.tolist() == before.rr_ms.tolist()
    assert after.gaps.tolist() == before.gaps.tolist()
    assert after.end_s.tolist() == before.end_s.tolist()
    assert [one.mono_ms for one in shared() if isinstance(one, PacketReceived)] == [2_000 + k * 1000 for k in range(20)]


@pytest.mark.parametrize("answers", [False, True])
def test_nothing_of_person_strap_place_and_date_is_left(answers: bool) -> None:
    text = "".join(recording_lines(shared(keeps_what_was_said=answers)))
    for secret in (ADDRESS, NAME, "Polar", "2026", "Zurich", "5c1d", "77,", "abc", "anna", "Meier", "tablets", "dev_"):
        assert secret not in text


def test_weekday_and_time_of_day_of_the_wearer_stay() -> None:
    """2026-07-16 is a Thursday; 06:30 UTC is 08:30 in Zurich in summer."""
    first = shared()[0]
    assert isinstance(first, RunStarted)
    assert (first.at, first.zone) == (instant("2001-01-04T08:30:00.250Z"), "UTC")
    assert datetime.fromtimestamp(first.at / 1000, UTC).strftime("%A %H:%M") == "Thursday 08:30"


@settings(deadline=None)
@given(
    at=st.integers(0, 4_102_444_800_000),
    zone=st.sampled_from(["UTC", "America/St_Johns", "Pacific/Apia", "Asia/Kathmandu"]),
)
def test_any_moment_keeps_its_weekday_and_its_time(at: int, zone: str) -> None:
    there = datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(zone))
    moved = datetime.fromtimestamp(shifted(Instant(at), zone) / 1000, UTC)
    assert (moved.strftime("%A"), moved.time()) == (there.strftime("%A"), there.time())
    assert moved.isocalendar()[:2] == (2001, 1)


def test_what_was_said_is_left_out_unless_it_is_wanted() -> None:
    kinds = {type(one).__name__ for one in shared()}
    assert kinds == {"RunStarted", "SensorConnected", "BatteryRead", "PacketReceived", "SensorLost", "RunEnded"}
    told = [one for one in shared(keeps_what_was_said=True) if type(one).__name__ in SAID]
    assert told == [
        inp.TagSet(mono_ms=10_000, tag=inp.Tag.ILL),
        inp.PromptAnswered(mono_ms=11_000, prompt=PromptId("shared-1-p3"), answer=inp.Answer.LATER),
        inp.BaselineEpochStarted(mono_ms=12_000, reason="told by the wearer"),
    ]


def test_every_kind_of_input_is_decided_about() -> None:
    """A new one must be put where it belongs before it can be given away."""
    kept = {
        "RunStarted", "RunEnded", "ClockChanged", "SettingsChanged", "SensorConnected", "SensorLost", "PacketReceived",
        "BatteryRead", "MotionMeasured", "Tick",
    }  # fmt: skip
    assert {cls.__name__ for cls in get_args(inp.Input)} == kept | SAID


def test_straps_are_numbered_and_stay_apart() -> None:
    other = SensorId("C4:11:22:33:44:66")
    inputs: tuple[Input, ...] = (
        STARTED,
        *(SensorConnected(mono_ms=7_001_000, sensor=one, name=NAME) for one in (STRAP, other, STRAP)),
    )
    assert [one.sensor for one in shared(inputs) if isinstance(one, SensorConnected)] == [
        "strap-1",
        "strap-2",
        "strap-1",
    ]


@pytest.mark.parametrize("listed", [ADDRESS, NAME, f"x, {NAME}"])
def test_a_strap_that_sends_milliseconds_is_still_known_to(listed: str) -> None:
    started = replace(STARTED, settings={"timeline.millisecond_sensors": listed, "timeline.resync_s": 4.0})
    first, change, connected, *_ = shared((started, *RECORDED[1:]))
    assert isinstance(first, RunStarted)
    assert first.settings == {"timeline.resync_s": 4.0}
    assert isinstance(change, inp.SettingsChanged)
    assert change.settings == {"timeline.millisecond_sensors": "strap-1"}
    assert isinstance(connected, SensorConnected)


def test_runs_keep_their_distance_and_set_clocks_their_steps() -> None:
    changed = inp.ClockChanged(mono_ms=7_040_000, at=Instant(STARTED.at + 3_640_000), zone="Asia/Tokyo")
    later = replace(STARTED, at=Instant(STARTED.at + 86_400_000), run=RunId("second"), mono_ms=5)
    first, moved, second = shared((STARTED, changed, later))
    assert isinstance(first, RunStarted)
    assert isinstance(second, RunStarted)
    assert moved == inp.ClockChanged(mono_ms=40_000, at=Instant(first.at + 3_640_000), zone="UTC")
    assert (second.at - first.at, second.mono_ms, second.run) == (86_400_000, 0, "shared-2")
    assert first.boot_id != second.boot_id


def test_no_field_of_text_is_passed_on_by_chance() -> None:
    """Of what is kept by default, each text field is one that is replaced, or says the same of everybody."""
    texts = {
        f"{cls.__name__}.{field.name}"
        for cls in get_args(inp.Input)
        if cls.__name__ not in SAID
        for field in fields(cls)
        if field.type in (str, "str", SensorId, RunId) or "Id" in str(field.type)
    }
    replaced = {
        "RunStarted.run", "RunStarted.zone", "RunStarted.boot_id", "RunEnded.reason", "ClockChanged.zone",
        "SensorConnected.sensor", "SensorConnected.name", "SensorLost.sensor", "SensorLost.reason",
        "PacketReceived.sensor", "BatteryRead.sensor", "MotionMeasured.sensor",
    }  # fmt: skip
    assert texts - replaced == {"RunStarted.version", "PacketReceived.characteristic"}


def _any() -> Any:
    return st.sampled_from(RECORDED)


@settings(deadline=None)
@given(st.lists(_any(), max_size=30))
def test_any_order_gives_inputs_that_can_be_written(inputs: list[Input]) -> None:
    assert all("C4:11" not in line for line in recording_lines(shareable(inputs, Sharing(keeps_what_was_said=True))))
