"""Lines of JSON: new records, changes, whole records, in any mixture; checked before anything is done."""

import json

import pytest

from crm_cli.base.errors import Ambiguous, BadRequest, CrmError, Invalid, NotFound
from crm_cli.kinds.contact import Contact
from crm_cli.kinds.deal import Deal
from crm_cli.schema.condition import Selection
from crm_cli.schema.plan import Plan
from crm_cli.schema.record import Address, Item
from crm_cli.services.exchange.apply_lines import plan_lines
from tests.services.exchange.books import Books, of_kind

ASHA = """\
name: Asha Sharma
organization: acme-a1b2c3
emails:
  - asha@acme.example
phones:
  - mobile: "+91 98765 43210"
  - work: "+91 22 2778 0000"
tags:
  - vip
  - press
custom:
  allergy: peanuts
  size: 42
consent:
  email: yes 2026-01-01
facts:
  likes: tea
birthday: nonsense
shoe: 008
"""


@pytest.fixture
def full(books: Books) -> Books:
    """A person with a field that cannot be read, her firm, a deal."""
    books.write("contacts/asha-k7m3q9.yaml", ASHA)
    books.write("organizations/acme-a1b2c3.yaml", "name: Acme\n")
    books.write("organizations/acm-a9b9c9.yaml", "name: Acm\narchived: 2026-01-01\nmerged_into: acme-a1b2c3\n")
    books.write("deals/one-h2v8c1.yaml", "name: One\nstage: proposal\norganization: acm-a9b9c9\n")
    return books


def plan(books: Books, *lines: object) -> Plan:
    return plan_lines(books.open(), "\n".join(x if isinstance(x, str) else json.dumps(x) for x in lines))


def asha(books: Books, **words: object) -> Contact:
    """Her record after one line about her."""
    (person,) = of_kind(plan(books, {"id": "asha-k7m3q9", **words}), "contact")
    assert isinstance(person, Contact)
    return person


def json_lines(books: Books) -> list[str]:
    book = books.open()
    return list(book.index.json(book.kinds.all, Selection()))


def test_what_an_export_says_changes_nothing(full: Books) -> None:
    assert plan(full, *json_lines(full)).changes == ()


def test_a_whole_record_changes_what_differs_and_nothing_else(full: Books) -> None:
    said = json.loads(next(text for text in json_lines(full) if "asha-k7m3q9" in text[:30]))
    said |= {
        "tags": ["vip"],
        "phones": [],
        "organization": None,
        "custom": {"size": "43"},
        "problems": [1],
        "touch": "red",
    }
    del said["emails"]
    (person,) = of_kind(plan(full, said), "contact")
    assert isinstance(person, Contact)
    assert (person.tags, person.phones, person.organization) == (("vip",), (), None)
    assert person.custom == {"allergy": "peanuts", "size": "43"}
    assert person.emails == (Item(None, "asha@acme.example"),)
    assert [problem.field for problem in person.problems] == ["birthday"]
    full.apply(plan(full, said))
    assert "birthday: nonsense" in full.text("asha-k7m3q9")
    assert "shoe: 008" in full.text("asha-k7m3q9")


def test_extra_keys_are_merged_and_keep_their_spelling(full: Books) -> None:
    said = {
        "record": "contact",
        "id": "asha-k7m3q9",
        "extra": {"shoe": "008", "hat": 7, "cap": "7", "list": [1, {"a": None}]},
    }
    full.apply(plan(full, said))
    text = full.text("asha-k7m3q9")
    assert "shoe: 008\n" in text
    assert "hat: 7\n" in text
    assert 'cap: "7"\n' in text
    gone = {"record": "contact", "id": "asha-k7m3q9", "extra": {"hat": None}}
    full.apply(plan(full, gone))
    assert "hat" not in full.text("asha-k7m3q9")


def test_whole_records_are_made_under_their_ids_and_may_link_to_each_other(books: Books) -> None:
    made = plan(
        books,
        {"record": "contact", "id": "asha-k7m3q9", "name": "Asha", "organization": "acme-a1b2c3", "archived": None},
        {"record": "organization", "id": "acme-a1b2c3", "name": "Acme"},
        {"record": "deal", "id": "one-h2v8c1", "name": "One", "stage": "lost"},
    )
    assert [change.record.id for change in made.changes] == ["asha-k7m3q9", "acme-a1b2c3", "one-h2v8c1"]
    assert made.changes[0].record.organization == "acme-a1b2c3"  # type: ignore[attr-defined]


def test_new_records_take_values_as_on_the_command_line(full: Books) -> None:
    made = plan(
        full,
        {"new": "deal", "set": {"name": "Website", "amount": "1.5L", "organization": "acme", "close_date": "+3d"}},
        {
            "new": "contact",
            "id": "ravi-k7m3q9",
            "set": {"name": "Ravi", "emails": ["home: r@x.example"]},
            "add": {"tags": "a"},
        },
        {"new": "interaction", "set": {"kind": "call", "contacts": ["ravi-k7m3q9", "asha"], "body": "hello"}},
        {"new": "interaction", "set": {"kind": "note", "contacts": "Ravi", "body": "hello"}},
    )
    deal, ravi, call, note = (change.record for change in made.changes)
    assert isinstance(deal, Deal)
    assert (deal.amount.digits, deal.organization, deal.close_date.text) == ("150000", "acme-a1b2c3", "2026-11-23")
    assert isinstance(ravi, Contact)
    assert (ravi.id, ravi.emails, ravi.tags) == ("ravi-k7m3q9", (Item("home", "r@x.example"),), ("a",))
    assert call.contacts == ("ravi-k7m3q9", "asha-k7m3q9")  # type: ignore[attr-defined]
    assert note.contacts == ("ravi-k7m3q9",)  # type: ignore[attr-defined]


def test_set_replaces_lists_merges_maps_and_clears_with_null(full: Books) -> None:
    person = asha(
        full,
        set={
            "tags": ["new"],
            "title": "Director",
            "organization": None,
            "custom": {"allergy": None, "size": 44, "nested": {"a": [1, True, None]}},
            "consent": {
                "email": None,
                "phone": "yes",
                "sms": {"value": False, "date": "2026-02-02"},
                "post": {"value": None},
            },
            "facts": {"dislikes": "noise"},
            "phones": {"mobile": "+91 99999 00000", "work": None},
            "addresses": [{"street": "12 Ring Road", "city": "Surat"}],
            "birthday": "1984-03-14",
        },
    )
    assert (person.tags, person.title, person.organization) == (("new",), "Director", None)
    assert person.custom == {"size": "44", "nested": {"a": ["1", "true", ""]}}
    assert {key: (one.value, one.date) for key, one in person.consent.items()} == {
        "phone": (True, "2026-11-20"),
        "sms": (False, "2026-02-02"),
    }
    assert person.facts == {"likes": "tea", "dislikes": "noise"}
    assert person.phones == (Item("mobile", "+91 99999 00000"),)
    assert person.addresses == (Item(None, Address(street="12 Ring Road", city="Surat")),)
    assert person.problems == ()


def test_dots_reach_into_fields(full: Books) -> None:
    person = asha(
        full, set={"custom.allergy": "nuts", "phones.mobile": "+91 99999 00000", "addresses.office.city": "Pune"}
    )
    assert person.custom["allergy"] == "nuts"
    assert person.phones[0] == Item("mobile", "+91 99999 00000")
    assert person.addresses == (Item("office", Address(city="Pune")),)
    assert asha(full, set={"phones.mobile": None}).phones == (Item("work", "+91 22 2778 0000"),)
    assert asha(full, set={"custom": None}).custom == {}


def test_add_and_remove_take_one_item_or_several(full: Books) -> None:
    person = asha(
        full,
        add={"tags": ["vip", "new"], "phones": "home:+91 99999 00000", "custom": {"x": "1"}},
        remove={"emails": "ASHA@acme.example", "phones": ["098765 43210"], "facts": "likes"},
    )
    assert person.tags == ("vip", "press", "new")
    assert person.phones == (Item("work", "+91 22 2778 0000"), Item("home", "+91 99999 00000"))
    assert (person.emails, person.facts, person.custom["x"]) == ((), {}, "1")


def test_entries_of_maps_are_added_and_removed_whole(full: Books) -> None:
    person = asha(full, add={"affiliations": {"organization": "Acme", "role": "adviser"}})
    assert person.affiliations == ({"organization": "acme-a1b2c3", "role": "adviser", "from": None, "to": None},)
    full.apply(plan(full, {"id": "asha-k7m3q9", "add": {"affiliations": ["acme"]}}))
    assert asha(full, remove={"affiliations": [{"organization": "acme-a1b2c3"}]}).affiliations == ()


def test_several_lines_about_one_record_are_one_change(full: Books) -> None:
    made = plan(
        full,
        {"id": "asha", "set": {"title": "Director"}},
        {"id": "asha@acme.example", "add": {"tags": "new"}, "expect": {"tags": ["vip", "press"]}},
        {"id": "acm-a9b9c9", "set": {"size": 3}},
    )
    person, firm = (change.record for change in made.changes)
    assert isinstance(person, Contact)
    assert (person.title, person.tags) == ("Director", ("vip", "press", "new"))
    assert made.changes[0].expect == {"tags": ("vip", "press")}
    assert (firm.id, firm.size) == ("acme-a1b2c3", 3)  # type: ignore[attr-defined]


def test_what_is_expected_must_be_so(full: Books) -> None:
    asha(full, set={"title": "x"}, expect={"custom": {"size": "42"}, "custom.allergy": "peanuts", "title": None})
    for expect in ({"title": "Boss"}, {"custom": {"size": 41}}, {"tags": ["vip"]}, {"organization": None}):
        with pytest.raises(Invalid, match=r"line 1: asha-k7m3q9: .* as it was expected to be"):
            asha(full, set={"title": "x"}, expect=expect)
    # What an export says now may be expected, also where the file says it in another way.
    plan(full, {"id": "one-h2v8c1", "expect": {"organization": "acme-a1b2c3"}})
    asha(full, set={"title": "x"}, expect={"birthday": None, "custom.size": "42", "facts.dislikes": None})
    with pytest.raises(Invalid, match="still to be made"):
        plan(
            full,
            {"new": "contact", "id": "usha-k7m3q9", "set": {"name": "Usha"}},
            {"id": "usha-k7m3q9", "expect": {"name": "Usha"}},
        )


def test_a_stage_asks_for_what_it_requires_unless_forced(full: Books) -> None:
    with pytest.raises(Invalid, match="the stage lost asks for lost_reason"):
        plan(full, {"id": "one-h2v8c1", "set": {"stage": "lost"}})
    (deal,) = of_kind(plan(full, {"id": "one-h2v8c1", "set": {"stage": "lost"}, "force": True}), "deal")
    assert isinstance(deal, Deal)
    assert deal.stage == "lost"


@pytest.mark.parametrize(
    ("line", "error", "message"),
    [
        ("{", Invalid, "not JSON"),
        ("[]", Invalid, "no object"),
        ('{"name": "x"}', Invalid, "name is not known here"),
        ('{"set": {"name": "x"}}', Invalid, "neither whom it is about"),
        ('{"id": 7}', Invalid, "neither whom it is about"),
        ('{"id": "nobody-at-all"}', NotFound, "nobody-at-all"),
        ('{"id": "asha-k7m3q9", "sett": {}}', Invalid, "sett is not known here"),
        ('{"id": "asha-k7m3q9", "set": []}', Invalid, "set is no object"),
        ('{"id": "asha-k7m3q9", "force": "yes"}', Invalid, "force is neither"),
        ('{"id": "asha-k7m3q9", "set": {"titel": "x"}}', BadRequest, "titel is no field"),
        ('{"id": "asha-k7m3q9", "set": {"touch": "x"}}', BadRequest, "touch is computed"),
        ('{"id": "asha-k7m3q9", "set": {"name": null}}', Invalid, "needs a name"),
        ('{"id": "asha-k7m3q9", "set": {"emails": ["x"]}}', Invalid, "not one address"),
        ('{"id": "asha-k7m3q9", "set": {"title": ["x"]}}', Invalid, "title cannot be"),
        ('{"id": "asha-k7m3q9", "set": {"custom": "x"}}', Invalid, "custom is a map"),
        ('{"id": "asha-k7m3q9", "set": {"custom": {"": "x"}}}', BadRequest, "key without a name"),
        ('{"id": "asha-k7m3q9", "set": {"consent": {"email": {"value": "so"}}}}', Invalid, "yes nor no"),
        ('{"id": "asha-k7m3q9", "set": {"phones.mobile": ["x"]}}', Invalid, "phones.mobile cannot be"),
        ('{"id": "asha-k7m3q9", "set": {"extra": 7}}', Invalid, "extra is a map"),
        ('{"id": "asha-k7m3q9", "set": {"verified_on": "some day"}}', BadRequest, "some day"),
        ('{"id": "asha-k7m3q9", "add": {"title": "x"}}', BadRequest, "holds one value"),
        ('{"id": "asha-k7m3q9", "remove": {"title": "x"}}', BadRequest, "holds one value"),
        ('{"id": "asha-k7m3q9", "set": {"organization": "Nobody"}}', NotFound, "Nobody"),
        ('{"new": "firm", "set": {"name": "x"}}', Invalid, "firm is no kind"),
        ('{"new": "contact", "set": {}}', Invalid, "needs a name"),
        ('{"new": "contact", "id": "A B", "set": {}}', Invalid, "is no id"),
        ('{"new": "contact", "id": "acme-a1b2c3", "set": {}}', Invalid, "already, of the kind organization"),
        ('{"record": "contact", "name": "x"}', Invalid, "needs its id"),
        ('{"record": "contact", "id": "A B"}', Invalid, "is no id"),
        ('{"record": "contact", "id": "acme-a1b2c3"}', Invalid, "already, of the kind organization"),
        ('{"record": "contact", "id": "asha-k7m3q9", "titel": 1}', BadRequest, "titel is no field"),
        ('{"record": "contact", "id": "asha-k7m3q9", "custom": "x"}', Invalid, "custom is a map"),
    ],
)
def test_a_line_that_cannot_be_is_an_error(full: Books, line: str, error: type[CrmError], message: str) -> None:
    with pytest.raises(error, match=message):
        plan(full, {"id": "one-h2v8c1", "set": {"name": "Two"}}, "", line)


@pytest.mark.parametrize("kind", ["contact", "organization"])
def test_an_id_is_that_of_one_record(books: Books, kind: str) -> None:
    lines = [{"new": "contact", "id": "dd1", "set": {"name": "C"}}, {"new": kind, "id": "dd1", "set": {"name": "D"}}]
    with pytest.raises(Invalid, match="line 2: there is a record dd1 already"):
        plan(books, *lines)


def test_what_is_missing_is_told_with_its_line(books: Books) -> None:
    lines = [{"new": "contact", "set": {"name": "C"}}, {"new": "interaction", "set": {"at": "2026-11-01"}}]
    with pytest.raises(Invalid, match="line 2: an interaction needs a kind"):
        plan(books, *lines)


def test_a_text_for_a_list_is_split_as_on_the_command_line(books: Books) -> None:
    (made,) = of_kind(plan(books, {"new": "contact", "set": {"name": "C", "tags": "p,q"}}), "contact")
    assert made.tags == ("p", "q")


def test_two_new_records_of_one_name_cannot_be_told_apart_by_it(books: Books) -> None:
    with pytest.raises(Ambiguous, match="line 3: Acme could be 2 records"):
        plan(
            books,
            {"new": "organization", "set": {"name": "Acme"}},
            {"new": "organization", "set": {"name": "Acme"}},
            {"new": "contact", "set": {"name": "Asha", "organization": "Acme"}},
        )


LANGS = "format: 1\ntimezone: Asia/Kolkata\nfields:\n  contact:\n    langs: {type: list}\n    size: {type: integer}\n"


def test_a_link_to_a_kind_that_there_is_not_is_refused(full: Books) -> None:
    with pytest.raises(Invalid, match="line 1: there are no leads yet"):
        plan(full, {"id": "one-h2v8c1", "set": {"lead": "Asha Sharma"}})


def test_what_a_dot_reaches_may_be_expected(full: Books) -> None:
    full.write("deals/two-h2v8c1.yaml", "name: Two\nstage: proposal\namount: 5 INR\n")
    asha(full, set={"title": "x"}, expect={"phones.mobile": "+91 98765 43210", "phones.home": None})
    plan(full, {"id": "two-h2v8c1", "expect": {"amount.currency": "INR", "amount": "5 INR"}})
    plan(full, {"id": "one-h2v8c1", "expect": {"amount": None}})
    for id, expect in (
        ("asha-k7m3q9", {"phones.mobile": None}),
        ("asha-k7m3q9", {"phones.mobile": "+91 98765 43211"}),
        ("asha-k7m3q9", {"emails.work": "asha@acme.example"}),
        ("asha-k7m3q9", {"addresses.office.city": "Surat"}),
        ("two-h2v8c1", {"amount.currency": "EUR"}),
        ("one-h2v8c1", {"amount.currency": "EUR"}),
    ):
        with pytest.raises(Invalid, match="as it was expected to be"):
            plan(full, {"id": id, "expect": expect})
    with pytest.raises(BadRequest, match="tags has no parts"):
        plan(full, {"id": "asha-k7m3q9", "expect": {"tags.x": "vip"}})


def test_items_are_added_to_a_list_under_a_key_and_taken_from_it(full: Books) -> None:
    full.settings(LANGS)
    full.write("contacts/asha-k7m3q9.yaml", "name: Asha\ncustom:\n  langs: [hi, en]\n  size: 42\n  allergy: nuts\n")
    assert asha(full, add={"custom": {"langs": ["mr", "HI"]}}).custom["langs"] == ("hi", "en", "mr")
    assert asha(full, add={"custom": {"langs": "mr", "shoe": "8"}}).custom["shoe"] == "8"
    assert not plan(
        full, {"id": "asha-k7m3q9", "add": {"custom": {"langs": "hi", "size": 42, "allergy": None}}}
    ).changes
    assert asha(full, remove={"custom": {"langs": ["HI", "none"]}}).custom["langs"] == ("en",)
    assert "langs" not in asha(full, remove={"custom": {"langs": ["hi", "en"]}}).custom
    assert asha(full, remove={"custom": ["langs", "size"]}).custom == {"allergy": "nuts"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"add": {"custom": {"size": 43}}}, "custom.size holds a value already"),
        ({"add": {"custom": {"allergy": "milk"}}}, "custom.allergy holds a value already"),
        ({"add": {"custom": ["size"]}}, "custom is a map by name"),
        ({"remove": {"custom": {"size": 42}}}, "custom.size is no list"),
        ({"remove": {"custom": {"langs": [["hi"]]}}}, "custom.langs cannot be"),
    ],
)
def test_what_cannot_be_added_to_a_map_or_taken_from_it(full: Books, words: dict[str, object], message: str) -> None:
    full.settings(LANGS)
    full.write("contacts/asha-k7m3q9.yaml", "name: Asha\ncustom:\n  langs: [hi, en]\n  size: 42\n  allergy: nuts\n")
    with pytest.raises(Invalid, match=message):
        asha(full, **words)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"emails": [{"label": "x", "value": None}]}, "emails has an item without a value: x"),
        ({"emails": [{"label": "x"}]}, "emails cannot hold"),
        ({"phones": [{"label": 5, "value": "1"}]}, "phones has a label that is no text: 5"),
        ({"addresses": [{"label": ["x"], "value": "1"}]}, "addresses has a label that is no text"),
        ({"addresses": [{"label": "x", "value": None}]}, "addresses has an item without a value"),
        ({"addresses": [{"street": {"a": "b"}}]}, "address.street cannot be"),
        ({"addresses": [{"label": "x", "value": {"city": ["a"]}}]}, "address.city cannot be"),
        ({"addresses": [{"road": "x"}]}, "address has a part that is none of"),
        ({"addresses": [{"label": "city", "value": "x"}]}, "the label city, which is a part of an address"),
        ({"addresses.city.street": "MG Road"}, "the label city, which is a part of an address"),
        ({"extra": {"name": "Eve"}}, "extra cannot hold name, which is a field of a contact"),
    ],
)
def test_json_of_an_odd_shape_is_refused(full: Books, said: dict[str, object], message: str) -> None:
    full.write("contacts/asha-k7m3q9.yaml", "name: Asha\n")
    with pytest.raises(Invalid, match=message):
        asha(full, set=said)
    row = {"record": "contact", "name": "Eve", **said}
    made = full.own(json.dumps(row), name="x.jsonl") if "." not in next(iter(said)) else None
    assert made is None or [message in reject.reason for reject in made.rejects] == [True]


def test_keys_that_nobody_knows_are_kept_as_a_file_holds_them(full: Books) -> None:
    full.write("contacts/asha-k7m3q9.yaml", "name: Asha\n")
    relation = {"type": "friend", "contact": "asha-k7m3q9", "since": 2020, "of": [1, {"a": None}], "no": None}
    made = plan(full, {"id": "asha-k7m3q9", "set": {"relations": [relation], "handles": [{"label": "x", "value": ""}]}})
    full.apply(made)
    assert '    since: "2020"\n' in full.text("asha-k7m3q9")
    assert 'handles:\n  - x: ""\n' in full.text("asha-k7m3q9")
    (person,) = (full.open().record("contacts/asha-k7m3q9.yaml"),)
    assert isinstance(person, Contact)
    assert person.relations[0]["of"] == ["1", {"a": ""}]


def test_the_choices_of_a_list_count(full: Books) -> None:
    full.settings("fields:\n  contact:\n    langs: {type: list, choices: [hi, en]}\n")
    full.write("contacts/asha-k7m3q9.yaml", "name: Asha\ncustom:\n  langs: [hi, xx]\n")
    for words in ({"set": {"custom": {"langs": ["hi", "yy"]}}}, {"add": {"custom": {"langs": "yy"}}}):
        with pytest.raises(Invalid, match=r"custom\.langs cannot be yy"):
            asha(full, **words)
    assert asha(full, add={"custom": {"langs": "en"}}).custom["langs"] == ("hi", "xx", "en")
    assert asha(full, remove={"custom": {"langs": "xx"}}).custom["langs"] == ("hi",)
    own = full.own("name,custom.langs\nUsha,hi; yy\nLata,hi; en\n", "contact")
    through = "kind: contact\ncolumns: {name: name, l: {to: custom.langs, split: ','}}\n"
    mapped = full.map('name,l\nUsha,"hi,yy"\nLata,"hi,en"\n', through)
    for made in (own, mapped):
        assert [reject.row.line for reject in made.rejects] == [2]
        assert "custom.langs cannot be yy" in made.rejects[0].reason
