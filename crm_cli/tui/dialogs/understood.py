"""What a dialog says about words while they are typed."""

from typing import Final

from crm_cli.base.lean import dataclass

TITLE: Final = 140
"""Cells of a title: two lines of a dialog."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What the words mean, or the sentence about why they do not fit."""

    text: str
    fits: bool = True
