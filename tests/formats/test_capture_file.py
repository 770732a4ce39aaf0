import gzip
import random
import tracemalloc
from pathlib import Path
from struct import pack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hrvdaemon.formats.capture_file import CaptureReader, is_capture
from hrvdaemon.formats.heart_rate_capture import Wish
from hrvdaemon.formats.reading import ASSUMED_START, read_any, read_rr
from hrvdaemon.vocabulary.errors import UnreadableRecording
from hrvdaemon.vocabulary.inputs import Input, PacketReceived, RunEnded, RunStarted, SensorConnected, SensorLost
from hrvdaemon.vocabulary.units import instant
from tests.formats import capture_writer as w
from tests.formats.capture_writer import BEGAN_US, EVENT, HCI, MONITOR, UART, Packet

VALUES = [bytes([0x10, 60 + k]) + pack("<2H", 700 + k, 710 + k) for k in range(30)]
ARM = "C4:11:22:33:44:66"
WANTED = Wish(start_at=ASSUMED_START)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "capture"


def data(inputs: tuple[Input, ...]) -> list[bytes]:
    return [one.data for one in inputs if isinstance(one, PacketReceived)]


WRITERS = {
    "UART": w.btsnoop(w.session(VALUES)),
    "HCI": w.btsnoop(w.session(VALUES), HCI),
    "monitor": w.btsnoop(w.session(VALUES), MONITOR),
    "PacketLogger": w.packet_logger(w.session(VALUES)),
    "PacketLogger, little endian": w.packet_logger(w.session(VALUES), "<"),
    "gzip": gzip.compress(w.btsnoop(w.session(VALUES))),
}


@pytest.mark.parametrize("written", WRITERS.values(), ids=WRITERS)
def test_whatever_wrote_it_a_capture_is_replayed_with_its_own_times(path: Path, written: bytes) -> None:
    path.write_bytes(written)
    replayable = read_any(path)
    first, last = replayable.inputs[0], replayable.inputs[-1]
    assert isinstance(first, RunStarted)
    assert isinstance(last, RunEnded)
    assert first.at == instant("2026-03-10T08:00:02Z")  # two seconds after it was connected
    assert data(replayable.inputs) == VALUES
    assert [one.mono_ms for one in replayable.inputs if isinstance(one, PacketReceived)] == [
        k * 1000 for k in range(30)
    ]
    assert [(one.mono_ms, one.reason) for one in replayable.inputs if isinstance(one, SensorLost)] == [
        (29_000 + 8_000, "connection timeout")
    ]
    assert replayable.notes == (f"{w.ADDRESS}, 30 notifications; 0.5 min from 2026-03-10T08:00:02.000Z",)
    assert replayable.problems == ()


def test_a_capture_has_the_intervals_of_its_packets(path: Path) -> None:
    path.write_bytes(w.btsnoop(w.session(VALUES)))
    series = read_rr(path)
    assert series.format == "bluetooth-capture"
    assert series.rr_ms.tolist() == [ticks * 1000 / 1024 for k in range(30) for ticks in (700 + k, 710 + k)]


def test_a_capture_cut_anywhere_gives_the_same_packets_up_to_there(path: Path) -> None:
    whole = w.btsnoop(w.session(VALUES))
    ends = [len(w.btsnoop(w.session(VALUES)[:n])) for n in range(4, 34)]
    for cut in range(ends[0], len(whole), 7):
        path.write_bytes(whole[:cut])
        replayable = read_any(path)
        assert data(replayable.inputs) == VALUES[: sum(end <= cut for end in ends)]
        assert cut in ends or "cut here" in str(replayable.problems[0])


def test_a_cut_gzip_file_gives_what_it_has(path: Path) -> None:
    values = [random.Random(k).randbytes(4) for k in range(500)]
    packed = gzip.compress(w.btsnoop(w.session(values)))
    path.write_bytes(packed[: len(packed) // 2])
    replayable = read_any(path)
    got = data(replayable.inputs)
    assert got == values[: len(got)]
    assert 200 < len(got) < 300
    assert "compressed file is cut or damaged" in str(replayable.problems[-1])


def test_a_clock_that_is_set_back_loses_no_packet_and_is_told(path: Path) -> None:
    first, again = w.session(VALUES[:10]), w.session(VALUES[10:], began_us=BEGAN_US - 3_600_000_000)
    path.write_bytes(w.btsnoop(first[:-1] + again[3:]))
    replayable = read_any(path)
    assert data(replayable.inputs) == VALUES
    times = [one.mono_ms for one in replayable.inputs]
    assert times == sorted(times)
    assert [type(one).__name__ for one in replayable.inputs].count("ClockChanged") == 1
    assert "steps back by 3609.0 s" in str(replayable.problems[0])


def test_a_capture_without_a_clock_starts_at_a_fixed_time_and_says_so(path: Path) -> None:
    path.write_bytes(w.btsnoop(w.session(VALUES, began_us=-w.UNIX_EPOCH_US)))
    replayable = read_any(path)
    assert isinstance(replayable.inputs[0], RunStarted)
    assert replayable.inputs[0].at == ASSUMED_START
    assert "no clock in the capture" in replayable.notes[-1]


def test_two_straps_are_both_replayed_and_one_can_be_chosen(path: Path) -> None:
    other = w.session([b"\x00\x50"] * 20, handle=65, address=ARM, adapter=1)
    path.write_bytes(w.btsnoop(sorted(w.session(VALUES) + other, key=lambda packet: packet.at_us), MONITOR))
    replayable = read_any(path)
    assert {one.sensor for one in replayable.inputs if isinstance(one, SensorConnected)} == {w.ADDRESS, ARM}
    assert len(data(replayable.inputs)) == 50
    reader = CaptureReader(path, Wish(start_at=ASSUMED_START, address=ARM))
    assert data(tuple(reader)) == [b"\x00\x50"] * 20
    with pytest.raises(UnreadableRecording, match=f"expected the strap C4:00:00:00:00:00, came {w.ADDRESS}, {ARM}"):
        list(CaptureReader(path, Wish(start_at=ASSUMED_START, address="C4:00:00:00:00:00")))


def test_a_handle_helps_where_the_host_knew_the_strap(path: Path) -> None:
    session = w.session(VALUES)
    path.write_bytes(w.btsnoop([session[0], *session[3:]]))
    with pytest.raises(UnreadableRecording, match=r"0x0010 of C4:11:22:33:44:55 .30, could be heart rate.: say which"):
        read_any(path)
    reader = CaptureReader(path, Wish(start_at=ASSUMED_START, handle=0x10))
    assert data(tuple(reader)) == VALUES


def test_different_captures_are_different_runs_and_so_are_different_wishes(path: Path) -> None:
    def run(wanted: Wish) -> str:
        first = next(iter(CaptureReader(path, wanted)))
        assert isinstance(first, RunStarted)
        return first.run

    path.write_bytes(w.btsnoop(w.session(VALUES)))
    names = [run(WANTED), run(WANTED), run(Wish(start_at=ASSUMED_START, handle=0x10))]
    path.write_bytes(w.btsnoop(w.session(VALUES[:-1])))
    names.append(run(WANTED))
    assert names[0] == names[1]
    assert len(set(names)) == 3


@pytest.mark.parametrize(
    ("head", "why"),
    [
        (b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00" + bytes(40), "btsnoop, came pcap; `editcap -F btsnoop .* FILE.log`"),
        (b"\xa1\xb2\x3c\x4d" + bytes(40), "came pcap;"),
        (b"\x0a\x0d\x0d\x0a" + bytes(40), "came pcapng;"),
        (b"PK\x03\x04" + bytes(40), "a zip archive: .*FS/data/misc/bluetooth/logs/btsnoop_hci.log"),
        (b"btsnoop\0\0\0\0\2\0\0\3\xea", "btsnoop version 1, came 2"),
        (b"btsnoop\0\0\0\0\1\0\0\x07\xd2", "came 2002"),
        (b"btsnoop\0", "header of 16 bytes"),
        (b"btsnoop\0\0\0\0\1\0\0\3\xea", "no Bluetooth Low Energy connection is in it"),
    ],
)
def test_another_protocol_is_refused_with_what_to_do(path: Path, head: bytes, why: str) -> None:
    path.write_bytes(head)
    for read in (read_any, read_rr):
        with pytest.raises(UnreadableRecording, match=why):
            read(path)


def test_a_filtered_capture_says_how_to_make_a_whole_one(path: Path) -> None:
    """Android's filtered log keeps the headers of what devices send."""
    records = b"".join(
        pack(">IIIIq", 16, 9, 1, 0, packet.at_us + w.UNIX_EPOCH_US) + b"\x02" + packet.data[:8]
        for packet in w.session(VALUES)[3:-1]
    )
    path.write_bytes(w.btsnoop(w.session(VALUES)[:1]) + records)
    with pytest.raises(UnreadableRecording, match=r"beginning of 30 packets.*Enabled, not Enabled Filtered"):
        read_any(path)


def test_what_is_no_capture_is_refused_as_one(path: Path) -> None:
    path.write_text("800\n810\n")
    assert not is_capture(path.read_bytes())
    with pytest.raises(UnreadableRecording, match="expected a Bluetooth capture"):
        list(CaptureReader(path, WANTED))
    for missing in (path.parent, path.parent / "nowhere"):
        with pytest.raises(UnreadableRecording, match="readable file"):
            CaptureReader(missing, WANTED)


def test_memory_does_not_grow_with_the_capture(path: Path) -> None:
    """Read in a stream: ten times the packets, damaged ones among them, need no more at once."""

    def peak_bytes(n: int) -> int:
        session = w.session([VALUES[0]] * n)
        broken = [
            Packet(packet.at_us, w.ACL, w.acl(w.l2cap(w.notification(b"\x10")), boundary=1)) for packet in session
        ]
        path.write_bytes(w.btsnoop([one for pair in zip(session, broken, strict=True) for one in pair]))
        del session, broken
        tracemalloc.start()
        assert sum(isinstance(one, PacketReceived) for one in CaptureReader(path, WANTED)) == n
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    assert peak_bytes(20_000) < peak_bytes(2_000) + 200_000


@settings(max_examples=150, deadline=None)
@given(changes=st.lists(st.tuples(st.integers(16, 2_000), st.integers(0, 255)), max_size=6), cut=st.integers(16, 2_000))
def test_a_damaged_capture_gives_inputs_or_unreadable_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int]], cut: int
) -> None:
    damaged = bytearray(w.btsnoop(w.session(VALUES)))
    for at, octet in changes:
        damaged[at % len(damaged)] = octet
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(damaged[:cut])
    try:
        replayable = read_any(path)
    except UnreadableRecording:
        return
    times = [one.mono_ms for one in replayable.inputs]
    assert times == sorted(times)
    assert isinstance(replayable.inputs[0], RunStarted)
    assert isinstance(replayable.inputs[-1], RunEnded)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from([UART, HCI, MONITOR]),
    st.lists(st.tuples(st.sampled_from([1, 2, 4]), st.booleans(), st.binary(max_size=40)), max_size=10),
)
def test_any_packets_give_inputs_or_unreadable_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, datalink: int, packets: list[tuple[int, bool, bytes]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "packets"
    path.write_bytes(w.btsnoop([Packet(BEGAN_US, kind, octets, sent) for kind, sent, octets in packets], datalink))
    try:
        read_any(path)
    except UnreadableRecording as error:
        assert "came none" in str(error)
    assert EVENT == 4
