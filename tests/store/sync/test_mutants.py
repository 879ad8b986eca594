"""The histories notice a sync with a bug in it: each of these is planted, and a world has to go wrong."""

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from crm_cli.store.merge import case, fields, lists, records, trees, values
from crm_cli.store.merge.case import Three
from crm_cli.store.merge.records import Merged
from crm_cli.store.sync import combine, filemerge, tombstones
from crm_cli.store.sync.filemerge import FileMerge, MergedFile
from tests.store.sync.worlds import World

MANY = int(os.environ.get("CRM_TEST_HISTORIES", "1000"))

Patch = pytest.MonkeyPatch


def nothing_is_kept_aside(patch: Patch) -> None:
    patch.setattr(case.Case, "keep", lambda *_: None)


def there_is_no_base(patch: Patch) -> None:
    patch.setattr(combine._Past, "_base", lambda _self, paths, _merger: [None] * len(paths))


def the_first_of_two_bases_will_do(patch: Patch) -> None:
    patch.setattr(combine._Past, "_base", lambda self, paths, _merger: self.history.contents(self.bases[0], paths))


def settings_have_no_base(patch: Patch) -> None:
    merged = filemerge._settings
    patch.setattr(filemerge, "_settings", lambda versions, x, y: merged(replace(versions, base=None), x, y))


def our_record_is_always_later(patch: Patch) -> None:
    patch.setattr(filemerge, "later_side", lambda *_: "x")


def our_file_is_always_later(patch: Patch) -> None:
    patch.setattr(filemerge, "_later", lambda *_: "x")


def times_are_ignored(patch: Patch) -> None:
    patch.setattr(combine._Past, "_times", ({}, {}))


def a_removal_beats_an_edit(patch: Patch) -> None:
    one_sided = records._one_sided
    patch.setattr(records, "_one_sided", lambda base, left: Merged(None) if base else one_sided(base, left))


def a_removal_never_arrives(patch: Patch) -> None:
    merged = FileMerge.file

    def file(self: FileMerge, versions: Any) -> MergedFile:
        kept = versions.y if versions.x is None else versions.x
        return MergedFile(kept) if None in (versions.x, versions.y) else merged(self, versions)

    patch.setattr(FileMerge, "file", file)


def items_are_known_by_their_position(patch: Patch) -> None:
    positions = lambda _items, three: [  # noqa: E731
        {(str(number), "", 0): item for number, item in enumerate(value or ())} for value in three
    ]
    patch.setattr(lists, "_keyed", positions)


def lists_have_no_base(patch: Patch) -> None:
    by_item = lists.by_item
    for module in (fields, trees):
        joined = lambda c, name, three, items, *rest: by_item(c, name, three._replace(base=None), items, *rest)  # noqa: E731
        patch.setattr(module, "by_item", joined)


def what_cannot_be_merged_is_dropped(patch: Patch) -> None:
    whole = filemerge._whole
    patch.setattr(filemerge, "_whole", lambda *given: replace(whole(*given), quarantine=None))


def edits_of_one_text_are_not_compared(patch: Patch) -> None:
    patch.setattr(values, "merged_lines", lambda _base, late, _early: late)


def maps_are_one_value(patch: Patch) -> None:
    whole: Callable[[Three, Any], Any] = lambda three, _part: three.late if three.late != three.base else three.early  # noqa: E731
    for module in (fields, records, trees):
        if hasattr(module, "by_key"):
            patch.setattr(module, "by_key", whole)


def what_went_wrong_earlier_is_forgotten(patch: Patch) -> None:
    patch.setattr(records, "merged_conflicts", lambda _three, notes: tuple(notes))


def a_file_that_cannot_be_read_is_empty(patch: Patch) -> None:
    patch.setattr(filemerge._Sides, "unreadable", property(lambda self: None in map(self.record, ("x", "y"))))
    patch.setattr(filemerge, "_whole", lambda versions, *_: MergedFile(versions.x or versions.y))


def edits_of_merged_records_stay_behind(patch: Patch) -> None:
    patch.setattr(filemerge, "_tombstone", lambda versions, here: MergedFile(versions.x if here else versions.y))


def survivors_take_edits_as_if_they_were_new(patch: Patch) -> None:
    edited = tombstones._edited
    patch.setattr(tombstones, "_edited", lambda tombs, there, _old, new, time: edited(tombs, there, None, new, time))


def circles_stay(patch: Patch) -> None:
    patch.setattr(tombstones, "_open_circle", lambda *_: None)


BUGS = (
    nothing_is_kept_aside,
    there_is_no_base,
    the_first_of_two_bases_will_do,
    settings_have_no_base,
    our_record_is_always_later,
    our_file_is_always_later,
    times_are_ignored,
    a_removal_beats_an_edit,
    a_removal_never_arrives,
    items_are_known_by_their_position,
    lists_have_no_base,
    what_cannot_be_merged_is_dropped,
    edits_of_one_text_are_not_compared,
    maps_are_one_value,
    what_went_wrong_earlier_is_forgotten,
    a_file_that_cannot_be_read_is_empty,
    edits_of_merged_records_stay_behind,
    survivors_take_edits_as_if_they_were_new,
    circles_stay,
)


def first_noticed() -> int | None:
    """The first world that goes wrong."""
    for seed in range(MANY):
        try:
            wrong = World.lived(seed).faults()
        except Exception:  # a bug may also break the merge itself
            return seed
        if wrong:
            return seed
    return None


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_a_world_goes_wrong_when(bug: Callable[[Patch], None], monkeypatch: Patch) -> None:
    bug(monkeypatch)
    assert first_noticed() is not None
