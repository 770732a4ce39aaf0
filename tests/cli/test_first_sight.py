"""Looking goes on until a strap shows itself; what keeps it is said once, in the words of its state."""

from collections.abc import Callable
from typing import Any

import pytest

from hrvdaemon.cli.first_sight import Looking
from hrvdaemon.sources.link_state import LINK_WORDS, LinkState

H10 = "C4:11:22:33:44:55"


@pytest.fixture
def look(jumping: Any, air: Any) -> Callable[..., tuple[list[str], list[str], float]]:
    """Addresses seen, what was said, seconds."""

    def play(*, is_patient: bool = True, comes_after_s: float | None = None) -> tuple[list[str], list[str], float]:
        import asyncio

        said: list[str] = []

        async def story() -> tuple[list[str], list[str], float]:
            loop = asyncio.get_running_loop()
            if comes_after_s is not None:
                later, air.straps[:] = list(air.straps), []
                loop.call_later(comes_after_s, air.straps.extend, later)
            looking = Looking(air.radio(), adapter=None, timeout_s=40, say=said.append)
            seen = await looking.run(is_patient=is_patient)
            return [each.address for each in seen], said, loop.time()

        result: tuple[list[str], list[str], float] = jumping(story())
        return result

    return play


def test_a_strap_in_sight_is_there_after_one_window(look: Any) -> None:
    assert look() == ([H10], [], 5)


def test_a_strap_that_is_put_on_late_is_found_and_the_hint_comes_once(look: Any) -> None:
    seen, said, took_s = look(comes_after_s=21)
    assert (seen, said, took_s) == ([H10], [str(LINK_WORDS[LinkState.NOT_FOUND])], 30)


def test_it_ends_in_time_without_one(look: Any, air: Any) -> None:
    air.straps.clear()
    seen, said, took_s = look()
    assert (seen, said[-1], took_s) == ([], "No strap was seen.", 40)


def test_bluetooth_that_is_switched_on_meanwhile_is_noticed(look: Any, air: Any, off: Exception) -> None:
    air.scan_faults[:] = [off, off, off]
    assert look() == ([H10], [str(LINK_WORDS[LinkState.BLUETOOTH_OFF])], 2 + 2 + 2 + 5)


def test_where_nobody_sits_there_bluetooth_that_is_off_ends_it(look: Any, air: Any, off: Exception) -> None:
    air.scan_faults[:] = [off]
    assert look(is_patient=False) == ([], [str(LINK_WORDS[LinkState.BLUETOOTH_OFF])], 0)
