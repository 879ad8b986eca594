"""The command line: nouns and verbs that are built when they are first used, and the one catcher of errors."""

import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command_from_info
from typer.models import CommandInfo

from crm_cli import __version__, kinds
from crm_cli.base.errors import BadRequest, CrmError, Refused
from crm_cli.base.lean import dataclass
from crm_cli.cli import options
from crm_cli.cli.complete import ASK
from crm_cli.cli.session import Session

UsageError: type[Exception] = next(cls for cls in typer.BadParameter.__mro__ if cls.__name__ == "UsageError")
"""Typer vendors Click and does not export this one."""


@dataclass(frozen=True, slots=True)
class Verb:
    """Where a verb's function is, and which sets of options it takes."""

    help: str
    module: str
    function: str = ""
    lists: bool = False
    writes: bool = False
    raw: bool = False


VERBS: dict[str, Verb] = {
    "init": Verb("Make a new book", "init"),
    "clone": Verb("Copy a book from a git remote", "clone"),
    "demo": Verb("Make a sample book to play with", "demo"),
    "show": Verb("Everything about a record", "show", lists=True),
    "brief": Verb("One page to read before a call", "brief", lists=True),
    "timeline": Verb("Everything that happened, newest first", "timeline", lists=True),
    "set": Verb("Change fields: FIELD=VALUE, FIELD+=VALUE, FIELD-=VALUE, FIELD=", "set", "set_", writes=True),
    "tag": Verb("Add and remove tags", "tag", writes=True),
    "edit": Verb("Open records in your editor", "edit", writes=True),
    "rm": Verb("Archive records; --purge removes their files", "rm", writes=True),
    "erase": Verb("Erase a person for good: the right to be forgotten", "erase", writes=True),
    "history": Verb("What was changed, when and by whom", "history", lists=True),
    "restore": Verb("Bring a record back as it was", "restore", writes=True),
    "undo": Verb("Take back the last change", "undo", writes=True),
    "log": Verb("Write down a call, a message, a visit, a note", "log", writes=True),
    "due": Verb("What is due", "due", lists=True),
    "done": Verb("Finish tasks", "done", writes=True),
    "snooze": Verb("Put a task off", "snooze", writes=True),
    "cancel": Verb("Give tasks up", "cancel", writes=True),
    "touch": Verb("Who is slipping away", "touch", lists=True),
    "occasions": Verb("Birthdays and other days to remember", "occasions", lists=True),
    "pipeline": Verb("The pipeline: count and sums by stage", "pipeline", lists=True),
    "move": Verb("Move a deal to another stage", "move", writes=True),
    "remind": Verb("A digest of what is due: to read, by mail, on the desktop", "remind", lists=True),
    "schedule": Verb("Run by itself: crontab lines and systemd units", "schedule"),
    "find": Verb("Search every field and note", "find", lists=True),
    "import": Verb("Take in a CSV or JSON file", "import_", "import_", writes=True),
    "export": Verb("Give out records: json, jsonl, csv, yaml, a calendar", "export", lists=True),
    "apply": Verb("Change many records: one JSON object a line", "apply", "apply_", writes=True),
    "prompt": Verb("What is due in a few characters, for a shell prompt", "prompt"),
    "doctor": Verb("Find what is wrong with the book, and mend it", "doctor", lists=True, writes=True),
    "sync": Verb("Sync the book with a git remote", "sync", writes=True),
    "conflicts": Verb("Values that a sync kept aside, side by side", "conflicts", lists=True),
    "resolve": Verb("Settle what a sync kept aside", "resolve", writes=True),
    "tui": Verb("My day, the pipeline and every record on screens", "tui"),
    "git": Verb("Run git in the book", "git", raw=True),
    "config": Verb("Show and change settings", "config"),
    "completion": Verb("Print the completion script for a shell", "completion"),
    "man": Verb("Print a manual page", "man"),
}
NOUN_VERBS: dict[str, Verb] = {
    "add": Verb("Make a new one", "add", writes=True),
    "list": Verb("List those that a query finds", "list", "list_", lists=True),
    "show": Verb("Everything about one", "show", lists=True),
}
HIDDEN: dict[str, Verb] = {"merge-driver": Verb("Merge one file, for git", "merge_driver", raw=True)}
"""Verbs for other programs, which no help names."""
LATER = frozenset(("lead intake score serve dupes merge mail wa query-email report target").split())
"""Verbs that the command line keeps for what is not built yet."""


class Command(TyperCommand):
    """A verb: its own parameters and the sets of options that it shares with others."""

    verb: Verb

    def get_params(self, ctx: Any) -> list[Any]:
        """All parameters; the shared ones are made when they are needed."""
        return [*super().get_params(ctx), *shared_options(self.verb)]

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """The usage, with arguments as their declarations write them; Typer would put {} around them."""
        given = [param for param in self.get_params(ctx) if param.param_type_name == "argument"]
        return ["[OPTIONS]"] * (not self.verb.raw) + [_usage_of(param) for param in given]


def _usage_of(argument: Any) -> str:
    name = argument.metavar or argument.name.upper()
    return name if argument.required or name.startswith("[") else f"[{name}]"


def shared_options(verb: Verb) -> list[Any]:
    """The shared options of a verb, each once."""
    if verb.raw:
        return []
    found = [*(options.listing() if verb.lists else []), *(options.writing() if verb.writes else [])]
    first = {option.name: option for option in reversed(found)}
    return [*reversed(first.values()), *options.common()]


def command(name: str, verb: Verb, noun: str = "") -> Any:
    """The command of a verb; of a noun's verb it knows which kind it is for."""
    module = import_module(f"crm_cli.cli.commands.{verb.module}")
    if noun and hasattr(module, "for_kind"):
        made = module.for_kind(kinds.KINDS[noun], Command)
    else:
        settings = {"ignore_unknown_options": True, "allow_interspersed_args": False} if verb.raw else {}
        info = CommandInfo(
            name=name,
            cls=Command,
            callback=getattr(module, verb.function or verb.module),
            help=module.HELP if hasattr(module, "HELP") else None,
            context_settings=settings,
            add_help_option=not verb.raw,
        )
        made = get_command_from_info(info, pretty_exceptions_short=False, rich_markup_mode=None)
    made.verb = verb
    made.short_help = verb.help
    return made


class Group(TyperGroup):
    """Commands by name, each imported when it is used."""

    verbs: dict[str, Verb]
    noun: str = ""

    def list_commands(self, _ctx: Any) -> list[str]:
        """Nouns, then verbs."""
        return [*self._nouns(), *self.verbs]

    def _nouns(self) -> list[str]:
        return [] if self.noun else [kind.name for kind in kinds.KINDS.all]

    def offers(self) -> list[tuple[str, str]]:
        """The names of the commands with a line about each, for completion."""
        nouns = [] if self.noun else [(kind.name, kind.doc) for kind in kinds.KINDS.all]
        return [*nouns, *((name, verb.help) for name, verb in self.verbs.items())]

    def get_command(self, _ctx: Any, name: str) -> Any:
        """The command of that name, or None."""
        if name in self.verbs:
            return command(name, self.verbs[name], self.noun)
        if not self.noun and name in HIDDEN:
            return command(name, HIDDEN[name])
        if not self.noun and name in kinds.KINDS.by_name:
            return noun_group(kinds.KINDS.by_name[name].name)
        return None

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As usual; a noun alone asks for a verb."""
        if self.noun and not args and not ctx.resilient_parsing:
            raise BadRequest(
                f"{ctx.command_path} wants a verb: {', '.join(self.verbs)}", hint=f"see {ctx.command_path} --help"
            )
        return super().parse_args(ctx, args)

    def get_params(self, ctx: Any) -> list[Any]:
        """Its own parameters and those of every command."""
        return [*super().get_params(ctx), *options.common()]

    def format_commands(self, _ctx: Any, formatter: Any) -> None:
        """The help: one line each, without importing anything."""
        if not self.noun:
            with formatter.section("Records"):
                formatter.write_dl([(kind.name, f"{kind.doc} add, list, show") for kind in kinds.KINDS.all])
        with formatter.section("Commands"):
            formatter.write_dl([(name, verb.help) for name, verb in self.verbs.items()])

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """As usual, with the nearest name for a typo, and a word for what is not built yet."""
        name = args[0]
        if not self.noun and name in LATER:
            raise BadRequest(f"crm {name} is not built yet", hint="crm --help shows what is")
        if self.get_command(ctx, name) is None and not name.startswith("-") and not ctx.resilient_parsing:
            from crm_cli.base.text import nearest

            near = nearest(name, self.list_commands(ctx))
            hint = f"did you mean {near}?" if near else f"see {ctx.command_path} --help"
            raise BadRequest(f"there is no command {ctx.command_path} {name}", hint=hint)
        return super().resolve_command(ctx, args)


def noun_group(noun: str) -> Group:
    """`crm contact`, `crm deal`, …"""
    made = Group(name=noun, help=kinds.KINDS[noun].doc, rich_markup_mode=None)
    made.verbs, made.noun = NOUN_VERBS, noun
    return made


def _root(ctx: typer.Context) -> None:
    if ctx.invoked_subcommand is None:
        import_module("crm_cli.cli.commands.day").day(ctx.obj)


def _version(ctx: Any, _param: Any, value: Any) -> None:
    if value and not ctx.resilient_parsing:
        print(f"crm {__version__}")
        ctx.exit(0)


def root_group() -> Group:
    """`crm` itself."""
    from typer.core import TyperOption

    info = CommandInfo(name="crm", callback=_root)
    callback = get_command_from_info(info, pretty_exceptions_short=False, rich_markup_mode=None).callback
    version = TyperOption(
        param_decls=["--version"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_version,
        help="The version",
    )
    made = Group(
        name="crm",
        callback=callback,
        params=[version],
        help="A CRM in the terminal: contacts, deals and notes as YAML files in git. Alone it shows your day.",
        invoke_without_command=True,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    made.verbs = VERBS
    return made


def run(words: Sequence[str], screens: Callable[..., int] | None = None) -> int:
    """Runs one command line; the exit code. `screens` is what `crm tui` starts."""
    from crm_cli.cli.output import prepare_streams

    prepare_streams()
    session = Session(screens=screens)
    if ASK in os.environ:
        from crm_cli.cli.completing import answer  # 2 ms, and only a shell asks

        return answer(root_group(), session, words, os.environ)
    try:
        return _catch(session, lambda: _invoke(session, words))
    finally:
        session.close()


def _invoke(session: Session, words: Sequence[str]) -> int:
    try:
        code = root_group().main(args=list(words), prog_name="crm", standalone_mode=False, obj=session)
    except SystemExit as left:
        # Typer leaves with a 1 when the reader of a pipe has gone, which is no failure of ours.
        raise left.__context__ if isinstance(left.__context__, BrokenPipeError) else left from None
    return code if isinstance(code, int) and code else session.code


def _catch(session: Session, work: Callable[[], int]) -> int:
    try:
        return work()
    except CrmError as error:
        return session.complain(error)
    except UsageError as error:
        return session.complain(_usage(error))
    except typer.Abort:
        return 1
    except BrokenPipeError:
        return 0
    except OSError as error:
        return session.complain(Refused(f"{error.filename or 'the output'}: {error.strerror}"))
    except Exception as error:  # the one place where a bug becomes an exit code
        if os.environ.get("CRM_DEBUG"):
            raise
        return session.report_bug(error, sys.argv)


def _usage(error: Any) -> BadRequest:
    path = error.ctx.command_path if error.ctx else "crm"
    return BadRequest(error.format_message().rstrip("."), hint=f"see {path} --help")
