"""crm resolve: settles what a merge kept aside."""

import sys
from collections.abc import Iterable
from itertools import groupby
from typing import Annotated, Any

from crm_cli.base.errors import BadRequest
from crm_cli.cli import complete
from crm_cli.cli.commands.conflicts import places
from crm_cli.cli.declare import Argument, Called, Option
from crm_cli.cli.page import look
from crm_cli.cli.params import session
from crm_cli.cli.prompts import ask
from crm_cli.cli.receipts import applied
from crm_cli.cli.sides import draw_entry, heading
from crm_cli.services.conflicts.choices import Choice, Decision, field_meant
from crm_cli.services.conflicts.listing import Aside, all_aside
from crm_cli.services.conflicts.resolving import resolve as plan_resolve

HELP = """Settles what a sync or an undo kept aside: crm resolve asha --field title --other

--keep leaves what is shown now, --other takes the value that lost, --value gives another one. On a terminal, without
any of them, you are asked."""


def resolve(
    ctx: Called,
    refs: Annotated[
        list[str],
        Argument(metavar="REF ...", help="Records; - reads them from stdin", autocompletion=complete.conflicts),
    ],
    field: Annotated[
        str | None,
        Option(
            "--field",
            metavar="FIELD",
            help="Which field, as crm conflicts names it",
            autocompletion=complete.conflict_fields,
        ),
    ] = None,
    keep: Annotated[bool, Option("--keep", help="What is shown now stays")] = False,
    other: Annotated[bool, Option("--other", help="The value that lost takes its place")] = False,
    value: Annotated[str | None, Option("--value", metavar="V", help="A value of your own")] = None,
) -> None:
    """Settles conflicts."""
    run = session(ctx)
    choice = _choice(keep, other, value)
    if choice is None and not run.interactive:
        raise BadRequest(
            "say what is to stand there: --keep, --other or --value V", hint="crm conflicts shows both sides"
        )
    paths = places(run, refs)
    if choice and choice.way == "value" and len(paths) > 1:
        raise BadRequest("--value is for one record", hint="name one, or give --keep or --other")
    plan = plan_resolve(run.book, [one for path in paths for one in _decided(run, path, field, choice)])
    gone = [change.record for change in plan.changes if change.after is None]
    if gone and not run.options.dry_run:
        run.confirm(f"Delete {', '.join(record.name or record.id for record in gone)} for good?")
    applied(run, plan)


def _decided(run: Any, path: str, field: str | None, choice: Choice | None) -> list[Decision]:
    """What is to become of the conflicts in one file: what the options say, else the answers to what is asked."""
    found = all_aside(run.book, [path])
    what = found[0].id if found else path.rpartition("/")[2].removesuffix(".yaml")
    if choice:
        return [Decision(path, field_meant(found, what, field), choice)]
    wanted = field_meant(found, what, field) if field or not found else None
    return _asked(run, [one for one in found if wanted in (None, one.field)])


def _choice(keep: bool, other: bool, value: str | None) -> Choice | None:
    given = [
        *([Choice("keep")] if keep else []),
        *([Choice("other")] if other else []),
        *([Choice("value", value)] if value is not None else []),
    ]
    if len(given) > 1:
        raise BadRequest("only one of --keep, --other and --value can be meant")
    return given[0] if given else None


def _asked(run: Any, found: list[Aside]) -> list[Decision]:
    """Shows each field with both sides, and asks what is to stand there; an empty answer leaves it as it is."""
    decisions = []
    room, colored = look(run, sys.stderr)
    _print(heading(found[0], room or 80, colored=colored))
    for name, entries in groupby(found, lambda one: one.field):
        sides = list(entries)
        for number, one in enumerate(sides, 1):
            called = f"other {number}" if len(sides) > 1 else "other"
            _print(draw_entry(one, room or 80, colored=colored, other=called))
        choice = _answer(sides)
        if choice:
            decisions.append(Decision(sides[0].path, name, choice))
    return decisions


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(line, file=sys.stderr)


def _answer(sides: list[Aside]) -> Choice | None:
    others = ["o"] if len(sides) == 1 else [f"o{number}" for number in range(1, len(sides) + 1)]
    which = "o other" if len(sides) == 1 else f"o1 to o{len(sides)} one of the others"
    typed = "" if sides[0].field is None else ", v a value of your own"
    while True:
        answer = ask(f"k keep, {which}{typed}, s skip?", "s")
        if answer in ("s", "skip"):
            return None
        if answer in ("k", "keep"):
            return Choice("keep")
        if answer in others:
            return Choice("other", number=others.index(answer))
        if answer in ("v", "value") and typed:
            return Choice("value", ask("Which value?", ""))
