"""Units: 1024 ticks are a second, grains measure both clocks, instants are written one way."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrvdaemon.vocabulary import units
from hrvdaemon.vocabulary.units import instant, iso, ms_from_ticks, ticks_from_ms


def test_1024_ticks_are_exactly_1000_ms() -> None:
    assert ms_from_ticks(1024) == 1000.0
    assert ms_from_ticks(1) == 0.9765625


@given(st.integers(0, 65_535))
def test_ticks_survive_milliseconds_and_are_never_rounded(ticks: int) -> None:
    assert ms_from_ticks(ticks) * 1.024 == pytest.approx(ticks, rel=1e-12)
    assert ticks_from_ms(ms_from_ticks(ticks)) == ticks


@given(st.floats(0, 65_535))
def test_the_nearest_tick_is_at_most_half_a_tick_away(milliseconds: float) -> None:
    assert abs(ms_from_ticks(ticks_from_ms(milliseconds)) - milliseconds) <= 1000 / 1024 / 2 + 1e-9


def test_grains_are_whole_in_milliseconds_and_in_ticks() -> None:
    assert units.GRAINS_PER_MS * 1000 == units.GRAINS_PER_TICK * units.TICKS_PER_SECOND == units.GRAINS_PER_SECOND
    assert units.DAY_MS == 24 * units.HOUR_MS == 24 * 60 * units.MINUTE_MS == 86_400 * units.SECOND_MS


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (1_763_820_000_001, "2025-11-22T14:00:00.001Z"),
        (1_774_746_000_000, "2026-03-29T01:00:00.000Z"),
    ],
)
def test_an_instant_is_written_in_utc_with_milliseconds(at: int, text: str) -> None:
    assert iso(at) == text
    assert instant(text) == at


@given(st.integers(0, 253_402_300_799_999))
def test_an_instant_survives_its_text(at: int) -> None:
    assert instant(iso(at)) == at


def test_a_time_without_an_offset_is_utc_and_one_with_is_converted() -> None:
    assert instant("2025-11-22T14:00:00") == instant("2025-11-22T14:00:00Z")
    assert instant("2025-11-22T15:00:00+01:00") == instant("2025-11-22T14:00:00Z")


def test_a_finer_time_is_rounded_to_a_millisecond() -> None:
    assert instant("2025-11-22T14:00:00.0006Z") == instant("2025-11-22T14:00:00.001Z")


def test_what_is_no_time_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="noon"):
        instant("noon")


@given(st.integers(86_400_000, 253_000_000_000_000))
def test_it_agrees_with_datetime(at: int) -> None:
    assert datetime.fromisoformat(iso(at)) == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at)
