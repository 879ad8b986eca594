"""Lists as one parameter of a statement, since SQLite limits how many there may be."""

from collections.abc import Iterable
from typing import Any


def as_list(values: Iterable[Any]) -> tuple[str]:
    """The parameters of a statement that reads its values from one `json_each(?)`."""
    import json  # 3 ms, and a listing as text needs none

    return (json.dumps(list(values)),)
