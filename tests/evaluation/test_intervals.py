import pytest

from hrvdaemon.evaluation.intervals import Figure, auroc, figure_over


def _mean(values: object) -> float:
    chosen = list(values)  # type: ignore[call-overload]  # a sequence of numbers
    return float(sum(chosen) / len(chosen))


@pytest.mark.parametrize(
    ("positive", "negative", "area"),
    [
        ([3.0, 2.0], [1.0, 0.0], 1.0),
        ([1.0], [2.0], 0.0),
        ([1.0, 1.0], [1.0], 0.5),
        ([3.0, 2.0], [1.0, 2.0], 0.875),  # of four pairs three are above and one is a tie
        ([], [1.0], None),
        ([1.0], [], None),
    ],
)
def test_the_area_is_the_share_of_pairs_in_the_right_order(
    positive: list[float], negative: list[float], area: float | None
) -> None:
    assert auroc(positive, negative) == area


def test_an_interval_holds_the_value_and_is_the_same_every_time() -> None:
    figure = figure_over([0.0, 1.0, 2.0, 3.0, 4.0, 5.0], _mean, n=6)
    assert figure.value == 2.5
    assert figure.low is not None
    assert figure.high is not None
    assert 0 < figure.low < 2.5 < figure.high < 5
    assert figure == figure_over([0.0, 1.0, 2.0, 3.0, 4.0, 5.0], _mean, n=6)


def test_people_who_are_all_alike_leave_no_doubt() -> None:
    assert figure_over([7.0] * 5, _mean, n=5) == Figure(value=7.0, low=7.0, high=7.0, n=5)


def test_two_people_give_no_interval() -> None:
    assert figure_over([1.0, 3.0], _mean, n=2) == Figure(value=2.0, n=2)


def test_nothing_to_count_is_none_and_not_zero() -> None:
    assert figure_over([1.0, 2.0, 3.0], lambda _: None, n=0).as_json() == {
        "value": None, "low": None, "high": None, "n": 0,
    }  # fmt: skip
