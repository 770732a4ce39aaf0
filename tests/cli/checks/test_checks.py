"""One check can neither hang, nor crash, nor hide the others; what may block holds up no exit."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from hrvdaemon.cli.checks import Check, Circumstances, Found, Result, fail, finding, in_thread, ok, warn
from hrvdaemon.vocabulary.errors import Unavailable


async def _good(_: Circumstances) -> Found:
    return ok("There.")


async def _crash(_: Circumstances) -> Found:
    raise KeyError("sensor")


async def _ours(_: Circumstances) -> Found:
    raise Unavailable("expected an answer, came none")


async def _hang(_: Circumstances) -> Found:
    await asyncio.sleep(3600)
    return ok("")


@pytest.mark.parametrize(
    ("look", "result", "detail", "fix"),
    [
        (_good, "ok", "There.", None),
        (_crash, "fail", "The check itself failed: KeyError: 'sensor'", "Report this line: it is our bug."),
        (_ours, "fail", "expected an answer, came none", "Restart it."),
        (_hang, "fail", "No answer within 3 s.", "Restart it."),
    ],
)
def test_whatever_a_check_does_there_is_a_finding(
    jumping: Any, circumstances: Any, look: Any, result: str, detail: str, fix: str | None
) -> None:
    found = jumping(finding(Check(name="it", look=look, limit_s=3, if_late="Restart it."), circumstances()))
    assert (found.check, found.result, found.detail, found.fix) == ("it", result, detail, fix)


@pytest.mark.parametrize("error", [ValueError("no"), None])
async def test_a_thread_carries_its_answer_or_its_error_over(
    circumstances: Callable[..., Circumstances], error: Exception | None
) -> None:
    def look(_: Circumstances) -> Found:
        if error is not None:
            raise error
        return warn(threading.current_thread().name, "Next.")

    found = await finding(Check(name="it", look=in_thread(look)), circumstances())
    assert found.detail == ("The check itself failed: ValueError: no" if error else "check")


def test_a_thread_that_never_answers_is_left_behind(circumstances: Callable[..., Circumstances]) -> None:
    blocked, left = threading.Event(), []

    def look(_: Circumstances) -> Found:
        left.append(threading.current_thread())
        blocked.wait(60)
        return fail("", "")

    check = Check(name="it", look=in_thread(look), limit_s=0.05)
    found = asyncio.run(finding(check, circumstances()))
    assert found.result is Result.FAIL
    assert found.detail == "No answer within 0.05 s."
    assert left[0].daemon, "Python waits at its end for every thread that is none"
    blocked.set()
