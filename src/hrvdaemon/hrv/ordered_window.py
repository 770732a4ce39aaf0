"""The newest so many whole numbers, in their order of size: what rolling quartiles of a stream look at."""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Sequence


class OrderedWindow:
    """Holds the last ``size`` numbers added. A number costs two bisections, the quartiles then nothing but look-ups.

    Examples
    --------
    >>> window = OrderedWindow(5)
    >>> for number in (9, 5, 1, 4, 2, 3):
    ...     window.add(number)
    >>> window.quartile_deviation()
    1.0
    """

    __slots__ = ("_newest", "_ordered", "_size")

    def __init__(self, size: int) -> None:
        self._size = size
        self._newest: deque[int] = deque(maxlen=size)
        self._ordered: list[int] = []

    def add(self, number: int) -> None:
        """Take a number in; once the window is full the oldest one goes."""
        ordered, newest = self._ordered, self._newest
        if len(newest) == self._size:
            del ordered[bisect_left(ordered, newest[0])]
        newest.append(number)
        insort(ordered, number)

    def quartile_deviation(self) -> float:
        """Half the distance between the quartiles; 0.0 while the window is empty."""
        return quartile_deviation(self._ordered)


def quartile_deviation(ordered: Sequence[float]) -> float:
    """Half the distance between the quartiles of ordered numbers (linear between ranks, as ``np.percentile``).

    Whole numbers and halves in, no rounding error. 0.0 of one number or none.
    """
    last = len(ordered) - 1
    if last < 1:
        return 0.0
    low, quarters = divmod(last, 4)
    four_q1 = (4 - quarters) * ordered[low] + quarters * ordered[low + 1]
    low, quarters = divmod(3 * last, 4)
    four_q3 = (4 - quarters) * ordered[low] + quarters * ordered[low + 1]
    return (four_q3 - four_q1) / 8
