"""Law 2: what is due happens when due, so time passing without an input changes nothing."""

from bisect import insort
from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hrvdaemon.pipeline import Pipeline
from hrvdaemon.vocabulary.events import Event
from hrvdaemon.vocabulary.inputs import Input, Tick

Simulated = Callable[[str, int], tuple[Input, ...]]
slow = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def events(inputs: list[Input]) -> list[Event]:
    pipeline = Pipeline()
    return [event for given in inputs for event in pipeline.feed(given)]


@slow
@given(data=st.data(), name=st.sampled_from(["stress_ramp", "reconnect", "strap_slips"]))
def test_ticks_anywhere_change_no_event(simulated: Simulated, data: st.DataObject, name: str) -> None:
    inputs = list(simulated(name, 12))
    last = inputs[-1].mono_ms
    ticked = list(inputs)
    for mono_ms in data.draw(st.lists(st.integers(1, last - 1), max_size=200)):
        insort(ticked, Tick(mono_ms=mono_ms), lo=1, hi=len(ticked) - 1, key=lambda given: given.mono_ms)
    assert events(ticked) == events(inputs)


def test_a_tick_every_100_ms_changes_no_event(simulated: Simulated) -> None:
    inputs = list(simulated("rest", 12))
    ticks: list[Input] = [Tick(mono_ms=mono_ms) for mono_ms in range(100, inputs[-1].mono_ms, 100)]
    ticked = [inputs[0], *sorted([*ticks, *inputs[1:-1]], key=lambda given: given.mono_ms), inputs[-1]]
    assert events(ticked) == events(inputs)
