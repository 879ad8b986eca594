"""A book in a temporary directory, and the git that a person would type beside it."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from crm_cli.store.create import init
from crm_cli.store.objects import Identity
from crm_cli.store.transaction import Write

Git = Callable[..., str]
ME = Identity("Asha Sharma", "asha@acme.example")


@pytest.fixture
def me() -> Identity:
    return ME


@pytest.fixture(autouse=True)
def _quiet_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's own git settings, no identity in the environment."""
    settings = tmp_path / "gitconfig"
    settings.write_text("[user]\n\tname = Ravi\n\temail = ravi@acme.example\n[init]\n\tdefaultBranch = trunk\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    for name in [name for name in os.environ if name.startswith(("GIT_AUTHOR", "GIT_COMMITTER", "CRM_"))]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book to be copied."""
    root = tmp_path_factory.mktemp("made") / "book"
    files = [Write("crm.yaml", b"name: Acme\n"), Write("contacts/asha-k7m3q9.yaml", b"name: Asha Sharma\n")]
    init(root, files, "begin", ME)
    return root


@pytest.fixture
def book(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "book")
    return tmp_path / "book"


@pytest.fixture
def git(book: Path) -> Git:
    def run(*words: str, check: bool = True) -> str:
        done = subprocess.run(["git", *words], cwd=book, capture_output=True, text=True, check=False)
        assert not check or done.returncode == 0, done.stderr
        return done.stdout

    return run
