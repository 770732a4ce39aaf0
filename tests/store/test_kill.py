"""A process that is killed in the middle of storing leaves all that it acknowledged, once, in a sound database."""

import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from hrvdaemon.store import queries
from hrvdaemon.store.journal import journal_inputs
from hrvdaemon.store.writer import record_sync
from hrvdaemon.vocabulary.codec import from_json, to_json
from hrvdaemon.vocabulary.steps import Step
from hrvdaemon.vocabulary.units import RunId

Run = Callable[..., list[Step]]
Contents = Callable[[Database], dict[str, list[tuple[Any, ...]]]]
N_KILLS = 10

CHILD = """
import asyncio, json, sys
from pathlib import Path
from hrvdaemon.channel import Channel
from hrvdaemon.store.writer import Store, StoreSettings
from hrvdaemon.vocabulary.codec import from_json
from hrvdaemon.vocabulary.steps import Step

def steps(path):
    for number, line in enumerate(open(path)):
        item, *events = map(from_json, json.loads(line))
        yield Step(run=item.run if number == 0 else "r1", number=number, input=item, events=tuple(events))

async def main(database, recording):
    channel = Channel()
    settings = StoreSettings(batch_steps=7)
    store = Store(Path(database), settings, acknowledge=lambda step: print(step.number, flush=True))
    storing = asyncio.create_task(store.run(channel))
    for step in steps(recording):
        channel.put(step)
        await asyncio.sleep(0.0005)
    channel.close()
    await storing

asyncio.run(main(*sys.argv[1:]))
"""


def test_ten_kills_lose_nothing_acknowledged_and_double_nothing(tmp_path: Path, a_run: Run, contents: Contents) -> None:
    steps, path = a_run(20), tmp_path / "hrv.db"
    recording = tmp_path / "steps.jsonl"
    _write(recording, steps)
    dice = random.Random(20)
    last_stored = -1
    for _ in range(N_KILLS):
        acknowledged = _killed_after(dice.randint(1, 15), [sys.executable, "-c", CHILD, str(path), str(recording)])
        last_stored = _check(path, steps, max(acknowledged, last_stored))
    record_sync(path, steps)
    record_sync(tmp_path / "undisturbed.db", steps)
    assert _contents(path, contents) == _contents(tmp_path / "undisturbed.db", contents)


def _write(recording: Path, steps: list[Step]) -> None:
    import json

    lines = [json.dumps([to_json(record) for record in (step.input, *step.events)]) for step in steps]
    assert from_json(json.loads(lines[0])[0]) == steps[0].input
    recording.write_text("".join(line + "\n" for line in lines))


def _killed_after(n_acknowledged: int, command: list[str]) -> int:
    """Start the child, kill it after so many acknowledgements; the last number that it acknowledged."""
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    last = -1
    with child.stdout as lines:
        for _, line in zip(range(n_acknowledged), lines, strict=False):
            last = int(line)
        child.send_signal(signal.SIGKILL)
        for line in lines:
            last = int(line)
    child.wait()
    return last


def _check(path: Path, steps: list[Step], acknowledged: int) -> int:
    """The database is sound and holds the first inputs, each once, up to what was acknowledged or some more."""
    reader = queries.open_readonly(path)
    assert [tuple(row) for row in reader.execute("PRAGMA quick_check")] == [("ok",)]
    found = list(journal_inputs(reader, RunId("r1")))
    assert found == [step.input for step in steps[: len(found)]]
    assert len(found) > acknowledged
    n_beats = sum(
        event.__class__.__name__ == "BeatsClassified" for step in steps[: len(found)] for event in step.events
    )
    assert reader.execute("SELECT coalesce(sum(length(kinds)), 0) FROM beat_block").fetchone()[0] == n_beats
    reader.close()
    return len(found) - 1


def _contents(path: Path, read: Contents) -> dict[str, list[tuple[Any, ...]]]:
    database = Database(sqlite3.connect(path))
    found = read(database)
    database.close()
    return found
