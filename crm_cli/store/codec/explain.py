"""Say in a person's words what a YAML parser stumbled over, and what to do about it."""

import re
from typing import Any

from crm_cli.base.patterns import pattern
from crm_cli.schema.problem import Problem
from crm_cli.store.codec.scan import line_of

ANCHOR = "an anchor or alias (&…, *…); write the value out, or quote a text that begins with & or *"
TAG = "a tag (!…); leave it out, or quote a text that begins with !"

SEPARATORS = pattern("[\u2028\u2029]")
_KEY = pattern(r"[ ]*(?:- +)*([^\s:#]+):")
_SENTENCES = (
    ("mapping values are not allowed", "a second “: ” in one value, or wrong indentation; put the text in quotes"),
    ("sequence entries are not allowed", "a list cannot begin here; start it on a new line, or put the text in quotes"),
    ("mapping keys are not allowed", "“? ” cannot begin a value; put the text in quotes"),
    ("could not find expected ':'", "a line without “key: value”; add the colon, or indent it under its key"),
    ("found unknown escape", "an unknown escape in double quotes; double the backslash, or use single quotes"),
    ("hexdecimal numbers", "a broken escape in double quotes; x takes two digits, u four, U eight"),
    ("end of stream", "a quote that is never closed"),
    ("document separator", "a quote that is never closed before “---”"),
    ("expected '<document start>'", "text that belongs to nothing; indent it under its key, or remove it"),
    ("expected ',' or ']'", "a [list] in which a comma or the closing bracket is missing"),
    ("expected ',' or '}'", "a {map} in which a comma or the closing bracket is missing"),
    ("expected the node content", "a bracket, comma or colon where a value belongs; put the text in quotes"),
    ("expected <block end>", "indentation that fits no line above, or text after a closing quote or bracket"),
    ("header that is none", "text after | or > on the same line; begin it on the next, or put it in quotes"),
    ("", "not understood; put the text in quotes"),
)
# Problems that are noticed later than where they begin: the line of the beginning helps more.
_BEGINNING = ("could not find expected ':'", "end of stream", "document separator", "expected ',' or")


def explain(error: Any, source: str, path: str) -> Problem:
    """The problem behind a YAMLError of the pure parser; `source` is the text that it read."""
    mark = error.problem_mark
    said = error.problem or ""
    tab = _tab(source, mark.index)
    if tab is not None:
        return tab_problem(source, tab, path)
    if any(said.find(part) >= 0 for part in _BEGINNING) and error.context_mark is not None:
        mark = error.context_mark
    line = mark.line + 1
    if "anchor" in (context := error.context or "") or "alias" in context:
        return Problem(path, line, "anchor", ANCHOR)
    begin = source.rfind("\n", 0, mark.index) + 1
    content = source[begin:].split("\n", 1)[0]
    if content.startswith("=======") and not content.strip("=\r "):
        return Problem(path, line, "markers", "conflict markers of a merge; `crm doctor --fix` rebuilds the record")
    if "cannot start any token" in said:
        return Problem(path, line, "yaml", _unquoted(source, mark.index, content))
    if "expected '<document start>'" in said and re.search(r"^\.\.\.", source, re.MULTILINE):
        return Problem(path, line, "documents", "text after the end of the record (“...”); a file holds one record")
    sentence = next(sentence for part, sentence in _SENTENCES if part in said)
    return Problem(path, line, "yaml", sentence)


def _unquoted(source: str, position: int, content: str) -> str:
    char = source[position : position + 1]
    rest = source[position:].split("\n", 1)[0].strip()
    key = _KEY.match(content)
    example = f'{key[1]}: "{rest}"' if key and len(rest) <= 40 and '"' not in rest else f'"{rest[:20]}…"'
    return f"a value cannot begin with {char}; put it in quotes: {example}"


def _tab(source: str, position: int) -> int | None:
    """Where the tab is that stopped the parser: at the mark, or in the blanks before it on its line."""
    if source[position : position + 1] == "\t":
        return position
    begin = source.rfind("\n", 0, position) + 1
    match = re.compile(r"[ \t]*").match(source, begin)
    blanks = match[0] if match else ""
    return begin + blanks.index("\t") if "\t" in blanks else None


def tab_problem(source: str, position: int, path: str) -> Problem:
    """A tab where only spaces may stand."""
    column = position - source.rfind("\n", 0, position)
    return Problem(
        path, line_of(source, position), "tab", f"a tab in column {column}; only spaces may indent a line or follow “-”"
    )


def separator_problem(text: str, match: re.Match[str], path: str) -> Problem:
    """A line or paragraph separator where it would break the line for some parsers."""
    code = f"{ord(match[0]):04x}"
    message = f"a raw U+{code} outside quotes; remove it, or put the text in double quotes"
    return Problem(path, line_of(text, match.start()), "line-break", message)
