"""What will change: records before and after, and why; nothing is done until a book applies it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crm_cli.schema.record import Record


@dataclass(frozen=True, slots=True)
class Change:
    """One record: made (no before), changed, or removed (no after).

    `expect` are values that its fields must have when the lock is held; another is exit 5.
    """

    before: Record | None
    after: Record | None
    expect: Mapping[str, Any] = field(default_factory=dict)

    @property
    def record(self) -> Record:
        """The record as it will be, or as it was."""
        record = self.after or self.before
        assert record is not None
        return record


@dataclass(frozen=True, slots=True)
class Plan:
    """All changes of one action: one commit. `verb` begins the commit's message."""

    verb: str
    changes: tuple[Change, ...] = ()
    warnings: tuple[str, ...] = ()
