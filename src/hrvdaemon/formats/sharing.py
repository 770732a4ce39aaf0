"""A recording that can be given away: the same beats, without the address and name of the strap, place and date.

- The date moves by whole weeks into the first week of 2001, whose first day is a Monday; weekday and time of day stay,
  because heart rate goes by the hour and so does what is usual. The time zone becomes UTC, whose clock then shows what
  the wearer's clock showed; a change of zone or of summer time within the recording is not followed.
- Clocks of the computer begin at 0 in each run, and its runs are numbered.
- Straps are ``strap-1``, ``strap-2``. Words from elsewhere (why a link was lost, why a run ended) are replaced.
- What the wearer said or asked for is left out unless it is wanted; what was delivered where, always.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import assert_never, get_args
from zoneinfo import ZoneInfo

from hrvdaemon.vocabulary.inputs import (
    BaselineEpochStarted,
    BatteryRead,
    ClockChanged,
    DeliveryReported,
    ExerciseRequested,
    ExerciseStopped,
    FeltRated,
    Input,
    MotionMeasured,
    PacketReceived,
    PauseRequested,
    PromptAnswered,
    RunEnded,
    RunStarted,
    Scalar,
    SensorConnected,
    SensorLost,
    SettingsChanged,
    TagSet,
    Tick,
)
from hrvdaemon.vocabulary.units import DAY_MS, SECOND_MS, Instant, PromptId, RunId, SensorId, SessionId, instant

FIRST_MONDAY = instant("2001-01-01T00:00:00Z")
WEEK_MS = 7 * DAY_MS
MILLISECOND_SENSORS = "timeline.millisecond_sensors"

Said = PromptAnswered | DeliveryReported | ExerciseRequested | ExerciseStopped | FeltRated | TagSet | PauseRequested
"""What a person said or asked for, and whether an invitation reached them."""

SAID = frozenset(cls.__name__ for cls in (*get_args(Said), BaselineEpochStarted))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """What is kept beyond what the strap sent."""

    keeps_what_was_said: bool = False
    """Answers, ratings, tags, pauses and exercises. The reason of a new usual is free text: replaced."""


def shareable(inputs: Iterable[Input], sharing: Sharing) -> Iterator[Input]:
    """The same inputs, fit to be given away; one after the other, so that a long recording needs no memory."""
    sharer = _Sharer(sharing)
    for given in inputs:
        yield from sharer.feed(given)


def shifted(at: Instant, zone: str) -> Instant:
    """The same weekday and local time, in the first week of 2001, read as UTC."""
    offset = datetime.fromtimestamp(at / SECOND_MS, UTC).astimezone(ZoneInfo(zone)).utcoffset()
    local_ms = at + (round(offset.total_seconds() * SECOND_MS) if offset is not None else 0)
    return Instant(FIRST_MONDAY + (local_ms - FIRST_MONDAY) % WEEK_MS)


class _Sharer:
    def __init__(self, sharing: Sharing) -> None:
        self._sharing = sharing
        self._shift_ms: int | None = None
        self._began_ms = 0
        self._run = RunId("")
        self._n_runs = 0
        self._straps: dict[SensorId, SensorId] = {}
        self._in_milliseconds: set[str] = set()
        self._found_in_milliseconds: set[str] = set()

    def feed(self, given: Input) -> Iterator[Input]:
        """What becomes of one input: mostly one, with another beginning of time."""
        match given:
            case RunStarted():
                yield self._started(given)
            case ClockChanged():
                yield replace(given, mono_ms=self._mono(given), at=self._at(given), zone="UTC")
            case SettingsChanged():
                yield replace(given, mono_ms=self._mono(given), settings=self._settings(given.settings))
            case SensorConnected():
                yield from self._connected(given)
            case SensorLost():
                yield replace(given, mono_ms=self._mono(given), sensor=self._strap(given.sensor), reason="link lost")
            case PacketReceived() | BatteryRead() | MotionMeasured():
                yield replace(given, mono_ms=self._mono(given), sensor=self._strap(given.sensor))
            case RunEnded():
                yield replace(given, mono_ms=self._mono(given), reason="end of recording")
            case Tick():
                yield replace(given, mono_ms=self._mono(given))
            case _:
                yield from self._said(given)

    def _started(self, given: RunStarted) -> RunStarted:
        at = self._at(given)
        self._n_runs += 1
        self._run, self._began_ms = given.run, given.mono_ms
        self._in_milliseconds, self._found_in_milliseconds = set(), set()
        run = RunId(f"shared-{self._n_runs}")
        settings = self._settings(given.settings)
        return replace(given, mono_ms=0, at=at, run=run, zone="UTC", boot_id=run, seed=0, settings=settings)

    def _connected(self, given: SensorConnected) -> Iterator[Input]:
        """A strap that is known by its name to send milliseconds goes on being known."""
        strap = self._strap(given.sensor)
        if self._in_milliseconds & {given.sensor, given.name}:
            self._found_in_milliseconds.add(strap)
            settings: dict[str, Scalar] = {MILLISECOND_SENSORS: ",".join(sorted(self._found_in_milliseconds))}
            yield SettingsChanged(mono_ms=self._mono(given), settings=settings)
        yield replace(given, mono_ms=self._mono(given), sensor=strap, name=strap)

    def _said(self, given: Said | BaselineEpochStarted) -> Iterator[Input]:
        if not self._sharing.keeps_what_was_said:
            return
        mono_ms = self._mono(given)
        match given:
            case DeliveryReported():
                return
            case PromptAnswered():
                yield replace(given, mono_ms=mono_ms, prompt=PromptId(self._id(given.prompt)))
            case FeltRated():
                yield replace(given, mono_ms=mono_ms, session=SessionId(self._id(given.session)))
            case BaselineEpochStarted():
                yield replace(given, mono_ms=mono_ms, reason="told by the wearer")
            case ExerciseRequested() | ExerciseStopped() | TagSet() | PauseRequested():
                yield replace(given, mono_ms=mono_ms)
            case _:
                assert_never(given)

    def _settings(self, settings: dict[str, Scalar]) -> dict[str, Scalar]:
        """Numbers stay; the list of straps is kept here, and told anew once one of them connects."""
        listed = settings.get(MILLISECOND_SENSORS)
        if isinstance(listed, str):
            self._in_milliseconds = {name.strip() for name in listed.split(",")} - {""}
        return {key: value for key, value in settings.items() if not isinstance(value, str)}

    def _mono(self, given: Input) -> int:
        return max(given.mono_ms - self._began_ms, 0)

    def _at(self, given: RunStarted | ClockChanged) -> Instant:
        """All moments move by what the first one moves."""
        if self._shift_ms is None:
            self._shift_ms = shifted(given.at, given.zone) - given.at
        return Instant(given.at + self._shift_ms)

    def _strap(self, sensor: SensorId) -> SensorId:
        return self._straps.setdefault(sensor, SensorId(f"strap-{len(self._straps) + 1}"))

    def _id(self, made_of_run: str) -> str:
        """Names of invitations and sessions are made of the run's."""
        return made_of_run.replace(self._run, f"shared-{self._n_runs}") if self._run else made_of_run
