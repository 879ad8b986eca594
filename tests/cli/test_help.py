"""The help of every command: complete, and no wider than 80 columns."""

import re
from pathlib import Path

import pytest

from crm_cli.base.text import width
from crm_cli.cli.said import Options
from crm_cli.cli.session import Session
from crm_cli.cli.tree import root_group
from crm_cli.cli.verbs import NOUN_VERBS, VERBS
from crm_cli.kinds import KINDS
from tests.shell import Shell

NOUNS = [kind.name for kind in KINDS.all]
COMMANDS = [
    (),
    *((verb,) for verb in VERBS),
    *((noun,) for noun in NOUNS),
    *((noun, verb) for noun in NOUNS for verb in NOUN_VERBS),
]
SPOKEN = [words for words in COMMANDS if words != ("git",)]
"""All but git, whose words behind it are git's, --help among them."""


@pytest.mark.parametrize("words", SPOKEN, ids=" ".join)
def test_help_is_for_a_small_terminal(looking: Shell, words: tuple[str, ...]) -> None:
    result = looking.crm(*words, "--help")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(f"Usage: {' '.join(('crm', *words))} [OPTIONS]")
    assert result.out.endswith("\n")
    assert not result.out.endswith("\n\n")
    assert [line for line in result.lines if width(line) > 80 or line != line.rstrip()] == []


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_everything_that_a_command_takes_is_explained(words: tuple[str, ...]) -> None:
    context = root_group().make_context("crm", [], obj=Session(Options(book="/no/book")), resilient_parsing=True)
    for word in words:
        command = context.command.get_command(context, word)
        context = command.make_context(word, [], parent=context, resilient_parsing=True)
    assert context.command.help or context.command.short_help
    params = context.command.get_params(context)
    assert [param.name for param in params if not param.help] == []
    given = [name for param in params for name in param.opts if name.startswith("-")]
    assert sorted(set(given)) == sorted(given), "two options have one name"


def test_the_first_help_names_everything_there_is(empty: Shell) -> None:
    out = empty.ok("--help").out
    assert empty.ok("-h").out == out
    listed = set(re.findall(r"(?m)^  ([a-z]+)  ", out))
    assert listed >= {*NOUNS, *VERBS}


def test_help_needs_no_book(tmp_path: Path) -> None:
    nobody = Shell(tmp_path / "home", tmp_path / "nothing")
    assert "--phone" in nobody.ok("contact add --help").out
    assert "Usage: crm deal" in nobody.ok("deal --help").out


def test_a_noun_alone_asks_for_a_verb_in_a_sentence(empty: Shell) -> None:
    result = empty.crm("contact")
    assert (result.code, result.out) == (2, "")
    assert result.err == "crm: crm contact wants a verb: add, list, show\n  see crm contact --help\n"
