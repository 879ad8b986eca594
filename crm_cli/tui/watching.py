"""Tells when somebody else changes the book: the command line, an editor, cron, a sync."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

QUIET_MS = 60
"""So long nothing may happen before a change is told: a sync is told once."""
LONGEST_MS = 400
PATIENCE = 1.0
"""Seconds between two looks where the system cannot tell: no inotify left, a network file system."""


async def watch(root: Path) -> AsyncIterator[None]:
    """Once at the start, then once for every burst of changes to records, settings or what is known of the remote."""
    yield  # what changed before anybody watched
    try:
        async for _ in _told(root):
            yield
    except OSError:
        while True:  # then the book is looked at again and again; unchanged, that is a scan of its folders
            await asyncio.sleep(PATIENCE)
            yield


async def _told(root: Path) -> AsyncIterator[None]:
    from watchfiles import awatch  # late: 60 ms, behind the first frame

    git = root / ".git"

    def counts(_change: object, path: str) -> bool:
        place = Path(path)
        if not place.is_relative_to(git):
            return True
        return place.is_relative_to(git / "refs") and not path.endswith(".lock")

    async for _changes in awatch(root, watch_filter=counts, debounce=LONGEST_MS, step=QUIET_MS, recursive=True):
        yield
