import logging
from pathlib import Path
from stat import S_IMODE

import pytest

from hrvdaemon.sources.strap_memory import KnownStrap, StrapMemory

H10 = KnownStrap(address="C4:11:22:33:44:55", name="Gürtel 心拍 7A123456")


def test_what_is_kept_is_known_again_and_for_its_owner_only(tmp_path: Path) -> None:
    StrapMemory(tmp_path / "hrv.strap").keep(H10)
    assert StrapMemory(tmp_path / "hrv.strap").known == H10
    assert S_IMODE((tmp_path / "hrv.strap").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["hrv.strap"]


def test_without_a_file_nothing_is_known(tmp_path: Path) -> None:
    assert StrapMemory(tmp_path / "hrv.strap").known is None


def test_without_a_path_it_lasts_as_long_as_the_process() -> None:
    memory = StrapMemory()
    memory.keep(H10)
    assert memory.known == H10


@pytest.mark.parametrize("content", [b"", b"\n\n", b"one line", b"\xff\xfe\n\xff\n", b"\nname\n"])
def test_a_file_that_says_nothing_is_as_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "hrv.strap").write_bytes(content)
    assert StrapMemory(tmp_path / "hrv.strap").known is None


def test_the_same_strap_is_not_written_again(tmp_path: Path) -> None:
    path = tmp_path / "hrv.strap"
    StrapMemory(path).keep(H10)
    memory = StrapMemory(path)
    path.unlink()
    memory.keep(H10)
    assert not path.exists()


def test_a_disk_that_takes_nothing_is_said_and_the_strap_known_all_the_same(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    memory = StrapMemory(tmp_path / "none" / "hrv.strap")
    with caplog.at_level(logging.WARNING):
        memory.keep(H10)
    assert memory.known == H10
    assert [record.getMessage() for record in caplog.records] == [
        "event=strap_not_remembered reason=No such file or directory"
    ]


@pytest.mark.parametrize(
    ("address", "name", "is_it"),
    [
        ("c4:11:22:33:44:55", "", True),
        ("C4:99:99:99:99:99", "Gürtel 心拍 7A123456", True),
        ("C4:99:99:99:99:99", "Gürtel 心拍", False),
        ("C4:99:99:99:99:99", "", False),
    ],
)
def test_it_is_known_by_its_address_or_its_whole_name(address: str, name: str, is_it: bool) -> None:
    assert H10.is_seen_as(address, name) is is_it


@pytest.mark.parametrize("name", ["HRM", "Heart Rate", "Faced Decade", "H10 12"])
def test_a_name_without_a_serial_number_is_that_of_a_whole_make(name: str) -> None:
    assert not KnownStrap(address="C4:11:22:33:44:55", name=name).is_seen_as("C4:99:99:99:99:99", name)


def test_a_strap_without_a_name_is_not_every_strap_without_one() -> None:
    assert not KnownStrap(address="C4:11:22:33:44:55", name="").is_seen_as("C4:99:99:99:99:99", "")
