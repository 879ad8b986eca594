"""crm NOUN add: a new record; its options come from the fields of the kind."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from crm_cli.base.errors import BadRequest, CrmError
from crm_cli.base.lean import replace
from crm_cli.cli import complete
from crm_cli.cli.declare import Argument, Option, Parameter
from crm_cli.cli.params import field_option, option_fields
from crm_cli.cli.receipts import applied
from crm_cli.cli.session import Session
from crm_cli.schema.kind import Kind
from crm_cli.schema.plan import Plan
from crm_cli.schema.settings import Settings
from crm_cli.services.assign import Assignment
from crm_cli.services.records import checked, new_record


def declared(kind: Kind, settings: Settings | None) -> dict[str, Parameter]:
    """What `add` takes for a kind; the settings add the custom fields of the book and the choices in the help."""
    name = Argument(metavar="NAME", help=kind.by_name["name"].doc.capitalize())
    made = {"name": Parameter(name, required=_named(kind))}
    made |= {field.name: field_option(field, settings) for field in option_fields(kind.fields)}
    for i, field in enumerate(settings.custom(kind.name).values() if settings else ()):
        offers = complete.words(*field.choices)
        option = Option(f"--custom.{field.name}", help=_custom_help(field), metavar="VALUE", autocompletion=offers)
        made[f"custom_{i}"] = Parameter(option)
    allow = Option("--allow-duplicate", help="Even if another record has the same tax id")
    return made | {"allow_duplicate": Parameter(allow)}


def settings_of(session: Any) -> Any:
    """The settings of the book, for help and choices; none where there is no book."""
    try:
        return session.book.settings if isinstance(session, Session) else None
    except CrmError:
        return None


def _custom_help(field: Any) -> str:
    return f"{field.type}{': ' + ', '.join(field.choices) if field.choices else ''}{', required' * field.required}"


def _named(kind: Kind) -> bool:
    return not kind.by_name["name"].computed


def take_dotted(args: list[str]) -> Iterator[Assignment]:
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
    given = [*_assignments(kind, params), *_repeated(book.settings, kind, dotted)]
    change = new_record(book, kind, given)
    warnings = checked(book, change.record, allow=bool(params.get("allow_duplicate")))
    applied(session, Plan("add", (change,), tuple(warnings)), created=True)


def _repeated(settings: Settings, kind: Kind, dotted: Sequence[Assignment]) -> Iterator[Assignment]:
    """A custom field that is a list and is given more than once has each value as an item."""
    custom, times = settings.custom(kind.name), Counter(one.path for one in dotted)
    for one in dotted:
        field = custom.get(one.path[1]) if one.path[0] == "custom" and len(one.path) == 2 else None
        yield replace(one, sign="+=") if field and field.type == "list" and times[one.path] > 1 else one


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
