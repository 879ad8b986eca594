"""crm NOUN add: a new record; its options come from the fields of the kind."""

from collections.abc import Iterator, Sequence
from typing import Any

from typer.core import TyperArgument, TyperCommand, TyperOption

from crm_cli.base.errors import BadRequest, CrmError
from crm_cli.cli import complete
from crm_cli.cli.params import field_option, option_fields
from crm_cli.cli.receipts import applied
from crm_cli.cli.session import Session
from crm_cli.schema.kind import Kind
from crm_cli.schema.plan import Plan
from crm_cli.services.assign import Assignment
from crm_cli.services.duplicates import check_new
from crm_cli.services.records import new_record


def for_kind(kind: Kind, base: type[TyperCommand]) -> TyperCommand:
    """The add command of a kind; `--custom.NAME` and other dotted options are read before the parser sees them."""

    class Add(base):  # type: ignore[valid-type,misc]
        params: list[Any]

        def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
            ctx.meta["dotted"] = [] if ctx.resilient_parsing else list(_take_dotted(args))
            left: list[str] = super().parse_args(ctx, args)
            return left

        def get_params(self, ctx: Any) -> list[Any]:
            if not self.params:
                self.params = _params(kind, ctx)
            every: list[Any] = super().get_params(ctx)
            return every

        def invoke(self, ctx: Any) -> None:
            add(ctx.find_root().obj, kind, ctx.params, ctx.meta["dotted"])

    return Add(name="add", help=f"Makes a new {kind.name} and prints its id.", rich_markup_mode=None)


def _params(kind: Kind, ctx: Any) -> list[Any]:
    settings = _settings(ctx.find_root().obj)
    name = TyperArgument(
        param_decls=["name"], metavar="NAME", required=_named(kind), help=kind.by_name["name"].doc.capitalize()
    )
    allow = TyperOption(
        param_decls=["--allow-duplicate"],
        is_flag=True,
        help="Even if another record has the same tax id",
        default=False,
    )
    made = [field_option(field, settings) for field in option_fields(kind.fields)]
    custom = [
        TyperOption(
            param_decls=[f"custom_{i}", f"--custom.{field.name}"],
            help=_custom_help(field),
            metavar="VALUE",
            autocompletion=complete.words(*field.choices),
        )
        for i, field in enumerate(settings.custom(kind.name).values() if settings else ())
    ]
    return [name, *made, *custom, allow]


def _settings(session: Any) -> Any:
    """The settings of the book, for help and choices; none where there is no book."""
    try:
        return session.book.settings if isinstance(session, Session) else None
    except CrmError:
        return None


def _custom_help(field: Any) -> str:
    return f"{field.type}{': ' + ', '.join(field.choices) if field.choices else ''}{', required' * field.required}"


def _named(kind: Kind) -> bool:
    return not kind.by_name["name"].computed


def _take_dotted(args: list[str]) -> Iterator[Assignment]:
    """Takes `--custom.NAME VALUE`, `--consent.whatsapp=yes`, `--phones.mobile VALUE` out of the words."""
    at = 0
    while at < len(args) and args[at] != "--":
        word = args[at]
        name, equals, value = word[2:].partition("=")
        if not word.startswith("--") or "." not in name or not name[0].isalpha():
            at += 1
            continue
        if not equals and at + 1 >= len(args):
            raise BadRequest(f"{word} wants a value")
        value = value if equals else args[at + 1]
        del args[at : at + (1 if equals else 2)]
        yield Assignment(tuple(name.replace("-", "_", name.partition(".")[0].count("-")).split(".")), "=", value)


def add(session: Session, kind: Kind, params: dict[str, Any], dotted: Sequence[Assignment]) -> None:
    """Makes the record."""
    book = session.book
    given = [*_assignments(kind, params), *dotted]
    change = new_record(book, kind, given)
    warnings = check_new(book, change.record, allow=bool(params.get("allow_duplicate")))
    applied(session, Plan("add", (change,), tuple(warnings)), created=True)


def _assignments(kind: Kind, params: dict[str, Any]) -> Iterator[Assignment]:
    name = params.get("name")
    if name:
        yield Assignment(("name" if _named(kind) else "subject",), "=", name)
    for field in option_fields(kind.fields):
        value = params.get(field.name)
        if field.many:
            for text in value or ():
                yield Assignment((field.name,), "+=", text)
        elif value is not None:
            yield Assignment((field.name,), "=", value)
