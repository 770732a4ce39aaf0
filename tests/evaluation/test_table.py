from hrvdaemon.evaluation.intervals import Figure
from hrvdaemon.evaluation.sets import SETS
from hrvdaemon.evaluation.table import NOT_MEANT, SetResult, markdown

RESULT = SetResult(
    name="simulated",
    of="2 simulated people.",
    detector="rules-9",
    figures={
        "ours, 16 h": {"sensitivity": Figure(value=0.5, low=0.25, high=0.75, n=12), "latency_min": Figure(value=None)},
        "hr alone, 16 h": {"sensitivity": Figure(value=0.125, n=12)},
    },
    counts={"False ones by cause": {"walk": 3}, "Missed because of": {}},
)


def test_every_set_says_what_it_does_not_mean() -> None:
    assert set(NOT_MEANT) == set(SETS)
    assert NOT_MEANT["simulated"] in markdown([RESULT])


def test_a_row_is_a_figure_and_a_column_a_detector() -> None:
    lines = markdown([RESULT]).splitlines()
    assert "| figure | ours, 16 h | hr alone, 16 h |" in lines
    assert "| episodes of stress with an invitation inside | 0.50 [0.25, 0.75] (n 12) | 0.12 (n 12) |" in lines
    assert "| median minutes from its start to the invitation | – | – |" in lines
    assert "False ones by cause: walk 3." in lines
    assert "Missed because of: none." in lines


def test_json_has_detector_figures_and_intervals() -> None:
    told = RESULT.as_json()
    assert (told["set"], told["detector"]) == ("simulated", "rules-9")
    assert told["figures"]["ours, 16 h"]["sensitivity"] == {"value": 0.5, "low": 0.25, "high": 0.75, "n": 12}


def test_a_small_share_is_not_rounded_away() -> None:
    small = SetResult(
        name="simulated", of="", detector="", figures={"ours": {"sensitivity": Figure(value=0.0042, n=9)}}
    )
    assert "| 0.004 (n 9) |" in markdown([small])
