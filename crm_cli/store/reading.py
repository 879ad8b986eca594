"""What a path of the book says about the record there, and reading it from the bytes of its file."""

from crm_cli.base.errors import Invalid
from crm_cli.schema.convert import load
from crm_cli.schema.kind import Kinds
from crm_cli.schema.problem import Problem
from crm_cli.schema.record import Record
from crm_cli.schema.settings import Settings
from crm_cli.store.codec import Document, parse
from crm_cli.store.files import is_record_name


def read_record(data: bytes, path: str, kinds: Kinds, settings: Settings) -> tuple[Document, Record]:
    """A file's document and record; a file that cannot be read is `Invalid`."""
    kind = kinds.of_path(path)
    document = parse(data, path)
    if kind is None or isinstance(document, Problem):
        problem = document if isinstance(document, Problem) else Problem(path, 0, "file-name", "is no record")
        raise Invalid(f"{problem.where}: {problem.message}", hint="crm doctor says how to mend it")
    return document, load(kind, stem(path), path, document.root, settings)


def is_record(kinds: Kinds, path: str) -> bool:
    """Whether a path is a record's."""
    return kinds.of_path(path) is not None and is_record_name(path.rpartition("/")[2])


def stem(path: str) -> str:
    """The id of the record that a path holds."""
    return path.rpartition("/")[2].removesuffix(".yaml")
