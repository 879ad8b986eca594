"""CSV as this program writes it: RFC 4180, LF, and a guard that keeps a spreadsheet from running what a cell says."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from crm_cli.base.text import visible
from crm_cli.formats.cells import row as texts_of

_GUARDED: Final = re.compile(r"'*[=+\-@\t\r]")
_TAKEN_OFF: Final = re.compile(r"'+[=+\-@\t\r]")
_NUMBER: Final = re.compile(r"[0-9 +\-.()]+\Z")
_QUOTED: Final = re.compile(r'[",\r\n]')


def guard(text: str) -> str:
    """The cell with a `'` in front where a spreadsheet could take it for a formula; phones and numbers stay."""
    if not _GUARDED.match(text) or (text[0] != "'" and _NUMBER.match(text)):
        return text
    return f"'{text}"


def unguard(text: str) -> str:
    """The cell without the `'` that `guard` put in front."""
    return text[1:] if text[:1] == "'" and _TAKEN_OFF.match(text) else text


def lines(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, shown: bool = False) -> Iterator[str]:
    """The header and a line for each row of values in JSON form, each with its line end.

    `shown` is for a terminal: what could steer it is written as visible escapes.
    """
    yield _line([_quoted(name) for name in columns])
    for values in rows:
        yield line(texts_of(values), shown=shown)


def line(cells: Sequence[str], *, shown: bool = False) -> str:
    """One line of texts, guarded and quoted, with its line end."""
    guarded = [guard(text) if text[:1] in _FIRST else text for text in cells]
    if shown:
        guarded = [visible(text) for text in guarded]
    return _line([_quoted(text) for text in guarded] if _QUOTED.search("".join(guarded)) else guarded)


_FIRST: Final = frozenset("'=+-@\t\r")


def _quoted(text: str) -> str:
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if _QUOTED.search(text) else text


def _line(cells: Sequence[str]) -> str:
    # A line without a character would be taken for no row at all.
    return ",".join(cells) + "\n" if len(cells) != 1 or cells[0] else '""\n'
