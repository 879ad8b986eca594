"""Makes Typer's parameters and commands of what verbs declare."""

from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Annotated, Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperOption

from crm_cli.cli import options
from crm_cli.cli.commands import add
from crm_cli.cli.declare import Argument, Option, Parameter
from crm_cli.schema.kind import Kind


def typed(function: Callable[..., Any]) -> Callable[..., Any]:
    """A verb's function once more, with parameters that Typer understands."""
    made = FunctionType(function.__code__, function.__globals__, function.__name__, function.__defaults__)
    made.__doc__ = function.__doc__
    made.__annotations__ = {name: _typed(name, known) for name, known in function.__annotations__.items()}
    return made


def _typed(name: str, annotation: Any) -> Any:
    if name == "ctx":
        return typer.Context
    declared = getattr(annotation, "__metadata__", (None,))[0]
    if isinstance(declared, Argument):
        info = typer.Argument(metavar=declared.metavar, help=declared.help, autocompletion=declared.autocompletion)
        return Annotated[annotation.__origin__, info]
    if isinstance(declared, Option):
        option = typer.Option(
            *declared.names, metavar=declared.metavar, help=declared.help, autocompletion=declared.autocompletion
        )
        return Annotated[annotation.__origin__, option]
    return annotation


def shared_options(shared: Mapping[str, Option]) -> list[TyperOption]:
    """Options whose values go to the session."""
    return [_option(f"_{name}", option, callback=_into(name), expose_value=False) for name, option in shared.items()]


def _into(name: str) -> Callable[..., Any]:
    """A callback that notes a given option in the session."""

    def note(ctx: Any, _param: Any, value: Any) -> Any:
        if value not in (None, False, ()):
            options.note(ctx.find_root().obj, name, value)
        return value

    return note


def _option(name: str, option: Option, **facts: Any) -> TyperOption:
    return TyperOption(
        param_decls=[name, *option.names],
        metavar=option.metavar,
        is_flag=option.metavar is None or None,
        help=option.help,
        default=None,
        autocompletion=option.autocompletion,
        **facts,
    )


def adding(kind: Kind, base: type[TyperCommand]) -> TyperCommand:
    """The add command of a kind; dotted options are read before the parser sees them."""

    class Add(base):  # type: ignore[valid-type,misc]
        params: list[Any]

        def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
            ctx.meta["dotted"] = [] if ctx.resilient_parsing else list(add.take_dotted(args))
            left: list[str] = super().parse_args(ctx, args)
            return left

        def get_params(self, ctx: Any) -> list[Any]:
            if not self.params:
                declared = add.declared(kind, add.settings_of(ctx.find_root().obj))
                self.params = [_parameter(name, parameter) for name, parameter in declared.items()]
            every: list[Any] = super().get_params(ctx)
            return every

        def invoke(self, ctx: Any) -> None:
            add.add(ctx.find_root().obj, kind, ctx.params, ctx.meta["dotted"])

    return Add(name="add", help=f"Makes a new {kind.name} and prints its id.", rich_markup_mode=None)


def _parameter(name: str, parameter: Parameter) -> Any:
    declared = parameter.declared
    if isinstance(declared, Option):
        return _option(name, declared, multiple=parameter.many)
    return TyperArgument(param_decls=[name], metavar=declared.metavar, required=parameter.required, help=declared.help)
