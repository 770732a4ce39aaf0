"""Recordings without a label: whole days judged after they were lived fourteen times, and exercise after a prior.

A day that is its own past is judged *in-sample*: the detector knows that very day. It tells how often somebody would
be invited on an ordinary day, at best; not how well the invitations would fit.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path

import numpy as np

import hrvdaemon
from hrvdaemon.evaluation.comparison_rules import RULES, AllDayUsual, invitations_ms
from hrvdaemon.evaluation.intervals import Figure, figure_over
from hrvdaemon.evaluation.observing import Minute, Observer
from hrvdaemon.formats.packets import SENSOR, inputs_from_rr
from hrvdaemon.formats.reading import read_rr
from hrvdaemon.formats.rr_series import RRSeries
from hrvdaemon.vocabulary.errors import UnreadableRecording
from hrvdaemon.vocabulary.events import AutonomicState
from hrvdaemon.vocabulary.inputs import Input, RunEnded, RunStarted, SensorLost
from hrvdaemon.vocabulary.units import DAY_MS, HOUR_MS, MINUTE_MS, RunId, instant

EARLIER_DAYS = 14
PRIOR_MIN = 120
"""Of a prior, on each earlier day: fourteen of them are enough for stage 3 (1500 minutes)."""
_START = instant("2026-01-05T08:00:00Z")
"""Files without a clock begin at 08:00; Holters are put on in the morning."""
_AWAKE_MS = 14 * HOUR_MS
_LONGEST_S = 86_000


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedRecording:
    """What was made of the last day; ``invitations`` by detector, ours and the rules of others."""

    name: str
    minutes: tuple[Minute, ...]
    awake_min: int
    invitations: dict[str, int]

    @property
    def sustained_share(self) -> float:
        """Share of its minutes in the state of sustained activation."""
        return sum(m.state is AutonomicState.SYMPATHETIC_DOMINANCE for m in self.minutes) / max(len(self.minutes), 1)

    @property
    def unjudged(self) -> Counter[str]:
        """Minutes that were not judged, by reason."""
        return Counter(m.why_not or m.state.value for m in self.minutes if m.activation is None)


def whole_day(path: Path) -> JudgedRecording:
    """A recording of about a day, judged after fourteen earlier days that were the same."""
    series = _at_most_a_day(read_rr(path))
    return _judged(path.name, [series] * (EARLIER_DAYS + 1))


def after_prior(path: Path, prior: Path) -> JudgedRecording:
    """A recording judged after fourteen days of two hours of the prior, repeated end to end."""
    earlier = read_rr(prior)
    repeats = ceil(PRIOR_MIN * 60 / max(float(earlier.end_s[-1]), 1.0))
    return _judged(path.name, [_repeated(earlier, repeats)] * EARLIER_DAYS + [_at_most_a_day(read_rr(path))])


def recording_figures(judged: Sequence[JudgedRecording]) -> dict[str, dict[str, Figure]]:
    """By detector: invitations in 16 waking hours; for ours also how much was sustained, and not judged."""
    figures = {
        name: {"invitations_per_16_h": _ratio([(one.invitations[name], one.awake_min / 960) for one in judged])}
        for name in judged[0].invitations
    }
    ours = next(iter(figures.values()))
    ours["sustained_share"] = _ratio([(one.sustained_share * len(one.minutes), len(one.minutes)) for one in judged])
    ours["not_judged_share"] = _ratio([(one.unjudged.total(), len(one.minutes)) for one in judged])
    return figures


def _judged(name: str, days: Sequence[RRSeries]) -> JudgedRecording:
    observer = Observer()
    observer.feed(_inputs(name, days))
    last_ms = (len(days) - 1) * DAY_MS
    earlier = [minute for minute in observer.minutes if minute.start_ms < last_ms]
    last = [minute for minute in observer.minutes if minute.start_ms >= last_ms]
    awake = range(last_ms, last_ms + _AWAKE_MS)
    return JudgedRecording(
        name=name,
        minutes=tuple(last),
        awake_min=sum(minute.start_ms in awake for minute in last),
        invitations={
            "hrvdaemon": sum(moment >= last_ms for moment in observer.invited_ms),
            **dict(_by_rules(earlier, last, awake)),
        },
    )


def _by_rules(earlier: Sequence[Minute], last: Sequence[Minute], awake: range) -> Iterator[tuple[str, int]]:
    usual = AllDayUsual.of(earlier)
    for name, rule in RULES.items():
        yield name, len(invitations_ms(rule, last, usual, strap_on_ms=awake.start, awake_ms=awake))


def _inputs(name: str, days: Sequence[RRSeries]) -> Iterator[Input]:
    """One run: each day begins 24 hours after the one before; the strap is off in between."""
    yield RunStarted(
        mono_ms=0, at=_START, run=RunId(name), version=hrvdaemon.__version__, zone="UTC", boot_id="repeated", seed=0
    )
    end_ms = 0
    for number, series in enumerate(days):
        start_ms = number * DAY_MS
        for given in inputs_from_rr(series, start_at=_START, zone="UTC", run=RunId(name)):
            if not isinstance(given, (RunStarted, RunEnded)):
                end_ms = given.mono_ms + start_ms
                yield replace(given, mono_ms=end_ms)
        yield SensorLost(mono_ms=end_ms, sensor=SENSOR, reason="recording ended")
    yield RunEnded(mono_ms=end_ms + 2 * MINUTE_MS, reason="evaluated")


def _at_most_a_day(series: RRSeries) -> RRSeries:
    """A long recording is cut seven minutes before the next day begins, so that the strap is off in between."""
    kept = series.end_s < _LONGEST_S
    if not kept.any():
        raise UnreadableRecording("expected intervals within the first day of a recording, came none")
    return replace(series, rr_ms=series.rr_ms[kept], gaps=series.gaps[kept], end_s=series.end_s[kept])


def _repeated(series: RRSeries, times: int) -> RRSeries:
    length_s = float(series.end_s[-1]) + 1
    first_gap = series.gaps.copy()
    first_gap[0] = True
    return replace(
        series,
        rr_ms=np.tile(series.rr_ms, times),
        gaps=np.tile(first_gap, times),
        end_s=np.concatenate([series.end_s + number * length_s for number in range(times)]),
    )


def _ratio(pairs: Sequence[tuple[float, float]]) -> Figure:
    def statistic(chosen: Sequence[tuple[float, float]]) -> float | None:
        total = sum(of for _, of in chosen)
        return sum(counted for counted, _ in chosen) / total if total else None

    return figure_over(pairs, statistic, n=len(pairs))
