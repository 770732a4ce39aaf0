"""Which span ``record`` is to write: times and lengths as a person says them, and waiting for what lies ahead."""

import time
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from hrvdaemon.clock import MachineClock
from hrvdaemon.vocabulary.errors import BadUsage, NothingToSay
from hrvdaemon.vocabulary.units import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Instant, iso

if TYPE_CHECKING:
    from hrvdaemon.store.queries import Run

LONGEST_MS = 31 * DAY_MS
_UNITS_MS = {"s": SECOND_MS, "m": MINUTE_MS, "min": MINUTE_MS, "h": HOUR_MS, "d": DAY_MS}
_STORED_AFTER_MS = 12 * SECOND_MS
"""The daemon stores what it received after ten seconds at the latest (``store.flush_s``)."""


def wished_span(
    last_run: "Run | None", from_: str | None, to: str | None, last: str | None, duration: str | None
) -> tuple[Instant, Instant]:
    """Beginning and end; a time without an offset is one of the wearer's clock, as the last run had it.

    BadUsage for what contradicts itself; NothingToSay where nothing was or will be recorded.
    """
    if last_run is None:
        raise NothingToSay("Nothing is recorded yet: `hrvdaemon run` connects to the strap.")
    _refuse_contradictions(from_, to, last, duration)
    now, here = MachineClock().at(), ZoneInfo(last_run.started.zone)
    from_at = now if from_ is None else _instant("--from", from_, here)
    if duration is not None:
        to_at = Instant(from_at + _length_ms("--duration", duration))
    elif from_ is None:
        return Instant(now - _length_ms("--last", last or "1h")), now
    else:
        to_at = now if to is None else _instant("--to", to, here)
    if not from_at < to_at <= now + LONGEST_MS:
        raise BadUsage(f"--to: expected a time after {iso(from_at)} and within 31 days from now, came {iso(to_at)}")
    if to_at > now and last_run.ended_at is not None:
        raise NothingToSay("The daemon is not running, so there is nothing to wait for: start it with `hrvdaemon run`.")
    return from_at, to_at


def wait_until(to_at: Instant) -> None:
    """Until what lies ahead was received and stored; not at all for what is past."""
    left_ms = to_at - MachineClock().at()
    if left_ms > 0:
        print(f"Recording for {left_ms / MINUTE_MS:.1f} min", flush=True)
        time.sleep((left_ms + _STORED_AFTER_MS) / SECOND_MS)


def _refuse_contradictions(from_: str | None, to: str | None, last: str | None, duration: str | None) -> None:
    if last is not None and (from_ or to or duration):
        raise BadUsage("--last: expected it alone, came --from, --to or --duration with it")
    if to is not None and (from_ is None or duration is not None):
        raise BadUsage("--to: expected --from with it, and no --duration")


def _length_ms(option: str, text: str) -> int:
    number = text.rstrip("abcdefghijklmnopqrstuvwxyz")
    is_number = number.isascii() and number.isdecimal() and len(number) < 10
    length_ms = int(number) * _UNITS_MS.get(text[len(number) :], 0) if is_number else 0
    if not 0 < length_ms <= LONGEST_MS:
        raise BadUsage(f"{option}: expected a length such as 90s, 30m, 1h or 2d, at most 31d, came {text!r}")
    return length_ms


def _instant(option: str, text: str, here: ZoneInfo) -> Instant:
    try:
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=here)
        return Instant(round(moment.timestamp() * SECOND_MS))
    except (ValueError, OverflowError) as error:
        raise BadUsage(f"{option}: expected a time such as 2026-03-10T08:00, came {text!r}") from error
