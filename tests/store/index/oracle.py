"""The answers worked out the slow way, record by record in plain Python: what the index must say as well."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any

from crm_cli.base.ids import random_part
from crm_cli.base.money import order_key
from crm_cli.base.text import fold
from crm_cli.base.translit import sound_within, sounds_alike
from crm_cli.kinds import KINDS
from crm_cli.schema.condition import And, Condition, HasProblem, Ids, Not, OfKind, Or, Path, Selection, Test
from crm_cli.schema.context import Context
from crm_cli.schema.convert import json_problem, load, resolved
from crm_cli.schema.field import Derived, Rollup
from crm_cli.schema.keys import key
from crm_cli.schema.problem import Problem
from crm_cli.schema.record import Address, Record
from crm_cli.schema.settings import Settings
from crm_cli.schema.shapes import json_form
from crm_cli.store.codec import parse
from crm_cli.store.files import read, scan


def json_values(record: Record, settings: Settings, resolve: Callable[[str], str] = lambda id: id) -> dict[str, Any]:
    """`id`, `record` and every field of the kind in JSON form, links resolved; without what is computed."""
    kind = record.kind_
    out: dict[str, Any] = {"id": record.id, "record": kind.name}
    for field in kind.fields:
        value = json_form(getattr(record, field.name), field, settings, kind.name)
        out[field.name] = resolved(value, resolve) if field.links and value else value
    return out


@dataclass(frozen=True)
class Found:
    """One value of a field: its key, its text, the currency of money."""

    key: Any
    text: str = ""
    currency: str = ""


@dataclass
class Oracle:
    """All records of a book, and naive questions about them."""

    root: FilePath
    context: Context

    @cached_property
    def records(self) -> list[Record]:
        found = []
        for kind in KINDS.all:
            listing = scan(self.root, (kind.folder,), (kind.folder,) if kind.dated else ())
            for path, *_ in listing.files:
                document = parse(read(self.root, path), path)
                if not isinstance(document, Problem):
                    id = path.rpartition("/")[2].removesuffix(".yaml")
                    found.append(load(kind, id, path, document.root, self.context.settings))
        return found

    @cached_property
    def merged(self) -> dict[str, str]:
        return {r.id: r.merged_into.rpartition("/")[2] for r in self.records if r.merged_into}

    def resolve(self, id: str) -> str:
        seen, at = {id}, id
        while at in self.merged:
            at = self.merged[at]
            if at in seen:
                return id
            seen.add(at)
        return at if at not in self.merged else id

    def of_kind(self, name: str) -> list[Record]:
        return [r for r in self.records if r.kind_.name == name]

    def targets(self, raws: Iterable[str], to: tuple[str, ...]) -> list[Record]:
        found = []
        for raw in raws:
            folder, _, stem = raw.rpartition("/")
            id = self.resolve(stem)
            for kind in KINDS.all:
                if (to and kind.name not in to) or (folder and id == stem and kind.folder != folder and len(to) != 1):
                    continue
                found += sorted((r for r in self.of_kind(kind.name) if r.id == id), key=lambda r: r.path)
        return found

    def raws(self, record: Record, name: str) -> list[str]:
        value = getattr(record, name)
        if isinstance(value, str):
            return [value]
        return [getattr(part, "value", part) for part in value or ()]

    def leading_here(self, record: Record, kind: str) -> list[Record]:
        found = []
        for other in self.of_kind(kind):
            fields = [f for f in other.kind_.fields if f.links and f.name != "merged_into"]
            linked = any(
                target is record
                for f in fields
                if not f.to or record.kind_.name in f.to
                for target in self.targets(self.raws(other, f.name), f.to)
            )
            if linked and other.archived is None:
                found.append(other)
        return sorted(found, key=lambda r: (r.id, r.path))

    def across(self, record: Record, path: Path) -> list[Record] | None:
        """Where the first step of a path leads; None where it stays."""
        field = record.kind_.by_name.get(path[0])
        if field and field.links:
            return self.targets(self.raws(record, field.name), field.to) if len(path) > 1 else None
        if field or path[0] in record.kind_.computed_by_name or path[0] not in KINDS.by_name:
            return None
        return self.leading_here(record, KINDS[path[0]].name)

    def values(self, record: Record, path: Path) -> list[Found]:
        name, rest = path[0], path[1:]
        across = self.across(record, path)
        if across is not None:
            return [v for target in across for v in self.values(target, rest or ("id",))]
        field = record.kind_.by_name.get(name)
        if field:
            return list(self.of_field(record, field, rest))
        if name in record.kind_.computed_by_name:
            return list(self.of_computed(record, name, rest))
        own = {"id": record.id, "record": record.kind_.name, "random": random_part(record.id)}
        own["slug"] = record.id.removesuffix(f"-{own['random']}")
        return [Found(own[name], own[name])] if own.get(name) and not rest else []

    def of_field(self, record: Record, field: Any, rest: Path) -> Iterator[Found]:
        value, settings = getattr(record, field.name), self.context.settings
        if value is None:
            return
        if field.links:
            yield from (Found(self.resolve(raw.rpartition("/")[2])) for raw in self.raws(record, field.name))
        elif field.type == "labelled":
            for item in value:
                parts = item.value if isinstance(item.value, Address) else None
                if parts and rest and rest[-1] in ("city", "street"):
                    if (part := getattr(parts, rest[-1])) and rest[:-1] in ((), (item.label,)):
                        yield Found(fold(part), part)
                elif not rest or rest == (item.label,):
                    yield Found(key(field.item, item.value, settings) if not parts else "", str(item.value))
        elif field.type == "list":
            yield from (Found(key(field.item or "text", one, settings), str(one)) for one in value)
        elif field.mapping:
            yield from self.of_map(record, field, value, rest)
        elif field.type == "maps":
            for entry in value:
                if not rest or (part := entry.get(rest[0])):
                    yield Found(fold(part) if rest else "")
        elif field.type == "money":
            yield self.money(value.digits, value.currency, rest)
        elif not rest:
            yield Found(key(field.type, value, settings), str(value))

    def of_map(self, record: Record, field: Any, value: Any, rest: Path) -> Iterator[Found]:
        settings = self.context.settings
        for name, one in value.items():
            if rest and rest[0] != name:
                continue
            if field.type == "consent":
                yield Found("yes" if one.value else "no")
                continue
            declared = settings.custom(record.kind_.name).get(name) if field.type == "custom" else None
            if declared and declared.type == "money":
                yield Found(order_key(one.amount), "", one.currency)
            elif declared and declared.type != "list":
                yield Found(key(declared.type, one, settings), str(one))
            else:
                for text in [one] if isinstance(one, str) else one:
                    yield Found(fold(text), text)

    def money(self, digits: str, currency: str, rest: Path) -> Found:
        if rest == ("currency",):
            return Found(fold(currency), currency)
        return Found(order_key(Decimal(digits)), digits, currency)

    def of_computed(self, record: Record, name: str, rest: Path) -> Iterator[Found]:
        one, value = record.kind_.computed_by_name[name], self.computed(record, name)
        if value is None:
            return
        if one.type == "money":
            yield self.money(value["amount"], value["currency"], rest)
        elif one.type == "totals":
            yield from (self.money(part["amount"], part["currency"], rest) for part in value)
        elif one.type in ("date", "moment"):
            from crm_cli.base.dates import parse_stamp

            yield Found(key(one.type, parse_stamp(value, moments=True), self.context.settings))
        else:
            yield Found(value if isinstance(value, int) else fold(value), str(value))

    def computed(self, record: Record, name: str) -> Any:
        cache = self.__dict__.setdefault("_known", {})
        if (record.path, name) not in cache:
            one = record.kind_.computed_by_name[name]
            cache[record.path, name] = (
                self.rollup(record, one) if isinstance(one, Rollup) else self.derived(record, one)
            )
        return cache[record.path, name]

    def derived(self, record: Record, one: Derived) -> Any:
        return one.work(*(self.json_value(record, tuple(need.split("."))) for need in one.needs), self.context)

    def json_value(self, record: Record, path: Path) -> Any:
        if path[0] in record.kind_.computed_by_name:
            return self.computed(record, path[0])
        across = self.across(record, path)
        if across is not None:
            return self.json_value(across[0], path[1:]) if across else None
        return json_values(record, self.context.settings, self.resolve)[path[0]]

    def rollup(self, record: Record, one: Rollup) -> Any:
        where = one.where(self.context) if one.where else And(())
        sources = [s for s in self.of_kind(KINDS[one.source].name) if self.meets(s, where)]
        mine = [s for s in sources if any(record in self.ends(s, way) for way in one.paths)]
        if one.fold == "count":
            return len(mine)
        if one.fold == "total":
            sums: dict[str, Decimal] = {}
            for money in (getattr(s, one.field) for s in mine):
                if money:
                    sums[money.currency] = sums.get(money.currency, Decimal(0)) + money.amount
            return [{"amount": format(sums[c], "f"), "currency": c} for c in sorted(sums)]
        dated = [s for s in mine if self.values(s, (one.field,))]
        sign = -1 if one.fold == "newest" else 1
        first = min(dated, key=lambda s: (sign * self.values(s, (one.field,))[0].key, s.id), default=None)
        if first is None:
            return None
        return first.id if one.give == "id" else self.json_value(first, (one.give,))

    def ends(self, source: Record, way: str) -> list[Record]:
        records = [source]
        for step in way.split("."):
            records = [t for r in records for t in self.targets(self.raws(r, step), r.kind_.by_name[step].to)]
        return records

    def meets(self, record: Record, condition: Condition) -> bool:
        match condition:
            case And(parts):
                return all(self.meets(record, part) for part in parts)
            case Or(parts):
                return any(self.meets(record, part) for part in parts)
            case Not(part):
                return not self.meets(record, part)
            case OfKind(kinds):
                return record.kind_.name in kinds
            case Ids(ids):
                return record.id in ids or f"{record.kind_.folder}/{record.id}" in ids
            case HasProblem(codes):
                return any(not codes or p.code in codes for p in record.problems)
            case Test():
                return self.passes(record, condition)
        raise AssertionError(condition)

    def passes(self, record: Record, test: Test) -> bool:
        found = self.values(record, test.path)
        if test.op == "has":
            counts = {c.name for k in KINDS.all for c in k.computed if isinstance(c, Rollup) and c.fold == "count"}
            return any(v.key != 0 or test.path[-1] not in counts for v in found)
        return any(self.matches(v, test) for v in found)

    def matches(self, found: Found, test: Test) -> bool:
        wanted = test.currency or (self.context.settings.currency if test.path[-1] in ("open_amount",) else "")
        if wanted and found.currency and found.currency != wanted:
            return False
        if test.op == "equal":
            return found.key in test.values
        if test.op == "begins":
            return any(str(found.key).startswith(str(v)) for v in test.values)
        if test.op == "contains":
            return any(str(v) in str(found.key) for v in test.values)
        if test.op == "sounds":
            pairs = [(str(v), found.text) for v in test.values]
            if test.within:
                return any(sound_within(v, t) for v, t in pairs)
            return any(sounds_alike(v, t) for v, t in pairs)
        low, high = test.low, test.high
        return (low is None or low <= found.key) and (high is None or found.key <= high)

    def selected(self, kinds: Iterable[Any], selection: Selection) -> list[str]:
        """The paths of the records that a selection gives, in its order."""
        kinds = list(kinds)
        chosen = [r for kind in kinds for r in self.of_kind(kind.name) if self.meets(r, selection.condition)]
        order = {kind.name: place for place, kind in enumerate(kinds)}
        if selection.sort:
            chosen.sort(key=lambda r: (r.id, order[r.kind_.name], r.path))
        else:
            chosen.sort(key=lambda r: (order[r.kind_.name], r.id, r.path))
        for sort in reversed(selection.sort):
            known = [(self.sort_key(r, sort.path), r) for r in chosen]
            with_key = sorted((p for p in known if p[0] is not None), key=lambda p: p[0])
            if sort.descending:
                with_key = _reversed_stably(with_key)
            chosen = [r for _, r in with_key] + [r for k, r in known if k is None]
        return [r.path for r in chosen][: selection.limit]

    def sort_key(self, record: Record, path: Path) -> Any:
        across = self.across(record, path)
        if across is not None:
            firsts = [next((t for t in across if t.kind_ is kind), None) for kind in KINDS.all]
            keys = [self.sort_key(first, path[1:] or ("id",)) for first in firsts if first]
            return next((key for key in keys if key is not None), None)
        found = self.values(record, path)
        if not found:
            return None
        first = found[0]
        last = record.kind_.by_name.get(path[-1]) or record.kind_.computed_by_name.get(path[-1])
        if first.currency:
            mine = [v for v in found if v.currency == self.context.settings.currency]
            return mine[0].key if mine else None
        if path[0] == "custom" and (custom := self.context.settings.custom(record.kind_.name).get(path[1])):
            return custom.choices.index(first.text) if custom.choices else first.key
        if last is not None and len(path) == 1 and last.type == "choice":
            return list(self.context.settings.choices(last.choices)).index(first.text)
        return first.key

    def json(self, record: Record) -> dict[str, Any]:
        stored = json_values(record, self.context.settings, self.resolve)
        computed = {one.name: self.computed(record, one.name) for one in record.kind_.shown}
        return {
            **stored,
            **computed,
            "extra": record.extra,
            "problems": [json_problem(problem) for problem in record.problems],
        }


def _reversed_stably(pairs: list[Any]) -> list[Any]:
    found: dict[Any, list[Any]] = {}
    for pair in pairs:
        found.setdefault(pair[0], []).append(pair)
    return [pair for known in sorted(found, reverse=True) for pair in found[known]]
