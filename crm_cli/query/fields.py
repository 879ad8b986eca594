"""Where a field's name leads: through links, into maps, back along the links that lead here.

    path    = field | link "." path | kind "." path | labelled ["." label] | address ["." label] "." part
            | maps "." part | "custom." name | "facts." key | "consent." channel | money "." ("amount" | "currency")
            | "id" | "record"

A field is named by its name or by its singular; a kind stands for its records that lead here. Fields that
only serve to work others out are not to be reached.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NamedTuple

from crm_cli.base.errors import BadRequest
from crm_cli.base.text import nearest
from crm_cli.query.world import World
from crm_cli.schema.condition import Path
from crm_cli.schema.field import Computed, Derived, Field, Rollup
from crm_cli.schema.kind import Kind
from crm_cli.schema.record import ADDRESS_PARTS, CHANNELS

MAX_STEPS = 8
"""How long a path may be: each step across a link is one more table to join."""

RECORD_FIELDS = ("id", "record")
"""What every record has beside its fields."""

PROBLEMS = ("problem", "problems")


class Target(NamedTuple):
    """What a path leads to, seen from one kind.

    `path` is for the index, `written` as it was written. `type` is a value type of one value, or one of
    address, map, maps, totals, currency, reverse, record, id, problems, any; `shape` is that of the
    column. `owner` is the kind that has the field, `name` the field's own name. `worked_out` is `count`
    for a number of records, `value` for other computed fields.
    """

    kind: Kind
    owner: Kind
    path: Path
    written: Path
    name: str
    type: str
    shape: str = ""
    choices: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    worked_out: str = ""
    back: bool = False

    @property
    def text(self) -> str:
        """As it was written."""
        return ".".join(self.written)


def resolve(text: str, world: World, kinds: Sequence[Kind]) -> tuple[Target, ...]:
    """The targets in those of the kinds that have such a field; BadRequest with the nearest if none has."""
    parts = tuple(text.split("."))
    found: list[Target] = []
    wrong: list[_Missing] = []
    for kind in kinds:
        try:
            found.append(_Walk(world, kind, parts).field(kind, 0, ()))
        except _Missing as error:
            wrong.append(error)
    if not found:
        raise _clearest(text, kinds, wrong)
    return tuple(found)


class _Missing(Exception):
    """A kind has no such field; the hint is looked for only when no other kind has it either."""

    def __init__(self, message: str, hint: Callable[[], str]) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


def _clearest(text: str, kinds: Sequence[Kind], wrong: Sequence[_Missing]) -> BadRequest:
    message, hint = next(((error.message, hint) for error in wrong if (hint := error.hint())), (wrong[0].message, ""))
    if len(kinds) > 1 and message.endswith(f"has no field {text}"):
        message = f"none of {', '.join(kind.name for kind in kinds)} has a field {text}"
    return BadRequest(message, hint=hint)


class _Walk:
    """A path on its way from the kind where it begins; `at` counts the parts that are behind."""

    def __init__(self, world: World, start: Kind, parts: Path) -> None:
        self.world, self.start, self.parts = world, start, parts

    def field(self, kind: Kind, at: int, path: Path) -> Target:
        """The target of the parts from `at` on, which name a field of this kind."""
        name = self.parts[at]
        if len(self.parts) > MAX_STEPS:
            raise _Missing(f"{'.'.join(self.parts)[:60]} has too many parts", lambda: f"{MAX_STEPS} steps at most")
        if name in kind.by_name:
            field = kind.by_name[name]
            return self.inside(kind, field, at + 1, (*path, field.name))
        if name in kind.computed_by_name and not name.startswith("_"):
            computed = kind.computed_by_name[name]
            return self.inside(kind, _as_field(computed), at + 1, (*path, name), _worked_out(computed))
        if name in RECORD_FIELDS:
            return self.leaf(kind, Field(name), at + 1, (*path, name), name)
        if name in PROBLEMS and at == 0:
            return self.leaf(kind, Field("problems"), at + 1, ("problems",), "problems")
        if name in reverse_links(kind, self.world):
            return self.back(kind, at + 1, (*path, name))
        raise self.unknown(kind, at)

    def back(self, kind: Kind, at: int, path: Path) -> Target:
        """The records of another kind that lead here, or a field of theirs."""
        source = self.world.kinds[path[-1]]
        if at < len(self.parts):
            return self.field(source, at, path)._replace(back=True)
        made = self.leaf(kind, Field(source.name, to=(source.name,)), at, path, "reverse")
        return made._replace(back=True)

    def inside(self, kind: Kind, field: Field, at: int, path: Path, worked_out: str = "") -> Target:
        """A field, or what the rest of the parts name in it."""
        more = at < len(self.parts)
        if field.mapping:
            return self.key(kind, field, at, path) if more else self.leaf(kind, field, at, path, "map")
        if field.item == "address":
            return self.address(kind, field, at, path)
        if field.type == "maps":
            return self.entry(kind, field, at, path) if more else self.leaf(kind, field, at, path, "maps")
        if field.links and more and not worked_out:
            return self.across(field, at, path)
        made = self.leaf(kind, field, at, path, _one_type(field), ends=False)._replace(worked_out=worked_out)
        if at == len(self.parts):
            return made
        return self.within_value(made, field, at)

    def within_value(self, made: Target, field: Field, at: int) -> Target:
        """A label of a list, or amount or currency of money."""
        last = at + 1 == len(self.parts)
        if last and field.type == "labelled":
            return made._replace(path=(*made.path, self.parts[at]), shape=made.type)
        if last and made.type == "money" and self.parts[at] in ("amount", "currency"):
            amount = self.parts[at] == "amount"
            return made._replace(type="money" if amount else "currency", shape="number" if amount else "text")
        raise self.no_parts(at, ("amount", "currency") if made.type == "money" else ())

    def across(self, field: Field, at: int, path: Path) -> Target:
        """A field of the record that a link leads to."""
        wrong: _Missing | None = None
        for name in field.to or tuple(kind.name for kind in self.world.kinds.all):
            if name in self.world.kinds.by_name:
                try:
                    return self.field(self.world.kinds[name], at, path)
                except _Missing as error:
                    wrong = wrong or error
        before = ".".join(self.parts[:at])
        raise wrong or _Missing(f"{before} leads to a kind of record that is not known here", lambda: f"has:{before}")

    def key(self, kind: Kind, field: Field, at: int, path: Path) -> Target:
        """A value of a map by its key."""
        rest = ".".join(self.parts[at:])
        if field.type == "facts":
            return self.leaf(kind, Field(field.name), len(self.parts), (*path, rest), "text")
        if field.type == "consent":
            if rest not in CHANNELS:
                raise _Missing(f"consent has no channel {rest}", lambda: did_you_mean(rest, CHANNELS))
            return self.leaf(kind, Field("consent", "consent"), at + 1, (*path, rest), "consent")
        known = self.world.custom(kind.name)
        name = rest if rest in known else self.parts[at]
        if name not in known:
            before = f"{'.'.join(path)}."
            raise _Missing(f"no {kind.name} has a custom field {rest}", lambda: did_you_mean(rest, known, before))
        after = len(self.parts) if name == rest else at + 1
        return self.inside(kind, custom_field(name, kind, self.world), after, (*path, name))

    def entry(self, kind: Kind, field: Field, at: int, path: Path) -> Target:
        """One part of each map of a list of maps."""
        known = {part.name: part for part in field.parts}
        if self.parts[at] not in known:
            raise self.no_parts(at, known)
        return self.inside(kind, known[self.parts[at]], at + 1, (*path, self.parts[at]))

    def address(self, kind: Kind, field: Field, at: int, path: Path) -> Target:
        """Addresses, those with a label, or one part of them."""
        rest = self.parts[at:]
        if len(rest) > 2 or (len(rest) == 2 and rest[1] not in ADDRESS_PARTS):
            raise self.no_parts(len(self.parts) - 1, ADDRESS_PARTS)
        if rest and rest[-1] in ADDRESS_PARTS:
            return self.leaf(kind, Field(rest[-1]), len(self.parts), (*path, *rest), "text")
        return self.leaf(kind, field, len(self.parts), (*path, *rest), "address")

    def leaf(self, kind: Kind, field: Field, at: int, path: Path, type: str, *, ends: bool = True) -> Target:
        """The end of the path, which must have no more parts."""
        if ends and at < len(self.parts):
            raise self.no_parts(at, ())
        plural = field.many and self.parts[-1] != field.singular
        shape = field.type if plural or field.mapping else type
        choices = self.world.context.settings.choices(field.choices)
        return Target(self.start, kind, path, self.parts, field.name, type, shape, choices, field.to)

    def unknown(self, kind: Kind, at: int) -> _Missing:
        """The error for a name that the kind does not have."""
        name = self.parts[at] or "without a name"
        return _Missing(f"{kind.name} has no field {name}", lambda: self.meant(kind, at))

    def meant(self, kind: Kind, at: int) -> str:
        """The hint what was most likely meant: the same name across a link, else the nearest."""
        name, before = self.parts[at], "".join(f"{part}." for part in self.parts[:at])
        near = next((link for link, to in links_of(kind, self.world) if _has(self.world.kinds[to], name)), "")
        if near:
            return f"did you mean {before}{near}.{name}?"
        if name.startswith("-") and _has(kind, name[1:]):
            return f"what is not so: {before}{name[1:]}.not:"
        return did_you_mean(name, names_of(kind, self.world), before) or self.across_links(kind, name, before)

    def across_links(self, kind: Kind, name: str, before: str) -> str:
        """The hint that names the nearest field of a kind that is one step away."""
        there = {field: link for link, to in links_of(kind, self.world) for field in self.world.kinds[to].by_name}
        near = nearest(name, there)
        return f"did you mean {before}{there[near]}.{near}?" if near else ""

    def no_parts(self, at: int, parts: Collection[str]) -> _Missing:
        """The error for a part that the value before it does not have."""
        before, part = ".".join(self.parts[:at]), self.parts[at]
        return _Missing(f"{before} has no part {part}", lambda: did_you_mean(part, parts, f"{before}."))


def custom_field(name: str, kind: Kind, world: World) -> Field:
    """A custom field of a kind; text unless the book says otherwise."""
    declared = world.context.settings.custom(kind.name).get(name)
    if declared is None:
        return Field(f"custom.{name}")
    to = (declared.to,) if declared.to else ()
    return Field(f"custom.{name}", declared.type, to=to, choices=declared.choices)


def reverse_links(kind: Kind, world: World) -> tuple[str, ...]:
    """The kinds whose records lead to this one by a link that names it."""
    return tuple(other.name for other in world.kinds.all if _leads(other, kind, world))


def _leads(source: Kind, kind: Kind, world: World) -> bool:
    own = any(field.links and kind.name in field.to for field in source.fields)
    return own or any(field.to == kind.name for field in world.context.settings.custom(source.name).values())


def links_of(kind: Kind, world: World) -> Iterator[tuple[str, str]]:
    """The names that cross to another kind, with that kind: links first, then what leads here."""
    for field in kind.fields:
        if field.links:
            yield from ((field.one, name) for name in field.to if name in world.kinds.by_name)
    yield from ((name, name) for name in reverse_links(kind, world) if name not in kind.by_name)


def names_of(kind: Kind, world: World) -> list[str]:
    """Every name that may begin a path of the kind: fields by both names, computed ones, what leads here."""
    computed = (value.name for value in kind.shown)
    names = (name for field in kind.fields for name in (field.one, field.name))
    return list(dict.fromkeys((*names, *computed, *reverse_links(kind, world), *RECORD_FIELDS, *PROBLEMS)))


def did_you_mean(word: str, candidates: Collection[str], before: str = "") -> str:
    """The hint that names the nearest candidate, or all of a few; empty if there is nothing to name."""
    near = nearest(word, candidates)
    if near:
        return f"did you mean {before}{near}?"
    return f"known here: {', '.join(sorted(candidates))}" if 0 < len(candidates) <= 12 else ""


def _has(kind: Kind, name: str) -> bool:
    return name in kind.by_name or any(value.name == name for value in kind.shown)


def _one_type(field: Field) -> str:
    """The value type of one value of a field."""
    if field.links:
        return "link"
    if field.many:
        return "choice" if field.choices else field.item or "text"
    return "choice" if field.type == "text" and field.choices else field.type


def _as_field(computed: Computed) -> Field:
    if isinstance(computed, Derived):
        return Field(computed.name, computed.type, choices=computed.choices)
    return Field(computed.name, computed.type, to=(computed.source,) if computed.type == "link" else ())


def _worked_out(computed: Computed) -> str:
    return "count" if isinstance(computed, Rollup) and computed.fold == "count" else "value"
