"""How one text is spelled in YAML: plain, in quotes, or as a literal block."""

import re
from functools import lru_cache

from crm_cli.base.errors import Invalid
from crm_cli.base.patterns import pattern
from crm_cli.schema.node import Bare, ambiguous

_WORDS = frozenset(["null", "true", "false", "yes", "no", "on", "off", "y", "n", "~", "=", "<<", ".inf", ".nan"])
# Whole texts that some reader of YAML 1.1 or 1.2 takes for a number, a time or a date; a few more do no harm.
_NUMBER = pattern(
    r"[-+]?(?:\.?[0-9][0-9_,.:]*(?:[eE][-+]?[0-9_]*)?|0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+)"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ][-+0-9:.TtZz ]*)?"
)
# What no parser may meet bare: indicators at the start, `: ` and ` #` inside, blanks at either end.
_NOT_PLAIN = pattern(r"[-?:](?:\s|$)|[,\[\]{}#&*!|>'\"%@`\s]|---|\.\.\.|.*(?::\s|\s#|[:\s]$|\t)", re.DOTALL)
_NOT_STRING = pattern(r"[-+.=<~?:]")
_FLOW = pattern(r"[,\[\]{}:?]")
_ESCAPED = pattern('[\\\\"\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]')
_NOT_RAW = pattern("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_HALF = pattern("[\ud800-\udfff]")
_NAMED = {"\\": "\\\\", '"': '\\"', "\0": "\\0", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\x1b": "\\e", "\x85": "\\N"}
_INDENTED = pattern(r"\n*[ \t]")
MAX_KEY = 1000
_SHORT = 64


def is_literal(text: str) -> bool:
    """Whether a text is to be a literal block: several lines, none of them with a character that must be escaped."""
    return "\n" in text and not _NOT_RAW.search(text)


def spell(text: str, *, flow: bool = False) -> str:
    """A text on one line; `flow` inside a [list] or {map}. An empty `Bare` is no value.

    Raises Invalid for half a surrogate pair.
    """
    # The keys of all records are the same, and so are many values: an import spells each of them once.
    return _spell_short(text, flow) if len(text) <= _SHORT else _spell(text, flow)


def _spell(text: str, flow: bool) -> str:
    if text == "" and isinstance(text, Bare):
        return "null"
    if _HALF.search(text):
        raise Invalid("a text with half a character (a lone surrogate) cannot be written", hint="type it anew")
    if _NOT_RAW.search(text) or "\n" in text or "\t" in text:
        return double(text)
    plain = text != "" and not _NOT_PLAIN.match(text) and not (flow and _FLOW.search(text))
    if plain and (isinstance(text, Bare) or not _taken_for_other(text)):
        return str(text)
    if ('"' in text or "\\" in text) and "'" not in text:
        return f"'{text}'"
    return double(text)


# By type, too: a `Bare` is another text than the same one without.
_spell_short = lru_cache(maxsize=4096, typed=True)(_spell)


def spell_key(text: str, *, flow: bool = False) -> str:
    """A text as a key. Raises Invalid for one that YAML cannot find again."""
    spelled = spell(text, flow=flow)
    if len(spelled) > MAX_KEY:
        raise Invalid(f"a name of {len(spelled):,} characters is too long; {MAX_KEY:,} are allowed")
    return spelled


def double(text: str) -> str:
    """A text in double quotes, with escapes for what may not stand there."""
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    named = _NAMED.get(char)
    if named is not None:
        return named
    return f"\\x{ord(char):02x}" if char < "\u0100" else f"\\u{ord(char):04x}"


def _taken_for_other(text: str) -> bool:
    if text[0].isalpha():  # nearly every text, and a pattern takes a millisecond to be compiled
        return text.lower() in _WORDS
    return text in _WORDS or bool(_NOT_STRING.match(text) or _NUMBER.fullmatch(text)) or ambiguous(text)


def literal(text: str, parent: int, indent: int) -> tuple[str, list[str]]:
    """A literal block: its header, and its lines indented by `indent` under a parent in column `parent`."""
    digit = str(indent - parent) if _INDENTED.match(text) else ""
    if not text.endswith("\n"):
        chomp, lines = "-", text.split("\n")
    else:
        kept = text.endswith("\n\n") or not text.strip("\n")
        chomp, lines = "+" if kept else "", text[:-1].split("\n")
    margin = " " * indent
    return f"|{digit}{chomp}", [margin + line if line else "" for line in lines]
