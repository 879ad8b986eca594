"""What is asked when something is logged or a task is finished: blanks, and what they make."""

from collections.abc import Sequence
from typing import Final

from crm_cli.base.errors import BadRequest
from crm_cli.base.phrases import longest_prefix
from crm_cli.book import Book
from crm_cli.schema.field import Field
from crm_cli.schema.record import Record
from crm_cli.services.edit import entry_of
from crm_cli.services.filling import Blank, Sheet, Typed, sheet_of, split_pieces
from crm_cli.services.followups.logbook import Told, bare
from crm_cli.services.wording import day_in_words, names_of

WITH: Final = "with"
NEXT: Final = "next"
NOTE: Final = "note"
WHEN: Final = "when"
_ASKED: Final = ("body", "direction", "outcome", "duration_min", "at")
_NEXT: Final = Blank(NEXT, Field(NEXT, doc="when, and what: fri Call back"))


def next_meaning(book: Book, phrase: str) -> str:
    """The day of a next step, and what it is called."""
    words = phrase.split()
    found = longest_prefix(words, entry_of(book).frame("ahead"))
    if found is None:
        raise BadRequest("that begins with no date", hint="fri Call back, +1w, 28 nov Send the quote")
    stamp, used = found
    return f"{day_in_words(stamp)}: {' '.join(words[used:]) or 'Follow up'}"


def log_sheet(book: Book, kind: str, ids: Sequence[str]) -> Sheet:
    """The blanks of an interaction with these records, its follow-up among them."""
    interaction = book.kinds["interaction"]
    kinds = tuple(each.name for each in bare(book))
    whom = Field(WITH, "links", to=kinds, doc="who, or which organization or deal")
    names = names_of(book, [(whom, tuple(ids))])
    how = Blank("kind", interaction.by_name["kind"], (kind,) if kind else (), True, "", {kind: kind} if kind else {})
    known = dict(names)
    line = (", ".join(names),) if names else ()
    asked = [_named(blank) for blank in sheet_of(book, interaction, None, _ASKED).blanks]
    text, *rest = asked
    return Sheet((how, Blank(WITH, whom, line, True, whom.doc, known), text, _NEXT, *rest), known)


def _named(blank: Blank) -> Blank:
    """A blank by the word that people have for it."""
    words = {"body": "text", "duration_min": "minutes", "at": WHEN}
    return Blank(words.get(blank.name, blank.name), blank.field, (), False, blank.doc)


def told_of(typed: Typed) -> Told:
    """What was typed, to be written down."""
    refs = [typed.names.get(name, name) for line in typed.lines[WITH] for name in split_pieces(line, typed.names)]
    minutes = typed.one("minutes")
    return Told(
        kind=typed.one("kind"),
        refs=list(dict.fromkeys(refs)),
        text="\n".join(typed.lines["text"]),
        at=typed.one(WHEN) or None,
        outcome=typed.one("outcome") or None,
        minutes=int(minutes) if minutes else None,
        direction=typed.one("direction") or None,
        next_step=typed.one(NEXT) or None,
    )


def done_sheet() -> Sheet:
    """The blanks of finishing a task: what is to be written down about it, and what comes next."""
    return Sheet((Blank(NOTE, Field(NOTE, "long", doc="what came of it")), _NEXT), {})


def titles(records: Sequence[Record]) -> list[str]:
    """The names of records; of one without a name its id."""
    return [record.name or record.id for record in records]
