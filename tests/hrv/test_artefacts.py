from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hrvdaemon.hrv.artefacts import (
    ArtefactSettings,
    ClassifiedBeat,
    StreamingArtefacts,
    TimedBeat,
    decide,
    within_range,
)
from hrvdaemon.vocabulary.epochs import BeatKind
from hrvdaemon.vocabulary.units import GRAINS_PER_TICK, ms_from_ticks, ticks_from_ms

STEADY = [800 + (7 * k) % 23 for k in range(120)]
"""Ticks; no two neighbours differ by 30."""


def beats(rr_ticks: Sequence[int], segment: int = 0) -> list[TimedBeat]:
    ends = np.cumsum(rr_ticks).tolist()
    return [TimedBeat(end * GRAINS_PER_TICK, rr, segment) for end, rr in zip(ends, rr_ticks, strict=True)]


def classified(rr_ticks: Sequence[int]) -> list[ClassifiedBeat]:
    stream = StreamingArtefacts()
    return [final for beat in beats(rr_ticks) for final in stream.add(beat)] + stream.end_segment()


def kinds(rr_ticks: Sequence[int]) -> str:
    return "".join(beat.kind for beat in classified(rr_ticks))


def test_a_beat_is_final_when_the_sixth_after_it_came() -> None:
    stream = StreamingArtefacts()
    given_back = [len(stream.add(beat)) for beat in beats(STEADY[:10])]
    assert given_back == [0, 0, 0, 0, 0, 0, 1, 1, 1, 1]


def test_every_beat_comes_back_once_in_order() -> None:
    assert [beat.rr_ticks for beat in classified(STEADY)] == STEADY


def test_one_interval_that_is_two_is_missed() -> None:
    rr = STEADY.copy()
    rr[60:62] = [rr[60] + rr[61]]
    assert kinds(rr)[60] == "M"


def test_two_intervals_that_are_one_are_extra() -> None:
    rr = STEADY.copy()
    rr[60:61] = [500, rr[60] - 500]
    assert kinds(rr)[60] == "X"


def test_an_early_beat_with_a_pause_behind_it_is_ectopic() -> None:
    rr = STEADY.copy()
    rr[60], rr[61] = rr[60] - 250, rr[61] + 250
    assert "E" in kinds(rr)[60:62]


def test_a_constant_heart_has_no_artefact() -> None:
    assert set(kinds([800] * 200)) == {"N"}


def test_variability_of_a_few_ms_has_no_artefact() -> None:
    assert set(kinds([800 + (k * 7919) % 29 for k in range(300)])) == {"N"}


@pytest.mark.parametrize(("rr_ms", "kind"), [(299, "O"), (301, "N"), (2000, "N"), (2001, "O")])
def test_the_range_is_300_to_2000_ms(rr_ms: float, kind: str) -> None:
    assert within_range(BeatKind.NORMAL, rr_ms) == kind


def test_a_beat_with_a_better_name_is_not_out_of_range() -> None:
    assert within_range(BeatKind.EXTRA, 250) is BeatKind.EXTRA
    assert within_range(BeatKind.MISSED, 2400) is BeatKind.MISSED
    assert within_range(BeatKind.LONG_SHORT, 2400) is BeatKind.OUT_OF_RANGE


def test_extra_is_never_decided_across_a_gap() -> None:
    stream = StreamingArtefacts()
    rr = STEADY.copy()
    before, after = [*rr[:60], 500], [rr[60] - 500, *rr[61:]]
    final = [final for beat in beats(before, 0) + beats(after, 1) for final in stream.add(beat)]
    assert BeatKind.EXTRA not in {beat.kind for beat in final}


def test_no_difference_is_formed_across_a_gap() -> None:
    stream = StreamingArtefacts()
    final = [final for beat in beats([800] * 60, 0) + beats([1100] * 60, 1) for final in stream.add(beat)]
    assert {beat.kind for beat in [*final, *stream.end_segment()]} == {BeatKind.NORMAL}


def test_thresholds_survive_a_gap() -> None:
    wide = [800 + (0, 80, 200)[k % 3] for k in range(120)]
    after = [*[800] * 20, 950, *[800] * 20]
    learnt, fresh = StreamingArtefacts(), StreamingArtefacts()
    for beat in beats(wide, 0):
        learnt.add(beat)
    learnt.end_segment()
    labels = [[final.kind for beat in beats(after, 1) for final in stream.add(beat)] for stream in (learnt, fresh)]
    assert labels[0][20] is BeatKind.NORMAL
    assert labels[1][20] is not BeatKind.NORMAL


def test_a_deviation_is_forgotten_after_as_many_beats_as_the_window_has() -> None:
    """Twice 930 would pass for a missed beat next to 900 only if the wild deviations before still counted."""
    stream = StreamingArtefacts(ArtefactSettings(window=5, floor_ms=1))
    wild, steady = [800, 1400, 900, 1300] * 6, [*[900] * 30, 1860, *[900] * 10]
    for beat in beats(wild, 0):
        stream.add(beat)
    final = [final for beat in beats(steady, 1) for final in stream.add(beat)]
    assert [beat.kind for beat in final if beat.rr_ticks == 1860] == [BeatKind.LONG_SHORT]


def test_another_segment_ends_the_one_before_it() -> None:
    stream = StreamingArtefacts()
    for beat in beats(STEADY[:4], 0):
        assert stream.add(beat) == []
    assert [beat.segment for beat in stream.add(beats(STEADY[:1], 1)[0])] == [0, 0, 0, 0]


def test_reset_forgets_the_wearer() -> None:
    stream = StreamingArtefacts()
    for beat in beats(STEADY):
        stream.add(beat)
    assert stream.n_beats == len(STEADY)
    stream.reset()
    assert (stream.n_beats, stream.end_segment()) == (0, [])


def test_the_stream_refuses_to_work_without_a_floor() -> None:
    with pytest.raises(ValueError, match="floor_ms"):
        StreamingArtefacts(ArtefactSettings(floor_ms=0))


intervals = st.lists(st.integers(250, 2100) | st.integers(700, 900), min_size=8, max_size=160)


@settings(max_examples=60, deadline=None)
@given(intervals, st.integers(0, 10**6), st.lists(st.integers(1, 3000), min_size=1, max_size=20))
def test_beats_after_the_sixth_never_change_a_decision(rr: list[int], where: int, other: list[int]) -> None:
    i = where % (len(rr) - 6)
    assert kinds(rr)[: i + 1] == kinds([*rr[: i + 7], *other])[: i + 1]


@settings(max_examples=60, deadline=None)
@given(st.lists(intervals, min_size=1, max_size=5), st.sampled_from([5, 9, 91]))
def test_the_stream_equals_its_definition_beat_by_beat(segments: list[list[int]], window: int) -> None:
    """In short windows one beat more or less is seen."""
    stream = StreamingArtefacts(ArtefactSettings(window=window))
    final = [final for k, rr in enumerate(segments) for beat in beats(rr, k) for final in stream.add(beat)]
    assert "".join(beat.kind for beat in [*final, *stream.end_segment()]) == by_definition(segments, window)


@pytest.mark.parametrize("window", [9, 91])
def test_a_long_segment_equals_its_definition_too(spoilt_signals: dict[str, Any], window: int) -> None:
    for signal in spoilt_signals.values():
        rr = [ticks_from_ms(ms) for ms in signal.rr_ms[:800].tolist()]
        stream = StreamingArtefacts(ArtefactSettings(window=window))
        final = [final for beat in beats(rr) for final in stream.add(beat)] + stream.end_segment()
        assert "".join(beat.kind for beat in final) == by_definition([rr], window)


def by_definition(segments: list[list[int]], window: int) -> str:
    """Segment after segment; the threshold windows go on over the gap between two."""
    labels, changes, deviations = "", np.zeros(0), np.zeros(0)
    for rr in segments:
        more, changes, deviations = of_a_segment(rr, changes, deviations, window)
        labels += more
    return labels


def of_a_segment(
    rr: Sequence[int], before: NDArray[np.float64], deviated: NDArray[np.float64], window: int
) -> tuple[str, NDArray[np.float64], NDArray[np.float64]]:
    """The windows as they are written down, each computed anew with numpy; the first difference does not exist."""
    ticks = np.array(rr, float)
    change = np.diff(ticks, prepend=ticks[:1])
    n, labels, second = len(rr), [], None
    medians = [float(np.median(ticks[max(0, k - 5) : k + 6])) for k in range(n)]
    deviation = np.array([m if m > 0 else 2 * m for m in ticks - medians])
    for i in range(n):
        end = min(i + 6, n)
        th1 = threshold(np.concatenate([before, change[1:end]])[-window:])
        th2 = threshold(np.concatenate([deviated, deviation[: i + 2]])[-window:])
        if second is not None:
            kind, second = second, None
        elif abs(change[i]) <= th1:
            kind = BeatKind.NORMAL
        else:
            around = [change[k] / th1 if k < n else 0.0 for k in range(i - 1, i + 4)]
            deviations = (deviation[i : i + 2] / th2).tolist()
            kind, *rest = decide(around, deviations, rr[i : i + 3], medians[i : i + 2], (th2, th2))
            second = rest[0] if rest else None
        labels.append(within_range(kind, ms_from_ticks(rr[i])))
    return "".join(labels), np.concatenate([before, change[1:]]), np.concatenate([deviated, deviation])


def threshold(values: NDArray[np.float64]) -> float:
    q1, q3 = np.percentile(np.abs(values), (25, 75)) if values.size else (0.0, 0.0)
    return float(max(30.72, 5.2 * (q3 - q1) / 2))


def test_the_stream_finds_99_per_cent_and_spares_995_in_a_thousand(spoilt_signals: dict[str, Any]) -> None:
    for name, signal in spoilt_signals.items():
        found = np.array([kind != "N" for kind in kinds([ticks_from_ms(rr) for rr in signal.rr_ms.tolist()])])
        edges = np.flatnonzero(np.diff(np.concatenate([[0], signal.is_artefact.astype(int), [0]])))
        events = [bool(found[a:b].any()) for a, b in zip(edges[::2], edges[1::2], strict=True)]
        assert np.mean(events) >= 0.99, name
        assert 1 - found[~signal.is_artefact].mean() >= 0.995, name
