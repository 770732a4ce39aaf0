"""The conversation of ``hrvdaemon init``: find the strap, one question, write, and what to do next."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from hrvdaemon.cli.config_writing import Choices, config_text, judge, settings_before, write_config
from hrvdaemon.cli.first_sight import Looking
from hrvdaemon.cli.one_key import ENTER, Keys
from hrvdaemon.cli.setting_up_words import say, say_next, what_it_sends
from hrvdaemon.cli.strap_search import ask_each, told_by_daemon
from hrvdaemon.cli.straps import Strap
from hrvdaemon.config import default_path
from hrvdaemon.config.sections import Reach
from hrvdaemon.sources.link_state import LINK_WORDS, LinkState
from hrvdaemon.sources.radio import Radio
from hrvdaemon.vocabulary.errors import BadConfig, BadUsage

REACHES: dict[str, tuple[Reach, str]] = {
    "d": ("desktop", "a notification on the desktop"),
    "t": ("terminal", "in the terminal"),
    "m": ("mqtt", "over MQTT, for a smart home"),
    "q": ("quiet", "not at all: no invitations, everything else goes on"),
}
"""Key, value in the config, words."""
MOST_SHOWN = 9

Daemon = Callable[[Path | None], Awaitable[dict[str, Any] | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the command line said; ``is_without`` for ``--strap none``."""

    address: str | None = None
    is_without: bool = False
    reach: Reach | None = None
    broker: str | None = None
    yes: bool = False
    timeout_s: float = 40.0
    adapter: str | None = None
    config: Path | None = None


class Left(Exception):
    """The person pressed Esc. No error, and never seen outside this file."""


class SettingUp:
    """One conversation. ``keys`` None: nobody is asked, and what ``given`` does not say is chosen and told."""

    def __init__(
        self,
        given: Given,
        keys: Keys | None,
        *,
        radio: Callable[[], Radio],
        daemon: Daemon,
        now: Callable[[], datetime],
    ) -> None:
        self._given = given
        self._keys = keys
        self._radio = radio
        self._daemon = daemon
        self._now = now
        self._told: dict[str, Any] | None = None
        self._before: dict[str, Any] = {}
        self.has_written = False

    async def run(self) -> bool:
        """False if the person left; nothing is written then. BadUsage, Unavailable if the config can not be."""
        path = self._given.config or default_path()
        try:
            if not await self._may_write(path):
                return True
            self._before = _before(path)
            self._told = await self._daemon(self._given.config)
            choices = await self._strap(Choices(adapter=self._given.adapter, broker=self._given.broker))
            choices = replace(choices, reach=self._given.reach or await self._reach())
        except Left:
            return False
        self._write(path, choices)
        say_next(choices, self._given.config, is_running=self._told is not None, is_without=self._given.is_without)
        return True

    async def _may_write(self, path: Path) -> bool:
        if self._given.yes or not _is_there(path):
            return True
        if self._keys is None:
            raise BadUsage(f"expected no config at {path}, there is one; --yes replaces it and keeps a copy")
        say(f"There is a config already: {path}")
        say("Change it? What else it says stays, and a copy is kept. y yes, n no")
        if await self._key("yn", enter="n") == "y":
            return True
        say("It stays as it is. Next step: hrvdaemon doctor")
        return False

    async def _strap(self, choices: Choices) -> Choices:
        """With the strap that was named, found or chosen; without one if there is none."""
        if self._given.is_without or self._given.address is not None:
            return replace(choices, address=self._given.address)
        strap = await self._found()
        if strap is None:
            return choices
        return replace(choices, address=strap.seen.address, strap_name=strap.seen.name)

    async def _found(self) -> Strap | None:
        say("Put the strap on, with moist electrodes.")
        say("Looking for it …" + ("" if self._keys is None else " (Enter: go on without one. Esc: leave.)"))
        looking = Looking(self._radio(), adapter=self._adapter, timeout_s=self._given.timeout_s, say=say)
        seen = await self._unless_skipped(looking.run(is_patient=self._keys is not None))
        straps = [told_by_daemon(each, self._told) for each in seen or ()]
        if not straps:
            return None
        strap = await self._chosen(straps)
        say(f"Found: {strap.name}, signal {strap.signal}.")
        return await self._asked(strap)

    async def _unless_skipped(self, work: Any) -> Any:
        """Result of ``work``; None if Enter was pressed first."""
        if self._keys is None:
            return await work
        working = asyncio.create_task(work, name="search")
        skipping = asyncio.create_task(self._key("", enter=ENTER), name="skip")
        try:
            await asyncio.wait({working, skipping}, return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                return working.result()
            skipping.result()
            return None
        finally:
            working.cancel()
            skipping.cancel()
            await asyncio.gather(working, skipping, return_exceptions=True)

    async def _chosen(self, straps: Sequence[Strap]) -> Strap:
        if len(straps) == 1:
            return straps[0]
        if self._keys is None:
            say(f"{len(straps)} straps are in sight; the strongest is taken.")
            return straps[0]
        say("Which one is yours? Press its number; Enter takes the first, which is the strongest.")
        shown = straps[:MOST_SHOWN]
        for number, strap in enumerate(shown, 1):
            print(f"  {number}  {strap.name}, {strap.seen.address}, signal {strap.signal}")
        digits = "".join(str(number + 1) for number in range(len(shown)))
        return shown[int(await self._key(digits, enter="1")) - 1]

    async def _asked(self, strap: Strap) -> Strap:
        """Only the chosen one, and only if that takes it from nobody."""
        if strap.is_ours:
            say("hrvdaemon holds it already.")
            return strap
        if strap.seen.is_held:
            say(str(LINK_WORDS[LinkState.HELD]))
            return strap
        if self._told is not None:
            return strap
        say("Asking it what it sends …")
        radio = self._radio()
        asked = (await ask_each(radio, [strap], adapter=self._adapter, changed=lambda *_: None))[0]
        say(what_it_sends(asked))
        return asked

    async def _reach(self) -> Reach:
        if self._keys is None:
            raise BadUsage("expected --reach desktop, terminal, mqtt or quiet where nobody can be asked, came none")
        say("How may an invitation to an exercise reach you? Press a key; Enter takes t.")
        for key, (_, words) in REACHES.items():
            print(f"  {key}  {words}")
        return REACHES[await self._key("".join(REACHES), enter="t")][0]

    async def _key(self, allowed: str, *, enter: str) -> str:
        """Left for Esc."""
        assert self._keys is not None  # noqa: S101  the callers ask only where there are keys
        self._keys.forget()
        key = await self._keys.one_of(allowed, enter=enter)
        if key is None:
            raise Left
        return key

    def _write(self, path: Path, choices: Choices) -> None:
        text = config_text(choices, self._before)
        judge(text, path)
        kept = write_config(path, text, self._now())
        self.has_written = True
        say(f"Written: {path}")
        if kept is not None:
            say(f"What was there before: {kept}")

    @property
    def _adapter(self) -> str | None:
        """The one that was asked for, else the config's."""
        kept: str | None = self._before.get("strap", {}).get("adapter")
        return self._given.adapter or kept


def _before(path: Path) -> dict[str, Any]:
    """What the config says so far; nothing where it has mistakes, which is said."""
    if not _is_there(path):
        return {}
    try:
        return settings_before(path)
    except BadConfig:
        say("The config that is there has mistakes; nothing of it is taken over.")
        return {}


def _is_there(path: Path) -> bool:
    """False where it can not be seen either; writing then says why."""
    return os.path.exists(path)  # noqa: PTH110  Path.exists raises for a folder that may not be read
