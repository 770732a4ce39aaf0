"""The config that is written is one that the daemon takes, private, and whole or not there."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hrvdaemon.cli import config_writing
from hrvdaemon.cli.config_writing import Choices, config_text, judge, settings_before, write_config
from hrvdaemon.config import load
from hrvdaemon.config.sections import Reach
from hrvdaemon.vocabulary.errors import BadConfig, BadUsage, Unavailable

NOW = datetime(2026, 11, 24, 16, 42, 7, tzinfo=UTC)


@pytest.mark.parametrize("reach", ["desktop", "terminal", "mqtt", "quiet"])
@pytest.mark.parametrize("address", ["C4:11:22:33:44:55", None])
@pytest.mark.parametrize("broker", ["localhost", "broker.example.org"])
def test_the_daemon_takes_what_is_written(tmp_path: Path, reach: Reach, address: str | None, broker: str) -> None:
    path = tmp_path / "hrvdaemon.toml"
    text = config_text(Choices(address=address, adapter="hci1", reach=reach, broker=broker), {})
    judge(text, path)
    write_config(path, text, NOW)
    config = load(path)
    assert (config.strap.address, config.strap.adapter, config.wearer.reach) == (address, "hci1", reach)
    assert config.mqtt.enabled is (reach == "mqtt")
    assert config.pipeline_settings == ({"prompts.daily_cap": 0} if reach == "quiet" else {})


def test_another_machine_is_spoken_to_over_tls_only() -> None:
    mqtt = tomllib.loads(config_text(Choices(reach="mqtt", broker="broker.example.org"), {}))["mqtt"]
    assert (mqtt["tls"], mqtt["port"]) == (True, 8883)
    assert tomllib.loads(config_text(Choices(reach="mqtt", broker="127.0.0.1"), {}))["mqtt"]["tls"] is False


def test_a_broker_that_was_set_before_keeps_its_port_and_a_new_one_has_its_own() -> None:
    before = {"mqtt": {"host": "broker.example.org", "port": 9999, "tls": True, "client": "k7f2mq4x2d"}}

    def port(broker: str | None) -> tuple[str, int]:
        mqtt = tomllib.loads(config_text(Choices(reach="mqtt", broker=broker), before))["mqtt"]
        return mqtt["host"], mqtt["port"]

    assert port(None) == port("broker.example.org") == ("broker.example.org", 9999)
    assert port("other.example.org") == ("other.example.org", 8883)
    assert port("localhost") == ("localhost", 1883)


@pytest.mark.parametrize("name", ['"]\\', "# [store]", "Jörgs Gürtel 💙", "x = 1"])
def test_a_strap_whose_name_looks_like_toml_changes_nothing(name: str) -> None:
    written = tomllib.loads(config_text(Choices(address=name, strap_name=name), {}))
    assert written == {"strap": {"address": name}, "wearer": {"reach": "terminal"}}


BEFORE = """
[strap]
address = "C4:11:22:33:44:66"
others = ["TICKR"]
data_watchdog_s = 12.5
[store]
path = "here.db"
[mqtt]
enabled = true
client = "k7f2mq4x2d"
fields = ["state"]
agreed_on = 2026-11-22
[wearer]
age = 40
reach = "quiet"
[detector]
dominance.theta_on = 1.7
[detector.prompts]
strap_on_min = 20
"""


def test_what_was_set_before_stays_but_for_the_choices(tmp_path: Path) -> None:
    path = tmp_path / "hrvdaemon.toml"
    path.write_text(BEFORE)
    before = settings_before(path)
    after = tomllib.loads(config_text(Choices(address="C4:11:22:33:44:55", reach="mqtt"), before))
    expected = tomllib.loads(BEFORE)
    expected["strap"]["address"] = "C4:11:22:33:44:55"
    expected["wearer"]["reach"] = "mqtt"
    expected["mqtt"]["host"] = "localhost"
    assert after == expected


def test_a_strap_that_was_not_looked_for_stays(tmp_path: Path) -> None:
    path = tmp_path / "hrvdaemon.toml"
    path.write_text(BEFORE)
    assert tomllib.loads(config_text(Choices(), settings_before(path)))["strap"] == tomllib.loads(BEFORE)["strap"]


def test_an_address_takes_the_place_of_a_name() -> None:
    before = {"strap": {"name": "Polar", "pair": True}}
    strap = tomllib.loads(config_text(Choices(address="C4:11:22:33:44:55"), before))["strap"]
    assert strap == {"address": "C4:11:22:33:44:55", "pair": True}


def test_of_a_config_with_mistakes_nothing_can_be_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "hrvdaemon.toml"
    path.write_text("[strap]\nadress = 1\n")
    with pytest.raises(BadConfig, match="did you mean"):
        settings_before(path)


def test_comments_are_short() -> None:
    text = config_text(Choices(address="C4:11:22:33:44:55", strap_name="Polar H10", reach="mqtt"), {})
    comments = [line for line in text.splitlines() if line.startswith("#")]
    assert len(comments) == 3
    assert max(map(len, comments)) < 100


def test_what_the_daemon_would_refuse_is_refused_before_it_is_written(tmp_path: Path) -> None:
    with pytest.raises(BadUsage, match=r"(?s)not written; 1 mistake.*mqtt.host"):
        judge(config_text(Choices(reach="mqtt", broker="two words"), {}), tmp_path / "hrvdaemon.toml")


def test_file_and_folder_are_the_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "a" / "hrvdaemon.toml"
    assert write_config(path, "x = 1\n", NOW) is None
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert [each.name for each in path.parent.iterdir()] == ["hrvdaemon.toml"]


def test_what_was_there_is_kept_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "hrvdaemon.toml"
    path.write_text("old = 1\n")
    path.chmod(0o644)
    kept = write_config(path, "new = 1\n", NOW)
    assert kept == tmp_path / "hrvdaemon.toml.before-20261124-164207"
    assert (kept.read_text(), path.read_text()) == ("old = 1\n", "new = 1\n")
    assert (kept.stat().st_mode & 0o777, path.stat().st_mode & 0o777) == (0o600, 0o600)


def test_a_link_is_followed_and_stays_a_link(tmp_path: Path) -> None:
    target, path = tmp_path / "real.toml", tmp_path / "hrvdaemon.toml"
    target.write_text("old = 1\n")
    path.symlink_to(target)
    write_config(path, "new = 1\n", NOW)
    assert path.is_symlink()
    assert target.read_text() == "new = 1\n"


@pytest.mark.parametrize("step", ["_write_private", "_copy"])
@pytest.mark.parametrize("fault", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_an_interrupt_or_a_full_disk_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, fault: BaseException
) -> None:
    path = tmp_path / "hrvdaemon.toml"
    path.write_text("old = 1\n")
    real = getattr(config_writing, step)

    def half(target: Path, *rest: object) -> None:
        real(target, *rest)
        raise fault

    monkeypatch.setattr(config_writing, step, half)
    with pytest.raises((KeyboardInterrupt, Unavailable)):
        write_config(path, "new = 1\n", NOW)
    assert path.read_text() == "old = 1\n"
    assert [each for each in tmp_path.iterdir() if each.name.startswith(".")] == []


def test_a_place_that_can_not_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match=r"expected a place for the config at .*file/hrvdaemon\.toml, came"):
        write_config(tmp_path / "file" / "hrvdaemon.toml", "", NOW)
