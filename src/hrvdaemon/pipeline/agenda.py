"""What is due, and when: at most one moment of each kind (law 2).

Due work runs before the input that makes it due, in order of time and, at the same moment, of this enumeration.
"""

from enum import IntEnum


class Due(IntEnum):
    """Kinds of due work; the order matters where moments are equal."""

    SILENCE = 0
    MINUTE = 1
    WINDOW = 2
    BASELINE = 3
    THRESHOLD = 4
    HRV = 5
    BEFORE = 6
    GUIDED_END = 7
    PHASE = 8
    FEEDBACK = 9
    FINISH = 10


class Agenda:
    """Due moments on the run's clock."""

    def __init__(self) -> None:
        self._moments: dict[Due, int] = {}
        self._next: tuple[int, Due] | None = None

    def set(self, due: Due, mono_ms: int) -> None:
        """Make something due at a moment; an earlier plan of the same kind is replaced."""
        self._moments[due] = mono_ms
        if self._next is None or (mono_ms, due) < self._next:
            self._next = (mono_ms, due)
        elif self._next[1] is due:
            self._sort()

    def set_if_none(self, due: Due, mono_ms: int) -> None:
        """Make something due unless it is already."""
        if due not in self._moments:
            self.set(due, mono_ms)

    def is_set(self, due: Due) -> bool:
        """Whether something of this kind is due at all."""
        return due in self._moments

    def drop(self, *dues: Due) -> None:
        """These are not due any more."""
        for due in dues:
            self._moments.pop(due, None)
        self._sort()

    def take(self, until_ms: int) -> tuple[int, Due] | None:
        """The earliest due work at or before a moment, once; None if there is none."""
        if self._next is None or self._next[0] > until_ms:
            return None
        taken = self._next
        self.drop(taken[1])
        return taken

    def take_of(self, due: Due, before_ms: int) -> bool:
        """Take something of this kind that was due before a moment; False if nothing was."""
        if self._moments.get(due, before_ms) >= before_ms:
            return False
        self.drop(due)
        return True

    def _sort(self) -> None:
        self._next = min(((moment, due) for due, moment in self._moments.items()), default=None)
