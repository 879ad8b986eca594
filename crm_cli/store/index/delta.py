"""What an update touches, as far as computed values depend on it."""

import sqlite3
from collections.abc import Iterable
from dataclasses import field

from crm_cli.base.lean import dataclass
from crm_cli.store.index.lists import as_list


@dataclass
class Delta:
    """What an update touches: ids by kind, and where the links of the touched records led or lead."""

    ids: dict[str, set[str]] = field(default_factory=dict)
    edges: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    def note(self, db: sqlite3.Connection, rids: Iterable[int]) -> None:
        """Takes in these records as they are now."""
        chosen = as_list(rids)
        for kind, id in db.execute("select kind, id from record where rid in (select value from json_each(?))", chosen):
            self.ids.setdefault(kind, set()).add(id)
        edges = db.execute(
            "select r.kind, l.field, l.id from json_each(?) j join link l on l.src = j.value "
            "join record r on r.rid = l.src",
            chosen,
        )
        for kind, name, id in edges:
            self.edges.setdefault((kind, name), set()).add(id)
