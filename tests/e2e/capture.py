"""The capture of btmon, imported as a user's would be, against what the strap sent."""

import subprocess
from difflib import unified_diff
from pathlib import Path

from hrvdaemon.formats.recording import RecordingReader
from hrvdaemon.vocabulary.inputs import PacketReceived
from tests.e2e.running_daemon import PROGRAM
from tests.e2e.told import Told

SHOWN_DIFFERENCES = 10


def judge_capture(told: Told, capture: Path) -> None:
    """``hrvdaemon import`` finds in it each packet that the strap sent while it was subscribed to, and no other."""
    recording = capture.with_suffix(".jsonl")
    done = subprocess.run(
        [PROGRAM, "import", str(capture), "--out", str(recording)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        told.wrong.append(f"hrvdaemon import of the capture ended with {done.returncode}: {done.stderr[-500:]}")
        return
    found = [item.data.hex() for item in RecordingReader(recording) if isinstance(item, PacketReceived)]
    compare(told, found)


def compare(told: Told, found: list[str]) -> None:
    """Equal in number and order; of the last packet of a link nobody knows."""
    sent = [packet.data for packet in told.packets if not packet.is_last or packet.data in found]
    told.figure("packets sent, packets in the imported capture", f"{len(sent)}, {len(found)}")
    differences = list(unified_diff(sent, found, "sent", "captured", lineterm="", n=0))[:SHOWN_DIFFERENCES]
    told.expect(bool(found) and not differences, f"expected the capture to hold what was sent, came {differences}")
