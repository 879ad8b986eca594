"""The first and the last key that a date, a number or an amount stands for, and the tests that compare with it.

A day, a month or a year is a span of seconds; everything else is one key. A bound of money has a currency:
the written one, else that of the book.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import NamedTuple

from crm_cli.base.errors import BadRequest
from crm_cli.base.money import order_key, parse_number, understand_money
from crm_cli.query.fields import Target
from crm_cli.query.lexer import Value
from crm_cli.schema.condition import And, Condition, Key, Not, Test
from crm_cli.schema.context import Context

MONEY = frozenset(("money", "totals"))

_WHOLE = r"-?[0-9]{1,18}"
# Patterns are compiled when they are first used.
_YEAR_ON = r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?"
# Digits come before it, so that 1984 with it stands behind every day of that year.
_AFTER_DIGITS = "~"
# Birthdays without a year begin with a hyphen, and are in no span of years.
_FIRST_DIGIT = "0"
_LEAST_DIGITS = 4
"""A day with its year has so many; `today` and `+30d` have fewer, and people are not born ahead."""
_GROUPED = r"(?<![0-9,.])[0-9]{1,3}(?:,[0-9]{2,3})*,[0-9]{3}(?![0-9,])"
_ONE_GROUPED = rf"[^\s0-9]{{0,4}}{_GROUPED}(?:\.[0-9]+)?"


class Span(NamedTuple):
    """The keys from `first` to `last`; `currency` is empty unless it was written."""

    first: Key
    last: Key
    currency: str = ""


def _dates(text: str, context: Context) -> Span:
    from crm_cli.query.days import seconds  # 6 ms, and many queries have no date

    return Span(*seconds(text, context))


def _money(text: str, _context: Context) -> Span:
    money = understand_money(text, "")
    key = order_key(money.amount)
    return Span(key, key, money.currency)


def _number(text: str, _context: Context) -> Span:
    key = order_key(Decimal(parse_number(text)))
    return Span(key, key)


def _integer(text: str, _context: Context) -> Span:
    if not re.fullmatch(_WHOLE, text):
        raise BadRequest(f"{text[:40]!r} is not a whole number", hint="write 14, 14.. or 7..14")
    return Span(int(text), int(text))


def _partial(text: str, context: Context) -> Span:
    if not re.fullmatch(_YEAR_ON, text):
        from crm_cli.query.days import birthday  # 6 ms, and few queries ask for birthdays

        found = birthday(text, context)
        if found.year is None or sum(map(str.isdigit, text)) < _LEAST_DIGITS:
            hint = "write 1984-03-14; crm occasions --within 30d shows whose day is near"
            raise BadRequest(f"{text[:40]!r} has no year, so nothing is before or after it", hint=hint)
        text = found.text
    return Span(text, text + _AFTER_DIGITS)


SPANS: Mapping[str, Callable[[str, Context], Span]] = {
    "date": _dates,
    "moment": _dates,
    "partial": _partial,
    "money": _money,
    "totals": _money,
    "number": _number,
    "integer": _integer,
}
"""Every type that has an order: text -> span, BadRequest, or BadValue."""


def same(target: Target, text: str, context: Context) -> Condition:
    """Somewhere in the span of a text; `overdue` is a word for dates."""
    if target.type in ("date", "moment") and text == "overdue":
        return _overdue(target, context)
    if target.type == "partial" and not re.fullmatch(_YEAR_ON, text):
        return _birthday(target, text, context)
    found = SPANS[target.type](text, context)
    if found.first == found.last and target.type not in MONEY:
        return Test(target.path, "equal", (found.first,))
    return _test(target, found.first, found.last, found.currency, context)


def between(target: Target, ends: tuple[Value, Value], context: Context) -> Condition:
    """From the beginning of one span to the end of another, both included; either may be open."""
    low, high = (SPANS[target.type](end.text, context) if end.text else None for end in ends)
    if not low and not high:
        raise BadRequest(f"{target.text}: a range needs an end", hint=f"any value: has:{target.text}")
    if low and high and low.currency and high.currency and low.currency != high.currency:
        raise BadRequest(f"{target.text}: a range has one currency", hint=f"not {low.currency} and {high.currency}")
    if low and high and _later(low.first, high.last):
        raise BadRequest(f"{target.text}: the range ends before it begins", hint="the lower end comes first")
    written = (low and low.currency) or (high and high.currency) or ""
    return _test(target, low.first if low else None, high.last if high else None, written, context)


def compared(target: Target, sign: str, text: str, context: Context) -> Condition:
    """On one side of the span of a text: `sign` is one of >= <= > <."""
    found = SPANS[target.type](text, context)
    after = ">" in sign
    edge = found.first if sign in (">=", "<") else found.last
    if "=" not in sign and not isinstance(edge, str):
        edge += 1 if after else -1
    test = _test(target, edge if after else None, None if after else edge, found.currency, context)
    if "=" in sign or not isinstance(edge, str):
        return test
    return And((test, Not(Test(target.path, "equal", (edge,), currency=test.currency))))


def _test(target: Target, low: Key | None, high: Key | None, written: str, context: Context) -> Test:
    if low is None and target.type == "partial":
        low = _FIRST_DIGIT
    return Test(target.path, "between", low=low, high=high, currency=_currency(target, written, context))


def _later(first: Key, last: Key) -> bool:
    if isinstance(first, str) or isinstance(last, str):
        return str(first) > str(last)
    return first > last


def _currency(target: Target, written: str, context: Context) -> str:
    """The currency of a bound; empty for what is no money."""
    return (written or context.settings.currency) if target.type in MONEY else ""


def _overdue(target: Target, context: Context) -> Condition:
    """By the kind's own word for it; else a day from the next midnight, a moment when it has passed."""
    if target.name == "due" and "overdue" in target.owner.computed_by_name:
        return Test((*target.path[:-1], "overdue"), "equal", (1,))
    if target.type == "date":
        return compared(target, "<", "today", context)
    now = int(context.now.timestamp())
    noon = _dates("today noon", context).first
    # A day without a time has the key of its noon, and is not over before midnight.
    return And((_test(target, None, now, "", context), Not(Test(target.path, "equal", (noon,)))))


def _birthday(target: Target, text: str, context: Context) -> Condition:
    """The day, in any year where none is said."""
    from crm_cli.query.days import birthday  # 6 ms, and few queries ask for birthdays

    day = birthday(text, context)
    if day.year is not None:
        return Test(target.path, "equal", (day.text,))
    return Test(target.path, "contains", (day.text.removeprefix("-"),))


def is_grouped(raw: str) -> bool:
    """Whether a text is one number with commas in it, like 1,00,000."""
    return re.fullmatch(_ONE_GROUPED, raw.strip()) is not None


def check_grouping(raw: str, target: Target) -> None:
    """Refuses 1,00,000 without quotes, whose commas would each mean "or"."""
    if target.type in MONEY and '"' not in raw and re.search(_GROUPED, raw):
        raise BadRequest(
            f'{target.text}: a comma means "or", and {raw[:60]} holds what looks like one number',
            hint=f'leave its commas out, or write it in quotes: {target.text}:"1,00,000"',
        )
