"""The arguments that several verbs share, with their completion; and the option that each field of a kind becomes."""

from collections.abc import Sequence
from typing import Annotated, Any

from crm_cli.cli import complete
from crm_cli.cli.declare import Argument, Called, Option, Parameter
from crm_cli.cli.session import Session
from crm_cli.schema.field import Field
from crm_cli.schema.settings import Settings

Ref = Annotated[str, Argument(metavar="REF", help="A record", autocompletion=complete.refs)]
Refs = Annotated[
    list[str],
    Argument(metavar="REF ...", help="Records; - reads them from stdin", autocompletion=complete.refs),
]
Query = Annotated[
    list[str] | None,
    Argument(metavar="[QUERY ...]", help="Which ones: stage:won tag:vip sharma", autocompletion=complete.query),
]
Where = Annotated[str | None, Option("--where", metavar="EXPR", help="A condition with and, or, not and parentheses")]

METAVARS = {
    "text": "TEXT",
    "long": "TEXT",
    "choice": "CHOICE",
    "email": "EMAIL",
    "phone": "PHONE",
    "url": "URL",
    "link": "REF",
    "date": "WHEN",
    "moment": "WHEN",
    "partial": "DAY",
    "money": "AMOUNT",
    "number": "NUMBER",
    "integer": "NUMBER",
    "bool": "YES|NO",
    "duration": "6w",
    "recurrence": "2w",
    "list": "TEXT",
    "links": "REF",
    "address": "STREET",
}
"""Every value type: what stands for a value in the help."""

NOT_OPTIONS = frozenset(("name", "conflicts", "merged_into", "archived"))


def option_fields(fields: Sequence[Field]) -> list[Field]:
    """The fields of a kind that can be given as an option; maps by key are taken as `--custom.NAME`."""
    return [f for f in fields if f.type != "maps" and not f.mapping and not f.computed and f.name not in NOT_OPTIONS]


def field_option(field: Field, settings: Settings | None) -> Parameter:
    """The option of a field: singular, repeatable for lists; the plural is accepted."""
    kind_of = field.item if field.type == "labelled" else "choice" if field.choices else field.type
    choices = settings.choices(field.choices) if settings and field.choices else ()
    names = [f"--{field.one.replace('_', '-')}"]
    if field.one != field.name:
        names.append(f"--{field.name.replace('_', '-')}")
    help = field.doc + (f" ({', '.join(choices)})" if choices else "") + ("; repeatable" if field.many else "")
    help = help[:1].upper() + help[1:]
    option = Option(*names, metavar=METAVARS[kind_of], help=help, autocompletion=complete.for_field(field))
    return Parameter(option, many=field.many)


def session(ctx: Called) -> Any:
    """The session of a run: Typer's context leads to it, a line that was read directly hands it on."""
    return ctx if isinstance(ctx, Session) else ctx.find_root().obj
