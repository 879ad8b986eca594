"""Tells when somebody else changes the book: the command line, an editor, cron, a sync."""

from collections.abc import AsyncIterator
from pathlib import Path

QUIET_MS = 60
"""So long nothing may happen before a change is told, so that a sync is told once."""
LONGEST_MS = 400


async def watch(root: Path) -> AsyncIterator[None]:
    """Once for every burst of changes to records, settings or what is known of the remote."""
    from watchfiles import awatch  # late: 60 ms, behind the first frame

    git = root / ".git"

    def told(_change: object, path: str) -> bool:
        place = Path(path)
        if not place.is_relative_to(git):
            return True
        return place.is_relative_to(git / "refs") and not path.endswith(".lock")

    async for _changes in awatch(root, watch_filter=told, debounce=LONGEST_MS, step=QUIET_MS, recursive=True):
        yield
