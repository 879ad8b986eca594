"""Every version of every file that some commits can reach, and from it how those who were erased are recognised."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from crm_cli.base.ids import random_part
from crm_cli.base.lean import dataclass
from crm_cli.schema.kind import Kinds
from crm_cli.schema.node import plain_map
from crm_cli.schema.problem import Problem
from crm_cli.store import objects
from crm_cli.store.codec import parse
from crm_cli.store.erase.eraser import Eraser, renames
from crm_cli.store.erase.ledger import Entry, Ledger
from crm_cli.store.erase.records import Redaction
from crm_cli.store.erase.traces import Traces, traces
from crm_cli.store.files import MARK
from crm_cli.store.git import Git
from crm_cli.store.reading import is_record, stem

_CHUNK = 2000
_NOTHING = "0" * 40
_NAMES = ("name", "legal_name")
_WORDS = ("nickname", "given_name", "family_name")
_EXACT = ("emails", "urls", "handles", "website", "tax_id", "registration_no")
_NUMBERS = ("phones",)
_PEOPLE = ("contacts", "organizations")
_FALLBACKS = ("contact", "organization", "erased", "")  # what an id begins with where a name has no Latin letters

Version = tuple[str, str]
"""A path and the blob that was there."""


@dataclass
class Past:
    """The versions of files that commits can reach."""

    git: Git
    tips: tuple[str, ...]

    @cached_property
    def versions(self) -> list[Version]:
        """Every path with every blob that any commit had there."""
        asked = "\n".join((*self.tips, "--", ""))
        options = ("-m", "--root", "--raw", "-r", "-z", "--no-abbrev", "--no-renames", "--format=", "--stdin")
        words = iter(self.git.run("log", *options, data=asked.encode()).split(b"\0"))
        found: dict[Version, None] = {}
        for header in words:
            if header.startswith(b":"):
                oid = header.split(b" ")[3].decode()
                path = os.fsdecode(next(words))
                if oid != _NOTHING:
                    found[path, oid] = None
        return list(found)

    def contents(self, versions: Sequence[Version]) -> Iterator[tuple[Version, bytes]]:
        """These versions with their bytes."""
        for start in range(0, len(versions), _CHUNK):
            part = versions[start : start + _CHUNK]
            for version, data in zip(part, objects.blobs(self.git, [oid for _, oid in part]), strict=True):
                if data is not None:
                    yield version, data


def eraser_of(past: Past, kinds: Kinds, ledger: Ledger, also: Iterable[str] = ()) -> Eraser:
    """What takes out of these commits everybody that the ledger means; `also` are more spellings of their names."""
    stems = {stem(path) for path, _ in past.versions if is_record(kinds, path)}
    entries = {id: entry for id in stems if (entry := ledger.entry_of(id))}
    if not entries:
        return Eraser(kinds, {}, Traces())
    own = [version for version in past.versions if is_record(kinds, version[0]) and stem(version[0]) in entries]
    trees = [tree_of(path, data) for (path, _), data in past.contents(own)]
    ids: dict[str, str | None] = {id: entry.new for id, entry in entries.items()}
    known = _known(trees, also, ids)
    shared = _shared(past, kinds, entries, known)
    known = _known(trees, also, ids, others=shared)
    redaction = Redaction(kinds, known, ids)
    near, attached = _near(past, redaction, own)
    attached |= {text for tree in trees for text in _texts(tree.get("attachments"))}
    moved = renames(kinds, {path for path, _ in past.versions}, near, known)
    more = {stem(old): stem(new) for old, new in moved.items() if is_record(kinds, old)}
    paths = {path for path, _ in past.versions}
    dropped = _dropped(past, redaction, paths, attached, entries)
    whole = Traces(known.names, known.words, known.numbers, known.exact, {**ids, **more})
    return Eraser(kinds, entries, whole, moved, frozenset(dropped))


def tree_of(path: str, data: bytes) -> dict[str, Any]:
    """What a file says; empty for one that cannot be read."""
    document = parse(data, path, allow_empty=True)
    return {} if isinstance(document, Problem) else plain_map(document.root)


def _known(
    trees: Sequence[Mapping[str, Any]], also: Iterable[str], ids: dict[str, str | None], others: Iterable[str] = ()
) -> Traces:
    """The spellings in all versions of their records, with what conflicts kept aside of them."""
    texts: dict[str, list[str]] = {key: [] for key in (*_NAMES, *_WORDS, *_EXACT, *_NUMBERS)}
    for tree in trees:
        for key, found in texts.items():
            found += _texts(tree.get(key))
        given, family = (tree.get(key) for key in ("given_name", "family_name"))
        if isinstance(given, str) and isinstance(family, str):
            texts["name"].append(f"{given} {family}")
        conflicts = tree.get("conflicts")
        for entry in conflicts if isinstance(conflicts, list) else ():
            key = str(entry.get("field", "")).partition(".")[0] if isinstance(entry, dict) else ""
            if key in texts:
                texts[key] += [text for side in ("base", "kept", "other") for text in _texts(entry.get(side))]
                if key in (*_EXACT, *_NUMBERS):
                    texts[key].append(str(entry["field"]).partition(".")[2])
    marks = [slug.replace("-", " ") for id in ids if (slug := _slug(id)) not in _FALLBACKS]

    def of(keys: Iterable[str]) -> list[str]:
        return [text for key in keys for text in texts[key]]

    return traces(
        names=[*of(_NAMES), *marks, *also],
        words=of(_WORDS),
        numbers=of(_NUMBERS),
        exact=[*of(_EXACT), *(text.lstrip("@") for text in texts["handles"])],
        others=others,
        ids=ids,
    )


def _slug(id: str) -> str:
    return id.removesuffix(f"-{random_part(id)}")


def _shared(past: Past, kinds: Kinds, entries: Mapping[str, Entry], known: Traces) -> list[str]:
    """The names, addresses and numbers that others bear too, at these commits: theirs are not erased."""
    found: list[str] = []
    files = {version for tip in past.tips for version in _files(past.git, tip)}
    wanted = [
        (path, oid)
        for path, oid in sorted(files)
        if path == MARK or (path.partition("/")[0] in _PEOPLE and is_record(kinds, path) and stem(path) not in entries)
    ]
    for (path, _), data in past.contents(wanted):
        if not known.found(data.decode("utf-8", "replace"), near=True):
            continue
        tree = tree_of(path, data)
        if path == MARK:
            users = tree.get("users")
            found += _texts(users)
            continue
        for key in (*_NAMES, *_EXACT):
            found += _texts(tree.get(key))
        found += [re.sub(r"[^0-9]", "", text).lstrip("0") for text in _texts(tree.get("phones"))]
    return found


def _files(git: Git, commit: str) -> Iterator[Version]:
    return ((path, oid) for path, (_, oid) in objects.tree(git, commit).items())


def _near(past: Past, redaction: Redaction, own: Sequence[Version]) -> tuple[set[str], set[str]]:
    """The paths of records that link to them, and the attachments of those that are with nobody else."""
    mine = set(own)
    near: set[str] = set()
    attached: set[str] = set()
    others = [version for version in past.versions if version not in mine]
    for (path, _), data in past.contents(others):
        if not is_record(redaction.kinds, path) or not redaction.traces.ids_in(data.decode("utf-8", "replace")):
            continue
        tree = tree_of(path, data)
        if redaction.linked(tree):
            near.add(path)
        kind = redaction.kinds.of_path(path)
        if kind and redaction.only_with(kind, tree):
            attached.update(_texts(tree.get("attachments")))
    return near, attached


def _dropped(
    past: Past, redaction: Redaction, paths: set[str], attached: set[str], entries: Mapping[str, Entry]
) -> set[str]:
    """The files of which nothing stays: their attachments that nobody else has, their files in the quarantine."""
    wanted = {_attachment(text) for text in attached} & paths
    for tip in past.tips if wanted else ():
        others = [
            version
            for version in _files(past.git, tip)
            if is_record(redaction.kinds, version[0]) and stem(version[0]) not in entries
        ]
        for (path, _), data in past.contents(others):
            if b"attachments" in data:
                tree = tree_of(path, data)
                kind = redaction.kinds.of_path(path)
                if kind and not redaction.only_with(kind, tree):
                    wanted -= {_attachment(text) for text in _texts(tree.get("attachments"))}
    aside = {
        path for path in paths if path.startswith("quarantine/") and path.split("/")[1].partition(".")[0] in entries
    }
    return wanted | aside


def _attachment(text: str) -> str:
    return "attachments/" + text.strip().removeprefix("attachments/")


def _texts(value: Any) -> list[str]:
    """Every text in a part of a tree."""
    if isinstance(value, str):
        return [value] if value.strip() else []
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    return [text for item in value.values() for text in _texts(item)] if isinstance(value, dict) else []
