"""Answers as YAML: the same values as in JSON, in blocks that people read, which any YAML reader takes alike."""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from crm_cli.formats.jsontext import dump

# Text that stands without quotes. It begins with a letter and holds nothing that YAML gives a meaning to; the vowel
# signs of Indic scripts are no letters to Python. Words that some reader takes for something else are quoted.
_SAFE: Final = re.compile(r"[^\W\d_][\w\u0300-\u036f\u0900-\u0dff ./@+,()-]*\Z")
_TAKEN: Final = re.compile(r"(?:true|false|yes|no|on|off|y|n|null|inf|nan)\Z|.* \Z", re.IGNORECASE)
_BLOCK: Final = re.compile(r"[^\s#-][^\n]*(?:\n|\Z)")
_HARD: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)


def lines(values: Iterable[Any]) -> Iterator[str]:
    """A YAML list of values in JSON form, in pieces that end with their line ends."""
    empty = True
    for value in values:
        empty = False
        yield "\n".join(_item(value, "")) + "\n"
    if empty:
        yield "[]\n"


def _item(value: Any, indent: str) -> Iterator[str]:
    """A value behind a `- `, the first line without what comes before it."""
    inner = list(_value(value, f"{indent}  "))
    if isinstance(value, Mapping | list) and value:
        yield f"{indent}- {inner[0].lstrip(' ')}"
        yield from inner[1:]
    else:
        yield f"{indent}- {inner[0]}"
        yield from inner[1:]


def _value(value: Any, indent: str) -> Iterator[str]:
    """The lines of a value; those of a map or list are indented, the first line of a text is not."""
    if isinstance(value, Mapping) and value:
        for key, part in value.items():
            yield from _entry(_text(str(key)), part, indent)
    elif isinstance(value, list) and value:
        for part in value:
            yield from _item(part, indent)
    elif isinstance(value, str):
        yield from _scalar(value, indent)
    else:
        yield _plain(value)


def _entry(key: str, value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, Mapping | list) and value:
        yield f"{indent}{key}:"
        yield from _value(value, f"{indent}  ")
    else:
        first, *more = _value(value, f"{indent}  ")
        yield f"{indent}{key}: {first}"
        yield from more


def _plain(value: Any) -> str:
    if isinstance(value, Decimal | bool | int | float) or value is None:
        return dump(value)
    return "{}" if isinstance(value, Mapping) else "[]"


def _scalar(text: str, indent: str) -> Iterator[str]:
    if "\n" not in text or _HARD.search(text) or not _BLOCK.match(text):
        yield _text(text)
        return
    body = text.rstrip("\n")
    ends = len(text) - len(body)
    yield "|" + ("-" if ends == 0 else "" if ends == 1 else "+")
    for line in [*body.split("\n"), *[""] * (ends - 1)]:
        yield f"{indent}{line}" if line else ""


def _text(text: str) -> str:
    return text if _SAFE.match(text) and not _TAKEN.match(text) and not _HARD.search(text) else dump(text)
