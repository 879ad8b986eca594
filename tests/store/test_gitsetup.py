"""What a copy's own git is told once: how the driver's command is spelled, and what is left as somebody set it."""

import os
import shlex
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest

from crm_cli.store import gitsetup
from crm_cli.store.git import GitFailed, open_git
from crm_cli.store.support import configuration

WORDS = "merge-driver %O %A %B %P || git merge-file -L ours -L base -L theirs %A %O %B"


def configured(book: Path) -> dict[str, str]:
    return configuration(open_git(book))


def forget(book: Path) -> None:
    """As a copy that `git clone` made."""
    place = book / ".git/config"
    place.write_text(place.read_text().partition("[merge")[0])
    (book / ".git/info/attributes").unlink()


def test_a_place_with_blanks_quotes_and_percent_signs_reaches_the_shell_whole(tmp_path: Path) -> None:
    program = tmp_path / "it's 100% mine" / "crm"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho "$@" > "$0.said"\n')
    program.chmod(0o700)
    given = gitsetup.driver([str(program)]).replace("%%", "%").replace("%P", "'a b'").replace("%O", "o")
    subprocess.run(["sh", "-c", given], check=True, env={"PATH": os.environ["PATH"]})
    assert (program.parent / "crm.said").read_text() == "merge-driver o %A %B a b\n"


def test_the_program_is_the_one_that_was_started_if_it_is_called_crm(tmp_path: Path, book: Path) -> None:
    program = tmp_path / "crm"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o700)
    forget(book)
    with mock.patch.object(sys, "argv", [str(program)]):
        gitsetup.ensure(open_git(book), configured(book))
    assert configured(book)["merge.crm.driver"] == f"{program} {WORDS}"


@pytest.mark.parametrize("started", ["crm", "pytest", "/nowhere/crm"])
def test_else_it_is_python_with_this_package_and_nothing_from_the_directory(book: Path, started: str) -> None:
    forget(book)
    with mock.patch.object(sys, "argv", [started]), mock.patch.object(sys, "executable", "/opt/python"):
        gitsetup.ensure(open_git(book), configured(book))
    assert configured(book)["merge.crm.driver"] == f"/opt/python -P -m crm_cli {WORDS}"


def test_a_program_in_the_book_is_never_taken(book: Path) -> None:
    program = book / "crm"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o700)
    forget(book)
    with mock.patch.object(sys, "argv", [str(program)]):
        gitsetup.ensure(open_git(book), configured(book))
    assert not shlex.split(configured(book)["merge.crm.driver"])[0].startswith(str(book))


def test_what_somebody_set_stays_and_what_is_there_is_looked_at_without_a_process(book: Path) -> None:
    forget(book)
    git = open_git(book)
    git.run("config", "--file", str(book / ".git/config"), "pull.twohead", "ort")
    gitsetup.ensure(git, configured(book))
    found = configured(book)
    assert found["pull.twohead"] == "ort"
    assert found["merge.renames"] == "false"
    assert "*.yaml merge=crm" in (book / ".git/info/attributes").read_text().splitlines()
    with mock.patch.object(gitsetup, "furnish", side_effect=AssertionError):
        gitsetup.ensure(git, found)
        gitsetup.ensure(git, found | {"merge.crm.driver": "mine %A"})


@pytest.mark.parametrize("broken", ["/gone/crm merge-driver", "'", ""])
def test_a_driver_that_cannot_start_is_put_right(book: Path, broken: str) -> None:
    gitsetup.ensure(open_git(book), configured(book) | {"merge.crm.driver": broken})
    assert WORDS in configured(book)["merge.crm.driver"]


def test_a_book_that_cannot_be_set_up_is_written_all_the_same(book: Path) -> None:
    git = mock.Mock(where=open_git(book).where)
    git.run.side_effect = GitFailed("the configuration is locked")
    gitsetup.ensure(git, {})
    assert git.run.called
