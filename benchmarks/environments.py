"""Every peer in an environment of its own, made once from its pins and then kept.

BENCH_ENVS names the folder; without it ``.bench`` beside the project. NeuroKit2 is a test dependency and runs in the
environment that the benchmark itself runs in.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PINS = Path(__file__).parent / "peers"
MEASURE = PINS / "measure.py"
HERE = "neurokit2"
NAMES = (HERE, *sorted(path.stem for path in PINS.glob("*.txt")))
_LONGEST_INSTALL_S = 1800
_LONGEST_RUN_S = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerResult:
    """CPU seconds of one window (or of the whole series, for artefacts) by kind of work; ``broken`` says why not."""

    name: str
    versions: dict[str, str] = field(default_factory=dict)
    rmssd_ms: float | None = None
    cpu_s: dict[str, float] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    broken: str = ""


def measure(name: str, beats: Path) -> PeerResult:
    """Install a peer where it is not yet, and let it work; a peer that does not run is a result too."""
    try:
        done = _run([str(_python(name)), str(MEASURE), name, str(beats)], _LONGEST_RUN_S)
    except (subprocess.SubprocessError, OSError) as error:
        return PeerResult(name=name, broken=_reason(error))
    result: dict[str, Any] = json.loads(done.splitlines()[-1])
    return PeerResult(name=name, **result)


def _python(name: str) -> Path:
    if name == HERE:
        return Path(sys.executable)
    pins, folder = PINS / f"{name}.txt", folder_of_environments() / name
    python, made_from = folder / "bin" / "python", folder / "made-from.txt"
    wanted = pins.read_text(encoding="utf-8")
    if not made_from.exists() or made_from.read_text(encoding="utf-8") != wanted:
        print(f"installing {name} into an environment of its own ...", file=sys.stderr)
        _run([sys.executable, "-m", "venv", "--clear", str(folder)], _LONGEST_INSTALL_S)
        # --no-deps: the pins are complete, and some of them contradict what the peer asks for (see the file)
        install = ["-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "-r", str(pins)]
        _run([str(python), *install], _LONGEST_INSTALL_S)
        made_from.write_text(wanted, encoding="utf-8")
    return python


def folder_of_environments() -> Path:
    return Path(os.environ.get("BENCH_ENVS") or Path(__file__).parents[1] / ".bench").absolute()


def _run(command: list[str], longest_s: float) -> str:
    environment = {**os.environ, "MPLBACKEND": "agg"}
    return subprocess.run(
        command, check=True, capture_output=True, text=True, timeout=longest_s, env=environment
    ).stdout


def _reason(error: Exception) -> str:
    """The last line that it said, without a path of this machine."""
    said = getattr(error, "stderr", None) or str(error)
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    return (text.strip().splitlines() or ["no reason given"])[-1].replace(str(Path.home()), "~")[:160]
