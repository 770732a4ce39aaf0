"""The config file: its defaults, its example, and every mistake named at once."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from datetime import date
from json import dumps
from pathlib import Path

import pytest

from hrvdaemon import config
from hrvdaemon.broker import BrokerSettings
from hrvdaemon.config.sections import WearerSettings, sections
from hrvdaemon.config.text import line_of
from hrvdaemon.pipeline.ranges import RANGES
from hrvdaemon.pipeline.settings import Settings, defaults
from hrvdaemon.regulation.prompting import PromptSettings
from hrvdaemon.sinks.mqtt import MqttSettings
from hrvdaemon.sources.strap_settings import StrapSettings
from hrvdaemon.store.writer import StoreSettings
from hrvdaemon.vocabulary.errors import BadConfig

EXAMPLE = Path(__file__).parents[1] / "config" / "hrvdaemon.toml"

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str) -> Path:
        path = tmp_path / "hrvdaemon.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture(autouse=True)
def _no_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for variable in ("CONFIGURATION_DIRECTORY", "STATE_DIRECTORY", "RUNTIME_DIRECTORY", "HRVDAEMON_INSTANCE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))


def mistakes(path: Path) -> list[str]:
    with pytest.raises(BadConfig) as raised:
        config.load(path)
    assert raised.value.exit_code == 2
    return [line.removeprefix(f"{path}:") for line in str(raised.value).splitlines()[1:]]


def test_without_a_file_everything_is_as_by_default() -> None:
    loaded = config.load()
    assert loaded.path is None
    assert loaded.strap == StrapSettings()
    assert loaded.store == StoreSettings()
    assert loaded.mqtt == MqttSettings()
    assert loaded.mqtt.enabled is False
    assert loaded.wearer == WearerSettings()
    assert loaded.pipeline_settings == {}
    assert loaded.database.name == "hrvdaemon.db"
    assert loaded.socket.name == "control.sock"


def test_an_empty_file_is_the_defaults(write: Write) -> None:
    assert config.load(write("")).mqtt == MqttSettings()


def test_a_file_asked_for_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match=r"none\.toml: expected a config file, there is none"):
        config.load(tmp_path / "none.toml")


def test_under_systemd_its_folders_are_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CONFIGURATION_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/hrvdaemon")
    monkeypatch.setenv("RUNTIME_DIRECTORY", "/run/hrvdaemon")
    (tmp_path / "hrvdaemon.toml").write_text("[wearer]\nage = 50\n")
    loaded = config.load()
    assert loaded.wearer.age == 50
    assert loaded.database == Path("/var/lib/hrvdaemon/hrvdaemon.db")
    assert loaded.socket == Path("/run/hrvdaemon/control.sock")


def test_without_runtime_folders_the_socket_is_beside_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    assert config.default_socket().parent == config.default_database().parent
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/1000")
    assert config.default_socket() == Path("/run/user/1000/hrvdaemon/control.sock")


def test_an_instance_has_a_config_a_database_and_a_socket_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    places: list[tuple[Path, Path, Path]] = []
    for name in ("", "first", "second"):
        monkeypatch.setenv("HRVDAEMON_INSTANCE", name)
        places.append((config.default_path(), config.default_database(), config.default_socket()))
    assert places[0][1] == tmp_path / "data" / "hrvdaemon" / "hrvdaemon.db"
    assert places[1] == (
        tmp_path / "config" / "hrvdaemon" / "first" / "hrvdaemon.toml",
        tmp_path / "data" / "hrvdaemon" / "first" / "hrvdaemon.db",
        tmp_path / "run" / "hrvdaemon" / "first" / "control.sock",
    )
    assert len({path for each in places for path in each}) == 9


def test_systemds_folders_are_an_instances_own_already(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HRVDAEMON_INSTANCE", "first")
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/hrvdaemon/first")
    assert config.default_database() == Path("/var/lib/hrvdaemon/first/hrvdaemon.db")


def test_the_socket_of_an_instances_system_unit_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HRVDAEMON_INSTANCE", "first")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "none"))
    monkeypatch.setattr(config, "SYSTEM_RUNTIME", tmp_path)
    (tmp_path / "first").mkdir()
    (tmp_path / "first" / "control.sock").touch()
    assert config.control_socket() == tmp_path / "first" / "control.sock"


@pytest.mark.parametrize("name", ["../other", "Uppercase", "a b", "-a", "a" * 33, "é"])
def test_a_name_that_is_no_folder_of_ours_is_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("HRVDAEMON_INSTANCE", name)
    with pytest.raises(BadConfig, match="HRVDAEMON_INSTANCE: expected a name of a-z, 0-9 and -"):
        config.load()


def test_further_straps_keep_their_order(write: Write) -> None:
    assert config.load(write('[strap]\nothers = ["TICKR", "H9"]\n')).strap.others == ("TICKR", "H9")


@pytest.mark.parametrize("line", ['others = "TICKR"', "others = [1]", "pair = 1", "battery_every_s = 0"])
def test_a_wrong_value_of_a_strap_is_named(write: Write, line: str) -> None:
    assert [said.split(":")[1].strip() for said in mistakes(write(f"[strap]\n{line}\n"))] == [
        f"strap.{line.partition(' ')[0]}"
    ]


def test_every_section_is_read(write: Write, tmp_path: Path) -> None:
    loaded = config.load(
        write(
            """
            [strap]
            name = "H10"
            data_watchdog_s = 12
            [store]
            path = "wearer.db"
            flush_s = 5
            [mqtt]
            enabled = true
            host = "::1"
            client = "k7f2"
            practice = "pract1"
            fields = ["rmssd_ms", "state"]
            agreed_on = 2026-11-22
            password_file = "secret"
            [wearer]
            age = 41
            quiet_from = "21:30"
            daily_cap = 2
            [control]
            socket = "/run/x.sock"
            [detector]
            dominance.theta_on = 2
            "gates.min_pairs" = 40
            """
        )
    )
    assert loaded.strap == StrapSettings(name="H10", data_watchdog_s=12.0)
    assert loaded.database == tmp_path / "wearer.db"
    assert loaded.store == StoreSettings(flush_s=5.0)
    assert loaded.mqtt == MqttSettings(
        enabled=True,
        client="k7f2",
        practice="pract1",
        fields=frozenset(("rmssd_ms", "state")),
        agreed_on=date(2026, 11, 22),
        broker=BrokerSettings(host="::1", password_file=tmp_path / "secret"),
    )
    assert loaded.socket == Path("/run/x.sock")
    assert loaded.pipeline_settings == {
        "gates.age_years": 41,
        "prompts.quiet_from_min": 1290,
        "prompts.daily_cap": 2,
        "dominance.theta_on": 2.0,
        "gates.min_pairs": 40,
    }


def test_a_home_folder_is_found(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/wearer")
    assert config.load(write('[store]\npath = "~/my.db"\n')).database == Path("/home/wearer/my.db")


def test_all_mistakes_are_reported_at_once(write: Write) -> None:
    path = write(
        """[mqtt]
port = "1883"
hots = "x"
keepalive_s = 1
fields = ["rmssd", "state"]
[strp]
[wearer]
age = true
quiet_to = "8:00"
[detector]
dominance.theta_om = 1.0
gates.min_pairs = 3.5
[store]
flush_s = nan
[control]
socket = 3
"""
    )
    found = mistakes(path)
    assert [line.split(":")[0] for line in found] == ["2", "3", "4", "5", "6", "8", "9", "11", "12", "14", "16"]
    by_key = {line.split(": ")[1]: line for line in found}
    assert by_key["mqtt.port"] == '2: mqtt.port: expected a valid integer, came "1883"'
    assert by_key["mqtt.hots"] == "3: mqtt.hots: expected a known key, came this one; did you mean mqtt.host?"
    assert by_key["mqtt.keepalive_s"] == "4: mqtt.keepalive_s: expected greater than or equal to 5, came 1"
    assert "did you mean rmssd_ms?" in by_key["mqtt.fields"]
    assert "did you mean strap?" in by_key["strp"]
    assert by_key["wearer.age"] == "8: wearer.age: expected a valid integer, came true"
    assert by_key["wearer.quiet_to"] == '9: wearer.quiet_to: expected a time of day such as "22:00", came "8:00"'
    assert "did you mean detector.dominance.theta_on?" in by_key["detector.dominance.theta_om"]
    assert by_key["detector.gates.min_pairs"].endswith("came 3.5")
    assert by_key["store.flush_s"].endswith("came nan")
    assert by_key["control.socket"].endswith("came 3")


def test_one_wrong_key_does_not_hide_what_only_two_together_get_wrong(write: Write) -> None:
    found = mistakes(write('[mqtt]\nenabled = true\nport = 0\nhost = "broker.example.org"\n'))
    assert [line.split(": ")[1] for line in found] == ["mqtt.client", "mqtt.tls", "mqtt.port"]


def test_plain_text_to_another_machine_has_to_be_accepted(write: Write) -> None:
    [line] = mistakes(write('[mqtt]\nhost = "192.168.1.2"\n'))
    assert "i_accept_plaintext = true" in line
    assert config.load(write('[mqtt]\nhost = "192.168.1.2"\ntls = true\n')).mqtt.broker.tls
    accepted = config.load(write('[mqtt]\nhost = "192.168.1.2"\ni_accept_plaintext = true\n'))
    assert accepted.mqtt.broker.i_accept_plaintext


@pytest.mark.parametrize("host", ["a..b", "", "a b", "x" * 70])
def test_a_host_that_can_not_be_looked_up_is_a_mistake(write: Write, host: str) -> None:
    [line] = mistakes(write(f'[mqtt]\ntls = true\nhost = "{host}"\n'))
    assert line.startswith("3: mqtt.host: expected the name or address of a broker")


def test_a_setting_of_the_detector_has_a_range(write: Write) -> None:
    found = mistakes(
        write("[detector]\nprompts.dismissals_that_double = 0\ndominance.theta_on = nan\ntimeline.resync_s = -1\n")
    )
    assert found[0] == "2: detector.prompts.dismissals_that_double: expected a number from 1 to 100, came 0"
    assert [line.split(": ")[1] for line in found[1:]] == ["detector.dominance.theta_on", "detector.timeline.resync_s"]


def test_two_settings_of_the_detector_must_fit_each_other(write: Write) -> None:
    assert mistakes(write("[detector]\ndominance.n = 7\n")) == [
        "2: detector.dominance.n: expected dominance.k at most dominance.n, came 8 and 7"
    ]


def test_a_setting_of_the_wearer_has_one_key(write: Write) -> None:
    assert mistakes(write("[detector]\nprompts.daily_cap = 9\n")) == [
        "2: detector.prompts.daily_cap: expected it as wearer.daily_cap, came here"
    ]


@pytest.mark.parametrize("text", ["mqtt = 3", "detector = []", "strap = 'H10'"])
def test_a_section_is_a_table(write: Write, text: str) -> None:
    [line] = mistakes(write(text))
    assert "expected a section [" in line


def test_no_text_of_the_toml_is_executed_or_lost_in_a_line_number(write: Write) -> None:
    [line] = mistakes(write('# [mqtt]\n\n[ "mqtt" ]  # a comment\n\n  port   = 99999\n'))
    assert line.startswith("5: mqtt.port: expected less than or equal to 65535")


@pytest.mark.parametrize(
    ("text", "place"),
    [("[mqtt]\nport = \n", "2:8"), ("[mqtt\n", "1:6"), ("a = 1\na = 2\n", "2:6"), ("a = [1,\n", "2:1")],
)
def test_what_is_no_toml_is_named_by_line_and_column(write: Write, text: str, place: str) -> None:
    path = write(text)
    with pytest.raises(BadConfig, match=re.escape(f"{path}:{place}: ")):
        config.load(path)


def test_a_binary_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(b"[mqtt]\nhost = '\xff'\n")
    with pytest.raises(BadConfig, match=r"x\.toml:2: expected UTF-8 text, came the byte 0xff"):
        config.load(path)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match="expected a readable config file"):
        config.load(tmp_path)


def test_a_line_is_found_through_dotted_keys_and_headers() -> None:
    text = "mqtt.port = 1\n[detector.gates]\nmin_pairs = 2\n[strap]\nname='x'\n"
    assert [line_of(key, text) for key in ("mqtt.port", "detector.gates.min_pairs", "strap.name")] == [1, 3, 5]
    assert line_of("strap.adress", text) == 4
    assert line_of("store.path", text) == 1


def test_the_control_socket_is_known_without_the_rest(write: Write) -> None:
    path = write('[control]\nsocket = "/run/x.sock"\n[mqtt]\nport = "wrong"\n')
    assert config.control_socket(path) == Path("/run/x.sock")
    assert config.control_socket(write("")) == config.default_socket()


def test_where_the_user_runs_no_daemon_of_their_own_the_system_units_socket_is_asked(
    write: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own, systems = tmp_path / "run" / "hrvdaemon" / "control.sock", tmp_path / "system" / "control.sock"
    for socket in (own, systems):
        socket.parent.mkdir(parents=True)
    (tmp_path / "run").chmod(0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    monkeypatch.setattr(config, "SYSTEM_RUNTIME", systems.parent)
    assert config.control_socket() == own, "with neither there, the message names the user's own"
    systems.touch()
    assert config.control_socket() == systems
    named = write(f'[control]\nsocket = "{tmp_path / "named.sock"}"\n')
    assert config.control_socket(named) == tmp_path / "named.sock", "a socket that is named is the one that is meant"
    own.touch()
    assert config.control_socket() == own
    assert config.load().socket == own, "where the daemon listens does not depend on others"


def test_asking_for_the_socket_imports_nothing_heavy() -> None:
    code = "import sys, hrvdaemon.config as c; c.control_socket(); print(*{'pydantic','aiomqtt','bleak','sqlite_utils','numpy'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_the_example_is_the_defaults() -> None:
    loaded = config.load(EXAMPLE)
    assert loaded.strap == StrapSettings()
    assert loaded.store == StoreSettings()
    assert loaded.mqtt == MqttSettings()
    assert loaded.wearer == WearerSettings()
    assert loaded.pipeline_settings == {}
    assert loaded.database == config.default_database()


def test_the_example_has_every_key_with_its_default_and_a_line_of_meaning() -> None:
    text = EXAMPLE.read_text()
    values = tomllib.loads(text)
    shown: dict[str, set[str]] = {}
    section, before = "", ""
    for line in text.splitlines():
        if header := re.match(r"\[(\w+)\]", line):
            section = header[1]
        elif key := re.match(r"(# )?(\w+) = ", line):
            shown.setdefault(section, set()).add(key[2])
            assert before.startswith("# "), f"{section}.{key[2]} has no line of meaning"
            assert (key[2] in values[section]) == (key[1] is None)
            assert (sections()[section][key[2]].default is None) == (key[1] is not None)
        before = line
    assert shown == {name: set(keys) for name, keys in sections().items()}


def test_the_wearers_defaults_are_the_pipelines() -> None:
    prompting = PromptSettings()
    wearer = WearerSettings()
    assert (wearer.daily_cap, wearer.cooldown_min) == (prompting.daily_cap, prompting.cooldown_min)
    assert (prompting.quiet_from_min, prompting.quiet_to_min) == (22 * 60, 8 * 60)


def test_every_setting_of_the_pipeline_can_be_written(write: Write) -> None:
    owned = {
        "gates.age_years",
        "prompts.quiet_from_min",
        "prompts.quiet_to_min",
        "prompts.daily_cap",
        "prompts.cooldown_min",
    }
    shares = {key for key, (_, most) in RANGES.items() if most <= 1}
    other = {"prompts.frequency": "gentle", "dominance.theta_is_personal": False}
    changed = other | {
        key: f"{value}x" if isinstance(value, str) else value / 2 if key in shares else value + 1
        for key, value in defaults().items()
        if key not in other
    }
    text = "[detector]\n" + "".join(f"{k} = {dumps(v)}\n" for k, v in changed.items() if k not in owned)
    loaded = config.load(write(text))
    assert Settings.from_flat(loaded.pipeline_settings) != Settings()
    assert loaded.pipeline_settings == {k: v for k, v in changed.items() if k not in owned}
