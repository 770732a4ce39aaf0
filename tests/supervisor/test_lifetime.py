"""The order of ending: sources, what they still put, RunEnded, every sink, and only then what failed."""

import asyncio
import logging
from typing import Any

import pytest

from hrvdaemon.supervisor.lifetime import Put, Sink, Source, Supervisor
from hrvdaemon.vocabulary.inputs import Input, PauseRequested, RunEnded, RunStarted, SettingsChanged, Tick

DRAIN_LIMIT_S = 30
"""systemd's TimeoutStopSec in both units."""


def ticking(n: int, every_s: float = 1.0) -> Source:
    """So many ticks, then done."""

    async def run(put: Put) -> None:
        for number in range(n):
            put(Tick(mono_ms=1000 * number))
            await asyncio.sleep(every_s)

    return Source("ticking", run)


def ticking_for_ever(put_at_the_end: Input | None = None, takes_s: float = 0.0) -> Source:
    """Until it is cancelled; then it cleans up and may still put something."""

    async def run(put: Put) -> None:
        number = 0
        try:
            while True:
                put(Tick(mono_ms=1000 * number))
                number += 1
                await asyncio.sleep(1)
        finally:
            if put_at_the_end is not None:
                await asyncio.sleep(takes_s)
                put(put_at_the_end)

    return Source("ticking for ever", run)


def failing(after_s: float, error: Exception) -> Source:
    async def run(_: Put) -> None:
        await asyncio.sleep(after_s)
        raise error

    return Source("failing", run)


async def ends_after_5_s(supervisor: Supervisor, _: "asyncio.Task[None]") -> None:
    await asyncio.sleep(4.5)
    supervisor.end("SIGTERM")


def test_a_run_begins_with_run_started_and_ends_with_run_ended(bench: Any) -> None:
    sink = bench.collecting()
    bench.live([ticking(3)], [Sink("sink", sink.run)])
    assert [type(given) for given in sink.inputs] == [RunStarted, Tick, Tick, Tick, RunEnded]
    assert sink.inputs[-1] == RunEnded(mono_ms=3000, reason="sources ended")
    assert [step.number for step in sink.steps] == [0, 1, 2, 3, 4]
    assert sink.ended == "drained"


def test_asked_to_end_it_says_why_and_when(bench: Any) -> None:
    sink = bench.collecting()
    bench.live([ticking_for_ever()], [Sink("sink", sink.run)], during=ends_after_5_s)
    assert sink.inputs[-1] == RunEnded(mono_ms=4500, reason="SIGTERM")
    assert sum(isinstance(given, Tick) for given in sink.inputs) == 5


def test_the_first_reason_to_end_is_the_one_that_is_kept(bench: Any) -> None:
    async def twice(supervisor: Supervisor, _: "asyncio.Task[None]") -> None:
        await asyncio.sleep(1)
        supervisor.end("SIGTERM")
        supervisor.end("SIGINT")

    sink = bench.collecting()
    bench.live([ticking_for_ever()], [Sink("sink", sink.run)], during=twice)
    assert sink.inputs[-1] == RunEnded(mono_ms=1000, reason="SIGTERM")


def test_what_a_source_puts_while_it_is_cancelled_is_fed_before_the_run_ends(bench: Any) -> None:
    last = PauseRequested(mono_ms=4600, minutes=5)
    sink = bench.collecting()
    bench.live([ticking_for_ever(last, takes_s=0.1)], [Sink("sink", sink.run)], during=ends_after_5_s)
    assert sink.inputs[-2:] == [last, RunEnded(mono_ms=4600, reason="SIGTERM")]


def test_a_slow_sink_gets_everything(bench: Any) -> None:
    slow, quick = bench.collecting(each_s=0.5), bench.collecting()
    bench.live([ticking(10, every_s=0.01)], [Sink("slow", slow.run), Sink("quick", quick.run)])
    assert slow.steps == quick.steps
    assert len(slow.steps) == 12
    assert slow.ended == "drained"


def test_a_late_sink_is_cancelled_after_its_own_time_and_the_others_are_not(
    bench: Any, caplog: pytest.LogCaptureFixture
) -> None:
    stuck, slow = bench.collecting(each_s=10_000), bench.collecting(each_s=1)
    with caplog.at_level(logging.WARNING):
        took_s = bench.live(
            [ticking(4)],
            [Sink("stuck", stuck.run, drain_s=2), Sink("slow", slow.run, drain_s=5)],
            during=ends_after_5_s,
        )
    assert stuck.ended == "cancelled"
    assert slow.ended == "drained"
    assert len(slow.steps) == 6
    assert took_s == pytest.approx(4 + 2)
    assert [record.getMessage() for record in caplog.records] == [
        "sink=stuck event=cancelled reason=not drained in 2 s"
    ]


def test_sinks_are_drained_side_by_side(bench: Any) -> None:
    """Four sinks that never end take the time of one, so that systemd does not kill the fourth."""
    sinks = [bench.collecting(each_s=10_000) for _ in range(4)]
    took_s = bench.live([ticking(1)], [Sink(f"sink {i}", sink.run) for i, sink in enumerate(sinks)])
    assert [sink.ended for sink in sinks] == ["cancelled"] * 4
    assert took_s == pytest.approx(1 + Sink("any", sinks[0].run).drain_s)
    assert took_s < DRAIN_LIMIT_S


def test_every_channel_is_closed_before_any_sink_is_waited_for(bench: Any) -> None:
    """A sink that hands on to another one ends with it."""
    first = bench.collecting(each_s=10_000)
    second = bench.collecting()
    bench.live([ticking(1)], [Sink("stuck", first.run, drain_s=8), Sink("after it", second.run, drain_s=1)])
    assert (first.ended, second.ended) == ("cancelled", "drained")


def test_a_source_that_crashes_ends_the_run_in_order_and_is_raised(bench: Any) -> None:
    sink, error = bench.collecting(each_s=0.1), RuntimeError("a bug")
    with pytest.raises(ExceptionGroup) as raised:
        bench.live([ticking_for_ever(), failing(2.5, error)], [Sink("sink", sink.run)])
    assert raised.value.exceptions == (error,)
    assert [type(given) for given in sink.inputs] == [RunStarted, Tick, Tick, Tick, RunEnded]
    assert sink.inputs[-1] == RunEnded(mono_ms=2500, reason="failed: RuntimeError")
    assert sink.ended == "drained"


def test_a_source_that_is_done_ends_nothing(bench: Any) -> None:
    sink = bench.collecting()
    bench.live([ticking(1), ticking(4)], [Sink("sink", sink.run)])
    assert sum(isinstance(given, Tick) for given in sink.inputs) == 5


def test_a_sink_that_crashes_ends_the_run_and_the_others_get_everything(bench: Any) -> None:
    async def crashing(channel: Any) -> None:
        async for step in channel:
            if step.number == 2:
                raise OSError("a bug")

    sink = bench.collecting(each_s=0.1)
    with pytest.raises(ExceptionGroup) as raised:
        bench.live([ticking_for_ever()], [Sink("crashing", crashing), Sink("sink", sink.run)])
    assert [str(error) for error in raised.value.exceptions] == ["a bug"]
    assert sink.inputs[-1] == RunEnded(mono_ms=1000, reason="failed: OSError")
    assert sink.ended == "drained"


def test_a_sink_that_crashes_while_it_drains_is_raised_too(bench: Any) -> None:
    async def crashing(channel: Any) -> None:
        async for step in channel:
            if isinstance(step.input, RunEnded):
                raise OSError("the last write")

    with pytest.raises(ExceptionGroup) as raised:
        bench.live([ticking(1)], [Sink("crashing", crashing)])
    assert [str(error) for error in raised.value.exceptions] == ["the last write"]


def test_everything_that_failed_is_raised(bench: Any) -> None:
    with pytest.raises(ExceptionGroup) as raised:
        bench.live([failing(1, OSError("one")), failing(1, RuntimeError("two"))], [])
    assert [str(error) for error in raised.value.exceptions] == ["one", "two"]


def test_when_the_pipeline_raises_the_sinks_have_what_caused_it(bench: Any) -> None:
    """A settings change that does not exist can only be a bug of ours; the journal is to show it."""
    cause = SettingsChanged(mono_ms=1500, settings={"no.such": 1})

    async def run(put: Put) -> None:
        await asyncio.sleep(1.5)
        put(cause)
        await asyncio.sleep(100)

    sink = bench.collecting(each_s=0.1)
    with pytest.raises(ExceptionGroup, match="something failed") as raised:
        bench.live([ticking_for_ever(), Source("bug", run)], [Sink("sink", sink.run)])
    assert [type(error).__name__ for error in raised.value.exceptions] == ["BadConfig"]
    assert sink.inputs[-2:] == [cause, RunEnded(mono_ms=1500, reason="failed: BadConfig")]
    assert sink.steps[-2].events == ()
    assert [step.number for step in sink.steps] == list(range(len(sink.steps)))


def test_what_waits_behind_an_input_on_which_the_pipeline_fails_is_kept_without_conclusions(bench: Any) -> None:
    cause = SettingsChanged(mono_ms=1500, settings={"no.such": 1})
    behind: list[Input] = [PauseRequested(mono_ms=1500, minutes=5), cause, Tick(mono_ms=1501)]

    async def run(put: Put) -> None:
        await asyncio.sleep(1.5)
        for given in (cause, *behind):
            put(given)
        await asyncio.sleep(100)

    sink = bench.collecting()
    with pytest.raises(ExceptionGroup) as raised:
        bench.live([Source("bug", run)], [Sink("sink", sink.run)])
    assert [type(error).__name__ for error in raised.value.exceptions] == ["BadConfig"], "only the first was fed"
    assert sink.inputs[1:-1] == [cause, *behind]
    assert all(step.events == () for step in sink.steps[1:-1])
    assert [step.number for step in sink.steps] == list(range(6))


def test_a_first_input_that_fails_ends_the_run_before_anything_is_put(bench: Any) -> None:
    sink = bench.collecting()
    with pytest.raises(ExceptionGroup) as raised:
        bench.live([ticking_for_ever()], [Sink("sink", sink.run)], first=[Tick(mono_ms=0)])
    assert "expected RunStarted" in str(raised.value.exceptions[0])
    assert not any(isinstance(given, RunStarted) for given in sink.inputs)


def test_cancelling_the_run_ends_it_in_order(bench: Any) -> None:
    async def cancel(_: Supervisor, running: "asyncio.Task[None]") -> None:
        await asyncio.sleep(2.5)
        running.cancel()

    last = PauseRequested(mono_ms=2500, minutes=5)
    sink = bench.collecting(each_s=0.1)
    with pytest.raises(asyncio.CancelledError):
        bench.live([ticking_for_ever(last)], [Sink("sink", sink.run)], during=cancel)
    assert sink.inputs[-2:] == [last, RunEnded(mono_ms=2500, reason="cancelled")]
    assert sink.ended == "drained"


def test_a_limited_channel_drops_the_oldest_and_counts_them(bench: Any) -> None:
    """The view blinks while the run goes on: it sees the newest, the store sees all."""
    channels: list[Any] = []

    async def looks_away(channel: Any) -> None:
        channels.append(channel)
        await asyncio.sleep(8.5)
        kept.extend([step.input async for step in channel])

    kept: list[Input] = []
    everything = bench.collecting()
    bench.live([ticking(8)], [Sink("view", looks_away, limit=3), Sink("store", everything.run)])
    assert len(everything.steps) == 10
    assert kept == everything.inputs[-3:]
    assert channels[0].n_dropped == 7


def test_sources_and_sinks_are_tasks_with_their_names(bench: Any) -> None:
    names: set[str] = set()

    async def run(_: Put) -> None:
        names.update(task.get_name() for task in asyncio.all_tasks())

    sink = bench.collecting()
    bench.live([Source("strap", run)], [Sink("store", sink.run)])
    assert {"strap", "store", "pipeline"} <= names
