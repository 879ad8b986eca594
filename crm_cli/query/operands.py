"""What a field of each type may be asked, and the condition that a value of it makes.

text, id          : ~          link, kind        : ~           date, moment, partial, money, number  : ..
choice            : ~          phone, url, email : ~           bool, duration, recurrence, consent   :
address           ~            map, maps         has and no alone, as everything else beside its own
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from crm_cli.base.dates import parse_cadence
from crm_cli.base.errors import BadRequest, BadValue, NotFound
from crm_cli.base.money import understand_money
from crm_cli.base.recurrence import parse_rule
from crm_cli.base.text import fold
from crm_cli.query.bounds import SPANS, between, compared, same
from crm_cli.query.fields import Target, did_you_mean
from crm_cli.query.lexer import Value
from crm_cli.query.world import World
from crm_cli.schema.condition import Condition, HasProblem, Key, OfKind, Or, Test
from crm_cli.schema.keys import phone_key, url_key
from crm_cli.schema.problem import CLASSES

OPERATORS: Mapping[str, str] = {
    **dict.fromkeys(["text", "long", "email", "phone", "url", "choice", "link", "reverse", "id", "any"], ":~"),
    "address": "~",
    **dict.fromkeys(SPANS, ":."),
    **dict.fromkeys(["bool", "duration", "recurrence", "consent", "currency", "record", "problems"], ":"),
    **dict.fromkeys(["map", "maps"], ""),
}
"""What each type allows beside `has` and `no`: `:` equals, `~` contains, `.` ranges and comparisons."""

_REFUSED = {":": "cannot be equal to a value", "~": "cannot contain a text", ".": "has no order, so no range fits it"}
_TAKES = {":": "a value", "~": "~ and a part", ".": "ranges (a..b)"}
_PEOPLE = ("owner", "by")
_ENOUGH_DIGITS = 5


def check(target: Target, operator: str) -> None:
    """Refuses an operator that the type does not have."""
    allowed = OPERATORS[target.type]
    if operator in allowed:
        return
    if not allowed:
        hint = f"name one of its parts behind a dot: {target.text}.…, or ask has:{target.text}"
    elif operator == "." and "~" in allowed:
        hint = f'as a text, in quotes: {target.text}:"a..b"'
    else:
        hint = f"it takes {', '.join(_TAKES[one] for one in allowed)}, has: and no:"
    raise BadRequest(f"{target.text} {_REFUSED[operator]}", hint=hint)


def equal(target: Target, value: Value, world: World) -> Condition:
    """The value is this one, or in this range."""
    ends = value.ends if target.type not in ("duration", "recurrence") else None
    if ends:
        check(target, ".")
        return _understood(target, lambda: between(target, ends, world.context))
    check(target, ":")
    _something(target, value)
    return _understood(target, lambda: EQUAL[target.type](target, value, world))


def contains(target: Target, value: Value, world: World) -> Condition:
    """The text is somewhere in the value."""
    check(target, "~")
    _something(target, value)
    return CONTAINS.get(target.type, _text_within)(target, value, world)


def compare(target: Target, sign: str, value: Value, world: World) -> Condition:
    """The value is before or after this one: `sign` is one of >= <= > <."""
    check(target, ".")
    _something(target, value)
    return _understood(target, lambda: compared(target, sign, value.text, world.context))


def present(target: Target, _world: World) -> Condition:
    """There is a value; of a number of records, at least one; of something worked out, yes."""
    if target.type == "problems":
        return HasProblem()
    if target.worked_out == "count":
        return Test(target.path, "between", low=1)
    if target.worked_out and target.type == "bool":
        return Test(target.path, "equal", (1,))
    return Test(target.path, "has")


def either(conditions: Sequence[Condition]) -> Condition:
    """Any of them, with values that one test can hold put together."""
    merged: list[Condition] = []
    for condition in conditions:
        together = _together(merged[-1], condition) if merged else None
        if together:
            merged[-1] = together
        else:
            merged.append(condition)
    return merged[0] if len(merged) == 1 else Or(tuple(merged))


def _together(one: Condition, other: Condition) -> Condition | None:
    """One condition in place of two, or None where that cannot be."""
    if isinstance(one, Test) and isinstance(other, Test) and one.op in ("equal", "contains"):
        values = tuple(dict.fromkeys((*one.values, *other.values)))
        same_otherwise = replace(one, values=values) == replace(other, values=values)
        return replace(one, values=values) if same_otherwise else None
    if isinstance(one, HasProblem) and isinstance(other, HasProblem):
        return HasProblem((*one.codes, *other.codes) if one.codes and other.codes else ())
    if isinstance(one, OfKind) and isinstance(other, OfKind):
        return OfKind((*one.kinds, *other.kinds))
    return None


def _something(target: Target, value: Value) -> None:
    if not fold(value.text):  # accents and joiners alone would be found everywhere
        raise BadRequest(f"{target.text} is compared with nothing", hint=f"what has no value: no:{target.text}")


def _understood(target: Target, make: Callable[[], Condition]) -> Condition:
    try:
        return make()
    except BadValue as bad:
        raise BadRequest(f"{target.text}: {bad.message}", hint=bad.hint) from None


def _key(key: Callable[[str], Key]) -> Callable[[Target, Value, World], Condition]:
    return lambda target, value, _world: Test(target.path, "equal", (key(value.text),))


def _text(target: Target, value: Value, world: World) -> Condition:
    text = _no_wildcard(target, value)
    if text == "me" and target.name in _PEOPLE and not value.quoted:
        text = world.context.user
        if not text:
            raise BadRequest("nobody knows who you are", hint="set it with: crm config me NAME, or CRM_USER")
    return Test(target.path, "equal", (fold(text),))


def _no_wildcard(target: Target, value: Value) -> str:
    if any("*" in text for text, quoted in value.pieces if not quoted):
        raise BadRequest(
            f"{target.text}: * is not a wildcard", hint=f'{target.text}~ finds a part; as text: "{value.text}"'
        )
    return value.text


def _choice(target: Target, value: Value, _world: World) -> Condition:
    wanted = fold(value.text)
    if target.choices and wanted not in map(fold, target.choices):
        raise _no_choice(target, value)
    return Test(target.path, "equal", (wanted,))


def _choice_within(target: Target, value: Value, _world: World) -> Condition:
    wanted = fold(value.text)
    matching = tuple(folded for folded in map(fold, target.choices) if wanted in folded)
    if target.choices and not matching:
        raise _no_choice(target, value)
    return Test(target.path, "equal", matching) if matching else Test(target.path, "contains", (wanted,))


def _no_choice(target: Target, value: Value) -> BadRequest:
    return BadRequest(
        f"{target.text} cannot be {value.text[:40]}: it is one of {', '.join(target.choices)}",
        hint=did_you_mean(value.text, target.choices, f"{target.text}:") if len(value.text) <= 40 else "",
    )


def _link(target: Target, value: Value, world: World) -> Condition:
    to = target.to or tuple(kind.name for kind in world.kinds.all)
    ids = world.links(to, value.text)
    if not ids:
        raise NotFound(
            f"no {' or '.join(to) if target.to else 'record'} has the id or the name {value.text[:60]}",
            hint=f"{target.text}~ finds a part of the name",
        )
    path = (*target.path, "id") if target.type == "reverse" else target.path
    return Test(path, "equal", tuple(ids))


def _link_within(target: Target, value: Value, _world: World) -> Condition:
    return _name_within((*target.path, "name"), value.text)


def _phone(target: Target, value: Value, world: World) -> Condition:
    _digits(target, value)
    return Test(target.path, "equal", (phone_key(value.text, world.context.settings.country),))


def _phone_within(target: Target, value: Value, _world: World) -> Condition:
    digits = _digits(target, value)
    # Numbers are compared with their country's code, which takes the place of a 0 at their beginning.
    without = digits.lstrip("0")
    keys = (digits, without) if without != digits and len(without) >= _ENOUGH_DIGITS else (digits,)
    return Test(target.path, "contains", keys)


def _digits(target: Target, value: Value) -> str:
    digits = re.sub("[^0-9]", "", value.text)
    if not digits:
        raise BadRequest(f"{target.text}: {value.text[:40]} has no digits", hint=f"write {target.text}~98765")
    return digits


def _text_within(target: Target, value: Value, _world: World) -> Condition:
    text = _no_wildcard(target, value)
    if target.name == "name":
        return _name_within(target.path, text)
    return Test(target.path, "contains", (fold(text),))


def _name_within(path: tuple[str, ...], text: str) -> Condition:
    found = Test(path, "contains", (fold(text),))
    if not any(char.isalpha() for char in text):
        return found
    return Or((found, Test(path, "sounds", (text,), within=True)))


def _url_within(target: Target, value: Value, _world: World) -> Condition:
    return Test(target.path, "contains", (url_key(value.text) or value.text.lower(),))


def _currency(target: Target, value: Value, _world: World) -> Condition:
    code = understand_money(f"1 {value.text.upper() if len(value.text) == 3 else value.text}", "").currency
    if not code:
        raise BadValue("bad-money", f"{value.text[:40]} is no currency", hint="write INR")
    return Test(target.path, "between", currency=code)


def _yes(target: Target, value: Value, _world: World) -> Condition:
    word = value.text.lower()
    if word not in ("yes", "no", "true", "false"):
        raise BadRequest(f"{target.text} is yes or no, not {value.text[:40]}", hint=f"write {target.text}:yes")
    yes = word in ("yes", "true")
    consent = target.type == "consent"
    return Test(target.path, "equal", (("yes" if yes else "no") if consent else int(yes),))


def _ordered(target: Target, value: Value, world: World) -> Condition:
    return same(target, value.text, world.context)


def _kind(target: Target, value: Value, world: World) -> Condition:
    kind = world.kinds.by_name.get(value.text)
    if kind is None:
        names = [one.name for one in world.kinds.all]
        raise BadRequest(f"there is no kind of record {value.text[:40]}", hint=did_you_mean(value.text, names))
    return OfKind((kind.name,)) if target.path == ("record",) else Test(target.path, "equal", (kind.name,))


def _problem(target: Target, value: Value, _world: World) -> Condition:
    if value.text == "any":
        return HasProblem()
    if value.text not in CLASSES:
        raise BadRequest(
            f"there is no problem {value.text[:40]}",
            hint=did_you_mean(value.text, CLASSES) or f"any: {target.text}:any",
        )
    return HasProblem((value.text,))


EQUAL: Mapping[str, Callable[[Target, Value, World], Condition]] = {
    **dict.fromkeys(["text", "long", "email", "id", "any"], _text),
    "choice": _choice,
    "link": _link,
    "reverse": _link,
    "phone": _phone,
    "url": _key(url_key),
    **dict.fromkeys(SPANS, _ordered),
    "bool": _yes,
    "consent": _yes,
    "duration": _key(lambda text: parse_cadence(text).text),
    "recurrence": _key(lambda text: parse_rule(text).text),
    "currency": _currency,
    "record": _kind,
    "problems": _problem,
}
"""Every type that knows `:` -> the condition that a value makes."""

CONTAINS: Mapping[str, Callable[[Target, Value, World], Condition]] = {
    "choice": _choice_within,
    "link": _link_within,
    "reverse": _link_within,
    "phone": _phone_within,
    "url": _url_within,
}
"""The types whose `~` is more than a part of the text."""
