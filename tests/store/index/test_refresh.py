"""After any edits, at any time, an index brought up to date says what one built anew says."""

import json
import os
import random
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crm_cli.base.errors import Refused
from crm_cli.kinds import KINDS
from crm_cli.schema.condition import Selection
from crm_cli.schema.context import Context
from crm_cli.store.files import read
from crm_cli.store.index import Index, open_index
from crm_cli.store.index import compute as compute_module
from crm_cli.store.index import load as load_module
from crm_cli.store.index import refresh as refresh_module
from tests.effort import sample
from tests.store.index.books import IDS, SETTINGS, at, book, path_of, put, random_files, random_record
from tests.store.index.oracle import Oracle


def everything(index: Index) -> dict[str, Any]:
    """All that an index says, for comparing two."""
    return {
        "json": sorted(index.json(KINDS.all, Selection())),
        "problems": sorted(map(str, index.problems())),
        "found": [list(index.find((word,), KINDS.all, True)) for word in ("asha", "आशा", "vip", "98765")],
        "tags": [index.distinct(kind, ("tags",)) for kind in KINDS.all],
    }


def anew(root: Path, context: Context) -> Index:
    """An index of its own, in memory."""
    return open_index(root, KINDS, context, cache=None, settings_key="")


def edit(r: random.Random, root: Path) -> None:
    """One to three random edits: new, changed, removed files, other names."""
    for _ in range(r.randrange(1, 4)):
        folder = r.choice(list(IDS))
        path = path_of(folder, r.choice(IDS[folder]))
        if r.random() < 0.2:
            (root / path).unlink(missing_ok=True)
        else:
            put(root, path, random_record(r, folder))
    if r.random() < 0.1:
        put(root, "contacts/Not A Name.yaml", "name: a")
    if r.random() < 0.1:
        (root / "contacts/Not A Name.yaml").unlink(missing_ok=True)


@pytest.mark.parametrize("seed", range(sample(3, 6)))
def test_edits_and_time_that_goes_both_ways_leave_what_a_new_index_would_have(tmp_path: Path, seed: int) -> None:
    r = random.Random(seed)
    root = book(tmp_path / "book", random_files(r))
    now = at("2026-11-21T08:00").now
    kept = open_index(root, KINDS, Context(SETTINGS, now), cache=tmp_path / "c" / "i.db", settings_key="")
    for step in range(8):
        if r.random() < 0.8:
            edit(r, root)
        now += r.choice(
            [timedelta(0), timedelta(minutes=30), timedelta(hours=3), timedelta(days=1), -timedelta(hours=2)]
        )
        context = Context(SETTINGS, now)
        if r.random() < 0.3:
            kept.refresh(context)
        else:
            kept.close()
            computed = r.random() < 0.3
            place = tmp_path / "c" / "i.db"
            kept = open_index(root, KINDS, context, cache=place, settings_key="", computed=computed)
            if not computed:
                stored = [("id",), ("name",), ("organization",), ("merged_into",), ("due",)]
                assert [list(kept.select([kind], Selection(), stored)) for kind in KINDS.all] == [
                    list(anew(root, context).select([kind], Selection(), stored)) for kind in KINDS.all
                ]
                if r.random() < 0.5:
                    continue  # more is left out
                kept.complete()
        assert everything(kept) == everything(anew(root, context)), f"after step {step}"
    kept.complete()
    oracle = Oracle(root, Context(SETTINGS, now))
    by_path = {record.path: record for record in oracle.records}
    for text, path in zip(kept.json(KINDS.all, Selection()), oracle.selected(KINDS.all, Selection()), strict=True):
        assert json.loads(text, parse_float=Decimal) == oracle.json(by_path[path])


@pytest.mark.parametrize("searched", [False, True])
def test_when_most_records_are_new_the_same_tables_are_filled_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, searched: bool
) -> None:
    monkeypatch.setattr(refresh_module, "_MANY", 5)
    root, place = book(tmp_path / "book", {"contacts/old.yaml": "name: Old\nrating: none\n"}), tmp_path / "c" / "i.db"
    kept = open_index(root, KINDS, at(), cache=place, settings_key="")
    other = open_index(root, KINDS, at(), cache=place, settings_key="")
    if searched:
        everything(kept)
    before = (place.stat().st_ino, kept.ids([KINDS["contact"]], Selection()))
    for path, text in random_files(random.Random(5)).items():
        put(root, path, text)
    (root / "contacts/old.yaml").unlink()
    beside = other.ids([KINDS["contact"]], Selection())
    kept.refresh(at())
    assert (place.stat().st_ino, beside) == before
    assert everything(kept) == everything(anew(root, at()))
    put(root, "contacts/more.yaml", "name: More\n")
    for index in (other, kept):
        index.refresh(at())
        assert everything(index) == everything(anew(root, at()))
    statements = "select name, sql from sqlite_schema where name not like 'grams%' and sql is not null order by 1"
    assert kept._db.execute(statements).fetchall() == anew(root, at())._db.execute(statements).fetchall()


def test_what_is_left_out_stays_a_short_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refresh_module, "_FEW", 2)
    root, place = book(tmp_path / "book", {}), tmp_path / "c" / "i.db"
    left_out = []
    for number in range(4):
        put(root, f"contacts/c{number}.yaml", f"name: Person {number}\n")
        index = open_index(root, KINDS, at(), cache=place, settings_key="", computed=False)
        left_out.append(index._db.execute("select count(*) from meta where key = 'left_out'").fetchone()[0])
    assert left_out == [0, 1, 1, 0]  # at first all is worked out, and then what would be the third
    assert everything(index) == everything(anew(root, at()))


def row(index: Index, kind: str, *columns: str) -> list[tuple[Any, ...]]:
    """Some columns of all records of a kind."""
    return list(index.select([KINDS[kind]], Selection(), [tuple(name.split(".")) for name in columns]))


def test_a_task_becomes_overdue_when_its_moment_is_over_without_any_file_changing(tmp_path: Path) -> None:
    root = book(tmp_path, {"tasks/call.yaml": "name: Call\ndue: 2026-11-21T10:00+05:30\nstatus: open\n"})
    index = anew(root, at("2026-11-21T09:00"))
    for moment, late in [("10:00:00", False), ("10:00:01", True), ("09:30", False), ("23:00", True)]:
        index.refresh(at(f"2026-11-21T{moment}"))
        assert row(index, "task", "overdue") == [(late,)]


def test_a_call_in_the_future_counts_once_its_time_has_come(tmp_path: Path) -> None:
    files = {
        "contacts/asha.yaml": "name: Asha\norganization: acme\n",
        "organizations/acme.yaml": "name: Acme\n",
        "interactions/2026/11/c.yaml": "at: 2026-11-21T10:00+05:30\nkind: call\ncontacts: [asha]\n",
    }
    index = anew(book(tmp_path, files), at("2026-11-21T09:59:59"))
    assert row(index, "organization", "last_contact") == [(None,)]
    index.refresh(at("2026-11-21T10:00"))
    assert row(index, "organization", "last_contact") == [("2026-11-21T10:00+05:30",)]
    index.refresh(at("2026-11-21T09:00"))
    assert row(index, "contact", "last_contact") == [(None,)]


def test_a_contact_who_changes_firms_takes_their_calls_along(tmp_path: Path) -> None:
    files = {
        "contacts/asha.yaml": "name: Asha\norganization: acme\n",
        "organizations/acme.yaml": "name: Acme\n",
        "organizations/globex.yaml": "name: Globex\n",
        "interactions/2026/11/c.yaml": "at: 2026-11-20\nkind: call\ncontacts: [asha]\n",
    }
    root = book(tmp_path, files)
    index = anew(root, at())
    assert row(index, "organization", "id", "last_contact", "people") == [
        ("acme", "2026-11-20", 1),
        ("globex", None, 0),
    ]
    put(root, "contacts/asha.yaml", "name: Asha\norganization: globex\n")
    index.refresh(at())
    assert row(index, "organization", "id", "last_contact", "people") == [
        ("acme", None, 0),
        ("globex", "2026-11-20", 1),
    ]


def test_a_file_changed_within_its_own_clock_tick_is_noticed(tmp_path: Path) -> None:
    root = book(tmp_path / "b", {})
    put(root, "contacts/a.yaml", "name: Asha\n", hours_old=0)
    before = (root / "contacts/a.yaml").stat()
    with_cache = tmp_path / "i.db"
    assert row(open_index(root, KINDS, at(), cache=with_cache, settings_key=""), "contact", "name") == [("Asha",)]
    with open(root / "contacts/a.yaml", "r+") as file:
        file.write("name: Usha\n")
    os.utime(root / "contacts/a.yaml", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert row(open_index(root, KINDS, at(), cache=with_cache, settings_key=""), "contact", "name") == [("Usha",)]


def test_nothing_is_written_while_nothing_changes(tmp_path: Path) -> None:
    root = book(tmp_path / "b", random_files(random.Random(3)))
    index = open_index(root, KINDS, at(), cache=tmp_path / "i.db", settings_key="")
    index._db.execute("pragma query_only = on")
    index.refresh(at())
    index.refresh(at("2026-11-21T12:10"))
    assert everything(index) == everything(anew(root, at("2026-11-21T12:10")))


def test_tombstones_lead_to_their_survivors_through_chains_and_circles(tmp_path: Path) -> None:
    files = {
        "contacts/a.yaml": "name: A\narchived: 2026-01-01\nmerged_into: b\n",
        "contacts/b.yaml": "name: B\narchived: 2026-01-01\nmerged_into: c\n",
        "contacts/c.yaml": "name: C\n",
        "contacts/x.yaml": "name: X\nmerged_into: y\n",
        "contacts/y.yaml": "name: Y\nmerged_into: x\n",
        "tasks/one.yaml": "name: One\ncontact: contacts/a\ndue: 2026-12-01\n",
        "tasks/two.yaml": "name: Two\ncontact: x\n",
    }
    root = book(tmp_path, files)
    index = anew(root, at())
    assert row(index, "task", "contact", "contact.name") == [("c", "C"), ("x", "X")]
    assert row(index, "contact", "id", "next_task_id") == [
        *[("a", None), ("b", None), ("c", "one"), ("x", None), ("y", None)],
    ]
    put(root, "contacts/b.yaml", "name: B\n")
    index.refresh(at())
    assert row(index, "task", "contact", "contact.name") == [("b", "B"), ("x", "X")]
    assert [path for _, _, path in index.ids([KINDS["contact"]], Selection())][1] == "contacts/b.yaml"


def test_a_file_that_goes_away_between_the_look_and_the_reading_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = book(tmp_path, {"contacts/a.yaml": "name: A\n", "contacts/b.yaml": "name: B\n"})
    index = anew(root, at())
    put(root, "contacts/a.yaml", "name: Changed\n")
    put(root, "contacts/b.yaml", "name: Changed\n")

    def gone(root: Path, path: str) -> Any:
        if path.endswith("a.yaml"):
            raise FileNotFoundError(path)
        return read(root, path)

    with monkeypatch.context() as patch:
        patch.setattr(load_module, "read", gone)
        index.refresh(at())
    assert row(index, "contact", "name") == [("Changed",)]
    index.refresh(at())
    assert row(index, "contact", "id") == [("a",), ("b",)]


def test_what_another_process_indexed_between_the_look_and_the_lock_is_not_done_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = book(tmp_path / "book", random_files(random.Random(5)))
    cache = tmp_path / "index.sqlite"
    one, other = (open_index(root, KINDS, at(), cache=cache, settings_key="") for _ in range(2))
    put(root, "contacts/more.yaml", "name: More\n")
    looked = []

    def compare(*given: Any) -> Any:
        found = real(*given)
        if not looked:
            looked.append(given)
            other.refresh(at())
        return found

    real = refresh_module.compare
    with monkeypatch.context() as patch:
        patch.setattr(refresh_module, "compare", compare)
        one.refresh(at())
    assert everything(one) == everything(other) == everything(anew(root, at()))


def test_an_editors_own_file_beside_a_record_makes_nothing_to_be_written(tmp_path: Path) -> None:
    root = book(tmp_path / "book", {"contacts/a.yaml": "name: A\n"})
    index = open_index(root, KINDS, at(), cache=tmp_path / "index.sqlite", settings_key="")
    put(root, "contacts/.a.yaml.swp", "x")
    with nothing_computed():
        index.refresh(at())
    assert row(index, "contact", "id") == [("a",)]


def test_a_book_with_a_folder_that_leads_elsewhere_is_refused_and_nothing_is_left_locked(tmp_path: Path) -> None:
    root = book(tmp_path / "book", {"contacts/a.yaml": "name: A\n"})
    cache = tmp_path / "index.sqlite"
    index = open_index(root, KINDS, at(), cache=cache, settings_key="")
    (root / "deals").symlink_to(tmp_path)
    with pytest.raises(Refused):
        index.refresh(at())
    (root / "deals").unlink()
    put(root, "contacts/b.yaml", "name: B\n")
    with nothing_computed(), pytest.raises(RuntimeError):
        index.refresh(at())
    index.refresh(at())
    assert row(index, "contact", "id") == [("a",), ("b",)]


@contextmanager
def nothing_computed() -> Iterator[None]:
    """While it lasts nothing can be computed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compute_module, "compute", _failing)
        yield


def _failing(*_given: Any) -> None:
    raise RuntimeError


def test_moments_are_compared_as_instants_whatever_their_offset(tmp_path: Path) -> None:
    files = {
        "contacts/asha.yaml": "name: Asha\n",
        "interactions/2026/11/a.yaml": "at: 2026-11-20T10:00+05:30\nkind: call\ncontacts: [asha]\n",
        "interactions/2026/11/b.yaml": "at: 2026-11-20T05:00Z\nkind: call\ncontacts: [asha]\n",
    }
    assert row(anew(book(tmp_path, files), at()), "contact", "last_contact") == [("2026-11-20T05:00Z",)]
    assert isinstance(datetime.fromisoformat("2026-11-20T05:00Z"), datetime)


IN_TWO = """
    import random, sys
    from pathlib import Path
    from crm_cli.base import aside
    from crm_cli.store.index import load
    from tests.store.index.books import at, book, random_files
    from tests.store.index.test_refresh import anew, everything
    load.BATCH = 3
    root = book(Path(sys.argv[1]), random_files(random.Random(7)))
    tables = []
    for possible in (True, False):
        aside._is_possible = lambda: possible
        tables.append(everything(anew(root, at())))
    print(tables[0] == tables[1], len(tables[0]) > 0)
"""


def test_read_by_two_processes_it_is_the_same_index(tmp_path: Path) -> None:
    words = [sys.executable, "-c", textwrap.dedent(IN_TWO), str(tmp_path / "book")]
    done = subprocess.run(words, cwd=Path(__file__).parents[3], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout.split(), done.stderr) == (["True", "True"], "")
