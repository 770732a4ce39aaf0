"""Small rules of the facts."""

import math

import pytest

from hrvdaemon.sinks.facts import kind_of_strap, rounded


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Polar H10 A1B2C3D4", "polar-h10"),
        ("Polar H9 12345678", "polar-h9"),
        ("Polar Sense AB12CD34", "polar-sense"),
        ("HRM-Dual:123456", "hrm-dual"),
        ("TICKR 1A2B", "tickr"),
        ("808S 0012345", "808s"),
        ("H808S0012345", "h808s"),
        ("HR-70_0987654", "hr-70"),
        ("Zephyr HXM", "zephyr-hxm"),
        ("12345678", None),
        ("", None),
    ],
)
def test_the_kind_of_strap_leaves_out_what_tells_one_from_all_others(name: str, kind: str | None) -> None:
    assert kind_of_strap(name) == kind


def test_rounding_keeps_missing_missing() -> None:
    assert rounded(None, 2) is None
    assert rounded(math.nan, 2) is None
    assert rounded(math.inf, 2) is None
    assert rounded(31.456, 2) == 31.46
