"""Our own files taken in again: what nobody changed changes nothing, what somebody changed is taken in."""

import csv
import io
import json

import pytest

from crm_cli.base.errors import BadRequest, Invalid
from crm_cli.formats import csvtext
from crm_cli.kinds.contact import Contact
from crm_cli.kinds.deal import Deal
from crm_cli.schema.condition import Selection
from crm_cli.schema.record import Item
from crm_cli.services.exchange.export import full_table
from tests.services.exchange.books import Books, of_kind, reasons

ASHA = """\
name: आशा शर्मा
organization: acme-a1b2c3
affiliations:
  - organization: acme-a1b2c3
    role: adviser
emails:
  - asha@acme.example
phones:
  - mobile: "+91 98765 43210"
  - "+91 22 2778 0000; ext: 5"
addresses:
  - office:
      street: 12 Ring Road
      city: Surat
birthday: --03-14
cadence: 6w
consent:
  whatsapp: yes 2026-09-25
facts:
  likes: "=tea"
tags:
  - vip
  - press
custom:
  allergy: peanuts
  pin: 008
created: 2026-09-25T16:20:00+05:30
notes: |
  Met at the fair.
  Prefers WhatsApp.
shoe: 42
"""
DEAL = """\
name: "-1 problem; solved"
organization: acme-a1b2c3
contacts:
  - decision-maker: asha-k7m3q9
pipeline: sales
stage: proposal
amount: 75000 INR
stage_history:
  - stage: proposal
    at: 2026-09-25
    by: asha
created: 2026-09-20
"""


@pytest.fixture
def full(books: Books) -> Books:
    """A book with a person, a firm and a deal; one field of the person cannot be read."""
    books.write("contacts/asha-k7m3q9.yaml", ASHA)
    books.write("contacts/ravi-k8m3q9.yaml", "name: Ravi\nemails:\n  - no mail\norganization: gone-a1b2c3\n")
    books.write("organizations/acme-a1b2c3.yaml", "name: Acme\ncreated: 2026-01-01\n")
    books.write(
        "organizations/acm-a1b2c4.yaml",
        "name: Acm\ncreated: 2026-01-01\nmerged_into: acme-a1b2c3\narchived: 2026-01-01\n",
    )
    books.write("deals/one-h2v8c1.yaml", DEAL.replace("organization: acme-a1b2c3", "organization: acm-a1b2c4"))
    return books


def exported(books: Books, kind: str) -> str:
    """The full CSV of a kind."""
    book = books.open()
    table = full_table(book, book.kinds[kind], Selection())
    return "".join(csvtext.lines([column.name for column in table.columns], table.rows))


def json_lines(books: Books) -> str:
    """All records, one object a line."""
    book = books.open()
    return "".join(f"{text}\n" for text in book.index.json(book.kinds.all, Selection()))


def edited(text: str, id: str, **cells: str) -> str:
    """A CSV with other cells in the row of a record."""
    rows = list(csv.DictReader(io.StringIO(text)))
    for row in rows:
        if row["id"] == id:
            row.update(cells)
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["contact", "organization", "deal"])
def test_an_export_as_csv_taken_in_again_changes_nothing(full: Books, kind: str) -> None:
    made = full.own(exported(full, kind), kind)
    assert (made.plan.changes, made.rejects) == ((), ())
    assert made.same == {"contact": 2, "organization": 2, "deal": 1}[kind]


def test_an_export_as_json_lines_taken_in_again_changes_nothing(full: Books) -> None:
    made = full.own(json_lines(full), name="all.jsonl")
    assert (made.plan.changes, made.rejects, made.same) == ((), (), 5)
    array = f"[{','.join(json_lines(full).splitlines())}]"
    assert full.own(array, name="all.json").plan.changes == ()


def test_an_export_taken_into_an_empty_book_makes_the_same_records(
    full: Books,
) -> None:
    # What cannot be read, or leads nowhere, cannot be carried over.
    (full.root / "contacts/ravi-k8m3q9.yaml").unlink()
    other = Books(full.root.parent / "other")
    made = other.own(json_lines(full), name="all.jsonl")
    assert reasons(made) == []
    other.apply(made.plan)
    assert sorted(json_lines(other).splitlines()) == sorted(json_lines(full).splitlines())


def test_a_changed_cell_is_taken_in_and_an_empty_one_leaves_its_field_alone(full: Books) -> None:
    text = edited(exported(full, "contact"), "asha-k7m3q9", tags="vip; new", birthday="", **{"custom.allergy": "nuts"})
    (asha,) = of_kind(full.own(text, "contact"), "contact")
    assert isinstance(asha, Contact)
    assert (asha.tags, asha.custom) == (("vip", "new"), {"allergy": "nuts", "pin": "008"})
    assert asha.birthday is not None


def test_an_amount_may_be_changed_in_either_of_its_columns(full: Books) -> None:
    text = exported(full, "deal")
    (deal,) = of_kind(full.own(edited(text, "one-h2v8c1", **{"amount.amount": "80000"}), "deal"), "deal")
    assert isinstance(deal, Deal)
    assert (deal.amount.digits, deal.amount.currency) == ("80000", "INR")
    (deal,) = of_kind(full.own(edited(text, "one-h2v8c1", **{"amount.currency": "USD"}), "deal"), "deal")
    assert isinstance(deal, Deal)
    assert (deal.amount.digits, deal.amount.currency) == ("75000", "USD")
    (deal,) = of_kind(full.own(edited(text, "one-h2v8c1", amount="₹80,000"), "deal"), "deal")
    assert isinstance(deal, Deal)
    assert (deal.amount.digits, deal.amount.currency) == ("80000", "INR")


def test_a_listing_taken_in_again_sets_the_first_item(full: Books) -> None:
    text = "id,name,organization.name,phone,touch\nasha-k7m3q9,Asha,Acme,+91 99999 00000,green\n"
    made = full.own(text, "contact")
    (asha,) = of_kind(made, "contact")
    assert isinstance(asha, Contact)
    assert asha.phones[0] == Item("mobile", "+91 99999 00000")
    assert len(asha.phones) == 2
    assert made.plan.warnings == ("passed over, since they belong to other records: organization.name",)


def test_a_label_may_be_a_column(full: Books) -> None:
    (asha,) = of_kind(full.own("id,phones.home\nasha-k7m3q9,+91 99999 00000\n", "contact"), "contact")
    assert isinstance(asha, Contact)
    assert asha.phones[-1] == Item("home", "+91 99999 00000")


def test_rows_without_an_id_are_made_once(books: Books) -> None:
    text = "Name,Phone,organization,tags,amount.amount\nUsha,98765 43210,,vip,\nRavi,,Nobody,,\n"
    with pytest.raises(Invalid, match=r"no field is called amount\.amount"):
        books.own(text, "contact")
    text = text.replace(",amount.amount", "").replace(",\n", "\n").replace("vip,\n", "vip\n")
    made = books.own(text, "contact")
    assert [record.name for record in of_kind(made, "contact")] == ["Usha"]
    assert reasons(made) == [(3, "there is no organization with the id or name Nobody")]
    books.apply(made.plan)
    assert books.own(text, "contact").plan.changes == ()


def test_another_spelling_of_the_same_value_makes_no_second_record(books: Books) -> None:
    text = "name,amount,organization\nWebsite,1.5L,Acme\n"
    books.write("organizations/acme-a1b2c3.yaml", "name: Acme\n")
    books.apply(books.own(text, "deal").plan)
    again = books.own(text, "deal")
    assert (again.plan.changes, again.same) == ((), 1)


def test_an_id_that_is_new_is_kept_and_one_of_another_kind_is_refused(full: Books) -> None:
    made = full.own("id,name\nusha-k7m3q8,Usha\nacme-a1b2c3,Acme\nNo Id,X\n", "contact")
    (usha,) = of_kind(made, "contact")
    assert usha.id == "usha-k7m3q8"
    told = dict(reasons(made))
    assert "the kind organization" in told[3]
    assert "is no id" in told[4]


def test_links_may_lead_to_rows_of_the_same_file_by_id_and_by_name(books: Books) -> None:
    text = (
        '{"record": "contact", "id": "asha-k7m3q9", "name": "Asha", "organization": "acme-a1b2c3"}\n'
        '{"record": "contact", "id": "ravi-k7m3q9", "name": "Ravi", "organization": "Acme"}\n'
        '{"record": "organization", "id": "acme-a1b2c3", "name": "Acme"}\n'
    )
    made = books.own(text, name="x.jsonl")
    assert [person.organization for person in of_kind(made, "contact")] == ["acme-a1b2c3", "acme-a1b2c3"]


def test_rows_of_several_kinds_say_which_they_are(books: Books) -> None:
    text = "record,name,size\norganization,Acme,3\ncontact,Asha,\ncontact,Usha,3\n,Ravi,\nfirm,X,\n"
    made = books.own(text)
    assert [change.record.kind_.name for change in made.plan.changes] == ["organization", "contact"]
    told = dict(reasons(made))
    assert told[4] == "a contact has no size"
    assert "does not say what kind" in told[5]
    assert "firm is no kind" in told[6]
    wrong = books.own("record,name\norganization,Acme\n", "contact")
    assert reasons(wrong) == [(2, "it is of the kind organization, not contact")]


def test_without_a_kind_nothing_can_be_made_of_the_rows(books: Books) -> None:
    with pytest.raises(Invalid, match="what kind of record"):
        books.own("name\nAsha\n")


def test_columns_of_another_program_need_a_map(books: Books) -> None:
    with pytest.raises(Invalid, match="no field is called Fax, Titel") as caught:
        books.own("name,Fax,Titel\nAsha,1,x\n", "contact")
    assert "--save-map" in caught.value.hint


def test_fill_and_skip_hold_for_our_own_files_too(full: Books) -> None:
    text = "id,name,title,tags\nasha-k7m3q9,Asha,Director,new\n"
    (asha,) = of_kind(full.own(text, "contact", on_match="fill"), "contact")
    assert isinstance(asha, Contact)
    assert (asha.name, asha.title, asha.tags) == ("आशा शर्मा", "Director", ("vip", "press"))
    assert full.own(text, "contact", on_match="skip").plan.changes == ()


def test_a_mended_reject_file_can_be_taken_in(books: Books) -> None:
    made = books.own("name,birthday,line,reason\nAsha,1984-03-14,7,birthday is wrong\n", "contact")
    assert [record.name for record in of_kind(made, "contact")] == ["Asha"]


def test_values_that_do_not_fit_reject_their_rows(full: Books) -> None:
    text = (
        "id,addresses,consent.whatsapp,consent.pigeon\n"
        "asha-k7m3q9,[broken,,\nravi-k8m3q9,,perhaps,\nusha-k7m3q8,,,yes\n"
    )
    told = dict(reasons(full.own(text, "contact")))
    assert "not JSON" in told[2]
    assert "yes nor no" in told[3]
    assert "no consent for pigeon" in told[4]


def test_extra_keys_come_back_too(full: Books) -> None:
    said = {"record": "contact", "id": "asha-k7m3q9", "extra": {"shoe": 43, "hat": "7"}}
    (asha,) = of_kind(full.own(json.dumps(said), name="x.jsonl"), "contact")
    assert asha.extra == {"shoe": "43", "hat": "7"}


def test_extra_keys_come_back_out_of_a_cell_too(books: Books) -> None:
    text = 'name,extra\nAsha,"{""shoe"": 43, ""hat"": """"}"\nBob,hello\nUsha,[1]\nLata,{}\n'
    made = books.own(text, "contact")
    assert [(record.name, record.extra) for record in of_kind(made, "contact")] == [
        ("Asha", {"shoe": "43"}),
        ("Lata", {}),
    ]
    told = dict(reasons(made))
    assert "extra: this is not JSON" in told[3]
    assert "extra is a map by name, not [1]" in told[4]


def test_a_date_phrase_that_is_not_understood_is_no_reason_to_stop(books: Books) -> None:
    made = books.own("name,due\nCall,some day\nMail,2026-12-01\n", "task")
    assert [record.name for record in of_kind(made, "task")] == ["Mail"]
    assert len(made.rejects) == 1
    assert BadRequest.code == 2
