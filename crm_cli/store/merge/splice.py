"""How a merged record gets into the file of the later side, and which side that is."""

from collections.abc import Mapping

from crm_cli.schema.convert import file_changes, file_tree, load
from crm_cli.schema.node import Map, Plain, written
from crm_cli.schema.record import Record
from crm_cli.schema.settings import Settings
from crm_cli.store.codec import Document, splice
from crm_cli.store.merge.case import canonical
from crm_cli.store.merge.comments import with_comments
from crm_cli.store.merge.records import Side


def later_side(x: Record, y: Record, x_time: int, y_time: int, settings: Settings) -> Side:
    """The side whose latest edit is later; at equal times the one whose text is the smaller."""
    if x_time != y_time:
        return "x" if x_time > y_time else "y"
    return "x" if canonical(file_tree(x, settings)) <= canonical(file_tree(y, settings)) else "y"


def merged_file(base: Document | None, later: Document, earlier: Document, merged: Record, settings: Settings) -> bytes:
    """The file of a merged record: that of the later side with what the earlier one changed, comments too."""
    kind = merged.kind_
    late, early = (load(kind, merged.id, merged.path, side.root, settings) for side in (later, earlier))
    changes = splice_of(late, merged, settings, broken_values(early, earlier.root))
    return with_comments(base, later, earlier, splice(later, changes, kind.file_order))


def splice_of(
    later: Record, merged: Record, settings: Settings, broken: Mapping[str, Plain] | None = None
) -> dict[str, Plain | None]:
    """Top-level key -> what is to be written into the file of the later side, None for a key that goes.

    `broken` holds the values of the other side that do not fit their fields, from `broken_values`: they
    go into the file as they were. Without it, their text does.
    """
    changes = file_changes(later, merged, settings)
    there, wanted = _texts(later), _texts(merged)
    for field in {**there, **wanted}:
        if there.get(field) == wanted.get(field):
            continue
        if field in wanted:
            changes[field] = (broken or {}).get(field, wanted[field])
        else:
            changes.setdefault(field, None)
    return changes


def broken_values(record: Record, root: Map) -> dict[str, Plain]:
    """The values of a file that do not fit their fields, by field."""
    nodes = {field: root.entries.get(field) for field in _texts(record)}
    values = {field: written(node) for field, node in nodes.items() if node is not None}
    return {field: value for field, value in values.items() if value is not None}


def _texts(record: Record) -> dict[str, str]:
    # What does not fit under a key of a map is kept in the map itself.
    return {p.field: p.value for p in record.problems if p.value is not None and "." not in p.field}
