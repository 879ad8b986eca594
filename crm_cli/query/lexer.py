r"""The words of a query, and what quotes keep together in them.

    text    = word {space word}
    word    = "@" name | [field] (":" | "~") values | values
    values  = value {"," value}
    value   = piece {piece}
    piece   = '"' characters, with \" and \\ for the two that need it '"' | characters without quotes
    range   = [value] ".." [value]

In a text, a word may stand in '…' as a shell would want it; an apostrophe within a word is a letter.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from crm_cli.base.errors import BadRequest

# Patterns are compiled when they are first used; possessive, so that no run of backslashes can be read in two ways.
_QUOTED = r'"((?:[^"\\]|\\["\\]?+)*+)"'
_PIECE = rf'{_QUOTED}|[^"]+|"'
_WORD = r"""'((?:'"'"'|(?!'(?:\s|\Z)).)*+)'(?=\s|\Z)|(?:"(?:[^"\\]|\\["\\]?+)*+"|[^\s"])+|["]"""
_HEAD = r'([^:~"]*)([:~])'
_ESCAPED = r'\\(["\\])'
_SHELL_APOSTROPHE = "'\"'\"'"


class Value(NamedTuple):
    """What stands between two commas: pieces of text, each with whether it was quoted."""

    pieces: tuple[tuple[str, bool], ...]

    @property
    def text(self) -> str:
        """The text without its quotes; blanks around it only count inside them."""
        if len(self.pieces) == 1 and not self.pieces[0][1]:
            return self.pieces[0][0].strip()
        last = len(self.pieces) - 1
        parts = []
        for place, (text, quoted) in enumerate(self.pieces):
            if not quoted and place == 0:
                text = text.lstrip()
            if not quoted and place == last:
                text = text.rstrip()
            parts.append(text)
        return "".join(parts)

    @property
    def quoted(self) -> bool:
        """Whether any of it was quoted."""
        return any(quoted for _text, quoted in self.pieces)

    @property
    def ends(self) -> tuple["Value", "Value"] | None:
        """The two ends of a range, an open one being empty; None if it is no range."""
        for place, (text, quoted) in enumerate(self.pieces):
            if not quoted and ".." in text:
                low, _, high = text.partition("..")
                before, after = self.pieces[:place], self.pieces[place + 1 :]
                return Value((*before, (low, False))), Value(((high, False), *after))
        return None


class Word(NamedTuple):
    """A word: `sign` is `:`, `~`, `@` before the name of a view (in `head`), or nothing for plain text."""

    raw: str
    sign: str
    head: str
    values: tuple[Value, ...]


def split_words(text: str) -> list[str]:
    """The words of a query in one string, their double quotes still around them."""
    return [_unwrapped(found) for found in re.finditer(_WORD, text, re.DOTALL)]


def _unwrapped(found: re.Match[str]) -> str:
    if found[1] is not None:
        return found[1].replace(_SHELL_APOSTROPHE, "'")
    if found[0] == '"':
        raise _not_closed(found.string)
    return found[0]


def read_word(raw: str) -> Word:
    """A word with its parts."""
    if raw.startswith("@") and len(raw) > 1:
        return Word(raw, "@", value_of(raw[1:]).text, ())
    found = re.match(_HEAD, raw)
    if not found:
        return Word(raw, "", "", tuple(split_values(raw)))
    head = found[1].strip()
    if not head:
        raise BadRequest(f"no field stands before {found[2]} in {raw[:60]}", hint=f"as text to search: {quote(raw)}")
    return Word(raw, found[2], head, tuple(split_values(raw[found.end() :])))


def split_values(raw: str) -> list[Value]:
    """The values between commas; at least one, which may be empty."""
    values: list[list[tuple[str, bool]]] = [[]]
    for text, quoted in _pieces(raw):
        if quoted:
            values[-1].append((text, True))
            continue
        first, *more = text.split(",")
        values[-1].append((first, False))
        values.extend([(part, False)] for part in more)
    return [Value(tuple(piece for piece in value if piece[0] or piece[1])) for value in values]


def value_of(raw: str) -> Value:
    """One value, in which a comma is a comma."""
    return Value(tuple(_pieces(raw)))


def _pieces(raw: str) -> Iterator[tuple[str, bool]]:
    if '"' not in raw:
        yield raw, False
        return
    for found in re.finditer(_PIECE, raw):
        if found[1] is not None:
            yield re.sub(_ESCAPED, r"\1", found[1]), True
        elif found[0] == '"':
            raise _not_closed(raw)
        else:
            yield found[0], False


def _not_closed(raw: str) -> BadRequest:
    return BadRequest(f"a quote is not closed: {raw[:60]}", hint=r'a quote that is text is written "\"", in quotes')


def quote(text: str) -> str:
    """The text in quotes, as one value of a query."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
