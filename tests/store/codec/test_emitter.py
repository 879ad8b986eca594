"""New files: one layout, the same text for every YAML reader."""

import pytest
import ruamel.yaml
from hypothesis import given

from crm_cli.base.errors import Invalid
from crm_cli.schema.node import Bare, Map, Node, Scalar, Seq, plain
from crm_cli.store.codec import Document, emit, parse
from crm_cli.store.codec.emitter import in_flow
from tests.store.codec.layouts import AWKWARD, TREES


def tree(node: Node):
    """A tree in which nothing and an empty text are different."""
    match node:
        case Scalar():
            return None if node.absent else node.text
        case Seq():
            return [tree(item) for item in node.items]
        case Map():
            return {key: tree(value) for key, value in node.entries.items()}


def others() -> dict[str, ruamel.yaml.YAML]:
    """Readers of both versions of YAML that give values their types."""
    readers = {name: ruamel.yaml.YAML(typ="safe", pure=True) for name in ("1.1", "1.2")}
    for name, reader in readers.items():
        reader.version = name
    return {**readers, "libyaml": ruamel.yaml.YAML(typ="safe")}


def test_the_other_readers_do_differ():
    readers = others()
    assert readers["1.1"].load("a: yes") == {"a": True}
    assert readers["1.2"].load("a: yes") == {"a": "yes"}
    assert readers["1.2"].load("a: 0o17") == {"a": 15}


@given(TREES)
def test_a_tree_comes_back_from_every_reader_as_it_went_in(wanted):
    data = emit(wanted)
    for pure in (False, True):
        document = parse(data, "x", pure=pure)
        assert isinstance(document, Document), document
        assert tree(document.root) == wanted
    for name, reader in others().items():
        assert reader.load(data.decode()) == wanted, name


@given(TREES)
def test_blank_lines_between_groups_change_no_text(wanted):
    document = parse(emit(wanted, {key: number for number, key in enumerate(wanted)}), "x")
    assert isinstance(document, Document), document
    assert tree(document.root) == wanted


@pytest.mark.parametrize("text", AWKWARD, ids=repr)
def test_an_awkward_text_survives_everywhere(text):
    wanted = {"top": text, "list": [text, [text], {"in": text}], "map": {"a": text, text or "k": "x"}}
    data = emit(wanted)
    flow = f"a: {in_flow(wanted)}\n".encode()
    for name, reader in others().items():
        assert reader.load(data.decode()) == wanted, name
        assert reader.load(flow.decode()) == {"a": wanted}, name
    for pure in (False, True):
        assert tree(parse(data, "x", pure=pure).root) == wanted
        assert tree(parse(flow, "x", pure=pure).root) == {"a": wanted}


def test_the_layout_of_a_new_file():
    wanted = {
        "name": "आशा शर्मा",
        "organization": Bare("acme-textiles-b4x8w2"),
        "emails": ["asha@acme.example"],
        "phones": [{"mobile": "+91 98765 43210"}, "12 34"],
        "addresses": [{"office": {"street": "12 Ring Road", "city": "Surat"}}],
        "tags": [],
        "custom": {"pin": "008", "empty": {}, "matrix": [["a", "b"]]},
        "amount": Bare("75000"),
        "created": Bare("2026-11-21T10:30+05:30"),
        "country": "NO",
        "said": 'so: "and" so',
        "notes": "one\n\n  two\n",
        "body": " lead\nlast",
    }
    groups = {"name": 1, "organization": 1, "emails": 2, "phones": 2, "addresses": 2, "tags": 3, "notes": 4, "body": 4}
    assert emit(wanted, {**dict.fromkeys(wanted, 3), **groups}).decode() == (
        "name: आशा शर्मा\n"
        "organization: acme-textiles-b4x8w2\n"
        "\n"
        "emails:\n"
        "  - asha@acme.example\n"
        "phones:\n"
        '  - mobile: "+91 98765 43210"\n'
        "  - 12 34\n"
        "addresses:\n"
        "  - office:\n"
        "      street: 12 Ring Road\n"
        "      city: Surat\n"
        "\n"
        "tags: []\n"
        "custom:\n"
        '  pin: "008"\n'
        "  empty: {}\n"
        "  matrix:\n"
        "    - - a\n"
        "      - b\n"
        "amount: 75000\n"
        "created: 2026-11-21T10:30+05:30\n"
        'country: "NO"\n'
        "said: 'so: \"and\" so'\n"
        "\n"
        "notes: |\n"
        "  one\n"
        "\n"
        "    two\n"
        "body: |2-\n"
        "   lead\n"
        "  last\n"
    )


def test_a_key_without_a_group_stays_with_the_one_before():
    assert emit({"a": "x", "b": "v", "c": "z"}, {"a": 1, "c": 2}) == b"a: x\nb: v\n\nc: z\n"


def test_no_blank_line_follows_a_text_that_would_take_it():
    assert emit({"a": "x\n\n", "b": "v"}, {"a": 1, "b": 2}) == b"a: |+\n  x\n\nb: v\n"


def test_an_empty_tree_is_an_empty_file():
    assert emit({}) == b""


@pytest.mark.parametrize("text", ["75000 INR", "2026-11-21", "0123", "yes", "1.50", "6w..8w", "acme-b4x8w2", "-5"])
def test_a_bare_text_stands_without_quotes(text):
    assert emit({"a": Bare(text)}).decode() == f"a: {text}\n"
    assert plain(parse(emit({"a": [Bare(text)]}), "x").root) == {"a": [text]}


@pytest.mark.parametrize("text", ["a: b", "- x", "#x", "x ", "[x]", "@x", "a\tb", "\u2028"])
def test_a_bare_text_that_cannot_stand_so_is_quoted(text):
    assert plain(parse(emit({"a": Bare(text)}), "x").root) == {"a": text}


def test_an_empty_bare_text_is_no_value():
    assert emit({"a": [Bare(""), ""]}) == b'a:\n  - null\n  - ""\n'


def test_control_characters_become_escapes():
    text = "a\r\nb\x00\x1b\x85\u2028\u2029\ufeff\x7f\t"
    assert emit({"a": text}) == b'a: "a\\r\\nb\\0\\e\\N\\u2028\\u2029\\ufeff\\x7f\\t"\n'


def test_half_a_character_cannot_be_written():
    with pytest.raises(Invalid, match="half a character"):
        emit({"a": "x\ud800"})
    with pytest.raises(Invalid, match="half a character"):
        emit({"a": "x\n\udcff"})


def test_a_key_that_is_too_long_to_be_found_again_cannot_be_written():
    with pytest.raises(Invalid, match="too long"):
        emit({"k" * 1025: "x"})
