"""Where the entries of a list or map stand in the text, and how entries are taken out and put in, by style."""

from typing import NamedTuple

from crm_cli.base.patterns import pattern
from crm_cli.schema.node import Map, Seq
from crm_cli.store.codec.edits import Edits
from crm_cli.store.codec.nodes import scalars

_GAP = pattern(r"(?:[ \t\r\n]|(?<=[ \t\n])#[^\n]*)*")
_SEPARATOR = pattern(r",[ \t]*(?:\r?\n[ \t]*)?")
_REST = pattern(r"[ \t]*,?[ \t]*(?:#[^\n]*)?(?=\r?\n)")


class Span(NamedTuple):
    """From the dash or key of an entry to the end of its value; `after` is behind the dash or colon."""

    start: int
    after: int
    end: int
    colon: bool = True


def spans(node: Map | Seq, text: str) -> list[Span]:
    """The places of all entries."""
    return _of_map(node, text) if isinstance(node, Map) else _of_list(node, text)


def _of_map(node: Map, text: str) -> list[Span]:
    found = []
    for name, value in node.entries.items():
        key = node.keys[name]
        before = text[text.rfind("\n", 0, key.start) + 1 : key.start].rstrip(" ")
        start = key.start if not before.endswith("?") else text.rindex("?", 0, key.start)
        colon = skip(text, key.end)
        there = text.startswith(":", colon)
        found.append(Span(start, colon + 1 if there else key.end, max(key.end, value.end), there))
    return found


def _of_list(node: Seq, text: str) -> list[Span]:
    if node.flow:
        return [Span(item.start, item.start, item.end) for item in node.items]
    found, place = [], node.start
    for item in node.items:
        dash = skip(text, place)
        found.append(Span(dash, dash + 1, max(dash + 1, item.end)))
        place = found[-1].end
    return found


def skip(text: str, position: int) -> int:
    """The next position that is neither blank nor in a comment."""
    found = _GAP.match(text, position)
    return found.end() if found else position


def drop_lines(edits: Edits, first: int, last: int, node: Map | Seq) -> None:
    """Drop the lines of an entry of `node`, but no comment that has a line of its own."""
    inner = [(one.start, one.end) for one in scalars(node) if "\n" in edits.text[one.start : one.end]]
    for line in range(edits.line(first), edits.line(last) + 1):
        begin = edits.begin(line)
        if not edits.is_comment(line) or any(start < begin < end for start, end in inner):
            edits.drop(line)


def drop_from_block(edits: Edits, node: Map | Seq, places: list[Span], gone: list[int]) -> None:
    """Take entries out of a block list or map; at least one stays."""
    for number in gone:
        start, _, end, _ = places[number]
        if edits.leads(start):
            drop_lines(edits, start, end, node)
            continue
        # The first entry shares its line with the dash of the list around it: the next one that stays moves up.
        stays = next(place for place in range(number + 1, len(places)) if place not in gone)
        edits.replace(start, places[stays].start, "")
        return drop_from_block(edits, node, places, [place for place in gone if place > stays])
    return None


def put_in_block(edits: Edits, places: list[Span], behind: int, lines: list[str]) -> None:
    """Put an entry's lines into a block list or map behind another entry, -1 for the front."""
    if behind >= 0:
        edits.put(edits.line(places[behind].end), lines)
    elif edits.leads(places[0].start):
        edits.put(edits.line(places[0].start) - 1, lines)
    else:
        start = places[0].start
        margin = " " * edits.column(start)
        edits.replace(start, start, "\n".join((lines[0].lstrip(" "), *lines[1:])) + "\n" + margin)


def drop_from_flow(edits: Edits, node: Map | Seq, places: list[Span], gone: list[int]) -> None:
    """Take entries out of a [list] or {map}; at least one stays."""
    text = edits.text
    for number in gone:
        start, _, end, _ = places[number]
        rest = _REST.match(text, end)
        if edits.leads(start) and rest and edits.line(node.start) != edits.line(start) and "," in rest[0].split("#")[0]:
            drop_lines(edits, start, end, node)
        elif any(place not in gone for place in range(number + 1, len(places))):
            edits.replace(start, places[number + 1].start, "")
        else:
            _drop_last(edits, node, places, number)


def _drop_last(edits: Edits, node: Map | Seq, places: list[Span], number: int) -> None:
    start, _, end, _ = places[number]
    before = places[number - 1].end
    if "#" not in edits.text[before:start]:
        edits.replace(before, end, "")
    elif edits.leads(start) and _REST.match(edits.text, end) and edits.line(node.end) != edits.line(end):
        drop_lines(edits, start, end, node)
    else:
        edits.replace(start, end, "")


def put_in_flow(edits: Edits, node: Map | Seq, places: list[Span], behind: int, piece: str) -> None:
    """Put an entry into a [list] or {map} behind another, -1 for the front, in the spacing that is there."""
    text = edits.text
    if not places:
        edits.replace(node.start + 1, node.start + 1, piece)
        return
    if behind < 0:
        edits.replace(places[0].start, places[0].start, piece + _separator(text, places, 0))
    else:
        edits.replace(places[behind].end, places[behind].end, _separator(text, places, behind) + piece)


def _separator(text: str, places: list[Span], behind: int) -> str:
    one = behind if behind + 1 < len(places) else behind - 1
    between = text[places[one].end : places[one + 1].start] if one >= 0 else ""
    return between.replace("\r\n", "\n") if _SEPARATOR.fullmatch(between) else ", "
