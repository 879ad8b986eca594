"""The shim, built once, and a machine under it."""

from collections.abc import Iterator

import pytest

from tests.faults.machine import Machine, machine


@pytest.fixture(scope="session")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine whose system calls can be made to fail."""
    made = machine(tmp_path_factory.mktemp("faults"))
    yield made
    made.close()
