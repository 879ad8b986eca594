"""Files of other programs through a map: what each row becomes, and what a second time changes."""

import pytest

from crm_cli.base.errors import Invalid
from crm_cli.kinds.contact import Contact
from crm_cli.kinds.deal import Deal
from crm_cli.kinds.organization import Organization
from crm_cli.schema.record import Address, Item
from tests.services.exchange.books import Books, of_kind, reasons

DEALS = """
kind: deal
match: [custom.no]
dates: m/d/Y
numbers: "1,234.56"
name: "{product}[ for {account}]"
defaults: {source: import}
columns:
  no: custom.no
  product: {to: custom.product, values: {GTXPro: GTX Pro}}
  account: {to: organization, by: name, create: false}
  stage: {to: stage, values: {Won: won, Open: proposal, Lost: lost}}
  opened: created
  closed: [close_date, closed_at]
  value: {to: amount, currency: USD}
ignore: [remark]
"""
PEOPLE = """
kind: contact
match: [email, phone]
columns:
  Name: name
  Mail: emails
  Mail 2: emails
  Mobile: phones.mobile
  Tags: {to: tags, split: ","}
  City: addresses.office.city
  Street: addresses.office.street
  Firm: {to: organization, by: name, create: true}
  WhatsApp: consent.whatsapp
  Likes: facts.likes
  Born: {to: birthday, dates: d/m/Y}
"""


def acme(books: Books) -> None:
    books.write("organizations/acme-a1b2c3.yaml", "name: Acme Corporation\n")


def test_a_row_becomes_a_record_field_by_field(books: Books) -> None:
    acme(books)
    made = books.map(
        "no,product,account,stage,opened,closed,value,remark\n"
        '7,GTXPro,acme corporation,Won,10/20/2016,3/1/2017,"1,054.50",x\n',
        DEALS,
    )
    (deal,) = of_kind(made, "deal")
    assert isinstance(deal, Deal)
    assert (deal.name, deal.organization, deal.stage) == ("GTX Pro for acme corporation", "acme-a1b2c3", "won")
    assert (deal.amount.digits, deal.amount.currency) == ("1054.50", "USD")
    assert (deal.created.text, deal.close_date.text, deal.closed_at.text) == ("2016-10-20", "2017-03-01", "2017-03-01")
    assert [(entry["stage"], entry["at"].text) for entry in deal.stage_history] == [("won", "2017-03-01")]
    assert (deal.custom, deal.source) == ({"no": "7", "product": "GTX Pro"}, "import")
    assert reasons(made) == []


def test_the_same_file_again_changes_nothing(books: Books) -> None:
    acme(books)
    text = "no,product,account,stage,opened,closed,value\n" + "".join(
        f"{i},GTX,{'Acme Corporation' * (i % 2)},{stage},1/{i + 1}/2017,2/3/2017,{i}00\n"
        for i, stage in enumerate(("Won", "Open", "Lost", "Open", ""))
    )
    first = books.map(text, DEALS)
    assert len(first.plan.changes) == 5
    books.apply(first.plan)
    again = books.map(text, DEALS)
    assert (again.plan.changes, again.same, again.rejects) == ((), 5, ())


def test_a_day_of_closing_counts_in_closed_stages_only(books: Books) -> None:
    made = books.map("no,product,stage,closed\n1,X,Open,3/1/2027\n", DEALS)
    (deal,) = of_kind(made, "deal")
    assert isinstance(deal, Deal)
    assert (deal.close_date.text, deal.closed_at) == ("2027-03-01", None)
    books.apply(made.plan)
    assert books.map("no,product,stage,closed\n1,X,Open,3/1/2027\n", DEALS).plan.changes == ()


def test_a_lost_deal_needs_no_reason_here(books: Books) -> None:
    (deal,) = of_kind(books.map("no,product,stage\n1,X,Lost\n", DEALS), "deal")
    assert isinstance(deal, Deal)
    assert (deal.stage, deal.lost_reason) == ("lost", None)


def test_a_link_that_leads_nowhere_rejects_its_row_alone(books: Books) -> None:
    made = books.map("no,product,account\n1,X,Nobody\n2,Y,\n", DEALS)
    assert [record.name for record in of_kind(made, "deal")] == ["Y"]
    assert reasons(made) == [(2, "there is no organization with the name Nobody")]


FIRMS = """
kind: organization
match: [name]
columns:
  name: name
  parent: {to: parent, by: name}
  size: size
"""


def test_rows_may_link_to_rows_further_down(books: Books) -> None:
    made = books.map("name,parent\nBranch,Head\nHead,\n", FIRMS)
    branch, head = of_kind(made, "organization")
    assert isinstance(branch, Organization)
    assert branch.parent == head.id
    books.apply(made.plan)
    assert books.map("name,parent\nBranch,Head\nHead,\n", FIRMS).plan.changes == ()


def test_a_row_that_links_to_a_rejected_row_is_rejected_as_well(books: Books) -> None:
    made = books.map("name,parent,size\nTwig,Branch,1\nBranch,Head,1\nHead,,many\nOther,,3\n", FIRMS)
    assert [record.name for record in of_kind(made, "organization")] == ["Other"]
    lines = [line for line, _reason in reasons(made)]
    assert lines == [2, 3, 4]
    assert "not a whole number" in dict(reasons(made))[4]
    assert "whose own row is rejected" in dict(reasons(made))[2] or "there is no" in dict(reasons(made))[2]


def test_two_rows_with_one_key_become_one_record(books: Books) -> None:
    text = "name,size\nAcme,1\nacme,2\n"
    made = books.map(text, FIRMS)
    (firm,) = of_kind(made, "organization")
    assert isinstance(firm, Organization)
    assert (firm.name, firm.size) == ("acme", 2)
    books.apply(made.plan)
    assert books.map(text, FIRMS).plan.changes == ()


def test_a_key_that_several_records_have_rejects_the_row(books: Books) -> None:
    books.write("organizations/one-a1b2c3.yaml", "name: Acme\n")
    books.write("organizations/two-a1b2c3.yaml", "name: ACME\n")
    made = books.map("name,size\nAcme,3\n", FIRMS)
    assert made.plan.changes == ()
    assert reasons(made) == [(2, "2 records have its name: one-a1b2c3, two-a1b2c3")]


def test_an_archived_record_is_still_known_but_one_in_sight_goes_first(books: Books) -> None:
    books.write("organizations/old-a1b2c3.yaml", "name: Acme\narchived: 2026-01-01\n")
    assert [r.id for r in of_kind(books.map("name,size\nAcme,3\n", FIRMS), "organization")] == ["old-a1b2c3"]
    books.write("organizations/new-a1b2c3.yaml", "name: Acme\n")
    assert [r.id for r in of_kind(books.map("name,size\nAcme,3\n", FIRMS), "organization")] == ["new-a1b2c3"]


def test_a_record_that_was_merged_away_means_its_survivor_and_leaves_its_name(books: Books) -> None:
    books.write("organizations/acme-a1b2c3.yaml", "name: Acme Textiles\n")
    books.write("organizations/acm-a9b9c9.yaml", "name: Acm\narchived: 2026-01-01\nmerged_into: acme-a1b2c3\n")
    (firm,) = of_kind(books.map("name,size\nAcm,3\n", FIRMS), "organization")
    assert isinstance(firm, Organization)
    assert (firm.id, firm.name, firm.size) == ("acme-a1b2c3", "Acme Textiles", 3)


def test_a_person_with_everything(books: Books) -> None:
    text = (
        "Name,Mail,Mail 2,Mobile,Tags,City,Street,Firm,WhatsApp,Likes,Born\n"
        "Asha,asha@acme.example,home: asha@home.example,98765 43210,"
        '"vip, press",Surat,12 Ring Road,Acme,yes,tea,14/3/1984\n'
    )
    made = books.map(text, PEOPLE)
    (person,) = of_kind(made, "contact")
    (firm,) = of_kind(made, "organization")
    assert isinstance(person, Contact)
    assert person.emails == (Item(None, "asha@acme.example"), Item("home", "asha@home.example"))
    assert person.phones == (Item("mobile", "98765 43210"),)
    assert person.tags == ("vip", "press")
    assert person.addresses == (Item("office", Address(street="12 Ring Road", city="Surat")),)
    assert (person.organization, firm.name) == (firm.id, "Acme")
    assert (person.consent["whatsapp"].value, person.consent["whatsapp"].date) == (True, "2026-11-20")
    assert (person.facts, person.birthday.text) == ({"likes": "tea"}, "1984-03-14")
    books.apply(made.plan)
    again = books.map(text, PEOPLE)
    assert (again.plan.changes, again.same) == ((), 1)


def test_a_consent_keeps_the_day_that_it_was_given(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "Name,Mail,WhatsApp\nAsha,asha@acme.example,{}\n"
    books.apply(books.map(text.format("yes"), PEOPLE).plan)
    monkeypatch.setenv("CRM_NOW", "2026-12-24T10:00:00+05:30")
    assert books.map(text.format("yes"), PEOPLE).plan.changes == ()
    # Another row about her makes the record be read: the day stays all the same.
    both = books.map(text.format("yes").replace("Asha", "Asha S") + "Asha S,asha@acme.example,yes\n", PEOPLE)
    (person,) = of_kind(both, "contact")
    assert isinstance(person, Contact)
    assert person.consent["whatsapp"].date == "2026-11-20"
    (person,) = of_kind(books.map(text.format("no"), PEOPLE), "contact")
    assert isinstance(person, Contact)
    assert (person.consent["whatsapp"].value, person.consent["whatsapp"].date) == (False, "2026-12-24")


ASHA = """\
name: Asha
emails:
  - asha@acme.example
phones:
  - mobile: "+91 98765 43210"
tags:
  - vip
"""


def test_update_changes_what_the_file_says_and_takes_nothing_out_of_lists(books: Books) -> None:
    books.write("contacts/asha-a1b2c3.yaml", ASHA)
    made = books.map("Name,Mail,Mobile,Tags,City\nAsha S,ASHA@acme.example,098765 43210,press,\n", PEOPLE)
    (person,) = of_kind(made, "contact")
    assert isinstance(person, Contact)
    assert (person.name, person.tags, person.addresses) == ("Asha S", ("vip", "press"), ())
    assert person.emails == (Item(None, "asha@acme.example"),)
    assert person.phones == (Item("mobile", "+91 98765 43210"),)


def test_fill_sets_what_is_empty_and_skip_nothing(books: Books) -> None:
    books.write("contacts/asha-a1b2c3.yaml", ASHA.replace("emails:\n  - asha@acme.example\n", ""))
    text = "Name,Mail,Mail 2,Mobile,Tags,City\nAsha S,a@acme.example,b@acme.example,9876543210,press,Surat\n"
    (person,) = of_kind(books.map(text, PEOPLE + "on_match: fill\n"), "contact")
    assert isinstance(person, Contact)
    assert (person.name, person.tags) == ("Asha", ("vip",))
    assert [item.value for item in person.emails] == ["a@acme.example", "b@acme.example"]
    assert person.addresses == (Item("office", Address(city="Surat")),)
    skipped = books.map(text, PEOPLE + "on_match: skip\n")
    assert (skipped.plan.changes, skipped.same) == ((), 1)
    assert books.map(text, PEOPLE + "on_match: skip\n", on_match="update").plan.changes != ()


def test_rows_without_any_key_are_known_again_by_all_that_they_say(books: Books) -> None:
    text = "Name,Mail,Tags,Firm\nRavi,,vip,Acme\nRavi,,press,\nRavi,,press,\n"
    made = books.map(text, PEOPLE)
    assert len(of_kind(made, "contact")) == 2
    books.apply(made.plan)
    assert books.map(text, PEOPLE).plan.changes == ()


def test_defaults_are_for_new_records_only(books: Books) -> None:
    books.write("contacts/asha-a1b2c3.yaml", ASHA)
    text = "Name,Mail\nAsha,asha@acme.example\nRavi,ravi@acme.example\n"
    made = books.map(text, PEOPLE + "defaults: {source: fair, tags: [new, fair]}\n")
    (ravi,) = of_kind(made, "contact")
    assert isinstance(ravi, Contact)
    assert (ravi.name, ravi.source, ravi.tags) == ("Ravi", "fair", ("new", "fair"))


def test_a_bad_cell_rejects_its_row_with_the_reason(books: Books) -> None:
    text = "Name,Mail,Born\nAsha,no mail,\nRavi,ravi@acme.example,31/2/1990\nUsha,,tomorrow\n,,\n,x@y.example,\n"
    made = books.map(text, PEOPLE)
    assert made.plan.changes == ()
    told = dict(reasons(made))
    assert "email is not one address" in told[2]
    assert "no day" in told[3]
    assert "not a date as d/m/Y writes it" in told[4]
    assert "needs a name" in told[6]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Name,Fax\nAsha,1\n", "the map says nothing about the column Fax"),
        ("Name, name \nAsha,1\n", "two columns"),
    ],
)
def test_columns_that_are_unknown_or_stand_twice_are_errors(books: Books, text: str, message: str) -> None:
    with pytest.raises(Invalid, match=message):
        books.map(text, PEOPLE)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("  x: nowhere", "column x: nowhere is no field of a contact"),
        ("  x: phones.a.b", "phones.a.b is no place for a cell"),
        ("  x: addresses.a.b.city", "is no place|no part"),
        ("  x: relations", "relations is no place"),
        ("  x: facts", "facts is no place"),
        ("  x: touch", "touch is computed"),
        ("  x: {to: organization, by: website.x}", "no organization can be found by|has no"),
        ("  x: {to: birthday, dates: d/Q}", "has the letter Q"),
        ("  x: {to: custom.n, numbers: a1}", "no sample of a number"),
    ],
)
def test_a_map_that_does_not_fit_the_kind_is_an_error(books: Books, line: str, message: str) -> None:
    books.settings("format: 1\nfields:\n  contact:\n    n: {type: number}\n")
    with pytest.raises(Invalid, match=message):
        books.map("Name,x\nAsha,1\n", f"kind: contact\ncolumns:\n  Name: name\n{line}\n")


def test_the_same_person_by_phone_where_there_is_no_mail(books: Books) -> None:
    books.write("contacts/asha-a1b2c3.yaml", ASHA)
    (person,) = of_kind(books.map("Name,Mail,Mobile\nAsha Sharma,,+919876543210\n", PEOPLE), "contact")
    assert person.id == "asha-a1b2c3"


def test_json_lines_go_through_a_map_like_any_file(books: Books) -> None:
    text = (
        '{"Name": "Asha", "Tags": ["vip", "a, b"], "office": {"town": "Surat"}, "n": 12.50}\n'
        '{"Name": "Ravi", "Tags": null}\n[1]\n{"Name"\n'
    )
    through = (
        "kind: contact\ncolumns: {Name: name, Tags: {to: tags, split: ','}, "
        "office.town: addresses.office.city, n: custom.n}\nignore: [office]\n"
    )
    made = books.map(text, through, name="file.jsonl")
    asha, ravi = of_kind(made, "contact")
    assert isinstance(asha, Contact)
    assert (asha.tags, asha.custom) == (("vip", "a, b"), {"n": "12.50"})
    assert asha.addresses == (Item("office", Address(city="Surat")),)
    assert ravi.name == "Ravi"
    assert [line for line, _ in reasons(made)] == [3, 4]


def test_a_template_for_an_interaction_is_refused_since_its_name_is_computed(books: Books) -> None:
    with pytest.raises(Invalid, match="is computed"):
        books.map("a\n1\n", "kind: interaction\nname: '{a}'\ncolumns: {a: subject}\n")


def test_interactions_come_with_links_to_people(books: Books) -> None:
    books.write("contacts/asha-a1b2c3.yaml", ASHA)
    through = (
        "kind: interaction\ndates: d/m/Y H:M\ncolumns:\n  when: at\n  how: {to: kind, values: {Phone: call}}\n"
        "  who: {to: contacts, by: email}\n  what: subject\n"
    )
    text = "when,how,who,what\n21/11/2025 10:30,Phone,asha@acme.example,wants a website\n"
    made = books.map(text, through)
    (talk,) = of_kind(made, "interaction")
    assert talk.id.startswith("2025-11-21-call-")
    assert talk.path.startswith("interactions/2025/11/")
    assert "contacts:\n  - asha-a1b2c3\n" in _applied(books, made)
    assert books.map(text, through).plan.changes == ()
    bare = "when,how,who,what\n21/11/2025 11:30,Phone,asha@acme.example,\n"
    books.apply(books.map(bare, through).plan)
    assert books.map(bare, through).plan.changes == ()


def _applied(books: Books, made: object) -> str:
    books.apply(made.plan)  # type: ignore[attr-defined]
    return books.text(made.plan.changes[0].record.id)  # type: ignore[attr-defined]
