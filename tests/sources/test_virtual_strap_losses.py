"""The short form of `python -m benchmarks.link_losses`, and that its limits can be missed."""

from dataclasses import replace

import pytest

from benchmarks.link_losses import Held, Kind, Loss, Outcome, measure, quantile, share_within, table
from tests.e2e.ledger import Ledger


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return measure(20, 7, tmp_path_factory.mktemp("losses") / "hrv.db")


def test_twenty_losses_keep_every_limit(outcome: Outcome) -> None:
    assert list(outcome.misses()) == []
    assert len(outcome.losses) == 20
    assert {loss.kind for loss in outcome.losses} == set(Kind)
    assert outcome.n_fades > 0
    assert outcome.n_spoiled > 0


def test_the_table_has_a_row_for_each_kind_and_for_all(outcome: Outcome) -> None:
    text = table(outcome)
    assert [kind for kind in (*Kind, "all") if f"| {kind} | " not in text] == []


def loss(recovered_s: float | None) -> Loss:
    return Loss(kind=Kind.WALK_AWAY, length_s=10.0, recovered_s=recovered_s)


GOOD = Ledger(n_heard=9, n_stored=9, n_in_transit=0, twice=(), invented=(), silently_lost=(), unmarked=())
HELD = Held(descriptors=9, tasks=4)
KEPT = Outcome(
    losses=(loss(1.0),) * 19 + (loss(39.0),),
    held=(HELD, HELD),
    n_told=20,
    n_spoiled=0,
    n_fades=0,
    virtual_s=60.0,
    ledger=GOOD,
)


def test_one_in_twenty_may_take_up_to_forty_seconds() -> None:
    assert list(KEPT.misses()) == []


@pytest.mark.parametrize(
    ("missed", "said"),
    [
        (replace(KEPT, losses=(loss(1.0),) * 18 + (loss(16.0),) * 2), "recovered within 15 s: 90.0%"),
        (replace(KEPT, losses=(loss(1.0),) * 19 + (loss(40.5),)), "recovered later than 40 s: 1"),
        (replace(KEPT, losses=(loss(1.0),) * 19 + (loss(None),)), "recovered later than 40 s: 1"),
        (replace(KEPT, n_told=19), "losses told: 19 of 20"),
        (replace(KEPT, ledger=replace(GOOD, twice=(3,))), "beats: "),
        (replace(KEPT, ledger=replace(GOOD, silently_lost=(3,))), "beats: "),
        (replace(KEPT, ledger=replace(GOOD, unmarked=(3,))), "beats: "),
        (replace(KEPT, held=(HELD, replace(HELD, descriptors=10))), "held at first"),
        (replace(KEPT, held=(HELD, replace(HELD, tasks=5))), "held at first"),
    ],
)
def test_a_limit_that_is_missed_is_said(missed: Outcome, said: str) -> None:
    (miss,) = missed.misses()
    assert miss.startswith(said)


def test_quantiles_and_shares_by_hand() -> None:
    losses = [loss(float(seconds)) for seconds in range(1, 21)] + [loss(None)] * 5
    assert share_within(losses, 10) == 10 / 25
    assert quantile(losses, 0.5) == 13.0
    assert quantile(losses[:20], 0.95) == 19.0
    assert quantile(losses, 1.0) == float("inf")
