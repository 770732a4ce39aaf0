"""The adapter and the sink against a real Mosquitto: what a subscriber sees."""

import asyncio
import gc
import json
import socket
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from hrvdaemon.broker import Broker, BrokerSettings, PublishRefused, Will, connect
from hrvdaemon.channel import Channel
from hrvdaemon.sinks.mqtt import MqttSettings, MqttSink
from hrvdaemon.vocabulary.epochs import Quality, WindowMetrics
from hrvdaemon.vocabulary.errors import BrokerUnavailable
from hrvdaemon.vocabulary.events import WindowSummarised
from hrvdaemon.vocabulary.inputs import Input, RunStarted, Tick
from hrvdaemon.vocabulary.steps import Step
from hrvdaemon.vocabulary.units import RunId, instant

PREFIX = "hrvd/v1/home/k7f2"
WILL = Will(topic=f"{PREFIX}/status", payload="offline", delay_s=1)
BEGIN = instant("2026-11-22T14:00:00Z")
INSTALL = "apt-get install mosquitto mosquitto-clients"

StartMosquitto = Callable[..., Awaitable[Any]]
RequireBinary = Callable[[str, str], str]


def settings(mosquitto: Any, **changed: Any) -> BrokerSettings:
    return BrokerSettings(**{"host": "127.0.0.1", "port": mosquitto.port, **changed})


@asynccontextmanager
async def subscribed(
    mosquitto: Any, topic: str = "hrvd/#", **login: str
) -> AsyncIterator[Callable[[int], Awaitable[list[Any]]]]:
    """``await received(n)`` is the next n messages, as a practitioner's client gets them."""
    v5 = aiomqtt.ProtocolVersion.V5
    async with aiomqtt.Client("127.0.0.1", mosquitto.port, protocol=v5, **login) as client:  # type: ignore[arg-type]  # names of a login only
        await client.subscribe(topic, qos=1)

        async def received(n: int) -> list[Any]:
            async with asyncio.timeout(20):
                return [await anext(client.messages) for _ in range(n)]

        yield received


def cut(broker: Broker) -> None:
    """The network breaks without a goodbye."""
    line = broker._client._client.socket()
    assert isinstance(line, socket.socket)
    line.shutdown(socket.SHUT_RDWR)


def texts(messages: list[Any]) -> list[tuple[str, str]]:
    return [(str(m.topic).removeprefix(f"{PREFIX}/"), m.payload.decode()) for m in messages]


async def test_what_is_published_arrives_with_its_properties(start_mosquitto: StartMosquitto) -> None:
    mosquitto = await start_mosquitto()
    async with subscribed(mosquitto) as received, connect(settings(mosquitto), will=WILL, identifier="k7f2") as broker:
        await broker.publish(f"{PREFIX}/state", "{}", retain=True, expiry_s=3600, schema="hrvd.state/1")
        await broker.publish(f"{PREFIX}/summary/window", "{}", retain=False, schema="hrvd.window/1")
        await broker.publish(f"{PREFIX}/status", "online", retain=True)
        state, window, status = await received(3)
    assert (state.qos, state.payload) == (1, b"{}")
    assert state.properties.MessageExpiryInterval == 3600
    assert state.properties.ContentType == "application/json"
    assert state.properties.UserProperty == [("schema", "hrvd.state/1")]
    assert not hasattr(window.properties, "MessageExpiryInterval")
    assert not hasattr(status.properties, "ContentType")


async def test_an_empty_retained_message_clears_the_topic(start_mosquitto: StartMosquitto) -> None:
    mosquitto = await start_mosquitto()
    async with connect(settings(mosquitto), will=WILL, identifier="k7f2") as broker:
        await broker.publish(f"{PREFIX}/state", "{}", retain=True)
        await broker.publish(f"{PREFIX}/meta", "{}", retain=True)
        await broker.publish(f"{PREFIX}/state", "", retain=True)
    async with subscribed(mosquitto) as received:
        assert texts(await received(1)) == [("meta", "{}")]
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await received(1)


@pytest.fixture
def accounts(require_binary: RequireBinary, tmp_path: Path) -> tuple[str, ...]:
    """Config of a broker that knows two clients and a practitioner, with the access list of the documents."""
    passwords, access = tmp_path / "passwords", tmp_path / "access"
    passwd = require_binary("mosquitto_passwd", INSTALL)
    passwords.touch(mode=0o600)
    for user in ("k7f2", "q9x1", "pract1"):
        subprocess.run([passwd, "-b", str(passwords), user, f"of {user}"], check=True, capture_output=True)
    access.write_text("pattern write hrvd/v1/home/%u/#\n\nuser pract1\ntopic read hrvd/v1/home/+/#\n")
    access.chmod(0o600)
    return (f"password_file {passwords}", f"acl_file {access}", "allow_anonymous false")


async def test_a_forbidden_topic_is_refused_and_the_own_one_goes(
    start_mosquitto: StartMosquitto, accounts: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    mosquitto = await start_mosquitto(*accounts)
    monkeypatch.setenv("HRVDAEMON_MQTT_PASSWORD", "of k7f2")
    login = settings(mosquitto, username="k7f2")
    async with subscribed(mosquitto, username="pract1", password="of pract1") as received:
        async with connect(login, will=WILL, identifier="k7f2") as broker:
            with pytest.raises(PublishRefused, match="refused hrvd/v1/home/q9x1/state: Not authorized"):
                await broker.publish("hrvd/v1/home/q9x1/state", "spoofed", retain=True)
            await broker.publish(f"{PREFIX}/state", "own", retain=True)
        assert texts(await received(1)) == [("state", "own")]


async def test_a_wrong_password_is_said(
    start_mosquitto: StartMosquitto, accounts: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    mosquitto = await start_mosquitto(*accounts)
    monkeypatch.setenv("HRVDAEMON_MQTT_PASSWORD", "wrong")
    with pytest.raises(BrokerUnavailable, match="Not authorized"):
        async with connect(settings(mosquitto, username="k7f2"), will=WILL, identifier="k7f2"):
            pass


async def test_a_broken_line_is_noticed_and_the_will_follows(start_mosquitto: StartMosquitto) -> None:
    mosquitto = await start_mosquitto()
    async with subscribed(mosquitto) as received:
        async with connect(settings(mosquitto), will=WILL, identifier="k7f2") as broker:
            await broker.publish(WILL.topic, "online", retain=True)
            cut(broker)
            async with asyncio.timeout(5):
                await broker.lost()
            with pytest.raises(BrokerUnavailable):
                await broker.publish(WILL.topic, "x", retain=True)
        assert texts(await received(2)) == [("status", "online"), ("status", "offline")]


async def test_who_is_back_within_the_wills_delay_was_never_offline(start_mosquitto: StartMosquitto) -> None:
    mosquitto = await start_mosquitto()
    async with subscribed(mosquitto) as received:
        async with connect(settings(mosquitto), will=WILL, identifier="k7f2") as broker:
            await broker.publish(WILL.topic, "online", retain=True)
            cut(broker)
            await broker.lost()
        async with connect(settings(mosquitto), will=WILL, identifier="k7f2") as broker:
            await broker.publish(WILL.topic, "online", retain=True)
            assert texts(await received(2)) == [("status", "online"), ("status", "online")]
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(3 * WILL.delay_s):
                    await received(1)


async def test_who_leaves_in_good_order_leaves_no_will(start_mosquitto: StartMosquitto) -> None:
    mosquitto = await start_mosquitto()
    async with subscribed(mosquitto) as received:
        async with connect(settings(mosquitto), will=WILL, identifier="k7f2"):
            pass
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(3 * WILL.delay_s):
                await received(1)


@pytest.fixture
def certificates(require_binary: RequireBinary, tmp_path: Path) -> Path:
    """A private authority and a broker's certificate for 127.0.0.1 by it."""
    openssl = require_binary("openssl", "apt-get install openssl")
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    commands = [
        ["req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=practice"],
        ["req", *key, "-keyout", "broker.key", "-out", "broker.csr", "-subj", "/CN=127.0.0.1"],
        ["x509", "-req", "-in", "broker.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
         "-extfile", "names", "-out", "broker.pem"],
    ]  # fmt: skip
    (tmp_path / "names").write_text("subjectAltName=IP:127.0.0.1\n")
    for command in commands:
        subprocess.run([openssl, *command], cwd=tmp_path, check=True, capture_output=True)
    return tmp_path


async def test_tls_checks_the_brokers_certificate(start_mosquitto: StartMosquitto, certificates: Path) -> None:
    mosquitto = await start_mosquitto(
        f"certfile {certificates / 'broker.pem'}", f"keyfile {certificates / 'broker.key'}", "allow_anonymous true"
    )
    trusting = settings(mosquitto, tls=True, ca_file=certificates / "ca.pem")
    async with connect(trusting, will=WILL, identifier="k7f2") as broker:
        await broker.publish(f"{PREFIX}/state", "{}", retain=True)


@pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <ssl.SSLSocket"
)  # paho leaves the refused socket to the collector
async def test_a_certificate_of_an_unknown_authority_is_not_trusted(
    start_mosquitto: StartMosquitto, certificates: Path
) -> None:
    mosquitto = await start_mosquitto(
        f"certfile {certificates / 'broker.pem'}", f"keyfile {certificates / 'broker.key'}", "allow_anonymous true"
    )
    for doubting in (settings(mosquitto, tls=True), settings(mosquitto, tls=True, ca_file=certificates / "none.pem")):
        with pytest.raises(BrokerUnavailable):
            async with connect(doubting, will=WILL, identifier="k7f2"):
                pass
    gc.collect()


class Wearer:
    """A run whose steps go into a sink that speaks to the broker."""

    def __init__(self, mosquitto: Any, **changed: Any) -> None:
        self.reports: list[str] = []
        self._news = asyncio.Event()
        self.may_try = asyncio.Event()
        self.may_try.set()
        self.steps: Channel[Step] = Channel()
        self._number = 0
        mqtt = MqttSettings(enabled=True, client="k7f2", broker=settings(mosquitto), **changed)
        sink = MqttSink(
            mqtt,
            sentence=lambda state, _: f"sentence of {state}",
            report=self._report,
            sleep=self._pause,
        )
        self.task = asyncio.ensure_future(sink.run(self.steps))
        self.put(
            RunStarted(mono_ms=0, at=BEGIN, run=RunId("run1"), version="1", zone="Europe/Berlin", boot_id="b", seed=1)
        )

    async def _pause(self, _: float) -> None:
        await asyncio.sleep(0.1)
        await self.may_try.wait()

    def _report(self, line: str) -> None:
        self.reports.append(line)
        self._news.set()

    async def heard(self, line: str) -> None:
        """Return once the newest report begins like this."""
        async with asyncio.timeout(20):
            while not self.reports or not self.reports[-1].startswith(line):
                self._news.clear()
                await self._news.wait()

    def put(self, given: Input, *events: WindowSummarised) -> None:
        self.steps.put(Step(run=RunId("run1"), number=self._number, input=given, events=events))
        self._number += 1

    def window(self, number: int) -> None:
        metrics = WindowMetrics(
            window_s=300.0, n_beats=341, n_pairs=330, coverage=0.991, artefact_share=0.012, quality=Quality.GOOD,
            mean_rr_ms=880.0, mean_hr_bpm=68.2, sdnn_ms=42.1, rmssd_ms=31.4, ln_rmssd=3.4468, pnn50_percent=None,
        )  # fmt: skip
        mono_ms = number * 300_000
        event = WindowSummarised(mono_ms=mono_ms, at=BEGIN, number=number, start_at=BEGIN, metrics=metrics)
        self.put(Tick(mono_ms=mono_ms), event)

    async def end(self) -> None:
        self.steps.close()
        async with asyncio.timeout(20):
            await self.task


async def test_mosquitto_sub_alone_serves_a_practitioner(
    start_mosquitto: StartMosquitto, require_binary: RequireBinary
) -> None:
    mosquitto = await start_mosquitto()
    mosquitto_sub = require_binary("mosquitto_sub", INSTALL)
    wearer = Wearer(mosquitto)
    async with subscribed(mosquitto) as received:
        wearer.window(1)
        await received(4)
        wearer.steps.close()
        await received(1)
    await wearer.end()
    where = ["-h", "127.0.0.1", "-p", str(mosquitto.port), "-V", "5", "-t", "hrvd/#"]
    command = [mosquitto_sub, *where, "-C", "3", "-W", "10", "-F", "%r %t %p"]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=True)
    lines = {line.split(" ", 2)[1].removeprefix(f"{PREFIX}/"): line.split(" ", 2) for line in done.stdout.splitlines()}
    assert set(lines) == {"status", "state", "meta"}
    assert all(retained == "1" for retained, _, _ in lines.values())
    assert lines["status"][2] == "offline"
    assert json.loads(lines["state"][2])["at"] == "2026-11-22T14:05:00.000Z"
    assert json.loads(lines["meta"][2])["tz"] == "Europe/Berlin"


async def test_a_run_is_published_whole_and_in_order(start_mosquitto: StartMosquitto) -> None:
    mosquitto = await start_mosquitto()
    async with subscribed(mosquitto) as received:
        wearer = Wearer(mosquitto)
        for number in range(1, 4):
            wearer.window(number)
        await wearer.end()
        messages = texts(await received(7))
    assert [leaf if leaf != "status" else text for leaf, text in messages] == [
        "online", "meta", "state", "summary/window", "summary/window", "summary/window", "offline",
    ]  # fmt: skip
    assert [json.loads(text)["seq"] for leaf, text in messages if leaf == "summary/window"] == [1, 2, 3]


async def test_a_broker_that_comes_late_gets_everything(start_mosquitto: StartMosquitto) -> None:
    mosquitto = await start_mosquitto()
    mosquitto.stop()
    wearer = Wearer(mosquitto)
    wearer.may_try.clear()
    for number in range(1, 4):
        wearer.window(number)
    await wearer.heard(f"no connection to the broker 127.0.0.1:{mosquitto.port}")
    await mosquitto.start()
    async with subscribed(mosquitto, f"{PREFIX}/summary/#") as received:
        wearer.may_try.set()
        assert [json.loads(text)["id"] for _, text in texts(await received(3))] == [
            "run1-window-1", "run1-window-2", "run1-window-3",
        ]  # fmt: skip
    await wearer.end()
    assert wearer.reports[1:] == ["connected to the broker"]


@pytest.mark.parametrize("kill", [False, True])
async def test_a_broker_that_starts_anew_is_online_again_with_all_retained_topics(
    start_mosquitto: StartMosquitto, kill: bool
) -> None:
    mosquitto = await start_mosquitto()
    wearer = Wearer(mosquitto)
    async with subscribed(mosquitto) as received:
        wearer.window(1)
        await received(4)
    mosquitto.stop(kill=kill)
    await wearer.heard("no connection")
    wearer.window(2)
    await mosquitto.start()
    await wearer.heard("connected")
    await wearer.end()
    async with subscribed(mosquitto) as received:
        retained = dict(texts(await received(3)))
    assert set(retained) == {"status", "meta", "state"}
    assert json.loads(retained["state"])["at"] == "2026-11-22T14:10:00.000Z"
