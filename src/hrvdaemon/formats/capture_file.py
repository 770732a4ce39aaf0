"""A capture as a recording: whatever wrote it, read packet by packet, so that its size does not matter.

A capture is known by what it holds. What is one of another protocol is refused, with the command that converts it.
"""

from collections.abc import Iterator
from functools import partial
from hashlib import blake2b
from pathlib import Path

from hrvdaemon.formats.att import attributes_of
from hrvdaemon.formats.btmon import is_btmon, read_btmon
from hrvdaemon.formats.btmon_time import PrintedTimes
from hrvdaemon.formats.btsnoop import MAGIC, read_btsnoop
from hrvdaemon.formats.capture import Complaints, LinkHappening
from hrvdaemon.formats.captured_bytes import CapturedBytes, opened
from hrvdaemon.formats.found import Found, next_step
from hrvdaemon.formats.hci import links_of
from hrvdaemon.formats.heart_rate_capture import HeartRateCapture, Wish
from hrvdaemon.formats.packet_logger import is_packet_logger, read_packet_logger
from hrvdaemon.formats.problem import Problem
from hrvdaemon.vocabulary.errors import UnreadableRecording
from hrvdaemon.vocabulary.inputs import Input
from hrvdaemon.vocabulary.units import RunId, iso

HEAD_BYTES = 4096
_BLOCK_BYTES = 1 << 16
_LONGEST_NAME = 32

_CONVERT = "expected a Bluetooth capture in btsnoop, came {}; `editcap -F btsnoop {} FILE.log` (Wireshark) converts it"
_OTHERS = {
    b"\xa1\xb2\xc3\xd4": "pcap",
    b"\xd4\xc3\xb2\xa1": "pcap",
    b"\xa1\xb2\x3c\x4d": "pcap",
    b"\x4d\x3c\xb2\xa1": "pcap",
    b"\x0a\x0d\x0d\x0a": "pcapng",
}
_ZIP = b"PK\x03\x04"
_LOG_IN_REPORT = "FS/data/misc/bluetooth/logs/btsnoop_hci.log (or FS/data/log/bt)"


def is_capture(head: bytes) -> bool:
    """Whether a file that begins with these bytes, decompressed, is one that can be read."""
    return head.startswith(MAGIC) or is_packet_logger(head) or is_btmon(head)


def refuse_other_captures(head: bytes, path: Path) -> None:
    """UnreadableRecording for a capture of another kind, with what to do about it."""
    name = _OTHERS.get(head[:4])
    if name is not None:
        raise UnreadableRecording(_CONVERT.format(name, path))
    if head.startswith(_ZIP):
        raise UnreadableRecording(
            f"expected a recording or a capture, came a binary file, a zip archive: {path}; unpack it. In "
            f"a bug report of Android the capture is {_LOG_IN_REPORT}"
        )


class CaptureReader:
    """Inputs of a capture. Iterate once; ``found``, ``problems`` and ``notes`` are complete afterwards.

    UnreadableRecording, saying what to do next, at the end if there was no heart rate in it, and at once where it is no
    capture.
    """

    def __init__(self, path: Path, wish: Wish) -> None:
        self._path = path
        self._wish = wish
        self._complaints = Complaints()
        self._times = PrintedTimes(wish.zone)
        self._capture = HeartRateCapture(wish, _run(path, wish), self._complaints)

    def __iter__(self) -> Iterator[Input]:
        with opened(self._path) as source:
            head = source.take(HEAD_BYTES)
        refuse_other_captures(head, self._path)
        with opened(self._path) as source:
            yield from self._capture.inputs(attributes_of(self._links(head, source)))
            if source.is_damaged:
                self._complaints.add("the compressed file is cut or damaged at its end; everything before counts")
        if self.found.n_packets == 0:
            step = next_step(self.found, wanted_address=self._wish.address, n_cut_short=self._complaints.n_cut_short)
            raise UnreadableRecording(f"expected heart rate in the capture {self._path}, came none: {step}")

    @property
    def found(self) -> Found:
        return self._capture.found

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self._complaints.problems

    @property
    def notes(self) -> tuple[str, ...]:
        """What was found, and what was assumed."""
        found = self.found
        assumed = () if found.is_dated else (f"no clock in the capture: it starts at {iso(self._wish.start_at)}",)
        return (str(found), *self._times.notes, *assumed)

    def _links(self, head: bytes, source: CapturedBytes) -> Iterator[LinkHappening]:
        if head.startswith(MAGIC):
            return links_of(read_btsnoop(source, self._complaints), self._complaints)
        if is_packet_logger(head):
            return links_of(read_packet_logger(source, self._complaints), self._complaints)
        if is_btmon(head):
            return read_btmon(source, self._complaints, self._times)
        raise UnreadableRecording(
            f"expected a Bluetooth capture (btsnoop, PacketLogger or print of btmon), came"
            f" {'something else' if head else 'an empty file'}: {self._path}; docs/captures.md tells how to make one;"
            " `hrvdaemon replay` reads recordings as they are"
        )


def _run(path: Path, wish: Wish) -> RunId:
    """Of the bytes, and of what is taken of them, so that two different ones are never taken for one in a database."""
    digest = blake2b(repr(wish).encode(), digest_size=4)
    with opened(path) as source:
        for block in iter(partial(source.take, _BLOCK_BYTES), b""):
            digest.update(block)
    return RunId(f"{path.name[:_LONGEST_NAME]}-{digest.hexdigest()}")
