"""Typer's part of the command line: nouns and verbs that are built when they are first used, with help and completion.

It reads every command line that `direct` leaves: those with a mistake, a question, or a spelling of its own.
"""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command_from_info
from typer.models import CommandInfo

from crm_cli import __version__, kinds
from crm_cli.base.errors import BadRequest
from crm_cli.cli import options
from crm_cli.cli.session import Session
from crm_cli.cli.typed import adding, shared_options, typed
from crm_cli.cli.verbs import HIDDEN, LATER, NOUN_VERBS, VERBS, Verb

UsageError: type[Exception] = next(cls for cls in typer.BadParameter.__mro__ if cls.__name__ == "UsageError")
"""Typer vendors Click and does not export this one."""


class Command(TyperCommand):
    """A verb: its own parameters and the sets of options that it shares with others."""

    verb: Verb

    def get_params(self, ctx: Any) -> list[Any]:
        """All parameters; the shared ones are made when they are needed."""
        return [*super().get_params(ctx), *shared_options(options.shared(self.verb))]

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """The usage, with arguments as their declarations write them; Typer would put {} around them."""
        given = [param for param in self.get_params(ctx) if param.param_type_name == "argument"]
        return ["[OPTIONS]"] * (not self.verb.raw) + [_usage_of(param) for param in given]


def _usage_of(argument: Any) -> str:
    name = argument.metavar or argument.name.upper()
    return name if argument.required or name.startswith("[") else f"[{name}]"


def command(name: str, verb: Verb, noun: str = "") -> Any:
    """The command of a verb; of a noun's verb it knows which kind it is for."""
    module = import_module(f"crm_cli.cli.commands.{verb.module}")
    made: Any
    if noun and hasattr(module, "declared"):
        made = adding(kinds.KINDS[noun], Command)
    else:
        settings = {"ignore_unknown_options": True, "allow_interspersed_args": False} if verb.raw else {}
        info = CommandInfo(
            name=name,
            cls=Command,
            callback=typed(getattr(module, verb.function or verb.module)),
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

    def invoke(self, ctx: Any) -> Any:
        """As usual; the run hears of the noun."""
        if self.noun:
            ctx.find_root().obj.noun = self.noun
        return super().invoke(ctx)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As usual; a noun alone asks for a verb."""
        if self.noun and not args and not ctx.resilient_parsing:
            raise BadRequest(
                f"{ctx.command_path} wants a verb: {', '.join(self.verbs)}", hint=f"see {ctx.command_path} --help"
            )
        return super().parse_args(ctx, args)

    def get_params(self, ctx: Any) -> list[Any]:
        """Its own parameters and those of every command."""
        return [*super().get_params(ctx), *shared_options(options.common())]

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


def invoke(session: Session, words: Sequence[str]) -> int:
    """Runs one command line; the exit code, or what Typer says about it as an error of ours."""
    try:
        code = root_group().main(args=list(words), prog_name="crm", standalone_mode=False, obj=session)
    except SystemExit as left:
        # Typer leaves with a 1 when the reader of a pipe has gone, which is no failure of ours.
        raise left.__context__ if isinstance(left.__context__, BrokenPipeError) else left from None
    except UsageError as error:
        raise _usage(error) from None
    except typer.Abort:
        return 1
    return code if isinstance(code, int) and code else session.code


def _usage(error: Any) -> BadRequest:
    path = error.ctx.command_path if error.ctx else "crm"
    return BadRequest(error.format_message().rstrip("."), hint=f"see {path} --help")
