"""What two edits of one record become, case by case, as the files would show it."""

import pytest

from crm_cli.store.merge import merge, merged_away, rebase, undo_of
from tests.store.merge.files import BOOK, merged, record

ROWS = {
    "created is the earlier": (
        "contact",
        "{name: Asha}",
        "{name: Asha, created: 2026-09-26}",
        "{name: Asha, created: 2026-09-25T16:20+05:30}",
        "{name: Asha, created: 2026-09-25T16:20+05:30}",
    ),
    "created edited here, removed there": (
        "contact",
        "{name: Asha, created: 2026-09-26}",
        "{name: Asha}",
        "{name: Asha, created: 2026-09-25}",
        "{name: Asha, created: 2026-09-25, conflicts: [{field: created, base: 2026-09-26, kept: 2026-09-25}]}",
    ),
    "a stage with what belongs to it": (
        "deal",
        "{name: Website, pipeline: sales, stage: proposal, stage_history: [{stage: proposal, at: 2026-11-01}]}",
        "{name: Website, pipeline: sales, stage: lost, closed_at: 2026-11-21, lost_reason: price, stage_history: "
        "[{stage: proposal, at: 2026-11-01}, {stage: lost, at: 2026-11-21, by: asha}]}",
        "{name: Website, pipeline: sales, stage: won, closed_at: 2026-11-20, stage_history: "
        "[{stage: proposal, at: 2026-11-01}, {stage: won, at: 2026-11-20}]}",
        "{name: Website, pipeline: sales, stage: lost, closed_at: 2026-11-21, lost_reason: price, stage_history: "
        "[{stage: proposal, at: 2026-11-01}, {stage: won, at: 2026-11-20}, {stage: lost, at: 2026-11-21, by: asha}], "
        "conflicts: [{field: stage+closed_at+lost_reason, base: {stage: proposal}, kept: "
        "{stage: lost, closed_at: 2026-11-21, lost_reason: price}, other: {stage: won, closed_at: 2026-11-20}}]}",
    ),
    "a deal moved to another pipeline here, to another stage there": (
        "deal",
        "{name: Website, pipeline: sales, stage: proposal}",
        "{name: Website, pipeline: sales, stage: won}",
        "{name: Website, pipeline: renewals, stage: asked}",
        "{name: Website, pipeline: sales, stage: won, conflicts: [{field: pipeline+stage+closed_at+lost_reason, base: "
        "{pipeline: sales, stage: proposal}, kept: {pipeline: sales, stage: won}, "
        "other: {pipeline: renewals, stage: asked}}]}",
    ),
    "due here, how often there": (
        "task",
        "{name: Call, due: 2026-11-01, every: 2w}",
        "{name: Call, due: 2026-11-03, every: 2w}",
        "{name: Call, due: 2026-11-01, every: 3w}",
        "{name: Call, due: 2026-11-03, every: 2w, conflicts: [{field: due+every, base: {due: 2026-11-01, every: 2w}, "
        "kept: {due: 2026-11-03, every: 2w}, other: {due: 2026-11-01, every: 3w}}]}",
    ),
    "one file made on both sides": (
        "contact",
        None,
        "{name: Asha, tags: [a], title: Head, created: 2026-11-21}",
        "{name: Asha, tags: [b], title: Boss, created: 2026-11-20}",
        "{name: Asha, tags: [a, b], title: Head, created: 2026-11-20, conflicts: "
        "[{field: title, kept: Head, other: Boss}]}",
    ),
    "a record merged away here, edited there: it stays away": (
        "contact",
        "{name: Asha, title: Buyer}",
        "{name: Asha, archived: 2026-11-21, merged_into: asha-k7m3q9}",
        "{name: Asha, title: Boss}",
        "{name: Asha, archived: 2026-11-21, merged_into: asha-k7m3q9}",
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_two_edits_become(row: str) -> None:
    kind, base, x, y, expected = ROWS[row]
    assert merged(kind, base, x, y).record == record(kind, expected)


def test_the_side_that_is_later_is_shown() -> None:
    texts = ("{name: Asha}", "{name: Asha, title: a}", "{name: Asha, title: b}")
    shown = [merged("contact", *texts, later=side).record for side in ("x", "y")]
    assert [getattr(one, "title", None) for one in shown] == ["a", "b"]


def test_three_clones_with_three_values_keep_all_three() -> None:
    a, b, c = (record("contact", f"{{name: Asha, title: {title}}}") for title in "abc")
    base = record("contact", "{name: Asha}")
    first = merge(base, a, b, later="y", settings=BOOK).record
    both = merge(base, first, c, later="y", settings=BOOK)
    assert both.record == record(
        "contact",
        "{name: Asha, title: c, conflicts: [{field: title, kept: b, other: a}, {field: title, kept: c, other: b}]}",
    )
    assert [entry["other"] for entry in both.kept_aside] == ["b"]


@pytest.mark.parametrize("later", ["x", "y"])
def test_a_record_edited_here_and_deleted_there_lives(later: str) -> None:
    result = merged("contact", "{name: Asha}", "{name: Asha, title: Head}", None, "x" if later == "x" else "y")
    note = "{field: record, kept: edited, other: deleted}"
    assert result.record == record("contact", f"{{name: Asha, title: Head, conflicts: [{note}]}}")
    assert result.kept_aside == result.record.conflicts
    again = merge(record("contact", "{name: Asha}"), result.record, None, later="x", settings=BOOK)
    assert again.record == result.record
    assert again.kept_aside == ()


def test_a_record_that_nobody_edited_stays_deleted() -> None:
    assert merged("contact", "{name: Asha}", "{name: Asha}", None).record is None
    assert merged("contact", "{name: Asha}", None, None).record is None


def test_a_record_that_one_side_made_is_there() -> None:
    assert merged("contact", None, None, "{name: Asha}").record == record("contact", "{name: Asha}")
    assert merged("contact", None, None, None).record is None


def test_the_edit_of_a_record_that_was_merged_away_goes_to_the_survivor() -> None:
    before = record("contact", "{name: Asha S, tags: [a]}", "asha-s-b4x8w2")
    edited = record("contact", "{name: Asha S, tags: [a, vip], title: Head}", "asha-s-b4x8w2")
    survivor = record("contact", "{name: Asha Sharma, tags: [a, b]}", "asha-sharma-k7m3q9")
    both = merge(before, survivor, edited, later="x", settings=BOOK)
    assert both == merge(before, edited, survivor, later="y", settings=BOOK)
    expected = "{name: Asha Sharma, tags: [a, vip, b], title: Head}"
    assert both.record == record("contact", expected, "asha-sharma-k7m3q9")


def test_the_side_that_merged_a_record_away_is_told() -> None:
    alive, away = record("contact", "{name: Asha}"), record("contact", "{name: Asha, merged_into: bob}")
    assert alive is not None
    assert away is not None
    assert merged_away(alive, alive, away) is away
    assert merged_away(None, away, alive) is away
    assert merged_away(alive, away, away) is None
    assert merged_away(away, alive, away) is None


def test_two_merges_into_different_records_are_a_conflict() -> None:
    result = merged("contact", "{name: A}", "{name: A, merged_into: bob}", "{name: A, merged_into: chitra}")
    note = "{field: merged_into, kept: bob, other: chitra}"
    assert result.record == record("contact", f"{{name: A, merged_into: bob, conflicts: [{note}]}}")


def test_a_value_that_does_not_fit_its_field_is_kept_until_a_valid_one_comes() -> None:
    base, bad = "{name: A, due: 2026-11-01, tags: [a]}", "{name: A, due: soon, tags: [a]}"
    carried = merged("task", base, bad, "{name: A, due: 2026-11-01, tags: [a, b]}").record
    assert carried == record("task", "{name: A, due: soon, tags: [a, b]}")
    mended = merged("task", base, bad, "{name: A, due: 2026-11-02, tags: [a]}").record
    assert mended is not None
    assert mended.problems == ()
    assert mended.conflicts[0]["other"] == {"due": "soon"}


def test_a_list_that_is_none_is_one_value() -> None:
    bad = "{name: A, emails: nonsense, custom: [x]}"
    added = merged("contact", bad, "{name: A, emails: [a@acme.example]}", "{name: A, emails: [b@acme.example]}").record
    assert added == record("contact", "{name: A, emails: [a@acme.example, b@acme.example]}")
    clash = merged("contact", "{name: A}", bad, "{name: A, emails: [b@acme.example], custom: {a: 1}}").record
    assert clash is not None
    assert [entry["other"] for entry in clash.conflicts] == ["nonsense", '["x"]']
    assert clash.custom == {"a": "1"}
    kept = merged("contact", "{name: A}", bad, "{name: A, title: Head}").record
    assert kept == record("contact", "{name: A, emails: nonsense, custom: [x], title: Head}")


def test_conflicts_that_are_no_list_become_an_entry_when_something_joins_them() -> None:
    bad = "{name: A, conflicts: nonsense}"
    both = merged("contact", "{name: A, title: a}", "{name: A, title: b, conflicts: nonsense}", "{name: A, title: c}")
    assert both.record == record(
        "contact",
        "{name: A, title: b, conflicts: [{field: conflicts, other: nonsense}, "
        "{field: title, base: a, kept: b, other: c}]}",
    )
    assert merged("contact", "{name: A}", bad, "{name: A, conflicts: [{field: x, other: y}]}").record == record(
        "contact", "{name: A, conflicts: [{field: x, other: y}, {field: conflicts, other: nonsense}]}"
    )


def test_a_field_that_both_sides_miss_is_missed_once() -> None:
    result = merged("interaction", "{at: 2026-11-21}", "{at: 2026-11-21, by: a}", "{at: 2026-11-21, outcome: b}")
    assert result.record is not None
    assert [(problem.code, problem.field) for problem in result.record.problems] == [("missing", "kind")]


def test_the_name_of_an_interaction_follows_the_merged_subject() -> None:
    base = "{at: 2026-11-21, kind: call, subject: Hello}"
    result = merged("interaction", base, base.replace("Hello", "Price"), base.replace("call", "visit")).record
    assert result is not None
    assert (result.name, getattr(result, "kind", None)) == ("Price", "visit")


def test_a_change_planned_from_an_older_record_is_made_to_the_newer_one() -> None:
    before, now = "{name: Asha, title: a}", "{name: Asha, title: b, tags: [new]}"
    after = "{name: Asha, title: c}"
    result = rebase(record("contact", before), record("contact", now), record("contact", after), BOOK)
    note = "{field: title, base: a, kept: c, other: b}"
    assert result.record == record("contact", f"{{name: Asha, title: c, tags: [new], conflicts: [{note}]}}")
    assert rebase(None, None, record("contact", after), BOOK).record == record("contact", after)
    assert rebase(record("contact", before), record("contact", before), None, BOOK).record is None


def test_an_undo_leaves_later_edits_alone() -> None:
    before, after = "{name: Asha, title: a}", "{name: Asha, title: b, tags: [vip]}"
    texts = {"title again": "{name: Asha, title: c, tags: [vip]}", "elsewhere": "{name: Ravi, title: b, tags: [vip]}"}
    results = [
        undo_of(record("contact", before), record("contact", after), record("contact", now), BOOK).record
        for now in texts.values()
    ]
    note = "{field: title, base: b, kept: c, other: a}"
    assert results == [
        record("contact", f"{{name: Asha, title: c, conflicts: [{note}]}}"),
        record("contact", "{name: Ravi, title: a}"),
    ]


def test_an_undo_takes_back_what_was_made_and_brings_back_what_was_deleted() -> None:
    made = record("contact", "{name: Asha}")
    assert undo_of(None, made, made, BOOK).record is None
    assert undo_of(made, None, None, BOOK).record == made
    edited = undo_of(None, made, record("contact", "{name: Ravi}"), BOOK)
    assert edited.record is not None
    assert edited.kept_aside[0]["field"] == "record"
