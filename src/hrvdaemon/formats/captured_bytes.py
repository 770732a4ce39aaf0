"""The bytes of a capture, front to back and never all at once; a file that breaks off gives what it has."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import BinaryIO

from hrvdaemon.vocabulary.errors import UnreadableRecording

GZIP_MAGIC = b"\x1f\x8b"
_GZIP = 16 + zlib.MAX_WBITS
_BLOCK_BYTES = 1 << 16


class CapturedBytes:
    """``take`` so many bytes; ``offset`` is where the next ones begin."""

    def __init__(self, file: BinaryIO | BufferedReader, unpacked: "Unpacked | None" = None) -> None:
        self._file = file
        self._unpacked = unpacked
        self.offset = 0

    def take(self, n_bytes: int) -> bytes:
        """The next bytes; fewer where the file ends."""
        data = self._file.read(n_bytes)
        self.offset += len(data)
        return data

    def line(self, longest: int) -> bytes:
        """The next line, at most so long; empty at the end."""
        data = self._file.readline(longest)
        self.offset += len(data)
        return data

    @property
    def is_damaged(self) -> bool:
        """Whether it was compressed, and that broke off before its end; complete once all was taken."""
        return self._unpacked is not None and self._unpacked.is_damaged


class Unpacked(RawIOBase):
    """What a gzip file holds, up to where it is cut or damaged, which is its end then."""

    def __init__(self, packed: BinaryIO) -> None:
        super().__init__()
        self._packed = packed
        self._unpacker = zlib.decompressobj(_GZIP)
        self.is_damaged = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what BufferedReader hands over
        """As ``RawIOBase``."""
        data = b""
        while not data and (packed := self._next_packed()) is not None:
            try:
                data = self._unpacker.decompress(packed, len(buffer))
            except zlib.error:
                self.is_damaged = True
            if not packed and not data and not self._unpacker.eof:
                self.is_damaged = True
        buffer[: len(data)] = data
        return len(data)

    def _next_packed(self) -> bytes | None:
        """None at the end; nothing where the file has no more but the unpacker may."""
        if self.is_damaged:
            return None
        if self._unpacker.eof:
            following = self._unpacker.unused_data or self._packed.read(_BLOCK_BYTES)
            if not following:
                return None
            self._unpacker = zlib.decompressobj(_GZIP)
            return following
        return self._unpacker.unconsumed_tail or self._packed.read(_BLOCK_BYTES)


@contextmanager
def opened(path: Path) -> Iterator[CapturedBytes]:
    """The file, unpacked if it is gzip, whatever its name. UnreadableRecording if it can not be opened."""
    try:
        with path.open("rb") as file:
            is_gzip = file.read(len(GZIP_MAGIC)) == GZIP_MAGIC
            file.seek(0)
            unpacked = Unpacked(file) if is_gzip else None
            yield CapturedBytes(file if unpacked is None else BufferedReader(unpacked), unpacked)
    except OSError as error:
        raise UnreadableRecording(f"expected a readable file, came {error.strerror}: {path}") from error
