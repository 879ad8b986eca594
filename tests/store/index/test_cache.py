"""Whatever happens to the file of the index, the answers stay the same."""

import os
import random
import resource
import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crm_cli.kinds import KINDS
from crm_cli.schema.condition import Selection
from crm_cli.store.index import cache as cache_module
from crm_cli.store.index import index as index_module
from crm_cli.store.index import open_index
from tests.store.index.books import at, book, put, random_files
from tests.store.index.test_refresh import anew, everything


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A book."""
    return book(tmp_path / "book", random_files(random.Random(7)))


@pytest.fixture
def place(tmp_path: Path, root: Path) -> Path:
    """The file of an index that is in step."""
    place = tmp_path / "cache" / "crm" / "index.sqlite"
    open_index(root, KINDS, at(), cache=place, settings_key="1").close()
    return place


def _truncated(place: Path) -> None:
    os.truncate(place, place.stat().st_size // 2)


def _garbage(place: Path) -> None:
    place.write_bytes(random.Random(1).randbytes(50_000))


def _torn(place: Path, first: int = 1) -> None:
    data = bytearray(place.read_bytes())
    for at_page in range(first * 4096, len(data), 4096):
        data[at_page : at_page + 64] = b"\xff" * 64
    place.write_bytes(data)


def _a_folder(place: Path) -> None:
    place.unlink()
    place.mkdir()


def _other_tables(place: Path) -> None:
    place.unlink()
    with sqlite3.connect(place) as db:
        db.execute("create table contacts (name)")


def _other_version(place: Path) -> None:
    db = sqlite3.connect(place)
    with db:
        db.execute("update meta set value = 'newer' where key = 'identity'")
    db.close()


DAMAGES: list[Callable[[Path], None]] = [
    *[Path.unlink, _truncated, _garbage, _torn, _other_tables, _other_version, _a_folder],
    lambda place: place.write_bytes(b""),
    lambda place: Path(f"{place}-wal").write_bytes(b"\0" * 5000),
    lambda place: shutil.rmtree(place.parent),
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_gives_the_same_answers(root: Path, place: Path, damage: Callable[[Path], None]) -> None:
    expected = everything(anew(root, at()))
    damage(place)
    for _ in range(2):
        index = open_index(root, KINDS, at(), cache=place, settings_key="1")
        assert everything(index) == expected
        index.close()


def test_a_file_torn_while_it_is_being_read_costs_no_row_and_doubles_none(
    root: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_module, "AT_ONCE", 2)
    for number in range(60):
        put(root, f"contacts/c{number}.yaml", f"name: Person {number}\n")
    open_index(root, KINDS, at(), cache=place, settings_key="1").close()
    index = open_index(root, KINDS, at(), cache=place, settings_key="1")
    contact = [KINDS["contact"]]
    expected = list(anew(root, at()).select(contact, Selection(), [("id",), ("name",)]))
    index._db.execute("pragma cache_size = 1")
    rows = index.select(contact, Selection(), [("id",), ("name",)])
    first = [next(rows) for _ in range(3)]
    _torn(place)
    assert first + list(rows) == expected
    assert everything(index) == everything(anew(root, at()))
    assert not place.exists()


@pytest.mark.parametrize("page", [1, 4, 8, 16, 32])
def test_a_file_torn_before_something_changes_is_built_anew(root: Path, place: Path, page: int) -> None:
    _torn(place, page)
    put(root, "contacts/more.yaml", "name: More\n")
    index = open_index(root, KINDS, at(), cache=place, settings_key="1")
    assert everything(index) == everything(anew(root, at()))
    assert place.exists()


def test_a_file_torn_under_an_open_index_costs_no_answer(root: Path, place: Path) -> None:
    index = open_index(root, KINDS, at(), cache=place, settings_key="1")
    index._db.execute("pragma cache_size = 1")
    _torn(place)
    put(root, "contacts/more.yaml", "name: More\n")
    index.refresh(at())
    assert everything(index) == everything(anew(root, at()))


def test_a_mistake_in_a_statement_is_no_reason_to_build_anything_anew(root: Path, place: Path) -> None:
    index = open_index(root, KINDS, at(), cache=place, settings_key="1")
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        list(index._rows("select * from nowhere", {}))
    assert place.exists()


def test_other_settings_build_it_anew(root: Path, place: Path) -> None:
    before = place.stat().st_ino
    open_index(root, KINDS, at(), cache=place, settings_key="1").close()
    assert place.stat().st_ino == before
    open_index(root, KINDS, at(), cache=place, settings_key="2").close()
    assert place.stat().st_ino != before


def test_only_the_owner_may_read_it(tmp_path: Path, root: Path) -> None:
    old = os.umask(0)
    try:
        place = tmp_path / "new" / "deep" / "index.sqlite"
        index = open_index(root, KINDS, at(), cache=place, settings_key="")
        put(root, "contacts/more.yaml", "name: More\n")
        index.refresh(at())
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in place.parent.iterdir()}
        index.close()
    finally:
        os.umask(old)
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700


def test_a_change_is_seen_while_another_process_writes_and_keeps_the_lock(root: Path, place: Path) -> None:
    other = sqlite3.connect(place, isolation_level=None)
    other.execute("begin immediate")
    put(root, "contacts/more.yaml", "name: More\n")
    index = open_index(root, KINDS, at(), cache=place, settings_key="1")
    assert everything(index) == everything(anew(root, at()))
    put(root, "contacts/evenmore.yaml", "name: Even More\n")
    index.refresh(at())
    assert everything(index) == everything(anew(root, at()))
    other.execute("rollback")
    other.close()


def test_a_file_that_another_process_has_for_itself_is_passed_over(root: Path, place: Path) -> None:
    other = sqlite3.connect(place, isolation_level=None)
    other.execute("pragma locking_mode = exclusive")
    other.execute("begin exclusive")
    assert everything(open_index(root, KINDS, at(), cache=place, settings_key="1")) == everything(anew(root, at()))
    other.close()


NOBODY = 65534


@pytest.fixture
def powerless() -> Iterator[Callable[[], None]]:
    """A place of its own, and what turns a root that may write everywhere into somebody who may not."""
    yield lambda: os.seteuid(NOBODY) if os.getuid() == 0 else None
    os.seteuid(os.getuid())


@pytest.mark.parametrize("change", [True, False])
@pytest.mark.parametrize("wal", [True, False])
def test_a_directory_that_cannot_be_written_gives_the_same_answers(
    powerless: Callable[[], None], change: bool, wal: bool
) -> None:
    with tempfile.TemporaryDirectory() as shared:
        os.chmod(shared, 0o755)
        root = book(Path(shared) / "book", random_files(random.Random(7)))
        place = Path(shared) / "cache" / "index.sqlite"
        kept = open_index(root, KINDS, at(), cache=place, settings_key="1")
        if change:
            put(root, "contacts/more.yaml", "name: More\n")
        if wal:
            kept.refresh(at("2026-11-23T12:00"))
        else:
            kept.close()
        expected = everything(anew(root, at()))
        for path in place.parent.iterdir():
            os.chmod(path, 0o444)
        os.chmod(place.parent, 0o555)
        powerless()
        assert not os.access(place.parent, os.W_OK, effective_ids=True)
        assert everything(open_index(root, KINDS, at(), cache=place, settings_key="1")) == expected
        os.seteuid(os.getuid())
        os.chmod(place.parent, 0o755)
        kept.close()


@pytest.mark.parametrize("exists", [True, False])
def test_a_full_disk_gives_the_same_answers(root: Path, place: Path, tmp_path: Path, exists: bool) -> None:
    put(root, "contacts/more.yaml", "name: More\nnotes: " + "long " * 20_000 + "\n")
    expected = everything(anew(root, at()))
    if not exists:
        place = tmp_path / "elsewhere" / "index.sqlite"
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        index = open_index(root, KINDS, at(), cache=place, settings_key="1")
        found = everything(index)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert found == expected
    assert list(place.parent.glob("*.new*")) == []


def test_what_cannot_be_opened_for_lack_of_a_directory_is_made_from_the_files(
    root: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = cache_module.connect

    def refuse(where: Path | str) -> sqlite3.Connection:
        if str(where) == str(place):
            error = sqlite3.OperationalError("unable to open database file")
            error.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
            raise error
        return real(where)

    monkeypatch.setattr(cache_module, "connect", refuse)
    put(root, "contacts/more.yaml", "name: More\n")
    assert everything(open_index(root, KINDS, at(), cache=place, settings_key="1")) == everything(anew(root, at()))
    Path(f"{place}-wal").write_bytes(b"log")
    assert everything(open_index(root, KINDS, at(), cache=place, settings_key="1")) == everything(anew(root, at()))


def test_what_killed_processes_left_behind_goes_away_in_time(root: Path, place: Path) -> None:
    old, fresh = (place.with_name(f"{place.name}.{pid}.new") for pid in (1, 2))
    for left in (old, fresh):
        left.write_bytes(b"half")
    os.utime(old, (0, 0))
    open_index(root, KINDS, at(), cache=place, settings_key="2").close()
    assert (old.exists(), fresh.exists()) == (False, True)
