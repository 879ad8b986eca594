"""Reading plain command lines directly: what is understood means the same to Typer, and the rest is left to it."""

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_cli.base.errors import BadRequest
from crm_cli.cli import options
from crm_cli.cli.commands import add
from crm_cli.cli.declare import Option, parameters
from crm_cli.cli.direct import understood
from crm_cli.cli.session import Session
from crm_cli.cli.tree import invoke
from crm_cli.cli.verbs import NOUN_VERBS, VERBS, Verb
from crm_cli.kinds import KINDS

Seen = list[tuple[str, dict[str, Any]]]
DIRECT = {name: verb for name, verb in VERBS.items() if verb.direct and not verb.raw}


def stand_in(name: str, function: Callable[..., Any], seen: Seen) -> Callable[..., Any]:
    """A function with the same parameters that notes what it is called with."""
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    space: dict[str, Any] = {"note": lambda _ctx, values: seen.append((name, values))}
    exec(f"def made({', '.join(names)}):\n    note({names[0]}, dict(locals()))", space)
    made: Callable[..., Any] = space["made"]
    made.__annotations__, made.__defaults__ = function.__annotations__, function.__defaults__
    return made


@pytest.fixture(scope="module")
def seen() -> Iterator[Seen]:
    """What verbs were called with, in place of being carried out."""
    found: Seen = []
    with pytest.MonkeyPatch.context() as patch:
        for name, verb in {**VERBS, **NOUN_VERBS, "day": Verb("", "day")}.items():
            module = import_module(f"crm_cli.cli.commands.{verb.module}")
            attribute = verb.function or verb.module
            if verb.direct and not verb.raw and name != "add":
                patch.setattr(module, attribute, stand_in(attribute, getattr(module, attribute), found))
        patch.setattr(add, "add", lambda _session, kind, *what: found.append((f"add {kind.name}", _added(*what))))
        yield found


def _added(params: dict[str, Any], dotted: Any) -> dict[str, Any]:
    return {**params, "dotted": [(one.path, one.text) for one in dotted]}


def outcome(run: Callable[[Session], int], seen: Seen) -> Any:
    """What a reading of the words amounts to: the verb and its values, the noun, the options; or the complaint."""
    session = Session()
    seen.clear()
    try:
        code = run(session)
    except BadRequest as error:
        return error.message
    [(name, values)] = seen
    given = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
    # What was left out is None, or False, or no words.
    return code, name, session.noun, {k: v for k, v in given.items() if v and k not in ("ctx", "run")}, session.options


WORDS = st.sampled_from(["asha", "stage=won", "tag:vip", "-", "", "=", "auto", "2w", "शर्मा", "a b", "won"])
ODD = st.sampled_from(["--", "-qv", "-Cx", "--help", "-C=x", "--color", "--quiet=1", "--nothing", "-x", "--color=red"])


@st.composite
def lines(draw: st.DrawFn) -> list[str]:
    """A line for some verb: its own options and words, sometimes something odd."""
    noun = draw(st.sampled_from(["", *(kind.name for kind in KINDS.all)]))
    name = draw(st.sampled_from(list(NOUN_VERBS if noun else DIRECT)))
    verb = (NOUN_VERBS if noun else DIRECT)[name]
    module = import_module(f"crm_cli.cli.commands.{verb.module}")
    own = (
        add.declared(KINDS[noun], None)
        if name == "add" and noun
        else parameters(getattr(module, verb.function or verb.module))
    )
    known = [*options.shared(verb).values(), *(p.declared for p in own.values() if isinstance(p.declared, Option))]
    parts: list[list[str]] = []
    for option in draw(st.lists(st.sampled_from(known), max_size=4)):
        spelt = draw(st.sampled_from(option.names))
        value = draw(WORDS)
        wanted = [[spelt, value], [f"{spelt}={value}"]] if option.metavar else [[spelt]]
        parts.append(draw(st.sampled_from(wanted)))
    parts += [[word] for word in draw(st.lists(st.one_of(WORDS, WORDS, WORDS, ODD), max_size=3))]
    parts = draw(st.permutations(parts))
    before = draw(st.sampled_from([[], [], ["-q"], ["-C", "x"], ["--no-input", "--color", "never"]]))
    return [*before, *([noun] if noun else []), name, *(word for part in parts for word in part)]


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=lines())
def test_what_is_understood_means_the_same_to_typer(seen: Seen, words: list[str]) -> None:
    run = understood(words)
    if run is not None:
        assert outcome(run, seen) == outcome(lambda session: invoke(session, words), seen)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "-C x",
        "contact list",
        "contact list tag:vip --json",
        "deal list --where stage=won -o csv",
        "show asha",
        "contact show asha sharma -",
        "due --within=2w",
        "find shah",
        "set asha title=Owner tags+=vip",
        "log call asha wants --next fri",
        "move website won --reason price",
        "-q done call -n",
    ],
)
def test_plain_lines_are_understood(line: str) -> None:
    assert understood(line.split()) is not None


def test_fields_of_a_new_record_are_understood(seen: Seen) -> None:
    words = "contact add Asha --phone 1 --phones=2 --title T --custom.allergy nuts --allow-duplicate".split()
    run = understood(words)
    assert run is not None
    _code, name, noun, values, _options = outcome(run, seen)
    assert (name, noun) == ("add contact", "contact")
    assert values == {
        "name": "Asha",
        "phones": ["1", "2"],
        "title": "T",
        "dotted": [(("custom", "allergy"), "nuts")],
        "allow_duplicate": True,
    }


@pytest.mark.parametrize(
    "line",
    [
        "--help",
        "-h",
        "--version",
        "contact",
        "contact frobnicate",
        "frobnicate",
        "show",
        "show --help",
        "contact list -qv",
        "contact list --wher x",
        "contact list --where",
        "contact list --where -x",
        "contact list -- -x",
        "contact list --json=yes",
        "contact list -o=csv",
        "move website",
        "move website won lost",
        "restore asha",
        "man",
        "completion bash",
        "git status",
    ],
)
def test_the_rest_is_left_to_typer(line: str) -> None:
    assert understood(line.split()) is None


def test_an_empty_word_is_no_command() -> None:
    assert understood([""]) is None
    assert understood(["contact", ""]) is None


def test_every_flag_is_a_yes_or_no_and_nothing_else_is() -> None:
    """`direct` tells flags by their having no metavar, Typer by their type."""
    for verb in DIRECT.values():
        function = getattr(import_module(f"crm_cli.cli.commands.{verb.module}"), verb.function or verb.module)
        for name, parameter in parameters(function).items():
            flag = isinstance(parameter.declared, Option) and parameter.declared.metavar is None
            assert flag == (function.__annotations__[name].__origin__ is bool), (verb, name)
