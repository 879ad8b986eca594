"""What a listing shows: fields, their parts, computed values, and whatever stands behind links."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crm_cli.kinds import KINDS
from crm_cli.schema.condition import HasProblem, Ids, Not, Or, Selection, Sort, Test
from crm_cli.store.index import Index, open_index
from tests.store.index.books import at, book, put

Test.__test__ = False  # type: ignore[attr-defined]

FILES = {
    "contacts/asha.yaml": """
name: Asha
organization: acme
emails: [a@x.example, home: b@x.example]
phones: [mobile: "+91 98765 43210"]
addresses: [office: {street: 1 Road, city: Surat}, {city: Pune}, 4 Lane]
affiliations: [{organization: globex, role: advisor}]
consent: {whatsapp: "yes 2026-01-02"}
facts: {likes: tea}
custom: {allergy: peanuts, score: 2.50, budget: 100 USD, since: 2026-01-01, colours: [red, blue], free: {a: b}}
tags: [vip, cold]
""",
    "contacts/ravi.yaml": "name: Ravi\nreferred_by: organizations/acme\ndistinct_from: [asha]\n",
    "contacts/acme.yaml": "name: Acme the person\n",
    "organizations/acme.yaml": "name: Acme\nindustry: textile\ncadence: 2w\n",
    "organizations/globex.yaml": "name: Globex\n",
    "deals/one.yaml": """
name: One
organization: acme
contacts: [buyer: asha, ravi]
amount: 75000.50 INR
stage: proposal
probability: 40
""",
    "deals/two.yaml": "name: Two\ncontacts: [asha, user: asha]\namount: 10 USD\nstage: negotiation\norganization: acme",
    "deals/old.yaml": "name: Old\ncontacts: [asha]\narchived: 2026-01-01\n",
    "tasks/t.yaml": "name: Call\ncontact: asha\ndeal: one\ndue: 2026-11-20\n",
    "interactions/2026/11/c.yaml": "at: 2026-11-19\nkind: call\ncontacts: [ravi, asha]\nsubject: Hello\n",
    "views/v.yaml": "name: V\ninclude: [asha, one]\npinned: yes\n",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """The index of a small book."""
    return open_index(book(tmp_path_factory.mktemp("book"), FILES), KINDS, at(), cache=None, settings_key="")


def value(index: Index, ref: str, path: str) -> Any:
    """One column of one record, `folder/id`."""
    kind = KINDS.by_folder[ref.partition("/")[0]]
    return next(index.select([kind], Selection(Ids((ref,))), [tuple(path.split("."))]))[0]


OFFICE = {"street": "1 Road", "city": "Surat", "state": None, "postcode": None, "country": None}


@pytest.mark.parametrize(
    ("ref", "path", "expected"),
    [
        ("contacts/asha", "id", "asha"),
        ("contacts/asha", "record", "contact"),
        ("contacts/asha", "path", "contacts/asha.yaml"),
        ("contacts/asha", "email", "a@x.example"),
        (
            "contacts/asha",
            "emails",
            [{"label": None, "value": "a@x.example"}, {"label": "home", "value": "b@x.example"}],
        ),
        ("contacts/asha", "emails.home", "b@x.example"),
        ("contacts/asha", "emails.work", None),
        ("contacts/ravi", "email", None),
        ("contacts/ravi", "emails", []),
        ("contacts/asha", "tag", "vip"),
        ("contacts/asha", "tags", ["vip", "cold"]),
        ("contacts/asha", "address", OFFICE),
        ("contacts/asha", "addresses.city", ["Surat", "Pune"]),
        ("contacts/asha", "address.city", "Surat"),
        ("contacts/asha", "addresses.office.city", "Surat"),
        ("contacts/asha", "addresses.office", OFFICE),
        ("contacts/ravi", "addresses.city", []),
        ("contacts/ravi", "address.city", None),
        ("contacts/asha", "consent.whatsapp", {"value": True, "date": "2026-01-02"}),
        ("contacts/ravi", "consent.whatsapp", None),
        ("contacts/ravi", "consent", dict.fromkeys(("email", "phone", "whatsapp", "sms", "post"))),
        ("contacts/asha", "facts.likes", "tea"),
        ("contacts/ravi", "facts", {}),
        ("contacts/asha", "custom.allergy", "peanuts"),
        ("contacts/asha", "custom.score", Decimal("2.50")),
        ("contacts/asha", "custom.budget", {"amount": "100", "currency": "USD"}),
        ("contacts/asha", "custom.colours", ["red", "blue"]),
        ("contacts/asha", "custom.free.a", "b"),
        ("contacts/asha", "custom.free.a.b", None),
        ("contacts/asha", "custom.nothing", None),
        ("contacts/asha", "affiliations.role", ["advisor"]),
        ("contacts/asha", "affiliation.role", "advisor"),
        ("contacts/asha", "affiliation", {"organization": "globex", "role": "advisor", "from": None, "to": None}),
        ("contacts/asha", "affiliations.organization.name", ["Globex"]),
        ("contacts/ravi", "affiliation.role", None),
        ("contacts/asha", "organization", "acme"),
        ("contacts/asha", "organization.name", "Acme"),
        ("contacts/asha", "organization.open_deals", 2),
        ("contacts/ravi", "organization.name", None),
        ("contacts/ravi", "referred_by.name", "Acme"),
        ("contacts/ravi", "distinct_from", ["asha"]),
        ("contacts/ravi", "distinct_from.name", ["Asha"]),
        ("contacts/asha", "deal", ["one", "two"]),
        ("contacts/asha", "deal.name", ["One", "Two"]),
        ("contacts/asha", "deal.organization.name", ["Acme", "Acme"]),
        ("contacts/asha", "deal.contacts.name", ["Asha", "Ravi", "Asha", "Asha"]),
        ("contacts/asha", "view.pinned", [True]),
        ("contacts/asha", "open_deals", 2),
        (
            "contacts/asha",
            "open_amount",
            [{"amount": "75000.50", "currency": "INR"}, {"amount": "10", "currency": "USD"}],
        ),
        ("contacts/ravi", "won_amount", []),
        ("contacts/asha", "touch_due", "2026-12-03"),
        ("contacts/asha", "nonsense", None),
        ("contacts/asha", "name.more", None),
        ("contacts/asha", "lead.name", None),
        ("organizations/acme", "contact", ["asha", "ravi"]),
        ("deals/one", "amount", {"amount": "75000.50", "currency": "INR"}),
        ("deals/one", "amount.amount", "75000.50"),
        ("deals/one", "amount.currency", "INR"),
        ("deals/old", "amount.amount", None),
        ("deals/one", "weighted", {"amount": "30000.2", "currency": "INR"}),
        ("deals/one", "weighted.currency", "INR"),
        ("deals/one", "contact", "asha"),
        ("deals/one", "contact.name", "Asha"),
        ("deals/one", "contacts.name", ["Asha", "Ravi"]),
        (
            "deals/one",
            "contacts.emails",
            [{"label": None, "value": "a@x.example"}, {"label": "home", "value": "b@x.example"}],
        ),
        ("deals/one", "contact.organization.cadence", "2w"),
        ("deals/one", "rotting", False),
        ("deals/one", "lead.name", None),
        ("tasks/t", "overdue", True),
        ("tasks/t", "deal.name", "One"),
        ("tasks/t", "deal.amount", {"amount": "75000.50", "currency": "INR"}),
        ("interactions/c", "name", "Hello"),
        ("interactions/c", "contacts.name", ["Ravi", "Asha"]),
        ("views/v", "pinned", True),
        ("views/v", "include.name", ["Asha", "One"]),
    ],
)
def test_a_path_shows_what_it_leads_to(index: Index, ref: str, path: str, expected: Any) -> None:
    found = value(index, ref, path)
    assert (found, type(found)) == (expected, type(expected))


def test_several_kinds_each_show_their_own_form_of_a_column(index: Index) -> None:
    kinds = [KINDS["deal"], KINDS["contact"]]
    rows = list(index.select(kinds, Selection(Ids(("one", "asha"))), [("record",), ("amount",), ("tags",)]))
    money = {"amount": "75000.50", "currency": "INR"}
    assert rows == [("deal", money, []), ("contact", None, ["vip", "cold"])]
    assert list(index.select([], Selection(), [("id",)])) == []


def test_amounts_sort_in_the_currency_of_the_book_and_others_come_last(index: Index) -> None:
    sort = Selection(sort=(Sort(("amount",), descending=True),))
    assert [id for _, id, _ in index.ids([KINDS["deal"]], sort)] == ["one", "old", "two"]
    behind = Selection(sort=(Sort(("deal", "amount"), True), Sort(("id",))))
    assert [id for _, id, _ in index.ids([KINDS["contact"]], behind)] == ["asha", "ravi", "acme"]


def test_money_meets_a_test_only_in_its_currency(index: Index) -> None:
    def ids(**bounds: Any) -> list[str]:
        test = Test(("custom", "budget"), "between", **bounds)
        return [id for _, id, _ in index.ids([KINDS["contact"]], Selection(test))]

    assert ids(low="103099", currency="USD") == ["asha"]
    assert ids(low="103099", currency="INR") == []
    assert ids(low="103101") == []
    assert ids(low=3) == []


def test_a_same_stem_in_two_folders_is_two_records(tmp_path: Path) -> None:
    files = {
        "contacts/acme.yaml": "name: Person\n",
        "organizations/acme.yaml": "name: Firm\n",
        "interactions/2026/10/x.yaml": "at: 2026-10-01\nkind: call\ncontacts: [acme]\n",
        "interactions/2026/11/x.yaml": "at: 2026-11-01\nkind: call\ncontacts: [contacts/acme]\n",
        "contacts/b.yaml": "name: B\nreferred_by: contacts/acme\n",
        "contacts/c.yaml": "name: C\nreferred_by: acme\n",
    }
    made = open_index(book(tmp_path, files), KINDS, at(), cache=None, settings_key="")

    def paths(*ids: str) -> list[str]:
        return [path for _, _, path in made.ids(KINDS.all, Selection(Ids(ids)))]

    assert paths("acme") == ["contacts/acme.yaml", "organizations/acme.yaml"]
    assert paths("contacts/acme") == ["contacts/acme.yaml"]
    assert paths("interactions/x") == ["interactions/2026/10/x.yaml", "interactions/2026/11/x.yaml"]
    assert paths("interactions/2026/10/x") == ["interactions/2026/10/x.yaml"]
    assert paths("deals/acme", "nobody") == []
    assert value(made, "contacts/b", "referred_by.name") == "Person"
    assert value(made, "contacts/c", "referred_by.name") == "Person"
    assert value(made, "organizations/acme", "contact") == ["c"]
    assert value(made, "contacts/acme", "last_contact") == "2026-11-01"


def test_thousands_of_ids_are_one_condition(index: Index) -> None:
    many = tuple(f"id-{number}" for number in range(40_000))
    assert index.count(KINDS.all, Ids((*many, "asha"))) == 1
    assert index.count(KINDS.all, Test(("id",), "equal", (*many, "asha"))) == 1
    each = Or(tuple(Test(("name",), "contains", (id,)) for id in many[:1500]))
    assert index.count([KINDS["contact"]], each) == 0
    assert index.count([KINDS["contact"]], Not(each)) == 3


def test_problems_are_listed_by_place_and_only_then(tmp_path: Path) -> None:
    files = {
        "contacts/a.yaml": "name: A\ncreated: 2024-02-30\nlifecycle: x\n",
        "contacts/b.yaml": "name: [\n",
        "contacts/c.yaml": "name: C\n",
    }
    root = book(tmp_path, files)
    made = open_index(root, KINDS, at(), cache=None, settings_key="")
    assert made.has_problems
    assert [(p.path, p.code, p.field, p.value) for p in made.problems()] == [
        ("contacts/a.yaml", "no-such-day", "created", "2024-02-30"),
        ("contacts/a.yaml", "bad-choice", "lifecycle", "x"),
        ("contacts/b.yaml", "yaml", "", None),
    ]
    assert made.count(KINDS.all, HasProblem()) == made.count(KINDS.all, HasProblem(("bad-choice",))) == 1
    put(root, "contacts/Bad Name.yaml", "name: X\n")
    put(root, "contacts/bob.yml", "name: X\n")
    for name in "ab":
        (root / f"contacts/{name}.yaml").unlink()
    made.refresh(at())
    assert [(p.path, p.code) for p in made.problems()] == [
        ("contacts/Bad Name.yaml", "file-name"),
        ("contacts/bob.yml", "file-name"),
    ]
    for name in ("Bad Name.yaml", "bob.yml"):
        (root / "contacts" / name).unlink()
    made.refresh(at())
    assert not made.has_problems


def test_json_escapes_what_could_steer_a_terminal_and_keeps_letters(tmp_path: Path) -> None:
    files = {"contacts/a.yaml": 'name: "आशा \\e[31m \\u202e \\x85 \\0"\nnick: "\\u2028"\ncustom: {"a\\u0085": x}\n'}
    made = open_index(book(tmp_path, files), KINDS, at(), cache=None, settings_key="")
    (text,) = made.json(KINDS.all, Selection())
    assert text.isprintable()
    assert "आशा" in text
    assert json.loads(text)["name"] == "आशा \x1b[31m \u202e \x85 \0"
    assert json.loads(text)["extra"] == {"nick": "\u2028"}
