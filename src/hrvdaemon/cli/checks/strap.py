"""The strap: as the running daemon has it, or looked for, and asked what it sends."""

from typing import Any

from hrvdaemon.cli.checks import Circumstances, Found, Result, ok, warn
from hrvdaemon.cli.strap_search import ask_each
from hrvdaemon.cli.straps import FAIR_DBM, Strap
from hrvdaemon.config import Config
from hrvdaemon.sources.link_state import LINK_WORDS, LinkState
from hrvdaemon.sources.radio import RadioFault
from hrvdaemon.sources.sightings import Wanted, survey

WINDOW_S = 6.0
_PATIENT = "Wait a moment, then ask again."
_COMPUTER = {LinkState.BLUETOOTH_OFF, LinkState.NO_BLUETOOTH, LinkState.NO_SERVICE, LinkState.NOT_ALLOWED}
"""States that do not pass by themselves; the others may, with a strap that is put on or comes closer."""


async def strap(circumstances: Circumstances) -> Found:
    """Never searched while the daemon runs: it holds the strap, or is looking for it itself."""
    if circumstances.told is not None:
        return told_by_daemon(circumstances.told["sensor"])
    config, radio = circumstances.config, circumstances.radio()
    adapter = config.strap.adapter if config else None
    try:
        seen = await survey(radio, window_s=WINDOW_S, adapter=adapter)
    except RadioFault as fault:
        return _words(fault.state, Result.FAIL)
    wanted = wanted_by(config)
    mine = [each for each in seen if wanted.is_met_by(each)]
    if not mine:
        return _not_there(len(seen))
    if mine[0].is_held:
        return _words(LinkState.HELD, Result.WARN)
    found = await ask_each(radio, [Strap(seen=mine[0])], adapter=adapter, changed=lambda *_: None)
    return judged(found[0])


def wanted_by(config: Config | None) -> Wanted:
    """The straps of the config; any where it names none or can not be read."""
    if config is None:
        return Wanted()
    return Wanted(address=config.strap.address, name=config.strap.name, others=config.strap.others)


def told_by_daemon(sensor: dict[str, Any]) -> Found:
    """In the words of the table, by the state that the daemon names."""
    name, told = sensor["name"] or "the strap", sensor.get("link_state")
    state = next((state for state in LinkState if state == told), None)
    if state is None:  # no strap of the radio's: a simulated one
        return ok(f"hrvdaemon says: {sensor['link']}.")
    if state is LinkState.STREAMING:
        return ok(f"hrvdaemon is connected to {name}. {LINK_WORDS[state].sentence}")
    return _words(state, Result.FAIL if state in _COMPUTER else Result.WARN)


def judged(strap: Strap) -> Found:
    """What a visit brought, in one line."""
    detail = f"{strap.name}, signal {strap.signal}, sends {strap.beats}, battery {strap.battery}."
    asked, rssi_dbm = strap.asked, strap.seen.rssi_dbm
    if asked is not None and asked.fault is not None:
        return _words(asked.fault, Result.FAIL)
    if asked is not None and asked.rr is False:
        return _words(LinkState.HEART_RATE_ONLY, Result.WARN)
    if rssi_dbm is not None and rssi_dbm < FAIR_DBM:
        return warn(detail, LINK_WORDS[LinkState.WEAK_SIGNAL].next_step or _PATIENT)
    return ok(detail)


def _not_there(n_others: int) -> Found:
    if n_others:
        count = "A heart-rate strap is" if n_others == 1 else f"{n_others} heart-rate straps are"
        return warn(f"{count} in sight, but not the one of the config.", "Choose again: hrvdaemon init")
    result, _, fix = _words(LinkState.NOT_FOUND, Result.WARN)
    return result, f"No strap was seen in {WINDOW_S:g} s.", fix


def _words(state: LinkState, result: Result) -> Found:
    words = LINK_WORDS[state]
    return result, words.sentence, words.next_step or _PATIENT
