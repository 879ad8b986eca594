"""Delivers the digest of what is due by mail or to the desktop: every item once a day, and none is lost."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from crm_cli.base.config import Mail
from crm_cli.base.errors import CrmError, InDoubt, Refused
from crm_cli.base.lean import dataclass
from crm_cli.base.programs import find_program, run_piped
from crm_cli.base.text import clip, visible
from crm_cli.book import Book
from crm_cli.services.reminding import mailing
from crm_cli.services.reminding import page as reminder_page
from crm_cli.services.reminding.digest import Digest, Item, text
from crm_cli.services.reminding.sent import PREPARED, Ledger, ledger

SUBJECT_CELLS = 160
BODY_LINES = 8
_LINE_CELLS = 90
_SECONDS = 10.0
_SCRIPT = ("on run argv", "display notification (item 2 of argv) with title (item 1 of argv)", "end run")


@dataclass(frozen=True, slots=True)
class Way:
    """One way to send: `new_id` names a message, `post` sends a digest under it, calling its last argument first."""

    name: str
    new_id: Callable[[], str]
    post: Callable[[Digest, str, Callable[[], None]], None]


def by_mail(book: Book, mail: Mail) -> Way:
    """Mail as the user's config says; `BadRequest` where it is not set up."""
    route = mailing.route(mail)

    def post(digest: Digest, message_id: str, leaving: Callable[[], None]) -> None:
        subject = clip(f"{digest.summary}: {visible(digest.book)}", SUBJECT_CELLS)
        html, now = reminder_page.page(digest), book.context.now
        mailing.send(route, mailing.compose(route, subject, text(digest), html, now, message_id), leaving)

    return Way("mail", lambda: mailing.new_message_id(route), post)


def to_desktop(root: Path) -> Way:
    """A notification of the desktop; `Refused` where there is no program for it."""
    for name in ("notify-send", "osascript"):
        program = find_program(name, root)
        if program:
            return Way("notify", lambda: "", _notifier(program, name))
    raise Refused(
        "there is neither notify-send nor osascript here to show a notification",
        hint="install libnotify, or use crm remind or crm remind --mail",
    )


def _notifier(program: str, name: str) -> Callable[[Digest, str, Callable[[], None]], None]:
    def post(digest: Digest, _id: str, leaving: Callable[[], None]) -> None:
        leaving()
        try:
            done = run_piped(notification(program, digest), seconds=_SECONDS)
        except TimeoutError:
            raise InDoubt(f"{name} did not end: whether the notification was shown is not known") from None
        except OSError as trouble:
            raise Refused(f"{program} cannot be started: {trouble.strerror}") from None
        if done.code:
            raise Refused(
                f"{name} could not show the notification (exit {done.code})",
                hint="it needs your desktop session: cron has none, a systemd user unit has it",
            )

    return post


def notification(program: str, digest: Digest) -> list[str]:
    """The command that shows a digest; record text is an argument, never a part of a script or of markup."""
    shown = [_line(item) for item in digest.items]
    if len(shown) > BODY_LINES:
        shown[BODY_LINES - 1 :] = [f"and {len(shown) - BODY_LINES + 1} more: crm remind"]
    if program.endswith("osascript"):
        return [program, *(word for line in _SCRIPT for word in ("-e", line)), digest.summary, "\n".join(shown)]
    body = "\n".join(shown).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return [program, "--app-name=crm", "--", digest.summary, body]


def _line(item: Item) -> str:
    return clip(f"{item.when}: {item.what}" + (f" ({item.who})" if item.who else ""), _LINE_CELLS)


def deliver(
    book: Book, way: Way, digest: Digest, fall_back: Callable[[Digest], None], warn: Callable[[str], None]
) -> tuple[int, list[CrmError]]:
    """Sends what was not sent today; how many items went out, and what went wrong.

    What could not be sent, or perhaps was not, goes to `fall_back` before it is noted as done with.
    """
    today = digest.day.isoformat()
    with ledger(book.root, today, book.lock_timeout, warn) as notes:
        troubles = _left_behind(notes, way, digest, fall_back)
        sent = set(notes.channel(way.name).sent)
        new = digest.only([key for key in digest.keys if key not in sent])
        if not new.items:
            return 0, troubles
        try:
            _send(notes, way, new, fall_back)
        except CrmError as trouble:
            return 0, [*troubles, trouble]
        return len(new.items), troubles


def _left_behind(notes: Ledger, way: Way, digest: Digest, fall_back: Callable[[Digest], None]) -> list[CrmError]:
    """Settles what a killed run may have sent: it is not sent again today, but shown."""
    doubtful = digest.only(notes.left_behind(way.name))
    if doubtful.items:
        fall_back(doubtful)
    if notes.left_behind(way.name):
        notes.settle(way.name)
    count = len(doubtful.items)
    if not count:
        return []
    return [InDoubt(f"an earlier run was stopped while it sent {count} of these: they are shown, not sent again")]


def _send(notes: Ledger, way: Way, new: Digest, fall_back: Callable[[Digest], None]) -> None:
    name = way.name
    try:
        notes.begin(name, new.keys, way.new_id())
        way.post(new, notes.channel(name).message, lambda: notes.leaving(name))
    except InDoubt:
        fall_back(new)
        notes.settle(name)
        raise
    except CrmError:
        fall_back(new)
        with suppress(Refused):
            notes.take_back(name)
        raise
    except BaseException:
        # Somebody ended us: what had left stays noted as such, for the next run to judge.
        if notes.channel(name).phase == PREPARED:
            notes.take_back(name)
        raise
    notes.settle(name)
