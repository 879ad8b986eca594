"""Full text: any word in any field, phones by their digits, names across scripts, nothing taken for a language."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.base.text import fold
from crm_cli.kinds import KINDS
from crm_cli.schema.condition import And, Not, OfKind, Selection, Test, Words
from crm_cli.store.index import Index, open_index
from tests.effort import sample
from tests.store.index.books import at, book

Test.__test__ = False  # type: ignore[attr-defined]

FILES = {
    "contacts/asha-k7m3q9.yaml": """
name: आशा शर्मा
emails: [asha@acme.example]
phones: [mobile: "+91 98765 43210"]
addresses: [office: {street: 12 Ring Road, city: Surat}]
custom: {remark: "Peanuts, 5% \\"x\\" col:x -x *"}
facts: {likes: "O'Brien's tea, NEAR(the sea) ada OR bob"}
notes: |
  Met at the trade fair.
  राष्ट्रपति भवन के पास। Café Zoë.
nickname_of_old: Guddi
""",
    "contacts/usha.yaml": "name: Usha Sharma\ncreated: 2026-01-01\n",
    "contacts/asharma.yaml": "name: Asha Patel\narchived: 2026-01-05\n",
    "contacts/kamala.yaml": "name: कमला\ncreated: 2026-03-01\n",
    "organizations/acme.yaml": 'name: Sharma Textiles\nphones: ["022 2778 0000"]\n',
    "interactions/2026/11/c.yaml": "at: 2026-11-20\nkind: call\ncontacts: [usha]\nsubject: About Sharma\nbody: a\n",
    "tasks/t.yaml": "name: Li\ncontact: kamala\n",
}


@pytest.fixture(scope="module", params=["trigrams", "plain"])
def index(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Index:
    """The same book, with and without the table of trigrams."""
    root = book(tmp_path_factory.mktemp("book"), FILES)
    index = open_index(root, KINDS, at(), cache=None, settings_key="")
    if request.param == "plain":
        index._grams = False
    return index


def found(index: Index, *words: str, archived: bool = False) -> list[str]:
    """The ids that `find` gives."""
    return [id for id, *_ in index.find(words, KINDS.all, archived)]


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("surat", ["asha-k7m3q9"]),
        ("PEANUT", ["asha-k7m3q9"]),
        ("ष्ट्र", ["asha-k7m3q9"]),
        ("भवन", ["asha-k7m3q9"]),
        ("cafe zoe", ["asha-k7m3q9"]),
        ("guddi", ["asha-k7m3q9"]),
        ("li", ["t"]),
        ("9876543210", ["asha-k7m3q9"]),
        ("+919876543210", ["asha-k7m3q9"]),
        ("09876543210", ["asha-k7m3q9"]),
        ("98765-43210", ["asha-k7m3q9"]),
        ("098765 43210", ["asha-k7m3q9"]),
        ("2227780000", ["acme"]),
        ('"', ["asha-k7m3q9"]),
        ("o'brien", ["asha-k7m3q9"]),
        ("NEAR(", ["asha-k7m3q9"]),
        ("-x", ["asha-k7m3q9"]),
        ("col:x", ["asha-k7m3q9"]),
        ("*", ["asha-k7m3q9"]),
        ("ada OR", ["asha-k7m3q9"]),
        ("5%", ["asha-k7m3q9"]),
        ("_", []),
        ("surat pune", []),
        ("mobile", []),
        ("asha", ["asha-k7m3q9"]),
        ("आशा", ["asha-k7m3q9"]),
        ("उषा", ["usha"]),
        ("kamal", ["kamala"]),  # by its sound; the id of a link is not text
        ("shar", ["asha-k7m3q9", "usha", "acme", "c"]),
        ("शर्मा", ["asha-k7m3q9", "usha", "acme", "c"]),
        ("\ud800", []),
    ],
)
def test_every_word_is_looked_for_everywhere_as_it_stands(index: Index, words: str, ids: list[str]) -> None:
    assert sorted(found(index, *words.split(" "))) == sorted(ids)


def test_hits_in_the_name_come_first_then_the_newest_then_by_id(index: Index) -> None:
    # usha was called in November, the others have no time or an older one.
    assert found(index, "sharma") == ["c", "usha", "acme", "asha-k7m3q9"]
    assert found(index, "trade") == ["asha-k7m3q9"]


@pytest.mark.parametrize("limit", [0, 1, 3, 99])
def test_a_limit_gives_the_first_of_all_hits(index: Index, limit: int) -> None:
    every = list(index.find(("sharma",), KINDS.all, False))
    assert list(index.find(("sharma",), KINDS.all, False, limit)) == every[:limit]


def test_archived_records_are_found_only_when_asked_for(index: Index) -> None:
    assert "asharma" not in found(index, "patel")
    assert found(index, "patel", archived=True) == ["asharma"]


def test_no_words_are_in_every_record(index: Index) -> None:
    assert len(found(index, "")) == len(found(index)) == len(FILES) - 1


def test_the_match_is_the_field_with_the_words_around_the_hit(index: Index) -> None:
    def match(*words: str) -> str:
        return next(index.find(words, [KINDS["contact"]], False))[3]

    assert match("surat") == "addresses.city: Surat"
    assert match("tea") == "facts.likes: O'Brien's tea, NEAR(the sea) ada OR bob"
    assert match("9876543210") == "phones: +91 98765 43210"
    assert match("cafe", "fair") == "notes: …राष्ट्रपति भवन के पास। Café Zoë."
    assert match("guddi") == "extra.nickname_of_old: Guddi"
    assert match("usha", "sharma") == "name: Usha Sharma"
    assert match("उषा") == "name: Usha Sharma"


def test_words_can_stand_anywhere_in_a_condition(index: Index) -> None:
    condition = And((OfKind(("contact",)), Not(Words(("sharma",)))))
    assert [id for _, id, _ in index.ids(KINDS.all, Selection(condition))] == ["asharma", "kamala"]
    link = Selection(Test(("contact", "name"), "sounds", ("kamala",)))
    assert [id for _, id, _ in index.ids([KINDS["task"]], link)] == ["t"]


@given(words=st.lists(st.text(min_size=1, max_size=6), min_size=1, max_size=3))
@settings(max_examples=sample(50, 150), deadline=None)
def test_any_text_can_be_searched_for_and_is_a_substring_where_it_is_found(
    prose: tuple[Index, Index, dict[str, str]], words: list[str]
) -> None:
    with_grams, plain, texts = prose
    ids = sorted(found(with_grams, *words))
    assert ids == sorted(found(plain, *words))
    expected = [id for id, text in texts.items() if all(_in(word, text) for word in words)]
    assert set(expected) <= set(ids)


def _in(word: str, text: str) -> bool:
    return fold(word).replace("\0", " ").strip() in fold(text)


@pytest.fixture(scope="module")
def prose(tmp_path_factory: pytest.TempPathFactory) -> tuple[Index, Index, dict[str, str]]:
    """A book of odd texts, with and without trigrams, and its texts."""
    texts = {"one": "a b c 0 1 é ß İ", "two": "Ada Lovelace OR nobody", "three": "नमस्ते दुनिया", "four": "0\"1'2%_\\"}
    files = {f"contacts/{id}.yaml": f"name: N\nnotes: |\n  {text}\n" for id, text in texts.items()}
    root = book(tmp_path_factory.mktemp("prose"), files)
    first, plain = (open_index(root, KINDS, at(), cache=None, settings_key="") for _ in range(2))
    plain._grams = False
    return first, plain, texts


def test_names_sound_alike_word_for_word_or_from_the_beginning(index: Index) -> None:
    def named(text: str, within: bool) -> list[str]:
        condition = Test(("name",), "sounds", (text,), within=within)
        return [id for _, id, _ in index.ids([KINDS["contact"]], Selection(condition))]

    assert named("asha sharma", False) == ["asha-k7m3q9"]
    assert named("आशा पटेल", False) == ["asharma"]
    assert named("asha", False) == []
    assert named("asha", True) == ["asha-k7m3q9", "asharma"]
    assert named("उषा", True) == ["usha"]
    assert named("kamal", True) == ["kamala"]
    assert named("kamala devi", True) == []
    assert named("", True) == []
    nickname = Selection(Test(("title",), "sounds", ("x",)))
    assert index.ids([KINDS["contact"]], nickname) == []


def test_names_and_values_can_be_completed(tmp_path: Path) -> None:
    files = {
        "contacts/a.yaml": "name: Zoë\ntags: [Éclair, vip]\nowner: asha\ncustom: {a: 1, b: [x, y], c: {d: e}}\n",
        "contacts/b.yaml": "name: ada\ntags: vip\ncustom: {f: 1}\n",
        "contacts/c.yaml": "name: Gone\ntags: old\narchived: 2026-01-01\n",
        "deals/d.yaml": "name: Deal\ncustom: {only_deals: 1}\n",
    }
    made = open_index(book(tmp_path, files), KINDS, at(), cache=None, settings_key="")
    contact = KINDS["contact"]
    assert made.names(contact) == [("b", "ada"), ("a", "Zoë")]
    assert made.distinct(contact, ("tags",)) == ["Éclair", "vip"]
    assert made.distinct(contact, ("tag",), "ec") == ["Éclair"]
    assert made.distinct(contact, ("owner",), "A") == ["asha"]
    assert made.distinct(contact, ("custom", "b")) == ["x", "y"]
    assert made.distinct(contact, ("stage",)) == []
    assert made.custom_names(contact) == {"a", "b", "c", "f"}
    assert made.custom_names(KINDS["task"]) == set()
