"""Lines of text say only what is new."""

from dataclasses import replace
from typing import Any

from hrvdaemon.terminal.plain import FIGURES_MS, FIRST_LINE, Narrator


def test_the_first_line_says_what_it_is_then_state_strap_and_figures(pictures: Any) -> None:
    now = pictures.calm()
    assert Narrator().more(now, why=False).splitlines() == [
        FIRST_LINE,
        f"15:10  {now.sentence}",
        "Polar H10, battery 80 %",
        "15:10  heart rate 64 per minute, variability 38 ms",
    ]


def test_what_has_been_said_is_not_said_again(pictures: Any) -> None:
    narrator = Narrator()
    narrator.more(pictures.calm(), why=False)
    assert narrator.more(pictures.calm(), why=False) == ""


def test_figures_come_again_after_five_minutes(pictures: Any) -> None:
    narrator = Narrator()
    narrator.more(pictures.calm(), why=False)
    hrv = replace(pictures.hrv(70.0, 30.0), mono_ms=pictures.mono_ms + FIGURES_MS)
    later = pictures.calm(
        mono_ms=pictures.mono_ms + FIGURES_MS, last_beat_mono_ms=pictures.mono_ms + FIGURES_MS, hrv=hrv
    )
    assert narrator.more(later, why=False) == "15:15  heart rate 70 per minute, variability 30 ms\n"


def test_missing_figures_are_not_spoken_of(pictures: Any) -> None:
    assert "heart rate" not in Narrator().more(pictures.calm(hrv=pictures.hrv(64.0, None)), why=False)


def test_an_invitation_is_told_once_with_its_answers(pictures: Any) -> None:
    narrator = Narrator()
    text = narrator.more(pictures.invited(), why=False)
    assert "An invitation: Two minutes of slow breathing, if you like?\ns Start, l Later, n Not today, w why\n" in text
    assert narrator.more(pictures.invited(), why=False) == ""


def test_a_breath_is_one_counted_line(pictures: Any) -> None:
    narrator = Narrator()
    breaths = [
        pictures.guided(since, breath, seconds)
        for since, breath, seconds in ((0.0, "in", 4.0), (0.5, "out", 6.0), (0.25, "in", 4.0), (0.75, "out", 6.0))
    ]
    text = "".join(narrator.more(now, why=False) for now in breaths for _ in range(2))
    assert text == "slow breathing, less than a minute left. Esc stops it.\nin 4 … out 6\nin 4 … out 6\n"


def test_a_phase_that_is_no_breath_is_a_line_of_its_own(pictures: Any) -> None:
    text = Narrator().more(pictures.guided(0.0, None, 20.0), why=False)
    assert text.endswith("Esc stops it.\nLook around slowly\n")


def test_a_breath_cut_short_ends_its_line(pictures: Any) -> None:
    narrator = Narrator()
    assert narrator.more(pictures.guided(), why=False).endswith("in 4 … ")
    assert narrator.more(pictures.guided(guided_until_mono_ms=0), why=False).startswith("\n15:10  The guiding is over.")


def test_an_outcome_is_told(pictures: Any) -> None:
    assert "Heart rate afterwards: 4 lower." in Narrator().more(pictures.finished(), why=False)


def test_why_is_told_each_time_it_is_asked(pictures: Any) -> None:
    narrator = Narrator()
    narrator.more(pictures.calm(), why=False)
    answers = [narrator.more(pictures.calm(), why=why) for why in (True, False, True)]
    assert answers[0] == answers[2] != ""
    assert answers[1] == ""
