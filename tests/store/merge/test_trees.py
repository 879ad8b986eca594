"""Two edits of crm.yaml, as the files would show them."""

import json

import pytest

from crm_cli.schema.node import Plain, alike, written
from crm_cli.store.merge import Side, merge_trees
from tests.store.merge.files import document


def tree(text: str) -> dict[str, Plain]:
    """The tree of a file."""
    found = written(document(text).root)
    assert isinstance(found, dict)
    return found


ROWS = {
    "two settings": (
        "{currency: INR, country: IN}",
        "{currency: EUR, country: IN}",
        "{currency: INR, country: DE}",
        "{currency: EUR, country: DE}",
    ),
    "one setting, two values": (
        "{currency: INR}",
        "{currency: EUR}",
        "{currency: USD}",
        "{currency: EUR, conflicts: [{field: currency, base: INR, kept: EUR, other: USD}]}",
    ),
    "stages are known by their names": (
        "{pipelines: {sales: {stages: [{name: new, probability: 10}, {name: won, type: won}]}}}",
        "{pipelines: {sales: {stages: [{name: new, probability: 20}, {name: offer}, {name: won, type: won}]}}}",
        "{pipelines: {sales: {stages: [{name: new, probability: 10, rotting_days: 7}, {name: won, type: won}]}, "
        "club: {}}}",
        "{pipelines: {sales: {stages: [{name: new, probability: 20, rotting_days: 7}, {name: offer}, "
        "{name: won, type: won}]}, club: {}}}",
    ),
    "a stage edited here and there": (
        "{s: [{name: new, probability: 10}]}",
        "{s: [{name: new, probability: 20}]}",
        "{s: [{name: new, probability: 30}]}",
        "{s: [{name: new, probability: 20}], conflicts: "
        "[{field: s.new.probability, base: '10', kept: '20', other: '30'}]}",
    ),
    "a stage edited here, removed there": (
        "{s: [{name: new, probability: 10}]}",
        "{s: []}",
        "{s: [{name: new, probability: 30}]}",
        "{s: [{name: new, probability: 30}], conflicts: "
        "[{field: s.new, base: {name: new, probability: '10'}, kept: {name: new, probability: '30'}}]}",
    ),
    "lists of words are sets": ("{l: [a, b]}", "{l: [b, c]}", "{l: [a, b, d]}", "{l: [b, d, c]}"),
    "a list here, a word there": (
        "{l: a}",
        "{l: [a]}",
        "{l: {a: b}}",
        "{l: [a], conflicts: [{field: l, base: a, kept: [a], other: {a: b}}]}",
    ),
    "conflicts settled here": (
        "{a: 1, conflicts: [{field: a, kept: x, other: y}, {field: b, kept: x, other: z}]}",
        "{a: 1, conflicts: [{field: b, kept: x, other: z}]}",
        "{a: 2, conflicts: [{field: a, kept: x, other: y}, {field: b, kept: x, other: z}]}",
        "{a: 2, conflicts: [{field: b, kept: x, other: z}]}",
    ),
    "conflicts that are none": (
        "{a: 1}",
        "{a: 1, conflicts: x}",
        "{a: 1, conflicts: [y]}",
        "{a: 1, conflicts: [{field: conflicts, other: '\"x\"'}, {field: conflicts, other: '\"y\"'}]}",
    ),
    "nothing": ("{a: 1}", "{a: 1}", "{a: 1}", "{a: 1}"),
}


@pytest.mark.parametrize("row", ROWS)
def test_two_edits_become(row: str) -> None:
    base, x, y, expected = (tree(text) for text in ROWS[row])
    for one, other, later in ((x, y, "x"), (y, x, "y")):
        side: Side = "x" if later == "x" else "y"
        result, aside = merge_trees(base, one, other, later=side)
        assert alike(_loose(result), _loose(expected)), result
        assert list(result) == list(expected)
        known = str(x.get("conflicts")) + str(y.get("conflicts"))
        new = [entry for entry in aside if str(entry["other"]) not in known]
        assert len(new) == len([e for e in _conflicts(expected) if str(e.get("other")).strip('"') not in known])


def _conflicts(found: dict[str, Plain]) -> list[dict[str, Plain]]:
    entries = found.get("conflicts", [])
    assert isinstance(entries, list)
    return [entry for entry in entries if isinstance(entry, dict)]


def _loose(found: dict[str, Plain]) -> Plain:
    """The tree without the quotes in its conflicts, which are text."""
    return {**found, "conflicts": json.loads(json.dumps(_conflicts(found)))}


def test_two_new_files_merge_from_nothing() -> None:
    result, aside = merge_trees(None, tree("{a: 1, l: [x]}"), tree("{a: 2, l: [y]}"), later="y")
    assert result["l"] == ["y", "x"]
    assert aside == ({"field": "a", "base": None, "kept": "2", "other": "1"},)
