"""One value as the text of a cell, in CSV and TSV alike, and the value back out of that text.

    "आशा शर्मा" · 75000 INR · true · yes 2026-11-21 · vip; press · mobile: +91 98765 43210; work: +91 22 2778 0000

Items are joined by `; `. Inside one, `;` is written `\\;` and `\\` is `\\\\`; a colon that would be taken for the end
of a label is `\\:`, and an item without any text is `\\e`. Addresses and lists of maps are JSON.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from crm_cli.base.errors import BadValue
from crm_cli.base.patterns import pattern
from crm_cli.schema.field import Field

_MONEY: Final = {"amount", "currency"}
_CONSENT: Final = {"value", "date"}
_EMPTY: Final = "\\e"
_ITEM: Final = {"label", "value"}
_PART: Final = pattern(r"(?s)((?:[^\\;]|\\.)*+)(?:; ?|\Z)|(.+)\Z")
_ESCAPE: Final = pattern(r"(?s)\\(.)")
_LABEL: Final = pattern(r"(?s)((?:[^\\:]|\\.|:(?! ))*+): (.*)\Z")
_SAID: Final = pattern(r"(?i)(yes|no|true|false)(?: +(\S+))?\Z")
_AMOUNT: Final = pattern(r"(\S+) ([A-Z]{3})\Z")


def cell(value: Any) -> str:
    """The text of a value in JSON form."""
    if value.__class__ is str:
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, list | tuple):
        return _joined(value)
    if isinstance(value, Mapping):
        return _map_text(value)
    return str(value)


def row(values: Iterable[Any]) -> list[str]:
    """The texts of a row of values: what `cell` gives, without a call for the most frequent ones."""
    return [v if v.__class__ is str else "" if v is None else cell(v) for v in values]


def _map_text(value: Mapping[str, Any]) -> str:
    if value.keys() == _MONEY:
        return f"{value['amount']} {value['currency']}"
    if value.keys() == _CONSENT:
        return f"{'yes' if value['value'] else 'no'}{' ' + value['date'] if value['date'] else ''}"
    return _json(value) if value else ""


def _json(value: Any) -> str:
    from crm_cli.formats.jsontext import dump_tight  # late: 2 ms, and few listings have such cells

    return dump_tight(value)


def _joined(items: Any) -> str:
    texts = []
    for item in items:
        text = _item_text(item)
        if text is None:
            return _json(list(items))
        texts.append(text)
    return "; ".join(texts)


def _item_text(item: Any) -> str | None:
    """The text of one item; None if only JSON can hold it."""
    if isinstance(item, Mapping):
        if item.keys() == _ITEM:
            return _labelled(item["label"], item["value"])
        return _map_text(item) if item.keys() == _MONEY else None
    return None if isinstance(item, list | tuple) or item is None else _escaped(cell(item)) or _EMPTY


def _labelled(label: str | None, value: Any) -> str | None:
    if isinstance(value, Mapping | list | tuple) or value is None:
        return None
    text = _escaped(cell(value))
    if label is None:
        return text.replace(": ", "\\: ") or _EMPTY
    name = _escaped(label).replace(":", "\\:") or _EMPTY
    return f"{name}: {text or _EMPTY}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;")


def _plain(text: str) -> str:
    return "" if text == _EMPTY else _ESCAPE.sub(r"\1", text)


def parse_cell(text: str, field: Field) -> Any:
    """What a cell of that field says, None for an empty one; BadValue `shape` where it should be JSON and is not.

    Lists, labelled items, maps and consent come in JSON form; any other value as the text itself, in the spelling that
    the command line takes.
    """
    if not text:
        return None
    if field.type in ("list", "links"):
        return [_plain(part) for part in _split(text)]
    if field.type == "labelled":
        return _addresses(text, field) if field.item == "address" else [_item(part) for part in _split(text)]
    if field.type in ("maps", "custom", "facts"):
        return _loaded(text, field)
    if field.type == "consent":
        return _consent(text, field)
    if field.type == "totals":
        return [_money(part) for part in _split(text)]
    return text


def _split(text: str) -> list[str]:
    parts, at = [], 0
    while True:
        found = _PART.match(text, at)
        assert found is not None  # the second branch takes whatever the first does not
        parts.append(found[1] if found[1] is not None else found[2])
        at = found.end()
        if at == len(text):
            # A separator at the very end begins no further item: people write one, this program never does.
            return parts


def _item(part: str) -> dict[str, Any]:
    found = _LABEL.match(part)
    if found:
        return {"label": _plain(found[1]), "value": _plain(found[2])}
    return {"label": None, "value": _plain(part)}


def _money(part: str) -> Any:
    found = _AMOUNT.match(part)
    return {"amount": found[1], "currency": found[2]} if found else part


def _consent(text: str, field: Field) -> Any:
    found = _SAID.match(text)
    if found:
        return {"value": found[1].lower() in ("yes", "true"), "date": found[2]}
    return _loaded(text, field) if text.startswith("{") else text


def _addresses(text: str, field: Field) -> Any:
    if text.lstrip()[:1] in ("[", "{"):
        found = _loaded(text, field)
        return found if isinstance(found, list) else [found]
    return [{"label": None, "value": text}]


def _loaded(text: str, field: Field) -> Any:
    from crm_cli.formats.jsontext import load  # late: 2 ms, and few files have such cells

    try:
        return load(text)
    except BadValue as bad:
        raise BadValue("shape", f"{field.name}: {bad.message}", hint="write it as JSON, as an export does") from None
