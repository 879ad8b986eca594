"""Two machines with the same book, made once and copied."""

from pathlib import Path

import pytest

from tests.machines import Machines
from tests.shell import Shell

ASHA = "contacts/asha-sharma-k7m3q9.yaml"
BOOK = {ASHA: "name: Asha Sharma\ntitle: Owner\n\ncreated: 2026-11-01T09:00:00+05:30\n"}


@pytest.fixture(scope="session")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Machines:
    return Machines.two(tmp_path_factory.mktemp("two"), BOOK)


@pytest.fixture
def machines(pattern: Machines, tmp_path: Path) -> Machines:
    return pattern.copy(tmp_path)


@pytest.fixture
def here(machines: Machines) -> Shell:
    return machines.all[0]


@pytest.fixture
def there(machines: Machines) -> Shell:
    return machines.all[1]
