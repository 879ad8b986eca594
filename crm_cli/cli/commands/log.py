"""crm log: writes down a call, a message, a visit, a note."""

import sys
from dataclasses import replace
from typing import Annotated, Any

from crm_cli.base.errors import BadRequest
from crm_cli.cli import complete
from crm_cli.cli.declare import Argument, Called, Option
from crm_cli.cli.editing import composed
from crm_cli.cli.params import session
from crm_cli.cli.receipts import applied
from crm_cli.services.followups.logbook import Told, bare, write_down

HELP = """Writes down what happened: crm log call asha "wants a website" --next "fri Call back"

The last of two or more words is the text. With one word the text comes from stdin, or from your editor."""

Kind = Annotated[str, Argument(help="call, whatsapp, email, meeting, note ...", autocompletion=complete.log_kinds)]
Words = Annotated[
    list[str], Argument(metavar="REF ... [TEXT]", help="With whom, about what", autocompletion=complete.refs)
]
Text = Annotated[str | None, Option("-m", "--text", metavar="TEXT", help="The text; all words are REFs then")]
Edit = Annotated[bool, Option("--edit", help="Write the text in your editor")]
At = Annotated[str | None, Option("--at", metavar="WHEN", help="When it was; now if left out")]
Deal = Annotated[str | None, Option("--deal", metavar="REF", help="About which deal", autocompletion=complete.deals)]
Outcome = Annotated[str | None, Option("--outcome", metavar="TEXT", help="What came of it")]
Minutes = Annotated[str | None, Option("--minutes", metavar="N", help="How long it took")]
CameIn = Annotated[bool, Option("--in", help="They reached us")]
WentOut = Annotated[bool, Option("--out", help="We reached them")]
Create = Annotated[bool, Option("--create", help="Make a contact of a name that is not known")]
Next = Annotated[str | None, Option("--next", metavar="'WHEN [TEXT]'", help="The follow-up")]


def log(
    ctx: Called,
    kind: Kind,
    words: Words,
    text: Text = None,
    edit: Edit = False,
    at: At = None,
    deal: Deal = None,
    outcome: Outcome = None,
    minutes: Minutes = None,
    came_in: CameIn = False,
    went_out: WentOut = False,
    create: Create = False,
    next_step: Next = None,
) -> None:
    """Writes it down."""
    run = session(ctx)
    if came_in and went_out:
        raise BadRequest("--in and --out exclude each other")
    refs, said = _split(run, words, text, edit)
    direction = "in" if came_in else "out" if went_out else None
    abouts = [run.settled(ref, bare(run.book)) for ref in run.words(refs)]
    about = run.settled(deal, [run.book.kinds["deal"]]) if deal else deal
    told = Told(kind, abouts, said or "", at, about, outcome, _whole(minutes), direction, next_step, create)
    if said is not None:
        _keep(run, told)
        return
    # What is wrong with the other words is said before anybody writes a long text, not after it.
    write_down(run.book, told)
    with composed(run) as written:
        _keep(run, replace(told, text=_some(written)))


def _keep(run: Any, told: Told) -> None:
    plan, echo = write_down(run.book, told)
    applied(run, plan, created=True)
    run.say(echo)


def _whole(minutes: str | None) -> int | None:
    if minutes is not None and not (minutes.isascii() and minutes.isdigit() and len(minutes) < 6):
        raise BadRequest(f"--minutes wants a whole number, not {minutes}", hint="--minutes 45")
    return None if minutes is None else int(minutes)


def _split(run: Any, words: list[str], text: str | None, edit: bool) -> tuple[list[str], str | None]:
    """The REFs and the text, which is None where it is to be written in the editor."""
    if text is not None:
        return words, text
    if edit:
        return words, None
    if len(words) > 1:
        return words[:-1], _some(words[-1])
    if words[0] != "-" and sys.stdin is not None and not sys.stdin.isatty():
        return words, _some(run.stdin().decode("utf-8", "surrogateescape"))
    if not run.interactive:
        raise BadRequest("there is no text", hint='crm log call asha "wants a website", or -m TEXT')
    return words, None


def _some(text: str) -> str:
    if not text.strip():
        raise BadRequest("the text is empty", hint='-m "" writes down an empty one')
    return text
