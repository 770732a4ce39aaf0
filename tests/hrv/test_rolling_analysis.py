import doctest

from hrvdaemon.hrv import rolling_analysis
from hrvdaemon.hrv.metric_rules import RULES
from hrvdaemon.hrv.rolling_analysis import KEYS


def test_every_metric_has_the_rule_of_analyse() -> None:
    assert set(KEYS) <= set(RULES)


def test_the_examples_are_true() -> None:
    assert doctest.testmod(rolling_analysis).failed == 0
