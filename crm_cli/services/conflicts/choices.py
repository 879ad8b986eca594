"""How a conflict is to be settled, and which of several is meant."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from crm_cli.base.errors import Ambiguous, NotFound
from crm_cli.base.lean import dataclass
from crm_cli.base.text import nearest
from crm_cli.formats.cells import cell
from crm_cli.services.conflicts.listing import Aside

Way = Literal["keep", "other", "value"]


@dataclass(frozen=True, slots=True)
class Choice:
    """How: what is shown stays, the other value takes its place (the how-manieth of several), or one that was typed."""

    way: Way
    text: str = ""
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """A choice for one field of one file."""

    path: str
    field: str | None
    choice: Choice


def field_meant(found: Sequence[Aside], what: str, given: str | None) -> str | None:
    """The field in conflict that is meant: the one that is named, or the only one; one of a group names the group."""
    fields = list(dict.fromkeys(one.field for one in found))
    if not found:
        raise NotFound(f"nothing is kept aside in {what}", hint="crm conflicts shows where something is")
    if given is None:
        if len(fields) == 1:
            return fields[0]
        raise Ambiguous(
            f"{what} has {len(fields)} fields in conflict",
            hint="say which one: --field NAME",
            candidates=[str(field) for field in fields],
        )
    names = {str(field): field for field in fields}
    for field in fields:
        if field and given in field.split("+"):
            names.setdefault(given, field)
    if given in names:
        return names[given]
    near = nearest(given, names)
    hint = f"did you mean {near}?" if near else f"there is {', '.join(names)}"
    raise NotFound(f"{given} is not in conflict in {what}", hint=hint)


def other_of(entries: Sequence[Mapping[str, Any]], what: str, choice: Choice) -> Mapping[str, Any]:
    """The entry whose value is to be taken."""
    if choice.number is not None:
        return entries[choice.number]
    if len(entries) > 1:
        raise Ambiguous(
            f"{entries[0].get('field')} of {what} has {len(entries)} other values",
            hint="say which one: --value V",
            candidates=[cell(entry.get("other")) or "(nothing)" for entry in entries],
        )
    return entries[0]
