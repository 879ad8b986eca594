"""Write trees anew: whole files, and the pieces that an edit puts into a file.

A value has two parts: what stands on the line of its key or dash, and the lines below it.
"""

from collections.abc import Mapping

from crm_cli.schema.node import Plain
from crm_cli.store.codec.scalars import is_literal, literal, spell, spell_key

STEP = 2


def emit(tree: Mapping[str, Plain], groups: Mapping[str, int] | None = None) -> bytes:
    """A new file: keys in the order given, a blank line where the group changes. Raises Invalid."""
    groups = groups or {}
    lines: list[str] = []
    before: int | None = None
    for key, value in tree.items():
        group = groups.get(key, before if before is not None else 0)
        # A blank line behind a text that ends in one would become part of the text.
        if before is not None and group != before and lines[-1]:
            lines.append("")
        before = group
        lines += entry(key, value, 0)
    return "".join(line + "\n" for line in lines).encode("utf-8")


def entry(key: str, value: Plain, column: int, *, blocks: bool = True) -> list[str]:
    """The lines of one key and its value, the key in a column. Without `blocks` a text of several lines is quoted."""
    inline, below = under_key(value, column, blocks=blocks)
    head = f"{' ' * column}{spell_key(key)}:"
    return [f"{head} {inline}" if inline else head, *below]


def item(value: Plain, column: int, *, gap: str = " ", blocks: bool = True) -> list[str]:
    """The lines of one item of a list, its dash in a column and `gap` between the dash and the value."""
    inline, below = under_dash(value, column, gap=gap, blocks=blocks)
    return [f"{' ' * column}-{gap}{inline}", *below]


def under_key(value: Plain, column: int, *, blocks: bool = True) -> tuple[str, list[str]]:
    """The two parts of the value of a key in a column."""
    if isinstance(value, str) or not value:
        return _single(value, column, blocks)
    return "", block(value, column + STEP, blocks=blocks)


def under_dash(value: Plain, column: int, *, gap: str = " ", blocks: bool = True) -> tuple[str, list[str]]:
    """The two parts of an item whose dash is in a column: the first line of a list or map joins the dash."""
    if isinstance(value, str) or not value:
        return _single(value, column, blocks)
    inner = column + 1 + len(gap)
    lines = block(value, inner, blocks=blocks)
    return lines[0][inner:], lines[1:]


def block(value: list[Plain] | dict[str, Plain], column: int, *, blocks: bool = True) -> list[str]:
    """The lines of a list or map that is not empty, its dashes or keys in a column."""
    if isinstance(value, list):
        return [line for one in value for line in item(one, column, blocks=blocks)]
    return [line for key, one in value.items() for line in entry(key, one, column, blocks=blocks)]


def in_flow(value: Plain) -> str:
    """A value on one line, as it stands inside a [list] or {map}."""
    if isinstance(value, str):
        return spell(value, flow=True)
    if isinstance(value, list):
        return "[" + ", ".join(in_flow(one) for one in value) + "]"
    return "{" + ", ".join(f"{spell_key(key, flow=True)}: {in_flow(one)}" for key, one in value.items()) + "}"


def _single(value: Plain, column: int, blocks: bool) -> tuple[str, list[str]]:
    if not isinstance(value, str):
        return in_flow(value), []
    return scalar(value, column, column + STEP, blocks=blocks)


def scalar(text: str, column: int, indent: int, *, blocks: bool = True) -> tuple[str, list[str]]:
    """The two parts of a text under a parent in a column, its lines, if it has several, indented by `indent`."""
    if blocks and is_literal(text):
        return literal(text, column, indent)
    return spell(text), []
