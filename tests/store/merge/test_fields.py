"""Two edits of one value, of a map and of a long text, as the files would show them; the first is the later."""

import pytest

from tests.store.merge.files import merged, record

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
    "a field edited there, removed here": (
        "contact",
        "{name: Asha, title: Buyer}",
        "{name: Asha}",
        "{name: Asha, title: Boss}",
        "{name: Asha, title: Boss, conflicts: [{field: title, base: Buyer, kept: Boss}]}",
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
}


@pytest.mark.parametrize("row", ROWS)
def test_two_edits_become(row: str) -> None:
    kind, base, x, y, expected = ROWS[row]
    assert merged(kind, base, x, y).record == record(kind, expected)
