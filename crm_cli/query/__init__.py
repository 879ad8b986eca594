"""Which records somebody asks for: words and expressions, checked and turned into a condition."""

from collections.abc import Sequence

from crm_cli.base.errors import BadRequest
from crm_cli.query.order import column, default_sort, field_path
from crm_cli.query.world import Scope, World
from crm_cli.schema.agenda import PRESENT
from crm_cli.schema.condition import Selection
from crm_cli.schema.kind import Kind

__all__ = ["World", "column", "completions", "default_sort", "field_path", "parse", "parse_text"]


def parse(words: Sequence[str], world: World, kinds: Sequence[Kind], *, where: str | None = None) -> Selection:
    """The records of these kinds that the words of a query, and an expression behind `--where`, ask for.

    The condition says nothing of the kinds themselves; `sort` is empty unless the query or a view has one.
    """
    if not words and where is None:
        return Selection(PRESENT)
    from crm_cli.query.compiler import combine, selection  # 4 ms, and most lists are asked for without a query
    from crm_cli.query.views import read_words

    for text in (*words, where or ""):
        if any("\ud800" <= char <= "\udfff" for char in text):
            raise BadRequest("the query is not valid UTF-8", hint="type it anew, in a terminal that writes UTF-8")
    scope = Scope(world, tuple(kinds), [])
    part = read_words(words, scope)
    if where is not None:
        from crm_cli.query.where import read_where  # 1 ms, and most queries have none

        part = combine([part, read_where(where, scope)])
    return selection(part)


def parse_text(text: str, world: World, kinds: Sequence[Kind]) -> Selection:
    """The same for a query in one string, as views and `--query` hold it."""
    from crm_cli.query.lexer import split_words  # 0.5 ms, and most lists are asked for without a query

    return parse(split_words(text), world, kinds)


def completions(word: str, world: World, kinds: Sequence[Kind]) -> list[str]:
    """What the word under the cursor of a shell could become, the whole word each."""
    from crm_cli.query.complete import candidates  # 1 ms that a list does not need

    return candidates(word, world, kinds)
