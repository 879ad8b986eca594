"""Which records somebody asks for: words and expressions, checked and turned into a condition."""

from collections.abc import Sequence

from crm_cli.query.world import World
from crm_cli.schema.condition import Path, Selection, Sort
from crm_cli.schema.kind import Kind
from crm_cli.schema.table import Column

__all__ = ["World", "column", "completions", "default_sort", "field_path", "parse", "parse_text"]


def parse(words: Sequence[str], world: World, kinds: Sequence[Kind], *, where: str | None = None) -> Selection:
    """The records of these kinds that the words of a query, and an expression behind `--where`, ask for."""
    raise NotImplementedError


def parse_text(text: str, world: World, kinds: Sequence[Kind]) -> Selection:
    """The same for a query in one string, as views and `--query` hold it."""
    raise NotImplementedError


def field_path(text: str, world: World, kinds: Sequence[Kind]) -> Path:
    """The path of a column, as it was written: `phone` is the first of `phones`; BadRequest if no kind has it."""
    raise NotImplementedError


def column(path: Path, world: World, kinds: Sequence[Kind]) -> Column:
    """The column of a path that `field_path` gave: its name as written, its value type."""
    raise NotImplementedError


def default_sort(kind: Kind) -> tuple[Sort, ...]:
    """The order in which records of a kind are listed unless something else is asked for."""
    raise NotImplementedError


def completions(word: str, world: World, kinds: Sequence[Kind]) -> list[str]:
    """What the word under the cursor of a shell could become."""
    raise NotImplementedError
