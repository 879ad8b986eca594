"""What a form asks the book while somebody types."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field

from crm_cli.base.errors import CrmError
from crm_cli.base.lean import dataclass
from crm_cli.book import Book
from crm_cli.services.filling import Blank
from crm_cli.services.offering import Offer, offers, understood
from crm_cli.tui.desk import Desk
from crm_cli.tui.dialogs.understood import Understood

Means = Callable[[Book, str], str]
"""What a line is in words; CrmError where it does not fit."""


@dataclass(frozen=True)
class Helper:
    """Answers for the blanks of these kinds; those in `means` are understood in a way of their own.

    `making`: what a link leads to may be made on the way.
    """

    desk: Desk
    kinds: Sequence[str] = ()
    means: Mapping[str, Means] = field(default_factory=dict)
    making: bool = False

    async def check(self, blank: Blank, lines: Sequence[str], names: Mapping[str, str]) -> Understood:
        """What the lines of a blank mean, or why they do not fit."""
        typed = any(line.strip() for line in lines)
        if not typed:
            return Understood("needed", fits=False) if blank.required else Understood("")
        own = self.means.get(blank.name)
        try:
            if own:
                return Understood(await self.desk.ask(lambda book: own(book, "\n".join(lines))))
            return Understood(await self.desk.ask(lambda book: understood(book, blank, lines, names)))
        except CrmError as error:
            return Understood(sentence(error), fits=False)

    async def offers(self, blank: Blank, line: str, names: Mapping[str, str]) -> list[Offer]:
        """What the line could become."""
        if blank.name in self.means:
            return []
        return await self.desk.ask(lambda book: offers(book, self.kinds, blank, line, names, making=self.making))


def sentence(error: CrmError) -> str:
    """What is wrong and what to do, in one sentence."""
    return "; ".join(part for part in (error.message, *error.candidates[:3], error.hint) if part)
