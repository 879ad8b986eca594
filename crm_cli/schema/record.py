"""How a kind declares its fields, what every record has, and the small values that fields hold.

@declare(folder="organizations", columns="id name website", sorted_by="name")
class Organization(Record):
    website: str | None = attr("url", group=1, doc="its home page")
    parent: str | None = attr("link", to=("organization",))
    people = rollup("count", "contact", by="organization", type="integer")
"""

import dataclasses
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from crm_cli.base.dates import Stamp
from crm_cli.base.lean import dataclass
from crm_cli.schema.field import LISTS, MAPPINGS, Derived, Field, Rollup
from crm_cli.schema.problem import Problem

if TYPE_CHECKING:
    from crm_cli.schema.kind import Kind

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Item(Generic[T]):
    """One item of a labelled field: `mobile: "+91 98765 43210"`, or the value alone."""

    label: str | None
    value: T

    def __init__(self, label: str | None, value: T) -> None:  # written out, since every file has some
        object.__setattr__(self, "label", label)
        object.__setattr__(self, "value", value)


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; any part may be missing."""

    street: str | None = None
    city: str | None = None
    state: str | None = None
    postcode: str | None = None
    country: str | None = None


ADDRESS_PARTS = tuple(field.name for field in dataclasses.fields(Address))


@dataclass(frozen=True, slots=True)
class Consent:
    """Whether somebody agreed to be reached on a channel, and since when (an ISO day)."""

    value: bool
    date: str | None = None


CHANNELS = ("email", "phone", "whatsapp", "sms", "post")


def attr(type: str, **facts: Any) -> Any:
    """A stored field; the keywords are those of `Field`. Absent is None, and empty for lists and maps."""
    metadata = {"field": {"type": type, **facts}}
    if type in LISTS or (type in MAPPINGS):
        return dataclasses.field(default_factory=tuple if type in LISTS else dict, metadata=metadata)
    return dataclasses.field(default=None, metadata=metadata)


def derived(type: str, *needs: str, work: Callable[..., Any], doc: str = "", choices: tuple[str, ...] = ()) -> Any:
    """A value worked out from the record's own values and its rollups."""
    return Derived("", type, needs, work, choices, doc)


def rollup(
    fold: str,
    source: str,
    by: str | tuple[str, ...],
    *,
    type: str,
    field: str = "",
    give: str = "",
    where: Callable[..., Any] | None = None,
    doc: str = "",
) -> Any:
    """A value folded over the records of `source` that link here by the fields `by`."""
    paths = (by,) if isinstance(by, str) else by
    return Rollup("", type, fold, source, paths, field, give or field, where, doc)


@dataclass(frozen=True, kw_only=True)
class Record:
    """A record of any kind. `extra` holds unknown top-level keys verbatim, `problems` what was wrong with it."""

    kind_: ClassVar["Kind"]

    id: str = ""
    path: str = ""
    name: str | None = attr("text", required=True, doc="what it is called")
    tags: tuple[str, ...] = attr("list", singular="tag", group=8, doc="words to group it by")
    owner: str | None = attr("text", group=8, doc="who looks after it: a key of users, or any text")
    source: str | None = attr("text", group=8, doc="where it came from")
    notes: str | None = attr("long", group=8, doc="anything worth knowing")
    attachments: tuple[Item[str], ...] = attr(
        "labelled", item="text", singular="attachment", group=8, doc="paths below attachments/"
    )
    custom: Mapping[str, Any] = attr("custom", group=9, doc="fields of the book's own")
    created: Stamp | None = attr("moment", group=9, doc="when it was made")
    archived: Stamp | None = attr("date", group=9, doc="since when it is out of sight")
    merged_into: str | None = attr("link", group=9, doc="the record that this one was merged into")
    conflicts: tuple[Mapping[str, Any], ...] = attr(
        "maps",
        singular="conflict",
        parts=(Field("field"), Field("base", "any"), Field("kept", "any"), Field("other", "any")),
        group=9,
        doc="values that a merge kept aside",
    )
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


TAIL = tuple(field.name for field in dataclasses.fields(Record) if field.metadata.get("field") and field.name != "name")
"""The fields that every kind has behind its own, in their order."""
