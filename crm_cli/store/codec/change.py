"""Make a node of a file say something else by the smallest edits, in the node's own style."""

from typing import NamedTuple

from crm_cli.base.patterns import pattern
from crm_cli.schema.node import Map, Node, Plain, Scalar, Seq
from crm_cli.store.codec.compare import match, same
from crm_cli.store.codec.edits import Edits
from crm_cli.store.codec.emitter import STEP, entry, in_flow, item, scalar, under_dash, under_key
from crm_cli.store.codec.places import (
    Span,
    drop_from_block,
    drop_from_flow,
    drop_lines,
    put_in_block,
    put_in_flow,
    spans,
)
from crm_cli.store.codec.scalars import spell_key

_HEADER = pattern(r"[|>]([-+1-9]*)")
_GAP = pattern(r" +(?=[^ \r\n#])")


class Place(NamedTuple):
    """What a value hangs on: the column of its key or dash, and the position behind the colon or dash."""

    column: int
    after: int
    flow: bool
    dash: bool
    colon: bool = True


def change(edits: Edits, node: Node, value: Plain, place: Place) -> None:
    """Edit the text so that `node` becomes `value`. Raises Clash where only rewriting can do it."""
    if same(node, value, edits.exact):
        return
    if isinstance(node, Map) and isinstance(value, dict) and value and (node.entries or node.flow):
        _change_map(edits, node, value)
    elif isinstance(node, Seq) and isinstance(value, list) and value and (node.items or node.flow):
        _change_list(edits, node, value)
    elif place.flow:
        edits.replace(node.start, node.end, _lead(node, place) + in_flow(value))
    elif isinstance(node, Scalar) and node.style in "|>":
        _change_block(edits, node, value, place)
    elif isinstance(node, Scalar) or node.flow:
        _change_inline(edits, node, value, place)
    else:
        _change_lines(edits, node, value, place)


def _lead(node: Node, place: Place) -> str:
    """What must stand between a key or dash and the value where there was none."""
    if not isinstance(node, Scalar) or node.start < node.end:
        return ""
    return " " if place.colon else ": "


def _parts(edits: Edits, value: Plain, place: Place, indent: int | None = None) -> tuple[str, list[str]]:
    """The two parts of a new value: on the line of the key or dash, and below."""
    if isinstance(value, str):
        return scalar(value, place.column, indent or place.column + STEP, blocks=edits.blocks)
    if place.dash:
        return under_dash(value, place.column, blocks=edits.blocks)
    return under_key(value, place.column, blocks=edits.blocks)


def _change_block(edits: Edits, node: Scalar, value: Plain, place: Place) -> None:
    """A literal or folded text: its header is on one line, its text on those below."""
    header = _HEADER.match(edits.text, node.start)
    assert header is not None
    first = edits.line(node.start)
    below = range(first + 1, edits.line(node.end) + 1)
    margins = [len(line) - len(line.lstrip(" ")) for line in map(edits.content, below) if line.strip(" ")]
    own = bool(margins) and not header[1].strip("-+")
    inline, lines = _parts(edits, value, place, margins[0] if own else None)
    for line in below:
        edits.drop(line)
    edits.replace(node.start if inline else place.after, header.end(), inline)
    edits.put(first, lines)


def _change_inline(edits: Edits, node: Node, value: Plain, place: Place) -> None:
    """A value between its key and a comment, be it on one line or several."""
    inline, lines = _parts(edits, value, place)
    if inline:
        edits.replace(node.start, node.end, _lead(node, place) + inline)
        edits.put(edits.line(node.end), lines)
    elif edits.line(place.after) == edits.line(node.start):
        edits.replace(place.after, node.end, "")
        edits.put(edits.line(node.end), lines)
    else:
        for line in range(edits.line(node.start), edits.line(node.end) + 1):
            edits.drop(line)
        edits.put(edits.line(node.start) - 1, lines)


def _change_lines(edits: Edits, node: Map | Seq, value: Plain, place: Place) -> None:
    """A block list or map that becomes something of another kind."""
    inline, lines = _parts(edits, value, place)
    if edits.line(place.after) == edits.line(node.start):
        edits.replace(node.start, node.end, "\n".join((inline, *lines)))
        return
    drop_lines(edits, node.start, node.end, node)
    if inline:
        edits.replace(place.after, place.after, " " + inline)
    edits.put(edits.line(place.after), lines)


def _change_list(edits: Edits, node: Seq, value: list[Plain]) -> None:
    places = spans(node, edits.text)
    found = match(node.items, value, edits.exact)
    for at_old, at_new in found.changed:
        change(edits, node.items[at_old], value[at_new], place_of(edits, node, places[at_old]))
    if found.gone:
        (drop_from_flow if node.flow else drop_from_block)(edits, node, places, found.gone)
    for behind, at_new in found.added:
        if node.flow:
            put_in_flow(edits, node, places, behind, in_flow(value[at_new]))
            continue
        gap = _GAP.match(edits.text, places[max(behind, 0)].after)
        lines = item(value[at_new], edits.column(places[0].start), gap=gap[0] if gap else " ", blocks=edits.blocks)
        put_in_block(edits, places, behind, lines)


def _change_map(edits: Edits, node: Map, value: dict[str, Plain]) -> None:
    names = list(node.entries)
    gone = [name for name in names if name not in value]
    added = [name for name in value if name not in node.entries]
    renamed = _renamed(edits, node, value, gone, added)
    for old, new in renamed.items():
        key = node.keys[old]
        edits.replace(key.start, key.end, spell_key(new, flow=node.flow))
        gone.remove(old)
        added.remove(new)
    now = {old: renamed.get(old, old) for old in names if old not in gone}
    where = {new: names.index(old) for old, new in now.items()}
    behind: list[tuple[int, str]] = []
    last = max(where.values(), default=-1)
    for name in value:
        if name in added:
            behind.append((last, name))
        else:
            last = where[name]
    change_entries(edits, node, {old: value[new] for old, new in now.items()}, gone, behind, value)


def _renamed(edits: Edits, node: Map, value: dict[str, Plain], gone: list[str], added: list[str]) -> dict[str, str]:
    """Which keys only change their name: those whose value stays, and all if none would be left to stay."""
    pairs = list(zip(gone, added, strict=False))
    if len(gone) == len(node.entries):
        return dict(pairs)
    return {old: new for old, new in pairs if same(node.entries[old], value[new], edits.exact)}


def change_entries(
    edits: Edits,
    node: Map,
    kept: dict[str, Plain],
    gone: list[str],
    added: list[tuple[int, str]],
    values: dict[str, Plain],
) -> None:
    """Edit a map entry by entry; `added` are new keys with the place of the entry that each comes behind."""
    names = list(node.entries)
    places = spans(node, edits.text)
    for name, value in kept.items():
        change(edits, node.entries[name], value, place_of(edits, node, places[names.index(name)]))
    if gone:
        numbers = [names.index(name) for name in gone]
        (drop_from_flow if node.flow else drop_from_block)(edits, node, places, numbers)
    for behind, name in added:
        if node.flow:
            piece = f"{spell_key(name, flow=True)}: {in_flow(values[name])}"
            put_in_flow(edits, node, places, behind, piece)
        else:
            column = edits.column(places[0].start)
            put_in_block(edits, places, behind, entry(name, values[name], column, blocks=edits.blocks))


def place_of(edits: Edits, node: Map | Seq, span: Span) -> Place:
    """What the value of an entry hangs on."""
    return Place(edits.column(span.start), span.after, node.flow, isinstance(node, Seq), span.colon)
