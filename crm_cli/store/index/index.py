"""The index as the rest of the program sees it: questions about records, answered from tables."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from crm_cli.schema.condition import Condition, Path as FieldPath, Selection
from crm_cli.schema.context import Context
from crm_cli.schema.kind import Kind, Kinds
from crm_cli.schema.problem import Problem


def open_index(root: Path, kinds: Kinds, context: Context, *, cache: Path | None, settings_key: str) -> "Index":
    """The index of a book, in step with its files; in memory where `cache` is None or cannot be used."""
    raise NotImplementedError


class Index:
    """Answers about the records of one book, as they were at the last refresh."""

    def refresh(self, context: Context) -> None:
        """Brings it in step with the files, and with the time of the context."""
        raise NotImplementedError

    def select(self, kinds: Sequence[Kind], selection: Selection, columns: Sequence[FieldPath]) -> Iterator[tuple[Any, ...]]:
        """One row of values in JSON form for each record."""
        raise NotImplementedError

    def json(self, kinds: Sequence[Kind], selection: Selection) -> Iterator[str]:
        """Each record as the text of one JSON object."""
        raise NotImplementedError

    def ids(self, kinds: Sequence[Kind], selection: Selection) -> list[tuple[str, str, str]]:
        """Kind, id and path of each record."""
        raise NotImplementedError

    def count(self, kinds: Sequence[Kind], condition: Condition) -> int:
        """How many records there are."""
        raise NotImplementedError

    def find(self, words: Sequence[str], kinds: Sequence[Kind], archived: bool) -> Iterator[tuple[str, str, str, str]]:
        """Id, kind, name and the field with the words around the hit: hits in the name first, then the newest."""
        raise NotImplementedError

    @property
    def has_problems(self) -> bool:
        """Whether any file or record has a problem."""
        raise NotImplementedError

    def problems(self) -> list[Problem]:
        """What is wrong with files and fields, by path and line."""
        raise NotImplementedError

    def names(self, kind: Kind) -> list[tuple[str, str]]:
        """Id and name of the unarchived records of a kind, by name."""
        raise NotImplementedError

    def distinct(self, kind: Kind, path: FieldPath, prefix: str = "") -> list[str]:
        """The values that a field has, each once, that begin with `prefix`."""
        raise NotImplementedError

    def custom_names(self, kind: Kind) -> set[str]:
        """The names of the custom fields that any record of the kind has."""
        raise NotImplementedError

    def close(self) -> None:
        """Lets go of the file."""
        raise NotImplementedError
