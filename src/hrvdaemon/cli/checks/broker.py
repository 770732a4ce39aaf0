"""The MQTT broker: a connection that is closed again at once; nothing is sent."""

import socket

from hrvdaemon.cli.checks import NOT_LOOKED_AT, Circumstances, Found, fail, ok

CONNECT_S = 5.0


def broker(circumstances: Circumstances) -> Found:
    """Whether something listens there; signing in is left to the daemon."""
    if circumstances.config is None:
        return NOT_LOOKED_AT
    if not circumstances.config.mqtt.enabled:
        return ok("MQTT is off: nothing leaves this computer.")
    settings = circumstances.config.mqtt.broker
    where = f"{settings.host} port {settings.port}"
    try:
        socket.create_connection((settings.host, settings.port), timeout=CONNECT_S).close()
    except OSError as error:
        reason = error.strerror or str(error) or type(error).__name__
        return fail(f"No broker answers at {where}: {reason}.", "Start the broker, or correct host and port in [mqtt].")
    return ok(f"A broker answers at {where}.")
