"""A config is there, without mistakes, and its way to the wearer exists."""

from typing import Any

import pytest

from hrvdaemon.cli.checks import NOT_LOOKED_AT, Circumstances, Result, settings


def test_a_good_config_is_good(circumstances: Any) -> None:
    assert settings.config(circumstances("[wearer]\nage = 40\n"))[0] is Result.OK


def test_every_mistake_is_told_with_its_line(circumstances: Any) -> None:
    result, detail, fix = settings.config(circumstances("[wearer]\nage = 400\nquiet = 1\n", is_broken=True))
    assert result is Result.FAIL
    assert "hrvdaemon.toml:2: wearer.age" in detail
    assert "hrvdaemon.toml:3: wearer.quiet" in detail
    assert "hrvdaemon init" in (fix or "")


def test_no_config_is_no_failure(circumstances: Any, air: Any) -> None:
    found = circumstances()
    found.path.unlink()
    usual = Circumstances(path=None, config=found.config, told=None, radio=air.radio)
    result, detail, fix = settings.config(usual)
    assert result is Result.WARN
    assert "everything is as by default" in detail
    assert "hrvdaemon init" in (fix or "")


def test_a_config_that_everybody_may_change_is_a_warning(circumstances: Any) -> None:
    found = circumstances()
    found.path.chmod(0o666)
    assert settings.config(found)[0] is Result.WARN


@pytest.mark.parametrize(
    ("text", "result", "words"),
    [
        ("", Result.OK, "hrvdaemon watch"),
        ('[wearer]\nreach = "quiet"\n', Result.OK, "no invitations are made"),
        ('[wearer]\nreach = "desktop"\n', Result.WARN, "not part of this version"),
        ('[wearer]\nreach = "mqtt"\n', Result.WARN, "switched off"),
        ('[wearer]\nreach = "mqtt"\n[mqtt]\nenabled = true\nclient = "k7f2mq4x2d"\n', Result.OK, "Over MQTT."),
    ],
)
def test_how_an_invitation_reaches_the_wearer(circumstances: Any, text: str, result: Result, words: str) -> None:
    found, detail, _ = settings.reach(circumstances(text))
    assert found is result
    assert words in detail
    assert settings.reach(circumstances(is_broken=True)) == NOT_LOOKED_AT
