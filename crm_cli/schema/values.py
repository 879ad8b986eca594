"""The value types: what a file may hold for each, what is written back, and its JSON form.

Three tables, `PARSE`, `DUMP` and `JSON`, with a row for each type. Parsing is strict, since every clone
must read a file alike; what a person types is understood in `services.entry`.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from crm_cli.base.dates import parse_cadence, parse_partial, parse_stamp
from crm_cli.base.errors import BadValue
from crm_cli.base.ids import is_id
from crm_cli.base.money import file_text, parse_money, parse_number
from crm_cli.base.patterns import pattern
from crm_cli.base.recurrence import parse_rule
from crm_cli.schema.field import Field
from crm_cli.schema.node import Bare, Plain
from crm_cli.schema.record import Consent
from crm_cli.schema.settings import Settings

Parse = Callable[[str, Field, Settings], Any]

_DIGITS = pattern(r"-?[0-9]{1,18}\Z")
_EMAIL = pattern(r"[^\s@,;<>\"()\[\]\\:]+@[^\s@,;<>\"()\[\]\\:]+\Z")
_CONSENT = pattern(r"(yes|no)(?:[ \t]+(\S+))?\Z", re.IGNORECASE)
_TRUE, _FALSE = ("true", "yes"), ("false", "no")


def parse_text(text: str, _field: Field, _settings: Settings) -> str:
    """Any text as it is."""
    return text


def parse_choice(text: str, field: Field, settings: Settings) -> str:
    """One of the field's choices; any text where it has none."""
    choices = settings.choices(field.choices)
    if choices and text not in choices:
        raise BadValue("bad-choice", f"{field.name} is none of {', '.join(choices)}: {text}")
    return text


def parse_link(text: str, field: Field, _settings: Settings) -> str:
    """The id of a record, with or without the folder in front."""
    folder, _, stem = text.rpartition("/")
    if not is_id(stem) or (folder and not is_id(folder)):
        raise BadValue("bad-link", f"{field.name} is not an id: {text}")
    return text


def parse_email(text: str, field: Field, _settings: Settings) -> str:
    """One address."""
    if len(text) > 254 or not _EMAIL.match(text) or not text.isprintable():
        raise BadValue("bad-email", f"{field.one} is not one address: {text[:80]}")
    return text


def parse_integer(text: str, field: Field, _settings: Settings) -> int:
    """Digits; a probability is at most 100."""
    if not _DIGITS.match(text):
        raise BadValue("bad-number", f"{field.name} is not a whole number: {text[:80]}")
    number = int(text)
    if field.name == "probability" and not 0 <= number <= 100:
        raise BadValue("bad-number", f"{field.name} is not from 0 to 100: {text}")
    return number


def parse_bool(text: str, field: Field, _settings: Settings) -> bool:
    """True, false, yes, no in any case."""
    word = text.lower()
    if word not in _TRUE and word not in _FALSE:
        raise BadValue("bad-bool", f"{field.name} is neither true nor false: {text[:80]}")
    return word in _TRUE


def parse_consent(text: str, field: Field, _settings: Settings) -> Consent:
    """`yes` or `no`, with the day since when."""
    found = _CONSENT.match(text.strip())
    if not found:
        raise BadValue("bad-consent", f"{field.name} is neither yes nor no, with or without a day: {text[:80]}")
    day = found[2] and parse_stamp(found[2], moments=False).text
    return Consent(found[1].lower() == "yes", day)


def _stamp(moments: bool) -> Parse:
    return lambda text, _field, _settings: parse_stamp(text, moments=moments)


PARSE: Mapping[str, Parse] = {
    "text": parse_text,
    "long": parse_text,
    "choice": parse_choice,
    "link": parse_link,
    "email": parse_email,
    "phone": parse_text,
    "url": parse_text,
    "date": _stamp(moments=False),
    "moment": _stamp(moments=True),
    "partial": lambda text, _f, _s: parse_partial(text),
    "money": lambda text, _f, settings: parse_money(text, settings.currency),
    "number": lambda text, _f, _s: Decimal(parse_number(text)),
    "integer": parse_integer,
    "bool": parse_bool,
    "duration": lambda text, _f, _s: parse_cadence(text),
    "recurrence": lambda text, _f, _s: parse_rule(text),
    "consent": parse_consent,
}
"""Every scalar type: text of a file -> value, or `BadValue`."""

DUMP: Mapping[str, Callable[[Any], Plain]] = {
    "text": str,
    "long": str,
    "choice": str,
    "link": str,
    "email": str,
    "phone": str,
    "url": str,
    "date": lambda value: Bare(value.text),
    "moment": lambda value: Bare(value.text),
    "partial": lambda value: Bare(value.text),
    "money": lambda value: Bare(file_text(value)),
    "number": lambda value: Bare(format(value, "f")),
    "integer": lambda value: Bare(str(value)),
    "bool": lambda value: Bare("true" if value else "false"),
    "duration": lambda value: Bare(value.text),
    "recurrence": lambda value: value.text,
    "consent": lambda value: f"{'yes' if value.value else 'no'}{' ' + value.date if value.date else ''}",
}
"""Every scalar type: value -> what is written."""


def _same(value: Any) -> Any:
    return value


JSON: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(PARSE, _same),
    "date": lambda value: value.text,
    "moment": lambda value: value.text,
    "partial": lambda value: value.text,
    "money": lambda value: {"amount": value.digits, "currency": value.currency},
    "duration": lambda value: value.text,
    "recurrence": lambda value: value.text,
    "consent": lambda value: {"value": value.value, "date": value.date},
}
"""Every scalar type: value -> its JSON form."""
