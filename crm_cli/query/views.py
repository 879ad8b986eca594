"""Words of a query with the views among them, which are queries themselves."""

from collections.abc import Sequence
from typing import Any

from crm_cli.base.errors import BadRequest, CrmError
from crm_cli.query.compiler import combine, word_part
from crm_cli.query.lexer import read_word, split_values, split_words
from crm_cli.query.order import field_path, sort_keys
from crm_cli.query.world import Part, Scope
from crm_cli.schema.condition import EVERYTHING, And, Condition, Ids, Not, OfKind, Or
from crm_cli.schema.kind import Kind

MAX_VIEWS = 50
"""How many views a query may read: a few that name each other twice would otherwise grow without end."""


def read_words(words: Sequence[str], scope: Scope) -> Part:
    """What all the words together ask for."""
    parts = []
    for raw in words:
        word = read_word(raw)
        parts.append(expand(word.head, scope) if word.sign == "@" else word_part(word, scope))
    return combine(parts)


def expand(name: str, scope: Scope) -> Part:
    """What the view of that name asks for; its trouble is told with its name."""
    view = scope.world.view(name)
    known_as = view.id or name
    if known_as in scope.views:
        circle = (*scope.views[scope.views.index(known_as) :], known_as)
        raise BadRequest(f"the view {name} leads back to itself: {' → '.join(circle)}", hint="mend one of them")
    scope.read.append(known_as)
    if len(scope.read) > MAX_VIEWS:
        raise BadRequest(f"the query reads more than {MAX_VIEWS} views", hint="write out some of them")
    kinds = _kinds_of(view, name, scope)
    try:
        return _read(view, scope._replace(kinds=kinds, views=(*scope.views, known_as)), len(scope.kinds))
    except CrmError as error:
        raise type(error)(
            f"in the view {name}: {error.message}", hint=error.hint, candidates=error.candidates
        ) from None


def _kinds_of(view: Any, name: str, scope: Scope) -> tuple[Kind, ...]:
    if not view.kind:
        return scope.kinds
    kind = scope.world.kinds.by_name.get(view.kind)
    if kind is None:
        raise BadRequest(f"the view {name} lists {view.kind}, which is no kind of record", hint=f"crm edit {view.id}")
    if kind not in scope.kinds:
        wanted = " and ".join(one.folder for one in scope.kinds)
        raise BadRequest(f"the view {name} lists {kind.folder}, not {wanted}", hint=f"crm {kind.name} list @{name}")
    return (kind,)


def _read(view: Any, scope: Scope, around: int) -> Part:
    part = read_words(split_words(view.query or ""), scope)
    condition = part.condition or EVERYTHING
    condition = _with_ids(condition, _stems(view.include), _stems(view.exclude))
    if len(scope.kinds) < around:
        condition = _both(OfKind(tuple(kind.name for kind in scope.kinds)), condition)
    if view.limit is not None and view.limit < 1:
        raise BadRequest(f"its limit is {view.limit}", hint="write a number from 1 on")
    return part._replace(
        condition=condition,
        sort=sort_keys([value.text for value in split_values(view.sort)], scope) if view.sort else part.sort,
        limit=view.limit if view.limit is not None else part.limit,
        columns=tuple(field_path(name, scope.world, scope.kinds) for name in view.columns) or part.columns,
        view=True,
    )


def _with_ids(condition: Condition, include: tuple[str, ...], exclude: tuple[str, ...]) -> Condition:
    """The condition with records that are always, and never, in it; never is the stronger word."""
    if include and condition != EVERYTHING:
        condition = Or((condition, Ids(include)))
    return _both(condition, Not(Ids(exclude))) if exclude else condition


def _both(first: Condition, second: Condition) -> Condition:
    parts = tuple(part for part in (first, second) if part != EVERYTHING)
    return parts[0] if len(parts) == 1 else And(parts)


def _stems(ids: Sequence[str]) -> tuple[str, ...]:
    return tuple(id.rpartition("/")[2] for id in ids)
