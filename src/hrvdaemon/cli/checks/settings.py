"""The config: readable, without mistakes, and whether an invitation can reach the wearer as it says."""

import stat

from hrvdaemon.cli.checks import NOT_LOOKED_AT, Circumstances, Found, fail, ok, warn
from hrvdaemon.config import default_path, load
from hrvdaemon.vocabulary.errors import BadConfig


def config(circumstances: Circumstances) -> Found:
    """Every mistake with its line."""
    try:
        loaded = load(circumstances.path)
    except BadConfig as error:
        return fail(str(error), "Mend these lines, or write a new one: hrvdaemon init")
    if loaded.path is None:
        return warn(f"None at {default_path()}; everything is as by default.", "Write one: hrvdaemon init")
    if loaded.path.stat().st_mode & stat.S_IWOTH:
        return warn(f"{loaded.path}: everybody may change it.", f"Take that away: chmod 600 {loaded.path}")
    return ok(f"{loaded.path}: no mistakes.")


def reach(circumstances: Circumstances) -> Found:
    """How an invitation gets to the wearer."""
    if circumstances.config is None:
        return NOT_LOOKED_AT
    match circumstances.config.wearer.reach:
        case "desktop":
            return warn(
                "Notifications on the desktop are not part of this version.", "Until then: hrvdaemon watch shows them."
            )
        case "mqtt" if not circumstances.config.mqtt.enabled:
            return warn("Over MQTT, but that is switched off.", "Set enabled = true in the section [mqtt].")
        case "mqtt":
            return ok("Over MQTT.")
        case "terminal":
            return ok("In the terminal: hrvdaemon watch.")
        case "quiet":
            return ok("Quiet: no invitations are made, as the config says.")
