"""The laws of the merge hold for records of every kind, and a merge with a bug in it breaks them."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings

from crm_cli.store.merge import case, fields, kept, lists, order, records, values
from crm_cli.store.merge.case import Three
from crm_cli.store.merge.records import merge, merged_conflicts
from tests.effort import sample
from tests.store.merge.histories import History, histories
from tests.store.merge.laws import LAWS

Patch = pytest.MonkeyPatch


@settings(max_examples=sample(130, 400), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(history=histories())
def test_no_merge_breaks_a_law(history: History) -> None:
    assert broken(history) == []


def broken(history: History) -> list[str]:
    """The names of the laws that a merge breaks."""
    return [law.__name__ for law in LAWS if law(history)]


def everywhere(patch: Patch, name: str, value: Any) -> None:
    """Plants a function in every module of the merge that uses it by this name."""
    for module in (case, fields, kept, lists, order, records, values):
        if hasattr(module, name):
            patch.setattr(module, name, value)


def nothing_is_kept_aside(patch: Patch) -> None:
    patch.setattr(case.Case, "keep", lambda *_: None)


def the_earlier_is_shown(patch: Patch) -> None:
    atom = case.atom
    swapped = lambda c, name, three, *rest: atom(c, name, Three(three.base, three.early, three.late), *rest)  # noqa: E731
    everywhere(patch, "atom", swapped)


def our_side_is_always_later(patch: Patch) -> None:
    def ours(base: Any, x: Any, y: Any, *, later: str, settings: Any) -> Any:
        del later
        return merge(base, x, y, later="x", settings=settings)

    patch.setattr(records, "merge", ours)


def lists_are_joined_without_their_base(patch: Patch) -> None:
    by_item = lists.by_item
    patch.setattr(fields, "by_item", lambda c, n, three, items: by_item(c, n, three._replace(base=None), items))


def items_are_known_by_their_position(patch: Patch) -> None:
    positions = lambda _items, three: [  # noqa: E731
        {(str(number), "", 0): item for number, item in enumerate(value or ())} for value in three
    ]
    patch.setattr(lists, "_keyed", positions)


def items_are_known_by_all_they_say(patch: Patch) -> None:
    patch.setattr(lists, "key_of", lambda c, field, item: case.canonical(lists.whole(c, field, item)))


def lists_are_sorted(patch: Patch) -> None:
    everywhere(patch, "arranged", lambda _three, members: sorted(members))


def edits_of_one_text_are_not_compared(patch: Patch) -> None:
    patch.setattr(values, "merged_lines", lambda _base, late, _early: late)


def groups_are_fields_like_others(patch: Patch) -> None:
    patch.setattr(records, "COUPLED", ())


def quotes_do_not_count(patch: Patch) -> None:
    patch.setattr(values, "alike", lambda one, other: one == other)


def maps_are_one_value(patch: Patch) -> None:
    patch.setattr(records, "by_key", lambda three, _part: three.late if three.late != three.base else three.early)


def settled_conflicts_come_back(patch: Patch) -> None:
    patch.setattr(records, "merged_conflicts", lambda three, notes: merged_conflicts(three._replace(base=()), notes))


def a_field_has_one_conflict(patch: Patch) -> None:
    patch.setattr(kept, "identity", lambda entry: entry["field"])


def a_record_was_made_when_it_was_made_last(patch: Patch) -> None:
    patch.setattr(records, "min", max, raising=False)


def a_removal_beats_an_edit(patch: Patch) -> None:
    atom = case.atom

    def removing(c: Any, name: str, three: Three, *rest: Any) -> Any:
        gone = three.base is not None and None in three[1:]
        return None if gone else atom(c, name, three, *rest)

    everywhere(patch, "atom", removing)


BUGS: Mapping[Callable[[Patch], None], tuple[str, ...]] = {
    nothing_is_kept_aside: (),
    the_earlier_is_shown: (),
    our_side_is_always_later: (),
    lists_are_joined_without_their_base: (),
    items_are_known_by_their_position: (),
    items_are_known_by_all_they_say: ("phones", "emails"),
    lists_are_sorted: (),
    edits_of_one_text_are_not_compared: ("notes",),
    groups_are_fields_like_others: ("stage", "closed_at", "lost_reason"),
    quotes_do_not_count: ("extra",),
    maps_are_one_value: (),
    settled_conflicts_come_back: ("conflicts",),
    a_field_has_one_conflict: ("conflicts",),
    a_record_was_made_when_it_was_made_last: ("created",),
    a_removal_beats_an_edit: (),
}
"""Bugs, and the fields in which hypothesis looks for them: in all of them, if none are named."""


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_a_law_notices_that(bug: Callable[[Patch], None], monkeypatch: Patch) -> None:
    bug(monkeypatch)
    once = settings(
        max_examples=20_000, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    noticed = find(histories(BUGS[bug]), lambda history: bool(broken(history)), settings=once, random=Random(0))
    assert broken(noticed)
