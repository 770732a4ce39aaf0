"""What ``hrvdaemon doctor`` looks at, one file for each subject; a check is a function from circumstances to a finding.

Each check has its own limit and may raise: what goes wrong in one is that check's failure and nobody else's.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from hrvdaemon.config import Config
from hrvdaemon.sources.radio import Radio
from hrvdaemon.sources.time_limit import within
from hrvdaemon.vocabulary.errors import HrvdaemonError


class Result(StrEnum):
    """``warn``: it works, or may not be wanted yet; ``fail``: something has to be done."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the doctor. ``fix`` is the next step; None only where there is nothing to do."""

    check: str
    result: Result
    detail: str
    fix: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What several checks need. ``config`` is None where it has mistakes, ``told`` where no daemon answers."""

    path: Path | None
    config: Config | None
    told: dict[str, Any] | None
    radio: Callable[[], Radio]


Found = tuple[Result, str, str | None]
"""Result, detail, fix."""
Look = Callable[[Circumstances], Awaitable[Found]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    name: str
    look: Look
    limit_s: float = 5.0
    if_late: str = "Try again; if it stays so, restart this computer."


def ok(detail: str) -> Found:
    return Result.OK, detail, None


def warn(detail: str, fix: str) -> Found:
    return Result.WARN, detail, fix


def fail(detail: str, fix: str) -> Found:
    return Result.FAIL, detail, fix


NOT_LOOKED_AT = warn("Not looked at: the config has mistakes.", "Mend the config first; its check names each line.")


async def finding(check: Check, circumstances: Circumstances) -> Finding:
    """Never raises but for cancellation, and ends soon after the check's limit."""
    result, detail, fix = await _found(check, circumstances)
    return Finding(check=check.name, result=result, detail=detail, fix=fix)


async def _found(check: Check, circumstances: Circumstances) -> Found:
    async def look() -> Found:
        return await check.look(circumstances)

    try:
        return await within(check.limit_s, look())
    except TimeoutError:
        return fail(f"No answer within {check.limit_s:g} s.", check.if_late)
    except HrvdaemonError as error:
        return fail(f"{error}", check.if_late)
    except Exception as error:  # noqa: BLE001  a bug in one check must not hide the others
        return fail(f"The check itself failed: {type(error).__name__}: {error}", "Report this line: it is our bug.")


def in_thread(look: Callable[[Circumstances], Found]) -> Look:
    """For what may block, such as a network disk: the thread is left behind if it does, and holds up no exit."""

    async def looked(circumstances: Circumstances) -> Found:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Found] = loop.create_future()

        def settle(found: Found | Exception) -> None:
            if answer.done():
                return
            if isinstance(found, Exception):
                answer.set_exception(found)
            else:
                answer.set_result(found)

        def work() -> None:
            found: Found | Exception
            try:
                found = look(circumstances)
            except Exception as error:  # noqa: BLE001  carried over to the loop, where it is told
                found = error
            with suppress(RuntimeError):  # the loop has ended without waiting for this
                loop.call_soon_threadsafe(settle, found)

        threading.Thread(target=work, name="check", daemon=True).start()
        return await answer

    return looked
