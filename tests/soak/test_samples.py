"""A soak is judged by what the daemon holds, and how its memory grows is told."""

from tests.e2e.told import Sample, Told
from tests.soak.__main__ import HOUR_MS, growth, judge_samples


def _sample(hour: float, kib: int = 100_000, *, descriptors: int = 13, dbus: int = 2) -> Sample:
    return Sample(at_ms=round(hour * HOUR_MS), descriptors=descriptors, dbus_connections=dbus, resident_kib=kib)


def test_memory_grows_by_the_slope_after_the_first_hour() -> None:
    samples = [_sample(0, 50_000), _sample(0.5, 90_000), _sample(1, 100_000), _sample(2, 100_300), _sample(3, 100_600)]
    assert growth(samples) == "300 KiB an hour"


def test_a_short_run_has_no_slope() -> None:
    assert growth([_sample(0), _sample(0.5)]) == "not measured: the run is too short"


def test_what_is_held_stays_as_it_is() -> None:
    told = Told(samples=[_sample(hour) for hour in range(4)])
    judge_samples(told)
    assert told.wrong == []


def test_a_descriptor_or_a_connection_more_is_wrong() -> None:
    for more in (_sample(4, descriptors=14), _sample(4, dbus=3)):
        told = Told(samples=[*(_sample(hour) for hour in range(4)), more])
        judge_samples(told)
        assert len(told.wrong) == 1


def test_a_daemon_that_was_not_looked_at_is_wrong() -> None:
    told = Told(samples=[_sample(0)])
    judge_samples(told)
    assert told.wrong != []
