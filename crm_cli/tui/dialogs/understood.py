"""What a dialog says about words while they are typed."""

from crm_cli.base.lean import dataclass


@dataclass(frozen=True, slots=True)
class Understood:
    """What the words mean, or the sentence about why they do not fit."""

    text: str
    fits: bool = True
