"""The map of an import: which column of a foreign file is which field, and how its cells are to be read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

from crm_cli.base.errors import CrmError, Invalid
from crm_cli.base.text import nearest
from crm_cli.schema.crm_yaml import check_currency
from crm_cli.schema.kind import Kind, Kinds
from crm_cli.schema.node import Bare, Map, Node, Plain, plain_map
from crm_cli.schema.problem import Problem
from crm_cli.services.exchange.source import Form, column_key
from crm_cli.store.codec import emit, parse

ON_MATCH: Final = ("update", "fill", "skip")
_TEXTS: Final = ("kind", "on_match", "dates", "numbers", "name", "encoding", "delimiter", "sheet")
_KEYS: Final = (*_TEXTS, "match", "header", "defaults", "columns", "ignore")
_RULE: Final = ("to", "values", "dates", "numbers", "currency", "by", "create", "split")
_YES: Final = {"true": True, "yes": True, "false": False, "no": False}


@dataclass(frozen=True, slots=True)
class Rule:
    """Where the cells of a column go, as a field is written in queries, and how they are read."""

    to: str
    values: Mapping[str, str] = field(default_factory=dict)
    dates: str = ""
    numbers: str = ""
    currency: str = ""
    by: str = ""
    create: bool = False
    split: str = ""


@dataclass(frozen=True, slots=True)
class ImportMap:
    """A whole map; `columns` are by the names of the file's columns, `name` is a template over them."""

    kind: str
    match: tuple[str, ...] = ()
    on_match: str = "update"
    dates: str = ""
    numbers: str = ""
    name: str = ""
    defaults: Mapping[str, Plain] = field(default_factory=dict)
    columns: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    form: Form = field(default_factory=Form)

    @property
    def known(self) -> Mapping[str, str]:
        """Every column that the map speaks of, by its key."""
        return {column_key(name): name for name in (*self.ignore, *self.columns)}


class _Reader:
    """Reads the tree of a map; what is wrong is said with the line that it stands in."""

    def __init__(self, root: Map, path: str) -> None:
        self.root, self.path = root, path

    def wrong(self, where: Sequence[str], message: str, hint: str = "") -> Invalid:
        """The error about the value at a place."""
        node: Node | None = self.root
        line = 0
        for step in where:
            if not isinstance(node, Map) or step not in node.entries:
                break
            line = node.keys[step].line if step in node.keys else node.entries[step].line
            node = node.entries[step]
        return Invalid(f"{self.path}{f':{line}' if line else ''}: {' '.join((*where, message))}", hint=hint)

    def known(self, value: Any, keys: Sequence[str], *where: str) -> Mapping[str, Any]:
        """A map that has only these keys."""
        if not isinstance(value, Mapping):
            raise self.wrong(where, "is no map", "write `key: value` lines below it")
        for key in value:
            if key not in keys:
                near = nearest(key, keys)
                raise self.wrong((*where, key), "is not known", f"did you mean {near}?" if near else ", ".join(keys))
        return value

    def text(self, value: Any, *where: str) -> str:
        """One value."""
        if not isinstance(value, str):
            raise self.wrong(where, "is no single value")
        return value

    def texts(self, value: Any, *where: str) -> tuple[str, ...]:
        """A list of values, or one."""
        return tuple(self.text(part, *where) for part in (value if isinstance(value, list) else [value]))

    def table(self, value: Any, *where: str) -> dict[str, str]:
        """A map of text to text."""
        if not isinstance(value, Mapping):
            raise self.wrong(where, "is no map")
        return {key: self.text(part, *where, key) for key, part in value.items()}


def read_map(data: bytes, path: str, kinds: Kinds) -> ImportMap:
    """The map that a file holds; `Invalid` names the line of what is wrong. Its kind may be left to `--kind`."""
    document = parse(data, path)
    if isinstance(document, Problem):
        raise Invalid(f"{document.where}: {document.message}")
    reader = _Reader(document.root, path)
    tree = reader.known(plain_map(document.root), _KEYS)
    said = {key: reader.text(tree[key], key) for key in _TEXTS if key in tree}
    if said.get("kind", "contact") not in kinds.by_name:
        raise reader.wrong(("kind",), f"{said['kind']} is not known", f"one of {', '.join(k.name for k in kinds.all)}")
    if said.get("on_match", "update") not in ON_MATCH:
        raise reader.wrong(("on_match",), f"{said['on_match']} is not known", f"one of {', '.join(ON_MATCH)}")
    header = said_header = tree.get("header", "0")
    if not isinstance(header, str) or not header.isdecimal():
        raise reader.wrong(("header",), f"{said_header} is no number of a line")
    columns = {name: tuple(_rules(value, reader, name)) for name, value in _columns(tree, reader)}
    made = ImportMap(
        kind=kinds[said["kind"]].name if "kind" in said else "",
        match=reader.texts(tree.get("match", []), "match"),
        on_match=said.get("on_match", "update"),
        dates=said.get("dates", ""),
        numbers=said.get("numbers", ""),
        name=said.get("name", ""),
        defaults=_defaults(tree, reader),
        columns=columns,
        ignore=reader.texts(tree.get("ignore", []), "ignore"),
        form=Form(said.get("encoding", ""), _delimiter(said), int(header), said.get("sheet", "")),
    )
    _check_once(made, reader)
    return made


def _delimiter(said: Mapping[str, str]) -> str:
    return {"tab": "\t", "\\t": "\t"}.get(said.get("delimiter", ""), said.get("delimiter", ""))


def _columns(tree: Mapping[str, Any], reader: _Reader) -> Iterator[tuple[str, Any]]:
    columns = tree.get("columns", {})
    if not isinstance(columns, Mapping) or not columns:
        raise reader.wrong(("columns",), "must name the columns", "columns: {Full name: name, Mobile: phones.mobile}")
    yield from columns.items()


def _defaults(tree: Mapping[str, Any], reader: _Reader) -> dict[str, Plain]:
    defaults = tree.get("defaults") or {}
    if not isinstance(defaults, Mapping):
        raise reader.wrong(("defaults",), "is no map", "defaults: {source: import}")
    return dict(defaults)


def _rules(value: Any, reader: _Reader, name: str) -> Iterator[Rule]:
    for part in value if isinstance(value, list) else [value]:
        if isinstance(part, str):
            part = {"to": part}
        said = reader.known(part, _RULE, "columns", name)
        plain = [key for key in said if key not in ("to", "values", "create")]
        texts = {key: reader.text(said[key], "columns", name, key) for key in plain}
        create = reader.text(said.get("create", "false"), "columns", name, "create").lower()
        if create not in _YES:
            raise reader.wrong(("columns", name, "create"), f"{create} is neither true nor false")
        if "currency" in texts:
            try:
                check_currency(texts["currency"])
            except ValueError as bad:
                raise reader.wrong(("columns", name, "currency"), str(bad)) from None
        for to in reader.texts(said.get("to", ""), "columns", name, "to"):
            if not to:
                raise reader.wrong(("columns", name), "goes nowhere", "give it a field, or put it under `ignore:`")
            values = reader.table(said.get("values", {}), "columns", name, "values")
            yield Rule(to, values, create=_YES[create], **texts)


def _check_once(made: ImportMap, reader: _Reader) -> None:
    seen: set[str] = set()
    for name in (*made.columns, *made.ignore):
        if column_key(name) in seen:
            where = ("columns", name) if name in made.columns else ("ignore",)
            raise reader.wrong(where, f"names the column {name} a second time")
        seen.add(column_key(name))


def for_kind(made: ImportMap, kind: Kind | None, on_match: str = "") -> ImportMap:
    """The map with what the command line adds to it; `Invalid` where both name a kind and do not agree."""
    if kind and made.kind and made.kind != kind.name:
        raise Invalid(f"the map is about the kind {made.kind}, not {kind.name}", hint="leave --kind out")
    if not kind and not made.kind:
        raise Invalid("the map does not say which kind of record the rows are", hint="kind: contact, or --kind contact")
    return replace(made, kind=made.kind or (kind.name if kind else ""), on_match=on_match or made.on_match)


def map_text(made: ImportMap) -> bytes:
    """The file of a map."""
    tree: dict[str, Plain] = {"kind": made.kind}
    if made.match:
        tree["match"] = list(made.match)
    tree["on_match"] = made.on_match
    said = {"dates": made.dates, "numbers": made.numbers, "name": made.name, **_form(made.form)}
    tree |= {key: value for key, value in said.items() if value}
    if made.defaults:
        tree["defaults"] = dict(made.defaults)
    tree["columns"] = {name: _column(rules) for name, rules in made.columns.items()}
    tree["ignore"] = list(made.ignore)
    return emit(tree)


def _form(form: Form) -> dict[str, str]:
    delimiter = "tab" if form.delimiter == "\t" else form.delimiter
    header = Bare(form.header) if form.header else ""
    return {"encoding": form.encoding, "delimiter": delimiter, "header": header, "sheet": form.sheet}


def _column(rules: Sequence[Rule]) -> Plain:
    made = [_rule(rule) for rule in rules]
    return made[0] if len(made) == 1 else made


def _rule(rule: Rule) -> Plain:
    said: dict[str, Plain] = {"to": rule.to}
    for one in fields(Rule)[1:]:
        value = getattr(rule, one.name)
        if value:
            said[one.name] = Bare("true") if value is True else dict(value) if isinstance(value, Mapping) else value
    return rule.to if len(said) == 1 else said


def located(name: str, error: CrmError) -> Invalid:
    """What is wrong with a target, said with the column that it is for."""
    return Invalid(f"the map: {name}: {error.message}", hint=error.hint)


__all__ = ["ImportMap", "Rule", "for_kind", "located", "map_text", "read_map"]
