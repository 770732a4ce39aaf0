"""The machine's clocks and names, and one that is turned by hand."""

import time
from pathlib import Path

import pytest

from hrvdaemon import clock
from hrvdaemon.clock import MachineClock, TurnedClock, boot_id, zone
from hrvdaemon.vocabulary.units import Instant


def test_the_machines_clock_does_not_go_backwards() -> None:
    machine = MachineClock()
    times = [machine.mono_ms() for _ in range(1_000)]
    assert times == sorted(times)


def test_time_since_boot_is_that_of_the_kernel() -> None:
    before = time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
    assert before <= MachineClock().mono_ms() <= time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


@pytest.mark.parametrize(
    ("ns", "ms"), [(0, 0), (499_999, 0), (500_000, 1), (1_499_999, 1), (1_770_000_000_123_500_000, 1_770_000_000_124)]
)
def test_wall_time_is_rounded_to_a_millisecond(monkeypatch: pytest.MonkeyPatch, ns: int, ms: int) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: ns)
    assert MachineClock().at() == ms


def test_a_turned_clock_stands_still_until_it_is_turned() -> None:
    turned = TurnedClock(0, Instant(1_000_000))
    assert (turned.mono_ms(), turned.at()) == (0, 1_000_000)
    turned.now_ms += 250
    assert (turned.mono_ms(), turned.at()) == (250, 1_000_250)


KERNEL = "0f8fad5b-d9cb-469f-a165-70867728950e"
SYSTEMD = KERNEL.replace("-", "")


def test_a_boot_has_one_name_whoever_tells_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The kernel writes dashes, systemd's %b has none; a restart by hand under either is the same boot."""
    path = tmp_path / "boot_id"
    path.write_text(KERNEL + "\n")
    monkeypatch.setattr(clock, "_BOOT_ID", path)
    monkeypatch.delenv("HRVDAEMON_BOOT_ID", raising=False)
    assert boot_id() == SYSTEMD
    for told in (SYSTEMD, KERNEL):
        monkeypatch.setenv("HRVDAEMON_BOOT_ID", told)
        assert boot_id() == SYSTEMD


def test_what_the_unit_tells_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "boot_id"
    path.write_text(KERNEL)
    monkeypatch.setattr(clock, "_BOOT_ID", path)
    monkeypatch.setenv("HRVDAEMON_BOOT_ID", "told")
    assert boot_id() == "told"
    monkeypatch.setenv("HRVDAEMON_BOOT_ID", "")
    assert boot_id() == SYSTEMD


def test_where_nothing_tells_the_boot_it_is_unknown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(clock, "_BOOT_ID", tmp_path / "none")
    monkeypatch.delenv("HRVDAEMON_BOOT_ID", raising=False)
    assert boot_id() == "unknown"


def test_tz_names_the_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    assert zone() == "Asia/Kolkata"


@pytest.mark.parametrize("tz", ["", "CET-1CEST,M3.5.0", "Nowhere/Special", "/etc/passwd", ":x"])
def test_what_is_no_iana_name_is_passed_over_for_the_machines_zone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tz: str
) -> None:
    target = tmp_path / "zoneinfo" / "Europe" / "Berlin"
    target.parent.mkdir(parents=True)
    target.touch()
    (tmp_path / "localtime").symlink_to(target)
    monkeypatch.setattr(clock, "_LOCALTIME", tmp_path / "localtime")
    monkeypatch.setenv("TZ", tz)
    assert zone() == "Europe/Berlin"
