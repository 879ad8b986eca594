"""Comments in a merge: those that the earlier side wrote or took out, in the file of the later one."""

from bisect import bisect
from collections import Counter
from collections.abc import Iterator, Sequence

from crm_cli.base.lean import dataclass
from crm_cli.schema.node import Map, Node, Scalar, Seq, alike, plain, written
from crm_cli.store.codec import Document, parse
from crm_cli.store.codec.nodes import scalars
from crm_cli.store.codec.splicer import encode
from crm_cli.store.merge.case import canonical

Path = tuple[str, ...]
"""A place in a file: keys, and what items of lists say."""

MOST = 100
"""More comments than these are not put at their places one by one."""


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment: where it begins, what it says, whether the line is its own, what it stands at."""

    start: int
    text: str
    own: bool
    path: Path


def with_comments(base: Document | None, later: Document, earlier: Document, data: bytes) -> bytes:
    """The merged file `data`, made from the later one, with what the earlier side did to the comments.

    A comment that both sides changed is there in both wordings. One that cannot stand at its place stands
    at the end.
    """
    before, late, early = (_count(document) for document in (base, later, earlier))
    added, removed = (early - before) - (late - before), before - early
    merged = parse(data, later.path)
    if not (added or removed) or not isinstance(merged, Document):
        return data
    news = [comment for comment in comments(earlier) if _taken(added, comment.text)]
    if len(news) + removed.total() > MOST:
        return encode(merged, _at_end(merged, "\n".join(comment.text for comment in news)))
    for text in removed.elements():
        merged = _without(merged, text)
    for comment in news:
        merged = _with(merged, comment)
    return encode(merged, merged.text)


def _count(document: Document | None) -> Counter[str]:
    return Counter(comment.text for comment in comments(document)) if document else Counter()


def _taken(left: Counter[str], text: str) -> bool:
    left[text] -= 1
    return left[text] >= 0


def comments(document: Document) -> Iterator[Comment]:
    """Every comment of a file, in its order."""
    text = document.text
    places = sorted(_places(document.root, ()))
    position = 0
    for start, end in (*_opaque(document), (len(text), len(text))):
        while (at := text.find("#", position, start)) >= 0:
            stop = _line_end(text, at)
            line = _line_start(text, at)
            own = not text[line:at].strip()
            yield Comment(at, text[at:stop].rstrip(), own, _anchor(places, line, at, own))
            position = stop
        position = max(position, end)


def _opaque(document: Document) -> Iterator[tuple[int, int]]:
    """Where a `#` is text. The first line of a block is not: a comment may follow its sign."""
    for scalar in scalars(document.root):
        start = _line_end(document.text, scalar.start) if scalar.style in ("|", ">") else scalar.start
        yield start, max(start, scalar.end)


def _line_start(text: str, position: int) -> int:
    return text.rfind("\n", 0, position) + 1


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end


def _places(node: Node, path: Path) -> Iterator[tuple[int, Path]]:
    """Where each key and item begins."""
    if isinstance(node, Map):
        for name, value in node.entries.items():
            yield node.keys[name].start, (*path, name)
            yield from _places(value, (*path, name))
    elif isinstance(node, Seq):
        for item in node.items:
            inner = (*path, canonical(plain(item)))
            yield item.start, inner
            yield from _places(item, inner)


def _anchor(places: Sequence[tuple[int, Path]], line: int, at: int, own: bool) -> Path:
    """What follows a comment on a line of its own; what begins last on the line before another one."""
    place = bisect(places, (at,))
    if own:
        return places[place][1] if place < len(places) else ()
    return places[place - 1][1] if place and places[place - 1][0] >= line else ()


def _without(document: Document, text: str) -> Document:
    comment = next((comment for comment in comments(document) if comment.text == text), None)
    if comment is None:
        return document
    whole, end = document.text, comment.start + len(text)
    start = len(whole[: comment.start].rstrip(" \t"))
    if comment.own:
        start, end = _line_start(whole, comment.start), _line_end(whole, end) + 1
    return _checked(document, whole[:start] + whole[end:]) or document


def _with(document: Document, comment: Comment) -> Document:
    start = _found(document, comment.path)
    placed = _checked(document, _placed(document, comment, start)) if start is not None else None
    return placed or _checked(document, _at_end(document, comment.text)) or document


def _placed(document: Document, comment: Comment, start: int) -> str:
    """The text with a comment at a place: behind its line where there is room, else above it."""
    text = document.text
    line, end = _line_start(text, start), _line_end(text, start)
    if not comment.own and _free(document, line, end):
        stop = len(text[:end].rstrip())
        return f"{text[:stop]}  {comment.text}{text[stop:]}"
    indent = text[line : line + len(text[line:end]) - len(text[line:end].lstrip(" "))]
    return f"{text[:line]}{indent}{comment.text}{document.newline}{text[line:]}"


def _at_end(document: Document, comment: str) -> str:
    text, newline = document.text, document.newline
    gap = "" if text.endswith("\n") else newline
    return f"{text}{gap}{comment}{newline}"


def _checked(document: Document, text: str) -> Document | None:
    """The file with that text; None where it would say something else then."""
    found = parse(encode(document, text), document.path)
    same = isinstance(found, Document) and alike(written(found.root), written(document.root))
    return found if isinstance(found, Document) and same else None


def _found(document: Document, path: Path) -> int | None:
    """Where a place begins, or else the nearest one around it."""
    places = {found: start for start, found in _places(document.root, ())}
    return next((places[path[:size]] for size in range(len(path), 0, -1) if path[:size] in places), None)


def _free(document: Document, line: int, end: int) -> bool:
    """Whether a comment may stand at the end of a line: none is there, and no text goes on behind it."""
    if any(line <= comment.start <= end for comment in comments(document)):
        return False
    return not any(_goes_on(scalar, document.text, end) for scalar in scalars(document.root))


def _goes_on(scalar: Scalar, text: str, end: int) -> bool:
    return scalar.start <= end < scalar.end and "\n" in text[scalar.start : scalar.end]
