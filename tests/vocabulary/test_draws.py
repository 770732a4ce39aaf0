"""Chance as a function: seeded, uniform, and without a memory."""

from collections import Counter
from hashlib import blake2b
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrvdaemon.vocabulary.draws import choice, draw, normal

seeds = st.integers(-(2**127), 2**127 - 1)
N = 10_000
CHI_SQUARE_19_BOUND = 43.8
"""0.999 quantile of chi-square with 19 degrees of freedom (tables)."""


@given(seeds, st.text(max_size=12), st.integers(-(10**12), 10**12))
def test_a_draw_lies_in_the_open_interval_and_is_repeatable(seed: int, purpose: str, ordinal: int) -> None:
    value = draw(seed, purpose, ordinal)
    assert 0 < value < 1
    assert draw(seed, purpose, ordinal) == value


def test_it_is_the_keyed_hash_of_its_arguments_on_every_machine() -> None:
    key = (7).to_bytes(16, "little", signed=True)
    word = int.from_bytes(blake2b(b"exercise\x003", key=key, digest_size=8).digest(), "little")
    assert draw(7, "exercise", 3) == pytest.approx(word / 2**64, abs=2**-51)


@pytest.mark.parametrize("purpose", ["exercise", "a", "jitter"])
def test_draws_are_uniform(purpose: str) -> None:
    cells = Counter(int(draw(1, purpose, n) * 20) for n in range(N))
    chi_square = sum((cells[cell] - N / 20) ** 2 / (N / 20) for cell in range(20))
    assert chi_square < CHI_SQUARE_19_BOUND


@pytest.mark.parametrize("other", [(2, "a", 0), (1, "b", 0), (1, "a", 1)])
def test_seed_purpose_and_ordinal_each_give_another_series(other: tuple[int, str, int]) -> None:
    """Correlation of 10 000 pairs of independent numbers has SD 0.01."""
    seed, purpose, shift = other
    pairs = [(draw(1, "a", n) - 0.5, draw(seed, purpose, n + shift) - 0.5) for n in range(N)]
    assert abs(sum(x * y for x, y in pairs) * 12 / N) < 0.04


@given(st.permutations(range(8)))
def test_a_draw_does_not_depend_on_those_before_it(order: list[int]) -> None:
    assert {n: draw(3, "x", n) for n in order} == {n: draw(3, "x", n) for n in range(8)}


def test_purpose_and_ordinal_do_not_run_into_each_other() -> None:
    assert draw(1, "a1", 2) != draw(1, "a", 12)


def test_normal_draws_have_the_normal_quantiles() -> None:
    values = sorted(normal(5, "hr", n) for n in range(N))
    for share in (0.025, 0.25, 0.5, 0.75, 0.975):
        assert values[int(share * N)] == pytest.approx(NormalDist().inv_cdf(share), abs=0.08)


def test_a_choice_takes_every_option_equally_often() -> None:
    taken = Counter(choice(9, "option", n, ("a", "b", "c", "d")) for n in range(N))
    assert set(taken) == set("abcd")
    assert all(abs(count - N / 4) < 5 * (N * 3 / 16) ** 0.5 for count in taken.values())
