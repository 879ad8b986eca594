"""The report of a bug: what happened, in a file that somebody can send; no record text goes into it by intent."""

import os
import platform
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from crm_cli import __version__
from crm_cli.base.config import state_dir


def write_report(error: Exception, words: Sequence[str]) -> Path | None:
    """Writes the report into the state directory; its path, or None where that cannot be written."""
    text = "\n".join(
        (
            f"crm {__version__}, Python {platform.python_version()}, {platform.platform()}",
            f"command: crm {words[1] if len(words) > 1 else ''} ({len(words) - 1} words)",
            "",
            *traceback.format_exception(error),
        )
    )
    state = state_dir()
    if state is None:
        return None
    try:
        place = state / "bugs"
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = place / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}-{time.time_ns() % 1_000_000}.txt"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError:
        return None
    return path
