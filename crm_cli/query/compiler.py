"""Words of a query, turned into conditions one by one, and put together into what to select.

stage:won,lost   name~sharma   tag.not:cold   no:email   has:deal   problem:any   record:deal
sort:-amount,name   limit:20   archived:any   and plain words
"""

import re
from collections.abc import Callable, Mapping, Sequence

from crm_cli.base.errors import BadRequest
from crm_cli.base.text import fold
from crm_cli.query import operands
from crm_cli.query.bounds import check_grouping, is_grouped
from crm_cli.query.fields import Target, resolve
from crm_cli.query.lexer import Value, Word, quote
from crm_cli.query.order import sort_keys
from crm_cli.query.world import Part, Scope, World
from crm_cli.schema.agenda import PRESENT
from crm_cli.schema.condition import EVERYTHING, And, Condition, Not, OfKind, Or, Selection, Words

_OTHER_SIGN = r"([\w.]+)\s*(!=|>=|<=|=|>|<)"

Make = Callable[[Target, Value, World], Condition]


def word_part(word: Word, scope: Scope) -> Part:
    """What one word asks for."""
    if not word.sign:
        return _plain(word, scope)
    if word.sign == ":" and word.head in _SPECIAL:
        return _SPECIAL[word.head](word, scope)
    make = operands.equal if word.sign == ":" else operands.contains
    try:
        return field_part(word.head, word.values, make, scope, raw=word.raw)
    except BadRequest as error:
        # A time or an address of the web is meant as text, and has a colon all the same.
        raise (
            error if error.hint else BadRequest(error.message, hint=f"to search for the text: {quote(word.raw)}")
        ) from None


def field_part(head: str, values: Sequence[Value], make: Make, scope: Scope, *, raw: str = "") -> Part:
    """A field against values, one of which must hold; `.not` behind the field turns it round."""
    negated = head.endswith(".not")
    targets = resolve(head.removesuffix(".not"), scope.world, scope.kinds)
    archived = any(target.path == ("archived",) for target in targets)
    if archived and make is operands.equal and not negated and [value.text for value in values] == ["any"]:
        return Part(EVERYTHING, archived=True)
    for target in targets:
        check_grouping(raw, target)
    condition = _of_targets(targets, lambda target: operands.either([make(target, v, scope.world) for v in values]))
    return Part(turned(condition, targets, scope) if negated else condition, archived=archived)


def presence(name: str, scope: Scope) -> tuple[Condition, tuple[Target, ...]]:
    """That a field has a value, and the targets of its name."""
    targets = resolve(name, scope.world, scope.kinds)
    return _of_targets(targets, lambda target: operands.present(target, scope.world)), targets


def turned(condition: Condition, targets: Sequence[Target], scope: Scope) -> Condition:
    """The opposite, among the records of those kinds that have the field at all."""
    having = tuple(target.kind.name for target in targets)
    if len(having) == len(scope.kinds):
        return Not(condition)
    return And((OfKind(having), Not(condition)))


def _of_targets(targets: Sequence[Target], make: Callable[[Target], Condition]) -> Condition:
    """The condition of a field that several kinds have, each in its own way; it need make sense in one of them."""
    groups = _alike(targets)
    made: list[Condition] = []
    wrong: list[BadRequest] = []
    for target, kinds in groups:
        try:
            condition = make(target)
        except BadRequest as error:
            wrong.append(error)
        else:
            made.append(condition if len(groups) == 1 else And((OfKind(kinds), condition)))
    if not made:
        raise wrong[0]
    return made[0] if len(made) == 1 else Or(tuple(made))


def _alike(targets: Sequence[Target]) -> list[tuple[Target, tuple[str, ...]]]:
    """One target for all kinds that store a field in the same way, with the choices of all of them."""
    groups: dict[tuple[object, ...], list[Target]] = {}
    for target in targets:
        stored = "text" if target.type in ("choice", "long") else target.type
        groups.setdefault((target.path, stored, target.to, target.worked_out, target.name), []).append(target)
    return [(_merged(group), tuple(target.kind.name for target in group)) for group in groups.values()]


def _merged(group: Sequence[Target]) -> Target:
    first = next((target for target in group if target.choices), group[0])
    return first._replace(choices=tuple(dict.fromkeys(choice for target in group for choice in target.choices)))


def _plain(word: Word, scope: Scope) -> Part:
    """Words to be found anywhere; a comma between them is an or."""
    found = re.match(_OTHER_SIGN, word.raw)
    if found and (found[2] != "=" or _is_field(found[1], scope)):
        resolve(found[1], scope.world, scope.kinds)
        before, after = ".." * ("<" in found[2]), ".." * (">" in found[2])
        raise BadRequest(
            f"{word.raw[:60]} is no word of a query", hint=f"write {found[1]}:{before}VALUE{after}, or use --where"
        )
    if is_grouped(word.raw):
        return Part(words=(fold(word.raw.strip()),))
    groups = [group for value in word.values if (group := _words_of(value))]
    if len(groups) > 1:
        return Part(Or(tuple(Words(group) for group in groups)))
    return Part(words=groups[0] if groups else ())


def _words_of(value: Value) -> tuple[str, ...]:
    words = (value.text,) if value.quoted else value.text.split()
    return tuple(folded for word in words if (folded := fold(word).strip()))


def _is_field(name: str, scope: Scope) -> bool:
    try:
        return bool(resolve(name, scope.world, scope.kinds))
    except BadRequest:
        return False


def _has(word: Word, scope: Scope) -> Part:
    return _present(word, scope, negated=False)


def _no(word: Word, scope: Scope) -> Part:
    return _present(word, scope, negated=True)


def _present(word: Word, scope: Scope, *, negated: bool) -> Part:
    made = []
    archived = False
    for value in word.values:
        condition, targets = presence(value.text, scope)
        archived = archived or any(target.path == ("archived",) for target in targets)
        made.append(turned(condition, targets, scope) if negated else condition)
    return Part(operands.either(made), archived=archived)


def _sort(word: Word, scope: Scope) -> Part:
    return Part(sort=sort_keys([value.text for value in word.values], scope))


def _limit(word: Word, _scope: Scope) -> Part:
    text = word.values[0].text
    if len(word.values) > 1 or not re.fullmatch("[0-9]{1,9}", text) or int(text) == 0:
        raise BadRequest(f"{word.raw[:60]} is no limit", hint="write limit:20")
    return Part(limit=int(text))


_SPECIAL: Mapping[str, Callable[[Word, Scope], Part]] = {"has": _has, "no": _no, "sort": _sort, "limit": _limit}
"""The words before a colon that are no fields."""


def combine(parts: Sequence[Part]) -> Part:
    """All of them: conditions in their order, plain words as one, the last order and limit, those of views first."""
    conditions = [part.condition for part in parts if part.condition not in (None, EVERYTHING)]
    words = tuple(word for part in parts for word in part.words)
    made = tuple(condition for condition in conditions if condition is not None)
    every = (*made, Words(words)) if words else made
    ranked = sorted(parts, key=lambda part: not part.view)
    return Part(
        every[0] if len(every) == 1 else And(every),
        sort=next((part.sort for part in reversed(ranked) if part.sort), ()),
        limit=next((part.limit for part in reversed(ranked) if part.limit), None),
        columns=next((part.columns for part in reversed(ranked) if part.columns), ()),
        archived=any(part.archived for part in parts),
    )


def selection(part: Part) -> Selection:
    """What to select; archived records are left out unless they were asked for."""
    condition = part.condition or EVERYTHING
    if not part.archived:
        condition = PRESENT if condition == EVERYTHING else And((PRESENT, *_parts(condition)))
    return Selection(condition, part.sort, part.limit, part.columns)


def _parts(condition: Condition) -> tuple[Condition, ...]:
    return condition.parts if isinstance(condition, And) else (condition,)
