"""The order of a list, and the columns of a table: names of fields, checked."""

from collections.abc import Sequence

from crm_cli.base.errors import BadRequest
from crm_cli.query.fields import Target, resolve
from crm_cli.query.world import Scope, World
from crm_cli.schema.condition import Path, Sort
from crm_cli.schema.kind import Kind
from crm_cli.schema.table import Column

NO_ORDER = frozenset(["map", "maps", "address", "problems", "reverse", "currency", "any"])
"""What cannot be sorted by."""

EXTRA = "extra"
"""A column of what the kinds do not know, which no query can ask for."""


def sort_keys(names: Sequence[str], scope: Scope) -> tuple[Sort, ...]:
    """The keys of `sort:`; a hyphen before a name is for the other way round."""
    return tuple(_sort_key(name.strip(), scope) for name in names)


def _sort_key(text: str, scope: Scope) -> Sort:
    name = text.removeprefix("-")
    if not name:
        raise BadRequest("sort: names no field", hint="write sort:-amount,name")
    target = resolve(name, scope.world, scope.kinds)[0]
    if target.back or target.type in NO_ORDER:
        raise BadRequest(f"nothing can be sorted by {name}", hint="name a field with one value")
    # The id of the record at the other end would sort nearly like its name, but not for people.
    path = (*target.path, "name") if target.type == "link" and not target.worked_out else target.path
    return Sort(path, text.startswith("-"))


def default_sort(kind: Kind) -> tuple[Sort, ...]:
    """The order in which records of a kind are listed unless something else is asked for."""
    return tuple(Sort(tuple(name.removeprefix("-").split(".")), name.startswith("-")) for name in kind.order)


def field_path(text: str, world: World, kinds: Sequence[Kind]) -> Path:
    """The path of a column, as it was written: `phone` is the first of `phones`; BadRequest if no kind has it."""
    return (EXTRA,) if text == EXTRA else _column_target(text, world, kinds).written


def column(path: Path, world: World, kinds: Sequence[Kind]) -> Column:
    """The column of a path that `field_path` gave: its name as written, its value type."""
    name = ".".join(path)
    return Column(name, "any" if name == EXTRA else _column_target(name, world, kinds).shape)


def _column_target(text: str, world: World, kinds: Sequence[Kind]) -> Target:
    target = resolve(text.strip(), world, kinds)[0]
    if target.back:
        kind = target.written[0]
        raise BadRequest(f"{text} is no column: many records may lead here", hint=f"crm {kind} list shows them")
    return target
