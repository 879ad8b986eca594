"""Where one can go: every screen with its name, its key and how it is made."""

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module

from textual.screen import Screen

from crm_cli.base.lean import dataclass
from crm_cli.kinds import KINDS
from crm_cli.schema.kind import Kind
from crm_cli.tui.commands import command

EARLY = ("contact", "organization", "deal", "task")
"""Kinds whose lists have a key; the others are found in the palette."""


@dataclass(frozen=True, slots=True)
class Place:
    """A screen: what it is called in the palette, its key if it has one, the class of its module, what it is for."""

    name: str
    title: str
    about: str
    module: str
    screen: str
    kind: str = ""
    key: str = ""
    filter: str = ""

    def make(self) -> Screen[None]:
        """The screen, its module imported only now."""
        made: Callable[..., Screen[None]] = getattr(import_module(f"crm_cli.tui.screens.{self.module}"), self.screen)
        return made(self.kind, self.filter) if self.kind else made()


def _at_first(kind: Kind) -> str:
    """The filter that a list begins with: of what has an end, what is open."""
    status = kind.by_name.get("status")
    return "status:open" if status and "open" in status.choices else ""


def _places() -> tuple[Place, ...]:
    lists = [
        Place(kind.name, kind.folder.capitalize(), kind.doc, "records", "Records", kind.name, filter=_at_first(kind))
        for kind in KINDS.all
    ]
    known = {place.name: place for place in lists}
    tabs = [
        Place("day", "My day", "what is due, who is slipping away, what is stuck", "day", "Day"),
        Place("pipeline", "Pipeline", "the deals by stage", "pipeline", "Pipeline"),
        *(known.pop(name) for name in EARLY if name in known),
        Place("timeline", "Timeline", "what happened lately, with everybody", "timeline", "Timeline"),
        Place("conflicts", "Conflicts", "values that a sync kept aside", "conflicts", "Conflicts"),
        Place("doctor", "Doctor", "what is wrong with the files", "doctor", "Doctor"),
    ]
    keyed = [replace(each, key=str(number)) for number, each in enumerate(tabs, 1)]
    others = [
        Place("search", "Find", "everything, in any script", "search", "Search"),
        Place("help", "Help", "every command and its key", "help", "Help"),
    ]
    return (*keyed, *known.values(), *others)


PLACES = _places()
GOING = tuple(command(place.key, f"go('{place.name}')", place.title, place.about) for place in PLACES if place.key)
"""The keys of the places."""


def place(name: str) -> Place | None:
    """The place of that name."""
    return next((each for each in PLACES if each.name == name), None)
