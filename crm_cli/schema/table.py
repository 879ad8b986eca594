"""What to show: typed columns and rows of values in JSON form, without styling."""

from collections.abc import Iterable, Sequence
from typing import Any

from crm_cli.base.lean import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name is the key in JSON and the header in CSV; `type` is a value type."""

    name: str
    type: str = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns. A value is None, a text, a number, a bool, or a list or map of them.

    `name` is that of the listing (`contact`, `due`, `find`, …); `ids` is the place of the column whose
    values `--ids` prints.
    """

    name: str
    columns: tuple[Column, ...]
    rows: Iterable[Sequence[Any]]
    ids: int = 0
