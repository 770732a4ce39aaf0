from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from hrvdaemon.simulation.episodes import Episode, EpisodeKind
from hrvdaemon.simulation.heart import Heart
from hrvdaemon.simulation.person import REST, Pace, Person
from hrvdaemon.simulation.scenario import LabelledSpan, Link, Scenario
from hrvdaemon.simulation.sinus_node import SimulatedBeat

Beats = Sequence[SimulatedBeat]
Between = Callable[[Beats, int, int], list[SimulatedBeat]]

STRESS = Episode(kind=EpisodeKind.STRESS, start_s=100, duration_s=600)
COFFEE = Episode(kind=EpisodeKind.CAFFEINE, start_s=0, duration_s=10_800)


def _scenario(*episodes: Episode, duration_s: int = 3600) -> Scenario:
    return Scenario(name="test", duration_s=duration_s, episodes=episodes)


def test_without_episodes_the_wearer_rests() -> None:
    assert _scenario().condition_at(17) == REST
    assert _scenario().link_at(17) is Link.CONNECTED
    assert _scenario(duration_s=60).labels() == (LabelledSpan(start_s=0, end_s=60, state="rest", label=0),)


def test_effects_of_two_episodes_add_up() -> None:
    """At 1.5 h coffee is full (+4, ×0.9); standing adds 12 and multiplies 0.55."""
    standing = Episode(kind=EpisodeKind.STANDING, start_s=5000, duration_s=1000)
    condition = _scenario(COFFEE, standing).condition_at(5400)
    assert condition.hr_offset_bpm == pytest.approx(16, abs=0.01)
    assert condition.hf_factor == pytest.approx(0.9 * 0.55, rel=1e-3)
    assert condition.lf_factor == pytest.approx(1.3, rel=1e-3)


def test_breathing_is_that_of_the_episode_which_goes_on() -> None:
    scenario = _scenario(STRESS)
    assert scenario.condition_at(100).respiration_hz == 0.30
    assert scenario.condition_at(700).respiration_hz is None


def test_paced_breathing_has_its_pace_and_no_other_time() -> None:
    slow = Pace(in_s=5, out_s=7)
    scenario = _scenario(Episode(kind=EpisodeKind.PACED_BREATHING, start_s=10, duration_s=60, pace=slow))
    assert [scenario.condition_at(s).pace for s in (9, 10, 69, 70)] == [None, slow, slow, None]


@pytest.mark.parametrize(
    ("kind", "link"),
    [
        (EpisodeKind.CONTACT_LOSS, Link.NO_CONTACT),
        (EpisodeKind.DROPOUT, Link.SILENT),
        (EpisodeKind.LINK_LOST, Link.LOST),
    ],
)
def test_faults_of_the_strap_change_the_link_and_leave_the_heart_alone(kind: EpisodeKind, link: Link) -> None:
    scenario = _scenario(Episode(kind=kind, start_s=10, duration_s=5))
    assert [scenario.link_at(s) for s in (9, 10, 14, 15)] == [Link.CONNECTED, link, link, Link.CONNECTED]
    assert scenario.condition_at(12) == REST


def test_a_slip_misses_and_adds_beats_while_it_lasts() -> None:
    scenario = _scenario(Episode(kind=EpisodeKind.STRAP_SLIP, start_s=10, duration_s=5))
    assert scenario.condition_at(12).missed_chance > 0
    assert scenario.condition_at(12).extra_chance > 0
    assert scenario.condition_at(15) == REST


def test_label_is_one_exactly_while_stress_goes_on() -> None:
    assert _scenario(STRESS, duration_s=2000).labels() == (
        LabelledSpan(start_s=0, end_s=100, state="rest", label=0),
        LabelledSpan(start_s=100, end_s=700, state="stress", label=1),
        LabelledSpan(start_s=700, end_s=1391, state="after_stress", label=0),  # 300 s · ln 10 = 690.8 s
        LabelledSpan(start_s=1391, end_s=2000, state="rest", label=0),
    )


def test_coffee_names_a_second_only_where_nothing_else_does() -> None:
    scenario = _scenario(COFFEE, STRESS)
    assert [scenario.state_at(s) for s in (50, 300, 800, 2000)] == ["caffeine", "stress", "after_stress", "caffeine"]


def test_a_loose_strap_is_one_state_through_its_slips() -> None:
    loose = Episode(kind=EpisodeKind.LOOSE_STRAP, start_s=0, duration_s=100)
    slip = Episode(kind=EpisodeKind.STRAP_SLIP, start_s=20, duration_s=10)
    assert {span.state for span in _scenario(loose, slip, duration_s=100).labels()} == {"loose_strap"}


def test_stress_that_ends_early_fades_as_it_would() -> None:
    scenario = _scenario(STRESS).without_rest_of(EpisodeKind.STRESS, 400)
    assert scenario.condition_at(399) == _scenario(STRESS).condition_at(399)
    assert scenario.condition_at(700).hr_offset_bpm == pytest.approx(14 / 2.718281828)
    assert _scenario(STRESS).without_rest_of(EpisodeKind.STRESS, 50) == _scenario(STRESS)


SETTLED = {
    EpisodeKind.STRESS: (14, 0.45, 0.9, 0.30),
    EpisodeKind.STANDING: (12, 0.55, 1.3, 0.25),
    EpisodeKind.WALK: (25, 0.3, 0.5, 0.35),
    EpisodeKind.RUN: (70, 0.08, 0.1, 0.6),
    EpisodeKind.TALK: (5, 0.8, 1.2, 0.30),
    EpisodeKind.SLEEP: (-10, 1.5, 0.83, 0.22),
}
"""Science E.3: HR, a_HF, a_LF, f_resp once the effect has settled."""


def _half_an_hour_of(kind: EpisodeKind, person: Person) -> Scenario:
    episode = Episode(kind=kind, start_s=0, duration_s=3600)
    still = replace(person, drift_hr_bpm=0.0, drift_ln_hf=0.0, a_vlf=0.0)
    return Scenario(name="settled", duration_s=3600, episodes=(episode,), person=still)


def _settled_beats(scenario: Scenario, between: Between) -> list[SimulatedBeat]:
    beats = Heart(11, scenario.person).follow([scenario.condition_at(s) for s in range(3600)])
    return between(beats, 1800, 3600)


@pytest.mark.parametrize("kind", SETTLED, ids=lambda kind: kind.value)
def test_the_beats_show_the_heart_rate_and_breathing_of_the_table(
    kind: EpisodeKind,
    between: Between,
    mean_hr_bpm: Callable[[Beats], float],
    amplitude: Callable[[Beats, float], float],
) -> None:
    hr_bpm, hf, _, respiration_hz = SETTLED[kind]
    beats = _settled_beats(_half_an_hour_of(kind, Person(a_hf=0.08, a_lf=0.0)), between)
    assert mean_hr_bpm(beats) == pytest.approx(65 + hr_bpm, abs=0.5)
    assert amplitude(beats, respiration_hz) == pytest.approx(0.08 * hf, rel=0.10)


@pytest.mark.parametrize("kind", SETTLED, ids=lambda kind: kind.value)
def test_the_beats_show_the_mayer_waves_of_the_table(
    kind: EpisodeKind, between: Between, amplitude: Callable[[Beats, float], float]
) -> None:
    _, _, lf, _ = SETTLED[kind]
    beats = _settled_beats(_half_an_hour_of(kind, Person(a_hf=0.0, a_lf=0.06)), between)
    assert amplitude(beats, 0.1) == pytest.approx(0.06 * lf, rel=0.10)
