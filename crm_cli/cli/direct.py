"""Reads the command lines that are plainly spelt, which are nearly all, without Typer: that is a quarter of a list.

It knows the same declarations. Whatever it does not understand (a typo, --help, `-qv`, a value that begins with a dash)
goes to Typer, which says what is wrong; so it has no words of its own, and never guesses.
"""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

from crm_cli.cli import options
from crm_cli.cli.declare import Option, Parameter, parameters
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import NOUN_VERBS, VERBS, Verb
from crm_cli.kinds import KINDS

Given = list[tuple[str, Any]]
"""Options that were given, those of the root first; of one that is repeated in one place the last one counts."""


class _Unclear(Exception):
    """Typer is to read this one."""


def understood(words: Sequence[str]) -> Callable[[Session], int] | None:
    """What runs this command line and gives the exit code; None where it takes Typer to read it."""
    try:
        return _read(list(words))
    except _Unclear:
        return None


def _read(left: list[str]) -> Callable[[Session], int]:
    said, noun = Given(), ""
    name = _first(left, said)
    if name and name not in VERBS and name in KINDS.by_name:
        noun = KINDS.by_name[name].name
        name = _first(left, said)
    alone = name is None and not noun
    verb = Verb("My day", "day") if alone else (NOUN_VERBS if noun else VERBS).get(name or "")
    if verb is None or verb.raw or not verb.direct:
        raise _Unclear
    module = import_module(f"crm_cli.cli.commands.{verb.module}")
    work: Callable[..., Any]
    if noun and hasattr(module, "declared"):
        kind, dotted = KINDS[noun], list(module.take_dotted(left))
        given = _values(left, module.declared(kind, None), verb, said)

        def work(session: Session) -> Any:
            return module.add(session, kind, given, dotted)
    else:
        function = getattr(module, verb.function or verb.module)
        given = _values(left, parameters(function), verb, said)

        def work(session: Session) -> Any:
            return function(session, **given)

    return lambda session: _run(session, noun, said, work)


def _run(session: Session, noun: str, said: Given, work: Callable[[Session], Any]) -> int:
    session.noun = noun
    for name, value in said:
        options.note(session, name, value)
    code = work(session)
    return code if isinstance(code, int) and code else session.code


def _first(left: list[str], said: Given) -> str | None:
    """The first word behind the options of every command, which go to `said`."""
    known, found = _named(options.common()), dict[str, Any]()
    while left and left[0].startswith("-"):
        name, value = _option(left.pop(0), left, known)
        found[name] = value
    said += found.items()
    return left.pop(0) if left else None


def _values(left: list[str], declared: Mapping[str, Parameter], verb: Verb, said: Given) -> dict[str, Any]:
    """The values of a verb's own parameters; its shared options go to `said`."""
    shared = _named(options.shared(verb))
    own = _named({name: one.declared for name, one in declared.items() if isinstance(one.declared, Option)})
    words, values, found = list[str](), dict[str, Any](), dict[str, Any]()
    while left:
        word = left.pop(0)
        if word == "-" or not word.startswith("-"):
            words.append(word)
            continue
        if word.partition("=")[0] in shared:
            name, value = _option(word, left, shared)
            found[name] = value
            continue
        name, value = _option(word, left, own)
        if declared[name].many:
            values.setdefault(name, []).append(value)
        else:
            values[name] = value
    said += found.items()
    if any(one.required and name not in values for name, one in declared.items() if isinstance(one.declared, Option)):
        raise _Unclear
    return values | _placed(words, declared)


def _placed(words: list[str], declared: Mapping[str, Parameter]) -> dict[str, Any]:
    """The words by their places: one each, and the rest for the last where it takes many."""
    values = dict[str, Any]()
    for name, parameter in declared.items():
        if isinstance(parameter.declared, Option):
            continue
        taken = words[:] if parameter.many else words[:1]
        del words[: len(taken)]
        if taken:
            values[name] = taken if parameter.many else taken[0]
        elif parameter.required:
            raise _Unclear
    if words:
        raise _Unclear
    return values


Named = Mapping[str, tuple[str, Option]]
"""Options, with what they are called in the program, by what they are called on the command line."""


def _named(known: Mapping[str, Option]) -> Named:
    return {spelt: (name, option) for name, option in known.items() for spelt in option.names}


def _option(word: str, left: list[str], known: Named) -> tuple[str, Any]:
    """The option that a word and perhaps the next one give."""
    spelt, equals, value = word.partition("=")
    if spelt not in known or (equals and not spelt.startswith("--")):
        raise _Unclear
    name, option = known[spelt]
    if option.metavar is None:
        if equals:
            raise _Unclear
        return name, True
    if not equals:
        if not left or left[0].startswith("-"):
            raise _Unclear
        value = left.pop(0)
    return name, value
