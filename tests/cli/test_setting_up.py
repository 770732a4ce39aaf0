"""The conversation of init: one question, the next step at the end, and nothing written before the last answer."""

import asyncio
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hrvdaemon.cli.one_key import Keys
from hrvdaemon.cli.setting_up import Given, SettingUp
from hrvdaemon.sources.link_state import LINK_WORDS, LinkState
from hrvdaemon.vocabulary.errors import BadUsage

H10, TICKR = "C4:11:22:33:44:55", "C4:11:22:33:44:66"
NOW = datetime(2026, 11, 24, 16, 42, 7, tzinfo=UTC)
CLOCK = {"sensor": {"name": "Polar H10 5C2E1F2B", "battery_percent": 40}, "rmssd_ms": 31.0}


class Conversation:
    """``typed`` are keys by the second of the loop's clock, ``told`` is a running daemon's status."""

    def __init__(self, jumping: Any, air: Any, config: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.jumping, self.air, self.config, self.capsys = jumping, air, config, capsys
        self.said = ""
        self.took_s = 0.0

    def __call__(self, typed: dict[float, str] | None, told: dict[str, Any] | None = None, **given: Any) -> bool | None:
        """Whether it went to its end."""

        async def daemon(_config: Path | None) -> dict[str, Any] | None:
            return told

        async def story() -> bool:
            loop, keys = asyncio.get_running_loop(), None if typed is None else Keys()
            for second, key in (typed or {}).items():
                assert keys is not None
                loop.call_later(second, keys.typed, key)
            options = Given(config=self.config, **given)
            done = await SettingUp(options, keys, radio=self.air.radio, daemon=daemon, now=lambda: NOW).run()
            self.took_s = loop.time()
            return done

        try:
            return bool(self.jumping(story()))
        finally:
            self.said = self.capsys.readouterr().out

    @property
    def written(self) -> dict[str, Any]:
        return tomllib.loads(self.config.read_text())


@pytest.fixture
def talk(jumping: Any, air: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> Conversation:
    monkeypatch.setenv("COLUMNS", "500")
    monkeypatch.setattr("hrvdaemon.cli.setting_up_words.WIDEST", 500)
    return Conversation(jumping, air, tmp_path / "config" / "hrvdaemon.toml", capsys)


def test_one_strap_and_one_key_make_a_config_in_well_under_a_minute(talk: Conversation) -> None:
    assert talk({6: "q"})
    assert talk.took_s == 6
    assert talk.written == {"strap": {"address": H10}, "wearer": {"reach": "quiet"}}
    assert "# Polar H10 5C2E1F2B\n" in talk.config.read_text()
    for words in (
        "Found: Polar H10 5C2E1F2B, signal strong (-58 dBm).",
        "It sends RR intervals. Battery 87 %.",
        f"Written: {talk.config}",
        f"Next step:  hrvdaemon run --config {talk.config}",
    ):
        assert words in talk.said


def test_enter_takes_the_terminal(talk: Conversation) -> None:
    assert talk({6: "\n"})
    assert talk.written["wearer"] == {"reach": "terminal"}


def test_of_several_straps_one_key_chooses_and_only_that_one_is_asked(talk: Conversation, air_strap: Any) -> None:
    talk.air.straps.insert(0, air_strap(TICKR, "TICKR", rssi=-80))
    assert talk({6: "2", 7: "t"})
    assert talk.written["strap"] == {"address": TICKR}
    assert talk.air.visited == [TICKR]
    assert talk.said.index(H10) < talk.said.index(TICKR), "the strongest first"


def test_a_key_pressed_before_the_question_answers_nothing(talk: Conversation) -> None:
    talk.air.straps[0].sends = []
    assert talk({3: "q", 8: "q", 16: "t"})
    assert talk.took_s == 16
    assert talk.written["wearer"] == {"reach": "terminal"}


@pytest.mark.parametrize("second", [0.5, 3, 6])
def test_escape_leaves_at_any_moment_and_nothing_is_written(talk: Conversation, second: float) -> None:
    assert talk({second: "\x1b"}) is False
    assert not talk.config.parent.exists()
    assert talk.air.n_scans == 0


def test_enter_goes_on_without_a_strap(talk: Conversation) -> None:
    talk.air.straps.clear()
    assert talk({2: "\n", 3: "t"})
    assert talk.took_s == 3
    assert talk.written == {"strap": {}, "wearer": {"reach": "terminal"}}
    assert "hrvdaemon demo needs none" in talk.said
    assert "hrvdaemon init again" in talk.said


def test_no_strap_in_sight_ends_the_search_and_not_the_conversation(talk: Conversation) -> None:
    talk.air.straps.clear()
    assert talk({41: "t"})
    assert "No strap was seen." in talk.said
    assert talk.written["strap"] == {}


def test_bluetooth_that_is_off_is_said_in_the_words_of_its_state(talk: Conversation, off: Exception) -> None:
    talk.air.scan_faults[:] = [off] * 99
    assert talk({41: "t"})
    assert talk.said.count(str(LINK_WORDS[LinkState.BLUETOOTH_OFF])) == 1
    assert talk.config.exists()


def test_bluetooth_that_is_switched_on_meanwhile_finds_the_strap(talk: Conversation, off: Exception) -> None:
    talk.air.scan_faults[:] = [off] * 3
    assert talk({12: "t"})
    assert "It sends RR intervals." in talk.said


def test_heart_rate_only_is_said_before_it_disappoints(talk: Conversation) -> None:
    talk.air.straps[0].sends = ["003c"] * 8
    assert talk({6: "t"})
    assert str(LINK_WORDS[LinkState.HEART_RATE_ONLY]) in talk.said


def test_a_strap_that_does_not_answer_is_taken_all_the_same(talk: Conversation) -> None:
    talk.air.straps[0].fault = OSError("no")
    assert talk({6: "t"})
    assert f"It did not answer this time. {LINK_WORDS[LinkState.REFUSED].next_step}" in talk.said
    assert talk.written["strap"] == {"address": H10}


def test_a_strap_that_is_not_worn_is_no_fault(talk: Conversation) -> None:
    talk.air.straps[0].sends = ["0400"] * 30
    assert talk({16: "t"})
    assert "It sent no beats yet" in talk.said


def test_a_strap_that_hrvdaemon_holds_is_chosen_and_not_disturbed(talk: Conversation) -> None:
    talk.air.straps, talk.air.held = [], talk.air.straps
    assert talk({6: "t"}, told=CLOCK)
    assert talk.air.visited == []
    assert talk.written["strap"] == {"address": H10}
    assert "hrvdaemon holds it already." in talk.said
    assert "systemctl --user restart hrvdaemon" in talk.said


def test_a_strap_that_another_program_holds_is_left_to_it(talk: Conversation) -> None:
    talk.air.straps, talk.air.held = [], talk.air.straps
    assert talk({6: "t"})
    assert talk.air.visited == []
    assert str(LINK_WORDS[LinkState.HELD]) in talk.said


def test_a_config_that_is_there_stays_without_a_yes(talk: Conversation) -> None:
    talk.config.parent.mkdir()
    talk.config.write_text("old = 1\n")
    assert talk({1: "n"})
    assert talk.config.read_text() == "old = 1\n"
    assert talk.air.calls == []
    assert talk({1: "\n"})
    assert talk.config.read_text() == "old = 1\n"


def test_a_config_with_mistakes_is_replaced_and_that_is_said(talk: Conversation) -> None:
    talk.config.parent.mkdir()
    talk.config.write_text("[wearer]\nage = 400\n")
    assert talk({1: "y", 7: "t"})
    assert talk.written == {"strap": {"address": H10}, "wearer": {"reach": "terminal"}}
    assert "has mistakes; nothing of it is taken over" in talk.said


def test_with_a_yes_it_is_changed_and_kept_as_a_copy(talk: Conversation) -> None:
    talk.config.parent.mkdir()
    old = '[wearer]\nage = 40\n[strap]\nadapter = "hci1"\n'
    talk.config.write_text(old)
    assert talk({1: "y", 7: "t"})
    assert talk.written == {
        "strap": {"address": H10, "adapter": "hci1"},
        "wearer": {"age": 40, "reach": "terminal"},
    }
    assert talk.air.calls[0] == "scan hci1"
    kept = talk.config.with_name("hrvdaemon.toml.before-20261124-164207")
    assert kept.read_text() == old
    assert f"What was there before: {kept}" in talk.said


def test_a_named_strap_is_written_without_a_search(talk: Conversation) -> None:
    assert talk(None, address=TICKR, reach="quiet", yes=True)
    assert talk.air.calls == []
    assert talk.written == {"strap": {"address": TICKR}, "wearer": {"reach": "quiet"}}


def test_without_a_strap_on_purpose_nothing_is_searched_or_regretted(talk: Conversation) -> None:
    assert talk(None, is_without=True, reach="terminal", yes=True)
    assert talk.air.calls == []
    assert "No strap yet?" not in talk.said


def test_where_nobody_is_asked_the_strongest_strap_is_taken_and_that_is_said(
    talk: Conversation, air_strap: Any
) -> None:
    talk.air.straps.insert(0, air_strap(TICKR, "TICKR", rssi=-80))
    assert talk(None, reach="terminal")
    assert "2 straps are in sight; the strongest is taken." in talk.said
    assert talk.written["strap"] == {"address": H10}


def test_where_nobody_is_asked_a_config_that_is_there_needs_yes(talk: Conversation) -> None:
    talk.config.parent.mkdir()
    talk.config.write_text("old = 1\n")
    with pytest.raises(BadUsage, match="--yes replaces it and keeps a copy"):
        talk(None, reach="terminal")
    assert talk.config.read_text() == "old = 1\n"


def test_mqtt_is_on_and_what_it_sends_is_said(talk: Conversation) -> None:
    assert talk({6: "m"})
    assert talk.written["mqtt"]["enabled"] is True
    assert talk.written["mqtt"]["host"] == "localhost"
    assert "It will publish to the broker that the section [mqtt] names." in talk.said
    assert "docs/mqtt-topics.md" in talk.said


def test_the_desktop_says_what_is_not_there_yet(talk: Conversation) -> None:
    assert talk({6: "d"})
    assert talk.written["wearer"] == {"reach": "desktop"}
    assert "come with a later version" in talk.said


def test_every_sentence_is_short(talk: Conversation, air_strap: Any) -> None:
    """Twenty words at most, but for the words of a link's state, which have their own home."""
    talk.air.straps.insert(0, air_strap(TICKR, "TICKR", rssi=-80))
    assert talk({6: "1", 7: "m"})
    lines = [line for line in talk.said.splitlines() if line and not line.startswith("  ")]
    sentences = [part for line in lines for part in line.replace("? ", ". ").split(". ")]
    assert [part for part in sentences if len(part.split()) > 20] == []
