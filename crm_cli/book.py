"""An open book: it answers queries and applies plans; everything that reads or writes goes through it."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crm_cli import kinds as registry
from crm_cli.base import clock
from crm_cli.base.config import UserConfig, cache_dir
from crm_cli.base.digest import place_name
from crm_cli.base.errors import Ambiguous, Invalid, NotFound, Refused
from crm_cli.base.lean import dataclass
from crm_cli.kinds.view import View
from crm_cli.query import World, column, default_sort, field_path, parse, parse_text
from crm_cli.schema.agenda import PRESENT
from crm_cli.schema.condition import And, Ids, OfKind, Or, Selection, Test
from crm_cli.schema.condition import Path as FieldPath
from crm_cli.schema.context import Context
from crm_cli.schema.crm_yaml import FORMAT, read_settings
from crm_cli.schema.keys import key
from crm_cli.schema.kind import Kind, Kinds
from crm_cli.schema.node import plain_map
from crm_cli.schema.plan import Plan
from crm_cli.schema.problem import Problem
from crm_cli.schema.record import Record
from crm_cli.schema.settings import Settings
from crm_cli.schema.table import Table
from crm_cli.store import files
from crm_cli.store.layout import interrupted
from crm_cli.store.plainfile import problem_at, read_tree

if TYPE_CHECKING:
    from crm_cli.store.index import Index
    from crm_cli.store.objects import Identity

SETTINGS = files.MARK
"""The name of the file that makes a directory a book."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What applying a plan did: the commit (None: nothing differed), the records as they stand, what was kept aside."""

    commit: str | None
    records: tuple[Record, ...] = ()
    swept: tuple[str, ...] = ()
    kept_aside: int = 0


@dataclass
class Book:
    """A records directory, opened. Made by `open_book`."""

    root: Path
    settings: Settings
    context: Context
    settings_problem: Problem | None = None
    config: UserConfig = field(default_factory=UserConfig)
    cache: Path | None = None
    kinds: Kinds = field(default_factory=lambda: registry.KINDS)
    settings_key: str = ""
    lock_timeout: float = 10

    # -- reading

    @cached_property
    def index(self) -> "Index":
        """The index, brought up to date with the files and with the time."""
        if "stored" in self.__dict__:
            self.stored.complete()
            return self.stored
        self.__dict__["stored"] = index = self._open_index(computed=True)
        return index

    @cached_property
    def stored(self) -> "Index":
        """The same as far as files decide it: names, links, all that a record holds, but nothing that is computed."""
        return self._open_index(computed=False)

    def _open_index(self, *, computed: bool) -> "Index":
        from crm_cli.store.index import open_index  # 6 ms, which a write that names a record by its id does not take

        self.check_settings()
        if interrupted(self.root):
            from crm_cli.store.transaction import repair  # 15 ms of git, only behind a killed writer

            repair(self.root)
        place = self.cache / "index.sqlite" if self.cache else None
        return open_index(
            self.root, self.kinds, self.context, cache=place, settings_key=self.settings_key, computed=computed
        )

    @property
    def prefers_index(self) -> bool:
        """Whether single files are not to be asked: the index is open, or has to finish a killed writer's change."""
        return "stored" in self.__dict__ or interrupted(self.root)

    def files_called(self, kind: Kind, name: str) -> list[str]:
        """The files of a kind that have this name, as they stand on the disk."""
        self.check_settings()
        return files.called(self.root, kind.folder, name, dated=kind.dated)

    def check_settings(self) -> None:
        """Refuses to work with a `crm.yaml` that cannot be understood."""
        if self.settings_problem:
            problem = self.settings_problem
            raise Invalid(f"{problem.where}: {problem.message}", hint="mend it with: crm edit crm.yaml")

    @cached_property
    def world(self) -> World:
        """What queries may refer to."""
        return World(self.kinds, self.context, self._linked, self._view, self._custom, self._views)

    def with_user(self) -> "Book":
        """The same book for somebody who is known by name: for what writes, and for `owner:me`."""
        if not self.context.user:
            self.context = replace(self.context, user=self.user)
            self.__dict__.pop("world", None)
        return self

    def parse(self, words: Sequence[str], kinds: Sequence[Kind], where: str | None = None) -> Selection:
        """A query in words, checked against what the book knows."""
        self._know_me(f"{' '.join(words)} {where or ''}")
        return parse(words, self.world, kinds, where=where)

    def parse_text(self, text: str, kinds: Sequence[Kind]) -> Selection:
        """A query in one string."""
        self._know_me(text)
        return parse_text(text, self.world, kinds)

    def _know_me(self, text: str) -> None:
        """Finds out who asks where a query says `me`, or a view may: that costs a process of git."""
        if "@" in text or "me" in text.replace(":", " ").replace(",", " ").split():
            self.with_user()

    def path(self, name: str, kinds: Sequence[Kind]) -> FieldPath:
        """The path of a field or column; a typo is `BadRequest`."""
        return field_path(name, self.world, kinds)

    def table(self, name: str, kinds: Sequence[Kind], selection: Selection, columns: Sequence[str]) -> Table:
        """The rows of a selection under these columns."""
        paths = [self.path(text, kinds) for text in columns]
        selection = self.in_order(kinds, selection)
        made = tuple(
            replace(column(path, self.world, kinds), name=text) for path, text in zip(paths, columns, strict=True)
        )
        rows = self.index.select(kinds, selection, [*paths, ("id",)])
        return Table(name, made, rows, ids=len(paths))

    def in_order(self, kinds: Sequence[Kind], selection: Selection) -> Selection:
        """A selection of one kind in the order of its lists, unless it has one: it decides what a limit leaves, too."""
        if selection.sort or len(kinds) != 1:
            return selection
        return replace(selection, sort=default_sort(kinds[0]))

    def records(self, kinds: Sequence[Kind], selection: Selection) -> Iterable[Record]:
        """The records of a selection, from their files."""
        for _kind, _id, path in self.index.ids(kinds, selection):
            yield self.record(path)

    def record(self, path: str) -> Record:
        """The record in a file of the book; a file that cannot be read is `Invalid`."""
        from crm_cli.store.reading import read_record  # 10 ms: lists are answered by the index

        data = files.read(self.root, path)
        if isinstance(data, Problem):
            raise Invalid(f"{data.where}: {data.message}")
        return read_record(data, path, self.kinds, self.settings)[1]

    def _linked(self, kinds: Sequence[str], text: str) -> list[str]:
        among = self.kinds.named(name for name in kinds if name in self.kinds.by_name)
        stem = text.rpartition("/")[2]
        named = Test(("name",), "equal", (key("text", text, self.settings),))
        found = self.index.ids(among, Selection(Or((Ids((stem,)), named))))
        exact = [id for _kind, id, _path in found if id == stem]
        return exact or [id for _kind, id, _path in found]

    def _view(self, name: str) -> View:
        view = self.kinds["view"]
        named = Test(("name",), "equal", (key("text", name, self.settings),))
        for condition in (And((PRESENT, named)), Ids((name,)), And((PRESENT, Test(("slug",), "equal", (name,))))):
            found = self.index.ids([view], Selection(And((condition, OfKind(("view",))))))
            if len(found) > 1:
                ids = [id for _kind, id, _path in found]
                hint = f"use one by its id, @{ids[-1]}, or give it another name"
                raise Ambiguous(f"more than one view is called {name}", hint=hint, candidates=ids)
            if found:
                record = self.record(found[0][2])
                assert isinstance(record, View)
                return record
        raise NotFound(f"there is no view @{name}", hint="crm view list shows them")

    def _views(self) -> list[str]:
        return [name for _id, name in self.index.names(self.kinds["view"])]

    def _custom(self, kind: str) -> set[str]:
        return {*self.settings.custom(kind), *self.index.custom_names(self.kinds[kind])}

    # -- writing

    @cached_property
    def identity(self) -> "Identity":
        """Who commits."""
        from crm_cli.store.identity import identity  # starts a process of git: only what writes needs it

        return identity(self.root, os.environ)

    @cached_property
    def user(self) -> str:
        """Who works: CRM_USER, else the `me` of the user's config, else the user with git's address, else its name."""
        given = os.environ.get("CRM_USER") or self.config.me
        if given:
            return given
        who = self.identity
        address = who.email.lower()
        known = (key for key, user in self.settings.users.items() if address in map(str.lower, user.emails))
        return next(known, who.name)

    def apply(self, plan: Plan) -> Receipt:
        """Writes a plan as one commit, after committing what was edited by hand."""
        from crm_cli.store.transaction import begin  # 15 ms of git: only what writes needs it

        self.check_writable()
        if not plan.changes and not plan.files:
            return Receipt(None)
        trusted = self.config.trusts
        with begin(self.root, wait=self.lock_timeout, trusted=trusted) as transaction:
            from crm_cli.store import writing  # 30 ms of parser and merge, while git looks for edits by hand

            text = writing.message(plan.verb, plan.changes) + (f"\n\n{plan.trailer}" if plan.trailer else "")
            made, writes = writing.prepare(plan, transaction, self.kinds, self.settings)
            transaction.foresee(writes, text, self.identity)
            swept = transaction.hand_edits(self.folders, self.is_valid)
            if swept:  # among them may be what is to be written, and edited once more since it was read
                made, writes = writing.prepare(plan, transaction, self.kinds, self.settings)
            commit = transaction.commit(writes, text, self.identity)
        self.close()
        kept = plan.kept_aside + sum(len(one.kept_aside) for one in made)
        return Receipt(commit, tuple(one.record or one.change.record for one in made), tuple(swept), kept)

    def check_writable(self) -> None:
        """Refuses a book that a newer program made."""
        self.check_settings()
        if self.settings.format > FORMAT:
            raise Refused(
                f"this book has format {self.settings.format}, and this crm writes format {FORMAT}",
                hint="install a newer crm to change it; reading works",
            )

    @property
    def folders(self) -> tuple[str, ...]:
        """Where an edit by hand counts: the folders of kinds, and the other places that crm keeps."""
        return (*(kind.folder for kind in self.kinds.all), SETTINGS, "templates", "attachments", "quarantine")

    def is_valid(self, path: str, data: bytes) -> bool:
        """Whether a file that was edited by hand may be committed: other clones must be able to read it."""
        from crm_cli.store.codec import parse as parse_yaml

        if self.kinds.of_path(path) is None and path != SETTINGS:
            return True
        document = parse_yaml(data, path, allow_empty=path == SETTINGS)
        if isinstance(document, Problem):
            return False
        return path != SETTINGS or not read_settings(plain_map(document.root), "")[1]

    def close(self) -> None:
        """Forgets the index, so that the next question sees the files anew."""
        index = self.__dict__.pop("stored", None)
        self.__dict__.pop("index", None)
        self.__dict__.pop("world", None)
        if index is not None:
            index.close()


def open_book(root: Path, config: UserConfig | None = None, *, cache: bool = True) -> Book:
    """Opens the book in a directory that holds a `crm.yaml`."""
    place = cache_dir() if cache else None
    tree = read_tree(root / SETTINGS, place and place / "yaml")
    problem = tree if isinstance(tree, Problem) else None
    plain: dict[str, Any] = {} if isinstance(tree, Problem) else dict(tree)
    settings, wrong = read_settings(plain, root.name)
    if wrong and not problem:
        problem = problem_at(root / SETTINGS, *wrong[0])
    context = Context(settings, clock.now(settings.timezone))
    return Book(
        root,
        settings,
        context,
        problem,
        config or UserConfig(),
        place and place / "books" / place_name(os.path.realpath(root)),
        registry.KINDS,
        repr(sorted(plain.items())),
    )
