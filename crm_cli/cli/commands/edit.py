"""crm edit: records in the user's editor, one by one, or all that a query finds as one buffer."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from crm_cli.base.errors import BadRequest, CrmError
from crm_cli.book import SETTINGS
from crm_cli.cli import complete
from crm_cli.cli.declare import Argument, Called, Option
from crm_cli.cli.editing import draft_of
from crm_cli.cli.params import session
from crm_cli.cli.receipts import applied
from crm_cli.services.buffer import Part, join, name_of, part_of, plan_edit, split
from crm_cli.services.drafts import Draft
from crm_cli.services.setup.settings import replace_settings

HELP = """Opens records in your editor: crm edit REF ..., crm edit --query 'stage:proposal', crm edit crm.yaml

What does not read is opened again with the reason; an edit that is given up keeps its draft."""


def edit(
    ctx: Called,
    refs: Annotated[
        list[str] | None,
        Argument(metavar="[REF ...]", help="Records; crm.yaml is the settings", autocompletion=complete.refs),
    ] = None,
    query: Annotated[str | None, Option("--query", metavar="QUERY", help="All that it finds, in one buffer")] = None,
) -> None:
    """Opens records in the editor."""
    run = session(ctx)
    if bool(refs) == (query is not None):
        raise BadRequest("give either records or --query", hint="crm edit asha, crm edit --query 'tag:vip'")
    if refs == [SETTINGS]:
        _edit_settings(run)
        return
    parts = [part_of(run.book, path) for path in _paths(run, refs, query)]
    if not parts:
        run.say("nothing to edit")
        return
    for group in [parts] if query is not None else [[part] for part in parts]:
        _edit(run, group)


def _paths(run: Any, refs: list[str] | None, query: str | None) -> list[str]:
    if query is None:
        return [found.path for found in run.refs(refs or [])]
    kinds = run.book.kinds.all
    return [path for _kind, _id, path in run.book.index.ids(kinds, run.book.parse_text(query, kinds))]


def _edit(run: Any, parts: list[Part]) -> None:
    draft = draft_of(run, name_of(parts), join(parts))
    with _kept(draft):
        plan = _until_it_fits(run, draft, lambda data: plan_edit(run.book, parts, split(data, parts)))
        applied(run, plan)
    draft.done()


def _edit_settings(run: Any) -> None:
    old = (run.root / SETTINGS).read_bytes()
    draft = draft_of(run, SETTINGS, old)
    with _kept(draft):
        said = _until_it_fits(run, draft, lambda data: replace_settings(run.book, old, data))
    draft.done()
    run.say(said)


@contextmanager
def _kept(draft: Draft) -> Iterator[None]:
    """Whatever comes in the way of an edit, it says where the draft is."""
    try:
        yield
    except CrmError as error:
        hint = f"{error.hint}; " if error.hint else ""
        raise type(error)(error.message, hint=f"{hint}the draft is {draft.path}", candidates=error.candidates) from None


def _until_it_fits(run: Any, draft: Draft, use: Callable[[bytes], Any]) -> Any:
    """Opens the draft again as long as it does not fit and somebody is there to mend it."""
    while True:
        data = draft.edit()
        try:
            return use(data)
        except CrmError as error:
            if not run.interactive:
                raise
            run.complain(error)
            run.confirm("Edit it again?")
