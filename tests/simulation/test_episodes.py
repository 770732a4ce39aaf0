from math import e, log

import pytest

from hrvdaemon.simulation.episodes import EFFECTS, Episode, EpisodeKind

HOUR = 3600

E3 = {
    EpisodeKind.STRESS: (14, 0.45, 0.9, 0.30),
    EpisodeKind.STANDING: (12, 0.55, 1.3, 0.25),
    EpisodeKind.WALK: (25, 0.3, 0.5, 0.35),
    EpisodeKind.RUN: (70, 0.08, 0.1, 0.6),
    EpisodeKind.TALK: (5, 0.8, 1.2, 0.30),
    EpisodeKind.CAFFEINE: (4, 0.9, 1.0, None),
    EpisodeKind.SLEEP: (55 - 65, 0.06 / 0.04, 0.025 / 0.03, 0.22),
}
"""HR, a_HF, a_LF, f_resp of science E.3; for sleep the row's ratio to seated rest."""


@pytest.mark.parametrize("kind", E3, ids=lambda kind: kind.value)
def test_an_hour_in_every_effect_is_that_of_the_table(kind: EpisodeKind) -> None:
    hr_bpm, hf, lf, respiration_hz = E3[kind]
    episode = Episode(kind=kind, start_s=0, duration_s=2 * HOUR)
    level = episode.vagal_level(HOUR)
    assert episode.hr_offset_bpm(HOUR) == pytest.approx(hr_bpm, rel=0.01)
    assert episode.effect.hf**level == pytest.approx(hf, rel=0.01)
    assert episode.effect.lf**level == pytest.approx(lf, rel=0.01)
    assert episode.effect.respiration_hz == respiration_hz


def test_every_kind_has_a_row() -> None:
    assert set(EFFECTS) == set(EpisodeKind)


def test_stress_comes_as_a_ramp_and_fades_with_five_minutes() -> None:
    stress = Episode(kind=EpisodeKind.STRESS, start_s=100, duration_s=1620, hr_bpm=14, onset_s=120)
    assert stress.hr_offset_bpm(99) == 0
    assert stress.hr_offset_bpm(160) == pytest.approx(7)
    assert stress.hr_offset_bpm(220) == pytest.approx(14)
    assert stress.hr_offset_bpm(1719) == pytest.approx(14)
    assert stress.hr_offset_bpm(1720 + 300) == pytest.approx(14 / e)
    assert stress.vagal_level(1720 + 300) == pytest.approx(1 / e)


def test_stress_rises_too_slowly_for_a_step() -> None:
    """The step gate looks for 8 bpm within 20 s; the steepest stress of E.3 is 18 bpm in 60 s."""
    stress = Episode(kind=EpisodeKind.STRESS, start_s=0, duration_s=1200, hr_bpm=18, onset_s=60)
    assert max(stress.hr_offset_bpm(s + 20) - stress.hr_offset_bpm(s) for s in range(60)) < 8


def test_standing_up_rises_overshoots_dips_and_stays() -> None:
    """E.3: +12 in 10 s, overshoot +6 at 12 s, dip at 20 s."""
    standing = Episode(kind=EpisodeKind.STANDING, start_s=0, duration_s=1500)
    assert standing.hr_offset_bpm(10) == pytest.approx(12)
    assert standing.hr_offset_bpm(12) == pytest.approx(12 + 6)
    assert 8 <= standing.hr_offset_bpm(20) < 12
    assert standing.hr_offset_bpm(20) < min(standing.hr_offset_bpm(16), standing.hr_offset_bpm(24))
    assert standing.hr_offset_bpm(1499) == pytest.approx(12)


def test_standing_withdraws_no_more_than_its_factor_at_the_overshoot() -> None:
    standing = Episode(kind=EpisodeKind.STANDING, start_s=0, duration_s=1500)
    assert standing.vagal_level(12) == 1


@pytest.mark.parametrize("kind", [EpisodeKind.WALK, EpisodeKind.STAIRS])
def test_walking_and_climbing_come_with_half_a_minute_and_go_with_one(kind: EpisodeKind) -> None:
    episode = Episode(kind=kind, start_s=0, duration_s=900)
    assert episode.hr_offset_bpm(30) == pytest.approx(episode.peak_bpm * (1 - 1 / e))
    assert episode.hr_offset_bpm(960) == pytest.approx(episode.peak_bpm / e)


def test_a_climb_adds_25_to_40_bpm() -> None:
    assert 25 <= Episode(kind=EpisodeKind.STAIRS, start_s=0, duration_s=75).peak_bpm <= 40


def test_after_a_run_the_heart_rate_returns_in_minutes_and_the_vagus_in_tens_of_minutes() -> None:
    run = Episode(kind=EpisodeKind.RUN, start_s=0, duration_s=1800)
    assert run.hr_offset_bpm(1800 + 90) == pytest.approx(70 / e)
    assert run.vagal_level(1800 + 20 * 60) == pytest.approx(1 / e)


def test_talking_breathes_between_15_and_45_hundredths_of_a_hertz() -> None:
    """The heart clips jitter at two SD."""
    talk = EFFECTS[EpisodeKind.TALK]
    assert talk.respiration_hz is not None
    assert talk.respiration_hz - 2 * talk.respiration_jitter_hz == pytest.approx(0.15)
    assert talk.respiration_hz + 2 * talk.respiration_jitter_hz == pytest.approx(0.45)


def test_an_episode_is_felt_until_its_effect_is_down() -> None:
    walk = Episode(kind=EpisodeKind.WALK, start_s=0, duration_s=600)
    until_s = 600 + 60 * log(10)
    assert walk.is_felt(int(until_s), down_to=0.1)
    assert not walk.is_felt(int(until_s) + 1, down_to=0.1)


def test_what_does_not_touch_the_heart_leaves_nothing_behind() -> None:
    lost = Episode(kind=EpisodeKind.CONTACT_LOSS, start_s=0, duration_s=5)
    assert not lost.is_felt(5, down_to=0.1)
    assert lost.hr_offset_bpm(3) == 0
