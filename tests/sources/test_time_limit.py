import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from hrvdaemon.sources.time_limit import within


async def _work(seconds: float, *, stubborn: bool = False) -> str:
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        if not stubborn:
            raise
        await asyncio.sleep(1000)
    return "done"


def test_work_in_time_gives_its_result(jumping: Callable[[Any], Any]) -> None:
    assert jumping(within(5, _work(4))) == "done"


def test_an_error_of_the_work_is_raised_as_it_is(jumping: Callable[[Any], Any]) -> None:
    async def fails() -> None:
        raise KeyError("Powered")

    with pytest.raises(KeyError, match="Powered"):
        jumping(within(5, fails()))


@pytest.mark.parametrize(("stubborn", "ends_at"), [(False, 5.0), (True, 7.0)])
def test_late_work_is_a_timeout_even_if_it_ignores_cancellation(
    jumping: Callable[[Any], Any], stubborn: bool, ends_at: float
) -> None:
    async def story() -> float:
        with pytest.raises(TimeoutError, match="_work to end within 5 s"):
            await within(5, _work(50, stubborn=stubborn), grace_s=2)
        return asyncio.get_running_loop().time()

    assert jumping(story()) == pytest.approx(ends_at)


def test_cancelling_the_caller_cancels_the_work_and_waits_no_longer_than_the_grace(
    jumping: Callable[[Any], Any],
) -> None:
    async def story() -> float:
        caller = asyncio.create_task(within(50, _work(50, stubborn=True), grace_s=2))
        await asyncio.sleep(1)
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
        return asyncio.get_running_loop().time()

    assert jumping(story()) == pytest.approx(3.0)


def test_a_library_that_cancels_itself_does_not_look_as_if_we_were_cancelled(jumping: Callable[[Any], Any]) -> None:
    async def gives_up() -> None:
        raise asyncio.CancelledError

    with pytest.raises(ConnectionAbortedError):
        jumping(within(5, gives_up()))


def test_what_is_left_behind_may_still_fail_without_a_complaint(jumping: Callable[[Any], Any]) -> None:
    async def fails_late() -> None:
        try:
            await asyncio.sleep(100)
        except asyncio.CancelledError:
            await asyncio.sleep(10)
            raise OSError("too late") from None

    async def story() -> None:
        with pytest.raises(TimeoutError):
            await within(1, fails_late(), grace_s=1)
        await asyncio.sleep(60)

    jumping(story())
