"""What a query may refer to: kinds, settings and clock, and the questions that only an open book can answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from crm_cli.schema.condition import Condition, Path, Sort
from crm_cli.schema.context import Context
from crm_cli.schema.kind import Kind, Kinds


def _no_views() -> Sequence[str]:
    return ()


@dataclass(frozen=True, slots=True)
class World:
    """`links` gives the ids of the records of some kinds with that id or exact name, none for no such record.

    `view` finds a record of the kind `view` by its exact name, then by its file's stem, or raises NotFound or
    Ambiguous. `custom` gives the custom names of a kind: declared ones, and those that some record has.
    `views` lists the names of all views, for completion.
    """

    kinds: Kinds
    context: Context
    links: Callable[[Sequence[str], str], list[str]]
    view: Callable[[str], Any]
    custom: Callable[[str], set[str]]
    views: Callable[[], Sequence[str]] = _no_views


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a query is read: the kinds that it lists, the views that are read around it, and all that were `read`."""

    world: World
    kinds: tuple[Kind, ...]
    views: tuple[str, ...] = ()
    read: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Part:
    """What a word, an expression or a view asks for; `archived` says that it wants to see what is archived."""

    condition: Condition | None = None
    words: tuple[str, ...] = ()
    sort: tuple[Sort, ...] = ()
    limit: int | None = None
    columns: tuple[Path, ...] = ()
    archived: bool = False
    view: bool = False
