"""What verbs take, declared without Typer: `direct` reads plain lines by it, `typed` makes Typer's own of it."""

from collections.abc import Callable, Mapping
from typing import Any

from crm_cli.base.lean import dataclass
from crm_cli.cli.complete import Completer

Called = Any
"""What a verb is called with; `params.session` finds the run in it."""


@dataclass(frozen=True)
class Argument:
    """A word by its place."""

    metavar: str | None = None
    help: str = ""
    autocompletion: Completer | None = None


class Option:
    """What is given by a name; a flag where there is no metavar."""

    def __init__(
        self, *names: str, help: str = "", metavar: str | None = None, autocompletion: Completer | None = None
    ) -> None:
        self.names = names
        self.help = help
        self.metavar = metavar
        self.autocompletion = autocompletion


@dataclass(frozen=True)
class Parameter:
    """What a function declares about one of its parameters; `many` words become a list."""

    declared: Argument | Option
    many: bool = False
    required: bool = False


def parameters(function: Callable[..., Any]) -> Mapping[str, Parameter]:
    """The declared parameters of a verb's function by name, in order; the first is its context, and none of them."""
    # What `inspect` and `typing` would say as well, for 11 ms of imports.
    code, defaults = function.__code__, function.__defaults__ or ()
    names = code.co_varnames[: code.co_argcount]
    required = names[: len(names) - len(defaults)]
    found = {name: function.__annotations__[name] for name in names[1:]}
    return {name: Parameter(a.__metadata__[0], _is_many(a.__origin__), name in required) for name, a in found.items()}


def _is_many(annotation: Any) -> bool:
    """Whether it is `list[…]`, or that or None."""
    return any(getattr(part, "__origin__", None) is list for part in (annotation, *getattr(annotation, "__args__", ())))
