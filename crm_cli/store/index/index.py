"""The index as the rest of the program sees it: questions about records, answered from tables."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from crm_cli.schema.condition import Condition, Selection
from crm_cli.schema.condition import Path as FieldPath
from crm_cli.schema.context import Context
from crm_cli.schema.kind import Kind, Kinds
from crm_cli.schema.problem import Problem
from crm_cli.store.index.cache import Store, is_broken
from crm_cli.store.index.decode import Decode
from crm_cli.store.index.layout import KindTable, Layout
from crm_cli.store.index.places import Scope
from crm_cli.store.index.rows import column, json_shape, statement
from crm_cli.store.index.values import custom_names_sql, distinct_sql

AT_ONCE = 1000


def open_index(
    root: Path, kinds: Kinds, context: Context, *, cache: Path | None, settings_key: str, computed: bool = True
) -> "Index":
    """The index of a book, in step with its files; in memory where `cache` is None or cannot be used.

    `settings_key` tells one state of the settings from another. Unless it is to be `computed`, it is in step as far as
    files decide it, and answers about nothing else before it is completed.
    """
    store = Store(root, Layout(kinds), cache, settings_key)
    return Index(store, store.open(context, computed=computed), context)


class Index:
    """Answers about the records of one book, as they were at the last refresh."""

    def __init__(self, store: Store, db: sqlite3.Connection, context: Context) -> None:
        self._store = store
        self._context = context
        self._db = db
        self._grams: bool | None = None

    def refresh(self, context: Context) -> None:
        """Brings it in step with the files, and with the time of the context."""
        self._context = context
        self._grams = None
        try:
            self._db = self._store.refreshed(self._db, context)
        except sqlite3.DatabaseError as error:
            self._recover(error)

    def complete(self) -> None:
        """Works out what is computed, where that was left out."""
        try:
            self._db = self._store.completed(self._db, self._context)
        except sqlite3.DatabaseError as error:
            self._recover(error)

    def select(
        self, kinds: Sequence[Kind], selection: Selection, columns: Sequence[FieldPath]
    ) -> Iterator[tuple[Any, ...]]:
        """One row of values in JSON form for each record; archived ones are hidden only by the condition.

        Several kinds without a sort come one after the other; ties go by id.
        """
        tables = self._tables(kinds)
        decoders = [[column(self._scope(), table, "t", path)[1] for path in columns] for table in tables]

        def shape(scope: Scope, table: KindTable, alias: str) -> list[str]:
            return [column(scope, table, alias, path)[0] for path in columns]

        scope = self._scope()
        rows = self._rows(statement(scope, tables, selection, shape, len(columns)), scope.parameters)
        if len(tables) == 1:
            return _decoded(rows, decoders[0]) if any(decoders[0]) else rows
        return (next(_decoded([row[1:]], decoders[row[0]])) for row in rows)

    def json(self, kinds: Sequence[Kind], selection: Selection) -> Iterator[str]:
        """Each record as the text of one JSON object."""
        scope = self._scope()
        sql = statement(scope, self._tables(kinds), selection, json_shape, 1)
        return (row[-1] for row in self._rows(sql, scope.parameters))

    def ids(self, kinds: Sequence[Kind], selection: Selection) -> list[tuple[str, str, str]]:
        """Kind, id and path of each record."""
        return list(self.select(kinds, selection, (("record",), ("id",), ("path",))))

    def count(self, kinds: Sequence[Kind], condition: Condition) -> int:
        """How many records meet the condition."""
        scope = self._scope()
        sql = statement(scope, self._tables(kinds), Selection(condition), lambda *_: [], 0)
        return int(next(self._rows(f"select count(*) from ({sql})", scope.parameters))[0])

    def find(
        self, words: Sequence[str], kinds: Sequence[Kind], archived: bool, limit: int | None = None
    ) -> Iterator[tuple[str, str, str, str]]:
        """Id, kind, name and the field with the words around the hit: hits in the name first, then the newest."""
        from crm_cli.store.index.found import Excerpts, search_statement  # 10 ms, and only this needs it

        scope, tables = self._scope(), self._tables(kinds)
        excerpts = Excerpts(words, self._context.settings)
        sql = search_statement(scope, tables, words, archived, limit)
        for kind, id, name, doc in self._rows(sql, scope.parameters):
            yield id, kind, name, excerpts.of(self._store.layout.tables[kind], doc)

    @property
    def place(self) -> str:
        """The file that answers; empty where that is the memory of this process."""
        return str(self._db.execute("pragma database_list").fetchone()[2])

    @property
    def has_problems(self) -> bool:
        """Whether any file or record has a problem."""
        return bool(next(self._rows("select exists(select 1 from broken) or exists(select 1 from problem)", {}))[0])

    def problems(self) -> list[Problem]:
        """What is wrong with files and fields, by path and line."""
        sql = (
            "select path, line, code, message, '', null, fix from broken "
            "union all select path, line, code, message, field, value, '' from problem order by 1, 2, 5"
        )
        return [Problem(*row) for row in self._rows(sql, {})]

    def names(self, kind: Kind) -> list[tuple[str, str]]:
        """Id and name of the unarchived records of a kind, by name."""
        table = self._store.layout.tables[kind.name].name
        sql = f'select id, name from {table} where archived is null and name is not null order by "name:k", id'
        return list(self._rows(sql, {}))

    def distinct(self, kind: Kind, path: FieldPath, prefix: str = "") -> list[str]:
        """The values that a field has in any unarchived record, each once, that begin with `prefix` however spelt."""
        scope = self._scope()
        sql = distinct_sql(scope, self._store.layout.tables[kind.name], path, prefix)
        return [value for (value,) in self._rows(sql, scope.parameters)]

    def custom_names(self, kind: Kind) -> set[str]:
        """The names of the custom fields that any record of the kind has."""
        sql = custom_names_sql(self._store.layout.tables[kind.name])
        return {path.removeprefix("custom.") for (path,) in self._rows(sql, {})}

    def close(self) -> None:
        """Lets go of the file."""
        self._db.close()

    def _scope(self) -> Scope:
        return Scope(self._store.layout, self._context.settings, self._has_grams)

    def _has_grams(self) -> bool:
        """Whether there is a table of the parts of words; the first question makes it."""
        if self._grams is None:
            from crm_cli.store.index.grams import make_grams  # 1 ms, and most questions name a field

            self._grams = make_grams(self._db)
        return self._grams

    def _tables(self, kinds: Sequence[Kind]) -> list[KindTable]:
        return [self._store.layout.tables[kind.name] for kind in kinds]

    def _rows(self, sql: str, parameters: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
        """The rows of a statement; if the file turns out to be broken on the way, the rest of them from the files."""
        given = 0
        while True:
            try:
                cursor = self._db.execute(sql, parameters)
                skipped = given
                while rows := cursor.fetchmany(AT_ONCE):
                    fresh = rows[skipped:]
                    skipped = max(0, skipped - len(rows))
                    given += len(fresh)
                    yield from fresh
                return
            except sqlite3.DatabaseError as error:
                self._recover(error)

    def _recover(self, error: sqlite3.DatabaseError) -> None:
        if not is_broken(error) or not self.place:
            raise error
        self._db.close()
        self._store.forget()
        self._db = self._store.build(":memory:", self._context)
        if self._grams:
            self._grams = None
            self._has_grams()  # the statement that is asked again may need it


def _decoded(rows: Iterable[tuple[Any, ...]], decoders: Sequence[Decode | None]) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        yield tuple([decode(value) if decode else value for decode, value in zip(decoders, row, strict=True)])
