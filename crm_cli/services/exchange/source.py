"""A file that is taken in, as named columns and rows: CSV in any form, JSON lines, or a JSON list."""

import unicodedata
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from crm_cli.base.errors import BadValue, Invalid
from crm_cli.formats.csvread import read_csv
from crm_cli.formats.jsontext import load

REPORT: Final = ("line", "reason")
"""The columns that a reject file has behind those of its input."""
_OTHERWISE: Final = ("reject line", "reject reason")
"""What they are called where the input has one of that name."""
_TABLES: Final = (".csv", ".tsv", ".txt")
_BOM: Final = b"\xef\xbb\xbf"
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: where it begins, a cell for each column, and why it cannot be used, if so."""

    line: int
    cells: Sequence[Any]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """The rows of a file. `typed` says that cells are values of JSON rather than texts."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    typed: bool = False
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """What a map says about the form of its files; what is empty is found out."""

    encoding: str = ""
    delimiter: str = ""
    header: int = 0
    sheet: str = ""


def column_key(name: str) -> str:
    """What the name of a column is compared by: no case, no blanks around it."""
    return unicodedata.normalize("NFC", name.strip()).casefold()


def report_columns(columns: Sequence[str]) -> tuple[str, ...]:
    """The columns that the reject file of an input with these columns has behind them."""
    keys = {column_key(name) for name in columns}
    return next((names for names in (REPORT, _OTHERWISE) if not keys & set(names)), _OTHERWISE)


def read_source(data: bytes, name: str, form: Form, known: Container[str] = ()) -> Source:
    """The rows of a file; `Invalid` where it holds no table at all. `known` are keys of columns that a map names."""
    if data.startswith((_ZIP, _OLD_EXCEL)):
        raise Invalid(
            f"{name} is a workbook of a spreadsheet, and only text can be read",
            hint="save it there as CSV (UTF-8), one sheet a file, and import that",
        )
    if _is_json(data, name):
        return _json_source(data, known)
    sheet = read_csv(data, encoding=form.encoding or None, delimiter=form.delimiter or None, header=form.header or None)
    good = (Row(row.line, row.cells) for row in sheet.rows)
    bad = (Row(row.line, row.cells, row.message) for row in sheet.problems)
    rows = tuple(sorted((*good, *bad), key=lambda row: row.line))
    guessed = sheet.encoding == "cp1252" and not form.encoding
    note = f"{name} is not UTF-8; it was read as cp1252 (Windows)" if guessed else ""
    return _without_report(Source(sheet.columns, rows, warnings=(note,) if note else ()), known)


def _is_json(data: bytes, name: str) -> bool:
    if name.lower().endswith(_TABLES):
        return False
    return data.removeprefix(_BOM).lstrip()[:1] in (b"{", b"[")


def _json_source(data: bytes, known: Container[str]) -> Source:
    try:
        text = data.removeprefix(_BOM).decode("utf-8")
    except UnicodeDecodeError as bad:
        raise Invalid(f"line {data.count(10, 0, bad.start) + 1} is not UTF-8", hint="JSON is always UTF-8") from None
    objects = list(_array(text) if text.lstrip().startswith("[") else json_lines(text))
    columns = tuple(dict.fromkeys(name for _line, value in objects if isinstance(value, dict) for name in value))
    _check_names(columns)
    rows = (_json_row(line, value, columns) for line, value in objects)
    return _without_report(Source(columns, tuple(rows), typed=True), known)


def _check_names(columns: Iterable[str]) -> None:
    """Refuses two columns with one name: only one of them would be taken in."""
    seen: dict[str, str] = {}
    for name in columns:
        other = seen.setdefault(column_key(name), name)
        if other != name:
            hint = "give them different names in the file; case and blanks around a name do not count"
            raise Invalid(f"two columns are named alike: {other!r} and {name!r}", hint=hint)


def json_lines(text: str) -> Iterator[tuple[int, Any]]:
    """Each line that is not blank with its number: its value, or the `BadValue` that says what is wrong."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield number, load(line)
            except BadValue as bad:
                yield number, bad


def _array(text: str) -> Iterator[tuple[int, Any]]:
    try:
        values = load(text)
    except BadValue as bad:
        raise Invalid(bad.message) from None
    yield from enumerate(values, 1)


def _json_row(line: int, value: Any, columns: Sequence[str]) -> Row:
    if isinstance(value, BadValue):
        return Row(line, (), value.message)
    if not isinstance(value, dict):
        return Row(line, (), "is no object: {…}")
    return Row(line, tuple(value.get(name) for name in columns))


def flat(source: Source) -> Source:
    """A source of JSON whose objects inside objects have columns of their own, with dots."""
    if not source.typed:
        return source
    rows = [_flat_row(source.columns, row) for row in source.rows]
    columns = tuple(dict.fromkeys(name for row in rows for name in row))
    _check_names(columns)
    made = (
        Row(row.line, tuple(cells.get(name) for name in columns), row.problem)
        for row, cells in zip(source.rows, rows, strict=True)
    )
    return Source(columns, tuple(made), typed=True, warnings=source.warnings)


def _flat_row(columns: Sequence[str], row: Row) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in _leaves(zip(columns, row.cells, strict=False)):
        if name in found:
            raise Invalid(f"line {row.line}: two columns are named {name!r}, once with a dot and once as an object")
        found[name] = value
    return found


def _leaves(pairs: Any) -> Iterator[tuple[str, Any]]:
    for name, value in pairs:
        if isinstance(value, Mapping) and value:
            yield from ((f"{name}.{inner}", part) for inner, part in _leaves(value.items()))
        elif value is not None:
            yield name, value


def _without_report(source: Source, known: Container[str]) -> Source:
    """A reject file that was mended can be taken in again: what it says about its rows is no data."""
    empty = _unnamed(source)
    gone = {place for place in range(len(source.columns)) if place in empty}
    last = source.columns[-2:]
    if last in (REPORT, _OTHERWISE) and not any(name in known for name in last):
        gone |= {len(source.columns) - 2, len(source.columns) - 1}
    if not gone:
        return source
    kept = [place for place in range(len(source.columns)) if place not in gone]
    rows = (
        Row(row.line, tuple(row.cells[place] for place in kept if place < len(row.cells)), row.problem)
        for row in source.rows
    )
    return Source(tuple(source.columns[place] for place in kept), tuple(rows), source.typed, source.warnings)


def _unnamed(source: Source) -> set[int]:
    """The columns without a name and without any text, which spreadsheets leave at the edges."""
    unnamed = {place for place, name in enumerate(source.columns) if name == f"column {place + 1}"}
    used = {p for row in source.rows for p in unnamed if p < len(row.cells) and str(row.cells[p] or "").strip()}
    return unnamed - used
