"""What a second process sees ahead is what would be seen now; where it saw nothing, that is looked at."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from crm_cli.cli import foresight
from crm_cli.cli.verbs import NOUN_VERBS, VERBS
from crm_cli.kinds import KINDS
from crm_cli.store import looking
from tests.shell import Shell

# In a process of its own: the test runner has threads, and beside threads nothing is forked.
SCRIPT = """
    import os, sys, time
    from pathlib import Path
    from crm_cli.base import aside
    aside._is_possible = lambda: True
    from crm_cli.store import looking
    root, folders = Path(sys.argv[1]), {"contacts": False, "interactions": True, "nothing": False, "odd": False}

    def now():
        return {name: looking.listing(root, name, dated=dated) for name, dated in folders.items()}

    own, asked = looking.listing, []

    def listing(root, name, *, dated):
        asked.append(name)
        return own(root, name, dated=dated)

    before = now()
    looking.listing = listing
    """


@pytest.fixture
def book(tmp_path: Path) -> Path:
    root = tmp_path / "book"
    for path in ("contacts/asha-k7m3q9.yaml", "interactions/2026/11/call-b4x8w2.yaml", "odd/2026/x.yaml", "crm.yaml"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("name: Asha\n")
    return root


def run(book: Path, script: str) -> list[str]:
    words = [sys.executable, "-c", textwrap.dedent(SCRIPT) + textwrap.dedent(script), str(book)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_it_is_the_same_as_now_and_is_not_looked_at_twice(book: Path) -> None:
    said = run(
        book,
        """
        looking.look_ahead(lambda: root)
        other = looking._ahead[0]
        heard = other.hear()  # until it is done: nothing is left for this process
        other.hear = lambda: heard
        print(looking.listings(root, folders) == before, sorted(asked), looking._ahead)
        (root / "contacts/ravi-c5y9x3.yaml").write_text("name: Ravi")
        print(looking.listings(root, folders) == now() != before)
        """,
    )
    # Folders of years where the kind has none are looked at as the kind wants it.
    assert said == ["True ['nothing', 'odd'] None", "True"]


@pytest.mark.parametrize(
    "ahead",
    [
        "looking.look_ahead(lambda: Path('/'))",
        "looking.look_ahead(lambda: root / 'contacts')",
        "looking.look_ahead(lambda: 1 / 0)",
        "looking.look_ahead(lambda: os._exit(3))",
        "looking.look_ahead(lambda: (time.sleep(60), root)[1]); os.kill(looking._ahead[0]._process, 9)",
        "looking.look_ahead(lambda: root); looking.forget()",
        "aside._is_possible = lambda: False; looking.look_ahead(lambda: root)",
        "pass",
    ],
)
def test_whatever_became_of_it_the_answer_is_the_same(book: Path, ahead: str) -> None:
    said = run(
        book,
        f"""
        {ahead}
        print(looking.listings(root, folders) == before)
        try:
            os.waitpid(-1, os.WNOHANG)
            print("a process is left")
        except ChildProcessError:
            pass
        """,
    )
    assert said == ["True"]


def test_nobody_waits_for_it_to_end(book: Path) -> None:
    script = """
        looking.look_ahead(lambda: (time.sleep(60), root)[1])
        os._exit(0)
    """
    run(book, script)  # whose output ends when nobody holds it any more


def test_its_verbs_are_those_of_the_command_line() -> None:
    assert {*VERBS, *NOUN_VERBS} >= foresight.READING


def test_the_book_is_the_one_that_the_command_is_about(sample: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[Path] = []
    monkeypatch.setattr(foresight, "look_ahead", lambda find: found.append(find()))
    for name, value in sample.environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(sample.home)
    book = os.fspath(sample.book)
    for words in (["-C", book, "due"], ["list", "-C/", f"-C{book}"], ["contact", f"--records={book}", "list"]):
        foresight.foresee(words)
    foresight.foresee(["set", "k7m3q9", "-C", book])
    monkeypatch.chdir(sample.book / "contacts")
    foresight.foresee([])
    assert found == [sample.book] * 4


def test_no_folder_of_a_kind_is_taken_for_another() -> None:
    claims = looking._Claims()
    assert all(claims.take(kind.folder) for kind in KINDS.all)
    assert not any(claims.take(kind.folder) for kind in KINDS.all)


def test_what_it_sees_ahead_are_the_folders_of_the_kinds(sample: Shell) -> None:
    folders = {kind.folder: kind.dated for kind in KINDS.all}
    place, *seen = looking._looked(sample.book, looking._Claims())
    assert place == os.fspath(sample.book)
    there = {name for name in folders if (sample.book / name).is_dir()}
    assert {name: data for name, _deep, data in seen} == {
        name: data for name, data in looking.listings(sample.book, folders).items() if name in there
    }
