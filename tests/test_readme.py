"""The pages that show commands: the README and the sessions are run as they stand, and links lead somewhere."""

import re
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.console import follow
from tests.shell import Shell

SESSIONS = sorted((REPOSITORY / "tests" / "sessions").glob("*.md"))


def test_the_tour_runs(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "home", tmp_path / "home")
    assert follow(REPOSITORY / "README.md", shell, processes=True) > 10


@pytest.mark.parametrize("page", SESSIONS, ids=[page.stem for page in SESSIONS])
def test_a_session_runs(page: Path, tmp_path: Path) -> None:
    shell = Shell(tmp_path / "home", tmp_path / "home")
    assert follow(page, shell) > 10


def test_the_page_about_sync_runs(tmp_path: Path) -> None:
    # Its shell lines start the program itself, which is to be this one.
    shell = Shell(tmp_path / "home", tmp_path / "home", {"PYTHONPATH": str(REPOSITORY)})
    assert follow(REPOSITORY / "docs" / "sync.md", shell) > 10


def test_links_lead_to_files() -> None:
    for page in (REPOSITORY / "README.md", *(REPOSITORY / "docs").glob("*.md")):
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"
