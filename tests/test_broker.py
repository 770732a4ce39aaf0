"""The adapter: where the password comes from, what is never sent in the clear, and that a refusal is heard."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiomqtt
import pytest

from hrvdaemon.broker import SESSION_EXPIRY_S, BrokerSettings, PublishRefused, Will, connect, is_loopback, password
from hrvdaemon.vocabulary.errors import BrokerUnavailable

WILL = Will(topic="t/status", payload="offline")
CONNACK = bytes.fromhex("20 03 00 00 00")
NOT_AUTHORIZED = 0x87
SUCCESS = 0x00


@asynccontextmanager
async def tiny_broker(reason_of: Callable[[str], int]) -> AsyncIterator[int]:
    """An MQTT 5 server of four packet types; it answers each PUBLISH with the reason its topic gets. Yields its port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (kind := await reader.read(1)) and kind[0] >> 4 != 14:
            body = await reader.readexactly(await remaining_length(reader))
            if kind[0] >> 4 == 1:
                writer.write(CONNACK)
            if kind[0] >> 4 == 3:
                length = int.from_bytes(body[:2], "big")
                reason = reason_of(body[2 : 2 + length].decode())
                writer.write(b"\x40\x04" + body[2 + length : 4 + length] + bytes((reason, 0)))
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


async def remaining_length(reader: asyncio.StreamReader) -> int:
    length, shift = 0, 0
    while True:
        byte = (await reader.readexactly(1))[0]
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return length


def refuse_forbidden(topic: str) -> int:
    return NOT_AUTHORIZED if topic == "forbidden" else SUCCESS


async def test_the_installed_aiomqtt_still_swallows_a_refusal() -> None:
    """If this fails, aiomqtt says it itself by now, and the adapter can be simpler."""
    v5 = aiomqtt.ProtocolVersion.V5
    async with tiny_broker(refuse_forbidden) as port, aiomqtt.Client("127.0.0.1", port, protocol=v5) as client:
        await client.publish("forbidden", "x", qos=1)


async def test_a_refused_message_raises_and_the_next_one_still_goes() -> None:
    async with tiny_broker(refuse_forbidden) as port:
        settings = BrokerSettings(host="127.0.0.1", port=port)
        async with connect(settings, will=WILL, identifier="x") as broker:
            with pytest.raises(PublishRefused, match="refused forbidden: Not authorized"):
                await broker.publish("forbidden", "x", retain=False)
            await broker.publish("allowed", "x", retain=False)


async def test_refusals_at_the_same_time_reach_the_right_message() -> None:
    async with tiny_broker(refuse_forbidden) as port:
        settings = BrokerSettings(host="127.0.0.1", port=port)
        async with connect(settings, will=WILL, identifier="x") as broker:
            topics = ["allowed", "forbidden"] * 8
            answers = await asyncio.gather(
                *(broker.publish(topic, "x", retain=False) for topic in topics), return_exceptions=True
            )
    assert [isinstance(answer, PublishRefused) for answer in answers] == [topic == "forbidden" for topic in topics]


async def test_no_broker_is_said_with_its_place() -> None:
    server = await asyncio.start_server(lambda _r, _w: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    with pytest.raises(BrokerUnavailable, match=f"no connection to the broker 127.0.0.1:{port}"):
        async with connect(BrokerSettings(host="127.0.0.1", port=port), will=WILL, identifier="x"):
            pass


@pytest.mark.parametrize("host", ["a..b", "x" * 70])
async def test_a_host_that_no_lookup_takes_is_an_unavailable_broker(host: str) -> None:
    with pytest.raises(BrokerUnavailable, match="no connection to the broker"):
        async with connect(BrokerSettings(host=host, i_accept_plaintext=True), will=WILL, identifier="x"):
            pass


async def test_an_address_in_brackets_is_found() -> None:
    """As it stands in a URL."""
    async with (
        tiny_broker(refuse_forbidden) as port,
        connect(BrokerSettings(host="[127.0.0.1]", port=port), will=WILL, identifier="x") as broker,
    ):
        await broker.publish("allowed", "x", retain=False)


async def test_a_mistake_inside_the_connection_is_not_taken_for_a_missing_broker() -> None:
    async with tiny_broker(refuse_forbidden) as port:
        with pytest.raises(ValueError, match="ours"):
            async with connect(BrokerSettings(port=port, host="127.0.0.1"), will=WILL, identifier="x"):
                raise ValueError("ours")


@pytest.mark.parametrize("key", ["ca_file", "cert_file"])
@pytest.mark.parametrize(("content", "said"), [(None, "No such file"), ("no PEM", "")])
async def test_a_certificate_that_can_not_be_read_is_named(
    tmp_path: Path, key: str, content: str | None, said: str
) -> None:
    file = tmp_path / "some.pem"
    if content is not None:
        file.write_text(content)
    settings = BrokerSettings(tls=True, ca_file=file) if key == "ca_file" else BrokerSettings(tls=True, cert_file=file)
    with pytest.raises(BrokerUnavailable, match=f"expected PEM in {re.escape(str(file))}, came: .*{said}"):
        async with connect(settings, will=WILL, identifier="x"):
            pass


def test_a_refusal_is_a_kind_of_unavailable() -> None:
    assert issubclass(PublishRefused, BrokerUnavailable)
    assert PublishRefused.exit_code == 4


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "127.8.8.8", "::1", "[::1]"])
def test_this_machine_may_be_spoken_to_in_the_clear(host: str) -> None:
    assert is_loopback(host)
    assert BrokerSettings(host=host).host == host


@pytest.mark.parametrize("host", ["192.168.1.2", "broker.example.org", "localhost.example.org", "::2", "0.0.0.0"])
def test_another_machine_may_not(host: str) -> None:
    with pytest.raises(ValueError, match="set tls = true, or i_accept_plaintext = true"):
        BrokerSettings(host=host)
    assert BrokerSettings(host=host, tls=True).tls
    assert BrokerSettings(host=host, i_accept_plaintext=True).host == host


def test_the_password_comes_from_systemd_then_the_file_then_the_environment(tmp_path: Path) -> None:
    credentials, file = tmp_path / "credentials", tmp_path / "secret"
    credentials.mkdir()
    file.write_text("of the file\n")
    file.chmod(0o600)
    environ = {"HRVDAEMON_MQTT_PASSWORD": "of the environment", "CREDENTIALS_DIRECTORY": str(credentials)}
    assert password(BrokerSettings(), {}) is None
    assert password(BrokerSettings(), environ) == "of the environment"
    assert password(BrokerSettings(password_file=file), environ) == "of the file"
    (credentials / "mqtt-password").write_text("of systemd\n")
    assert password(BrokerSettings(password_file=file), environ) == "of systemd"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_password_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "secret"
    file.write_text("x")
    file.chmod(mode)
    with pytest.raises(BrokerUnavailable, match=f"expected .*secret with mode 0600, came {mode:04o}; run: chmod 600"):
        password(BrokerSettings(password_file=file), {})


def test_a_password_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(BrokerUnavailable, match="No such file"):
        password(BrokerSettings(password_file=tmp_path / "none"), {"HRVDAEMON_MQTT_PASSWORD": "not this one"})


def test_the_will_waits_half_a_minute_and_the_session_outlasts_it() -> None:
    assert WILL.delay_s == 30
    assert WILL.delay_s < SESSION_EXPIRY_S
