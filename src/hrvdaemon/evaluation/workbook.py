"""The cells of an ``.xlsx`` workbook, which is a zip of XML; nothing but values is read (ECMA-376, SpreadsheetML)."""

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET
from zipfile import BadZipFile, ZipFile

from hrvdaemon.vocabulary.errors import UnreadableRecording

Cell = str | float
Row = dict[str, Cell]
"""By column letter; empty cells are not in it."""

LARGEST_BYTES = 32 * 1024 * 1024
"""Of one part, decompressed."""
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def read_workbook(path: Path) -> dict[str, list[Row]]:
    """Rows of every sheet by the sheet's name, in the workbook's order.

    Raises
    ------
    UnreadableRecording
        If the file is not there, no workbook, or a part of it is larger than ``LARGEST_BYTES``.
    """
    try:
        with ZipFile(path) as file:
            strings = list(_strings(file, path))
            names = [sheet.attrib["name"] for sheet in _part(file, path, "xl/workbook.xml").iter(f"{_MAIN}sheet")]
            return {name: list(_rows(file, path, number, strings)) for number, name in enumerate(names, 1)}
    except (OSError, BadZipFile, KeyError, ValueError, IndexError, ET.ParseError) as error:
        raise UnreadableRecording(f"expected an .xlsx workbook, came {path} ({error})") from error


def _part(file: ZipFile, path: Path, name: str) -> ET.Element:
    if file.getinfo(name).file_size > LARGEST_BYTES:
        raise UnreadableRecording(f"expected at most {LARGEST_BYTES >> 20} MB in {name}, came more in {path}")
    return ET.fromstring(file.read(name))  # noqa: S314  a file its owner names; expat bounds entities itself


def _strings(file: ZipFile, path: Path) -> Iterator[str]:
    """Shared strings, which text cells point to by number."""
    if "xl/sharedStrings.xml" in file.namelist():
        for item in _part(file, path, "xl/sharedStrings.xml").iter(f"{_MAIN}si"):
            yield "".join(text.text or "" for text in item.iter(f"{_MAIN}t"))


def _rows(file: ZipFile, path: Path, number: int, strings: list[str]) -> Iterator[Row]:
    for row in _part(file, path, f"xl/worksheets/sheet{number}.xml").iter(f"{_MAIN}row"):
        cells = ((cell.attrib["r"].rstrip("0123456789"), _value(cell, strings)) for cell in row.iter(f"{_MAIN}c"))
        yield {column: value for column, value in cells if value is not None}


def _value(cell: ET.Element, strings: list[str]) -> Cell | None:
    inline = cell.find(f"{_MAIN}is")
    if inline is not None:
        return "".join(text.text or "" for text in inline.iter(f"{_MAIN}t"))
    value = cell.find(f"{_MAIN}v")
    if value is None or value.text is None:
        return None
    match cell.get("t"):
        case "s":
            return strings[int(value.text)]
        case "str" | "e":
            return value.text
        case _:
            return float(value.text)
