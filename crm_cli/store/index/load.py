"""From files to rows: reads what changed, takes out what was there before, follows tombstones."""

import gc
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

from crm_cli.base.aside import aside
from crm_cli.base.digest import blake2b
from crm_cli.base.lean import dataclass
from crm_cli.schema.convert import load_values
from crm_cli.schema.problem import Problem
from crm_cli.schema.settings import Settings
from crm_cli.store.codec import parse
from crm_cli.store.files import read
from crm_cli.store.index.cells import Row, Rows
from crm_cli.store.index.delta import Delta
from crm_cli.store.index.forms import Form, add_record
from crm_cli.store.index.grams import add_texts, drop_texts
from crm_cli.store.index.layout import KindTable, Layout
from crm_cli.store.index.lists import as_list

BATCH = 500
_SHARED = {
    "record": "insert into record values (?, ?, ?, ?, ?, ?)",
    "item": "insert into item values (?, ?, ?, ?, ?, ?)",
    "link": "insert into link values (?, ?, ?, ?, ?, ?)",
    "doc": "insert into doc values (?, ?, ?)",
    "body": "insert into body values (?, ?, ?)",
    "word": "insert into word values (?, ?, ?, ?)",
    "problem": "insert into problem values (?, ?, ?, ?, ?, ?, ?, ?)",
    "broken": "insert into broken values (?, ?, ?, ?, ?, 0)",
}
_OF_RID = ("item", "doc", "body", "word", "problem", "record", "later")


@dataclass
class Loader:
    """Puts the records of files into the tables. `delta` is None where all is new."""

    db: sqlite3.Connection
    root: Path
    layout: Layout
    settings: Settings
    grams: bool
    delta: Delta | None

    def fill(self, paths: Sequence[str]) -> list[str]:
        """Reads files into empty tables, part of many in a second process; gives those that are no longer there."""
        gone: list[str] = []
        forms = self._forms()
        batches = [(start, paths[start : start + BATCH]) for start in range(0, len(paths), BATCH)]
        here = len(batches) // 2
        with _without_collector(), aside(lambda batch: self._rows(*batch, forms), batches[here:]) as others:
            for rows, missing in chain((self._rows(*batch, forms) for batch in batches[:here]), others):
                self._write(rows)
                gone += missing
        return gone

    def replace(self, paths: Sequence[str]) -> list[str]:
        """Reads these files again; gives those that are no longer there."""
        gone: list[str] = []
        forms = self._forms()
        with _without_collector():
            for start in range(0, len(paths), BATCH):
                gone += self._replace(paths[start : start + BATCH], forms)
        return gone

    def remove(self, paths: Sequence[str]) -> None:
        """Takes these files out."""
        rids = [rid for _, rid, _ in self._known(paths)]
        self.db.execute("delete from broken where not odd and path in (select value from json_each(?))", as_list(paths))
        self._delete(rids)

    def follow_tombstones(self) -> None:
        """Reads again what refers to records that were merged, or no longer are, since the last time."""
        before = self._survivors()
        after = _chains(dict(self.db.execute("select id, merged_into from record where merged_into is not null")))
        if before == after:
            return
        moved = [id for id in {**before, **after} if before.get(id) != after.get(id)]
        self.db.execute("delete from merged")
        self.db.executemany("insert into merged values (?, ?)", after.items())
        referrers = self.db.execute(
            "select distinct r.path from json_each(?) j join link l on l.raw = j.value join record r on r.rid = l.src",
            as_list(moved),
        )
        paths = [path for (path,) in referrers]
        self.db.execute(
            "update record set digest = null where path in (select value from json_each(?))", as_list(paths)
        )
        self.replace(paths)

    def _forms(self) -> Mapping[str, Form]:
        """How the records of each kind are written."""
        survivors = self._survivors()
        tables = self.layout.tables.items()
        return {name: Form(table, self.settings, lambda id: survivors.get(id, id)) for name, table in tables}

    def _survivors(self) -> Mapping[str, str]:
        return dict(self.db.execute("select id, survivor from merged"))

    def _known(self, paths: Sequence[str]) -> list[tuple[str, int, bytes | None]]:
        sql = "select r.path, r.rid, r.digest from json_each(?) j join record r on r.path = j.value"
        return self.db.execute(sql, as_list(paths)).fetchall()

    def _rows(
        self, before: int, paths: Sequence[str], forms: Mapping[str, Form]
    ) -> tuple[dict[str, list[Row]], list[str]]:
        """What new files make, where so many came before them; and those that are no longer there."""
        rows, gone = Rows(), []
        for rid, path in enumerate(paths, before + 1):
            try:
                self._add(rows, path, rid, read(self.root, path), forms)
            except FileNotFoundError:
                gone.append(path)
        return dict(rows), gone

    def _replace(self, paths: Sequence[str], forms: Mapping[str, Form]) -> list[str]:
        rows, gone, stale = Rows(), [], []
        known = {path: (rid, digest) for path, rid, digest in self._known(paths)}
        fresh = self.db.execute("select coalesce(max(rid), 0) from record").fetchone()[0]
        for path in paths:
            rid, digest = known.get(path, (0, None))
            try:
                data = read(self.root, path)
            except FileNotFoundError:
                gone.append(path)
                continue
            if isinstance(data, bytes) and rid and digest == _digest(data):
                continue
            stale.append(path)
            fresh += not rid
            self._add(rows, path, rid or fresh, data, forms)
        self.remove([*stale, *gone])
        self._write(rows)
        return gone

    def _add(self, rows: Rows, path: str, rid: int, data: bytes | Problem, forms: Mapping[str, Form]) -> None:
        found = data if isinstance(data, Problem) else self._record(path, data)
        if isinstance(found, Problem):
            rows["broken"].append((found.path, found.line, found.code, found.message, found.fix))
            return
        kind, stem = self._table(path).kind.name, (found.get("merged_into") or "").rpartition("/")[2] or None
        digest = _digest(data) if isinstance(data, bytes) else None
        rows["record"].append((rid, kind, path, found["id"], digest, stem))
        add_record(rows, forms[kind], rid, found)

    def _table(self, path: str) -> KindTable:
        kind = self.layout.kinds.of_path(path)
        assert kind is not None
        return self.layout.tables[kind.name]

    def _record(self, path: str, data: bytes) -> dict[str, Any] | Problem:
        document = parse(data, path)
        if isinstance(document, Problem):
            return document
        id = os.path.basename(path).removesuffix(".yaml")
        return load_values(self._table(path).kind, id, path, document.root, self.settings)

    def _delete(self, rids: Sequence[int]) -> None:
        if not rids:
            return
        if self.delta is not None:
            self.delta.note(self.db, rids)
        chosen = as_list(rids)
        if self.grams:
            drop_texts(self.db, rids)
        self.db.execute("delete from link where src in (select value from json_each(?))", chosen)
        for name in (*(table.name for table in self.layout.tables.values()), *_OF_RID):
            self.db.execute(f"delete from {name} where rid in (select value from json_each(?))", chosen)

    def _write(self, rows: Mapping[str, list[Row]]) -> None:
        for table, many in rows.items():
            self.db.executemany(_SHARED.get(table) or self.layout.tables[table].insert, many)
        if self.grams:
            add_texts(self.db, ((row[0], row[2]) for row in rows.get("body", ())))
        if self.delta is not None:
            self.delta.note(self.db, [row[0] for row in rows.get("record", ())])


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()


def _chains(merged: Mapping[str, str]) -> dict[str, str]:
    """Every merged id with the one that is left of it in the end; a circle leads nowhere."""
    ends: dict[str, str] = {}
    for start in merged:
        seen, at = {start}, merged[start]
        while at in merged and at not in seen:
            seen.add(at)
            at = merged[at]
        if at not in seen:
            ends[start] = at
    return ends


@contextmanager
def _without_collector() -> Iterator[None]:
    """Nothing here is circular, and looking for it takes a sixth of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
