from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from hrvdaemon.store.beats import beats_between, store_beats
from hrvdaemon.vocabulary.events import BeatsClassified
from hrvdaemon.vocabulary.units import Instant, RunId, SensorId

RUN = RunId("r1")
WALL_MS = 1_700_000_000_000
EVER = (Instant(0), Instant(4_000_000_000_000))


def _event(
    beats: list[tuple[int, int]], *, segment: int = 0, wall_ms: int = WALL_MS, kinds: str = ""
) -> BeatsClassified:
    """Beats as (rr_ticks, mono_ms)."""
    mono_ms = beats[-1][1]
    return BeatsClassified(
        mono_ms=mono_ms, at=Instant(mono_ms + wall_ms), sensor=SensorId("a"), segment=segment, kinds=kinds or "N" * len(beats),
        rr_ticks=tuple(rr for rr, _ in beats), beat_mono_ms=tuple(mono for _, mono in beats),
    )  # fmt: skip


def _train(rr_ticks: list[int], start_grains: int) -> list[tuple[int, int]]:
    """Beat times as the pipeline makes them: exact sums of 1/128 000 s, rounded down to ms."""
    grains = start_grains
    beats = []
    for place, rr in enumerate(rr_ticks):
        grains += rr * 125 if place else 0
        beats.append((rr, grains // 128))
    return beats


def test_a_beat_has_two_bytes_and_a_letter_and_a_minute_is_one_block(db: Database) -> None:
    store_beats(db.conn, RUN, [_event([(1024, second * 1000)]) for second in range(120)])
    blocks = list(db.query("SELECT *, length(rr_ticks) AS n_bytes FROM beat_block ORDER BY number"))
    assert [(block["number"], block["first_beat_mono_ms"], block["first_beat_at_ms"]) for block in blocks] == [
        (0, 0, WALL_MS),
        (1, 60_000, WALL_MS + 60_000),
    ]
    assert [(block["n_bytes"], block["kinds"]) for block in blocks] == [(120, "N" * 60)] * 2
    assert blocks[0]["rr_ticks"][:2] == b"\x00\x04"


@given(
    rr_ticks=st.lists(st.integers(200, 3000), min_size=1, max_size=150),
    start=st.integers(0, 10_000_000),
    sizes=st.lists(st.integers(1, 40), min_size=1, max_size=20),
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_batches_do_not_matter_and_times_are_within_a_millisecond(
    db: Database,
    contents: Callable[[Database], dict[str, list[object]]],
    rr_ticks: list[int],
    start: int,
    sizes: list[int],
) -> None:
    beats = _train(rr_ticks, start)
    db.execute("DELETE FROM beat_block")
    store_beats(db.conn, RUN, [_event(beats)])
    at_once = contents(db)["beat_block"]
    db.execute("DELETE FROM beat_block")
    left = beats
    while left:
        size = sizes[len(left) % len(sizes)]
        store_beats(db.conn, RUN, [_event([beat]) for beat in left[:size]])
        left = left[size:]
    assert contents(db)["beat_block"] == at_once
    read = beats_between(db.conn, *EVER)
    assert read.rr_ticks.tolist() == rr_ticks
    late = [mono_ms + WALL_MS - at for (_, mono_ms), at in zip(beats, read.at_ms.tolist(), strict=True)]
    assert set(late) <= {0, 1}


@pytest.mark.parametrize(
    "second",
    [
        _event([(1024, 2000)], segment=1),
        _event([(1024, 5000)]),
        _event([(1024, 1990)]),
        _event([(1024, 2000)], wall_ms=WALL_MS + 3_600_000),
        _event([(1024, 61_000)]),
    ],
    ids=["segment", "later than the sum", "earlier than the sum", "clock moved", "minute"],
)
def test_a_block_never_goes_on_where_its_times_would_be_wrong(db: Database, second: BeatsClassified) -> None:
    store_beats(db.conn, RUN, [_event([(1024, 1000)]), second])
    assert db.execute("SELECT count(*) FROM beat_block").fetchone() == (2,)
    assert beats_between(db.conn, *EVER).at_ms.tolist() == [
        WALL_MS + 1000,
        second.beat_mono_ms[0] + second.at - second.mono_ms,
    ]


def test_only_beats_inside_the_span_are_given_with_their_letters_and_segments(db: Database) -> None:
    store_beats(db.conn, RUN, [_event([(1024, ms) for ms in range(58_000, 63_000, 1000)], kinds="NEMXN")])
    store_beats(db.conn, RUN, [_event([(900, 70_000)], segment=1, kinds="L")])
    read = beats_between(db.conn, Instant(WALL_MS + 59_000), Instant(WALL_MS + 62_000))
    assert read.kinds.tolist() == ["E", "M", "X"]
    assert read.at_ms.tolist() == [WALL_MS + 59_000, WALL_MS + 60_000, WALL_MS + 61_000]
    assert beats_between(db.conn, *EVER).segment.tolist() == [0] * 5 + [1]
    assert set(beats_between(db.conn, *EVER).run.tolist()) == {"r1"}


def test_no_beats_are_empty_arrays(db: Database) -> None:
    read = beats_between(db.conn, *EVER)
    assert [array.size for array in (read.at_ms, read.rr_ticks, read.kinds, read.segment, read.run)] == [0] * 5


def test_the_longest_interval_of_the_air_fits_and_a_longer_one_is_our_mistake(db: Database) -> None:
    store_beats(db.conn, RUN, [_event([(0xFFFF, 1000)])])
    assert beats_between(db.conn, *EVER).rr_ticks.tolist() == [65_535]
    with pytest.raises(Exception, match="65535"):
        store_beats(db.conn, RUN, [_event([(0x10000, 90_000)])])
