"""Text as people compare it and as a terminal may show it: folding, visible escapes, cell widths."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from crm_cli.base.patterns import pattern

# Accents of Latin, Greek and Cyrillic live in these blocks; the vowel signs and the nukta of Indic scripts do not.
_ACCENTS: Final = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
# Joiners, soft hyphen, marks of direction and variation: nobody types them when searching.
_UNSEEN: Final = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff"
_DROPPED: Final = pattern(f"[{_ACCENTS}{_UNSEEN}]+")
# Letters with a stroke have no decomposition, yet "Lodz" is what gets typed for "Łódź".
_STROKES: Final = str.maketrans("ıłøđħŧŁØĐĦŦ", "ilodhtlodht")
_STROKED: Final = pattern("[ıłøđħŧŁØĐĦŦ]")

_BIDI: Final = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_SHOWN: Final = f"[\\\\\x00-\x1f\x7f-\x9f\u2028\u2029{_BIDI}\ud800-\udfff]"
_SHOWN_IN_BLOCK: Final = f"[\\\\\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029{_BIDI}\ud800-\udfff]"
_ESCAPED_IN_JSON: Final = f"[\x7f-\x9f\u2028\u2029{_BIDI}\ud800-\udfff]"
_SHORT: Final = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}

_LATIN: Final = "[A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff\uff21-\uff3a\uff41-\uff5a]"
_LOOKALIKE: Final = "[\u0370-\u052f\u1c80-\u1c8f\u1f00-\u1fff\ua640-\ua69f]"
_LETTERS: Final = r"(?:[^\W\d_]|[\u0300-\u036f])+"

_MAX_MARKS: Final = 8
_JOINERS: Final = "\u200d\u094d"


def fold(text: str) -> str:
    """The form in which texts are compared: no case, no accents of European letters, no joiners; Indic signs stay."""
    if text.isascii():
        return text.lower()
    plain = _without_accents(text)
    lower = plain.casefold()
    if lower != plain:  # else the script has no case, and is done already
        plain = _without_accents(lower)
    if _STROKED.search(plain):
        plain = plain.translate(_STROKES)
    return unicodedata.normalize("NFC", plain)


def _without_accents(text: str) -> str:
    return _DROPPED.sub("", unicodedata.normalize("NFKD", text))


def visible(text: str) -> str:
    r"""The text with what could steer a terminal shown as an escape (`\x1b`, `\u202e`, `\n`), `\` doubled."""
    if text.isprintable() and "\\" not in text:
        return text
    return re.sub(_SHOWN, _escape, text)


def visible_block(text: str) -> str:
    """Like `visible`, for text of several lines: line ends and tabs stay."""
    if text.isprintable() and "\\" not in text:
        return text
    return re.sub(_SHOWN_IN_BLOCK, _escape, text)


def _escape(found: re.Match[str]) -> str:
    char = found.group()
    if char in _SHORT:
        return _SHORT[char]
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def json_escapes(json_text: str) -> str:
    r"""JSON that was dumped with `ensure_ascii=False`, with DEL, C1, bidi controls and the like as `\u` escapes."""
    if json_text.isascii() and "\x7f" not in json_text:
        return json_text
    return re.sub(_ESCAPED_IN_JSON, lambda found: f"\\u{ord(found.group()):04x}", json_text)


class _Cells(dict[str, int]):
    """How many cells a character takes, worked out when it is first seen."""

    def __missing__(self, char: str) -> int:
        cells = self[char] = _cells(char)
        return cells


def _cells(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf", "Cc") or "\u1160" <= char <= "\u11ff":
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


_CELLS: Final = _Cells()


def width(text: str) -> int:
    """Terminal cells: 2 for wide characters, 0 for combining marks and joiners, 1 for spacing vowel signs."""
    if text.isascii():
        return len(text)
    return sum(map(_CELLS.__getitem__, text))


def clip(text: str, cells: int) -> str:
    """The text in at most so many cells, with an ellipsis where it was cut; a syllable is never cut in two."""
    if text.isascii():
        return text if len(text) <= cells else text[: max(cells - 1, 0)] + "…"[:cells]
    kept: list[str] = []
    used = marks = safe = 0
    joined = False
    for char in text:
        category = unicodedata.category(char)
        # A tower of accents takes no cell of its own, yet would climb over the lines above.
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks > _MAX_MARKS:
            continue
        if used < cells and not joined and category not in ("Mn", "Mc", "Me"):
            safe = len(kept)
        used += _CELLS[char]
        if used > cells:
            return "".join(kept[:safe]) + "…"[:cells]
        joined = char in _JOINERS
        kept.append(char)
    return "".join(kept)


def mixed_script(text: str) -> bool:
    """Whether one word mixes Latin with Cyrillic or Greek letters, as look-alike names do."""
    if text.isascii() or not re.search(_LOOKALIKE, text):
        return False
    return any(re.search(_LATIN, word) and re.search(_LOOKALIKE, word) for word in re.findall(_LETTERS, text))


def with_article(noun: str) -> str:
    """A noun in a sentence: a contact, an interaction."""
    return f"an {noun}" if noun[:1] in "aeiou" else f"a {noun}"


def counted(number: int, noun: str) -> str:
    """A number of things: 1 record, 8,800 records."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def kept_aside(values: int) -> str:
    """What an action says whose values collided with others."""
    return f"{counted(values, 'value')} {'was' if values == 1 else 'were'} kept aside"


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that was most likely meant by a misspelt word, for a "did you mean"."""
    from difflib import get_close_matches  # late: 3 ms, and only when something is wrong already

    by_fold = {fold(candidate): candidate for candidate in candidates}
    found = get_close_matches(fold(word), list(by_fold), n=1)
    return by_fold[found[0]] if found else None
