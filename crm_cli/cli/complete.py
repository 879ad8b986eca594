"""What a shell offers while a command is typed: ids, names, fields, stages, tags, out of the book itself.

Everything here is silent when there is no book or when it cannot be read: completion never complains.
"""

from collections.abc import Callable
from typing import Any

from crm_cli.base.errors import CrmError
from crm_cli.schema.field import Field

Offer = list[tuple[str, str]]
LIMIT = 200


def _session(ctx: Any) -> Any:
    from crm_cli.cli.session import Session

    found = ctx.find_root().obj
    return found if isinstance(found, Session) else Session()


def _quietly(work: Callable[[], Offer]) -> Offer:
    try:
        return work()
    except (CrmError, OSError):
        return []


def refs(ctx: Any, args: list[str], incomplete: str) -> Offer:
    """Ids, with the name beside them."""
    from crm_cli.services.suggest import references

    del args
    return _quietly(lambda: references(_session(ctx).book, incomplete, _kinds(ctx), LIMIT))


def query(ctx: Any, args: list[str], incomplete: str) -> Offer:
    """Fields, operators and values of the query language."""
    from crm_cli.services.suggest import query_words

    del args
    return _quietly(lambda: query_words(_session(ctx).book, incomplete, _kinds(ctx), LIMIT))


def assignments(ctx: Any, args: list[str], incomplete: str) -> Offer:
    """Records first, then `field=`, then the values of a closed list."""
    from crm_cli.services.suggest import assignment_words

    found = _quietly(lambda: assignment_words(_session(ctx).book, incomplete, LIMIT))
    return found or refs(ctx, args, incomplete)


def for_field(field: Field) -> Callable[..., Offer]:
    """The values that a field may take."""

    def offer(ctx: Any, args: list[str], incomplete: str) -> Offer:
        from crm_cli.services.suggest import field_values

        del args
        kinds = _kinds(ctx)
        return _quietly(lambda: field_values(_session(ctx).book, kinds[0] if kinds else "", field, incomplete, LIMIT))

    return offer


def _kinds(ctx: Any) -> tuple[str, ...]:
    """The kind that a noun's verb is about; none for a bare verb."""
    parent = ctx.parent
    noun = getattr(parent.command, "noun", "") if parent else ""
    return (noun,) if noun else ()


def _texts(words: Callable[[Any], tuple[str, ...]]) -> Callable[..., Offer]:
    """An offer of plain words that the book knows."""

    def offer(ctx: Any, args: list[str], incomplete: str) -> Offer:
        del args
        return _quietly(lambda: [(word, "") for word in words(_session(ctx).book) if word.startswith(incomplete)])

    return offer


stages = _texts(lambda book: tuple(book.settings.stages))
kinds = _texts(lambda book: tuple(kind.name for kind in book.kinds.all))
log_kinds = _texts(lambda book: tuple(book.kinds["interaction"].by_name["kind"].choices))
tags = _texts(lambda book: tuple({tag for kind in book.kinds.all for tag in book.index.distinct(kind, ("tags",))}))


def templates(ctx: Any, args: list[str], incomplete: str) -> Offer:
    """The trades that there are settings for."""
    from crm_cli.services.begin import template_names

    del ctx, args
    return _quietly(lambda: [(name, "") for name in template_names() if name.startswith(incomplete)])
