"""What has been erased, in a file of the book: random parts of ids and days, nothing by which anybody can be known."""

import hashlib
import os
from collections.abc import Iterable, Mapping
from typing import Any

from crm_cli.base.ids import random_part
from crm_cli.base.lean import dataclass
from crm_cli.schema.node import Bare, Plain, plain_map
from crm_cli.store.codec import Document, emit, parse

LEDGER = "erased.yaml"
"""Where it is, beside `crm.yaml`."""
ERASES = "\nErases: "
"""The line of a commit's message by which it is known that it is not to be taken back."""
_ROUNDS = 100_000  # an id without a random part is a name, which must not be guessed in passing


@dataclass(frozen=True, slots=True)
class Entry:
    """One erased id: its random part (or salt and digest), what stands in its place, since when.

    `new` is the id of the record that is left, None where it was removed. A `shadow` is a record that had been merged
    into the erased one: nothing is left of it, and what pointed to it points to `new`.
    """

    mark: str
    day: str
    new: str | None = None
    shadow: bool = False

    def means(self, id: str) -> bool:
        """Whether an id is the one that was erased."""
        salt, colon, _ = self.mark.partition(":")
        if not colon:
            return random_part(id) == self.mark
        return random_part(id) is None and self.mark == _digest(id, salt)


@dataclass(frozen=True, slots=True)
class Ledger:
    """All that was erased; how often the history was rewritten, and the first commits of the histories before."""

    entries: tuple[Entry, ...] = ()
    epoch: int = 1
    replaced: tuple[str, ...] = ()

    def entry_of(self, id: str) -> Entry | None:
        """The entry that means an id."""
        return next((entry for entry in self.entries if entry.means(id)), None)

    def with_entries(self, entries: Iterable[Entry]) -> "Ledger":
        """With more that is erased."""
        return Ledger((*self.entries, *entries), self.epoch, self.replaced)

    def next_epoch(self, roots: Iterable[str]) -> "Ledger":
        """As it is once the history that begins with these commits has been rewritten."""
        return Ledger(self.entries, self.epoch + 1, tuple(dict.fromkeys((*self.replaced, *roots))))

    def joined(self, other: "Ledger") -> "Ledger":
        """What either knows; the same whichever is asked."""
        entries = {entry.mark: entry for entry in sorted((*self.entries, *other.entries), key=_order, reverse=True)}
        replaced = tuple(sorted({*self.replaced, *other.replaced}))
        return Ledger(tuple(sorted(entries.values(), key=_order)), max(self.epoch, other.epoch), replaced)


def _order(entry: Entry) -> tuple[str, str, str]:
    return entry.day, entry.mark, entry.new or ""


def mark_of(id: str) -> str:
    """What stands for an id in the ledger."""
    if part := random_part(id):
        return part
    salt = os.urandom(8).hex()
    return _digest(id, salt)


def _digest(id: str, salt: str) -> str:
    return f"{salt}:{hashlib.pbkdf2_hmac('sha256', id.encode(), salt.encode(), _ROUNDS, 12).hex()}"


def read_ledger(data: bytes | None) -> Ledger:
    """The ledger in a file; what cannot be understood in it is passed over."""
    document = parse(data or b"", LEDGER, allow_empty=True)
    tree: Mapping[str, Any] = plain_map(document.root) if isinstance(document, Document) else {}
    listed = tree.get("erased")
    entries = [entry for item in (listed if isinstance(listed, list) else []) if (entry := _entry(item))]
    replaced = tree.get("replaced")
    epoch = tree.get("epoch", "")
    return Ledger(
        tuple(entries),
        int(epoch) if isinstance(epoch, str) and epoch.isdecimal() and len(epoch) < 9 else 1,
        tuple(text for text in replaced if isinstance(text, str)) if isinstance(replaced, list) else (),
    )


def _entry(item: Any) -> Entry | None:
    if not isinstance(item, dict) or not isinstance(item.get("id"), str) or not item["id"]:
        return None
    texts = {key: value for key, value in item.items() if isinstance(value, str)}
    new = texts.get("now") or texts.get("with") or None
    return Entry(texts["id"], texts.get("day", ""), new, "with" in texts)


def write_ledger(ledger: Ledger) -> bytes:
    """The file of a ledger."""
    tree: dict[str, Plain] = {"epoch": Bare(str(ledger.epoch))}
    if ledger.replaced:
        tree["replaced"] = list(ledger.replaced)
    tree["erased"] = [_item(entry) for entry in ledger.entries]
    return b"# Who was erased, without a name: crm keeps this file.\n" + emit(tree)


def _item(entry: Entry) -> Plain:
    item: dict[str, Plain] = {"id": entry.mark, "day": Bare(entry.day)}
    if entry.new:
        item["with" if entry.shadow else "now"] = entry.new
    return item


def joined_files(one: bytes, other: bytes) -> bytes:
    """Two versions of the file as one."""
    return write_ledger(read_ledger(one).joined(read_ledger(other)))
