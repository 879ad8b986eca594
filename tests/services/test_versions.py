"""The history of records: what is read of it however large a commit is, and that nothing planted is run by reading."""

import os
from pathlib import Path

import pytest

from crm_cli.services import versions
from tests.planted import plant, plant_everywhere
from tests.shell import Shell

NAMES = ("Asha Sharma", "Ravi Rao", "Meera Nair")


def test_history_undo_and_restore_run_nothing_that_is_planted(empty: Shell) -> None:
    contact = empty.ok("contact add 'Asha Sharma' --title Buyer").out.strip()
    first = empty.git("log", "-1", "--format=%H").strip()
    empty.ok("set asha title=Manager")
    trace = plant_everywhere(empty.book)
    plant(empty.book, empty.book / "git")
    path = f"{empty.book}:.:{empty.environ['PATH']}"

    def crm(*words: str) -> str:
        done = empty.process(*words, PATH=path, GIT_PYTHON_GIT_EXECUTABLE=str(empty.book / "git"))
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    assert len(crm("history", contact).splitlines()) == 2
    crm("undo")
    crm("undo", first[:10])
    assert not (empty.book / f"contacts/{contact}.yaml").exists()
    crm("restore", contact, "--at", first)
    assert "title: Buyer" in (empty.book / f"contacts/{contact}.yaml").read_text()
    assert not trace.exists(), trace.read_text()
    os.system(f"cd '{empty.book}' && git status >/dev/null 2>&1 </dev/null")
    assert trace.exists(), "the traps are real: plain git walks into them"


def test_a_commit_of_many_files_is_taken_back_like_a_small_one(
    empty: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "_FEW", 1)
    before = empty.files()
    table = tmp_path / "people.csv"
    table.write_text("name\n" + "".join(f"{name}\n" for name in NAMES))
    empty.ok(f"import '{table}' --kind contact --yes")
    brought = empty.files()
    assert len(brought) == len(before) + len(NAMES)
    empty.ok("undo")
    assert empty.files() == before
    empty.ok(f"undo {empty.git('log', '-1', '--format=%H').strip()}")
    assert empty.files() == brought


def test_a_commit_is_named_by_the_beginning_of_its_id(empty: Shell) -> None:
    empty.ok("contact add 'Asha Sharma'")
    missing = empty.crm("undo", "0000000")
    assert (missing.code, "no commit begins with 0000000" in missing.err) == (3, True)
    assert "is no commit" in empty.crm("undo", "someday").err
    assert empty.ok(f"undo {empty.git('log', '-1', '--format=%H').strip()[:6].upper()}").code == 0


def test_a_commit_is_named_by_the_beginning_of_its_id_also_where_that_is_all_digits(
    empty: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    asha = empty.ok("contact add Asha --title Buyer").out.strip()
    first = empty.git("log", "-1", "--format=%H").strip()
    empty.ok(f"set {asha} title=Boss")
    real = versions.Past.commit

    def commit(past: versions.Past, text: str) -> object:
        return real(past, first if text == "8194505" else text)

    monkeypatch.setattr(versions.Past, "commit", commit)
    empty.ok(f"restore {asha} --at 8194505")
    assert "title: Buyer" in (empty.book / f"contacts/{asha}.yaml").read_text()
    refused = empty.crm("restore", asha, "--at", "20200101")
    assert refused.code in (2, 3)
    assert "no commit" not in refused.err


def test_what_is_gone_is_named_by_its_whole_id(empty: Shell) -> None:
    empty.ok("contact add 'Zed Purge'")
    empty.ok("rm 'Zed Purge' --purge -y")
    refused = empty.crm("restore", "Zed Purge", "--at", "today")
    assert (refused.code, "by its whole id" in refused.err) == (3, True)
