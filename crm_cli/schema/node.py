"""The tree of one YAML file, before any type is applied: every scalar is text.

Positions are character offsets into the decoded text (without its BOM); `end` is exclusive. Lines
count from 1. The tree is made by `store.codec` and read by the value types of `schema.values`.
"""

from typing import Any, Final

from crm_cli.base.lean import dataclass
from crm_cli.base.patterns import pattern


@dataclass(slots=True)
class Scalar:
    """A text as written, with the style that it was written in: plain, ', ", | or >."""

    text: str
    style: str = "plain"
    line: int = 0
    start: int = 0
    end: int = 0

    # Written out for all three: a file has dozens of nodes, and a compiled method costs a millisecond at each start.
    def __init__(self, text: str, style: str = "plain", line: int = 0, start: int = 0, end: int = 0) -> None:
        self.text = text
        self.style = style
        self.line = line
        self.start = start
        self.end = end

    @property
    def absent(self) -> bool:
        """Whether this stands for no value: nothing, `~` or a plain `null`."""
        return self.style == "plain" and self.text in ("", "~", "null", "Null", "NULL")


@dataclass(slots=True)
class Seq:
    """A list, in block or flow style."""

    items: list["Node"]
    flow: bool = False
    line: int = 0
    start: int = 0
    end: int = 0

    def __init__(
        self, items: list["Node"] | None = None, flow: bool = False, line: int = 0, start: int = 0, end: int = 0
    ) -> None:
        self.items = [] if items is None else items
        self.flow = flow
        self.line = line
        self.start = start
        self.end = end


@dataclass(slots=True)
class Map:
    """A mapping with text keys, in the order of the file."""

    entries: dict[str, "Node"]
    keys: dict[str, Scalar]
    flow: bool = False
    line: int = 0
    start: int = 0
    end: int = 0

    def __init__(
        self,
        entries: dict[str, "Node"] | None = None,
        keys: dict[str, Scalar] | None = None,
        flow: bool = False,
        line: int = 0,
        start: int = 0,
        end: int = 0,
    ) -> None:
        self.entries = {} if entries is None else entries
        self.keys = {} if keys is None else keys
        self.flow = flow
        self.line = line
        self.start = start
        self.end = end


Node = Scalar | Seq | Map


class Bare(str):
    """A text to be written without quotes: a number, a date, a bool, an amount, an id."""

    __slots__ = ()


Plain = str | list["Plain"] | dict[str, "Plain"]
"""A tree to be written. A `str` is text and quoted where another YAML reader could take it for
something else; a `Bare` stands as it is."""


_OTHER_THAN_TEXT: Final = pattern(
    r"(?ai:~|null|true|false|yes|no|on|off|y|n"
    r"|[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:e[-+]?[0-9]+)?"
    r"|[-+]?0[xob][0-9a-f_]+|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?|[-+]?\.inf|\.nan"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:t|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?"
    r"(?:[ \t]*(?:z|[-+][0-9]{1,2}(?::?[0-9]{2})?))?)?)"
)


def ambiguous(text: str) -> bool:
    """Whether some YAML reader takes it, written without quotes, for a number, a date, a bool or nothing."""
    return not text or _OTHER_THAN_TEXT.fullmatch(text) is not None


def plain(node: Node) -> Plain | None:
    """The tree without positions; None for an absent scalar."""
    match node:
        case Scalar():
            return None if node.absent else node.text
        case Seq():
            return [_or_empty(plain(item)) for item in node.items]
        case Map():
            return {key: _or_empty(plain(value)) for key, value in node.entries.items()}


def _or_empty(value: Plain | None) -> Plain:
    return Bare("") if value is None else value


def plain_map(root: Map) -> dict[str, Any]:
    """The tree of a whole file without positions; absent values are left out."""
    return {key: value for key, node in root.entries.items() if (value := plain(node)) is not None}


def written(node: Node) -> Plain | None:
    """Like `plain`, but `1` and `'1'` stay two values: what is ambiguous and has no quotes is `Bare`."""
    match node:
        case Scalar():
            return None if node.absent else _spelling(node)
        case Seq():
            return [written_part(item) for item in node.items]
        case Map():
            return {key: written_part(value) for key, value in node.entries.items()}


def written_map(root: Map) -> dict[str, Plain]:
    """The same of a whole file; absent values are left out."""
    return {key: value for key, node in root.entries.items() if (value := written(node)) is not None}


def _spelling(node: Scalar) -> Plain:
    return Bare(node.text) if node.style == "plain" and ambiguous(node.text) else node.text


def written_part(node: Node) -> Plain:
    """The same of what stands in a list or under a key: an absent scalar keeps its place."""
    value = written(node)
    return Bare("") if value is None else value


def alike(one: Plain | None, other: Plain | None) -> bool:
    """Whether two trees say the same, `1` and `'1'` being different."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(part, other[key]) for key, part in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(alike(a, b) for a, b in zip(one, other, strict=True))
    return one == other and isinstance(one, Bare) == isinstance(other, Bare)
