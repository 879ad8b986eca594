"""One table of files and what is read from them, asked of every way to read."""

import subprocess
import sys

import pytest

from crm_cli.schema.node import plain
from crm_cli.schema.problem import STRUCTURAL, Problem
from crm_cli.store.codec import Document, engine, parse, reader

READERS = ["lines", "libyaml", "pure"]


@pytest.fixture(params=READERS)
def read(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch):
    """A function that reads one file in one of the ways that a machine may have."""
    if request.param != "lines":
        monkeypatch.setattr(reader, "read_lines", lambda _: None)

    def read_one(data: bytes | str, **options: bool) -> Document | Problem:
        raw = data.encode() if isinstance(data, str) else data
        return parse(raw, "contacts/asha.yaml", pure=request.param == "pure", **options)

    return read_one


REFUSED = {
    "title: @foo": ("yaml", 1, 'put it in quotes: title: "@foo"'),
    "title: %10": ("yaml", 1, 'title: "%10"'),
    "title: `x`": ("yaml", 1, 'title: "`x`"'),
    'title: @say "hi"': ("yaml", 1, "put it in quotes"),
    "@foo": ("yaml", 1, "put it in quotes"),
    "title: - x": ("yaml", 1, "a list cannot begin here"),
    "title: ? x": ("yaml", 1, "put the text in quotes"),
    "title: a: b": ("yaml", 1, "put the text in quotes"),
    "name: x\ntitle": ("yaml", 2, "without “key: value”"),
    "name: x\n title: y": ("yaml", 2, "indentation"),
    "a:\n  b: 1\n c: 2": ("yaml", 3, "indentation"),
    "a: 'x' y": ("yaml", 1, "closing quote"),
    'name: x\na: "open\nb: c\n': ("yaml", 2, "never closed"),
    'a: "x\n---\ny"': ("yaml", 1, "never closed"),
    'a: "\\q"': ("yaml", 1, "unknown escape"),
    'a: "\\xZZ"': ("yaml", 1, "broken escape"),
    "name: x\na: [b\nc: d": ("yaml", 2, "comma or the closing bracket"),
    "a: {b\nc: d": ("yaml", 1, "comma or the closing bracket"),
    "a: [b\n---\nc]": ("yaml", 1, "bracket"),
    "a: ]": ("yaml", 1, "bracket"),
    "a: |x\n  y": ("yaml", 1, "same line"),
    "a: |0\n  y": ("yaml", 1, "same line"),
    ": b": ("yaml", 1, ""),
    "a: b\n]": ("yaml", 2, ""),
    "[a]\nb": ("yaml", 2, "belongs to nothing"),
    "title: !important": ("tag", 1, "quote"),
    "a: !!binary aGk=": ("tag", 1, ""),
    "a: !!set {x}": ("tag", 1, ""),
    "a: !!omap [x: y]": ("tag", 1, ""),
    "a: !foo [x]": ("tag", 1, ""),
    "a: ! x": ("tag", 1, ""),
    "name: x\na: !!python/object/apply:os.system [id]": ("tag", 2, ""),
    "!foo\na: b": ("tag", 1, ""),
    "a:\n  !x\n  &y b": ("anchor", 2, ""),
    "a: &x b\nc: *x": ("anchor", 1, "quote"),
    "a: [&x b]": ("anchor", 1, ""),
    "a: {b: &x {c: d}}": ("anchor", 1, ""),
    "a: *bold* text": ("anchor", 1, "quote"),
    "a: b\nc: *x": ("anchor", 2, ""),
    "<<: {a: b}": ("key", 1, "merge key"),
    "a:\n  <<: {a: b}": ("key", 2, "merge key"),
    "? [a]\n: b": ("key", 1, "keys are text"),
    "? {a: b}\n: b": ("key", 1, "keys are text"),
    "? |\n  a\n: b": ("key", 1, "block"),
    "a: {? : b}": ("key", 1, "without a key"),
    "a: 1\nb: 2\n'a': 3": ("duplicate-key", 3, "line 1 and again in line 3"),
    "a:\n  b: 1\n  b: 2": ("duplicate-key", 3, "line 2 and again in line 3"),
    "a: {b: 1, b: 2}": ("duplicate-key", 1, ""),
    "a: b\n---\nc: d": ("documents", 2, "second document"),
    "a: b\n---\n": ("documents", 2, "second document"),
    "a: b\n...\nc: d": ("documents", 3, ""),
    "a: b\n...\n---\nc: d": ("documents", 3, ""),
    "%YAML 1.2\n---\na: b": ("documents", 1, "directive"),
    "# c\n%FOO x\n---\na: b": ("documents", 2, "directive"),
    "<<<<<<< HEAD\na: b\n=======\na: c\n>>>>>>> x": ("markers", 1, "doctor --fix"),
    'a: "x\n>>>>>>> theirs\n"': ("markers", 2, ""),
    "a: b\n||||||| base\n": ("markers", 2, ""),
    "a: b\n=======\n": ("markers", 2, ""),
    "\ta: b": ("tab", 1, "column 1"),
    "a:\n \tb: c": ("tab", 2, "column 2"),
    "a:\n  -\tb": ("tab", 2, "column 4"),
    "a: |\n\tx": ("tab", 2, "column 1"),
    "a: x\n\ty": ("tab", 2, "column 1"),
    "a: b\n \tc": ("tab", 2, "column 2"),
    "a: [b\n \tc]": ("tab", 2, "column 2"),
    "a: [b,\n\tc]": ("tab", 2, "column 1"),
    "a: b\n\t# c": ("tab", 2, "column 1"),
    "a: x\ry: z": ("line-break", 1, "backslash and r"),
    'a: "x\ry"': ("line-break", 1, ""),
    "a: x\r": ("line-break", 1, ""),
    "b: c\na: x\x85y": ("line-break", 2, "backslash and N"),
    'a: "x\x85y"': ("line-break", 1, ""),
    "a: x\u2028y": ("line-break", 1, "U+2028"),
    "a: x\u2028y: z": ("line-break", 1, "U+2028"),
    "a: |\n  x\u2029y": ("line-break", 2, "U+2029"),
    "a: b # x\u2028y": ("line-break", 1, ""),
    "a: \x00": ("control", 1, "backslash and x00"),
    "b: c\na: \x1b[31m": ("control", 2, "column 4"),
    "a: \x7f": ("control", 1, ""),
    "a: \x9b": ("control", 1, ""),
    "a: \uffff": ("control", 1, "backslash and uffff"),
    "\ufeff\ufeffa: b": ("control", 1, "byte order mark"),
    "\x00" * 4096: ("control", 1, ""),
    'a: "\\ud800"': ("encoding", 1, "no character"),
    'b: c\na: "\\U00110000"': ("encoding", 2, "no character"),
    'a: "\\UFFFFFFFF"': ("encoding", 1, "no character"),
    b"a: b\nc: \xff": ("encoding", 2, "0xff"),
    b"\xef\xbb\xbfa: \xe0\xa4": ("encoding", 1, "0xe0"),
    "a: b".encode("utf-16"): ("encoding", 1, "UTF-16"),
    "a: b".encode("utf-16-le"): ("control", 1, ""),
    "": ("not-a-map", 1, "empty"),
    "# only\n\n": ("not-a-map", 1, "empty"),
    "---\n": ("not-a-map", 1, "empty"),
    "text": ("not-a-map", 1, "only text"),
    "- a\n- b": ("not-a-map", 1, "a list"),
    "[a]": ("not-a-map", 1, "a list"),
    "a: " + "x" * (1 << 20): ("too-large", 0, "1,048,576"),
    "a: " + "[" * 17 + "]" * 17: ("too-large", 1, "16 levels"),
    "".join(f"{' ' * n}a:\n" for n in range(17)): ("too-large", 17, "16 levels"),
    "a: [" + "b," * 20_000 + "]": ("too-large", 1, "20,000"),
}


@pytest.mark.parametrize("data", REFUSED, ids=lambda data: repr(data)[:40])
def test_a_file_that_is_no_record_is_refused_with_its_line_and_what_to_do(read, data):
    code, line, part = REFUSED[data]
    problem = read(data)
    assert isinstance(problem, Problem)
    assert (problem.code, problem.line) == (code, line), problem
    assert part in problem.message
    assert "\n" not in problem.message
    assert problem.code in STRUCTURAL
    assert problem.path == "contacts/asha.yaml"


ACCEPTED = {
    "country: NO": {"country": "NO"},
    "a: yes\nb: on\nc: y\nd: True": {"a": "yes", "b": "on", "c": "y", "d": "True"},
    "phones: [09876543210]": {"phones": ["09876543210"]},
    "phone: +4520304050": {"phone": "+4520304050"},
    "custom: {pin: 008}": {"custom": {"pin": "008"}},
    "a: 010\nb: 0o17\nc: 0x1F\nd: 1e9999999": {"a": "010", "b": "0o17", "c": "0x1F", "d": "1e9999999"},
    "id: " + "9" * 5000: {"id": "9" * 5000},
    "custom: {slot: 12:30}": {"custom": {"slot": "12:30"}},
    "custom: {slot: 12:30:45, b: [1:2]}": {"custom": {"slot": "12:30:45", "b": ["1:2"]}},
    "at: 2024-02-29T10:00:00+05:30": {"at": "2024-02-29T10:00:00+05:30"},
    "due: 2024-02-30": {"due": "2024-02-30"},
    "custom: {version: 1.10}": {"custom": {"version": "1.10"}},
    "title: {name}": {"title": {"name": ""}},
    "a:\tb": {"a": "b"},
    "a:\t|\n  b": {"a": "b"},
    "a: b\t\nc: 'd'\t# e": {"a": "b", "c": "d"},
    "a: b\tc\t#d": {"a": "b\tc"},
    "a: [b,\tc]": {"a": ["b", "c"]},
    "a: |\n  x\n  \ty\n   \tz": {"a": "x\n\ty\n \tz"},
    'a: "x\n\ty"': {"a": "x y"},
    'a: "x\\e[31m"': {"a": "x\x1b[31m"},
    'a: "\\0\\N\\L\\P\\u2028\\x85"': {"a": "\0\x85\u2028\u2029\u2028\x85"},
    'a: "x \u2028 y"': {"a": "x \u2028 y"},
    "a: 'x \u2029 \u2028'": {"a": "x \u2029 \u2028"},
    "a: \ufeffb": {"a": "\ufeffb"},
    'a: "\\U0001F600\\/\\\n  x"': {"a": "😀/x"},
    "a: 👩‍👩‍👧": {"a": "👩‍👩‍👧"},
    "a: x" + "\u0301" * 1000: {"a": "x" + "\u0301" * 1000},
    "a: Jose\u0301\nb: José": {"a": "Jose\u0301", "b": "José"},
    'a: "[@click=app.quit]x[/]"': {"a": "[@click=app.quit]x[/]"},
    "\ufeffa: b": {"a": "b"},
    "a: b\r\nc: |\r\n  d\r\n  e\r\nf: g": {"a": "b", "c": "d\ne\n", "f": "g"},
    "---\na: b\n...\n": {"a": "b"},
    "---\n# c\n\na: b": {"a": "b"},
    "a: null\nb: ~\nc:\nd: 'null'": {"a": None, "b": None, "c": None, "d": "null"},
    "a: ---\nb: ...": {"a": "---", "b": "..."},
    "a: <<\n'<<': x": {"a": "<<", "<<": "x"},
    "1: a\nnull: b\nyes: c": {"1": "a", "null": "b", "yes": "c"},
    "? a\n: b\n? c": {"a": "b", "c": None},
    '"a b": c\nd : e': {"a b": "c", "d": "e"},
    "a: x\n\n  y\n  z # c\nb: d": {"a": "x\ny z", "b": "d"},
    "a: >-\n  x\n  y\n\n   z\n  w": {"a": "x y\n\n z\nw"},
    "a: |+\n  x\n\n\n# c\nb: d": {"a": "x\n\n\n", "b": "d"},
    "a: |2-\n    x\n": {"a": "  x"},
    "a: |-2 # c\n    x\n": {"a": "  x"},
    "a: |#c\n  x\n": {"a": "x\n"},
    "a:\n- x\n-   y\nb:\n    - z": {"a": ["x", "y"], "b": ["z"]},
    "a:\n  - - b\n    - c\n  -\n    d: e\n  -\n": {"a": [["b", "c"], {"d": "e"}, ""]},
    "a: [http://x.example/y?z, b:c, why?]": {"a": ["http://x.example/y?z", "b:c", "why?"]},
    'a: {"x":1, y: , z}': {"a": {"x": "1", "y": "", "z": ""}},
    "a: [b: c, d]": {"a": [{"b": "c"}, "d"]},
    "a: [\n  b, # c\n  # d\n  e\n]": {"a": ["b", "e"]},
    "{a: b}": {"a": "b"},
    "a: =======": {"a": "======="},
    "a: |\n  <<<<<<< x\n  100%": {"a": "<<<<<<< x\n100%"},
    "a: " + "[" * 15 + "]" * 15: {"a": eval("[" * 15 + "]" * 15)},
    "a: ₹1500 é": {"a": "₹1500 é"},
}


@pytest.mark.parametrize("data", ACCEPTED, ids=lambda data: repr(data)[:40])
def test_a_readable_file_gives_its_text_untyped(read, data):
    document = read(data)
    assert isinstance(document, Document), document
    tree = {key: plain(node) for key, node in document.root.entries.items()}
    assert tree == ACCEPTED[data]


def test_an_empty_file_is_a_map_where_that_is_allowed(read):
    for text in ("", "# only", "---\n"):
        document = read(text, allow_empty=True)
        assert isinstance(document, Document)
        assert document.root.entries == {}


def test_a_document_remembers_its_byte_order_mark_and_line_ends(read):
    document = read(b"\xef\xbb\xbfa: b\r\nc: d\r\ne: f\n")
    assert (document.bom, document.newline, document.text) == (True, "\r\n", "a: b\r\nc: d\r\ne: f\n")
    document = read("a: b\nc: d\r\n")
    assert (document.bom, document.newline) == (False, "\n")


SPANS = """\
# c
name: आशा  # x
"a b" : 'q'
list:
  - "v"
  - k: w
    l:
  -   - z
flow: [a , {b: c}, ]  # y
text: |+
  one

  two

# after
fold: >
  x
  y


more: x
  y
last:
"""


def test_every_node_knows_where_it_stands(read):
    document = read(SPANS)
    root = document.root

    def cut(node):
        return document.text[node.start : node.end], node.line

    assert cut(root.entries["name"]) == ("आशा", 2)
    assert cut(root.keys["a b"]) == ('"a b"', 3)
    assert cut(root.entries["a b"]) == ("'q'", 3)
    one, two, three = root.entries["list"].items
    assert cut(root.entries["list"]) == ('- "v"\n  - k: w\n    l:\n  -   - z', 5)
    assert cut(one) == ('"v"', 5)
    assert cut(two) == ("k: w\n    l:", 6)
    assert cut(two.entries["l"]) == ("", 7)
    assert document.text[two.entries["l"].start - 1] == ":"
    assert cut(three) == ("- z", 8)
    assert cut(root.entries["flow"]) == ("[a , {b: c}, ]", 9)
    assert cut(root.entries["flow"].items[1]) == ("{b: c}", 9)
    assert cut(root.entries["text"]) == ("|+\n  one\n\n  two\n", 10)
    assert cut(root.entries["fold"]) == (">\n  x\n  y", 16)
    assert cut(root.entries["more"]) == ("x\n  y", 21)
    assert cut(root.entries["last"]) == ("", 23)
    assert cut(root) == (SPANS[SPANS.index("name") :].rstrip("\n"), 2)


@pytest.mark.parametrize(
    ("text", "value", "cut"),
    [
        ("title: room #5 and a # b", "room", "#5 and a # b"),
        ("title: a # b", "a", "# b"),
        ("title: a   #5", "a", "#5"),
        ("title: a\t#5", "a", "#5"),
        ("tags:\n  - a #1", "a", "#1"),
        ("tags: [a #1\n  , b]", "a", "#1"),
    ],
)
def test_a_comment_that_looks_like_text_is_a_warning(read, text, value, cut):
    (warning,) = read(text).warnings
    assert (warning.code, warning.severity, warning.value) == ("comment", "warning", value)
    assert warning.field in ("title", "tags")
    assert repr(cut) in warning.message


@pytest.mark.parametrize("text", ["a: b  # c", "a: 'b' # c", "# c\na: b\n  # d", "a: # c", "a: |\n  b #c", "a: b#c"])
def test_a_comment_that_is_set_like_one_is_none(read, text):
    assert read(text).warnings == []


@pytest.mark.parametrize(
    "unit", ["[", "- ", "{", "? ", "a: [", "- - ", "? - ", "[{", "a: {", "[[a]: ", "*a ", "!a ", '"']
)
def test_deep_nesting_is_refused_before_it_costs_anything(read, unit):
    assert isinstance(read((unit * 100_000)[: 1 << 20]), Problem)


def test_a_bomb_of_aliases_is_refused_at_its_first_anchor(read):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    problem = read("\n".join(lines))
    assert (problem.code, problem.line) == ("anchor", 1)


def test_a_word_of_a_mebibyte_is_read(read):
    document = read("a: " + "x" * ((1 << 20) - 3))
    assert len(document.root.entries["a"].text) == (1 << 20) - 3


def test_too_many_keys_are_refused(read):
    assert read("".join(f"k{n}: v\n" for n in range(20_001))).code == "too-large"


def test_the_parser_written_in_c_is_there():
    assert engine.CParser is not None


def test_without_the_parser_written_in_c_everything_is_read_all_the_same(monkeypatch):
    monkeypatch.setattr(engine, "CParser", None)
    monkeypatch.setattr(reader, "read_lines", lambda _: None)
    for data, tree in ACCEPTED.items():
        document = parse(data.encode(), "contacts/asha.yaml")
        assert isinstance(document, Document), document
        assert {key: plain(node) for key, node in document.root.entries.items()} == tree
    for data, (code, line, part) in REFUSED.items():
        problem = parse(data.encode() if isinstance(data, str) else data, "contacts/asha.yaml")
        assert isinstance(problem, Problem), data
        assert (problem.code, problem.line, part in problem.message) == (code, line, True), problem


def test_an_ordinary_file_is_read_edited_and_written_without_ruamel():
    code = (
        "import sys; from crm_cli.store.codec import emit, parse, splice;"
        "d = parse(b'name: Asha\\ntags:\\n  - a # b\\n', 'x');"
        "splice(d, {'tags': ['a', 'b'], 'notes': 'x\\ny\\n'}, ['name', 'tags', 'notes']); emit({'name': 'x'});"
        "print([m for m in sys.modules if 'ruamel' in m])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
