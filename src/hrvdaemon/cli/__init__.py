"""Floor 8: the command line. Each command is loaded when it is called, so that ``status`` and ``--help`` stay fast.

Exit codes: 0 done; 1 the answer is no; 2 wrong usage or config; 3 unreadable input; 4 a resource is unavailable; 70 a
bug of ours; 130 interrupted (``run``, ``watch`` and ``demo`` end 0 on Ctrl-C).
"""

import sys
import traceback
from collections.abc import Sequence

from hrvdaemon.vocabulary.errors import HrvdaemonError

BUG = 70
INTERRUPTED = 130
WRONG_USAGE = 2

COMMANDS = {
    "demo": "hrvdaemon.cli.demo:demo",
    "run": "hrvdaemon.cli.run:run",
    "scan": "hrvdaemon.cli.scan:scan",
    "watch": "hrvdaemon.cli.watch:watch",
    "status": "hrvdaemon.cli.status:status",
    "pause": "hrvdaemon.cli.wishes:pause",
    "resume": "hrvdaemon.cli.wishes:resume",
    "tag": "hrvdaemon.cli.wishes:tag",
    "exercise": "hrvdaemon.cli.exercise:exercise",
    "why": "hrvdaemon.cli.why:why",
    "replay": "hrvdaemon.cli.replay:replay",
    "analyse": "hrvdaemon.cli.analyse:analyse",
    "simulate": "hrvdaemon.cli.simulate:simulate",
}


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
    for name, path in COMMANDS.items():
        app.command(path, name=name)
    try:
        app(arguments, exit_on_error=False, print_error=True)
    except CycloptsError:
        return WRONG_USAGE
    except HrvdaemonError as error:
        print(f"hrvdaemon: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return 0
    except Exception:  # noqa: BLE001  the last place where a bug of ours can be told apart from a mistake of theirs
        traceback.print_exc()
        print("hrvdaemon: this is a bug of ours; please report what is above", file=sys.stderr)
        return BUG
    return 0
