from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

from hrvdaemon.evaluation.workbook import read_workbook
from hrvdaemon.vocabulary.errors import UnreadableRecording


def test_numbers_and_shared_and_inline_text_are_read(workbook: Callable[..., Path]) -> None:
    path = workbook(First=[["name", 1.5], [None, 2]], Second=[["other"]])
    assert read_workbook(path) == {"First": [{"A": "name", "B": 1.5}, {"B": 2.0}], "Second": [{"A": "other"}]}


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 and then nothing", b"1000\n1000\n"])
def test_what_is_no_workbook_is_said(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)
    with pytest.raises(UnreadableRecording, match=r"expected an \.xlsx workbook"):
        read_workbook(path)


def test_a_workbook_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnreadableRecording, match="expected an"):
        read_workbook(tmp_path / "none.xlsx")


def test_a_zip_without_a_sheet_is_said(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with ZipFile(path, "w") as file:
        file.writestr("xl/other.xml", "<a/>")
    with pytest.raises(UnreadableRecording, match="expected an"):
        read_workbook(path)
