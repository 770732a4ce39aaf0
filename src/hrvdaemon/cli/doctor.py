"""``hrvdaemon doctor``: everything that can be looked at, and for each thing that is wrong the next step."""

import asyncio
import shutil
import textwrap
from collections.abc import AsyncIterator, Sequence
from json import dumps
from pathlib import Path

from hrvdaemon.cli.checks import Check, Circumstances, Finding, Result, finding, in_thread
from hrvdaemon.cli.checks.bluetooth import adapter, service
from hrvdaemon.cli.checks.broker import broker
from hrvdaemon.cli.checks.computer import clock, disk
from hrvdaemon.cli.checks.daemon import daemon
from hrvdaemon.cli.checks.database import database
from hrvdaemon.cli.checks.settings import config as config_check
from hrvdaemon.cli.checks.settings import reach
from hrvdaemon.cli.checks.software import packages, python
from hrvdaemon.cli.checks.strap import strap
from hrvdaemon.cli.strap_search import running_daemon
from hrvdaemon.config import Config, load
from hrvdaemon.sources.radio import bleak_radio
from hrvdaemon.vocabulary.errors import BadConfig, NothingToSay

_BLUETOOTH_LATE = "Restart Bluetooth: sudo systemctl restart bluetooth"
_DISK_LATE = "The disk does not answer; look at the card, or at the network it hangs on."

CHECKS = (
    Check(name="python", look=in_thread(python)),
    Check(name="packages", look=in_thread(packages), limit_s=15, if_late=_DISK_LATE),
    Check(name="config", look=in_thread(config_check), if_late=_DISK_LATE),
    Check(name="database", look=in_thread(database), limit_s=15, if_late=_DISK_LATE),
    Check(name="disk space", look=in_thread(disk), if_late=_DISK_LATE),
    Check(name="clock", look=in_thread(clock)),
    Check(name="daemon", look=daemon, limit_s=10, if_late="Stop hrvdaemon and start it again."),
    Check(name="bluetooth service", look=service, if_late=_BLUETOOTH_LATE),
    Check(name="bluetooth adapter", look=adapter, if_late=_BLUETOOTH_LATE),
    Check(name="strap", look=strap, limit_s=75, if_late=_BLUETOOTH_LATE),
    Check(name="invitations", look=in_thread(reach)),
    Check(name="broker", look=in_thread(broker), limit_s=8, if_late="Look at the network, and at host in [mqtt]."),
)
_MARKS = {Result.OK: "ok  ", Result.WARN: "WARN", Result.FAIL: "FAIL"}
_INDENT = " " * 6
_WIDEST = 100


def doctor(*, json: bool = False, config: Path | None = None) -> None:
    """Check everything; each failure comes with its next step. The strap is looked for, so wear it.

    Parameters
    ----------
    json
        Print a list of objects with the keys check, result, detail and fix.
    config
        Config file of the daemon, where it is not the usual one.
    """
    findings = asyncio.run(_examined(config, quiet=json))
    if json:
        print(dumps([as_json(each) for each in findings], indent=2, ensure_ascii=False))
    n_failed = sum(each.result is Result.FAIL for each in findings)
    if n_failed:
        raise NothingToSay(f"{n_failed} of {len(findings)} checks failed; the next step stands with each of them.")


def as_json(found: Finding) -> dict[str, str | None]:
    return {"check": found.check, "result": found.result.value, "detail": found.detail, "fix": found.fix}


def in_words(found: Finding, width: int) -> str:
    """The mark is a word, so that it is heard as well as seen. What takes several lines stays in several."""
    lines = f"{_MARKS[found.result]}  {found.check}: {found.detail}".split("\n")
    lines += [] if found.fix is None else [f"Next step: {found.fix}"]
    return "\n".join(
        textwrap.fill(
            line,
            width,
            initial_indent=_INDENT if number else "",
            subsequent_indent=_INDENT,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for number, line in enumerate(lines)
    )


async def _examined(path: Path | None, *, quiet: bool) -> list[Finding]:
    told = await running_daemon(path)
    circumstances = Circumstances(path=path, config=_config(path), told=told, radio=bleak_radio)
    findings: list[Finding] = []
    async for found in examine(CHECKS, circumstances):
        findings.append(found)
        if not quiet:
            print(in_words(found, min(_WIDEST, shutil.get_terminal_size().columns)), flush=True)
    return findings


async def examine(checks: Sequence[Check], circumstances: Circumstances) -> AsyncIterator[Finding]:
    """All at once, told in order: a check that waits holds up only the telling."""
    tasks = [asyncio.create_task(finding(check, circumstances), name=check.name) for check in checks]
    try:
        for task in tasks:
            yield await task
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _config(path: Path | None) -> Config | None:
    try:
        return load(path)
    except BadConfig:
        return None
