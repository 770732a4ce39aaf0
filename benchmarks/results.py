"""RESULTS.md: tables, sections that are rewritten one by one, and the machine they come from."""

import platform
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

FILE = Path(__file__).parent / "RESULTS.md"
TITLE = "# Results\n\nA section that names a command is written by it; `make bench` runs them all. "


@dataclass(frozen=True, slots=True)
class Table:
    """Markdown, which a terminal shows just as well."""

    heading: Sequence[str]
    rows: Sequence[Sequence[str]]

    def __str__(self) -> str:
        widths = [max(len(row[i]) for row in (self.heading, *self.rows)) for i in range(len(self.heading))]
        lines = [self.heading, ["-" * width for width in widths], *self.rows]
        return "\n".join(
            f"| {' | '.join(f'{cell:<{w}}' for cell, w in zip(line, widths, strict=True))} |" for line in lines
        )


def write_section(heading: str, text: str, file: Path = FILE) -> None:
    """Put ``text`` below its heading, in the place of what stood there; other sections stay as they are."""
    sections = _sections(file.read_text(encoding="utf-8") if file.exists() else "")
    sections[heading] = text.strip()
    body = "\n\n".join(f"## {name}\n\n{content}" for name, content in sections.items())
    file.write_text(f"{TITLE}\n\n{body}\n".replace(" \n", "\n"), encoding="utf-8")


def _sections(text: str) -> dict[str, str]:
    parts = f"\n{text}".split("\n## ")[1:]
    return {name: content.strip() for name, _, content in (part.partition("\n") for part in parts)}


def machine() -> str:
    """Where and with what this ran; the name of the machine is nobody's business."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("hrvdaemon", "numpy", "scipy", "neurokit2"))
    return (
        f"{platform.system()} {platform.machine()}, {_processor()}, Python {platform.python_version()}, {packages}, "
        f"SQLite {sqlite3.sqlite_version}"
    )


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith(("model name", "Model")))
    return next(named, platform.processor() or "processor unknown")
