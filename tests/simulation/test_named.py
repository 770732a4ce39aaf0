from collections import Counter
from itertools import pairwise

import pytest

from hrvdaemon.simulation.episodes import Episode, EpisodeKind
from hrvdaemon.simulation.heart import Heart
from hrvdaemon.simulation.named import (
    DAY_S,
    LEAD_IN_S,
    SCENARIOS,
    labelled_day,
    loose_strap,
    null_day,
    paced_breathing,
)
from hrvdaemon.simulation.person import REST
from hrvdaemon.simulation.scenario import Link, Scenario
from hrvdaemon.simulation.sinus_node import BeatTruth

DETECTOR = ("slow_breathing", "stress_ramp", "stairs", "standing", "ectopic", "strap_slips", "reconnect")


def _only(name: str, kind: EpisodeKind) -> Episode:
    (episode,) = (e for e in SCENARIOS[name].episodes if e.kind is kind)
    return episode


@pytest.mark.parametrize("name", DETECTOR)
def test_every_detector_scenario_has_the_same_calm_three_hours_first(name: str) -> None:
    scenario = SCENARIOS[name]
    assert LEAD_IN_S == 3 * 3600
    assert all(scenario.condition_at(second) == REST for second in range(LEAD_IN_S))
    assert all(scenario.link_at(second) is Link.CONNECTED for second in range(LEAD_IN_S))
    assert scenario.person == SCENARIOS["stress_ramp"].person
    assert 30 * 60 <= scenario.duration_s - LEAD_IN_S <= 40 * 60


@pytest.mark.parametrize("name", DETECTOR)
def test_minutes_of_rest_lie_between_the_lead_in_and_the_event(name: str) -> None:
    assert min(episode.start_s for episode in SCENARIOS[name].episodes) >= LEAD_IN_S + 4 * 60


def test_the_stress_ramp_is_clearly_stress() -> None:
    stress = _only("stress_ramp", EpisodeKind.STRESS)
    assert stress.peak_bpm == 14
    assert stress.duration_s - 120 == 25 * 60
    assert [span.label for span in SCENARIOS["stress_ramp"].labels()] == [0, 1, 0]


def test_standing_lasts_longer_than_the_evidence_needs() -> None:
    assert _only("standing", EpisodeKind.STANDING).duration_s >= 20 * 60


def test_stairs_are_several_climbs_and_then_a_walk() -> None:
    kinds = Counter(e.kind for e in SCENARIOS["stairs"].episodes)
    assert kinds == {EpisodeKind.STAIRS: 3, EpisodeKind.WALK: 1}
    assert _only("stairs", EpisodeKind.WALK).duration_s >= 20 * 60


def test_slow_breathing_is_six_a_minute_for_twenty_minutes() -> None:
    breathing = _only("slow_breathing", EpisodeKind.PACED_BREATHING)
    pace = SCENARIOS["slow_breathing"].condition_at(breathing.start_s).pace
    assert pace is not None
    assert (pace.in_s, pace.out_s, breathing.duration_s) == (4, 6, 1200)


def test_ectopic_has_8_to_10_percent_of_ventricular_beats() -> None:
    scenario = SCENARIOS["ectopic"]
    ectopy = _only("ectopic", EpisodeKind.ECTOPY)
    beats = Heart(1, scenario.person).follow([scenario.condition_at(s) for s in range(scenario.duration_s)])
    during = [b for b in beats if ectopy.start_s <= b.tick // 1024 < ectopy.end_s]
    share = sum(b.truth is BeatTruth.PREMATURE_VENTRICULAR for b in during) / len(during)
    assert share == pytest.approx(0.09, abs=0.02)
    assert ectopy.duration_s == 20 * 60


def test_a_loose_strap_slips_and_loses_contact_now_and_then() -> None:
    episodes = loose_strap(100, 1200, seed=1)
    kinds = Counter(e.kind for e in episodes)
    assert kinds[EpisodeKind.STRAP_SLIP] > 20
    assert 3 <= kinds[EpisodeKind.CONTACT_LOSS] <= 10
    assert all(e.start_s >= 100 and e.end_s <= 1300 for e in episodes)
    assert all(e.duration_s <= 12 for e in episodes if e.kind is EpisodeKind.CONTACT_LOSS)


def test_the_reconnect_is_three_minutes_away_and_rest_after() -> None:
    lost = _only("reconnect", EpisodeKind.LINK_LOST)
    assert lost.duration_s == 180
    assert SCENARIOS["reconnect"].duration_s - lost.end_s >= 10 * 60


@pytest.mark.parametrize("seed", [1, 2, 3, 12, 99])
def test_the_labelled_day_is_that_of_f4(seed: int) -> None:
    assert Counter(e.kind for e in labelled_day(seed).episodes) == {
        EpisodeKind.STRESS: 3,
        EpisodeKind.WALK: 3,
        EpisodeKind.RUN: 1,
        EpisodeKind.STANDING: 10,
        EpisodeKind.TALK: 2,
        EpisodeKind.CAFFEINE: 1,
        EpisodeKind.PACED_BREATHING: 1,
    }


@pytest.mark.parametrize("seed", [1, 2, 3, 12, 99])
def test_the_days_episodes_do_not_overlap_but_for_coffee(seed: int) -> None:
    day = labelled_day(seed)
    episodes = [e for e in day.episodes if e.kind is not EpisodeKind.CAFFEINE]
    assert all(b.start_s - a.end_s >= 5 * 60 for a, b in pairwise(episodes))
    assert episodes[0].start_s >= 30 * 60
    assert max(e.end_s for e in day.episodes) <= day.duration_s == DAY_S


@pytest.mark.parametrize("seed", range(20))
def test_the_days_stress_is_within_the_table(seed: int) -> None:
    """+8 to 18 bpm, ramp 60 to 180 s, hold 10 to 40 min."""
    for stress in (e for e in labelled_day(seed).episodes if e.kind is EpisodeKind.STRESS):
        assert stress.onset_s is not None
        assert 8 <= stress.peak_bpm <= 18
        assert 60 <= stress.onset_s <= 180
        assert 600 <= stress.duration_s - round(stress.onset_s) <= 2401


def test_a_day_is_its_seed() -> None:
    assert labelled_day(4) == labelled_day(4)
    assert labelled_day(4) != labelled_day(5)


def test_a_null_day_is_nothing_but_rest() -> None:
    assert [(s.state, s.label) for s in null_day().labels()] == [("rest", 0)]
    assert null_day().duration_s == 16 * 3600


@pytest.mark.parametrize("bpm", [4.5, 5.0, 5.5, 6.0, 6.5])
def test_a_paced_scenario_breathes_at_its_pace(bpm: float) -> None:
    pace = paced_breathing(bpm).condition_at(0).pace
    assert pace is not None
    assert 60 * pace.hz == pytest.approx(bpm)


def test_the_resonance_shows_in_the_beats_at_five_and_a_half_a_minute() -> None:
    """SIM-F6: the largest swing of heart rate is found at 5.5 a minute."""

    def swing(scenario: Scenario) -> float:
        beats = Heart(2, scenario.person).follow([scenario.condition_at(s) for s in range(scenario.duration_s)])
        rr = sorted(b.rr_ticks for b in beats)
        return rr[-len(rr) // 10] / rr[len(rr) // 10]

    swings = {bpm: swing(paced_breathing(bpm)) for bpm in (4.5, 5.0, 5.5, 6.0, 6.5)}
    assert max(swings, key=swings.__getitem__) == 5.5
