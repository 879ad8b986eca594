"""What two edits of one record become, case by case, as the files would show it."""

import pytest

from crm_cli.store.merge import merge, merged_away, rebase, undo_of
from tests.store.merge.files import BOOK, merged, record

ROWS = {
    "two fields, one on each side": (
        "contact",
        "{name: Asha, title: Buyer, gender: f}",
        "{name: Asha, title: Head, gender: f}",
        "{name: Asha, title: Buyer, gender: woman}",
        "{name: Asha, title: Head, gender: woman}",
    ),
    "one field, two values: the later one is shown": (
        "contact",
        "{name: Asha, title: Buyer}",
        "{name: Asha, title: Head}",
        "{name: Asha, title: Boss}",
        "{name: Asha, title: Head, conflicts: [{field: title, base: Buyer, kept: Head, other: Boss}]}",
    ),
    "one field, the same value in two spellings": (
        "deal",
        "{name: Website, amount: 1 INR}",
        "{name: Website, amount: 75000 INR}",
        "{name: Website, amount: INR 75000.00}",
        "{name: Website, amount: 75000 INR}",
    ),
    "text with and without quotes is one value": (
        "contact",
        "{name: Asha, nickname: A}",
        "{name: Asha, nickname: 'yes'}",
        "{name: Asha, nickname: yes}",
        "{name: Asha, nickname: yes}",
    ),
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
    "tags: removed by either, added by either": (
        "contact",
        "{name: Asha, tags: [a, b, c]}",
        "{name: Asha, tags: [b, c, new]}",
        "{name: Asha, tags: [a, b, late]}",
        "{name: Asha, tags: [b, late, new]}",
    ),
    "a tag in another case is an edit of it": (
        "contact",
        "{name: Asha, tags: [vip]}",
        "{name: Asha, tags: [VIP]}",
        "{name: Asha, tags: [Vip]}",
        "{name: Asha, tags: [VIP], conflicts: [{field: tags.vip, base: vip, kept: VIP, other: Vip}]}",
    ),
    "the contacts of an interaction": (
        "interaction",
        "{at: 2026-11-21, kind: call, contacts: [asha, bob]}",
        "{at: 2026-11-21, kind: call, contacts: [bob]}",
        "{at: 2026-11-21, kind: call, contacts: [asha, bob, contacts/chitra]}",
        "{at: 2026-11-21, kind: call, contacts: [bob, contacts/chitra]}",
    ),
    "an occurrence done on both sides is done once": (
        "task",
        "{name: Call, every: 2w, done: [2026-11-01]}",
        "{name: Call, every: 2w, done: [2026-11-01, 2026-11-15]}",
        "{name: Call, every: 2w, done: [2026-11-01, 2026-11-15, 2026-11-29]}",
        "{name: Call, every: 2w, done: [2026-11-01, 2026-11-15, 2026-11-29]}",
    ),
    "the primary changed there, an address added here": (
        "contact",
        "{name: Asha, emails: [a@acme.example, b@acme.example]}",
        "{name: Asha, emails: [a@acme.example, b@acme.example, c@acme.example]}",
        "{name: Asha, emails: [b@acme.example, a@acme.example]}",
        "{name: Asha, emails: [b@acme.example, c@acme.example, a@acme.example]}",
    ),
    "both reordered: the order of the later": (
        "contact",
        "{name: Asha, tags: [a, b, c]}",
        "{name: Asha, tags: [c, b, a]}",
        "{name: Asha, tags: [b, a, c]}",
        "{name: Asha, tags: [c, b, a]}",
    ),
    "a new primary on each side: the later's is first": (
        "contact",
        "{name: Asha, emails: [a@acme.example]}",
        "{name: Asha, emails: [x@acme.example, a@acme.example]}",
        "{name: Asha, emails: [y@acme.example, a@acme.example]}",
        "{name: Asha, emails: [x@acme.example, y@acme.example, a@acme.example]}",
    ),
    "two labels of one phone, however it is spelled": (
        "contact",
        '{name: Asha, phones: [mobile: "+91 98765 43210"]}',
        '{name: Asha, phones: [work: "+91 98765 43210"]}',
        '{name: Asha, phones: ["+91 22 2778 0000", home: "09876543210"]}',
        '{name: Asha, phones: ["+91 22 2778 0000", work: "09876543210"], conflicts: '
        "[{field: phones.+919876543210.label, base: mobile, kept: work, other: home}]}",
    ),
    "two spellings of one phone": (
        "contact",
        '{name: Asha, phones: ["+91 98765 43210"]}',
        '{name: Asha, phones: ["09876543210"]}',
        '{name: Asha, phones: ["98765-43210"]}',
        '{name: Asha, phones: ["09876543210"], conflicts: [{field: phones.+919876543210.value, '
        'base: "+91 98765 43210", kept: "09876543210", other: "98765-43210"}]}',
    ),
    "the parts of one postal address": (
        "contact",
        "{name: Asha, addresses: [{street: 1 Ring Road, city: Surat}]}",
        "{name: Asha, addresses: [office: {street: 1 Ring Road, city: Pune}]}",
        "{name: Asha, addresses: [{street: 1 RING ROAD, city: Surat, country: IN}]}",
        "{name: Asha, addresses: [office: {street: 1 RING ROAD, city: Pune, country: IN}]}",
    ),
    "two cities without a street are two addresses": (
        "contact",
        "{name: Asha}",
        "{name: Asha, addresses: [{city: Surat, country: IN}]}",
        "{name: Asha, addresses: [{city: Pune, country: IN}]}",
        "{name: Asha, addresses: [{city: Surat, country: IN}, {city: Pune, country: IN}]}",
    ),
    "two extensions of one number are two phones": (
        "contact",
        "{name: Asha, phones: [desk: +91 22 2778 0000 ext 1, lab: +91 22 2778 0000 ext 2]}",
        "{name: Asha, phones: [lab: +91 22 2778 0000 ext 2, desk: +91 22 2778 0000 ext 1]}",
        "{name: Asha, phones: [desk: +91 22 2778 0000 ext 1, old: +91 22 2778 0000 ext 2]}",
        "{name: Asha, phones: [desk: +91 22 2778 0000 ext 1, old: +91 22 2778 0000 ext 2]}",
    ),
    "one item twice, one of them removed": (
        "contact",
        "{name: Asha, handles: [asha, asha]}",
        "{name: Asha, handles: [asha]}",
        "{name: Asha, handles: [asha, asha, ravi]}",
        "{name: Asha, handles: [asha, ravi]}",
    ),
    "an item edited here, removed there": (
        "deal",
        "{name: Website, contacts: [buyer: asha]}",
        "{name: Website}",
        "{name: Website, contacts: [boss: asha]}",
        "{name: Website, contacts: [boss: asha], conflicts: "
        "[{field: contacts.asha, base: {buyer: asha}, kept: {boss: asha}}]}",
    ),
    "maps in a list are known by their keys": (
        "contact",
        "{name: Asha, affiliations: [{organization: acme, role: buyer}]}",
        "{name: Asha, affiliations: [{organization: club, role: member}, {organization: acme, role: head}]}",
        "{name: Asha, affiliations: [{organization: acme, role: buyer, to: '2026', desk: 4}]}",
        "{name: Asha, affiliations: [{organization: club, role: member}, "
        "{organization: acme, role: head, to: '2026', desk: 4}]}",
    ),
    "an unknown part of a map in a list": (
        "contact",
        "{name: Asha, relations: [{type: boss, contact: bob}]}",
        "{name: Asha, relations: [{type: boss, contact: bob, since: '2020'}]}",
        "{name: Asha, relations: [{type: boss, contact: bob, since: '2021'}]}",
        "{name: Asha, relations: [{type: boss, contact: bob, since: '2020'}], conflicts: "
        "[{field: relations.boss|bob.since, kept: '2020', other: '2021'}]}",
    ),
    "custom fields, facts and consent by key": (
        "contact",
        "{name: Asha, custom: {a: 1, b: 1}, facts: {likes: tea}, consent: {email: yes}}",
        "{name: Asha, custom: {a: 2, b: 1}, facts: {likes: tea, dislikes: noise}, consent: {email: no}}",
        "{name: Asha, custom: {a: 1, c: {d: 1}}, facts: {likes: chai}, consent: {email: yes, sms: no}}",
        "{name: Asha, custom: {a: 2, c: {d: 1}}, facts: {likes: chai, dislikes: noise}, consent: {email: no, sms: no}}",
    ),
    "one custom field, two values": (
        "contact",
        "{name: Asha}",
        "{name: Asha, custom: {allergy: nuts}}",
        "{name: Asha, custom: {allergy: gluten}}",
        "{name: Asha, custom: {allergy: nuts}, conflicts: [{field: custom.allergy, kept: nuts, other: gluten}]}",
    ),
    "a consent given here and withdrawn there": (
        "contact",
        "{name: Asha, consent: {email: yes 2026-01-01}}",
        "{name: Asha, consent: {email: no 2026-11-21}}",
        "{name: Asha, consent: {email: yes 2026-11-20}}",
        "{name: Asha, consent: {email: no 2026-11-21}, conflicts: "
        "[{field: consent.email, base: yes 2026-01-01, kept: no 2026-11-21, other: yes 2026-11-20}]}",
    ),
    "notes edited in different lines": (
        "contact",
        '{name: Asha, notes: "one\\ntwo\\nthree"}',
        '{name: Asha, notes: "ONE\\ntwo\\nthree"}',
        '{name: Asha, notes: "one\\ntwo\\nthree\\nfour"}',
        '{name: Asha, notes: "ONE\\ntwo\\nthree\\nfour"}',
    ),
    "notes edited in one line: both texts whole": (
        "contact",
        '{name: Asha, notes: "one\\ntwo"}',
        '{name: Asha, notes: "ONE\\ntwo"}',
        '{name: Asha, notes: "Eins\\ntwo"}',
        '{name: Asha, notes: "ONE\\ntwo", conflicts: '
        '[{field: notes, base: "one\\ntwo", kept: "ONE\\ntwo", other: "Eins\\ntwo"}]}',
    ),
    "notes edited here, removed there": (
        "contact",
        "{name: Asha, notes: one}",
        "{name: Asha}",
        "{name: Asha, notes: two}",
        "{name: Asha, notes: two, conflicts: [{field: notes, base: one, kept: two}]}",
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
    "a field edited there, removed here": (
        "contact",
        "{name: Asha, title: Buyer}",
        "{name: Asha}",
        "{name: Asha, title: Boss}",
        "{name: Asha, title: Boss, conflicts: [{field: title, base: Buyer, kept: Boss}]}",
    ),
    "one file made on both sides": (
        "contact",
        None,
        "{name: Asha, tags: [a], title: Head, created: 2026-11-21}",
        "{name: Asha, tags: [b], title: Boss, created: 2026-11-20}",
        "{name: Asha, tags: [a, b], title: Head, created: 2026-11-20, conflicts: "
        "[{field: title, kept: Head, other: Boss}]}",
    ),
    "unknown keys: a number, a bool and a text are three values": (
        "contact",
        "{name: Asha, a: 1, b: 1, c: 1}",
        "{name: Asha, a: true, b: '1', c: '1'}",
        "{name: Asha, a: '1', b: 1, c: \"1\"}",
        "{name: Asha, a: true, b: '1', c: '1', conflicts: [{field: a, base: '1', kept: 'true', other: \"'1'\"}]}",
    ),
    "unknown keys: maps by key, other values whole": (
        "contact",
        "{name: Asha, a: {b: 1, c: [1]}, d: x}",
        "{name: Asha, a: {b: 2, c: [1]}, d: x}",
        "{name: Asha, a: {b: 1, c: [1, 2], e: 3}}",
        "{name: Asha, a: {b: 2, c: [1, 2], e: 3}}",
    ),
    "unknown keys: a map here, a text there": (
        "contact",
        "{name: Asha}",
        "{name: Asha, a: {b: ['1', it's]}}",
        "{name: Asha, a: b, c: ~}",
        "{name: Asha, a: {b: ['1', it's]}, conflicts: [{field: a, kept: {b: [\"'1'\", it's]}, other: b}]}",
    ),
    "conflicts: settled here, new there": (
        "contact",
        "{name: Asha, conflicts: [{field: title, kept: a, other: b}, {field: title, kept: a, other: B}]}",
        "{name: Asha, conflicts: [{field: title, kept: a, other: B}]}",
        "{name: Asha, conflicts: [{field: title, kept: a, other: b}, {field: title, kept: a, other: B}, "
        "{field: gender, kept: f, other: woman}]}",
        "{name: Asha, conflicts: [{field: title, kept: a, other: B}, {field: gender, kept: f, other: woman}]}",
    ),
    "conflicts: of two entries with one key the smaller text stays": (
        "contact",
        "{name: Asha, title: a}",
        "{name: Asha, title: a, conflicts: [{field: title, base: y, kept: a, other: b}]}",
        "{name: Asha, title: a, conflicts: [{field: title, base: x, kept: a, other: b}]}",
        "{name: Asha, title: a, conflicts: [{field: title, base: x, kept: a, other: b}]}",
    ),
    "conflicts: settled here, worded anew there": (
        "contact",
        "{name: Asha, title: a, conflicts: [{field: title, base: y, kept: a, other: b}]}",
        "{name: Asha, title: a}",
        "{name: Asha, title: a, conflicts: [{field: title, base: x, kept: a, other: b}]}",
        "{name: Asha, title: a}",
    ),
    "conflicts: settled here while the field changes there": (
        "contact",
        "{name: Asha, title: a, conflicts: [{field: title, base: x, kept: a, other: b}]}",
        "{name: Asha, title: b}",
        "{name: Asha, title: c, conflicts: [{field: title, base: x, kept: a, other: b}]}",
        "{name: Asha, title: b, conflicts: [{field: title, base: a, kept: b, other: c}]}",
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
    assert [entry["other"] for entry in clash.conflicts] == ["nonsense", "['x']"]
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
