"""What ``hrvdaemon init`` says: short, plain, and the next step at the end."""

import shutil
import textwrap
from pathlib import Path

from hrvdaemon.cli.config_writing import Choices
from hrvdaemon.cli.service_offer import command, commands, service_name
from hrvdaemon.cli.straps import Strap
from hrvdaemon.sources.link_state import LINK_WORDS, LinkState

WIDEST = 80


def say(line: str) -> None:
    """One thing, folded to the width of the terminal."""
    width = min(WIDEST, shutil.get_terminal_size().columns)
    print(textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False), flush=True)


def what_it_sends(strap: Strap) -> str:
    """What a visit to the chosen strap brought."""
    asked = strap.asked
    if asked is None:
        return "Another program took it meanwhile; it was not asked."
    if asked.fault is not None:
        return f"It did not answer this time. {LINK_WORDS[asked.fault].next_step or ''}".strip()
    if asked.rr is False:
        return str(LINK_WORDS[LinkState.HEART_RATE_ONLY])
    battery = "" if asked.battery_percent is None else f" Battery {asked.battery_percent} %."
    beats = "It sends RR intervals." if asked.rr else "It sent no beats yet; most straps need to sit on damp skin."
    return beats + battery


def _about(choices: Choices) -> list[str]:
    match choices.reach:
        case "desktop":
            return ["Desktop notifications come with a later version. Until then `hrvdaemon watch` shows invitations."]
        case "mqtt":
            return [
                "It will publish to the broker that the section [mqtt] names.",
                "What is sent stands in docs/mqtt-topics.md; the key `fields` in the config leaves things out.",
            ]
        case "terminal":
            return ["Invitations appear in `hrvdaemon watch`."]
        case "quiet":
            return ["No invitations will be made."]


def say_next(choices: Choices, config: Path | None, *, is_running: bool, is_without: bool) -> None:
    """The last lines: what to do now, with the commands as they are typed."""
    for line in _about(choices):
        say(line)
    if is_running:
        print("\nhrvdaemon is running. Start it again, so that it reads this:")
        print(f"  systemctl --user restart {service_name()}    (or Ctrl-C, then: {command('run', config)})")
        return
    if choices.address is None and not is_without:
        print("\nNo strap yet? hrvdaemon demo needs none. With a strap on: hrvdaemon init again.")
    print(f"\nNext step:  {command('run', config)}")
    print(f"To watch:   {command('watch', config)}    (in a second terminal)")
    print(f"To check:   {command('doctor', config)}")
    service = commands(config)
    if service:
        print("\nTo start it by itself when you log in:")
        print("\n".join(f"  {line}" for line in service))
