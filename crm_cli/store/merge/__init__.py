"""Merging two edits of one record: a pure function that reads no file and no clock.

base        x           y              merged
title: a    title: a    title: b       title: b
tags: [a]   tags: []    tags: [a, b]   tags: [b]
title: a    title: b    title: c       the later of both; the other is in `conflicts`
"""

from crm_cli.schema.record import Record
from crm_cli.schema.settings import Settings
from crm_cli.store.merge.case import Entry
from crm_cli.store.merge.records import Merged, Side, merge, merged_away
from crm_cli.store.merge.splice import broken_values, later_side, merged_file, splice_of
from crm_cli.store.merge.trees import merge_trees
from crm_cli.store.merge.values import spelled, unspelled

__all__ = [
    "Entry",
    "Merged",
    "Side",
    "broken_values",
    "later_side",
    "merge",
    "merge_trees",
    "merged_away",
    "merged_file",
    "rebase",
    "spelled",
    "splice_of",
    "undo_of",
    "unspelled",
]


def rebase(before: Record | None, now: Record | None, after: Record | None, settings: Settings) -> Merged:
    """A change that was planned from `before`, made to the record as it is now; the change is shown."""
    return merge(before, now, after, later="y", settings=settings)


def undo_of(before: Record | None, after: Record | None, now: Record | None, settings: Settings) -> Merged:
    """The record now without the change from `before` to `after`; what was changed again since is shown."""
    return merge(after, now, before, later="x", settings=settings)
