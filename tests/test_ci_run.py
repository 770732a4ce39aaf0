"""What a test asks for on this machine, .ci/run installs: there a missing program is a failure and not a skip."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.e2e.packages import FOR_QEMU, IN_THE_GUEST

ROOT = Path(__file__).parents[1]
RUN = ROOT / ".ci" / "run"
INSTALL = ROOT / ".ci" / "install"
TABLE = dict(re.findall(r"^(\S+) +([a-z0-9.+-]+)$", RUN.read_text(encoding="utf-8"), re.MULTILINE))
"""Program and package, as .ci/run has them."""


def test_every_package_that_a_test_names_is_installed() -> None:
    tests = [path for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__)]
    named = {
        package
        for path in tests
        for packages in re.findall(r"apt-get install ([a-z0-9 .+-]+)", path.read_text(encoding="utf-8"))
        for package in packages.split()
    }
    assert named - set(TABLE.values()) == set()
    assert "mosquitto" in named


def test_what_a_guest_needs_is_installed() -> None:
    needed = {**IN_THE_GUEST, **FOR_QEMU}
    assert {program: TABLE.get(program) for program in needed} == needed


@pytest.mark.parametrize("program", [RUN, INSTALL], ids=["run", "install"])
def test_it_is_a_program_that_bash_can_read(program: Path) -> None:
    assert program.stat().st_mode & 0o111
    subprocess.run(["bash", "-n", str(program)], check=True)


@pytest.mark.parametrize("program", [RUN, INSTALL], ids=["run", "install"])
def test_it_knows_no_path_of_one_machine(program: Path) -> None:
    assert re.findall(r"/(?:home|work|root|Users)\b", program.read_text(encoding="utf-8")) == []


def test_no_service_of_a_package_is_started(tmp_path: Path) -> None:
    """policy-rc.d forbids it while apt runs, and goes afterwards; one that was there stays as it is."""
    for given in (None, "#!/bin/sh\nexit 0\n"):
        policy = tmp_path / "policy-rc.d"
        policy.unlink(missing_ok=True)
        if given is not None:
            policy.write_text(given)
        assert _installed(tmp_path, policy) == ("exit 101" if given is None else "exit 0")
        assert (policy.read_text() if policy.exists() else None) == given


def test_a_failing_apt_is_told_and_leaves_no_policy(tmp_path: Path) -> None:
    policy = tmp_path / "policy-rc.d"
    with pytest.raises(subprocess.CalledProcessError) as failed:
        _installed(tmp_path, policy, status=3)
    assert failed.value.returncode == 3
    assert not policy.exists()


def _installed(folder: Path, policy: Path, *, status: int = 0) -> str:
    """The last line of the policy while a fake apt-get of this status installed a package."""
    apt = folder / "bin" / "apt-get"
    apt.parent.mkdir(exist_ok=True)
    apt.write_text(f"#!/bin/sh\ncat {policy} > {folder}/seen\nexit {status}\n")
    apt.chmod(0o755)
    script = folder / "install"
    text = INSTALL.read_text(encoding="utf-8")
    assert text.count("/usr/sbin/policy-rc.d") == 1
    text = text.replace("/usr/sbin/policy-rc.d", str(policy)).replace('then "$@"; else sudo', 'then "$@"; else')
    script.write_text(text)
    environment = {"PATH": f"{apt.parent}:{os.environ['PATH']}"}
    subprocess.run(["bash", str(script), "a-package"], check=True, env=environment)
    return (folder / "seen").read_text().splitlines()[-1]
