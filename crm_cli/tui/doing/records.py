"""Any record: its fields in a form, a new one, tags, out of sight, in the editor."""

import shlex
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from crm_cli.base.errors import BadRequest, CrmError, Refused
from crm_cli.book import Book
from crm_cli.schema.field import Field
from crm_cli.schema.plan import Plan
from crm_cli.schema.record import Record
from crm_cli.services.assign import Assignment
from crm_cli.services.buffer import Part, join, name_of, part_of, plan_edit, split
from crm_cli.services.drafts import Draft
from crm_cli.services.edit import archive as archived
from crm_cli.services.edit import set_fields
from crm_cli.services.filled import Gone, added, changed, meanwhile
from crm_cli.services.filling import Blank, Sheet, Typed, sheet_around, sheet_of
from crm_cli.services.followups.asking import titles
from crm_cli.services.meant import records_of
from crm_cli.services.refs import resolve_all
from crm_cli.tui.dialogs.choose import Choose
from crm_cli.tui.dialogs.confirm import Confirm
from crm_cli.tui.forms import Form
from crm_cli.tui.helping import Helper, sentence

if TYPE_CHECKING:
    from crm_cli.tui.app import CrmApp


def what(names: Sequence[str]) -> str:
    """What an act is about, in a title."""
    return names[0] if len(names) == 1 else f"{len(names)} records"


# -- forms


async def edit(app: "CrmApp", ref: str, names: Sequence[str] = ()) -> None:
    """The fields of a record in a form, or some of them."""

    def opened(book: Book) -> tuple[Record, Sheet]:
        record = records_of(book, [ref])[0]
        return record, sheet_of(book, record.kind_, record, names)

    record, sheet = await app.desk.ask(opened)

    async def save(typed: Typed) -> bool:
        return await _save(app, record, sheet, typed)

    kind = record.kind_.name
    await app.hand.ask(
        Form(f"{kind.capitalize()}: {record.name or record.id}", sheet, Helper(app.desk, (kind,), making=True), save)
    )


def _changed(record: Record, sheet: Sheet, typed: Typed, keep: bool, book: Book) -> tuple[Plan, str]:
    return changed(book, record, sheet, typed, keep=keep), ""


async def _save(app: "CrmApp", record: Record, sheet: Sheet, typed: Typed) -> bool:
    """Writes a form down, and tells what others did meanwhile; False where somebody would rather go on typing."""
    keep = False
    while True:
        try:
            plan, receipt, _said = await app.hand.commit(partial(_changed, record, sheet, typed, keep))
        except Gone as gone:
            about = ["keeping it makes it anew, with everything that stands in this form"]
            if not await app.hand.ask(Confirm(f"{gone.message} - keep it?", about, yes="keep it", no="go back")):
                return False
            keep = True
            continue
        app.hand.tell(plan, receipt, f"changed: {record.name or record.id}")
        for line in meanwhile(plan, receipt):
            app.say(line)
        return True


async def add(app: "CrmApp", kind: str, about: str) -> None:
    """A new record, about another one where that is given; without a kind it asks which."""
    kinds = await app.desk.ask(lambda book: list(book.kinds.all))
    if not kind:
        chosen = await app.hand.ask(Choose("Add what?", [(each.name, each.doc) for each in kinds]))
        if chosen is None:
            return
        kind = chosen
    of = next(each for each in kinds if each.name == kind)

    def asked(book: Book) -> Sheet:
        return sheet_around(book, of, records_of(book, [about])[0] if about else None)

    sheet = await app.desk.ask(asked)

    async def save(typed: Typed) -> bool:
        def make(book: Book) -> tuple[Plan, str]:
            plan = added(book, of, sheet, typed)
            return plan, f"added: {plan.changes[0].record.name or kind}"

        await app.hand.write(make)
        return True

    await app.hand.ask(Form(f"New {kind}", sheet, Helper(app.desk, (kind,), making=True), save, save="add"))


# -- tags


async def tag(app: "CrmApp", refs: Sequence[str]) -> None:
    """Adds tags, and takes away those with a minus in front."""

    def asked(book: Book) -> tuple[list[str], list[str]]:
        records = records_of(book, refs)
        tags = dict.fromkeys(tag for record in records for tag in record.tags)
        return titles(records), list(tags)

    names, tags = await app.desk.ask(asked)
    blank = Blank("tags", Field("tags", "list", doc="vip newsletter -old"))

    async def save(typed: Typed) -> bool:
        wanted = list(_tags(typed.one("tags")))
        if not wanted:
            raise BadRequest("no tag was given", hint="vip adds one, -old takes one away")

        def make(book: Book) -> tuple[Plan, str]:
            said = " ".join(f"{one.sign[0]}{one.text}" for one in wanted)
            return set_fields(book, records_of(book, refs), wanted, verb="tag"), f"tagged {what(names)}: {said}"

        await app.hand.write(make)
        return True

    has = f" ({', '.join(tags)})" if tags else ""
    sheet = Sheet((blank,), {})
    await app.hand.ask(Form(f"Tag {what(names)}{has}", sheet, Helper(app.desk), save, save="tag"))


def _tags(text: str) -> Iterator[Assignment]:
    """`vip -old "two words"` as assignments; commas part tags too."""
    try:
        words = shlex.split(text.replace(",", " "))
    except ValueError:
        raise BadRequest("a quote is open", hint='"two words" is one tag') from None
    for word in words:
        sign = "-=" if word.startswith("-") else "+="
        if name := word.lstrip("+-"):
            yield Assignment(("tags",), sign, name)


# -- out of sight


async def archive(app: "CrmApp", refs: Sequence[str]) -> None:
    """Puts records out of sight, after asking."""
    names = await app.desk.ask(lambda book: titles(records_of(book, refs)))
    about = [*(names if len(names) > 1 else []), "out of sight, still there; u brings it back"]
    if await app.hand.ask(Confirm(f"Archive {what(names)}?", about, yes="archive", no="leave it")):
        await app.hand.write(lambda book: (archived(book, records_of(book, refs)), f"archived: {what(names)}"))


# -- the editor


async def editor(app: "CrmApp", refs: Sequence[str]) -> None:
    """Opens the files in the user's editor; what does not read is said, and can be opened again."""
    parts = await app.desk.ask(lambda book: [part_of(book, found.path) for found in resolve_all(book, refs)])
    draft = Draft(name_of(parts), join(parts), app.desk.config.editor)
    while True:
        data = _edited(app, draft)
        try:
            await app.hand.write(partial(_plan, parts, data))
            break
        except CrmError as error:
            again = Confirm(
                "Edit it again?", [sentence(error), f"the draft is {draft.path}"], yes="edit", no="leave it"
            )
            if not await app.hand.ask(again):
                app.say(f"nothing was changed; what you wrote is in {draft.path}")
                return
    draft.done()


def _edited(app: "CrmApp", draft: Draft) -> bytes:
    """What the draft holds when the editor is closed; the screens stand aside for it."""
    try:
        with app.suspend():
            return draft.edit()
    except SuspendNotSupported:
        draft.done()
        raise Refused("there is no terminal for an editor here", hint="i changes the fields in a form") from None


def _plan(parts: Sequence[Part], data: bytes, book: Book) -> tuple[Plan, str]:
    return plan_edit(book, parts, split(data, parts)), ""
