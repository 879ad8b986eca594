"""What can come next while a command is typed: ids, names, fields, stages, tags, out of the book itself.

Each function is what Typer calls an `autocompletion`. What was begun is read from the context, not from Typer's
argument: Typer keeps only what begins literally as typed, and a name that was begun stands for an id.
"""

from collections.abc import Callable, Iterable
from typing import Any

from crm_cli.base.errors import CrmError
from crm_cli.schema.field import Field

Offer = list[tuple[str, str]]
Completer = Callable[[Any, list[str], str], Offer]
ASK = "_CRM_COMPLETE"
"""The environment variable by which a shell asks; `completing` answers."""

BEGUN = "begun"
"""Where the context's `meta` has the word that is being typed."""

LIMIT = 200
ABOUT = {
    "move": "deal",
    "pipeline": "deal",
    "done": "task",
    "snooze": "task",
    "cancel": "task",
    "occasions": "contact",
}
"""Bare verbs that are about one kind."""


def _quiet(work: Callable[[Any, str], Offer]) -> Completer:
    """Makes a completer, which offers nothing where there is no book or where it cannot be read."""

    def offer(ctx: Any, args: list[str], incomplete: str) -> Offer:
        del args, incomplete
        try:
            return work(ctx, ctx.meta.get(BEGUN, ""))
        except (CrmError, OSError):
            return []

    return offer


def _book(ctx: Any) -> Any:
    return ctx.find_root().obj.book


def kinds_of(ctx: Any) -> tuple[str, ...]:
    """The kinds that a command line is about: those of its noun, of --kind, of its verb; none for any."""
    noun = getattr(ctx.parent.command, "noun", "") if ctx.parent else ""
    given = ctx.params.get("kind") or ()
    known = _book(ctx).kinds.by_name
    named = [name for name in ([given] if isinstance(given, str) else given) if name in known]
    about = noun or ABOUT.get(ctx.command.name or "", "")
    return (about,) if about else tuple(named)


@_quiet
def refs(ctx: Any, begun: str) -> Offer:
    """Ids, with the name beside them."""
    from crm_cli.services.suggest import references

    return references(_book(ctx), begun, kinds_of(ctx), LIMIT)


@_quiet
def deals(ctx: Any, begun: str) -> Offer:
    """Ids of deals."""
    from crm_cli.services.suggest import references

    return references(_book(ctx), begun, ("deal",), LIMIT)


@_quiet
def conflicts(ctx: Any, begun: str) -> Offer:
    """Ids of records, and other files, in which something is kept aside."""
    from crm_cli.services.conflicts.offers import in_conflict

    return in_conflict(_book(ctx), begun, LIMIT)


@_quiet
def conflict_fields(ctx: Any, begun: str) -> Offer:
    """The fields about which something is kept aside."""
    from crm_cli.services.conflicts.offers import fields_in_conflict

    return fields_in_conflict(_book(ctx), begun, ctx.params.get("refs") or ())


@_quiet
def query(ctx: Any, begun: str) -> Offer:
    """Fields, operators and values of the query language."""
    from crm_cli.services.suggest import query_words

    return query_words(_book(ctx), begun, kinds_of(ctx), LIMIT)


@_quiet
def assignments(ctx: Any, begun: str) -> Offer:
    """Records first; behind one also the `field=` of its kind, then values."""
    from crm_cli.services.suggest import assignment_words, references

    words = ctx.params.get("words") or ()
    found = assignment_words(_book(ctx), begun, words, LIMIT) if words else []
    any_set = any("=" in word for word in words)
    return found or ([] if any_set or "=" in begun else references(_book(ctx), begun, (), LIMIT))


def for_field(field: Field) -> Completer:
    """The values that a field may take."""

    def work(ctx: Any, begun: str) -> Offer:
        from crm_cli.services.suggest import field_values

        return field_values(_book(ctx), kinds_of(ctx), field, begun, LIMIT)

    return _quiet(work)


def words(*choices: str) -> Completer:
    """One of these words."""
    return _quiet(lambda _ctx, begun: _begin(choices, begun))


def _begin(choices: Iterable[str], begun: str) -> Offer:
    return [(word, "") for word in choices if word.startswith(begun)]


@_quiet
def stages(ctx: Any, begun: str) -> Offer:
    """The stages of all pipelines."""
    return _begin(_book(ctx).settings.stages, begun)


@_quiet
def kinds(ctx: Any, begun: str) -> Offer:
    """The kinds of records."""
    return [(kind.name, kind.doc) for kind in _book(ctx).kinds.all if kind.name.startswith(begun)]


@_quiet
def log_kinds(ctx: Any, begun: str) -> Offer:
    """The kinds of interactions."""
    return _begin(_book(ctx).kinds["interaction"].by_name["kind"].choices, begun)


@_quiet
def tags(ctx: Any, begun: str) -> Offer:
    """The tags that any record has."""
    book = _book(ctx)
    return [
        (tag, "") for tag in sorted({t for kind in book.kinds.all for t in book.index.distinct(kind, ("tags",), begun)})
    ]


@_quiet
def templates(_ctx: Any, begun: str) -> Offer:
    """The trades that there are settings for."""
    from crm_cli.services.setup.begin import template_names

    return _begin(template_names(), begun)
