"""A book for the tests of this folder."""

from pathlib import Path

import pytest

from tests.services.exchange.books import Books


@pytest.fixture
def books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Books:
    """A book that is empty but for its settings; today is 20 November 2026."""
    monkeypatch.setenv("CRM_USER", "asha")
    monkeypatch.setenv("CRM_NOW", "2026-11-20T10:00:00+05:30")
    return Books(tmp_path / "book")
