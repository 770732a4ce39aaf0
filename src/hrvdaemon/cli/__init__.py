"""Floor 8: the command line. Each command is loaded when it is called, so that ``status`` and ``--help`` stay fast.

Exit codes: 0 done; 1 the answer is no; 2 wrong usage or config; 3 unreadable input; 4 a resource is unavailable; 70 a
bug of ours; 130 interrupted (``run``, ``watch`` and ``demo`` end 0 on Ctrl-C).
"""

import os
import sys
import traceback
from collections.abc import Sequence

from hrvdaemon.vocabulary.errors import HrvdaemonError

BUG = 70
INTERRUPTED = 130
WRONG_USAGE = 2

COMMANDS = {
    "demo": ("demo:demo", "A simulated wearer's afternoon; no strap needed."),
    "init": ("init:init", "Find your strap and write the config."),
    "run": ("run:run", "Connect to the strap and go on until stopped."),
    "scan": ("scan:scan", "Look for heart-rate straps nearby."),
    "doctor": ("doctor:doctor", "Check everything; each failure has its next step."),
    "evaluate": ("evaluate:evaluate", "How well invitations meet what they are meant for."),
    "watch": ("watch:watch", "Watch your heart live."),
    "status": ("status:status", "Say in one line how it stands."),
    "pause": ("wishes:pause", "No invitations for a while."),
    "resume": ("wishes:resume", "End a pause."),
    "tag": ("wishes:tag", "Say what is going on: caffeine, a meal, illness."),
    "exercise": ("exercise:exercise", "Two minutes of a guided exercise."),
    "why": ("why:why", "Why it invited, or why it did not."),
    "replay": ("replay:replay", "Run recordings through the whole pipeline."),
    "analyse": ("analyse:analyse", "Heart rate variability of a recording."),
    "import": ("import_:import_", "Bluetooth captures to a recording, or into a database."),
    "record": ("record:record", "Write a recording that can be given away."),
    "simulate": ("simulate:simulate", "Write a simulated recording and its labels."),
}
"""Where each command is, and its line in ``--help``."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code."""
    sys.exit(_exit_code(sys.argv[1:] if arguments is None else list(arguments)))


def _exit_code(arguments: list[str]) -> int:
    from cyclopts import App, CycloptsError, Parameter  # noqa: PLC0415  a tenth of a second, and tests call this often

    import hrvdaemon  # noqa: PLC0415  as above

    app = App(
        name="hrvdaemon",
        help="Activation compared with your own usual, from any Bluetooth heart-rate strap, on your own machine.",
        version=hrvdaemon.__version__,
        default_parameter=Parameter(negative=""),
        result_action="return_value",
    )
    for name, (place, line) in COMMANDS.items():
        app.command(f"hrvdaemon.cli.{place}", name=name, help=line)
    try:
        app(arguments, exit_on_error=False, print_error=True)
        sys.stdout.flush()
    except CycloptsError:
        return WRONG_USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001  the last place where a bug of ours can be told apart from a mistake of theirs
        return _told(error)
    return 0


def _told(error: Exception) -> int:
    """Say what failed, and with which code to leave. A run ends with a group of all that failed in it."""
    failures = _failures(error)
    if all(isinstance(failure, BrokenPipeError) for failure in failures):
        return _nobody_reads()
    if all(isinstance(failure, HrvdaemonError) for failure in failures):
        for failure in failures:
            print(f"hrvdaemon: {failure}", file=sys.stderr)
        return max(failure.exit_code for failure in failures if isinstance(failure, HrvdaemonError))
    traceback.print_exception(error)
    print("hrvdaemon: this is a bug of ours; please report what is above", file=sys.stderr)
    return BUG


def _failures(error: Exception) -> list[Exception]:
    if isinstance(error, ExceptionGroup):
        return [failure for inner in error.exceptions for failure in _failures(inner)]
    return [error]


def _nobody_reads() -> int:
    """As of ``head``: that is no mistake, and Python is not to complain when it flushes at the very end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
