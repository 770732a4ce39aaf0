"""Which invitations the ledger's minutes would have led to under other rules: a pure function over stored columns.

Signals and the usual stay as they were: z, activation and what each gate said are taken from the ledger. What can be
changed is named in ``REDECIDABLE``; anything else needs the signals again (``hrvdaemon replay --set``). Under the rules
of a row this gives the invitations that were made. The personal threshold and "what if" both rest on it.

Sums over the whole ledger find the minutes that could trigger; only those are walked, by the manners of ``prompting``.
"""

from dataclasses import dataclass, field
from math import fsum
from statistics import median

import numpy as np

from hrvdaemon.regulation.dominance import RECENT, DominanceSettings
from hrvdaemon.regulation.gate import GateSettings
from hrvdaemon.regulation.ledger_columns import Floats, LedgerColumns, Whole
from hrvdaemon.regulation.ledger_windows import Flags, eligible, positions, window_starts
from hrvdaemon.regulation.prompting import MANY_FAIR, PromptSettings, cap, cooldown_min
from hrvdaemon.vocabulary.inputs import Answer

REDECIDABLE = frozenset(
    {f"dominance.{name}" for name in ("theta_on", "theta_off", "n", "k", "both_sides", "off_minutes", "elevated_of_5")}
    | {"dominance.bridge_min"}
    | {f"prompts.{name}" for name in ("cooldown_min", "longest_cooldown_min", "dismissals_that_double", "daily_cap")}
    | {"prompts.quiet_from_min", "prompts.quiet_to_min"}
    | {f"gates.{name}" for name in ("usable_max_artefacts", "slow_breathing_hz", "hr_reserve", "above_rest_bpm")}
)
"""Settings that the stored columns are enough for. Gates with a memory (kinetics, recovery, step-hold) are not."""

_ROUNDING = 1e-9
_STAGES = 4
_MOST_A_DAY = 12
"""No setting allows more invitations a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The settings to decide by. ``theta_on`` None: each row's own threshold, as it was stored."""

    dominance: DominanceSettings = field(default_factory=DominanceSettings)
    prompts: PromptSettings = field(default_factory=PromptSettings)
    gates: GateSettings = field(default_factory=GateSettings)
    theta_on: float | None = None


@dataclass(frozen=True, slots=True)
class Redecided:
    """Rows that lead to an invitation, and how many answers were to one that no longer exists."""

    prompts: tuple[int, ...]
    ignored_answers: int


def redecide(columns: LedgerColumns, rules: Rules, before: GateSettings | None = None) -> Redecided:
    """Decide every row again. ``before``: the gates' settings under which the rows were made, by default the same."""
    return Redecision(columns, rules, before).invite(rules.theta_on)


class Redecision:
    """What does not depend on the threshold, worked out once; then ``invite`` for each threshold to be tried."""

    def __init__(self, columns: LedgerColumns, rules: Rules, before: GateSettings | None = None) -> None:
        self.columns = columns
        self.rules = rules
        self.place = positions(columns)
        self.rows: Whole = np.flatnonzero(eligible(columns, rules.prompts, rules.gates, before or rules.gates))
        self.first = window_starts(self.place[self.rows], rules.dominance)
        self.activation: Floats = columns.activation[self.rows]
        self.is_down = self._downs()

    def invite(self, theta_on: float | None) -> Redecided:
        """The invitations at this threshold of stage 3, the fixed ones before it; None: at each row's own."""
        if theta_on is None:
            return _Walk(self, self.columns.theta_on[self.rows]).walk()
        by_stage = [*(self.rules.dominance.theta(stage) for stage in range(_STAGES - 1)), theta_on]
        return _Walk(self, np.array(by_stage)[self.columns.stage[self.rows]]).walk()

    def _downs(self) -> Flags:
        """Where activation has come down: the mean of the last five of the window is below ``theta_off``."""
        wanted, off = self.rules.dominance.off_minutes, self.rules.dominance.theta_off
        here = np.arange(len(self.rows))
        sums = np.concatenate(([0.0], np.cumsum(self.activation)))
        mean = (sums[here + 1] - sums[np.maximum(here + 1 - wanted, 0)]) / wanted
        enough = here - self.first + 1 >= wanted
        down: Flags = enough & (mean < off)
        for j in np.flatnonzero(enough & (np.abs(mean - off) < _ROUNDING)):
            down[j] = fsum(self.activation[j + 1 - wanted : j + 1]) / wanted < off
        return down


class _Walk:
    """One threshold a row: the minutes that could trigger, in order, and what was asked so far.

    Indices count the minutes that are eligible, unless they are called rows.
    """

    def __init__(self, of: Redecision, theta: Floats) -> None:
        self._of = of
        self._theta = theta
        self._hits = np.concatenate(([0], np.cumsum(of.activation >= theta)))
        self._prompts: list[int] = []
        self._made: set[int] = set()
        self._asked_at: int | None = None
        self._is_armed = True
        self._looked_until = 0
        self._heard = 0
        self._dismissals = 0
        self._not_today: int | None = None

    def walk(self) -> Redecided:
        for j in self._possible():
            self._hear(int(self._of.rows[j]))
            self._arm(j)
            if self._is_armed and self._triggers(j) and not self._passes_over_a_state(j) and self._is_welcome(j):
                self._prompts.append(int(self._of.rows[j]))
                self._made.add(self._prompts[-1])
                self._asked_at, self._is_armed = j, False
        return Redecided(tuple(self._prompts), sum(a.row not in self._made for a in self._of.columns.answers))

    def _possible(self) -> list[int]:
        """Minutes that reach the threshold in enough minutes of their window."""
        if not len(self._of.rows):
            return []
        here, wanted = np.arange(len(self._of.rows)), self._of.rules.dominance.k
        reached = self._hits[here + 1] - self._hits[self._of.first]
        return [int(j) for j in np.flatnonzero(reached >= wanted)]

    def _arm(self, j: int) -> None:
        if not self._is_armed:
            self._is_armed = bool(self._of.is_down[self._looked_until : j + 1].any())
        self._looked_until = j + 1

    def _triggers(self, j: int) -> bool:
        window, theta, both = slice(self._of.first[j], j + 1), self._theta[j], self._of.rules.dominance.both_sides
        if int((self._of.activation[window] >= theta).sum()) < self._of.rules.dominance.k:
            return False
        rows, columns = self._of.rows[window], self._of.columns
        return bool(
            median(self._of.activation[window]) >= theta
            and median(columns.z_hr[rows]) >= both
            and median(columns.z_ln_rmssd[rows]) <= -both
        )

    def _passes_over_a_state(self, j: int) -> bool:
        """Lasting activation follows raised activation (``state_machine``): not straight from an ordinary minute."""
        if j == 0 or self._of.rows[j] - self._of.rows[j - 1] != 1 or self._is_cooling(j - 1):
            return False
        recent = slice(max(self._of.first[j - 1], j - RECENT), j)
        is_raised = int((self._of.activation[recent] >= self._theta[j - 1]).sum()) >= self._elevated
        return not is_raised and not self._was_lasting(j - 1)

    @property
    def _elevated(self) -> int:
        return self._of.rules.dominance.elevated_of_5

    def _was_lasting(self, j: int) -> bool:
        """Whether the trigger was met since activation was last down, without a break."""
        while j >= 0 and not self._of.is_down[j]:
            if self._triggers(j):
                return True
            if self._of.first[j] == j:
                return False
            j -= 1
        return False

    def _is_cooling(self, j: int) -> bool:
        """Whether the pause after the last invitation holds in a minute."""
        if self._asked_at is None:
            return False
        rows, place = self._of.rows, self._of.place
        passed = int(place[rows[j]] - place[rows[self._asked_at]])
        return passed <= cooldown_min(self._of.rules.prompts, self._dismissals)

    def _hear(self, row: int) -> None:
        """Take in what was answered before a row; an answer to an invitation that was not made here changes nothing."""
        answers = self._of.columns.answers
        while self._heard < len(answers) and answers[self._heard].from_row <= row:
            said = answers[self._heard]
            self._heard += 1
            if said.row not in self._made:
                continue
            self._dismissals = 0 if said.answer is Answer.START else self._dismissals + 1
            if said.answer is Answer.NOT_TODAY:
                self._not_today = int(self._of.columns.local_day[said.from_row])

    def _is_welcome(self, j: int) -> bool:
        """The manners of ``prompting.Manners.withheld``."""
        columns, row = self._of.columns, int(self._of.rows[j])
        day, stage = columns.local_day[row], int(columns.stage[row])
        today = sum(columns.local_day[asked] == day for asked in self._prompts[-_MOST_A_DAY:])
        if self._is_cooling(j) or today >= cap(self._of.rules.prompts, stage) or day == self._not_today:
            return False
        return not (columns.is_strap_on[row] or columns.is_after_session[row] or self._is_a_guess(j))

    def _is_a_guess(self, j: int) -> bool:
        """Whether confidence is low: two doubts or more (``prompting.confidence``)."""
        columns, row, window = self._of.columns, self._of.rows[j], self._of.rows[self._of.first[j] : j + 1]
        doubts = int(columns.stage[row] < _STAGES - 1) + int(columns.is_fair[window].mean() > MANY_FAIR)
        doubts += int(columns.is_tagged[row]) + int(columns.is_standing_like[row]) + int(columns.is_thin[row])
        return doubts >= 2
