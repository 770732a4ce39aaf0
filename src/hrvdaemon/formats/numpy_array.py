"""A NumPy array (``.npy``): one row of whole or floating point numbers, one interval each.

The header is read by one pattern and nothing in the file is evaluated or unpickled; an array of objects is refused.
"""

import re
from math import isfinite

import numpy as np

from hrvdaemon.formats.rr_series import Floats, Rows, RRSeries, Unit, series_of_rows
from hrvdaemon.vocabulary.errors import UnreadableRecording

FORMAT = "npy"
MAGIC = b"\x93NUMPY"

_HEADER = re.compile(
    rb"\{\s*'descr':\s*'([<>|=]?(?:f[248]|[iu][1248]))',\s*'fortran_order':\s*(?:True|False),"
    rb"\s*'shape':\s*\(\s*([0-9, ]*)\)\s*,?\s*\}\s*"
)
_LONGEST_HEADER = 10_000


def read_numpy(data: bytes, unit: Unit | None = None) -> RRSeries:
    """The intervals of an array of shape (n,), (n, 1) or (1, n). An element that is not finite is a problem and a gap.

    The line of a problem is the number of the element; a cut file gives what it has. UnreadableRecording for other
    shapes and kinds.
    """
    values, n_wanted = _array(data)
    rows = Rows()
    for place, value in enumerate(values.tolist(), 1):
        if isfinite(value):
            rows.add(place, value)
        else:
            rows.refuse(place, f"expected an interval, came {value:g}")
    if values.size < n_wanted:
        rows.refuse(values.size + 1, f"expected {n_wanted} intervals in the array, came {values.size}: the file is cut")
    return series_of_rows(rows, unit=unit, format=FORMAT)


def _array(data: bytes) -> tuple[Floats, int]:
    """The numbers that are there, and how many the header promises."""
    begin = 10 if data[6:7] == b"\x01" else 12
    end = begin + int.from_bytes(data[8:begin], "little")
    header = _HEADER.fullmatch(data[begin:end]) if end - begin <= _LONGEST_HEADER else None
    if header is None:
        raise UnreadableRecording(f"expected a NumPy array of numbers, came {data[begin:end][:80]!r}")
    n_wanted = _length(header[2].decode())
    kind = np.dtype(header[1].decode())
    n_there = min(n_wanted, (len(data) - end) // kind.itemsize)
    with np.errstate(invalid="ignore"):  # a NaN that signals is a NaN, and is told as one
        return np.frombuffer(data, kind, count=n_there, offset=end).astype(np.float64), n_wanted


def _length(shape: str) -> int:
    lengths = [int(length[:12]) for length in shape.replace(" ", "").split(",") if length]
    if not lengths or len(lengths) > 2 or (len(lengths) == 2 and 1 not in lengths):
        raise UnreadableRecording(f"expected a NumPy array with one row of intervals, came the shape {tuple(lengths)}")
    return max(lengths) if 0 not in lengths else 0
