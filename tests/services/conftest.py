"""Fixtures of the tests of services."""

from pathlib import Path

import pytest

from tests.services.agenda_book import Agenda


@pytest.fixture
def agenda(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Agenda:
    """A book of one's own to write files into."""
    return Agenda(tmp_path / "book", monkeypatch)
