"""``hrvdaemon status``: the daemon's picture in one line, or as JSON. Imports stay light: it is asked often."""

import asyncio
from pathlib import Path
from typing import Any

from hrvdaemon.config import control_socket
from hrvdaemon.control_client import ControlClient


def status(*, json: bool = False, config: Path | None = None) -> None:
    """Say in one line how it stands.

    Parameters
    ----------
    json
        One JSON object instead; its keys are a contract.
    config
        Config file of the daemon, where it is not the usual one.
    """
    told = asyncio.run(ControlClient(control_socket(config)).status())
    if json:
        from json import dumps  # noqa: PLC0415  named like the option

        print(dumps(told, ensure_ascii=False))
    else:
        print(one_line(told))


def one_line(told: dict[str, Any]) -> str:
    """The sentence first, then the figures that there are, then strap and what needs attention."""
    sensor = told["sensor"]
    parts = [
        told["sentence"].removesuffix("."),
        _figure("heart rate", told["hr_bpm"], "per minute"),
        _figure("variability", told["rmssd_ms"], "ms"),
        strap_words(sensor["name"], sensor["link"]),
        _figure("battery", sensor["battery_percent"], "%"),
        f"strap: {sensor['warning']}" if sensor.get("warning") else "",
        *(f"{part}: {told[part]}" for part in ("store", "broker") if told[part] not in ("ok", "off", "")),
    ]
    return " · ".join(part for part in parts if part)


def strap_words(name: str | None, link: str) -> str:
    """The strap's name, and what its link is doing; the words are the daemon's (``sources.link_state``)."""
    joint = " " if link == "connected" else ": "
    return f"{name}{joint}{link}" if name else link


def _figure(name: str, value: float | None, unit: str) -> str:
    return "" if value is None else f"{name} {value:.0f} {unit}"
