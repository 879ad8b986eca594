"""From a condition to SQL over the table of one kind."""

from collections.abc import Sequence
from typing import Any

from crm_cli.schema.condition import And, Condition, HasProblem, Ids, Key, Not, OfKind, Or, Test, Words
from crm_cli.store.index.layout import KindTable, Slot, quoted
from crm_cli.store.index.lists import as_list
from crm_cli.store.index.places import Link, Scope, items, key_column, own_column

FEW = 20
NEVER, ALWAYS = "0", "1"


def condition_sql(scope: Scope, table: KindTable, alias: str, condition: Condition) -> str:
    """True for the records that meet the condition; null counts as false."""
    match condition:
        case And(parts):
            return _joined([condition_sql(scope, table, alias, part) for part in parts], " and ", ALWAYS)
        case Or(parts):
            return _joined([condition_sql(scope, table, alias, part) for part in parts], " or ", NEVER)
        case Not(part):
            # "not null" would be null again: what is unknown does not match, so its opposite does.
            return f"not coalesce({condition_sql(scope, table, alias, part)}, 0)"
        case Test():
            return test_sql(scope, table, alias, condition)
        case Words(words):
            return _words(scope, alias, words)
        case Ids(ids):
            return _ids(scope, table, alias, ids)
        case OfKind(kinds):
            return ALWAYS if table.kind.name in kinds or table.kind.alias in kinds else NEVER
        case HasProblem(codes):
            which = f" where {_in(scope, 'code', codes)}" if codes else ""
            return f"{alias}.rid in (select rid from problem{which})"


def _words(scope: Scope, alias: str, words: Sequence[str]) -> str:
    from crm_cli.store.index.search import words_sql  # 8 ms, and most questions name a field

    return _joined([words_sql(scope, alias, word) for word in words], " and ", ALWAYS)


def _joined(parts: Sequence[str], word: str, none: str) -> str:
    """Any number of parts side by side: SQLite limits only how deep they stand in each other."""
    if len(parts) <= FEW:
        return f"({word.join(parts)})" if parts else none
    middle = len(parts) // 2
    return f"({_joined(parts[:middle], word, none)}{word}{_joined(parts[middle:], word, none)})"


def _ids(scope: Scope, table: KindTable, alias: str, ids: Sequence[str]) -> str:
    plain, paths = [id for id in ids if "/" not in id], []
    for id in ids:
        folder, _, stem = id.rpartition("/")
        if folder == table.kind.folder:
            plain.append(stem)
        elif folder:
            paths.append(f"{id}.yaml")
    tests = [_in(scope, f"{alias}.id", plain)] if plain else []
    if paths:
        tests.append(_in(scope, f"{alias}.path", paths))
    return _joined(tests, " or ", NEVER)


def _in(scope: Scope, column: str, values: Sequence[Key]) -> str:
    if len(values) == 1:
        return f"{column} = {scope.bind(values[0])}"
    if len(values) <= FEW:
        return f"{column} in ({', '.join(map(scope.bind, values))})"
    return f"{column} in (select value from json_each({scope.bind(as_list(values)[0])}))"


def test_sql(scope: Scope, table: KindTable, alias: str, test: Test) -> str:
    """True where the field, here or behind links, meets the test."""
    crossing = scope.link(table, test.path)
    if crossing is not None:
        link, rest = crossing
        if rest or link.back:
            return _across(scope, table, alias, link, rest, test)
    found = scope.slot(table, test.path[0])
    if found is None:
        value, _ = own_column(scope, table, alias, test.path)
        return NEVER if value == "null" else _compare(scope, value, test, value)
    slot, _ = found
    if test.op == "has" and len(test.path) == 1:
        return _has(slot, alias)
    if slot.name == "name" and test.op == "sounds":
        return _name_sounds(scope, alias, test)
    if slot.many or slot.type in ("maps", "custom", "facts", "consent"):
        return _of_items(scope, slot, alias, test)
    return _of_column(scope, slot, alias, test)


def _name_sounds(scope: Scope, alias: str, test: Test) -> str:
    from crm_cli.store.index.search import name_sounds_sql  # 8 ms, and most questions are not about sounds

    return _joined([name_sounds_sql(scope, alias, str(v), test.within) for v in test.values], " or ", NEVER)


def _across(scope: Scope, table: KindTable, alias: str, link: Link, rest: tuple[str, ...], test: Test) -> str:
    tests = []
    for target in link.kinds:
        other = scope.alias()
        inner = (
            test_sql(
                scope, target, other, Test(rest, test.op, test.values, test.low, test.high, test.currency, test.within)
            )
            if rest
            else ALWAYS
            if test.op == "has"
            else _in(scope, f"{other}.id", test.values or ("",))
        )
        tests.append(_joining(scope, table, alias, link, target, other, inner))
    return _joined(tests, " or ", NEVER)


def _joining(scope: Scope, table: KindTable, alias: str, link: Link, target: KindTable, other: str, inner: str) -> str:
    if link.column:
        return f"{alias}.{link.column} in (select {other}.id from {target.name} {other} where {inner})"
    edge = scope.alias()
    fields = _in(scope, f"{edge}.field", link.fields) if link.fields else NEVER
    if link.back:
        folder = scope.bind(table.kind.folder)
        return (
            f"{alias}.id in (select {edge}.id from link {edge} join {target.name} {other} on {other}.rid = {edge}.src "
            f"where {fields} and {edge}.folder in ('', {folder}) and {other}.archived is null and {inner})"
        )
    folder = scope.bind(target.kind.folder)
    return (
        f"{alias}.rid in (select {edge}.src from link {edge} join {target.name} {other} on {other}.id = {edge}.id "
        f"where {fields} and {edge}.folder in ('', {folder}) and {inner})"
    )


def _has(slot: Slot, alias: str) -> str:
    column = f"{alias}.{quoted(slot.name)}"
    if slot.counts:
        return f"{column} > 0"
    return f"({column} is not null and {column} not in ('', '[]', '{{}}'))"


def _of_items(scope: Scope, slot: Slot, alias: str, test: Test) -> str:
    where = items(scope, slot, test.path)
    compared = _compare(scope, "key", test, "text") if test.op != "has" else ALWAYS
    if test.op == "between" and test.currency:
        compared = f"{compared} and label = {scope.bind(test.currency)}"
    return f"{alias}.rid in (select rid from item where {where} and {compared})"


def _of_column(scope: Scope, slot: Slot, alias: str, test: Test) -> str:
    value, key = f"{alias}.{quoted(slot.name)}", key_column(slot, alias)
    if slot.type == "money":
        currency = f"{alias}.{quoted(slot.name + ':c')}"
        if test.path[1:] == ("currency",):
            return _compare(scope, f"lower({currency})", test, currency)
        limit = f" and {currency} = {scope.bind(test.currency)}" if test.currency else ""
        return f"({_compare(scope, key, test, value)}{limit})"
    if len(test.path) > 1:
        return NEVER
    if slot.type == "totals":
        which = test.currency or scope.settings.currency
        total = f"json_extract({key}, {scope.bind(f'$.{which}')})"
        return _compare(scope, total, test, total)
    return _compare(scope, key, test, value)


def _compare(scope: Scope, key: str, test: Test, value: str) -> str:
    """`key` is compared; `value` is the text as it was written, for how it sounds."""
    match test.op:
        case "equal":
            return _in(scope, key, test.values) if test.values else NEVER
        case "begins":
            return _joined([f"instr({key}, {scope.bind(v)}) = 1" for v in test.values], " or ", NEVER)
        case "contains":
            return _joined([f"instr({key}, {scope.bind(v)}) > 0" for v in test.values], " or ", NEVER)
        case "between":
            return _between(scope, key, test.low, test.high)
        case "has":
            return f"({value} is not null and {value} <> '')"
        case "sounds":
            tests = [f"alike({value}, {scope.bind(str(v))}, {int(test.within)})" for v in test.values]
            return _joined(tests, " or ", NEVER)


def _between(scope: Scope, key: str, low: Any, high: Any) -> str:
    bounds = [(key, ">=", low), (key, "<=", high)]
    tests = [f"{column} {sign} {scope.bind(bound)}" for column, sign, bound in bounds if bound is not None]
    if not tests:
        return f"{key} is not null"
    bound = low if low is not None else high
    # Of custom values some are texts and some numbers, and SQLite would say that every text is larger.
    same = "= 'text'" if isinstance(bound, str) else "<> 'text'"
    return f"({' and '.join([*tests, f'typeof({key}) {same}'])})"
