"""What a reader could not use: a place and a reason, counted and never silently dropped."""

from dataclasses import dataclass

MOST_PROBLEMS = 100_000
"""A file with more lines that can not be read is another kind of file, and its problems would fill memory."""


@dataclass(frozen=True, slots=True)
class Problem:
    """``line`` counts from 1; 0 is the file as a whole."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}" if self.line else self.message
