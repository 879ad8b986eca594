"""Laws of editing, tried on generated layouts: what is not changed keeps its bytes, what is changed reads back."""

from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.schema.node import plain
from crm_cli.store.codec import Document, parse, splice, splicer
from crm_cli.store.codec.compare import same
from tests.effort import sample
from tests.store.codec.layouts import KEYS, VALUES, layouts

CHANGED = st.one_of(
    VALUES,
    st.lists(st.sampled_from(["a", "b", "c", "x", "key-account"]), max_size=4),
    st.dictionaries(st.sampled_from(["mobile", "work", "street", "a"]), st.sampled_from(["x", "l\nm"]), min_size=1),
)
CHANGES = st.dictionaries(st.sampled_from(KEYS), st.one_of(st.none(), CHANGED), max_size=5)


def _read(data: bytes) -> Document:
    document = parse(data, "x.yaml", allow_empty=True)
    assert isinstance(document, Document), document
    return document


def _around(document: Document, key: str) -> tuple[str, str]:
    """The text before the first line of a field, and that behind its last line."""
    start = document.text.rfind("\n", 0, document.root.keys[key].start) + 1
    end = document.text.find("\n", max(document.root.entries[key].end, document.root.keys[key].end))
    return document.text[:start], document.text[end:] if end >= 0 else ""


def _smallest(document: Document, key: str, value: object) -> bool:
    """Whether the edit in place is the one that is made."""
    return splicer._attempt(document, {key: value}, KEYS, splicer._Way()) is not None


@given(layouts())
def test_no_change_is_no_byte(data):
    document = _read(data)
    assert splice(document, {}, KEYS) == data
    known = {key: value for key, node in document.root.entries.items() if (value := plain(node)) is not None}
    assert splice(document, {**known, "zzz": None}, KEYS) == data


@given(layouts(), CHANGES)
@settings(max_examples=sample(60, 200))
def test_every_change_reads_back_from_both_parsers_and_nothing_else_moves(data, changes):
    document = _read(data)
    out = splice(document, changes, KEYS)
    result = _read(out)
    assert result == parse(out, "x.yaml", pure=True, allow_empty=True)
    assert result.bom == document.bom
    for key, value in changes.items():
        assert key not in result.root.entries if value is None else same(result.root.entries[key], value)
    for key, node in document.root.entries.items():
        if key not in changes:
            assert plain(result.root.entries[key]) == plain(node)
    assert splice(result, changes, KEYS) == out


@given(layouts(), st.sampled_from(KEYS), CHANGED)
@settings(max_examples=sample(40, 100))
def test_setting_one_field_changes_only_its_lines(data, key, value):
    document = _read(data)
    if key not in document.root.entries or not _smallest(document, key, value):
        return
    before, after = _around(document, key)
    text = _read(splice(document, {key: value}, KEYS)).text
    assert text.startswith(before)
    assert text.endswith(after)


@given(layouts(), st.sampled_from(KEYS))
@settings(max_examples=sample(40, 100))
def test_removing_a_field_takes_its_lines_and_leaves_comments_of_their_own(data, key):
    document = _read(data)
    if key not in document.root.entries or len(document.root.entries) == 1 or not _smallest(document, key, None):
        return
    before, after = _around(document, key)
    text = _read(splice(document, {key: None}, KEYS)).text
    assert text.startswith(before.rstrip("\r\n"))
    assert text.endswith(after.lstrip("\r\n"))
    rest = text[len(before) : len(text) - len(after) + 1] if after else ""
    assert all(line.lstrip().startswith("#") for line in rest.splitlines() if line.strip())


@given(layouts(), st.sampled_from(KEYS), CHANGED)
@settings(max_examples=sample(40, 100))
def test_adding_a_field_puts_in_lines_and_takes_none_away(data, key, value):
    document = _read(data)
    if key in document.root.entries or not _smallest(document, key, value):
        return
    old = document.text.splitlines()
    new = _read(splice(document, {key: value}, KEYS)).text.splitlines()
    at = next((place for place, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), len(old))
    assert old == new[:at] + new[at + len(new) - len(old) :]
    assert len(new) > len(old)


@given(layouts())
def test_a_field_that_goes_and_comes_back_says_the_same(data):
    document = _read(data)
    key = next(iter(document.root.entries))
    value = plain(document.root.entries[key])
    if value is None:
        return
    again = splice(_read(splice(document, {key: None}, KEYS)), {key: value}, KEYS)
    assert same(_read(again).root.entries[key], value)


@given(layouts(), st.sampled_from(KEYS), VALUES)
def test_line_ends_are_the_files_own(data, key, value):
    document = _read(data)
    out = _read(splice(document, {key: value}, KEYS)).text
    if document.newline == "\r\n":
        assert out.count("\n") == out.count("\r\n")
    else:
        assert "\r" not in out
