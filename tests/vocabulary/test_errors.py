"""Errors by whose fault they are, and the exit codes that commands promise (design 9)."""

import pytest

from hrvdaemon.vocabulary import errors


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.BadInput, 3),
        (errors.UnreadableRecording, 3),
        (errors.BadUsage, 2),
        (errors.BadConfig, 2),
        (errors.RadioUnavailable, 4),
        (errors.BrokerUnavailable, 4),
        (errors.DatabaseUnavailable, 4),
        (errors.DaemonNotRunning, 4),
        (errors.NothingToSay, 1),
        (errors.HrvdaemonError, 70),
    ],
)
def test_the_exit_code_says_whose_fault_it_is(error: type[errors.HrvdaemonError], code: int) -> None:
    assert error.exit_code == code
    assert issubclass(error, errors.HrvdaemonError)


def test_a_malformed_packet_says_what_was_expected_what_came_and_shows_it() -> None:
    error = errors.MalformedPacket(bytes.fromhex("1048"), "a multiple of 2")
    assert str(error) == "expected a multiple of 2, came 2 bytes (packet 10 48)"
    assert error.exit_code == 3


def test_an_empty_packet_is_named() -> None:
    assert "packet empty" in str(errors.MalformedPacket(b"", "a flags byte"))


def test_every_error_is_in_the_tree_that_the_docstring_draws() -> None:
    tree = errors.__doc__ or ""
    ours = [name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, Exception)]
    assert len(ours) >= 11
    assert all(name in tree for name in ours)
