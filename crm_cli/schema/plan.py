"""What will change: records before and after, and why; nothing is done until a book applies it."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from crm_cli.base.lean import dataclass
from crm_cli.schema.record import Record


@dataclass(frozen=True, slots=True)
class Change:
    """One record: made (no before), changed, or removed (no after).

    `expect` are values that its fields must have when the lock is held; another is exit 5. `data` are the
    file's exact bytes where they are known (an edited file, a version out of the history), made from the bytes
    `onto`: where the file holds others by then, the fields are merged instead.
    """

    before: Record | None
    after: Record | None
    expect: Mapping[str, Any] = field(default_factory=dict)
    data: bytes | None = None
    onto: bytes | None = None

    @property
    def record(self) -> Record:
        """The record as it will be, or as it was."""
        record = self.after or self.before
        assert record is not None
        return record


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file that is no record (settings, a template) as a whole: its bytes before and after, None for none."""

    path: str
    before: bytes | None
    after: bytes | None


@dataclass(frozen=True, slots=True)
class Plan:
    """All changes of one action: one commit. `verb` begins the commit's message, `trailer` ends it.

    `kept_aside` counts the values that making the plan had to keep in `conflicts`.
    """

    verb: str
    changes: tuple[Change, ...] = ()
    warnings: tuple[str, ...] = ()
    kept_aside: int = 0
    trailer: str = ""
    files: tuple[FileChange, ...] = ()
