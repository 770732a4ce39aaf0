import pytest

from hrvdaemon.simulation.person import LOW_HRV, Pace, Person


def test_the_default_pace_is_six_a_minute() -> None:
    assert Pace().hz == pytest.approx(0.1)


def test_paced_amplitude_is_a_tenth_at_six_a_minute() -> None:
    assert Person().paced_amplitude(Pace(in_s=4, out_s=6)) == pytest.approx(0.10)


def test_paced_amplitude_is_highest_at_five_and_a_half_a_minute() -> None:
    """SIM-F6: of 4.5 to 6.5 breaths a minute the resonance is found at 5.5."""
    amplitudes = {bpm: Person().paced_amplitude(Pace(in_s=24 / bpm, out_s=36 / bpm)) for bpm in (4.5, 5, 5.5, 6, 6.5)}
    assert max(amplitudes, key=amplitudes.__getitem__) == 5.5


def test_the_low_hrv_person_is_the_row_of_the_table() -> None:
    assert (LOW_HRV.resting_hr_bpm, LOW_HRV.a_hf, LOW_HRV.a_lf, LOW_HRV.respiration_hz) == (80, 0.008, 0.012, 0.3)
