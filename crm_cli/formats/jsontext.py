"""JSON as this program writes and reads it: numbers keep their digits, nothing in it can steer a terminal."""

import json
import os
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from crm_cli.base.errors import BadValue
from crm_cli.base.text import json_escapes

MAX_DEPTH: Final = 64
MAX_DIGITS: Final = 400
_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_BRACKET: Final = re.compile(r"[\[\]{}]")
_LONE: Final = re.compile("[\ud800-\udfff]")
# The C encoder has no way to write a number of our own, so that one is written as a marked text and unmarked
# afterwards. Nobody can know the mark beforehand, hence no text of a record is ever taken for a number.
_MARK: Final = f"decimal-{os.urandom(8).hex()}:"
_MARKED: Final = re.compile(rf'"{_MARK}(-?[0-9.]+)"')


def _mark(value: Any) -> str:
    if isinstance(value, Decimal) and value.is_finite():
        return f"{_MARK}{value:f}"
    raise TypeError(f"{value!r} has no JSON form")


_ENCODE: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=_mark).encode
_ENCODE_TIGHT: Final = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, default=_mark, separators=(",", ":")
).encode


def dump(value: Any) -> str:
    """The value as one line of JSON, keys in their order, a Decimal as its digits."""
    return _finished(_ENCODE(value))


def dump_tight(value: Any) -> str:
    """The same without blanks, for the cell of a table."""
    return _finished(_ENCODE_TIGHT(value))


def _finished(text: str) -> str:
    if _MARK in text:
        text = _MARKED.sub(r"\1", text)
    return json_escapes(text)


def load(text: str) -> Any:
    """The value of a JSON text, fractions as Decimal; BadValue `shape` says what is wrong with it.

    Refused beside bad syntax: a key that stands twice, NaN and Infinity, half of a surrogate pair, numbers of
    hundreds of digits, and more than 64 levels.
    """
    _check_depth(text)
    try:
        value = _DECODE(text)
    except json.JSONDecodeError as bad:
        where = f"line {bad.lineno}, column {bad.colno}" if "\n" in text.strip() else f"column {bad.colno}"
        raise BadValue("shape", f"this is not JSON: {bad.msg} at {where}") from None
    if "\\u" in text or not text.isascii():
        _check_texts(value)
    return value


def _check_depth(text: str) -> None:
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth = 0
    for bracket in _BRACKET.findall(_STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > MAX_DEPTH:
            raise BadValue("shape", f"this JSON has more than {MAX_DEPTH} levels")


def _check_texts(value: Any) -> None:
    if isinstance(value, str):
        if _LONE.search(value):
            raise BadValue("shape", "a text in this JSON holds half of a surrogate pair, which is no character")
    elif isinstance(value, dict):
        for key, part in value.items():
            _check_texts(key)
            _check_texts(part)
    elif isinstance(value, list):
        for part in value:
            _check_texts(part)


def _unique(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise BadValue("shape", f"the key {key!r} stands twice in this JSON")
        found[key] = value
    return found


def _integer(digits: str) -> int:
    return int(_bounded(digits))


def _fraction(digits: str) -> Decimal:
    absurd = BadValue("bad-number", f"the number {digits[:40]} is out of all proportion")
    try:
        number = Decimal(_bounded(digits))
    except ArithmeticError:  # an exponent that Decimal itself cannot hold
        raise absurd from None
    # An exponent is short to write and long to write out.
    if abs(number.adjusted()) > MAX_DIGITS:
        raise absurd
    return number


def _bounded(digits: str) -> str:
    if len(digits) > MAX_DIGITS:
        raise BadValue("bad-number", f"a number has {len(digits)} digits: {digits[:40]}…")
    return digits


def _no_number(name: str) -> Any:
    raise BadValue("bad-number", f"{name} is not a number that JSON knows")


_DECODE: Final = json.JSONDecoder(
    object_pairs_hook=_unique, parse_float=_fraction, parse_int=_integer, parse_constant=_no_number
).decode
