"""ruamel's pure-Python parser, taught to read what libyaml reads and, in flow lists, a little more.

It is imported late, by the reader alone: `ruamel.yaml` costs about 40 ms.
"""

import re
from typing import Any

from ruamel.yaml import tokens
from ruamel.yaml.parser import Parser
from ruamel.yaml.reader import Reader
from ruamel.yaml.scanner import Scanner, ScannerError

_BLOCK_TEXT = re.compile(r"[^\0\r\n]*")
_PLAIN = re.compile(r"(?:[^\0 \t\r\n:]|:(?![ \t\r\n\0]))+")
_FLOW_PLAIN = re.compile(r"(?:[^\0 \t\r\n:,\[\]{}]|:(?![ \t\r\n\0,\[\]{}]))+")
_BLANKS = re.compile(r"[ \t]*")
_SPACES = re.compile(r" *")
_COMMENT = re.compile(r"#[^\0\r\n]*")
_HEADER = re.compile(r"[|>](?:([-+])([1-9]?)|([1-9])([-+]?))?(?=[ \t\r\n\0#])[ \t]*(?:#[^\0\r\n]*)?(?=[\r\n\0])")
_NAME = re.compile(r"[-_0-9A-Za-z]*")
_WORD = re.compile(r"[^ \t\r\n\0]*")
_DOCUMENT = re.compile(r"(?:---|\.\.\.)(?=[ \t\r\n\0])")


class TextParser(Reader, Scanner, Parser):
    """Events of one text. Raises YAMLError, or ValueError for an escape beyond Unicode."""

    processing_version = (1, 1)  # of ruamel's two rule sets the one that libyaml shares
    comment_handling = None
    # ruamel finds each of its parts through two `hasattr` calls; here they are all one object.
    reader: Any = None
    scanner: Any = None
    resolver: Any = None
    first_tag: Any = None

    def __init__(self, text: str) -> None:
        self.reader = self.scanner = self.resolver = self
        Reader.__init__(self, text, loader=self)
        Scanner.__init__(self, loader=self)
        Parser.__init__(self, loader=self)

    def _take(self, pattern: re.Pattern[str]) -> str:
        """Move over what the pattern matches here; it must not match a line break."""
        match = pattern.match(self.buffer, self.pointer)
        taken = match[0] if match else ""
        self.pointer += len(taken)
        self.index += len(taken)
        self.column += len(taken)
        return taken

    def _take_spaces(self, most: int) -> None:
        while most > 0 and self.buffer[self.pointer] == " ":
            self.pointer += 1
            self.index += 1
            self.column += 1
            most -= 1

    def _break(self) -> str:
        """Move over one line break; an empty text if there is none."""
        char = self.buffer[self.pointer]
        width = 1 if char == "\n" else 2 if char == "\r" else 0
        if not width:
            return ""
        self.pointer += width
        self.index += width
        self.line += 1
        self.column = 0
        return "\n"

    def _fail(self, context: str, start: Any, problem: str) -> ScannerError:
        return ScannerError(context, start, problem, self.get_mark())

    def scan_to_next_token(self) -> None:
        """Skip blanks and comments; a tab is a blank wherever no key or item may begin, as in libyaml."""
        while True:
            self._take(_SPACES if self.allow_simple_key and not self.flow_level else _BLANKS)
            self._take(_COMMENT)
            if not self._break():
                return
            if not self.flow_level:
                self.allow_simple_key = True

    def check_plain(self) -> bool:
        """Whether a plain scalar begins here."""
        first, second = self.peek(), self.peek(1)
        if first not in "\0 \t\r\n-?:,[]{}#&*!|>'\"%@`":
            return True
        if first == "-":
            return second not in " \t"
        return not self.flow_level and first in "?:" and second not in "\0 \t\r\n"

    def scan_plain(self) -> Any:
        """A plain scalar; in a flow list `:` ends it only before a blank or an indicator."""
        start = end = self.get_mark()
        pattern = _FLOW_PLAIN if self.flow_level else _PLAIN
        chunks: list[str] = []
        blanks = ""
        while self.peek() != "#":
            if self.column == 0 and _DOCUMENT.match(self.buffer, self.pointer):
                break
            word = self._take(pattern)
            if not word:
                break
            self.allow_simple_key = False
            chunks += (blanks, word)
            end = self.get_mark()
            blanks = self._plain_blanks(start)
            if not blanks or (not self.flow_level and self.column <= self.indent):
                break
        return tokens.ScalarToken("".join(chunks), True, start, end)

    def _plain_blanks(self, start: Any) -> str:
        """The blanks after a word, folded."""
        blanks = self._take(_BLANKS)
        breaks = 0
        while self._break():
            breaks += 1
            self.allow_simple_key = True
            self._take(_SPACES)
            if self.peek() == "\t":
                if self.column <= self.indent:
                    raise self._fail("while scanning a plain scalar", start, "found a tab in the indentation")
                self._take(_BLANKS)
        if breaks:
            return "\n" * (breaks - 1) or " "
        return blanks

    def scan_anchor(self, TokenClass: Any) -> Any:
        """An anchor or alias, with the names that libyaml takes."""
        start = self.get_mark()
        self.forward()
        name = self._take(_NAME)
        if not name or self.peek() not in "\0 \t\r\n?:,]}%@`":
            raise self._fail("while scanning an anchor", start, "found a name that is none")
        return TokenClass(name, start, self.get_mark())

    def scan_tag(self) -> Any:
        """A tag of any form: none is allowed, so its parts do not matter."""
        start = self.get_mark()
        self.first_tag = self.first_tag or start
        self._take(_WORD)
        return tokens.TagToken((None, "!"), start, self.get_mark())

    def get_event(self) -> Any:
        """The next event; one with a tag and an anchor begins where the first of them does."""
        event = Parser.get_event(self)
        if (
            self.first_tag is not None
            and getattr(event, "anchor", None)
            and self.first_tag.line < event.start_mark.line
        ):
            event.start_mark = self.first_tag
        return event

    def scan_block_scalar(self, style: str, rt: bool | None = False) -> Any:  # noqa: ARG002
        """A literal or folded scalar."""
        start = self.get_mark()
        header = _HEADER.match(self.buffer, self.pointer)
        if header is None:
            raise self._fail("while scanning a block scalar", start, "found a header that is none")
        self._take(_HEADER)
        self._break()
        chomp = header[1] or header[4] or ""
        digit = header[2] or header[3]
        least = max(self.indent + 1, 1)
        indent = max(self.indent, 0) + int(digit) if digit else 0
        breaks, end, indent = self._block_breaks(indent, least, start)
        chunks: list[str] = []
        line_break = ""
        blank_before = False
        while self.column == indent and self.peek() != "\0":
            blank_here = self.peek() in " \t"
            if style == ">" and line_break and not blank_before and not blank_here:
                chunks.append("" if breaks else " ")
            else:
                chunks.append(line_break)
            chunks.append("\n" * breaks)
            blank_before = blank_here
            chunks.append(self._take(_BLOCK_TEXT))
            line_break = self._break()
            breaks, end, _ = self._block_breaks(indent, least, start)
        if chomp != "-":
            chunks.append(line_break)
        if chomp == "+":
            chunks.append("\n" * breaks)
        return tokens.ScalarToken("".join(chunks), False, start, end, style)

    def _block_breaks(self, indent: int, least: int, start: Any) -> tuple[int, Any, int]:
        """Skip blank lines in or before a block; how many, where they end, and the block's indentation."""
        breaks, widest, end = 0, 0, self.get_mark()
        while True:
            if indent:
                self._take_spaces(indent - self.column)
            else:
                self._take(_SPACES)
            widest = max(widest, self.column)
            if (not indent or self.column < indent) and self.peek() == "\t":
                raise self._fail("while scanning a block scalar", start, "found a tab in the indentation")
            if not self._break():
                return breaks, end, indent or max(widest, least)
            breaks += 1
            end = self.get_mark()
