"""What was done about an erasure and what cannot be reached, without a word about whom."""

from collections.abc import Sequence
from dataclasses import field

from crm_cli.base.lean import dataclass
from crm_cli.book import Book
from crm_cli.services.erasing import preview as groups
from crm_cli.services.erasing.cleaning import Cleaned
from crm_cli.services.erasing.erasure import Erasure
from crm_cli.services.erasing.preview import Preview

_SAID = {
    groups.RECORD: "records erased",
    groups.LINKS: "records that linked to it",
    groups.MENTIONS: "mentions replaced in other texts",
    groups.CONFLICTS: "mentions replaced in values kept aside",
    groups.ATTACHMENTS: "attachments removed",
    groups.ASIDE: "files of the quarantine removed",
    groups.STAYS: "files left as they are that may mention it",
}


@dataclass
class Outcome:
    """What became of what lies beside the book, and of the history: rewritten or not, the remote replaced or not.

    `left` is what still holds the old history.
    """

    cleaned: Cleaned
    rewritten: bool = False
    remote: str | None = None
    replaced: bool = False
    left: Sequence[str] = field(default_factory=tuple)


def receipt(book: Book, erasure: Erasure, found: Preview, outcome: Outcome) -> list[str]:
    """The lines of a receipt."""
    marks = ", ".join(entry.mark.partition(":")[0] for entry in erasure.entries) or "all that were erased before"
    what = erasure.record.kind_.name if erasure.record else "history"
    lines = [f"erased {what}: {marks}", f"date: {book.context.stamp.text}"]
    if erasure.record and erasure.entries:
        lines.append("what is left: a record without a name" if erasure.new else "what is left: nothing")
    lines += [f"{said}: {found.counts.get(group, 0)}" for group, said in _SAID.items()]
    lines.append(f"files renamed: {_renamed(erasure)}")
    lines.append(f"commits that had touched it: {found.commits}")
    return [*lines, *outcome.cleaned.lines, *_history(outcome), *_out_of_reach(outcome)]


def _renamed(erasure: Erasure) -> int:
    """How many files have another name now, that of the record itself among them."""
    ways = ((path, erasure.eraser.path(path)) for path in erasure.before)
    return sum(bool(new and new != path and erasure.writes.get(new)) for path, new in ways)


def _history(outcome: Outcome) -> list[str]:
    if not outcome.rewritten:
        return ["history: not rewritten; every earlier version is still in it"]
    lines = ["history: rewritten here, and the old one removed"]
    if outcome.remote:
        now = "replaced" if outcome.replaced else "NOT replaced yet: crm sync does it once it can be reached"
        lines.append(f"remote {outcome.remote}: {now}")
    return [*lines, *(f"still holds the old history: {left}" for left in outcome.left)]


def _out_of_reach(outcome: Outcome) -> list[str]:
    lines = ["not in reach of crm:"]
    if outcome.rewritten:
        lines.append("  the objects that the server keeps until it runs: git gc --prune=now")
        lines.append("  other clones, until each of them has run: crm sync")
    else:
        lines.append("  the history here, on the remote and in every clone: --rewrite-history")
    return [*lines, "  your own settings, other books, backups, exports, files copied elsewhere, mails that were sent"]
