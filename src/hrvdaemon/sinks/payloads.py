"""What is written to MQTT: one pydantic model for each schema, and the rule of what may leave (law 11).

A model's ``ask`` names the keys its owner has to agree to; the others are the envelope, without which a reader could
not place a message. A key not agreed to is absent; a key agreed to whose number the data do not carry is ``null``.
Neither NaN nor a single RR interval has a place here. Inside version 1 keys are added, never renamed.
"""

from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from hrvdaemon.vocabulary.epochs import Quality
from hrvdaemon.vocabulary.events import AutonomicState

Share = Field(ge=0, le=1)


class Payload(BaseModel):
    """Common to all: the schema's name and version, and the wearer's pseudonym."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="null", use_attribute_docstrings=True)

    ask: ClassVar[frozenset[str]] = frozenset()
    needs: ClassVar[str | None] = None
    """The key without which the message says nothing."""

    schema_: str = Field(alias="schema")
    """Name and version of this form."""
    client: str
    """The wearer's pseudonym, drawn at random."""


class WindowPayload(Payload):
    """Five minutes on the wall clock; an immutable fact."""

    ask: ClassVar[frozenset[str]] = frozenset(
        ("n_beats", "artefact_share", "mean_hr_bpm", "rmssd_ms", "sdnn_ms", "ln_rmssd", "source")
    )

    schema_: Literal["hrvd.window/1"] = Field(default="hrvd.window/1", alias="schema")
    """Name and version of this form."""
    id: str
    """RUN-window-NUMBER; the same fact always has the same id."""
    seq: int
    """Counts this client's summaries of every kind; a missing number is a missing summary."""
    start: str
    """First moment, ISO 8601 UTC."""
    end: str
    """Moment after the last, ISO 8601 UTC."""
    tz: str
    """Time zone the wearer lived in, by its IANA name."""
    clock: Literal["synced", "unsynced", "unknown"]
    """Whether the computer's clock was set by a time server."""
    coverage: float = Share
    """Share of the time that beats cover, 0 to 1."""
    quality: Quality
    """Grade of the window: good, fair, poor or unusable."""
    algo: str
    """Version and artefact method that made the numbers."""
    n_beats: int | None = None
    """Beats in the window."""
    artefact_share: float | None = None
    """Share of the beats that were corrected or left out, 0 to 1."""
    mean_hr_bpm: float | None = None
    """Mean heart rate, beats a minute."""
    rmssd_ms: float | None = None
    """RMSSD over adjacent original beats, ms."""
    sdnn_ms: float | None = None
    """SDNN, ms."""
    ln_rmssd: float | None = None
    """Natural logarithm of RMSSD in ms."""
    source: str | None = None
    """Kind of strap, without the number of the one device."""


class SessionPayload(Payload):
    """One exercise: two minutes before, two after, and the change; an immutable fact."""

    ask: ClassVar[frozenset[str]] = frozenset(
        (
            "exercise", "completed", "mean_hr_before_bpm", "mean_hr_after_bpm", "delta_hr_bpm", "rmssd_before_ms",
            "rmssd_after_ms", "delta_ln_rmssd", "smallest_detectable_ln_rmssd", "is_clear", "swing_bpm",
            "tension_before", "tension_after",
        )
    )  # fmt: skip
    needs: ClassVar[str | None] = "exercise"

    schema_: Literal["hrvd.session/1"] = Field(default="hrvd.session/1", alias="schema")
    """Name and version of this form."""
    id: str
    """RUN-session-NUMBER; the same fact always has the same id."""
    seq: int
    """Counts this client's summaries of every kind; a missing number is a missing summary."""
    start: str
    """When the exercise began, ISO 8601 UTC."""
    end: str
    """When the exercise ended, ISO 8601 UTC."""
    tz: str
    """Time zone the wearer lived in, by its IANA name."""
    clock: Literal["synced", "unsynced", "unknown"]
    """Whether the computer's clock was set by a time server."""
    coverage: float | None
    """Smaller coverage of the two windows, 0 to 1; null if one is missing."""
    quality: Quality | None
    """Worse grade of the two windows; null if one is missing."""
    algo: str
    """Version and artefact method that made the numbers."""
    prompt: str | None
    """Id of the invitation it followed; null if the wearer began it unasked."""
    exercise: str | None = None
    """Name of the exercise."""
    completed: bool | None = None
    """Whether it ran to its end."""
    mean_hr_before_bpm: float | None = None
    """Mean heart rate before, beats a minute."""
    mean_hr_after_bpm: float | None = None
    """Mean heart rate after, beats a minute."""
    delta_hr_bpm: float | None = None
    """After minus before, beats a minute."""
    rmssd_before_ms: float | None = None
    """RMSSD before, ms."""
    rmssd_after_ms: float | None = None
    """RMSSD after, ms."""
    delta_ln_rmssd: float | None = None
    """Natural logarithm of RMSSD, after minus before."""
    smallest_detectable_ln_rmssd: float | None = None
    """Smaller changes of it may be chance."""
    is_clear: bool | None = None
    """Whether the change is larger than that."""
    swing_bpm: float | None = None
    """How far heart rate followed the paced breath, peak to peak, beats a minute."""
    tension_before: int | None = None
    """Tension the wearer felt before, 0 to 10."""
    tension_after: int | None = None
    """Tension the wearer felt after, 0 to 10."""


class StatePayload(Payload):
    """The latest minute or so, retained; replaced every 30 s."""

    ask: ClassVar[frozenset[str]] = frozenset(
        ("state", "sentence", "stage", "worn", "battery_percent", "mean_hr_bpm", "rmssd_ms", "activation")
    )

    schema_: Literal["hrvd.state/1"] = Field(default="hrvd.state/1", alias="schema")
    """Name and version of this form."""
    at: str
    """The moment it describes, ISO 8601 UTC."""
    quality: Quality
    """Grade of the last 60 s: good, fair, poor or unusable."""
    coverage: float = Share
    """Share of the last 60 s that beats cover, 0 to 1."""
    clock: Literal["synced", "unsynced", "unknown"]
    """Whether the computer's clock was set by a time server."""
    state: AutonomicState | None = None
    """Where the wearer stands against their own usual."""
    sentence: str | None = None
    """The same in words."""
    stage: int | None = None
    """How well the usual is known, 0 to 3."""
    worn: bool | None = None
    """Whether beats came in the last 30 s."""
    battery_percent: int | None = None
    """Battery of the strap, percent."""
    mean_hr_bpm: float | None = None
    """Mean heart rate over the last 60 s, beats a minute."""
    rmssd_ms: float | None = None
    """RMSSD over the last 60 s, ms."""
    activation: float | None = None
    """How far the last judged minute stood from the wearer's usual, in their own spreads; null if long ago."""


EventName = Literal[
    "prompt_offered", "prompt_accepted", "prompt_later", "prompt_dismissed", "exercise_done", "strap_lost"
]


class EventPayload(Payload):
    """Something happened."""

    ask: ClassVar[frozenset[str]] = frozenset(("event", "exercise"))
    needs: ClassVar[str | None] = "event"

    schema_: Literal["hrvd.event/1"] = Field(default="hrvd.event/1", alias="schema")
    """Name and version of this form."""
    id: str
    """RUN-event-STEP-PLACE; the same fact always has the same id."""
    at: str
    """When it happened, ISO 8601 UTC."""
    tz: str
    """Time zone the wearer lived in, by its IANA name."""
    clock: Literal["synced", "unsynced", "unknown"]
    """Whether the computer's clock was set by a time server."""
    prompt: str | None
    """Id of the invitation it belongs to, or null."""
    session: str | None
    """Id of the exercise session it belongs to, or null."""
    event: EventName | None = None
    """What happened."""
    exercise: str | None = None
    """Name of the exercise offered or done, or null."""


class MetaPayload(Payload):
    """Who publishes, in which forms, and what the wearer agreed to; retained."""

    schema_: Literal["hrvd.meta/1"] = Field(default="hrvd.meta/1", alias="schema")
    """Name and version of this form."""
    version: str
    """Version of hrvdaemon."""
    schemas: tuple[str, ...]
    """Forms this client publishes."""
    tz: str
    """Time zone the wearer lives in, by its IANA name."""
    fields: tuple[str, ...]
    """Keys the wearer agreed to."""
    agreed_on: str | None
    """Day of that agreement; null if it was not written down."""


PAYLOADS: tuple[type[Payload], ...] = (StatePayload, WindowPayload, SessionPayload, EventPayload, MetaPayload)
AGREEABLE: frozenset[str] = frozenset().union(*(payload.ask for payload in PAYLOADS))
FELT: frozenset[str] = frozenset(("tension_before", "tension_after"))
DEFAULT_FIELDS = AGREEABLE - FELT
"""What a practitioner's summary needs. What a person says they feel leaves only where it was asked for by name."""


def schema_name(payload: Payload | type[Payload]) -> str:
    """Such as ``hrvd.window/1``."""
    return str(payload.model_fields["schema_"].default if isinstance(payload, type) else payload.schema_)


def wire(payload: Payload, agreed: frozenset[str]) -> str:
    """JSON of the envelope and of what was agreed to; empty if nothing that was agreed to would be said."""
    said = payload.ask & agreed
    if payload.ask and (not said or (payload.needs and payload.needs not in said)):
        return ""
    return payload.model_dump_json(by_alias=True, exclude=set(payload.ask - said))


def json_schemas() -> dict[str, dict[str, Any]]:
    """JSON Schema of every payload, by name. Keys that need an agreement are never required."""
    return {schema_name(payload): payload.model_json_schema(by_alias=True) for payload in PAYLOADS}
