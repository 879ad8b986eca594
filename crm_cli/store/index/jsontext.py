"""JSON texts as the contract spells them, and the single texts that a record in JSON form is made of."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from crm_cli.base.text import json_escapes

_encode = json.JSONEncoder(ensure_ascii=False).encode


def json_text(value: Any) -> str:
    """The value as JSON: letters as they are, what could steer a terminal escaped, decimals in their own digits."""
    try:
        return json_escapes(_encode(value))
    except TypeError:
        return json_escapes(_spelt(value))


def _spelt(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_encode(str(key))}: {_spelt(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_spelt, value)) + "]"
    return _encode(value)


def from_json(text: str) -> Any:
    """The value of such a text: numbers with a point are decimals."""
    return json.loads(text, parse_float=Decimal)


def leaves(values: Mapping[str, Any], labelled: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Field and text of everything in a record that is text or a number; labels and keys are none."""
    for name, value in values.items():
        if isinstance(value, str):
            yield name, value
        elif value:
            yield from _within(name, [item["value"] for item in value] if name in labelled else value)


def _within(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from _within(f"{name}.{key}", part)
    elif isinstance(value, list):
        for part in value:
            yield from _within(name, part)
    elif value is not None and not isinstance(value, bool):
        yield name, str(value)
