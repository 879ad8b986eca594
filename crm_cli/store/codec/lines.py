"""Read a file in the ordinary layout line by line: faster than libyaml, and without the 40 ms of `ruamel.yaml`.

Ordinary is: block maps with plain keys, block lists, values on one line or in a literal block, comments. Whatever else
a file holds, this reader gives it up whole, so what it does read is what the YAML parsers read; tests compare them.

    line  = indent [ "- " ] [ key ":" ] [ plain | "double" | 'single' | "|" ["-" | "+"] ] [ " #" comment ]
"""

import re

from crm_cli.schema.node import Map, Node, Scalar, Seq
from crm_cli.store.codec.document import MAX_LEVELS

# No part could end earlier and the line still fit, so none is given back: `*+` and `++` spare the search for that.
_LINE = re.compile(
    r"""
    (\ *+)                                  # 1 indent
    (?:(-\ ++)(?=[^\s#]))?                  # 2 dash
    (?:([^\W\d][\w-]{0,99}+):(?=[ \n]|\Z)\ *+)?  # 3 key
    (?:
      ((?:[^\s\-?:,\[\]{}#&*!|>'"%@`]|-(?=\S))[^\s:#]*+(?:(?::(?=\S)|(?<=\S)\#|\ ++(?=[^\s#]))[^\s:#]*+)*+)  # 4 plain
    | ("[^"\\\n]*")                         # 5 double
    | ('[^'\n]*')                           # 6 single
    | (\|[-+]?)(?=\ *\n)                    # 7 block
    )?
    (?:\n|\ *+(?:(?<!\S)\#[^\n]*)?(?:\n|\Z))
    """,
    re.VERBOSE,
)
_BLANK, _KEY, _PLAIN, _BLOCK = 1, 3, 4, 7  # the last part that a line has
_MOST_LINES = 5_000  # far below the limit of nodes, which only the YAML reader counts


class _Odd(Exception):
    """Not the ordinary layout."""


def read_lines(text: str) -> Map | None:
    """The tree of an ordinary file, None for any other: then the YAML parsers decide."""
    if "\t" in text or "\r" in text or text.count("\n") > _MOST_LINES:
        return None
    try:
        return _Reader(text).read()
    except _Odd:
        return None


class _Reader:
    """The open lists and maps, innermost last, while the lines go by."""

    __slots__ = ("box", "column", "line", "pending", "stack", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.line = 0
        self.box: Map | Seq = Map()
        self.column = -1
        self.pending: Scalar | None = None
        self.stack: list[tuple[int, Map | Seq]] = []

    def read(self) -> Map | None:
        text, match, place = self.text, _LINE.match, 0
        while place < len(text):
            found = match(text, place)
            if found is None:
                return None
            self.line += 1
            kind = found.lastindex
            if kind == _PLAIN and self.pending is None and type(box := self.box) is Map:
                place = self._entry(found, place, box)
            elif kind != _BLANK:
                place = self._line(found, place)
            else:
                place = found.end()
        return self._finish()

    def _entry(self, found: re.Match[str], place: int, box: Map) -> int:
        """A line that may be, as most are, one more entry of the innermost map, and then needs no more than this."""
        indent, dash, name, text = found.group(1, 2, 3, 4)
        line, column = self.line, self.column
        if dash is not None or name is None or len(indent) != column or name in box.keys:
            return self._line(found, place)
        start = place + column
        box.keys[name] = Scalar(name, "plain", line, start, start + len(name))
        start, end = found.span(_PLAIN)
        box.entries[name] = Scalar(text, "plain", line, start, end)
        return found.end()

    def _line(self, found: re.Match[str], place: int) -> int:
        """One line that is not blank; where the next one begins."""
        indent, dash, name = found.group(1, 2, 3)
        kind, column = found.lastindex, len(indent)
        start = place + column
        if dash is not None or self.pending is not None or column != self.column or type(self.box) is Seq:
            self._settle(column, start, dash is not None)
        if dash is not None:
            start += len(dash)
            if name is not None:
                self._hang(inner := Map(line=self.line, start=start), None)
                self._open(inner, column + len(dash))
        elif name is None:
            raise _Odd
        key = None if name is None else self._key(name, start)
        if kind == _PLAIN:
            self._hang(Scalar(found[_PLAIN], "plain", self.line, *found.span(_PLAIN)), key)
        elif kind == _KEY:
            self.pending = key
        elif kind == _BLOCK:
            return self._block(found, key)
        else:
            self._quoted(found, key)
        return found.end()

    def _settle(self, column: int, start: int, dash: bool) -> None:
        """Open or close lists and maps until the line that begins in `column` is in the innermost."""
        if self.pending is not None:
            key, self.pending = self.pending, None
            if column > self.column or (dash and column == self.column):
                node: Map | Seq = Seq(line=self.line, start=start) if dash else Map(line=self.line, start=start)
                self._hang(node, key)
                self._open(node, column)
                return
            self._hang(Scalar("", "plain", key.line, key.end + 1, key.end + 1), key)
        elif self.column < 0:
            self.box.line, self.box.start, self.column = self.line, start, column
        while self.column > column or (self.column == column and not dash and type(self.box) is Seq):
            self._close()
        if self.column != column or (type(self.box) is Seq) is not dash:
            raise _Odd

    def _open(self, node: Map | Seq, column: int) -> None:
        self.stack.append((self.column, self.box))
        if len(self.stack) >= MAX_LEVELS:
            raise _Odd
        self.box, self.column = node, column

    def _close(self) -> None:
        box = self.box
        last = box.items[-1] if isinstance(box, Seq) else next(reversed(box.entries.values()))
        box.end = last.end
        if self.stack:
            self.column, self.box = self.stack.pop()
        else:
            self.column = -1

    def _key(self, name: str, start: int) -> Scalar:
        box = self.box
        if isinstance(box, Seq) or name in box.keys:
            raise _Odd
        box.keys[name] = key = Scalar(name, "plain", self.line, start, start + len(name))
        return key

    def _hang(self, node: Node, key: Scalar | None) -> None:
        box = self.box
        if isinstance(box, Seq):
            box.items.append(node)
        elif key is not None:
            box.entries[key.text] = node

    def _quoted(self, found: re.Match[str], key: Scalar | None) -> None:
        start, end = found.span(found.lastindex or 0)
        self._hang(Scalar(self.text[start + 1 : end - 1], self.text[start], self.line, start, end), key)

    def _block(self, found: re.Match[str], key: Scalar | None) -> int:
        """A literal block: the header was found, its lines follow; where the next line begins."""
        header, line = found[_BLOCK], self.line
        lines: list[str] = []
        place, margin, end, last = found.end(), 0, 0, -1
        while place < len(self.text):
            stop = self.text.find("\n", place)
            stop = stop if stop >= 0 else len(self.text)
            content = self.text[place:stop]
            indent = len(content) - len(content.lstrip(" "))
            if indent < len(content):
                if indent < margin or indent <= self.column:
                    break
                if not margin:
                    margin = indent
                    if max(map(len, lines), default=0) > margin:
                        raise _Odd
                    lines = [""] * len(lines)
            lines.append(content[margin:] if margin else content)
            if margin and lines[-1]:
                last, end = len(lines) - 1, stop
            place = stop + 1
        if not margin or (place > len(self.text) and header != "|-"):
            raise _Odd
        text = "\n".join(lines[: last + 1])
        if header == "|":
            text += "\n"
        elif header == "|+":
            text, end = "\n".join(lines) + "\n", place - 1
        self.line += len(lines)
        self._hang(Scalar(text, "|", line, found.start(_BLOCK), end), key)
        return place

    def _finish(self) -> Map | None:
        if self.column < 0:
            return None
        if (key := self.pending) is not None:
            self._hang(Scalar("", "plain", key.line, key.end + 1, key.end + 1), key)
        while self.stack:
            self._close()
        self._close()
        return self.box if type(self.box) is Map else None
