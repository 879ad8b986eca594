"""A kind of record, as the rest of the program sees it: made by `declare` from one class."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from functools import cached_property
from typing import Any, TypeVar, dataclass_transform

from crm_cli.base.lean import dataclass
from crm_cli.schema.field import Computed, Derived, Field, Rollup
from crm_cli.schema.record import TAIL, Record

R = TypeVar("R", bound=Record)
Settle = Callable[[Any, Any, Any], Any]


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind: its folder, its fields in the order of the file, what is worked out, how it is listed.

    `bare` kinds are found by bare references. `dated` kinds live in year and month folders. `settle`
    is run on every change by any writer: (before, after, `Asking`) gives the record to write, or
    raises `Invalid`.
    """

    name: str
    folder: str
    record: type[Record]
    fields: tuple[Field, ...]
    computed: tuple[Computed, ...]
    columns: tuple[str, ...]
    order: tuple[str, ...]
    doc: str
    alias: str = ""
    bare: bool = False
    dated: bool = False
    settle: Settle | None = None

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """Every field by its name and by its singular."""
        names = {f.singular: f for f in self.fields if f.singular}
        return {**names, **{f.name: f for f in self.fields}}

    @cached_property
    def computed_by_name(self) -> Mapping[str, Computed]:
        """Every computed value by its name."""
        return {c.name: c for c in self.computed}

    @cached_property
    def stored(self) -> tuple[Field, ...]:
        """The fields that stand in the file."""
        return tuple(f for f in self.fields if not f.computed)

    @cached_property
    def stored_by_name(self) -> Mapping[str, Field]:
        """The fields that stand in the file, by the key that they have there."""
        return {f.name: f for f in self.stored}

    @cached_property
    def required(self) -> tuple[Field, ...]:
        """The fields that a file must have."""
        return tuple(f for f in self.stored if f.required)

    @cached_property
    def followed(self) -> Mapping[str, Callable[[Mapping[str, Any]], Any]]:
        """What follows from the record's other fields: by name, how."""
        return {f.name: f.own for f in self.fields if f.own}

    @cached_property
    def groups(self) -> Mapping[str, int]:
        """Which block of a new file each field stands in."""
        return {f.name: f.group for f in self.fields}

    @cached_property
    def file_order(self) -> tuple[str, ...]:
        """The names of the stored fields in the order of the file."""
        return tuple(f.name for f in self.stored)

    @property
    def shown(self) -> tuple[Computed, ...]:
        """The computed values that people see."""
        return tuple(c for c in self.computed if not c.name.startswith("_"))


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(dataclasses.field,))
def declare(
    *,
    folder: str,
    columns: str,
    sorted_by: str,
    alias: str = "",
    bare: bool = False,
    dated: bool = False,
    settle: Settle | None = None,
) -> Callable[[type[R]], type[R]]:
    """Makes a class of annotated `attr`, `derived` and `rollup` lines a kind, as its `kind_`."""

    def make(cls: type[R]) -> type[R]:
        computed = tuple(
            _named(value, name) for name, value in vars(cls).items() if isinstance(value, Rollup | Derived)
        )
        made = dataclass(frozen=True, kw_only=True)(cls)
        found = {
            f.name: Field(f.name, **f.metadata["field"]) for f in dataclasses.fields(made) if "field" in f.metadata
        }
        own = [name for name in found if name not in TAIL and name != "name"]
        made.kind_ = Kind(
            name=cls.__name__.lower(),
            folder=folder,
            record=made,
            fields=tuple(found[name] for name in ("name", *own, *TAIL)),
            computed=computed,
            columns=tuple(columns.split()),
            order=tuple(sorted_by.split()),
            doc=(cls.__doc__ or "").strip().splitlines()[0],
            alias=alias,
            bare=bare,
            dated=dated,
            settle=settle,
        )
        return made

    return make


def _named(computed: Computed, name: str) -> Computed:
    return dataclasses.replace(computed, name=name)


@dataclass(frozen=True, eq=False)
class Kinds:
    """All kinds that a book knows, by name, alias and folder."""

    all: tuple[Kind, ...]
    by_name: Mapping[str, Kind] = field(init=False)
    by_folder: Mapping[str, Kind] = field(init=False)

    def __post_init__(self) -> None:
        names = {kind.alias: kind for kind in self.all if kind.alias}
        object.__setattr__(self, "by_name", {**names, **{kind.name: kind for kind in self.all}})
        object.__setattr__(self, "by_folder", {kind.folder: kind for kind in self.all})

    def __getitem__(self, name: str) -> Kind:
        return self.by_name[name]

    def of_path(self, path: str) -> Kind | None:
        """The kind whose folder a path of the book lies in."""
        return self.by_folder.get(path.partition("/")[0])

    def named(self, names: Iterable[str]) -> tuple[Kind, ...]:
        """The kinds of these names, in the order of declaration; all for no names."""
        wanted = {self.by_name[name].name for name in names}
        return tuple(kind for kind in self.all if not wanted or kind.name in wanted)
