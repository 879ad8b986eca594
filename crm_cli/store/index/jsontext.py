"""JSON texts as the contract spells them, and the single texts that a record in JSON form is made of."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any

from crm_cli.base.text import json_escapes
from crm_cli.schema.kind import Kind

_NONE: frozenset[str] = frozenset()
_encode = json.JSONEncoder(ensure_ascii=False).encode
_decode = json.JSONDecoder(parse_float=Decimal).decode  # `json.loads` with an option makes a new one for each call


def json_text(value: Any) -> str:
    """The value as JSON: letters as they are, what could steer a terminal escaped, decimals in their own digits."""
    try:
        return json_escapes(_encode(value))
    except TypeError:
        return json_escapes(_spelt(value))


def quote(text: str) -> str:
    """A text as JSON."""
    return json_escapes(encode_basestring(text))


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
    return _decode(text)


def leaves(values: Mapping[str, Any], kind: Kind) -> Iterator[tuple[str, str]]:
    """Field and text of everything that somebody wrote in a record: labels, keys and the ids of links are not."""
    fields = kind.by_name
    for name, value in values.items():
        field = fields.get(name)
        if not value or (field is not None and field.links):
            continue
        if isinstance(value, str):
            yield name, value
            continue
        links = frozenset(part.name for part in field.parts if part.links) if field is not None else _NONE
        labelled = field is not None and field.type == "labelled"
        yield from _within(name, [item["value"] for item in value] if labelled else value, links)


def _within(name: str, value: Any, links: frozenset[str]) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, Mapping):
        for key, part in value.items():
            if key not in links:
                yield from _within(f"{name}.{key}", part, links)
    elif isinstance(value, list):
        for part in value:
            yield from _within(name, part, links)
    elif value is not None and not isinstance(value, bool):
        yield name, str(value)
