"""``hrvdaemon simulate``: a labelled synthetic recording."""

from json import dumps
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hrvdaemon.vocabulary.errors import BadUsage
from hrvdaemon.vocabulary.units import Instant, instant


def simulate(
    scenario: str = "day",
    *,
    output: Path,
    seed: int = 1,
    start: str = "2026-03-10T12:00:00Z",
    zone: str = "Europe/Berlin",
) -> None:
    """Write a simulated recording and its labels.

    Parameters
    ----------
    scenario
        rest, slow_breathing, stress_ramp, stairs, standing, ectopic, strap_slips, reconnect, null_day or day.
    output
        Recording to write (.jsonl or .jsonl.gz); the labels go beside it, as .labels.json.
    seed
        The same seed gives the same beats.
    start
        When it begins, ISO 8601.
    zone
        Time zone of the wearer.
    """
    from hrvdaemon.formats.recording import write_recording  # noqa: PLC0415  numpy only once something is simulated
    from hrvdaemon.simulation.named import SCENARIOS, labelled_day, null_day  # noqa: PLC0415  as above
    from hrvdaemon.simulation.strap import simulate as live  # noqa: PLC0415  as above

    known = {**SCENARIOS, "day": labelled_day(seed), "null_day": null_day()}
    if scenario not in known:
        raise BadUsage(f"expected one of {', '.join(known)}, came {scenario!r}")
    simulation = live(known[scenario], seed, _instant(start), _zone(zone))
    labels = output.with_name(output.name.removesuffix(".gz").removesuffix(".jsonl") + ".labels.json")
    spans = [
        {"start_s": span.start_s, "end_s": span.end_s, "state": span.state, "label": span.label}
        for span in simulation.labels
    ]
    try:
        write_recording(output, simulation.inputs, note=f"simulated: {scenario}, seed {seed}")
        labels.write_text(dumps(spans, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise BadUsage(f"--output: expected a file that can be written, came {output}: {error.strerror}") from error
    print(f"{output}: {len(simulation.inputs)} inputs; labels in {labels}")


def _instant(start: str) -> Instant:
    try:
        return instant(start)
    except ValueError as error:
        raise BadUsage(f"--start: expected a time such as 2026-03-10T12:00:00Z, came {start!r}") from error


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadUsage(f"--zone: expected a time zone such as Europe/Berlin, came {name!r}") from error
