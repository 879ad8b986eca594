"""What a query may refer to: kinds, settings and clock, and the questions that only an open book can answer.

Named tuples here and in the rest of the room, since every list waits for them: a dataclass takes 0.7 ms to make,
a named tuple 0.1.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from crm_cli.schema.condition import Condition, Path, Sort
from crm_cli.schema.context import Context
from crm_cli.schema.kind import Kind, Kinds


def _no_views() -> Sequence[str]:
    return ()


class World(NamedTuple):
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


class Scope(NamedTuple):
    """Where a query is read: the kinds that it lists, the views that are read around it, and all that were `read`."""

    world: World
    kinds: tuple[Kind, ...]
    read: list[str]
    views: tuple[str, ...] = ()


class Part(NamedTuple):
    """What a word, an expression or a view asks for; `archived` says that it wants to see what is archived."""

    condition: Condition | None = None
    words: tuple[str, ...] = ()
    sort: tuple[Sort, ...] = ()
    limit: int | None = None
    columns: tuple[Path, ...] = ()
    archived: bool = False
    view: bool = False
