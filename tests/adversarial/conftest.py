"""A small book that each test may damage."""

import shutil
from pathlib import Path

import pytest

from tests.shell import Shell


@pytest.fixture(scope="session")
def _whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("whole")
    shell = Shell(place / "home", place / "book")
    shell.ok(f"init {shell.book}")
    shell.ok("contact add 'Ravi Rao'")
    return shell.book


@pytest.fixture
def book(_whole: Path, tmp_path: Path) -> Shell:
    """A user with a book that holds one contact, Ravi Rao."""
    shutil.copytree(_whole, tmp_path / "book")
    return Shell(tmp_path / "home", tmp_path / "book")
