"""What becomes of the values that merges kept aside, as the files would show it; the first side is the later."""

import pytest

from tests.store.merge.files import merged, record

ROWS = {
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
}


@pytest.mark.parametrize("row", ROWS)
def test_two_edits_become(row: str) -> None:
    kind, base, x, y, expected = ROWS[row]
    assert merged(kind, base, x, y).record == record(kind, expected)
