"""The last minutes as a row of blocks: a shape to glance at, never a verdict."""

from collections.abc import Sequence

BLOCKS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float | None], *, least_span: float) -> str:
    """One block a value, a space where there is none.

    The height spans the values, but never less than ``least_span``: small everyday movement stays flat, so that a
    calm quarter of an hour does not look like a mountain range.
    """
    known = [value for value in values if value is not None]
    if not known:
        return " " * len(values)
    span = max(max(known) - min(known), least_span)
    floor = (max(known) + min(known) - span) / 2
    return "".join(" " if value is None else _block((value - floor) / span) for value in values)


def columns(
    points: Sequence[tuple[int, float | None]], *, end_ms: int, width: int, column_ms: int
) -> list[float | None]:
    """The mean of each ``column_ms`` up to ``end_ms``, oldest first; None for a column without a value."""
    held: list[list[float]] = [[] for _ in range(width)]
    for mono_ms, value in points:
        age = (end_ms - mono_ms) // column_ms
        if value is not None and 0 <= age < width:
            held[width - 1 - age].append(value)
    return [sum(column) / len(column) if column else None for column in held]


def _block(share: float) -> str:
    return BLOCKS[min(len(BLOCKS) - 1, int(share * len(BLOCKS)))]
