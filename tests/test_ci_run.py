"""What a test asks for on this machine, .ci/run installs: there a missing program is a failure and not a skip."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
RUN = ROOT / ".ci" / "run"


def test_every_package_that_a_test_names_is_installed() -> None:
    tests = [path for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__)]
    named = {
        package
        for path in tests
        for packages in re.findall(r"apt-get install ([a-z0-9 .+-]+)", path.read_text(encoding="utf-8"))
        for package in packages.split()
    }
    wanted = set(re.findall(r"^\S+ +([a-z0-9.+-]+)$", RUN.read_text(encoding="utf-8"), re.MULTILINE))
    assert named - wanted == set()
    assert "mosquitto" in named


def test_it_is_a_program_that_bash_can_read() -> None:
    assert RUN.stat().st_mode & 0o111
    subprocess.run(["bash", "-n", str(RUN)], check=True)


def test_it_knows_no_path_of_one_machine() -> None:
    assert re.findall(r"/(?:home|work|root|Users)\b", RUN.read_text(encoding="utf-8")) == []
