"""What the guest told, judged on the host: every beat once or in a marked gap, and the strap back in time."""

from dataclasses import asdict
from pathlib import Path

from tests.e2e import database
from tests.e2e.ledger import balance
from tests.e2e.told import END, OUT_OF_RANGE, Told

MOST_WITHIN_S, ALL_WITHIN_S, MOST = 15.0, 40.0, 0.95
"""Recovery after the strap advertises again."""


def judge_beats(told: Told, path: Path, *, end_reasons: tuple[str, ...]) -> None:
    """The strap's beats against the database that the daemon left. Out of range a strap is not heard, so only what was
    done to the daemon, to bluetoothd and to the adapter excuses a beat that was heard and is not there."""
    left = database.read(path, told.sent)
    excused = [one.disturbance for one in told.recoveries if one.what != OUT_OF_RANGE]
    ledger = balance(told.sent, left.beats, left.gaps_ms, excused)
    told.figure("beats sent while subscribed and in range", str(ledger.n_heard))
    told.figure("beats stored", str(ledger.n_stored))
    told.figure("not stored: sent while something was being ended", str(ledger.n_in_transit))
    wrongs = (ledger.twice, ledger.invented, ledger.silently_lost, ledger.unmarked)
    told.figure("stored twice, invented, lost silently, holes unmarked", ", ".join(str(len(one)) for one in wrongs))
    told.expect(ledger.is_balanced, f"expected each beat once or in a marked gap, came {asdict(ledger)}")
    told.expect(left.is_whole, "expected the beats to be exactly the intervals of the journal's packets, they are not")
    told.expect(left.end_reasons == end_reasons, f"expected runs that ended {end_reasons}, came {left.end_reasons}")


def judge_recoveries(told: Told) -> None:
    losses = sorted(one.took_s for one in told.recoveries if one.what == OUT_OF_RANGE)
    within = sum(took_s <= MOST_WITHIN_S for took_s in losses)
    told.expect(
        len(losses) > 0 and within >= MOST * len(losses), f"back within {MOST_WITHIN_S:g} s: {within} of {losses}"
    )
    if losses:
        told.figure("out of range and back", f"{len(losses)} times, {within} of them back within {MOST_WITHIN_S:g} s")
        told.figure("  median, longest", f"{losses[len(losses) // 2]:.1f} s, {losses[-1]:.1f} s")
    for one in told.recoveries:
        if one.what not in (OUT_OF_RANGE, END):
            told.figure(f"{one.what}: until beats", f"{one.took_s:.1f} s")
        told.expect(one.took_s <= ALL_WITHIN_S, f"{one.what}: beats after {one.took_s:.1f} s, limit {ALL_WITHIN_S:g} s")


def table(title: tuple[str, str], told: Told) -> str:
    rows = [title, *told.figures]
    width = max(len(what) for what, _ in rows)
    return "\n".join([*(f"{what:{width}}  {value}" for what, value in rows), *(f"WRONG: {one}" for one in told.wrong)])
