import pytest

from hrvdaemon.sources.link_state import LINK_WORDS, LinkState

QUIET = {LinkState.CONNECTING, LinkState.WAITING_FOR_BEATS, LinkState.STREAMING}


def test_every_state_has_words() -> None:
    assert set(LINK_WORDS) == set(LinkState)


@pytest.mark.parametrize("state", LinkState)
def test_words_are_one_sentence_and_a_next_step_where_one_exists(state: LinkState) -> None:
    words = LINK_WORDS[state]
    assert words.sentence.endswith(".")
    assert ". " not in words.sentence
    assert (words.next_step is None) == (state in QUIET)


@pytest.mark.parametrize("state", LinkState)
def test_words_neither_scare_nor_judge(state: LinkState) -> None:
    words = str(LINK_WORDS[state]).casefold()
    assert not any(word in words for word in ("error", "fail", "wrong", "fine", "normal", "you did", "warning"))
