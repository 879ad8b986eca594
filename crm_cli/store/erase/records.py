"""One version of a record without the person: links lead to what is left of them, mentions are replaced."""

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

from crm_cli.base.lean import dataclass
from crm_cli.schema.kind import Kind, Kinds
from crm_cli.schema.node import Bare, Plain, alike, written, written_map
from crm_cli.schema.problem import Problem
from crm_cli.store.codec import Document, emit, parse, splice
from crm_cli.store.erase.traces import ERASED, Traces
from crm_cli.store.files import MARK

REDACTED = "redacted"
"""The subject of an interaction, or the name of a task, of which nothing is left but when it was."""
_GONE = Bare("gone")  # compared by identity
_OWN = frozenset("name given_name family_name honorific nickname legal_name emails phones urls website handles".split())
_PEOPLE = ("contact", "organization")
_KEPT = {
    "interaction": "at kind direction contacts organization deal lead duration_min by owner created archived".split(),
    "task": "due kind contact organization deal lead priority status every done snoozed_from owner created archived"
    .split(),
}  # fmt: skip
_WORKED = frozenset(("choice", "date", "moment", "money", "bool", "integer", "number", "duration", "recurrence"))


@dataclass(frozen=True)
class Redaction:
    """How the files of a book are redacted: `subjects` are the erased ids, `traces` what they are known by."""

    kinds: Kinds
    traces: Traces
    subjects: Mapping[str, str | None] = field(default_factory=dict)

    def record(self, path: str, data: bytes) -> bytes | None:
        """A version of a record's file, or of the settings, redacted; None where nothing of it may stay."""
        document = parse(data, path, allow_empty=path == MARK)
        if isinstance(document, Problem):
            return self.text(data)
        kind = self.kinds.of_path(path)
        before = {key: value for key, node in document.root.entries.items() if (value := written(node)) is not None}
        near = bool(self.linked(before))
        if kind and self.only_with(kind, before):
            kept = self._cleared(kind, before)
            return None if kept is None else emit(kept, kind.groups)
        after = {
            key: value for key, old in before.items() if (value := self._value(old, key, kind, near=near)) is not _GONE
        }
        changes = {key: after.get(key) for key in before if not alike(before.get(key), after.get(key))}
        order = kind.file_order if kind else list(after)
        made = splice(document, changes, order) if changes else data
        return self._comments(path, made, after, kind, near=near)

    def text(self, data: bytes) -> bytes:
        """Any text, redacted; bytes that are no text stay as they are."""
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            return data
        return self.traces.replaced(text, near=bool(self.traces.ids_in(text))).encode()

    def linked(self, value: Plain) -> set[str]:
        """The erased ids to which something in a tree links."""
        return {stem for text in _leaves(value) if (stem := text.rpartition("/")[2]) in self.subjects}

    def only_with(self, kind: Kind, tree: Mapping[str, Plain]) -> bool:
        """Whether a record is about the person alone: an interaction or a task with nobody else."""
        if kind.name not in _KEPT:
            return False
        people = _stems(tree.get("contacts" if kind.name == "interaction" else "contact"))
        return bool(people or (people := _stems(tree.get("organization")))) and all(
            id in self.subjects for id in people
        )

    def _cleared(self, kind: Kind, tree: Mapping[str, Plain]) -> dict[str, Plain] | None:
        linked = self.linked(dict(tree))
        if all(self.subjects[id] is None for id in linked):
            return None
        kept = {key: tree[key] for key in _KEPT[kind.name] if key in tree}
        for key in ("contacts", "contact", "organization", "deal", "lead"):
            if key in kept and (value := self._linked_value(kept[key])) is not _GONE:
                kept[key] = value
            else:
                kept.pop(key, None)
        if kind.name == "interaction":
            return _ordered(kind, {**kept, "subject": REDACTED})
        if tree.get("status") not in ("done", "canceled") and not (
            {"deal", "organization"} & (kept.keys() - {"contact"})
        ):
            kept["status"] = "canceled"
        return _ordered(kind, {"name": REDACTED, **kept})

    def _linked_value(self, value: Plain) -> Plain:
        """Links alone: each led on, those that lead nowhere gone."""
        if isinstance(value, list):
            return [one for item in value if (one := self._linked_value(item)) is not _GONE] or _GONE
        return self._link(value) if isinstance(value, str) else value

    def _link(self, text: str) -> str:
        folder, slash, stem = text.rpartition("/")
        if stem not in self.traces.ids:
            return text
        new = self.traces.ids[stem]
        return _GONE if new is None else f"{folder}{slash}{new}"

    def _value(self, value: Plain, key: str, kind: Kind | None, *, near: bool) -> Plain:
        found = kind.by_name.get(key) if kind else None
        if found and (found.type in _WORKED or (kind and kind.name in _PEOPLE and key in _OWN)):
            return value
        return self._walk(value, near=near and key != "attachments")  # files are named alike for everybody

    def _walk(self, value: Plain, *, near: bool) -> Plain:
        if isinstance(value, dict):
            made = {self._key(key, near=near): self._walk(inner, near=near) for key, inner in value.items()}
            lost = [key for key, inner in made.items() if inner is _GONE]
            # A relation to nobody, or a role that nobody has, says nothing any more.
            return _GONE if lost else made
        if isinstance(value, list):
            return [one for item in value if (one := self._walk(item, near=near)) is not _GONE] or _GONE
        linked = self._link(value)
        if linked is not value:
            return linked
        replaced = self.traces.replaced(value, near=near)
        return value if replaced == value else replaced

    def _key(self, key: str, *, near: bool) -> str:
        return self.traces.replaced(key, near=near)

    def _comments(self, path: str, data: bytes, tree: Mapping[str, Plain], kind: Kind | None, *, near: bool) -> bytes:
        """What the tree does not show: comments, and what stands behind them."""
        text = data.decode("utf-8")
        lines = []
        for line in text.split("\n"):
            at = 0 if line.lstrip().startswith("#") else line.find(" #")
            tail = line[at:] if at >= 0 else ""
            lines.append(line[:at] + self.traces.replaced(tail, near=near) if tail else line)
        made = "\n".join(lines)
        if made == text:
            return data
        document = parse(made.encode(), path, allow_empty=path == MARK)
        if isinstance(document, Document) and alike(written_map(document.root), dict(tree)):
            return made.encode()
        return emit(dict(tree), kind.groups if kind else None)  # a `#` inside a text: the file without its comments


def _ordered(kind: Kind, tree: Mapping[str, Plain]) -> dict[str, Plain]:
    return {key: tree[key] for key in kind.file_order if key in tree}


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    else:
        for item in value.values():
            yield from _leaves(item)


def _stems(value: Plain | None) -> list[str]:
    return [] if value is None else [text.rpartition("/")[2] for text in _leaves(value)]


def neutral(day: str, tree: Mapping[str, Plain], kind: Kind) -> bytes:
    """What is left of somebody: a record that says no more than that there was one."""
    kept: dict[str, Plain] = {"name": "erased"}
    if isinstance(created := tree.get("created"), str):
        kept["created"] = Bare(created)
    return emit({**kept, "archived": Bare(day)}, kind.groups)


__all__ = ["ERASED", "REDACTED", "Redaction", "neutral"]
