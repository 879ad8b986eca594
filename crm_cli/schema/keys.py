"""Comparison keys: what two values are compared, sorted, matched and merged by.

A key is a folded text, an integer, or a text whose order is that of the numbers. Keys of phones need the
book's country, keys of dates its zone.
"""

from collections.abc import Callable, Mapping
from datetime import tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Any

from crm_cli.base.clock import zone
from crm_cli.base.money import order_key
from crm_cli.base.patterns import pattern
from crm_cli.base.text import fold
from crm_cli.schema.condition import Key
from crm_cli.schema.field import Field
from crm_cli.schema.record import Address, Item
from crm_cli.schema.settings import Settings

_NOT_DIGIT = pattern(r"[^0-9]")
_MOBILE_IN = pattern(r"0?([6-9][0-9]{9})\Z")
_URL = pattern(r"(?i)(?:https?://)?(?:www\.)?")


@lru_cache(maxsize=4096)
def phone_key(text: str, country: str) -> str:
    """E.164 where the number can be understood, else its digits."""
    digits = _NOT_DIGIT.sub("", text)
    if country == "IN" and not text.lstrip().startswith("+") and (found := _MOBILE_IN.match(digits)):
        return f"+91{found[1]}"
    if text.lstrip().startswith("+91") and len(digits) == 12 and digits[2] != "0":
        return f"+{digits}"
    return _library_key(text, country) or digits


def _library_key(text: str, country: str) -> str:
    import phonenumbers  # 30 ms, and seldom needed: the shapes above are nearly all of an Indian book

    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return ""
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def url_key(text: str) -> str:
    """Without scheme, www and a last slash."""
    return _URL.sub("", text.strip(), count=1).rstrip("/").lower()


def address_key(address: Address) -> str:
    """Street and postcode, folded."""
    return fold(f"{address.street or ''}|{address.postcode or ''}")


@lru_cache(maxsize=8)
def _zone(name: str) -> tzinfo:
    return zone(name)


def _folded(value: Any, _settings: Settings) -> Key:
    return fold(value)


KEYS: Mapping[str, Callable[[Any, Settings], Key]] = {
    **dict.fromkeys(["text", "long", "choice", "email"], _folded),
    "link": lambda value, _s: str(value).rpartition("/")[2],
    "phone": lambda value, settings: phone_key(value, settings.country),
    "url": lambda value, _s: url_key(value),
    "date": lambda value, settings: value.key(_zone(settings.timezone)),
    "moment": lambda value, settings: value.key(_zone(settings.timezone)),
    "partial": lambda value, _s: value.text,
    "money": lambda value, _s: order_key(value.amount),
    "number": lambda value, _s: order_key(value),
    "integer": lambda value, _s: int(value),
    "bool": lambda value, _s: int(value),
    "duration": lambda value, _s: value.text,
    "recurrence": lambda value, _s: value.text,
    "consent": lambda value, _s: "yes" if value.value else "no",
}
"""Every scalar type: value -> key."""


def key(type: str, value: Any, settings: Settings) -> Key:
    """The comparison key of a scalar."""
    return KEYS[type](value, settings)


def item_key(field: Field, value: Any, settings: Settings) -> str:
    """What an item of a list is known by, whatever its position and its label: for `-=`, matches and merges."""
    if field.type == "labelled":
        value = value.value if isinstance(value, Item) else value
        return address_key(value) if field.item == "address" else str(key(field.item, value, settings))
    if field.type == "maps":
        return _entry_key(field, value)
    if field.type == "links":
        return str(value).rpartition("/")[2]
    return fold(value.text if hasattr(value, "text") else str(value))


_ENTRY_KEYS = {
    "affiliations": ("organization", "from"),
    "relations": ("type", "contact"),
    "interests": ("product",),
    "stage_history": ("at", "stage"),
    "conflicts": ("field", "other"),
}


def _entry_key(field: Field, entry: Mapping[str, Any]) -> str:
    names = _ENTRY_KEYS.get(field.name, tuple(entry))
    return "|".join(fold(_text(entry.get(name))) for name in names)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal | int | str):
        return str(value)
    return str(getattr(value, "text", value))
