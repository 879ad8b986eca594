"""Manual pages: a walk over the commands and the kinds, written as roff."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from crm_cli import __version__
from crm_cli.schema.kind import Kind

EXIT_CODES = (
    (0, "done; nothing due and nothing found are also 0"),
    (1, "the answer is no: doctor found errors, --exit-code and nothing found, a no to a question"),
    (2, "the command, a query or a date is not understood"),
    (3, "not found"),
    (4, "a reference that could be several records"),
    (5, "invalid data; nothing was written"),
    (6, "done, but values were kept aside"),
    (7, "no book, or one that cannot be written now"),
    (8, "the remote could not be reached or refused"),
    (9, "done, but some records or rows could not be read whole: the answer is incomplete"),
    (70, "a bug; a report is written and named"),
    (75, "another process writes: try again"),
    (130, "ended by Ctrl-C; 129 by a hang-up, 143 by kill"),
)
ENVIRONMENT = (
    ("CRM_RECORDS", "The book, where neither -C names one nor the current directory is in one."),
    ("CRM_USER", "Who works: a key of the users of the book."),
    ("CRM_NOW", "A moment that stands for now, such as 2026-11-20T10:00."),
    ("CRM_PAGER", "The pager; cat for none. Then come the config and PAGER."),
    ("CRM_DEBUG", "Shows the whole traceback of a bug."),
    ("NO_COLOR, FORCE_COLOR", "Colour never, or always; --color comes first."),
    ("VISUAL, EDITOR", "The editor, where the config names none."),
)
FILES = (
    ("crm.yaml", "Makes a directory a book, and holds its settings."),
    ("~/.config/crm/config.yaml", "Your own settings: see crm config."),
    ("~/.cache/crm", "What can be made again: the index of each book."),
)

_SPECIAL = {"\\": "\\e", "-": "\\-", "'": "\\(aq", "`": "\\(ga", "^": "\\(ha", "~": "\\(ti", '"': "\\(dq"}


def escape(text: str) -> str:
    """Text that roff prints as it is: no character is an order, none becomes a typographic one."""
    plain = "".join(_SPECIAL.get(char, char) for char in text)
    return re.sub(r"(?m)^(?=\.)", r"\\&", plain)


def page_names(root: Any) -> list[str]:
    """The names of all pages: crm, contact, contact-add, log, …"""
    names = ["crm"]
    for name in root.command.list_commands(root):
        names.append(name)
        command = root.command.get_command(root, name)
        if hasattr(command, "list_commands"):
            names += [f"{name}-{verb}" for verb in command.list_commands(root)]
    return names


def page(root: Any, name: str, kinds: Sequence[Kind]) -> str:
    """The page of that name as roff; `root` is the context of crm itself."""
    context = root
    for word in [] if name == "crm" else name.split("-"):
        command = context.command.get_command(context, word)
        context = command.make_context(word, [], parent=context, resilient_parsing=True)
    return "\n".join(_page(context, kinds)) + "\n"


def _page(context: Any, kinds: Sequence[Kind]) -> Iterator[str]:
    command, path = context.command, context.command_path
    group = hasattr(command, "offers")
    kind = next((kind for kind in kinds if group and kind.name == command.name), None)
    title = path.replace(" ", "-")
    doc = command.short_help or command.help or ""
    yield f'.TH "{escape(title.upper())}" 1 "" "crm {__version__}" "crm"'
    yield from _section("NAME", f"{escape(title)} \\- {escape(doc.split(': ')[0].rstrip('.'))}")
    yield ".SH SYNOPSIS"
    yield f".B {escape(path)}"
    yield escape(" ".join(command.collect_usage_pieces(context)))
    yield from _section("DESCRIPTION", *_paragraphs(command.help or doc))
    if group:
        yield from _list("COMMANDS", [(f"{path} {name}", text) for name, text in command.offers()])
    if kind:
        yield from _fields(kind)
    params = command.get_params(context)
    yield from _list(
        "ARGUMENTS",
        [(param.metavar or param.name.upper(), param.help or "") for param in params if _is_argument(param)],
    )
    yield from _list("OPTIONS", [(_names(param), param.help or "") for param in params if not _is_argument(param)])
    if title == "crm":
        yield from _list("EXIT STATUS", [(str(code), text) for code, text in EXIT_CODES])
        yield from _list("ENVIRONMENT", ENVIRONMENT)
        yield from _list("FILES", FILES)
    yield from _section("SEE ALSO", _see_also(context))


def _is_argument(param: Any) -> bool:
    return bool(param.param_type_name == "argument")


def _names(option: Any) -> str:
    names = ", ".join(sorted(option.opts, key=len))
    return names if option.is_flag else f"{names} {option.metavar or 'TEXT'}"


def _fields(kind: Kind) -> Iterator[str]:
    """The fields of a kind, and what is worked out, which queries and columns may name."""
    stored = [(f"{field.name} ({field.type})", field.doc) for field in kind.stored]
    worked_out = [(f"{one.name} ({one.type})", one.doc) for one in kind.shown]
    yield from _list("FIELDS", stored)
    yield from _list("WORKED OUT", worked_out)


def _see_also(context: Any) -> str:
    words = context.command_path.split(" ")
    above = ["-".join(words[:count]) for count in range(1, len(words))]
    return ", ".join(f"\\fB{escape(name)}\\fR(1)" for name in above or ["crm-contact-add", "crm-log", "crm-due", "git"])


def _section(heading: str, *lines: str) -> Iterator[str]:
    yield f".SH {heading}"
    yield from lines


def _paragraphs(text: str) -> Iterator[str]:
    for number, paragraph in enumerate(text.strip().split("\n\n")):
        if number:
            yield ".PP"
        yield escape(" ".join(paragraph.split()))


def _list(heading: str, rows: Sequence[tuple[str, str]]) -> Iterator[str]:
    if rows:
        yield f".SH {heading}"
    for name, text in rows:
        yield from (".TP", f".B {escape(name)}", escape(text) or "\\&")
