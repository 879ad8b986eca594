"""How far a transfer is, on one line of a terminal that goes away again."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from crm_cli.base.text import visible

_MOST = 70  # characters: a narrower terminal wraps, which does no harm


@contextmanager
def progress(run: Any) -> Iterator[Callable[[str], None] | None]:
    """What a transfer reports to; None where nobody looks."""
    if run.options.quiet or sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    try:
        yield _show
    finally:
        _put("")


def _show(text: str) -> None:
    _put(visible(text)[:_MOST])


def _put(text: str) -> None:
    print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
