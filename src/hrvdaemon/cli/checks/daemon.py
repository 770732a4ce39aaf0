"""The running daemon, by its control socket."""

from hrvdaemon.cli.checks import Circumstances, Found, fail, ok, warn
from hrvdaemon.cli.service_offer import service_name
from hrvdaemon.config import control_socket
from hrvdaemon.control_client import ControlClient
from hrvdaemon.vocabulary.errors import BadConfig, DaemonNotRunning, Unavailable


async def daemon(circumstances: Circumstances) -> Found:
    """Whether it answers, which version it is, and whether it can keep what comes."""
    import hrvdaemon  # noqa: PLC0415  only its version

    try:
        told = await ControlClient(control_socket(circumstances.path)).status()
    except DaemonNotRunning:
        return warn("hrvdaemon is not running.", "Start it: hrvdaemon run")
    except BadConfig:
        return warn("Not looked at: the config has mistakes.", "Mend the config first.")
    except Unavailable as error:
        return fail(f"{error}.", f"Stop it and start it again; why: journalctl --user -u {service_name()}")
    if told["store"] not in ("ok", "off"):
        return fail(f"It runs, but can not keep what comes: {told['store']}.", "Mend that; it then writes by itself.")
    if told["version"] != hrvdaemon.__version__:
        detail = f"Version {told['version']} is running, {hrvdaemon.__version__} is installed."
        return warn(detail, f"Start it again: systemctl --user restart {service_name()}")
    return ok(f"It runs, version {told['version']}.")
