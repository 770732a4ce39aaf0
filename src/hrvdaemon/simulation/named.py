"""The named scenarios: short ones behind one shared lead-in, and days with everything in them (SIM-F1, F4 to F7)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from math import log

from hrvdaemon.simulation.episodes import Episode, EpisodeKind
from hrvdaemon.simulation.person import Pace
from hrvdaemon.simulation.scenario import WEARER, Scenario
from hrvdaemon.vocabulary.draws import draw

LEAD_IN_S = 3 * 3600
"""Calm, seated, 13:00 to 16:00: the same beats in front of every detector scenario of the same seed."""

DAY_S = 16 * 3600
_MINUTE_S = 60
_AFTERNOON = replace(WEARER, local_hour_at_start=13.0)
_MORNING = replace(WEARER, local_hour_at_start=7.0)


def after_lead_in(name: str, *episodes: Episode, minutes: int) -> Scenario:
    """The lead-in and then ``minutes`` of the episodes, whose times count from the end of the lead-in."""
    moved = tuple(replace(episode, start_s=episode.start_s + LEAD_IN_S) for episode in episodes)
    duration_s = LEAD_IN_S + minutes * _MINUTE_S
    return Scenario(name=name, duration_s=duration_s, episodes=moved, person=_AFTERNOON)


def loose_strap(start_s: int, duration_s: int, seed: int) -> tuple[Episode, ...]:
    """Bursts of 5 to 20 s with missed and extra beats every half minute or so, every fifth time contact lost too."""
    return (
        Episode(kind=EpisodeKind.LOOSE_STRAP, start_s=start_s, duration_s=duration_s),
        *_slips(start_s, start_s + duration_s, seed),
    )


def _slips(start_s: int, end_s: int, seed: int) -> Iterator[Episode]:
    second, number = start_s, 0
    while second + 40 < end_s:
        burst_s = 5 + int(15 * draw(seed, "slip length", number))
        yield Episode(kind=EpisodeKind.STRAP_SLIP, start_s=second, duration_s=burst_s)
        if number % 5 == 4:
            lost_s = 3 + int(9 * draw(seed, "contact loss", number))
            yield Episode(kind=EpisodeKind.CONTACT_LOSS, start_s=second + burst_s, duration_s=lost_s)
        second += burst_s + 12 + int(25 * draw(seed, "slip gap", number))
        number += 1


def _climbs() -> Iterator[Episode]:
    """Three flights of stairs of a minute each, 90 s between, and then a slow walk.

    Too short for three minutes of effort and too slow for the activity limit: what keeps the walk from looking like
    activation is that it began with a step.
    """
    for start_s in (240, 390, 540):
        yield Episode(kind=EpisodeKind.STAIRS, start_s=start_s, duration_s=60)
    yield Episode(kind=EpisodeKind.WALK, start_s=690, duration_s=40 * _MINUTE_S - 690, hr_bpm=18)


def _short() -> Iterator[Scenario]:
    five, twenty = 5 * _MINUTE_S, 20 * _MINUTE_S
    yield Scenario(name="rest", duration_s=10 * _MINUTE_S, person=_AFTERNOON)
    breathing = Episode(kind=EpisodeKind.PACED_BREATHING, start_s=five, duration_s=twenty)
    yield after_lead_in("slow_breathing", breathing, minutes=32)
    stress = Episode(kind=EpisodeKind.STRESS, start_s=five, duration_s=27 * _MINUTE_S, hr_bpm=14, onset_s=120)
    yield after_lead_in("stress_ramp", stress, minutes=40)
    yield after_lead_in("stairs", *_climbs(), minutes=40)
    standing = Episode(kind=EpisodeKind.STANDING, start_s=five, duration_s=25 * _MINUTE_S)
    yield after_lead_in("standing", standing, minutes=35)
    ectopy = Episode(kind=EpisodeKind.ECTOPY, start_s=five, duration_s=twenty)
    yield after_lead_in("ectopic", ectopy, minutes=32)
    yield after_lead_in("strap_slips", *loose_strap(five, twenty, seed=1), minutes=32)
    lost = Episode(kind=EpisodeKind.LINK_LOST, start_s=2 * five, duration_s=3 * _MINUTE_S)
    yield after_lead_in("reconnect", lost, minutes=35)


SCENARIOS = {scenario.name: scenario for scenario in _short()}


def paced_breathing(breaths_per_minute: float, minutes: int = 5) -> Scenario:
    """One pace of the resonance assessment (SIM-F6), two fifths of each breath going in."""
    breath_s = 60 / breaths_per_minute
    pace = Pace(in_s=0.4 * breath_s, out_s=0.6 * breath_s)
    duration_s = minutes * _MINUTE_S
    episode = Episode(kind=EpisodeKind.PACED_BREATHING, start_s=0, duration_s=duration_s, pace=pace)
    return Scenario(name=f"paced_{breaths_per_minute:g}", duration_s=duration_s, episodes=(episode,))


def null_day() -> Scenario:
    """Sixteen hours, 7 to 23 h, of nothing but ordinary variation (SIM-F5)."""
    return Scenario(name="null_day", duration_s=DAY_S, person=_MORNING)


def labelled_day(seed: int) -> Scenario:
    """Sixteen hours with 3 stresses, 3 walks, a run, 10 posture changes, 2 talks, coffee and a session (SIM-F4).

    Lengths, strengths, order and the rests between are drawn from the seed; the coffee's three hours lie over them.
    """
    plans = _plans(seed)
    order = sorted(range(len(plans)), key=lambda number: draw(seed, "order", number))
    episodes = _spread([plans[number] for number in order], seed)
    coffee_s = 30 * _MINUTE_S + int(4 * 3600 * draw(seed, "coffee", 0))
    coffee = Episode(kind=EpisodeKind.CAFFEINE, start_s=coffee_s, duration_s=3 * 3600)
    return Scenario(name="day", duration_s=DAY_S, episodes=(coffee, *episodes), person=_MORNING)


_COUNTS_AND_MINUTES = {
    EpisodeKind.WALK: (3, 8, 20),
    EpisodeKind.RUN: (1, 20, 35),
    EpisodeKind.STANDING: (10, 3, 20),
    EpisodeKind.TALK: (2, 5, 15),
    EpisodeKind.PACED_BREATHING: (1, 10, 10),
}


def _plans(seed: int) -> list[Episode]:
    """Every episode of the day but the coffee, not yet placed. Stress: +8 to 18 bpm, ramp 1 to 3 min, 10 to 40 min."""
    plans = [_stress(seed, number) for number in range(3)]
    for kind, (count, shortest, longest) in _COUNTS_AND_MINUTES.items():
        for number in range(count):
            minutes = _between(shortest, longest, seed, kind.value, number)
            plans.append(Episode(kind=kind, start_s=0, duration_s=round(minutes * _MINUTE_S)))
    return plans


def _stress(seed: int, number: int) -> Episode:
    ramp_s = _between(60, 180, seed, "stress ramp", number)
    hold_s = _between(10, 40, seed, "stress hold", number) * _MINUTE_S
    peak_bpm = _between(8, 18, seed, "stress peak", number)
    duration_s = round(ramp_s + hold_s)
    return Episode(kind=EpisodeKind.STRESS, start_s=0, duration_s=duration_s, hr_bpm=peak_bpm, onset_s=ramp_s)


def _spread(episodes: Sequence[Episode], seed: int) -> Iterator[Episode]:
    """Half an hour of rest first, then the episodes, at least five minutes of rest between two."""
    busy_s = sum(episode.duration_s for episode in episodes)
    free_s = DAY_S - busy_s - 30 * _MINUTE_S - 5 * _MINUTE_S * len(episodes)
    weights = [-log(draw(seed, "rest", number)) for number in range(len(episodes) + 1)]
    shares = accumulate(weight / sum(weights) for weight in weights)
    end_s = 30 * _MINUTE_S
    passed_s = 0
    for episode, share in zip(episodes, shares, strict=False):
        rest_s = int(free_s * share) - passed_s
        passed_s += rest_s
        yield replace(episode, start_s=end_s + rest_s)
        end_s += rest_s + episode.duration_s + 5 * _MINUTE_S


def _between(low: float, high: float, seed: int, purpose: str, ordinal: int) -> float:
    return low + (high - low) * draw(seed, purpose, ordinal)
