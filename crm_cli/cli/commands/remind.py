"""crm remind: a digest of what is due, on stdout, by mail, on the desktop."""

import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any

from crm_cli.base.errors import BadRequest, CrmError
from crm_cli.base.text import counted
from crm_cli.cli.declare import Called, Option
from crm_cli.cli.params import Query, session
from crm_cli.cli.session import Session
from crm_cli.cli.streams import is_terminal
from crm_cli.services.followups.due import COLUMNS, WHOLE
from crm_cli.services.reminding import digest as reminders

HELP = """A digest of what is due: late, today, whom to keep in touch with, with numbers to call.

Prints nothing when nothing is due. --mail and --notify send every item once a day
and print nothing; what could not be sent is printed instead.
Set mail up with: crm config mail.from, and mail.sendmail or mail.smtp."""


def remind(
    ctx: Called,
    query: Query = None,
    within: Annotated[str, Option("--within", metavar="SPAN", help="How far ahead to look")] = "0d",
    html: Annotated[bool, Option("--html", help="Print an HTML document")] = False,
    notify: Annotated[bool, Option("--notify", help="Show it on the desktop")] = False,
    mail: Annotated[bool, Option("--mail", help="Send it by mail")] = False,
) -> None:
    """Shows or sends what is due."""
    run: Session = session(ctx)
    options = run.output_options()
    listed = bool(options.format or options.fields or options.line or options.null or options.header)
    if html and listed:
        raise BadRequest("--html is an output of its own", hint="leave out the other one")
    digest = reminders.gather(run.book, query or [], within)
    ways = [way for way, asked in ((_desktop, notify), (_mail, mail)) if asked]
    if listed:
        columns = WHOLE if options.whole else options.columns_for(COLUMNS)
        run.show(reminders.rows(run.book, query or [], within, columns))
    elif digest.items and html:
        _print_page(digest)
    elif digest.items and not ways:
        run.print_lines(list(reminders.lines(digest)))
    code = _send(run, ways, digest, shown=listed or html)
    if not listed:
        run.code = int(run.options.exit_code and not digest.items)
        run.note_problems()
    run.code = code or run.code


def _print_page(digest: reminders.Digest) -> None:
    from crm_cli.services.reminding.page import page

    sys.stdout.write(page(digest))


def _desktop(run: Session) -> Any:
    from crm_cli.services.reminding.delivery import to_desktop

    return to_desktop(run.book.root)


def _mail(run: Session) -> Any:
    from crm_cli.services.reminding.delivery import by_mail

    return by_mail(run.book, run.config.mail)


def _send(run: Session, ways: Sequence[Callable[[Session], Any]], digest: reminders.Digest, *, shown: bool) -> int:
    """Sends the digest every way that was asked for; the exit code of the first that failed."""
    printed: set[str] = set(digest.keys if shown else ())

    def fall_back(lost: reminders.Digest) -> None:
        rest = lost.only(set(lost.keys) - printed)
        printed.update(rest.keys)
        if rest.items:
            sys.stdout.write(reminders.text(rest))
            sys.stdout.flush()

    codes = [run.complain(trouble) for make in ways for trouble in _sent(run, make, digest, fall_back)]
    return next(iter(codes), 0)


def _sent(
    run: Session,
    make: Callable[[Session], Any],
    digest: reminders.Digest,
    fall_back: Callable[[reminders.Digest], None],
) -> list[CrmError]:
    from crm_cli.services.reminding.delivery import (
        deliver,  # with the packages of mail 25 ms, and most digests are printed
    )

    try:
        way = make(run)
        count, troubles = deliver(run.book, way, digest, fall_back, run.warn) if digest.items else (0, [])
    except CrmError as trouble:
        fall_back(digest)
        return [trouble]
    if count and is_terminal(sys.stderr):  # cron would mail this line too
        run.say(f"{counted(count, 'item')} sent ({way.name})")
    return troubles
