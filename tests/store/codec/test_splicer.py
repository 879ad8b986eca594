"""Edits of files as people lay them out: exactly these bytes change."""

import pytest

from crm_cli.base.errors import Invalid
from crm_cli.schema.node import Bare
from crm_cli.store.codec import Document, parse, splice, splicer

ORDER = ["name", "title", "emails", "phones", "tags", "cadence", "amount", "custom", "created", "archived", "notes"]


def edit(text: str | bytes, **changes) -> str:
    document = parse(text.encode() if isinstance(text, str) else text, "contacts/asha.yaml", allow_empty=True)
    assert isinstance(document, Document), document
    return splice(document, changes, ORDER).decode()


RECORD = """\
# contacts/asha-sharma-k7m3q9.yaml
name: आशा शर्मा
title: Purchase head

emails:
  - asha@acme.example
phones:
  - mobile: "+91 98765 43210"
  - work: "+91 22 2778 0000"

tags:
  - key-account
  - newsletter
cadence: 6w                 # keep in touch

custom:
  allergy: peanuts
created: 2026-09-25T16:20:00+05:30
notes: |
  Met at the trade fair.
"""
LAYOUTS = {
    "two indents": "emails:\n- a@x.example\n- b@x.example\ntags:\n    - a\n    - b\nname: x\n",
    "spaces in flow": "name:   x\ntags:   [a,b]\ncustom:   {a: b,c:  d}\n",
    "wide spacing": "name:   Asha   # who\namount:   1\n",
    "folded quotes": 'name: "Asha\n  Sharma"\ntitle: x\n',
    "crlf": "name: x\r\ntags:\r\n  - a\r\nnotes: |\r\n  one\r\n  two\r\n",
    "byte order mark": "\ufeffname: x\ntags: [a]\n",
    "no last newline": "name: x\ntags:\n  - a\n  - b",
    "wide dashes": "tags:\n  -   a\n  -   b\nphones:\n-   mobile: 1\n    note: 2\n",
    "record": RECORD,
}


@pytest.mark.parametrize("text", LAYOUTS.values(), ids=LAYOUTS)
def test_a_file_that_nothing_is_asked_of_stays_as_it_is(text):
    assert edit(text) == text
    assert edit(text, archived=None) == text


ZOO = [
    # a list at the left edge takes an item there, another where it is
    ("two indents", {"emails": ["a@x.example", "b@x.example", "c@x.example"]},
     "emails:\n- a@x.example\n- b@x.example\n- c@x.example\ntags:\n    - a\n    - b\nname: x\n"),
    ("two indents", {"tags": ["m", "a", "b"]},
     "emails:\n- a@x.example\n- b@x.example\ntags:\n    - m\n    - a\n    - b\nname: x\n"),
    ("spaces in flow", {"tags": ["a", "b", "c, d", "e"]},
     'name:   x\ntags:   [a,b,"c, d",e]\ncustom:   {a: b,c:  d}\n'),
    ("spaces in flow", {"tags": ["b"]}, "name:   x\ntags:   [b]\ncustom:   {a: b,c:  d}\n"),
    ("spaces in flow", {"tags": ["a"], "custom": {"a": "b"}}, "name:   x\ntags:   [a]\ncustom:   {a: b}\n"),
    ("spaces in flow", {"custom": {"a": "0123", "c": "d", "e": "f\ng"}},
     'name:   x\ntags:   [a,b]\ncustom:   {a: "0123",c:  d,e: "f\\ng"}\n'),
    ("wide spacing", {"name": "NO", "amount": Bare("75000 INR")}, 'name:   "NO"   # who\namount:   75000 INR\n'),
    ("wide spacing", {"name": None}, "amount:   1\n"),
    ("folded quotes", {"title": "y"}, 'name: "Asha\n  Sharma"\ntitle: "y"\n'),
    ("folded quotes", {"name": "Usha"}, "name: Usha\ntitle: x\n"),
    ("crlf", {"tags": ["a", "b"], "title": "t", "notes": "one\n2\n"},
     "name: x\r\ntitle: t\r\ntags:\r\n  - a\r\n  - b\r\nnotes: |\r\n  one\r\n  2\r\n"),
    ("byte order mark", {"title": "t"}, "\ufeffname: x\ntitle: t\ntags: [a]\n"),
    ("byte order mark", {"name": None}, "\ufefftags: [a]\n"),
    ("no last newline", {"tags": ["a"]}, "name: x\ntags:\n  - a"),
    ("no last newline", {"tags": ["a", "b", "c"]}, "name: x\ntags:\n  - a\n  - b\n  - c"),
    ("no last newline", {"tags": None}, "name: x"),
    ("no last newline", {"archived": Bare("2026-11-21")}, "name: x\ntags:\n  - a\n  - b\narchived: 2026-11-21"),
    ("no last newline", {"notes": "one\n"}, "name: x\ntags:\n  - a\n  - b\nnotes: |\n  one\n"),
    ("wide dashes", {"tags": ["a", "b", "c"], "phones": [{"mobile": "1", "note": "2", "more": "x"}]},
     'tags:\n  -   a\n  -   b\n  -   c\nphones:\n-   mobile: 1\n    note: 2\n    more: x\n'),
    ("wide dashes", {"phones": [{"note": "2"}, {"work": "3", "note": "4"}]},
     'tags:\n  -   a\n  -   b\nphones:\n-   note: 2\n-   work: "3"\n    note: "4"\n'),
]  # fmt: skip


@pytest.mark.parametrize(("layout", "changes", "expected"), ZOO)
def test_ordinary_layouts_keep_their_ways(layout, changes, expected):
    assert edit(LAYOUTS[layout], **changes) == expected


def _swap(old: str, new: str) -> str:
    assert RECORD.count(old) == 1
    return RECORD.replace(old, new)


IN_RECORD = [
    ({"title": None}, "title: Purchase head\n", ""),
    ({"cadence": None}, "cadence: 6w                 # keep in touch\n", ""),
    ({"cadence": Bare("8w")}, "cadence: 6w ", "cadence: 8w "),
    ({"tags": ["newsletter"]}, "  - key-account\n", ""),
    ({"tags": ["key-account", "vip", "newsletter"]}, "  - newsletter\n", "  - vip\n  - newsletter\n"),
    ({"tags": None}, "tags:\n  - key-account\n  - newsletter\n", ""),
    ({"tags": []}, "tags:\n  - key-account\n  - newsletter\n", "tags: []\n"),
    ({"phones": [{"home": "+91 98765 43210"}, {"work": "+91 22 2778 0000"}]}, "- mobile:", "- home:"),
    ({"phones": [{"mobile": "+91 98765 43210"}, {"work": "1"}]}, '"+91 22 2778 0000"', '"1"'),
    ({"phones": [{"work": "+91 22 2778 0000"}]}, '  - mobile: "+91 98765 43210"\n', ""),
    ({"phones": "12 34"}, 'phones:\n  - mobile: "+91 98765 43210"\n  - work: "+91 22 2778 0000"\n', "phones: 12 34\n"),
    ({"custom": {"allergy": "peanuts", "pin": "008"}}, "peanuts\n", 'peanuts\n  pin: "008"\n'),
    ({"custom": {"pin": "1a"}}, "allergy: peanuts", "pin: 1a"),
    ({"custom": {}}, "custom:\n  allergy: peanuts\n", "custom: {}\n"),
    ({"notes": "One line"}, "|\n  Met at the trade fair.\n", "One line\n"),
    ({"notes": "a\n\n b"}, "|\n  Met at the trade fair.\n", "|-\n  a\n\n   b\n"),
    ({"notes": " a\nb\n"}, "|\n  Met at the trade fair.\n", "|2\n   a\n  b\n"),
    ({"notes": "a\u2028b\n"}, "|\n  Met at the trade fair.\n", '"a\\u2028b\\n"\n'),
    ({"name": "a\nb"}, "name: आशा शर्मा\n", "name: |-\n  a\n  b\n"),
    ({"archived": Bare("2026-11-21")}, "notes: |", "archived: 2026-11-21\nnotes: |"),
    ({"amount": Bare("5")}, "keep in touch\n", "keep in touch\namount: 5\n"),
    ({"amount": Bare("5"), "cadence": None}, "cadence: 6w                 # keep in touch\n", "amount: 5\n"),
    ({"unknown": ["x", {"q": "z"}]}, "fair.\n", "fair.\nunknown:\n  - x\n  - q: z\n"),
    ({"emails": ["asha@acme.example", "a@b.example"]}, "acme.example\n", "acme.example\n  - a@b.example\n"),
]


@pytest.mark.parametrize(("changes", "old", "new"), IN_RECORD)
def test_one_field_of_a_record(changes, old, new):
    assert edit(RECORD, **changes) == _swap(old, new)


CASES = [
    # comments: at the end of what goes they go, on their own lines they stay
    ("tags: # mine\n  # first\n  - a # one\n  # second\n  - b # two\n  # last\nname: x\n", {"tags": ["b"]},
     "tags: # mine\n  # first\n  # second\n  - b # two\n  # last\nname: x\n"),
    ("tags: # mine\n  # first\n  - a # one\n  # last\nname: x\n", {"tags": None}, "  # first\n  # last\nname: x\n"),
    ("tags: # mine\n  - a # one\n", {"tags": "x"}, "tags: x # mine\n"),
    ("tags: vip # one\n", {"tags": ["vip", "b"]}, "tags: # one\n  - vip\n  - b\n"),
    ("tags:\n  vip # one\nname: x\n", {"tags": ["vip", "b"]}, "tags:\n  - vip\n  - b\nname: x\n"),
    ("title: x # why\nname: y\n", {"title": "a\nb\n"}, "title: | # why\n  a\n  b\nname: y\n"),
    ("notes: | # why\n  a\n", {"notes": "b"}, "notes: b # why\n"),
    ("notes: | # why\n  a\n", {"notes": ["b"]}, "notes: # why\n  - b\n"),
    ("notes: >\n    a\n    b\n\n\n# tail\n", {"notes": "c\nd\n"}, "notes: |\n    c\n    d\n\n\n# tail\n"),
    ("notes: |+\n  a\n\n\nname: x\n", {"notes": "b"}, "notes: b\nname: x\n"),
    # what follows a removed or replaced value is nobody's but its own
    ("notes: |\n  a\n\n\n# tail\nname: x\n", {"notes": None}, "\n\n# tail\nname: x\n"),
    ("tags:\n- a\n\n# tail\n\nname: x\n", {"tags": None}, "\n# tail\n\nname: x\n"),
    ("tags:\n- a\n\n# tail\n\nname: x\n", {"tags": ["b", "c"]}, "tags:\n- b\n- c\n\n# tail\n\nname: x\n"),
    # nothing becomes something
    ("name:\ntitle: # why\nemails:   \n", {"name": "x", "title": "y\nz", "emails": ["a@x.example"]},
     'name: x\ntitle: |- # why\n  y\n  z\nemails:   \n  - a@x.example\n'),
    ("custom: {a: , b, c: d}\n", {"custom": {"a": "1a", "b": "2b", "c": "d"}}, "custom: {a: 1a , b: 2b, c: d}\n"),
    ("tags:\n  -\n  - b\n", {"tags": ["a", "b"]}, "tags:\n  - a\n  - b\n"),
    ("name: ~\ntitle: null\n", {"name": "x", "title": ""}, "name: x\ntitle: null\n"),
    # places of new keys
    ("# top\n\ntitle: x\n", {"name": "q"}, "# top\n\nname: q\ntitle: x\n"),
    ("# only\n", {"name": "x", "tags": ["a"]}, "# only\nname: x\ntags:\n  - a\n"),
    ("", {"name": "x"}, "name: x\n"),
    ("# only", {"name": "x"}, "# only\nname: x"),
    ("---\nname: x\n...\n", {"title": "t"}, "---\nname: x\ntitle: t\n...\n"),
    ("zzz: 1\nname: x\n", {"title": "t", "emails": ["e"]}, "zzz: 1\nname: x\ntitle: t\nemails:\n  - e\n"),
    ("tags:\n  - a\n  # - b\n\nnotes: x\n", {"cadence": "6w"}, "tags:\n  - a\n  # - b\ncadence: 6w\n\nnotes: x\n"),
    ("  name: x\n  tags:\n  - a\n", {"title": "t", "notes": "a\nb"},
     "  name: x\n  title: t\n  tags:\n  - a\n  notes: |-\n    a\n    b\n"),
    ("notes: |\n  a", {"zzz": "x"}, "zzz: x\nnotes: |\n  a"),
    # flow, on one line and on several
    ("{name: x, tags: [a]}\n", {"tags": ["a", "b"], "title": "t", "name": None}, "{title: t, tags: [a, b]}\n"),
    ("{name: x}\n", {"name": None}, "{}\n"),
    ("{}\n", {"name": "x"}, "{name: x}\n"),
    ("tags: [\n  a, # one\n  # own\n  b, # two\n  c # three\n]\n", {"tags": ["b"]},
     "tags: [\n  # own\n  b, # two\n]\n"),
    ("tags: [\n  a,\n  b\n]\n", {"tags": ["a", "b", "c"]}, "tags: [\n  a,\n  b,\n  c\n]\n"),
    ("tags: [\n  a,\n  b\n]\n", {"tags": ["b"]}, "tags: [\n  b\n]\n"),
    ("tags: [a, # one\n  b # two\n  ]\n", {"tags": ["a"]}, "tags: [a, # one\n  ]\n"),
    ("tags: [a, # one\n  b]\n", {"tags": ["a"]}, "tags: [a, # one\n  ]\n"),
    ("tags: []\n", {"tags": ["x"]}, "tags: [x]\n"),
    ("tags: [a, b, ]\n", {"tags": ["z", "a", "b"]}, "tags: [z, a, b, ]\n"),
    ("tags: [a]\n", {"tags": "x"}, "tags: x\n"),
    ("tags: [a]\n", {"tags": {"a": "b"}}, "tags:\n  a: b\n"),
    ("phones: [{mobile: 1}, 2]\n", {"phones": [{"mobile": "1", "a": "b"}, ["2"]]},
     'phones: [{mobile: 1, a: b}, ["2"]]\n'),
    # nested and compact
    ("a:\n  - - x\n    - q\n  - z\n", {"a": [["q"], "z"]}, "a:\n  - - q\n  - z\n"),
    ("a:\n  - - x\n    - q\n", {"a": [["w", "x", "q"]]}, "a:\n  - - w\n    - x\n    - q\n"),
    ("a:\n  - x: 1 # one\n    q: 2a\n", {"a": [{"q": "2a"}]}, "a:\n  - q: 2a\n"),
    ("a:\n  - x: 1\n", {"a": ["s"]}, "a:\n  - s\n"),
    ("a:\n  - s # one\n", {"a": [{"x": "b", "q": "c\nd"}]},
     "a:\n  - x: b # one\n    q: |-\n      c\n      d\n"),
    ("a:\n  - s # one\n", {"a": [["x", "b"]]}, "a:\n  - - x # one\n    - b\n"),
    ("a:\n  - |\n    s\n  - t\n", {"a": ["u\nv\n", "t"]}, "a:\n  - |\n    u\n    v\n  - t\n"),
    ("a:\n  b:\n    - c\n", {"a": {"b": {"d": "e"}}}, "a:\n  b:\n    d: e\n"),
    ("? name\n: x\n? title\n", {"name": "y"}, '? name\n: "y"\n? title\n'),
    ("? name\n: x\n? title\n", {"title": "t"}, "? name\n: x\ntitle: t\n"),
    ("? name\n: x\ntags: [a]\n", {"name": None}, "tags: [a]\n"),
    ("'name': x\n\"tags\" : [a]\n", {"name": "z", "tags": ["b"]}, "'name': z\n\"tags\" : [b]\n"),
    # text of a block is no comment
    ("notes: |\n  # a\n  b\nname: x\n", {"notes": None}, "name: x\n"),
    ("name: 'a\n  # b'\ntags: [x]\n", {"name": None}, "tags: [x]\n"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "changes", "after"), CASES)
def test_odd_layouts(before, changes, after):
    assert edit(before, **changes) == after


def test_items_keep_their_spelling_when_others_change():
    text = "phones:\n  - 09876543210\n  - '12'   # old\n  - \"x\"\n"
    assert edit(text, phones=["09876543210", "12", "x", "09"]) == text + '  - "09"\n'


def test_without_a_type_quotes_tell_values_apart():
    assert edit("a: 1\nb: '1'\nname: 1\n", a="1", b=Bare("1"), name="1") == 'a: "1"\nb: 1\nname: 1\n'
    assert edit("a: [1, x]\n", a=["1", "x"]) == 'a: ["1", x]\n'
    assert edit("a:\n  - ~\n  - ''\n", a=[Bare(""), Bare("")]) == "a:\n  - ~\n  - null\n"


FALLBACKS = [
    # a text that ends in blank lines would take those that follow
    ("name: x\n\ntags: [a]\n", {"title": "a\n\n"}, 'name: x\ntitle: "a\\n\\n"\n\ntags: [a]\n'),
    ("name: x\n\n  # deep\n\ntags: [a]\n", {"title": "a\n", "tags": ["b"]},
     'name: x\ntitle: "a\\n"\n\n  # deep\n\ntags: [b]\n'),
    # a block of text before what goes would take what follows
    ("notes: |\n  a\nname: x\n\n  # deep\n\ntags: [a]\n", {"name": None}, "notes: |\n  a\n\n# deep\n\ntags: [a]\n"),
    ("notes: |+\n  a\nname: x\n\n  # deep\n\ntags: [a]\n", {"name": None}, "notes: |+\n  a\n# deep\ntags: [a]\n"),
    ("notes: |\n  a\ntags:\n  # own\n  - b\nname: x\n", {"tags": None}, "notes: |\n  a\n# own\nname: x\n"),
    # "..." alone is no document
    ("name: [a,\n  b]\n...\n", {"name": None}, "{}\n...\n"),
    # the one item that shares its line with the dash of another list goes, and another kind of thing comes
    ("a: [b: c]\n", {"a": [{"b": "c", "d": "e"}]}, "a:\n  - b: c\n    d: e\n"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "changes", "after"), FALLBACKS)
def test_where_the_smallest_edit_would_say_something_else_the_next_smallest_is_made(before, changes, after):
    assert edit(before, **changes) == after


def test_a_text_that_no_file_can_hold_is_refused():
    with pytest.raises(Invalid):
        edit("name: x\n", name="a\ud800")


@pytest.mark.parametrize("text", ["name: x\n", "{name: x}\n"])
def test_a_result_that_does_not_read_back_is_never_returned(monkeypatch, text):
    monkeypatch.setattr(splicer, "_as_intended", lambda *_: False)
    with pytest.raises(RuntimeError, match=r"contacts/asha\.yaml"):
        edit(text, name="y")
