"""How one list becomes another with as few changes as can be."""

from hypothesis import given
from hypothesis import strategies as st

from crm_cli.schema.node import Bare, Scalar, Seq
from crm_cli.store.codec import compare, parse
from crm_cli.store.codec.compare import Match, match, same, unchanged

LETTERS = st.lists(st.sampled_from("abc"), max_size=8)


def _nodes(texts):
    return [Scalar(text) for text in texts]


def _applied(old: list[str], new: list[str], found: Match) -> list[str]:
    result = {place: [text] for place, text in enumerate(old)}
    result[-1] = []
    for at_old, at_new in found.changed:
        result[at_old] = [new[at_new]]
    for place in found.gone:
        result[place] = []
    for behind, place in found.added:
        result[behind].append(new[place])
    return [text for place in sorted(result) for text in result[place]]


@given(LETTERS, LETTERS)
def test_what_is_found_turns_the_old_list_into_the_new(old, new):
    found = match(_nodes(old), new)
    assert _applied(old, new, found) == new
    assert not (found.gone and not old)


@given(LETTERS, LETTERS)
def test_no_item_is_touched_that_could_stay(old, new):
    found = match(_nodes(old), new)
    if set(old) <= set(new) and len(set(old)) == len(old) and [text for text in new if text in old] == old:
        assert found.changed == []
        assert found.gone == []


def test_a_list_too_long_to_compare_in_full_still_comes_out_right(monkeypatch):
    monkeypatch.setattr(compare, "_CELLS", 3)
    old, new = list("abcd"), list("dcba")
    assert _applied(old, new, match(_nodes(old), new)) == new


def test_nothing_and_an_empty_text_are_the_same_but_for_a_key_without_a_type():
    nothing, empty = Scalar(""), Scalar("", '"')
    assert same(nothing, "")
    assert same(empty, "")
    assert same(nothing, Bare(""), exact=True)
    assert same(empty, "", exact=True)
    assert not same(nothing, "", exact=True)
    assert not same(empty, Bare(""), exact=True)


def test_lists_maps_and_texts_are_never_the_same():
    assert not same(Scalar("a"), ["a"])
    assert not same(Seq([Scalar("a")]), "a")
    assert not same(Seq([Scalar("a")]), {"a": "b"})
    assert not same(Seq([Scalar("a")]), ["a", "b"])


def test_nodes_in_another_spelling_are_not_unchanged():
    roots = [parse(text, "x").root for text in (b"a: [x]\nb: {c: d}", b"b: {c: d}\na: [x]", b"a: ['x']\nb: {c: d}")]
    assert unchanged(roots[0], roots[0])
    assert not unchanged(roots[0], roots[1])
    assert not unchanged(roots[0], roots[2])
    assert not unchanged(roots[0], roots[0].entries["a"])
    assert not unchanged(roots[0].entries["a"], roots[0])
    assert not unchanged(Scalar("a"), roots[0])
