"""MQTT that is off needs no broker; one that is on must be reached."""

import socket
from typing import Any

from hrvdaemon.cli.checks import NOT_LOOKED_AT, Result
from hrvdaemon.cli.checks.broker import broker

ON = '[mqtt]\nenabled = true\nclient = "k7f2mq4x2d"\nhost = "127.0.0.1"\nport = {port}\n'


def test_mqtt_that_is_off_is_said(circumstances: Any) -> None:
    assert broker(circumstances()) == (Result.OK, "MQTT is off: nothing leaves this computer.", None)
    assert broker(circumstances(is_broken=True)) == NOT_LOOKED_AT


def test_a_broker_that_listens_is_reached_and_nothing_is_sent(circumstances: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert broker(circumstances(ON.format(port=port))) == (
            Result.OK,
            f"A broker answers at 127.0.0.1 port {port}.",
            None,
        )
        connection, _ = server.accept()
        with connection:
            assert connection.recv(100) == b""


def test_nobody_there_is_a_failure_with_a_next_step(circumstances: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    result, detail, fix = broker(circumstances(ON.format(port=port)))
    assert result is Result.FAIL
    assert detail == f"No broker answers at 127.0.0.1 port {port}: Connection refused."
    assert "[mqtt]" in (fix or "")
