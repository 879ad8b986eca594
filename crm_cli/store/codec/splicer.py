"""Set and remove fields of a file that was read, leaving every byte that is not theirs as it is."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from crm_cli.base.errors import Invalid
from crm_cli.schema.node import Plain
from crm_cli.store.codec.change import change, place_of
from crm_cli.store.codec.compare import same, unchanged
from crm_cli.store.codec.document import Document
from crm_cli.store.codec.edits import Clash, Edits
from crm_cli.store.codec.emitter import entry, in_flow
from crm_cli.store.codec.nodes import scalars
from crm_cli.store.codec.places import Span, drop_from_block, drop_from_flow, drop_lines, put_in_flow, spans
from crm_cli.store.codec.reader import parse
from crm_cli.store.codec.scalars import spell_key

Changes = Mapping[str, Plain | None]


def splice(document: Document, changes: Changes, order: Sequence[str]) -> bytes:
    """The file with top-level keys set, or removed where the value is None.

    A new key goes behind the nearest key before it in `order` that the file has, else to the top. Keys that are not in
    `order` have no type, so there `1` and `'1'` are two values; elsewhere a value with the same text keeps its quotes.
    Raises Invalid for a text that no file can hold and for a file that grows too large, RuntimeError for a result that
    does not read back as intended, which would be a bug.
    """
    wanted = _needed(document, changes, order)
    if not wanted:
        return encode(document, document.text)
    for way in _ways(document, wanted, order):
        data = _attempt(document, wanted, order, way)
        if data is not None:
            return data
    raise RuntimeError(f"{document.path}: the edited file does not read back as intended")


def encode(document: Document, text: str) -> bytes:
    """A text as the bytes of the document's file."""
    return (b"\xef\xbb\xbf" if document.bom else b"") + text.encode("utf-8")


def _needed(document: Document, changes: Changes, order: Sequence[str]) -> dict[str, Plain | None]:
    """The changes that change something."""
    entries = document.root.entries
    return {
        key: value
        for key, value in changes.items()
        if (key in entries if value is None else key not in entries or not same(entries[key], value, key not in order))
    }


class _Way(NamedTuple):
    """Which keys to write anew instead of editing their values, and which to write without literal blocks."""

    rewritten: frozenset[str] = frozenset()
    quoted: frozenset[str] = frozenset()


def _ways(document: Document, changes: Changes, order: Sequence[str]) -> Iterator[_Way]:
    """From the one that changes least to the one that always works."""
    yield _Way()
    alone = {key: _attempt(document, {key: value}, order, _Way()) for key, value in changes.items()}
    failing = frozenset(key for key, data in alone.items() if data is None)
    everything = frozenset(changes)
    yield _Way(quoted=failing)
    yield _Way(rewritten=failing)
    yield _Way(rewritten=failing, quoted=failing)
    yield _Way(rewritten=everything, quoted=everything)


def _attempt(document: Document, changes: Changes, order: Sequence[str], way: _Way) -> bytes | None:
    try:
        edits = _edits(document, changes, order, way)
        # A text that ends in a line break needs one, even where the file lacked its last.
        for last_break in (False, True) if not document.text.endswith("\n") else (False,):
            data = encode(document, edits.result(last_break=last_break))
            if _as_intended(document, changes, order, data):
                return data
    except Clash:
        pass
    return None


def _as_intended(document: Document, changes: Changes, order: Sequence[str], data: bytes) -> bool:
    result = parse(data, document.path, allow_empty=True)
    if not isinstance(result, Document):
        if result.code == "too-large":  # however it is spelt
            raise Invalid(f"{document.path}: {result.message}")
        return False
    old, new = document.root.entries, result.root.entries
    stays = [key for key in old if key not in changes]
    if [key for key in new if key not in changes] != stays or not all(unchanged(old[key], new[key]) for key in stays):
        return False
    return all(
        key not in new if value is None else key in new and same(new[key], value, key not in order)
        for key, value in changes.items()
    )


def _edits(document: Document, changes: Changes, order: Sequence[str], way: _Way) -> Edits:
    root, rewritten = document.root, way.rewritten
    edits = Edits(document.text, document.newline)
    places = spans(root, document.text)
    numbers = {key: number for number, key in enumerate(root.entries)}
    gone = [numbers[key] for key, value in changes.items() if value is None]
    for key, value in changes.items():
        if key not in root.entries:
            continue
        span = places[numbers[key]]
        edits.blocks, edits.exact = key not in way.quoted, key not in order
        if key in rewritten:
            _rewrite(edits, document, key, value, span)
        elif value is not None:
            change(edits, root.entries[key], value, place_of(edits, root, span))
    if dropped := sorted(number for key, number in numbers.items() if number in gone and key not in rewritten):
        _drop(edits, document, places, dropped)
    if len(gone) == len(places) > 0 and rewritten and not any(value for value in changes.values()):
        edits.put(edits.line(places[0].start) - 1, ["{}"])  # "..." alone is no document
    stays = {key: number for key, number in numbers.items() if number not in gone}
    rank = {key: number for number, key in enumerate(order)}
    new = [key for key, value in changes.items() if value is not None and key not in root.entries]
    for key in sorted(new, key=lambda key: rank.get(key, len(rank))):
        edits.blocks = key not in way.quoted
        _add(edits, document, places, _before(key, stays, rank), (key, changes[key]))  # type: ignore[arg-type]
    return edits


def _rewrite(edits: Edits, document: Document, key: str, value: Plain | None, span: Span) -> None:
    """Write one field anew in block style, or remove it.

    Comments in it and behind it lose what indents them, and blank lines behind a removed one may go: they would
    become part of a block of text that now stands before them.
    """
    if document.root.flow or not edits.leads(span.start):
        raise Clash
    column = edits.column(span.start)
    first, last = edits.line(span.start), edits.line(span.end)
    if value is not None:
        edits.put(first - 1, entry(key, value, column, blocks=edits.blocks))
    drop_lines(edits, span.start, span.end, document.root)
    swallowed = value is None and _keeps_blanks(document, span.start)
    for line in range(first, edits.lines):
        blank = not edits.content(line).strip(" ")
        if edits.dropped(line):
            continue
        if edits.is_comment(line):
            begin, content = edits.begin(line), edits.content(line)
            indent = len(content) - len(content.lstrip(" "))
            edits.replace(begin + min(column, indent), begin + indent, "")
        elif blank and line > last and swallowed and line + 1 < edits.lines:
            edits.drop(line)
        elif not blank:
            break


def _keeps_blanks(document: Document, position: int) -> bool:
    """Whether the scalar before a position is a block that counts blank lines behind it as its own."""
    before = [one for one in scalars(document.root) if one.end <= position]
    return bool(before) and before[-1].style in "|>" and "+" in document.text[before[-1].start :][:3]


def _drop(edits: Edits, document: Document, places: list[Span], gone: list[int]) -> None:
    root = document.root
    if not root.flow:
        drop_from_block(edits, root, places, gone)
    elif len(gone) == len(places):
        edits.replace(places[0].start, places[-1].end, "")
    else:
        drop_from_flow(edits, root, places, gone)


def _before(key: str, stays: Mapping[str, int], rank: Mapping[str, int]) -> int:
    """The place of the entry that a new key comes behind, -1 for the top."""
    if key not in rank:
        return max(stays.values(), default=-1)
    near = [name for name in stays if rank.get(name, len(rank)) < rank[key]]
    return stays[max(near, key=lambda name: rank[name])] if near else -1


def _add(edits: Edits, document: Document, places: list[Span], behind: int, field: tuple[str, Plain]) -> None:
    key, value = field
    if document.root.flow:
        piece = f"{spell_key(key, flow=True)}: {in_flow(value)}"
        put_in_flow(edits, document.root, places, behind, piece)
        return
    column = edits.column(places[0].start) if places else 0
    lines = entry(key, value, column, blocks=edits.blocks)
    if behind >= 0 and _unfinished(edits, document, places[behind].end):
        edits.put(edits.line(places[behind].start) - 1, lines)
    elif behind >= 0:
        edits.put(_last_line(edits, places[behind].end, column), lines)
    elif places:
        edits.put(edits.line(places[0].start) - 1, lines)
    else:
        last = edits.lines - 1
        edits.put(last if edits.content(last) else last - 1, lines)


def _unfinished(edits: Edits, document: Document, end: int) -> bool:
    """Whether an entry ends in a block of text that would gain a line break if something came behind it."""
    if end < len(edits.text):
        return False
    *_, last = scalars(document.root)
    return last.style in "|>"


def _last_line(edits: Edits, end: int, column: int) -> int:
    """The last line that belongs to an entry: behind its value may be comments that are indented under its key."""
    line = edits.line(end)
    while line + 1 < edits.lines and edits.is_comment(line + 1):
        following = edits.content(line + 1)
        if len(following) - len(following.lstrip(" ")) <= column:
            break
        line += 1
    return line
