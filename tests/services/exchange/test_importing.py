"""Files as people have them: damaged rows, odd forms, reject files, first maps."""

import re

import pytest

from crm_cli.base.errors import Invalid
from crm_cli.kinds import KINDS
from crm_cli.services.exchange.import_map import Rule
from crm_cli.services.exchange.importing import draft_map, rejects_text
from crm_cli.services.exchange.source import Form, flat, read_source
from tests.services.exchange.books import Books, of_kind, reasons

PEOPLE = "kind: contact\nmatch: [email]\ncolumns: {Name: name, Mail: emails, Notes: notes}\n"


def names(books: Books, data: str | bytes, through: str = PEOPLE, **facts: object) -> list[str | None]:
    return [record.name for record in of_kind(books.map(data, through, **facts), "contact")]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "data",
    [
        "Name,Mail\nAnaïs,a@x.example\n".encode("utf-8-sig"),
        "Name;Mail\r\nAnaïs;a@x.example\r\n".encode("utf-16"),
        "Name\tMail\nAnaïs\ta@x.example\n".encode("cp1252"),
        "Name,Mail,\nAnaïs,a@x.example,\n\n,,\n".encode(),
    ],
)
def test_any_usual_form_of_csv_is_understood(books: Books, data: bytes) -> None:
    assert names(books, data) == ["Anaïs"]


def test_a_guess_of_the_encoding_is_said(books: Books) -> None:
    made = books.map("Name,Mail\nAnaïs,a@x.example\n".encode("cp1252"), PEOPLE)
    assert made.plan.warnings == ("file.csv is not UTF-8; it was read as cp1252 (Windows)",)
    quiet = books.map("Name,Mail\nAnaïs,a@x.example\n".encode("cp1252"), PEOPLE + "encoding: cp1252\n")
    assert quiet.plan.warnings == ()


def test_the_map_may_say_what_cannot_be_found_out(books: Books) -> None:
    text = "our customers\nas of May\n'Name'*'Mail'\nAsha*a@x.example\n".replace("'", "")
    assert names(books, text, PEOPLE + "delimiter: '*'\nheader: 3\n") == ["Asha"]


def test_damaged_rows_are_rejected_one_by_one(books: Books) -> None:
    text = (
        "Name,Mail\nAsha,a@x.example\nshort\nRavi,r@x.example,more,cells\n"
        'Usha,"u@x.example\nNUL\0,n@x.example\nLata,l@x.example\n'
    )
    made = books.map(text, PEOPLE)
    assert [record.name for record in of_kind(made, "contact")] == ["Asha", "Lata"]
    assert [line for line, _reason in reasons(made)] == [3, 4, 5, 6]


def test_a_cell_that_fits_into_no_file_rejects_its_row(books: Books) -> None:
    text = f"Name,Mail,Notes\nAsha,a@x.example,{'x' * 200_000}\nRavi,r@x.example,{'x' * 1_050_000}\n"
    made = books.map(text, PEOPLE)
    assert [record.name for record in of_kind(made, "contact")] == ["Asha"]
    assert reasons(made) == [(3, "the record would be larger than 1 MiB, which no file of one may be")]


@pytest.mark.parametrize(
    ("extra", "says"),
    [
        ('{"a":' * 20 + '"x"' + "}" * 20, "no file may hold the record: .*16"),
        ('{"a":[' + '"x",' * 20_000 + '"x"]}', "no file may hold the record: more than 20,000 values"),
    ],
)
def test_a_value_that_is_too_deep_or_too_many_rejects_its_row(books: Books, extra: str, says: str) -> None:
    text = f'{{"name":"Asha","extra":{{"a":[[[["x"]]]]}}}}\n{{"name":"Ravi","extra":{extra}}}\n'
    made = books.own(text, "contact", name="x.jsonl")
    assert [record.name for record in of_kind(made, "contact")] == ["Asha"]  # type: ignore[attr-defined]
    ((line, reason),) = reasons(made)
    assert line == 2
    assert re.match(says, reason)


@pytest.mark.parametrize(
    "text",
    [
        '[{"name":"A","Name":"B"}]',
        '{"name":"A"}\n{"Name ":"B"}\n',
        '[{"name":"A","a":{"b":"1"},"a.b":"2"}]',
        '[{"name":"A","a":{"b":"1","B":"2"}}]',
    ],
)
def test_two_columns_with_one_name_are_an_error_in_json_too(books: Books, text: str) -> None:
    through = "kind: contact\ncolumns: {name: name, a.b: title}\nignore: [a]\n"
    with pytest.raises(Invalid, match="two columns are named"):
        books.map(text, through, name="x.json")


def test_the_reject_file_of_a_file_that_has_a_column_line(books: Books) -> None:
    through = "kind: contact\ncolumns: {n: name, m: emails, Line: title}\n"
    text = rejects_text(books.map("n,m,Line\nAsha,no mail,Buyer\n", through))
    assert text.startswith("n,m,Line,reject line,reject reason\nAsha,no mail,Buyer,2,")
    (asha,) = of_kind(books.map(text.replace("no mail", "a@x.example"), through), "contact")
    assert asha.title == "Buyer"  # type: ignore[attr-defined]


def test_the_guard_of_a_spreadsheet_is_taken_off(books: Books) -> None:
    assert names(books, "Name,Mail\n'=1+1,a@x.example\n") == ["=1+1"]


@pytest.mark.parametrize("data", [b"PK\x03\x04rest", b"\xd0\xcf\x11\xe0rest"])
def test_a_workbook_is_named_as_what_it_is(books: Books, data: bytes) -> None:
    with pytest.raises(Invalid, match="workbook of a spreadsheet") as caught:
        books.map(data, PEOPLE)
    assert "CSV" in caught.value.hint


def test_a_file_of_nothing_is_an_error(books: Books) -> None:
    with pytest.raises(Invalid):
        books.map("", PEOPLE)


def test_json_that_cannot_be_read_at_all_is_an_error() -> None:
    with pytest.raises(Invalid, match="line 2 is not UTF-8"):
        read_source(b'{"a": 1}\n{"a": "\xff"}\n', "x.jsonl", Form())
    with pytest.raises(Invalid, match="not JSON"):
        read_source(b"[1,", "x.json", Form())


def test_objects_inside_objects_have_columns_with_dots() -> None:
    source = flat(read_source(b'\xef\xbb\xbf{"a": {"b": {"c": 1}, "d": {}}, "e": [1]}\n{"e": null}\n', "x", Form()))
    assert source.columns == ("a.b.c", "a.d", "e")
    assert [list(row.cells) for row in source.rows] == [[1, {}, [1]], [None, None, None]]


def test_a_csv_whose_first_name_begins_like_json_is_still_csv() -> None:
    assert read_source(b"[a],b\n1,2\n", "x.csv", Form()).columns == ("[a]", "b")


def test_the_guard_of_a_rejected_row_does_not_grow(books: Books) -> None:
    first = rejects_text(books.map("Name,Mail\n'=1+1,a@x.example,over\n'-Usha,no mail\n'@Lata\n", PEOPLE))
    assert [line[:8] for line in first.splitlines()[1:]] == ["'=1+1,a@", "'-Usha,n", "'@Lata,,"]
    second = rejects_text(books.map(first, PEOPLE))
    assert second == "Name,Mail,line,reason\n'-Usha,no mail,3,email is not one address: no mail\n"


def test_rejected_rows_are_told_with_line_and_reason(books: Books) -> None:
    made = books.map("Name,Mail\nAsha,bad\nRavi,r@x.example,one,two\n=x,bad\n", PEOPLE)
    assert rejects_text(made) == (
        "Name,Mail,line,reason\n"
        "Asha,bad,2,email is not one address: bad\n"
        'Ravi,r@x.example,3,"the row has 4 cells, and there are only 2 columns; more cells: one | two"\n'
        "'=x,bad,4,email is not one address: bad\n"
    )


def test_a_mended_reject_file_goes_through_the_same_map(books: Books) -> None:
    text = rejects_text(books.map("Name,Mail\nAsha,bad\n", PEOPLE)).replace("Asha,bad", "Asha,a@x.example")
    assert names(books, text) == ["Asha"]


def test_columns_that_are_called_like_those_of_a_reject_file_can_be_mapped(books: Books) -> None:
    through = "kind: contact\ncolumns: {n: name, line: title, reason: notes}\n"
    (asha,) = of_kind(books.map("n,line,reason\nAsha,Buyer,fair\n", through), "contact")
    assert (asha.title, asha.notes) == ("Buyer", "fair")  # type: ignore[attr-defined]


def test_links_are_made_once_and_only_for_rows_that_are_taken(books: Books) -> None:
    through = (
        "kind: contact\ndefaults: {source: fair}\ncolumns:\n  n: name\n  m: emails\n"
        "  o: {to: organization, by: name, create: true}\n"
    )
    made = books.map("n,m,o\nAsha,,Acme\nRavi,,ACME\nUsha,bad,Other\nLata,,\n", through)
    (firm,) = of_kind(made, "organization")
    assert (firm.name, firm.source) == ("Acme", "fair")  # type: ignore[attr-defined]
    assert {person.organization for person in of_kind(made, "contact")} == {firm.id, None}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("by", "cell", "expected"),
    [
        ("email", "INFO@acme.example", "info@acme.example"),
        ("phone", "098765 43210", "+91 98765 43210"),
        ("tax_id", "24abcde1234f1z5", "24ABCDE1234F1Z5"),
        ("custom.no", "7", "number 7"),
    ],
)
def test_links_are_found_by_other_keys_too(books: Books, by: str, cell: str, expected: str) -> None:
    books.settings("format: 1\ncountry: IN\nfields:\n  organization:\n    no: {type: integer}\n")
    books.write(
        "organizations/acme-a1b2c3.yaml",
        'name: Acme\nemails:\n  - info@acme.example\nphones:\n  - "+91 98765 43210"\n'
        "tax_id: 24ABCDE1234F1Z5\ncustom:\n  no: 7\n",
    )
    through = f"kind: contact\ncolumns:\n  n: name\n  o: {{to: organization, by: {by}, create: true}}\n"
    made = books.map(f"n,o\nAsha,{cell}\n", through)
    assert [change.record.kind_.name for change in made.plan.changes] == ["contact"], expected
    assert made.plan.changes[0].record.organization == "acme-a1b2c3"  # type: ignore[attr-defined]
    new = {"email": "new@x.example", "phone": "+91 99999 00000", "tax_id": "X1", "custom.no": "8"}[by]
    firm, person = (change.record for change in books.map(f"n,o\nRavi,{new}\n", through).plan.changes)
    assert person.organization == firm.id  # type: ignore[attr-defined]
    assert firm.name == new


def test_a_link_without_by_is_made_by_its_name(books: Books) -> None:
    through = "kind: contact\ncolumns: {n: name, o: {to: organization, create: true}}\n"
    firm, person = (change.record for change in books.map("n,o\nAsha,Acme\n", through).plan.changes)
    assert (firm.name, person.organization) == ("Acme", firm.id)  # type: ignore[attr-defined]


CODES = """\
format: 1
fields:
  contact:
    code: {type: integer}
    size: {type: choice, choices: [S, M]}
    since: {type: date}
    langs: {type: list}
"""


@pytest.mark.parametrize(
    ("by", "good", "bad", "says"),
    [
        ("email", "asha@x.example", "not an email", "email is not one address"),
        ("custom.code", "42", "fourty", "custom.code is not a whole number"),
        ("custom.size", "M", "XL", "custom.size cannot be XL"),
        ("custom.since", "2026-01-02", "tomorrow", "tomorrow"),
        ("custom.langs", "hi", "", ""),
        ("id", "", "nobody-a1b2c3", "there is no contact with the id nobody-a1b2c3"),
    ],
)
def test_a_record_made_for_a_link_has_a_key_of_the_right_type(
    books: Books, by: str, good: str, bad: str, says: str
) -> None:
    books.settings(CODES)
    through = f"kind: task\ncolumns: {{n: name, o: {{to: contact, by: {by}, create: true}}}}\n"
    made = books.map(f"n,o\nCall,{good}\nMail,{bad}\nWrite,{good}\n", through)
    assert [change.record.kind_.name for change in made.plan.changes] == [
        *["contact"] * bool(good),
        *["task"] * (2 + (not bad)),
    ]
    assert all(says in reason and line == 3 for line, reason in reasons(made))
    assert len(made.rejects) == bool(bad)
    books.apply(made.plan)
    assert books.map(f"n,o\nCall again,{good}\n", through).plan.changes[0].record.kind_.name == "task"


def test_a_link_to_a_kind_that_there_is_not_is_refused(books: Books) -> None:
    books.write("contacts/asha-a1b2c3.yaml", "name: Asha\n")
    with pytest.raises(Invalid, match="there are no leads yet"):
        books.map("n,o\nOne,Asha\n", "kind: deal\ncolumns: {n: name, o: {to: lead, by: name, create: true}}\n")
    made = books.own("name,lead\nOne,Asha\nTwo,\n", "deal")
    assert [line for line, reason in reasons(made) if "there are no leads yet" in reason] == [2]


def test_a_link_that_could_be_several_rejects_its_row(books: Books) -> None:
    books.write("organizations/one-a1b2c3.yaml", "name: Acme\n")
    books.write("organizations/two-a1b2c3.yaml", "name: acme\n")
    made = books.map(
        "n,o\nAsha,Acme\nRavi,two-a1b2c3\nUsha,organizations/one-a1b2c3\n",
        ("kind: contact\ncolumns:\n  n: name\n  o: organization\n"),
    )
    assert [person.organization for person in of_kind(made, "contact")] == ["two-a1b2c3", "one-a1b2c3"]  # type: ignore[attr-defined]
    assert "there are 2 records for organization" in reasons(made)[0][1]


def test_a_first_map_guesses_what_it_can() -> None:
    source = read_source(
        b"ID,Full Name,E-mail,Mobile,Company,Job Title,custom.x,Fax,tags\n" + b"1" * 3, "x.csv", Form()
    )
    made = draft_map(source, KINDS["contact"])
    assert made.columns == {
        "Full Name": (Rule("name"),),
        "E-mail": (Rule("emails", split="; "),),
        "Mobile": (Rule("phones.mobile"),),
        "Company": (Rule("organization", by="name", create=True),),
        "Job Title": (Rule("title"),),
        "custom.x": (Rule("custom.x"),),
        "tags": (Rule("tags", split="; "),),
    }
    assert (made.ignore, made.match) == (("ID", "Fax"), ("email", "phone"))
    firms = draft_map(read_source(b"name,size\nx,1\n", "x.csv", Form()), KINDS["organization"])
    assert firms.match == ("name",)
    with pytest.raises(Invalid, match="none of its columns"):
        draft_map(read_source(b"Fax,ID\nx,1\n", "x.csv", Form()), KINDS["deal"])
