"""The table of the parts of words: made at the first search, in step from then on, and never needed for an answer."""

import os
import sqlite3
from pathlib import Path

import pytest

from crm_cli.kinds import KINDS
from crm_cli.schema.condition import Selection, Words
from crm_cli.store.index import Index, open_index
from crm_cli.store.index import grams as grams_module
from tests.store.index.books import at, book, put
from tests.store.index.test_refresh import anew, everything

FILES = {f"contacts/c{n}.yaml": f"name: Person {n}\nnotes: works at Acme {n}\n" for n in range(3)}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A book."""
    return book(tmp_path / "book", FILES)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where its index is to be."""
    return tmp_path / "cache" / "index.sqlite"


def opened(root: Path, place: Path) -> Index:
    """The index of the book."""
    return open_index(root, KINDS, at(), cache=place, settings_key="")


def found(index: Index, word: str) -> list[str]:
    """The ids of the records with that word."""
    return [id for _, id, _ in index.ids(KINDS.all, Selection(Words((word,))))]


def has_table(place: Path) -> bool:
    """Whether the file has the table."""
    with sqlite3.connect(place) as db:
        return grams_module.has_grams(db)


def check(place: Path) -> None:
    """Raises where the table and the texts are not the same."""
    with sqlite3.connect(place) as db:
        db.execute("insert into grams (grams, rank) values ('integrity-check', 1)")


def test_the_first_search_makes_it(root: Path, place: Path) -> None:
    index = opened(root, place)
    assert len(list(index.json(KINDS.all, Selection()))) == 3
    assert found(index, "on") == ["c0", "c1", "c2"]  # too short to have parts
    assert not has_table(place)
    assert found(index, "acme") == ["c0", "c1", "c2"]
    assert has_table(place)
    check(place)


def test_writers_that_were_there_before_keep_it_in_step(root: Path, place: Path) -> None:
    first, second = opened(root, place), opened(root, place)
    found(second, "acme")
    put(root, "contacts/c1.yaml", "name: Person 1\nnotes: left for Zenith\n")
    put(root, "contacts/c3.yaml", "name: New at Acme\n")
    (root / "contacts/c0.yaml").unlink()
    first.refresh(at())
    check(place)
    for index in (first, second, opened(root, place)):
        index.refresh(at())
        assert found(index, "acme") == ["c2", "c3"]
        assert found(index, "zenith") == ["c1"]


def test_what_another_process_holds_is_searched_without(root: Path, place: Path) -> None:
    index = opened(root, place)
    with sqlite3.connect(place, isolation_level=None) as other:
        other.execute("begin immediate")
        assert found(index, "acme") == ["c0", "c1", "c2"]
        other.execute("rollback")
    assert not has_table(place)
    index.refresh(at())
    assert found(index, "acme") == ["c0", "c1", "c2"]
    assert has_table(place)


def test_an_sqlite_without_the_tokenizer_answers_the_same(
    root: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grams_module, "_CREATE", "create virtual table grams using fts5(text, tokenize='of the past')")
    index = opened(root, place)
    assert found(index, "acme") == ["c0", "c1", "c2"]
    put(root, "contacts/more.yaml", "name: More at Acme\n")
    index.refresh(at())
    assert found(index, "acme") == ["c0", "c1", "c2", "more"]
    assert not has_table(place)
    assert everything(index) == everything(anew(root, at()))


def test_a_file_that_breaks_behind_the_first_search_is_answered_from_the_files(root: Path, place: Path) -> None:
    index = opened(root, place)
    assert found(index, "acme") == ["c0", "c1", "c2"]
    with open(place, "r+b") as file:
        for page in range(1, os.path.getsize(place) // 4096):
            file.seek(page * 4096)
            file.write(b"\xff" * 64)
    Path(f"{place}-wal").write_bytes(b"")
    index._db.execute("pragma cache_size = 0")
    assert found(index, "acme") == ["c0", "c1", "c2"]
    assert index._db.execute("pragma database_list").fetchone()[2] == ""  # in memory
