"""A book in a directory, without git: enough to plan against."""

from pathlib import Path

from crm_cli.book import Book, open_book
from crm_cli.schema.convert import file_changes, file_tree
from crm_cli.schema.plan import Plan
from crm_cli.services.exchange.import_map import read_map
from crm_cli.services.exchange.importer import Imported
from crm_cli.services.exchange.importing import Request, plan_import
from crm_cli.store.codec import Document, emit, parse, splice

SETTINGS = "format: 1\ntimezone: Asia/Kolkata\ncurrency: INR\n"


class Books:
    """Makes books and writes plans into their files."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.settings(SETTINGS)

    def settings(self, text: str) -> None:
        self.root.mkdir(exist_ok=True)
        (self.root / "crm.yaml").write_text(text)

    def write(self, path: str, text: str) -> None:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    def open(self) -> Book:
        return open_book(self.root, cache=False)

    def map(self, data: str | bytes, text: str, **facts: object) -> Imported:
        """What a CSV file would do through a map."""
        book = self.open()
        through = read_map(text.encode(), "map.yaml", book.kinds)
        raw = data.encode() if isinstance(data, str) else data
        name = str(facts.pop("name", "file.csv"))
        return plan_import(book, Request(raw, name, through, **facts))  # type: ignore[arg-type]

    def own(self, data: str, kind: str | None = None, *, name: str = "file.csv", on_match: str = "") -> Imported:
        """What a file of our own would do."""
        book = self.open()
        return plan_import(book, Request(data.encode(), name, None, book.kinds[kind] if kind else None, on_match))

    def apply(self, plan: Plan) -> None:
        """Writes a plan into the files, as a commit would."""
        settings = self.open().settings
        for change in plan.changes:
            record = change.record
            path = self.root / record.path
            if change.before is None:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(emit(file_tree(record, settings), record.kind_.groups))
            else:
                assert change.after is not None
                document = parse(path.read_bytes(), record.path)
                assert isinstance(document, Document)
                changes = file_changes(change.before, change.after, settings)
                path.write_bytes(splice(document, changes, record.kind_.file_order))

    def text(self, id: str) -> str:
        """The file of a record."""
        return next(self.root.rglob(f"{id}.yaml")).read_text()


def of_kind(imported: Imported | Plan, kind: str) -> list[object]:
    """The records of a kind in a plan."""
    plan = imported.plan if isinstance(imported, Imported) else imported
    return [change.record for change in plan.changes if change.record.kind_.name == kind]


def reasons(imported: Imported) -> list[tuple[int, str]]:
    """Lines and reasons of the rejected rows."""
    return [(reject.row.line, reject.reason) for reject in imported.rejects]
