"""What one field of a kind is: its value type, its shape, its place, what it may hold."""

from collections.abc import Callable, Mapping
from dataclasses import field as stored
from functools import cached_property
from typing import Any

from crm_cli.base.lean import dataclass

SCALARS = frozenset(
    ("text long choice link email phone url date moment partial money number integer bool duration recurrence").split()
)
"""Value types that stand alone in a field, or as the items of a list or of a map."""

LISTS = frozenset(("list", "links", "labelled", "maps"))
"""Shapes that hold several values."""

MAPPINGS = frozenset(("facts", "custom", "consent"))
"""Shapes that hold values by a key; reached with a dot: `custom.allergy`."""


@dataclass(frozen=True)
class Field:
    """One field. `type` names a row in every room's table of value types.

    `item` is the type of the items of a `labelled` field; `parts` are the keys of each map of a `maps`
    field; `to` names the kinds that a link may lead to; `choices` are a tuple, or the name of the list
    in the settings; `group` is the block of the file that the field stands in.
    """

    name: str
    type: str = "text"
    item: str = ""
    parts: tuple["Field", ...] = ()
    to: tuple[str, ...] = ()
    choices: tuple[str, ...] | str = ()
    required: bool = False
    singular: str = ""
    group: int = 0
    doc: str = ""
    default: str = ""
    own: Callable[[Mapping[str, Any]], Any] | None = stored(default=None, compare=False)

    @cached_property
    def many(self) -> bool:
        """Whether it holds several values."""
        return self.type in LISTS

    @cached_property
    def mapping(self) -> bool:
        """Whether it holds values by key."""
        return self.type in MAPPINGS

    @cached_property
    def links(self) -> bool:
        """Whether it, or its items, lead to other records."""
        return self.type in ("link", "links") or self.item == "link"

    @property
    def computed(self) -> bool:
        """Whether it is worked out from the record's other fields instead of being stored."""
        return self.own is not None

    @property
    def one(self) -> str:
        """The word for one value of it: `email` of `emails`."""
        return self.singular or self.name

    @cached_property
    def item_field(self) -> "Field":
        """One item of it, as a field of its own."""
        if self.type == "labelled":
            return Field(self.one, self.item, to=self.to)
        return Field(
            self.name, "link" if self.type == "links" else self.item or "text", to=self.to, choices=self.choices
        )


@dataclass(frozen=True, slots=True)
class Rollup:
    """A value folded over the records of another kind that link here.

    `paths` are link fields of `source` that lead here, two steps with a dot. `where` makes the
    condition which of them count; `fold` is newest or earliest (by `field`; gives `give`), count, or
    total (money by currency).
    """

    name: str
    type: str
    fold: str
    source: str
    paths: tuple[str, ...]
    field: str = ""
    give: str = ""
    where: Callable[..., Any] | None = stored(default=None, compare=False)
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Derived:
    """A value worked out from the record's own values, its rollups and those of the record it links to.

    `work` gets the values of `needs` in that order, in JSON form, then the `Moment` of the asking.
    """

    name: str
    type: str
    needs: tuple[str, ...]
    work: Callable[..., Any] = stored(compare=False)
    choices: tuple[str, ...] = ()
    doc: str = ""

    @property
    def hidden(self) -> bool:
        """Whether it is only a step towards another one."""
        return self.name.startswith("_")


Computed = Rollup | Derived
