"""Chance as a function: the same seed, purpose and ordinal give the same draw on every machine, for ever (law 8).

A draw never depends on how many others were made before it, so a restart or a replay repeats none and skips none.
"""

from hashlib import blake2b
from statistics import NormalDist
from typing import TypeVar

T = TypeVar("T")

_STANDARD_NORMAL = NormalDist()


def draw(seed: int, purpose: str, ordinal: int) -> float:
    """Uniform number in the open interval (0, 1), from a keyed hash (BLAKE2b) of its three arguments."""
    key = seed.to_bytes(16, "little", signed=True)
    digest = blake2b(f"{purpose}\0{ordinal}".encode(), key=key, digest_size=8).digest()
    return (int.from_bytes(digest, "little") >> 12 | 1) / 2**52


def normal(seed: int, purpose: str, ordinal: int) -> float:
    """Standard normal number by inverse transform of ``draw``."""
    return _STANDARD_NORMAL.inv_cdf(draw(seed, purpose, ordinal))


def choice(seed: int, purpose: str, ordinal: int, options: tuple[T, ...]) -> T:
    """One of the options, each equally likely."""
    return options[int(draw(seed, purpose, ordinal) * len(options))]
