"""Teaches Rich, and Textual with it, how many cells the vowel signs of Indic scripts take on a terminal.

Rich counts none for the signs that stand beside their consonant (ा, ी, …), while most terminals, tmux and glibc count
one, so that every column behind a Hindi name drifts. It also takes the letter behind a joiner for part of the one
before, which is right for emoji only. Functions of `rich.cells` are replaced by ones that ask `base.text.width`; they
are no public interface, so nothing is touched unless they look and behave as known.
"""

import os
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, Final
from unicodedata import category

from crm_cli.base.text import width

_PROBES: Final = ("शा", "क्\u200dष", "漢a")


def spacing(mode: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the terminal gives those signs a cell of their own; `mode` is auto, spacing or zero.

    Of the terminals in use, kitty alone gives a syllable the width of its first letter.
    """
    return mode == "spacing" or (mode == "auto" and environ.get("TERM") != "xterm-kitty")


def teach(cells: ModuleType) -> bool:
    """Makes `rich.cells` count as terminals do; False, and nothing changed, if this Rich is none that we know.

    To be called before Textual is imported, which keeps one of the functions under a name of its own.
    """
    before = {name: getattr(cells, name) for name in _OURS if hasattr(cells, name)}
    if "get_character_cell_size" not in before or not hasattr(cells, "cell_len"):
        return False
    _put(cells, {name: _OURS[name] for name in before})
    # Asked for its behaviour, not its version: that would take 10 ms to look up, and promise less.
    if all(cells.cell_len(probe) == width(probe) for probe in _PROBES):
        return True
    _put(cells, before)
    return False


def _put(cells: ModuleType, functions: Mapping[str, Callable[..., Any]]) -> None:
    for name, function in functions.items():
        setattr(cells, name, function)
    clear = getattr(getattr(cells, "cached_cell_len", None), "cache_clear", None)
    if clear:
        clear()


def _width(text: str, _unicode_version: str = "auto") -> int:
    return width(text) if text.isprintable() else sum(width(char) for char in text if char >= " " and char != "\x7f")


def _graphemes(text: str, _unicode_version: str = "auto") -> tuple[list[tuple[int, int, int]], int]:
    """What must not be torn apart, as (start, end, cells), and the cells of all; a vowel sign stays with its letter."""
    spans: list[tuple[int, int, int]] = []
    for place, char in enumerate(text):
        cells = _width(char)
        start, _, before = spans[-1] if spans else (0, 0, 2)
        if spans and (not cells or (before == 1 and category(char) == "Mc")):
            spans[-1] = (start, place + 1, before + cells)
        else:
            spans.append((place, place + 1, cells))
    return spans, sum(cells for _, _, cells in spans)


_OURS: Final[Mapping[str, Callable[..., Any]]] = {
    "get_character_cell_size": _width,
    "_cell_len": _width,
    "split_graphemes": _graphemes,
}
