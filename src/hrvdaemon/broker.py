"""The one file that knows aiomqtt: connect, publish with a receipt, notice a lost connection.

aiomqtt 2.5.1 returns from ``publish`` as if all were well when the broker refuses a message (an ACL, a quota): it
drops the reason code of the PUBACK. Here the code is kept and a refusal raises. That holds for one message at a time,
so ``Broker.publish`` is serial; a canary test holds it against the installed aiomqtt and a real Mosquitto.
"""

import asyncio
import ipaddress
import os
import ssl
import stat
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, Field

from hrvdaemon.vocabulary.errors import BrokerUnavailable

if TYPE_CHECKING:
    import aiomqtt
    from paho.mqtt.properties import Properties

PASSWORD_VARIABLE = "HRVDAEMON_MQTT_PASSWORD"  # noqa: S105 - the name of a variable, not a password
CREDENTIAL = "mqtt-password"
SESSION_EXPIRY_S = 60
"""Longer than the will's delay: MQTT 5 sends a will when its delay passes or the session ends, whichever is first."""


def host_name(text: str) -> str:
    """A name or address that can be looked up, or ValueError."""
    try:
        text.encode("idna")
    except UnicodeError as error:
        raise ValueError("expected the name or address of a broker, such as broker.example.org") from error
    if not text or any(letter.isspace() or not letter.isprintable() for letter in text):
        raise ValueError("expected the name or address of a broker without spaces")
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerSettings:
    """Where the broker is and how we speak to it. ValueError for plain text to another machine nobody accepted."""

    host: Annotated[str, AfterValidator(host_name)] = "localhost"
    """Name or address of the broker."""
    port: Annotated[int, Field(ge=1, le=65535)] = 1883
    """TCP port; 8883 is the custom with TLS."""
    username: str | None = None
    """User name at the broker; the password never stands in the config."""
    password_file: Path | None = None
    """A file with mode 0600 that holds the password."""
    tls: bool = False
    """Encrypt the connection and check the broker's certificate."""
    ca_file: Path | None = None
    """Certificate authority of the broker (PEM); without it the system's."""
    cert_file: Path | None = None
    """Certificate of our own, where the broker asks for one (PEM)."""
    key_file: Path | None = None
    """Private key of ``cert_file`` (PEM)."""
    keepalive_s: Annotated[int, Field(ge=5, le=3600)] = 30
    """A silent connection counts as lost after 1.5 times this."""
    i_accept_plaintext: bool = False
    """Allow health data to cross the network unencrypted."""

    def __post_init__(self) -> None:
        if not (self.tls or self.i_accept_plaintext or is_loopback(self.host)):
            raise ValueError(
                f"expected tls = true for a broker on another machine, came host {self.host!r} without it; "
                "set tls = true, or i_accept_plaintext = true to send health data unencrypted"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Will:
    """What the broker publishes, retained, once we have been silently gone for ``delay_s``."""

    topic: str
    payload: str
    delay_s: int = 30


class PublishRefused(BrokerUnavailable):
    """The broker is there and did not take this message. The connection stays usable."""


class Broker:
    """An open connection; made by ``connect``. After BrokerUnavailable (not PublishRefused) connect anew."""

    def __init__(self, client: "aiomqtt.Client", where: str) -> None:
        self._client = client
        self._where = where
        self._one_at_a_time = asyncio.Lock()
        self._reason: Any = None
        _keep_reasons(client, self._keep)

    async def publish(
        self, topic: str, payload: str, *, retain: bool, expiry_s: int | None = None, schema: str | None = None
    ) -> None:
        """Return once the broker has taken the message (QoS 1). An empty retained payload clears the topic.

        ``expiry_s`` None leaves the property out: the message never expires. Raises PublishRefused, BrokerUnavailable.
        """
        async with self._one_at_a_time:
            self._reason = None
            with _as_unavailable(self._where):
                properties = _properties(expiry_s, schema)
                await self._client.publish(topic, payload, qos=1, retain=retain, properties=properties)
            if self._reason is not None and self._reason.is_failure:
                raise PublishRefused(
                    f"broker {self._where} refused {topic}: {self._reason}; "
                    "its access list must let this user write there"
                )

    async def lost(self) -> None:
        """Return when the connection is gone. For one waiter."""
        import aiomqtt  # noqa: PLC0415 - costs 0.3 s, and most commands speak to no broker

        try:
            async for _ in self._client.messages:
                pass
        except aiomqtt.MqttError:
            return

    def _keep(self, reason: Any) -> None:
        self._reason = reason


@asynccontextmanager
async def connect(settings: BrokerSettings, *, will: Will, identifier: str) -> AsyncIterator[Broker]:
    """An open connection by MQTT 5; leaving the block disconnects, and then the will is not sent.

    ``identifier`` must stay the same for a client: a new connection under it takes the old one's will away, which
    would otherwise say "offline" half a minute after we are back. Raises BrokerUnavailable.
    """
    where = f"{settings.host}:{settings.port}"
    with _as_unavailable(where):
        async with AsyncExitStack() as open_until_left:
            try:
                client = await open_until_left.enter_async_context(_client(settings, will, identifier))
            except (OSError, ValueError) as error:  # such as a host that no lookup takes
                raise BrokerUnavailable(f"no connection to the broker {where}: {error}") from error
            yield Broker(client, where)


def password(settings: BrokerSettings, environ: Mapping[str, str] = os.environ) -> str | None:
    """From systemd's credentials, else the password file, else the environment; None if nowhere.

    Raises BrokerUnavailable for a file that is not there or that others may read.
    """
    credentials = environ.get("CREDENTIALS_DIRECTORY")
    if credentials and (credential := Path(credentials) / CREDENTIAL).is_file():
        return _first_line(credential)
    if settings.password_file is not None:
        return _private_line(settings.password_file)
    return environ.get(PASSWORD_VARIABLE)


def is_loopback(host: str) -> bool:
    """Whether the host is this machine, by its name or address alone; nothing is looked up."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _private_line(path: Path) -> str:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError as error:
        raise BrokerUnavailable(f"expected the MQTT password in {path}, came {error.strerror}") from error
    if mode & 0o077:
        raise BrokerUnavailable(f"expected {path} with mode 0600, came {mode:04o}; run: chmod 600 {path}")
    return _first_line(path)


def _first_line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as error:
        raise BrokerUnavailable(f"expected the MQTT password as text in {path}, came {error}") from error


def _client(settings: BrokerSettings, will: Will, identifier: str) -> "aiomqtt.Client":
    import aiomqtt  # noqa: PLC0415 - costs 0.3 s, and most commands speak to no broker

    return aiomqtt.Client(
        settings.host.strip("[]"),
        settings.port,
        identifier=identifier,
        username=settings.username,
        password=password(settings),
        protocol=aiomqtt.ProtocolVersion.V5,
        keepalive=settings.keepalive_s,
        clean_start=True,
        properties=_session_properties(),
        will=aiomqtt.Will(will.topic, will.payload, qos=1, retain=True, properties=_will_properties(will)),
        tls_context=_tls(settings),
    )


def _tls(settings: BrokerSettings) -> ssl.SSLContext | None:
    """Made here and not by aiomqtt, which does not say which of the files it could not read."""
    if not settings.tls:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with _as_unreadable(settings.ca_file):
        if settings.ca_file is None:
            context.load_default_certs()
        else:
            context.load_verify_locations(settings.ca_file)
    if settings.cert_file is not None:
        with _as_unreadable(settings.cert_file, settings.key_file):
            context.load_cert_chain(settings.cert_file, settings.key_file)
    return context


@contextmanager
def _as_unreadable(*files: Path | None) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        named = " and ".join(str(file) for file in files if file is not None)
        raise BrokerUnavailable(f"expected PEM in {named}, came: {error.strerror or error}") from error


def _packet_properties(packet: str) -> "Properties":
    from paho.mqtt.packettypes import PacketTypes  # noqa: PLC0415 - comes with aiomqtt, as late
    from paho.mqtt.properties import Properties  # noqa: PLC0415 - comes with aiomqtt, as late

    return Properties(getattr(PacketTypes, packet))  # type: ignore[no-untyped-call]  # paho leaves it unannotated


def _session_properties() -> "Properties":
    properties = _packet_properties("CONNECT")
    properties.SessionExpiryInterval = SESSION_EXPIRY_S
    return properties


def _will_properties(will: Will) -> "Properties":
    properties = _packet_properties("WILLMESSAGE")
    properties.WillDelayInterval = will.delay_s
    return properties


def _properties(expiry_s: int | None, schema: str | None) -> "Properties":
    properties = _packet_properties("PUBLISH")
    if expiry_s is not None:
        properties.MessageExpiryInterval = expiry_s
    if schema is not None:
        properties.ContentType = "application/json"
        properties.UserProperty = ("schema", schema)
    return properties


def _keep_reasons(client: "aiomqtt.Client", keep: Any) -> None:
    """Hear each PUBACK's reason code before aiomqtt drops it."""
    paho = client._client  # noqa: SLF001 - the gap is inside aiomqtt; pinned below 3, held by a canary test
    forward: Any = paho.on_publish

    def on_publish(sender: Any, userdata: Any, mid: int, reason: Any, properties: Any) -> None:
        keep(reason)
        forward(sender, userdata, mid, reason, properties)

    paho.on_publish = on_publish


@contextmanager
def _as_unavailable(where: str) -> Iterator[None]:
    import aiomqtt  # noqa: PLC0415 - costs 0.3 s, and most commands speak to no broker

    try:
        yield
    except aiomqtt.MqttError as error:
        raise BrokerUnavailable(f"no connection to the broker {where}: {error}") from error
