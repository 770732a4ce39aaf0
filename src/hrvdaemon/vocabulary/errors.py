"""Every error this project raises, by whose fault it is.

HrvdaemonError
├── BadInput                 exit 3   what came from outside can't be read
│   ├── MalformedPacket               a notification promises more bytes than it has
│   └── UnreadableRecording           a file has no readable RR interval or input
├── BadUsage                 exit 2   a command or its options make no sense
│   └── BadConfig                     the TOML has mistakes; all of them are listed
├── Unavailable              exit 4   a resource is not there now
│   ├── RadioUnavailable
│   │   └── RadioFault            (sources.radio) what the Bluetooth stack said, in our words
│   ├── BrokerUnavailable
│   │   └── PublishRefused        (broker) the broker's reason code was a failure
│   ├── DatabaseUnavailable
│   └── DaemonNotRunning
└── NothingToSay             exit 1   the answer is no: nothing recorded, no strap found

A message says what was expected, what came, where, and how to fix it. A wrong argument in our own code is ValueError.
"""

from typing import ClassVar


class HrvdaemonError(Exception):
    """Root of the tree; ``exit_code`` is what a command that ends with it returns."""

    exit_code: ClassVar[int] = 70


class BadInput(HrvdaemonError):
    exit_code: ClassVar[int] = 3


class MalformedPacket(BadInput):
    """A heart rate measurement whose flags promise more than its bytes hold."""

    def __init__(self, data: bytes, expected: str) -> None:
        self.data = data
        self.expected = expected
        super().__init__(f"expected {expected}, came {len(data)} bytes (packet {data.hex(' ') or 'empty'})")


class UnreadableRecording(BadInput):
    pass


class BadUsage(HrvdaemonError):
    exit_code: ClassVar[int] = 2


class BadConfig(BadUsage):
    pass


class Unavailable(HrvdaemonError):
    exit_code: ClassVar[int] = 4


class RadioUnavailable(Unavailable):
    pass


class BrokerUnavailable(Unavailable):
    pass


class DatabaseUnavailable(Unavailable):
    pass


class DaemonNotRunning(Unavailable):
    pass


class NothingToSay(HrvdaemonError):
    exit_code: ClassVar[int] = 1
