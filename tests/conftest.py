"""Fixtures that every room's tests may use."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import settings

from tests.machines import without_waiting_for_the_disk
from tests.shell import Shell
from tests.untraced import mark

# The same examples every time, so that a failure is ours to repeat; EXPLORE=1 looks for new ones.
settings.register_profile("steady", derandomize=True, deadline=None, max_examples=50)
settings.register_profile("explore", deadline=None)
settings.load_profile("explore" if os.environ.get("EXPLORE") else "steady")

REPOSITORY = Path(__file__).parents[1]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Runs the dear tests that reach nothing new without the tracer."""
    mark(items)


@pytest.fixture(autouse=True, scope="session")
def _without_waiting_for_the_disk() -> Iterator[None]:
    with without_waiting_for_the_disk():
        yield


@pytest.fixture(autouse=True, scope="session")
def _temporary() -> Iterator[None]:
    """Commands that run in this process are not at their end with it, and leave what they would have tidied up."""
    with tempfile.TemporaryDirectory(prefix="crm-tests-") as place:
        os.chmod(place, 0o711)  # some tests go on as a user without rights
        with mock.patch.object(tempfile, "tempdir", place):
            yield


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A user who has just begun a book, to be copied."""
    place = tmp_path_factory.mktemp("begun")
    shell = Shell(place / "home", place / "book")
    shell.ok(f"init {shell.book}")
    return shell


@pytest.fixture
def empty(begun: Shell, tmp_path: Path) -> Shell:
    """A user with an empty book."""
    return begun.copy(tmp_path)


@pytest.fixture(scope="session")
def looking(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A user with the sample book itself, for tests that only look at it."""
    shell = Shell(tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("sample") / "book")
    shell.ok(f"demo {shell.book}")
    return shell


@pytest.fixture
def sample(looking: Shell, tmp_path: Path) -> Shell:
    """A user with a copy of the sample book, whose today is the day that it was written for."""
    shutil.copytree(looking.book, tmp_path / "book", symlinks=True)
    return Shell(tmp_path / "home", tmp_path / "book")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data made by others, beside the checkout; its absence is said aloud."""
    place = REPOSITORY.parent / "shared" / "data"
    if not place.is_dir():
        pytest.skip(f"NOT TESTED on real data: there is no {place}")
    return place
