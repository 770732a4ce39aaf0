"""The ledger decides again what the pipeline decided: stored numbers and the pure re-decision give the same invitations."""

from collections.abc import Callable, Iterator
from math import log
from typing import Any

import numpy as np
import pytest

from hrvdaemon.pipeline import History, Pipeline, Settings
from hrvdaemon.pipeline.behaviour import Behaviour
from hrvdaemon.regulation.redecision import Rules, redecide
from hrvdaemon.vocabulary.epochs import Epoch, Quality, WindowMetrics
from hrvdaemon.vocabulary.events import BaselineComputed, DecisionMade, HourUsual, Withheld
from hrvdaemon.vocabulary.inputs import Answer, RunStarted, Scalar, Tag
from hrvdaemon.vocabulary.units import MINUTE_MS, Instant, PromptId, RunId, instant

NINE = instant("2026-03-10T08:00:00Z")
USUAL = HourUsual(hr_bpm=60.0, hr_sigma_bpm=4.0, ln_rmssd=log(30), ln_sigma=0.2, n_eff=100.0)


class Lived:
    """A wearer whose minutes are given, without their beats: ``rows`` is what was decided."""

    def __init__(self, stage: int, flat: dict[str, Scalar]) -> None:
        started = RunStarted(
            mono_ms=0, at=NINE, run=RunId("run"), version="0", zone="Europe/Berlin", boot_id="b", seed=1, settings=flat
        )
        known = BaselineComputed(
            mono_ms=0, at=NINE, cutoff_at=NINE, stage=stage, eligible_minutes=2000, days=9, hours=(USUAL,) * 24, rho=0.5,
            hr_rest_bpm=50.0,
        )  # fmt: skip
        self.behaviour: Behaviour = Pipeline(History(records=(started, known)))._behaviour
        self.minute = 0
        self.rows: list[DecisionMade] = []

    @property
    def now_ms(self) -> int:
        return self.minute * MINUTE_MS + 15_000

    def live(self, minutes: int, activation: float, *, is_fair: bool = False, is_slow: bool = False) -> None:
        for _ in range(minutes):
            epoch = _epoch(self.minute, activation, is_fair=is_fair, is_slow=is_slow)
            self.minute += 1
            events = list(self.behaviour.minute(epoch, self.now_ms, is_warming_up=False, may_ask=True))
            self.rows += [event for event in events if isinstance(event, DecisionMade)]

    def silence(self, minutes: int) -> None:
        start_ms = self.minute * MINUTE_MS
        self.minute += minutes
        self.rows.append(self.behaviour.detector.skip(start_ms, minutes, self.now_ms))

    def answer(self, answer: Answer) -> None:
        asked = [row.prompt for row in self.rows if row.prompt is not None]
        self.behaviour.detector.answer(asked[-1] if asked else PromptId("none"), answer, self.now_ms)

    def do(self, what: str, value: Any) -> None:
        detector = self.behaviour.detector
        match what:
            case "live":
                self.live(*value[:2], is_fair=value[2] == "fair", is_slow=value[2] == "slow")
            case "silence":
                self.silence(value)
            case "answer":
                self.answer(value)
            case "pause":
                detector.wishes.pause(self.now_ms, value)
            case "tag":
                detector.tag(value, self.now_ms)
            case "strap":
                detector.start_wearing(self.now_ms)
            case _:
                detector.manners.session_ended(self.now_ms)

    def again(self, flat: dict[str, Scalar]) -> list[int]:
        """Rows that invite when the ledger decides again."""
        s = Settings.from_flat(flat)
        rules = Rules(dominance=s.dominance, prompts=s.prompts, gates=s.gates)
        return list(redecide(self.behaviour.detector.learning.ledger.columns(), rules).prompts)

    @property
    def asked(self) -> list[int]:
        return [place for place, row in enumerate(self.rows) if row.prompt is not None]


def _epoch(number: int, activation: float, *, is_fair: bool, is_slow: bool) -> Epoch:
    """A minute of about this activation at rho 0.5, shared by both sides."""
    side = activation * 3**0.5 / 2
    metrics = WindowMetrics(
        window_s=60, n_beats=60, n_pairs=59, coverage=1.0, artefact_share=0.03 if is_fair else 0.0,
        quality=Quality.FAIR if is_fair else Quality.GOOD, mean_rr_ms=1000, mean_hr_bpm=60 + 4 * side, sdnn_ms=None,
        rmssd_ms=None, ln_rmssd=log(30) - 0.2 * side, pnn50_percent=None,
    )  # fmt: skip
    return Epoch(
        number=number, start_at=Instant(NINE + number * MINUTE_MS), start_mono_ms=number * MINUTE_MS, metrics=metrics,
        hr_10s_bpm=(60.0,) * 6, respiration_hz=0.1 if is_slow else None, is_irregular=False, motion=None,
    )  # fmt: skip


LEVELS = (-3.5, 0.0, 0.0, 0.45, 0.5, 1.0, 1.5, 1.6, 2.1, 2.5, 2.5, 3.0)
KINDS = ("plain", "plain", "plain", "plain", "fair", "slow")
OTHERS: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("silence", (1, 3, 5, 6, 12, 60, 300)),
    ("answer", (*Answer, Answer.LATER)),
    ("pause", (5, 40)),
    ("tag", (Tag.CAFFEINE, Tag.ILL, Tag.EXERCISING)),
    ("strap", (None,)),
    ("session", (None,)),
)
FLATS: tuple[dict[str, Scalar], ...] = (
    {},
    {"dominance.theta_on": 1.0, "prompts.cooldown_min": 10, "prompts.daily_cap": 12},
    {"dominance.n": 6, "dominance.k": 3, "dominance.off_minutes": 2, "dominance.elevated_of_5": 5},
    {"dominance.theta_off": 0.9, "dominance.bridge_min": 0, "prompts.dismissals_that_double": 1},
    {"prompts.quiet_from_min": 720, "prompts.quiet_to_min": 900, "prompts.strap_on_min": 5},
)


def any_plan(seed: int) -> Iterator[tuple[str, Any]]:
    """Some fifteen hours of waves, interrupted, answered, paused and tagged."""
    chance = np.random.default_rng(seed)
    for _ in range(45):
        longest = int(chance.choice([3, 9, 15, 40]))
        wave = int(chance.integers(1, longest + 1)), float(chance.choice(LEVELS)), str(chance.choice(KINDS))
        yield "live", wave
        if chance.random() < 0.35:
            what, values = OTHERS[chance.integers(len(OTHERS))]
            yield what, values[chance.integers(len(values))]


def lived(seed: int) -> tuple[Lived, dict[str, Scalar]]:
    flat = FLATS[seed % len(FLATS)]
    one = Lived(3 if seed % 4 else 1 + seed % 3, flat)
    for what, value in any_plan(seed):
        one.do(what, value)
    return one, flat


@pytest.mark.parametrize("seed", range(60))
def test_the_ledger_decides_again_what_was_decided(seed: int) -> None:
    one, flat = lived(seed)
    assert one.again(flat) == one.asked


def test_the_plans_lead_to_invitations_and_to_every_reason_to_withhold_one() -> None:
    """The property above is about something."""
    every = [lived(seed)[0] for seed in range(60)]
    assert sum(len(one.asked) for one in every) > 80
    assert {row.withheld for one in every for row in one.rows} >= set(Withheld)


@pytest.mark.parametrize(
    ("spoil", "flat"),
    [
        (lambda lived: lived.live(12, 2.5), {"dominance.theta_on": 3.0}),
        (lambda lived: lived.live(12, 2.5), {"prompts.daily_cap": 0}),
        (lambda lived: lived.live(12, 2.5), {"prompts.quiet_from_min": 0, "prompts.quiet_to_min": 1439}),
        (lambda lived: lived.live(12, 2.5), {"gates.hr_reserve": 0.0, "gates.above_rest_bpm": 0.0}),
    ],
)
def test_other_rules_give_other_invitations(spoil: Callable[[Lived], None], flat: dict[str, Scalar]) -> None:
    """The property above can fail: and this is what "what if" asks."""
    one = Lived(3, {})
    one.live(20, 0.0)
    spoil(one)
    assert len(one.again({})) == len(one.asked) == 1
    s = Settings.from_flat(flat)
    rules = Rules(dominance=s.dominance, prompts=s.prompts, gates=s.gates, theta_on=s.dominance.theta_on)
    columns = one.behaviour.detector.learning.ledger.columns()
    assert redecide(columns, rules, before=Settings().gates).prompts == ()


def test_an_answer_to_an_invitation_that_no_longer_exists_is_counted_and_changes_nothing() -> None:
    one = Lived(3, {})
    one.live(20, 0.0)
    one.live(12, 1.6)
    one.answer(Answer.NOT_TODAY)
    one.live(60, 0.0)
    one.live(12, 2.5)
    assert len(one.asked) == 1
    columns = one.behaviour.detector.learning.ledger.columns()
    redecided = redecide(columns, Rules(theta_on=2.0))
    assert redecided.ignored_answers == 1
    assert [one.rows[row].start_mono_ms // MINUTE_MS for row in redecided.prompts] == [99]
