"""Reads the CSV files that people have, whatever their encoding and delimiter; a bad row is a value, no exception."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from crm_cli.base.errors import Invalid
from crm_cli.base.text import counted
from crm_cli.formats.csvtext import unguard
from crm_cli.formats.encodings import UNREADABLE, decode

DELIMITERS: Final = ",;\t|"
LOOKED_AT: Final = 40
_VALUE: Final = re.compile(r"(?=\W*\d)[\W\d]*\Z")

_QUOTES: Final = "a quote is opened that does not end its cell"


@dataclass(frozen=True, slots=True)
class Row:
    """A row that can be used: the line it begins at, and a text for each column, guards taken off."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be used, and why; `cells` are as they stand in the file, guards taken off."""

    line: int
    message: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table out of a file, and how it was understood; `header` is the line of the column names, from 1."""

    columns: tuple[str, ...]
    rows: list[Row]
    problems: list[BadRow]
    encoding: str
    delimiter: str
    header: int


@dataclass(slots=True)
class _Raw:
    """A record of the file as the parser found it; `message` says what is wrong with its quotes."""

    line: int
    cells: list[str]
    message: str = ""


def read_csv(
    data: bytes, *, encoding: str | None = None, delimiter: str | None = None, header: int | None = None
) -> Sheet:
    """The table in a file; what is not given is found out.

    `Invalid` only where nothing can be used: an encoding that does not exist, no line of column names, two columns
    with one name.
    """
    text, encoding = decode(data, encoding)
    lines = list(io.StringIO(text, newline=""))
    # The limit of 131,072 characters is one of the whole process, and nothing else in it reads CSV.
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    if delimiter is not None and len(delimiter) != 1:
        raise Invalid(f"the delimiter {delimiter!r} is not one character")
    delimiter = delimiter or _delimiter(lines)
    place = _given_header(lines, header) if header else _header(lines, delimiter)
    records = _records(lines, place, delimiter)
    first = next(records, None)
    if first is None or first.message:
        raise Invalid(f"line {place + 1} holds no column names" + (f": {first.message}" if first else ""))
    columns = _columns(first)
    rows: list[Row] = []
    problems: list[BadRow] = []
    for raw in records:
        if not raw.message and not any(map(str.strip, raw.cells)):
            continue
        message = raw.message or _trouble(raw.cells, len(columns))
        if message:
            problems.append(BadRow(raw.line, message, tuple(map(unguard, raw.cells))))
        else:
            rows.append(Row(raw.line, tuple(map(unguard, raw.cells[: len(columns)]))))
    return Sheet(columns, rows, problems, encoding, delimiter, place + 1)


def _records(lines: Sequence[str], start: int, delimiter: str) -> Iterator[_Raw]:
    """The records from a line on. One whose quotes are broken costs its first line; reading goes on behind that.

    Whatever is still open at the start of a line that such a record ran through ends where that one ended. So the
    lines up to there are read alone, and no line is read more than twice.
    """
    doomed = 0
    while start < len(lines):
        stop = start + 1 if start + 1 < doomed else len(lines)
        reader = csv.reader(map(lines.__getitem__, range(start, stop)), delimiter=delimiter, strict=True)
        begun = start
        try:
            for cells in reader:
                yield _Raw(begun + 1, cells)
                begun = start + reader.line_num
            start = stop
        except csv.Error:
            yield _Raw(begun + 1, lines[begun].rstrip("\r\n").split(delimiter), _QUOTES)
            doomed = max(doomed, start + reader.line_num)
            start = begun + 1


def _trouble(cells: Sequence[str], columns: int) -> str:
    """What is wrong with a record; empty for nothing."""
    if len(cells) < columns:
        return f"the row has {counted(len(cells), 'cell')}, and there are {counted(columns, 'column')}"
    if any(cells[columns:]):
        return f"the row has {counted(len(cells), 'cell')}, and there are only {counted(columns, 'column')}"
    whole = "".join(cells)
    if "\0" in whole:
        return "the row holds a NUL character"
    return "the row holds bytes that are no text in this encoding" if UNREADABLE.search(whole) else ""


def _columns(raw: _Raw) -> tuple[str, ...]:
    names = [unguard(cell.strip()).strip() for cell in raw.cells]
    while names and not names[-1]:
        names.pop()
    seen: dict[str, str] = {}
    for place, name in enumerate(names):
        names[place] = name = name or f"column {place + 1}"
        if name.casefold() in seen:
            raise Invalid(
                f"line {raw.line}: two columns are named {name!r}",
                hint="give them different names in the file; case and blanks around a name do not count",
            )
        seen[name.casefold()] = name
    if not names:
        raise Invalid(f"line {raw.line} holds no column names")
    return tuple(names)


def _sample(lines: Sequence[str], delimiter: str) -> list[_Raw]:
    """The records that begin in the first lines, blank ones left out."""
    records = _records(lines[:LOOKED_AT], 0, delimiter)
    return [raw for raw in records if any(cell.strip() for cell in raw.cells)]


def _delimiter(lines: Sequence[str]) -> str:
    """The delimiter that cuts most of the first lines into the same number of cells, and into most of them."""
    return max(DELIMITERS, key=lambda delimiter: _regularity(_sample(lines, delimiter)))


def _usual(sample: Sequence[_Raw]) -> int:
    """The number of cells that most records have."""
    counts = [len(raw.cells) for raw in sample if not raw.message]
    return max(counts, key=lambda count: (counts.count(count) * (count > 1), count), default=1)


def _regularity(sample: Sequence[_Raw]) -> tuple[float, int]:
    usual = _usual(sample)
    alike = sum(len(raw.cells) == usual and not raw.message for raw in sample)
    return (alike / len(sample) if sample and usual > 1 else 0.0, usual)


def _given_header(lines: Sequence[str], header: int) -> int:
    if not 1 <= header <= len(lines):
        raise Invalid(f"the header should be in line {header}, but the file has {len(lines)} lines")
    return header - 1


def _header(lines: Sequence[str], delimiter: str) -> int:
    """The line of the column names, counted from 0: the first as long as most rows that does not look like data."""
    sample = _sample(lines, delimiter)
    if not sample:
        raise Invalid("the file is empty", hint="its first line should hold the names of the columns")
    usual = _usual(sample)
    for raw in sample:
        if not raw.message and _names(raw.cells, usual):
            return raw.line - 1
    raise Invalid(
        f"none of the first {LOOKED_AT} lines looks like column names",
        hint="write them in the first line, or say in the map which line has them: header: 3",
    )


def _names(cells: Sequence[str], usual: int) -> bool:
    """Whether these could be the names of `usual` columns: most are given, and they are words rather than values."""
    given = [cell.strip()[:80] for cell in cells if cell.strip()]
    values = sum(bool(_VALUE.match(cell)) for cell in given)
    # A title above the table fills one cell; an address of mail never names a column.
    filled = len(cells) >= usual - 1 and len(given) >= min(usual, max(2, (usual + 1) // 2))
    return filled and values * 2 < len(given) and not any("@" in cell for cell in given)
