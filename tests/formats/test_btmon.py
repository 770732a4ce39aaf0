"""Print of btmon 5.66 as it was seen, and the forms that BlueZ 5.50 to 5.80 add to it."""

import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from struct import pack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hrvdaemon.formats.att import attributes_of
from hrvdaemon.formats.btmon import is_btmon, read_btmon
from hrvdaemon.formats.btmon_time import PrintedTimes
from hrvdaemon.formats.capture import (
    AdapterGone,
    AttributeKnown,
    Complaints,
    Happening,
    Link,
    LinkClosed,
    LinkOpened,
    NameHeard,
    Notified,
    ServiceKnown,
)
from hrvdaemon.formats.captured_bytes import CapturedBytes
from hrvdaemon.formats.reading import read_any
from hrvdaemon.vocabulary.inputs import PacketReceived, RunStarted, SensorConnected, SensorLost
from tests.formats import capture_writer as w

LINK = Link(0, 64)

CONNECTED = """\
> HCI Event: LE Meta Event (0x3e) plen 19                     #5 [hci0] 4.000000
      LE Connection Complete (0x01)
        Status: Success (0x00)
        Handle: 64
        Role: Central (0x00)
        Peer address type: Random (0x01)
        Peer address: C4:11:22:33:44:55 (Static)
        Connection interval: 30.00 msec (0x0018)
"""
DISCOVERED = """\
< ACL Data TX: Handle 64 flags 0x00 dlen 11                   #6 [hci0] 4.100000
      ATT: Read By Type Request (0x08) len 6
        Handle range: 0x0001-0xffff
        Attribute type: Characteristic (0x2803)
> ACL Data RX: Handle 64 flags 0x02 dlen 20                   #7 [hci0] 4.200000
      ATT: Read By Type Response (0x09) len 15
        Attribute data length: 7
        Attribute data list: 2 entries
        Handle: 0x000e
        Value: 100f00382a
        Handle: 0x000f
        Value[5]: 101000372a
            Properties: 0x10
              Notify (0x10)
            Value Handle: 0x0010
            Value UUID: Heart Rate Measurement (0x2a37)
"""
NOTIFIED = """\
> ACL Data RX: Handle 64 flags 0x02 dlen 11                  #14 [hci0] 5.000000
      ATT: Handle Value Notification (0x1b) len 6
        Handle: 0x0010
          Data: 103c0004
"""
KNOWN = [AttributeKnown(LINK, 0x0F, "2a38"), AttributeKnown(LINK, 0x10, "2a37")]
BEAT = Notified(5_000, LINK, 0x10, b"\x10\x3c\x00\x04")


def read(text: str) -> tuple[list[Happening], list[str]]:
    complaints = Complaints()
    source = CapturedBytes(BytesIO(text.encode()))
    got = list(attributes_of(read_btmon(source, complaints, PrintedTimes())))
    return got, [str(problem) for problem in complaints.problems]


def test_a_session_in_print_is_read() -> None:
    closed = """\
> HCI Event: Disconnect Complete (0x05) plen 4               #17 [hci0] 9.000000
        Status: Success (0x00)
        Handle: 64
        Reason: Connection Timeout (0x08)
"""
    got, told = read("Bluetooth monitor ver 5.66\n" + CONNECTED + DISCOVERED + NOTIFIED + closed)
    assert got == [
        LinkOpened(4_000, LINK, "C4:11:22:33:44:55"), *KNOWN, BEAT, LinkClosed(9_000, LINK, "connection timeout"),
    ]  # fmt: skip
    assert told == []


@pytest.mark.parametrize(
    "paste",
    [
        NOTIFIED.replace("\n", "\r\n"),
        "".join(f"    {line}\n" for line in NOTIFIED.splitlines()),
        NOTIFIED.replace("> ACL", "bluetoothd[388]: > ACL"),
        NOTIFIED.replace("> ACL", "\x1b[0;36m> ACL").replace(" [hci0]", "\x1b[0m \x1b[0;33m[hci0]\x1b[0m"),
        NOTIFIED.replace("Handle 64", "Hand.."),
        NOTIFIED.replace("          Data: ", "          Data[4]: "),
        NOTIFIED.replace("Handle 64 flags", "Handle 64 Address: C4:11:22:33:44:55 (Static) flags"),
    ],
)
def test_terminals_and_issues_change_the_print_and_not_what_is_read(paste: str) -> None:
    got, told = read(CONNECTED + DISCOVERED + paste)
    assert (got[1:], told) == ([*KNOWN, BEAT], [])


def test_a_notification_whose_type_is_printed_needs_no_discovery() -> None:
    got, told = read(NOTIFIED.replace("Handle: 0x0010", "Handle: 0x0010 Type: Heart Rate Measurement (0x2a37)"))
    assert (got, told) == ([AttributeKnown(LINK, 0x10, "2a37"), BEAT], [])


def test_a_print_that_is_cut_anywhere_gives_what_is_whole_or_a_complaint() -> None:
    for length in range(len(CONNECTED)):
        read(CONNECTED[:length])
    happenings, complaints = read(CONNECTED.replace("Handle: 64", "Handle:", 1))
    assert happenings == []
    assert len(complaints) == 1


def test_services_and_found_information_are_read() -> None:
    text = """\
< ACL Data TX: Handle 64 flags 0x00 dlen 11                   #6 [hci0] 4.100000
      ATT: Read By Group Type Request (0x10) len 6
        Handle range: 0x0001-0xffff
        Attribute group type: Primary Service (0x2800)
> ACL Data RX: Handle 64 flags 0x02 dlen 24                   #7 [hci0] 4.200000
      ATT: Read By Group Type Response (0x11) len 19
        Attribute data length: 6
        Attribute group list: 2 entries
        Handle range: 0x0001-0x0005
        UUID: Generic Access Profile (0x1800)
        Handle range: 0x000d-0x0013
        UUID: Heart Rate (0x180d)
> ACL Data RX: Handle 64 flags 0x02 dlen 10                   #8 [hci0] 4.300000
      ATT: Find Information Response (0x05) len 9
        Format: UUID-16 (0x01)
        Handle: 0x0010
        UUID: Heart Rate Measurement (0x2a37)
        Handle: 0x0011
        UUID: Client Characteristic Configuration (0x2902)
> ACL Data RX: Handle 64 flags 0x02 dlen 22                   #9 [hci0] 4.400000
      ATT: Find Information Response (0x05) len 17
        Format: UUID-128 (0x02)
        Handle: 0x0020
        UUID: Vendor specific (6e400003-b5a3-f393-e0a9-e50e24dcca9e)
"""
    assert read(text) == (
        [
            ServiceKnown(LINK, 1, 5, "1800"), ServiceKnown(LINK, 0x0D, 0x13, "180d"),
            AttributeKnown(LINK, 0x10, "2a37"), AttributeKnown(LINK, 0x11, "2902"),
            AttributeKnown(LINK, 0x20, "6e400003b5a3f393e0a9e50e24dcca9e"),
        ],
        [],
    )  # fmt: skip


def test_names_redacted_addresses_and_resets_are_read() -> None:
    advertised = """\
> HCI Event: LE Meta Event (0x3e) plen 35                     #3 [hci1] 3.100000
      LE Advertising Report (0x02)
        Num reports: 1
        Address: C4:11:22:33:44:55 (Static)
        Name (complete): Polar H10
        RSSI: -60 dBm (0xc4)
"""
    reset = "< HCI Command: Reset (0x03|0x0003) plen 0                    #2 [hci1] 3.000000\n"
    redacted = CONNECTED.replace("C4:11:22:33:44:55", "xx:xx:xx:xx:xx:xx")
    assert read(reset + advertised + redacted)[0] == [
        AdapterGone(3_000, 1, "the adapter was reset or went away"),
        NameHeard("C4:11:22:33:44:55", "Polar H10"),
        LinkOpened(4_000, LINK, "XX:XX:XX:XX:XX:XX"),
    ]


def test_a_paste_that_begins_and_ends_in_the_middle_gives_what_is_whole() -> None:
    got, told = read("        Handle: 0x0010\n          Data: 1000\n" + NOTIFIED + NOTIFIED[:-25])
    assert got == [BEAT]
    assert told == [
        "line 7: expected a packet as btmon prints it: no 'Data' below 'ACL Data RX: Handle 64 flags 0x02 dlen 11'"
    ]


def test_a_handle_that_is_cut_off_between_two_connections_is_told() -> None:
    got, told = read(
        CONNECTED + CONNECTED.replace("Handle: 64", "Handle: 65") + NOTIFIED.replace("Handle 64", "Hand..")
    )
    assert [type(one) for one in got] == [LinkOpened, LinkOpened]
    assert told == [
        "line 17: expected a packet as btmon prints it: the connection's handle is cut off, and there are several; print it wider"
    ]


@pytest.mark.parametrize("broken", ["Data: 10zz", "Data: 103", "Handle: 16", "Handle: 0x10", "Data: 103c00"])
def test_what_is_no_print_is_told_by_its_line(broken: str) -> None:
    name = broken.partition(":")[0]
    lines = [broken if line.strip().startswith(name) else line for line in NOTIFIED.splitlines()]
    got, told = read("\n".join(lines) + "\n" + NOTIFIED)
    assert got == [BEAT]
    assert len(told) == 1
    assert told[0].startswith("line 1: expected a packet as btmon prints it: ")


@pytest.mark.parametrize(
    ("head", "is_print"),
    [
        ("Bluetooth monitor ver 5.66\n", True),
        ("I see this:\n\n" + NOTIFIED, True),
        ("> 800\n< 810\n", False),
        ("800\n810\n", False),
        ("date,rr\n", False),
    ],
)
def test_print_is_known_by_its_lines(head: str, is_print: bool) -> None:
    assert is_btmon(head.encode()) is is_print


PARTS = [*CONNECTED.splitlines(), *DISCOVERED.splitlines(), *NOTIFIED.splitlines()]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PARTS) | st.text(max_size=30), max_size=30))
def test_any_lines_give_happenings_or_complaints(lines: list[str]) -> None:
    read("\n".join(lines))


def printed(require_binary: Callable[[str, str], str], *arguments: str) -> str:
    btmon = require_binary("btmon", "apt-get install bluez")
    return subprocess.run([btmon, *arguments], capture_output=True, text=True, check=True, timeout=20).stdout


@pytest.mark.parametrize(("option", "began"), [((), None), (("-t",), None), (("-T",), "UTC")])
def test_what_btmon_itself_prints_of_a_capture_reads_as_the_capture(
    require_binary: Callable[[str, str], str], tmp_path: Path, option: tuple[str, ...], began: str | None
) -> None:
    """The capture is the tests' own, its print is BlueZ's. What the host sent is left out: btmon 5.66 ends with a fault
    there on a kernel without Bluetooth."""
    values = [bytes([0x16, 60 + k]) + pack("<2H", 800 + k, 820 + k) for k in range(20)]
    session = [packet for packet in w.session(values) if not packet.sent]
    named = w.Packet(w.BEGAN_US - 1_000_000, w.EVENT, w.advertising_report(w.ADDRESS, w.name(b"Polar H10")))
    adapter = pack("<BB6s8s", 0, 1, w.octets("00:11:22:33:44:55"), b"hci0")
    new = pack(">IIIIq", len(adapter), len(adapter), 0, 0, w.BEGAN_US - 2_000_000 + w.UNIX_EPOCH_US) + adapter
    binary, text = tmp_path / "capture", tmp_path / "print"
    captured = w.btsnoop([named, *session], w.MONITOR)
    binary.write_bytes(captured[:16] + new + captured[16:])
    text.write_text(printed(require_binary, *option, "-r", str(binary)))
    of_capture, of_print = read_any(binary).inputs, read_any(text).inputs
    assert of_print[1:] == of_capture[1:]
    assert [one.data for one in of_print if isinstance(one, PacketReceived)] == values
    assert [one.name for one in of_print if isinstance(one, SensorConnected)] == ["Polar H10"]
    assert [one.mono_ms for one in of_print if isinstance(one, SensorLost)] == [19_000 + 8_000]
    starts = [one.at for one in (*of_capture, *of_print) if isinstance(one, RunStarted)]
    assert began is None or starts[0] == starts[1]
