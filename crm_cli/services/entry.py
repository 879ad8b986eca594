"""What a person typed for a field, understood as a value: more forms than a file may hold.

Sentences of `BadValue` become `Invalid` (5); a date phrase that is not in the grammar stays `BadRequest` (2).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from crm_cli.base.dates import stamp_of
from crm_cli.base.errors import BadValue, Invalid
from crm_cli.base.lean import dataclass
from crm_cli.base.money import understand_money
from crm_cli.base.patterns import pattern
from crm_cli.base.text import nearest, with_article
from crm_cli.formats.cells import cell
from crm_cli.schema.context import Context
from crm_cli.schema.field import Field
from crm_cli.schema.node import Plain
from crm_cli.schema.record import ADDRESS_PARTS, Address, Consent, Item
from crm_cli.schema.values import PARSE, parse_consent

if TYPE_CHECKING:
    from crm_cli.base.phrases import Frame  # 3 ms with its names of days and months, and only dates take them

AHEAD = frozenset(("due", "close_date", "recycle_on"))
_LABEL = pattern(r"([^\W\d][\w -]{0,30}):(?!//)\s*(?=\S)")


@dataclass(frozen=True)
class Entry:
    """What words may refer to: the moment, the settings, and the records that a link may lead to."""

    context: Context
    link: Callable[[Sequence[str], str], str]

    def frame(self, look: Literal["ahead", "past", "query"]) -> "Frame":
        """How dates in words are meant."""
        from crm_cli.base.phrases import Frame  # see above

        settings = self.context.settings
        return Frame(self.context.now, settings.date_order, settings.week_start, settings.fiscal_year_start, look)


def _date(text: str, field: Field, entry: Entry) -> Any:
    from crm_cli.base.phrases import understand  # see above

    ahead = field.name in AHEAD or field.name.startswith("custom.")
    stamp = understand(text, entry.frame("ahead" if ahead else "past"))
    return stamp if field.type == "moment" or not stamp.moment else stamp_of(stamp.day(entry.context.zone))


def _partial(text: str, _field: Field, entry: Entry) -> Any:
    from crm_cli.base.phrases import understand_partial  # see above

    return understand_partial(text, entry.frame("past"))


def _consent(text: str, field: Field, entry: Entry) -> Consent:
    found = parse_consent(text, field, entry.context.settings)
    return found if found.date else Consent(found.value, entry.context.today.isoformat())


def _choice(text: str, field: Field, entry: Entry) -> str:
    choices = entry.context.settings.choices(field.choices)
    if choices and text not in choices:
        near = nearest(text, choices)
        hint = f"did you mean {near}?" if near else f"one of {', '.join(choices)}"
        raise Invalid(f"{field.name} cannot be {text}", hint=hint)
    return text


UNDERSTAND: Mapping[str, Callable[[str, Field, Entry], Any]] = {
    **{name: lambda text, field, entry: PARSE[field.type](text, field, entry.context.settings) for name in PARSE},
    "choice": _choice,
    "link": lambda text, field, entry: entry.link(field.to, text),
    "date": _date,
    "moment": _date,
    "partial": _partial,
    "money": lambda text, _field, entry: understand_money(text, entry.context.settings.currency),
    "consent": _consent,
}
"""Every scalar type: what was typed -> value."""


def scalar(text: str, field: Field, entry: Entry) -> Any:
    """One value of a scalar type, out of what was typed."""
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise Invalid(f"{field.name} is not valid UTF-8")
    try:
        return UNDERSTAND[field.type](text, field, entry)
    except BadValue as bad:
        raise Invalid(bad.message, hint=bad.hint) from None


def item(text: str, field: Field, entry: Entry, label: str | None = None) -> Any:
    """One item of a list field; `label:value` gives a labelled one."""
    if not text.strip():
        raise Invalid(f"{with_article(field.one)} cannot be blank")
    if field.type != "labelled":
        return scalar(text, one_of(field), entry)
    if label is None:
        label, text = split_label(text)
    check_label(label, field)
    if field.item == "address":
        return Item(label, Address(street=text))
    return Item(label, scalar(text, Field(field.one, field.item, to=field.to), entry))


def one_of(field: Field) -> Field:
    """One item of a list without labels, as a field of its own; a list may have choices."""
    one = field.item_field
    return replace(one, type="choice") if one.type == "text" and one.choices else one


def check_label(label: Any, field: Field) -> None:
    """Refuses a label that is no text, and one that a file would take for a part of an address."""
    if not isinstance(label, str | None):
        raise Invalid(f"{field.name} has a label that is no text: {str(label)[:80]}")
    if field.item == "address" and label in ADDRESS_PARTS:
        raise Invalid(f"{field.name} cannot have the label {label}, which is a part of an address")


def split_label(text: str) -> tuple[str | None, str]:
    """The label in front of an item, if it has one, and the item."""
    found = _LABEL.match(text)
    return (found[1].strip(), text[found.end() :]) if found else (None, text)


def split_set(text: str) -> list[str]:
    """The items of a set written in one word: commas split, blanks around them go."""
    return [part for piece in text.split(",") if (part := piece.strip())]


def from_json(value: Any, field: Field, entry: Entry) -> Any:
    """A value in JSON form, or a string as on the command line, as a typed value."""
    if value is None or value == "":
        return () if field.many else {} if field.mapping else None
    if field.many:
        items = value if isinstance(value, list) else [value]
        return tuple(_json_item(part, field, entry) for part in items)
    if field.type == "money" and isinstance(value, dict):
        value = f"{value.get('amount')} {value.get('currency')}"
    return scalar(text_of(value, field.name), field, entry)


def _json_item(value: Any, field: Field, entry: Entry) -> Any:
    if field.type == "maps":
        return json_entry(value, field, entry)
    if field.type == "labelled" and isinstance(value, dict) and "value" in value:
        label, inner = value.get("label"), value["value"]
        check_label(label, field)
        if inner is None:
            raise Invalid(f"{field.name} has an item without a value: {label}", hint="null for the label takes it away")
        if field.item == "address" and isinstance(inner, dict):
            return Item(label, address(inner, field))
        plain = Field(field.one, field.item if field.item != "address" else "text", to=field.to)
        made = from_json(inner, plain, entry) if inner != "" else scalar("", plain, entry)
        return Item(label, Address(street=made or None) if field.item == "address" else made)
    if field.item == "address" and isinstance(value, dict):
        return Item(None, address(value, field))
    if not isinstance(value, str | int | Decimal) or isinstance(value, bool):
        raise Invalid(f"{field.name} cannot hold {str(value)[:80]}")
    return item(text_of(value, field.name), field, entry)


def address(parts: Mapping[str, Any], field: Field) -> Address:
    """An address out of its parts."""
    if any(part not in ADDRESS_PARTS for part in parts):
        raise Invalid(f"{field.one} has a part that is none of {', '.join(ADDRESS_PARTS)}: {', '.join(parts)}")
    said = {key: part for key, part in parts.items() if part not in (None, "")}
    return Address(**{key: text_of(part, f"{field.one}.{key}") for key, part in said.items()})


def json_entry(value: Any, field: Field, entry: Entry) -> dict[str, Any]:
    """An entry of a `maps` field, with every key that the kind knows."""
    known = {part.name: part for part in field.parts}
    if isinstance(value, str) and field.name in ("interests", "affiliations"):
        value = {field.parts[0].name: value}
    if not isinstance(value, dict):
        raise Invalid(f"an item of {field.name} is no map: {str(value)[:80]}")
    made: dict[str, Any] = dict.fromkeys(known)
    for key, part in value.items():
        if key in known and known[key].type != "any":
            made[key] = from_json(part, known[key], entry)
        else:
            made[key] = None if part is None else plain_tree(part)
    return made


def plain_tree(raw: Any) -> Plain:
    """A value of no known type as a file holds it: texts, and numbers without quotes."""
    if isinstance(raw, Mapping):
        return {key: plain_tree(part) for key, part in raw.items()}
    if isinstance(raw, list):
        return [plain_tree(part) for part in raw]
    return "" if raw is None else text_of(raw, "a value")


def text_of(raw: Any, name: str) -> str:
    """One value in JSON form as a text; `Invalid` for a list or a map."""
    if not isinstance(raw, str | int | Decimal):
        raise Invalid(f"{name} cannot be {str(raw)[:80]}")
    return cell(raw)
