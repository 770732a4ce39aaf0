"""The Heart Rate Measurement characteristic (0x2A37): bytes to a measurement and back, exactly.

Flags decide the layout (Bluetooth SIG, Heart Rate Service 1.0, 3.1): bit 0 the heart rate's width, bits 1-2 skin
contact, bit 3 energy expended, bit 4 RR intervals in 1/1024 s to the end of the packet, oldest first.

Two things real straps send against the letter, and what is made of them:

- bit 4 set and no bytes behind it (a slow heart had no beat in that second): a measurement without RR intervals
- one stray byte behind whole RR intervals: left out, counted in ``stray_bytes``
"""

from dataclasses import dataclass
from enum import IntFlag
from struct import pack, unpack_from

from hrvdaemon.vocabulary.errors import MalformedPacket


class Flags(IntFlag):
    """First byte of the packet; the three highest bits are reserved and ignored."""

    WIDE_HEART_RATE = 0x01
    CONTACT_DETECTED = 0x02
    CONTACT_SUPPORTED = 0x04
    ENERGY_EXPENDED = 0x08
    RR_INTERVALS = 0x10


# Each packet asks for these bits; as plain integers they cost a tenth of what the enumeration costs.
_WIDE, _CONTACT, _CONTACT_SUPPORTED, _ENERGY, _RR = (int(flag) for flag in Flags)
_KNOWN = int(~Flags(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartRateMeasurement:
    """One notification. ``from_bytes`` and ``bytes()`` are inverses, but for stray bytes and reserved flags.

    ``has_contact`` is None where the strap does not report contact (Polar H10: flags 0x10). ``heart_rate_bpm`` 0 means
    no data. ``is_wide`` keeps the width the strap chose; ``has_rr_field`` that bit 4 was set without RR intervals.
    """

    heart_rate_bpm: int
    has_contact: bool | None = None
    energy_kj: int | None = None
    rr_ticks: tuple[int, ...] = ()
    is_wide: bool = False
    has_rr_field: bool = False
    stray_bytes: int = 0

    @classmethod
    def from_bytes(cls, data: bytes) -> "HeartRateMeasurement":
        """Read a packet.

        Raises
        ------
        MalformedPacket
            If the flags promise more than is there, with the bytes and what was expected.

        Examples
        --------
        >>> HeartRateMeasurement.from_bytes(bytes.fromhex("164e1b031203")).rr_ticks
        (795, 786)
        """
        flags, head = _head(data)
        energy_at = 3 if flags & _WIDE else 2
        n_rr, stray = divmod(len(data) - head, 2) if flags & _RR else (0, len(data) - head)
        rr_ticks: tuple[int, ...] = unpack_from(f"<{n_rr}H", data, head)
        return cls(
            heart_rate_bpm=int.from_bytes(data[1:energy_at], "little"),
            has_contact=bool(flags & _CONTACT) if flags & _CONTACT_SUPPORTED else None,
            energy_kj=int.from_bytes(data[energy_at:head], "little") if flags & _ENERGY else None,
            rr_ticks=rr_ticks,
            is_wide=bool(flags & _WIDE),
            has_rr_field=bool(flags & _RR) and not rr_ticks,
            stray_bytes=stray,
        )

    def __bytes__(self) -> bytes:
        """Write the packet. ``struct.error`` if a number does not fit its field."""
        wide = self.is_wide or self.heart_rate_bpm > 0xFF
        energy = b"" if self.energy_kj is None else pack("<H", self.energy_kj)
        head = pack("<BH" if wide else "<BB", self._flags(wide=wide), self.heart_rate_bpm)
        return head + energy + pack(f"<{len(self.rr_ticks)}H", *self.rr_ticks)

    def _flags(self, *, wide: bool) -> int:
        contact = 0 if self.has_contact is None else _CONTACT_SUPPORTED | (_CONTACT if self.has_contact else 0)
        energy = 0 if self.energy_kj is None else _ENERGY
        return (_WIDE if wide else 0) | contact | energy | (_RR if self.rr_ticks or self.has_rr_field else 0)


def _head(data: bytes) -> tuple[int, int]:
    """Flags, and where the RR intervals would begin."""
    if not data:
        raise MalformedPacket(data, "a flags byte and a heart rate")
    flags = data[0] & _KNOWN
    length = 2 + (flags & _WIDE) + (2 if flags & _ENERGY else 0)
    if len(data) < length:
        raise MalformedPacket(data, f"at least {length} bytes for flags {data[0]:#04x}")
    return flags, length
