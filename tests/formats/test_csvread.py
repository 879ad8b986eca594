"""The CSV files that people have: what is found out about them, and what a bad row costs."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.base.errors import Invalid
from crm_cli.formats.csvread import Sheet, read_csv

PLAIN = "name,phone,amount\nआशा शर्मा,+91 98765 43210,75000 INR\nRavi,,\n"


def _cells(sheet: Sheet) -> list[tuple[str, ...]]:
    return [row.cells for row in sheet.rows]


def _wrong(sheet: Sheet) -> list[tuple[int, str]]:
    return [(bad.line, bad.message) for bad in sheet.problems]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    ("encoding", "end"),
    [
        *((encoding, end) for encoding in ("utf-8", "utf-8-sig", "utf-16") for end in ("\n", "\r\n", "\r")),
        *((encoding, end) for encoding in ("utf-16-le", "utf-16-be") for end in ("\n", "\r\n")),
    ],
)
def test_encoding_delimiter_and_line_ends_are_found_out(encoding: str, delimiter: str, end: str) -> None:
    sheet = read_csv(PLAIN.replace(",", delimiter).replace("\n", end).encode(encoding))
    assert sheet.columns == ("name", "phone", "amount")
    assert _cells(sheet) == [("आशा शर्मा", "+91 98765 43210", "75000 INR"), ("Ravi", "", "")]
    assert (sheet.delimiter, sheet.header, sheet.problems) == (delimiter, 1, [])
    assert [row.line for row in sheet.rows] == [2, 3]


def test_western_files_are_read() -> None:
    sheet = read_csv("name;city\nJosé;Köln\nZoë;“Łódź”\n".replace("Łódź", "Lodz").encode("cp1252"))
    assert sheet.encoding == "cp1252"
    assert _cells(sheet) == [("José", "Köln"), ("Zoë", "“Lodz”")]


def test_a_damaged_byte_among_hindi_costs_its_row_only() -> None:
    data = PLAIN.encode() + b"Bad \xff,1,2\n"
    sheet = read_csv(data)
    assert sheet.encoding == "utf-8"
    assert len(sheet.rows) == 2
    assert _wrong(sheet) == [(4, "the row holds bytes that are no text in this encoding")]


def test_a_table_below_a_title_is_found() -> None:
    sheet = read_csv(
        b"Customers of 2026\n\nprinted on;21/11/2026\n\nname;mail;city\nAsha;a@acme.example;Surat\nRavi;;\n"
    )
    assert (sheet.header, sheet.columns) == (5, ("name", "mail", "city"))
    assert [row.line for row in sheet.rows] == [6, 7]


def test_one_column_is_a_table_too() -> None:
    sheet = read_csv(b"name\nAsha Sharma\n\nRavi\n")
    assert (sheet.columns, _cells(sheet)) == (("name",), [("Asha Sharma",), ("Ravi",)])


def test_commas_in_texts_do_not_hide_the_delimiter() -> None:
    sheet = read_csv(b"name;notes;amount\nAsha;tea, no sugar;1,5\nRavi;a, b, c, d;2,5\n")
    assert sheet.delimiter == ";"
    assert _cells(sheet)[1] == ("Ravi", "a, b, c, d", "2,5")


def test_what_is_given_is_not_found_out() -> None:
    data = "old,names\nname;city\nAsha;São Paulo\n".encode("cp1252")
    sheet = read_csv(data, encoding="cp1252", delimiter=";", header=2)
    assert (sheet.columns, _cells(sheet)) == (("name", "city"), [("Asha", "São Paulo")])


@pytest.mark.parametrize("second", ["Name", " name ", "NAME", '"name"'])
def test_two_columns_with_one_name_are_refused(second: str) -> None:
    with pytest.raises(Invalid, match="line 1: two columns are named"):
        read_csv(f"name,{second}\nAsha,x\n".encode())


def test_a_column_without_a_name_is_called_by_its_place() -> None:
    sheet = read_csv(b",name,city,\n0,Asha,Surat,\n1,Ravi,Pune,x\n")
    assert sheet.columns == ("column 1", "name", "city")
    assert _cells(sheet) == [("0", "Asha", "Surat")]
    assert _wrong(sheet) == [(3, "the row has 4 cells, and there are only 3 columns")]


def test_ragged_rows_are_reported_and_blank_ones_left_out() -> None:
    sheet = read_csv(b"name,city\nAsha,Surat\nRavi\n\n , \n,,,\nUsha,Pune,,\nA,B,C\n")
    assert _cells(sheet) == [("Asha", "Surat"), ("Usha", "Pune")]
    assert _wrong(sheet) == [
        (3, "the row has 1 cell, and there are 2 columns"),
        (8, "the row has 3 cells, and there are only 2 columns"),
    ]
    assert sheet.problems[1].cells == ("A", "B", "C")


def test_a_quote_that_is_never_closed_costs_its_row_only() -> None:
    sheet = read_csv(b'name,city\n"Asha,Surat\nRavi,Pune\nUsha,"Delhi\nIsha,Agra\n')
    assert _cells(sheet) == [("Ravi", "Pune"), ("Isha", "Agra")]
    assert _wrong(sheet) == [
        (2, "a quote is opened that does not end its cell"),
        (4, "a quote is opened that does not end its cell"),
    ]
    assert sheet.problems[0].cells == ('"Asha', "Surat")


def test_text_behind_a_closing_quote_costs_its_row_only() -> None:
    sheet = read_csv(b'name,size\nPipe,"6" long"\nWire,2" thick\n')
    assert _cells(sheet) == [("Wire", '2" thick')]
    assert [bad.line for bad in sheet.problems] == [2]


def test_quoted_cells_of_several_lines_keep_their_line_numbers() -> None:
    sheet = read_csv(b'name,notes\nAsha,"one\r\ntwo\n\nfour"\nRavi,x\n')
    assert [(row.line, row.cells) for row in sheet.rows] == [(2, ("Asha", "one\r\ntwo\n\nfour")), (6, ("Ravi", "x"))]


def test_a_nul_character_costs_its_row_only() -> None:
    sheet = read_csv(b"name,city\nAsha\0,Surat\nRavi,Pune\n")
    assert _wrong(sheet) == [(2, "the row holds a NUL character")]
    assert _cells(sheet) == [("Ravi", "Pune")]


def test_a_very_long_cell_is_a_cell() -> None:
    long = "x" * 200_000
    sheet = read_csv(f'name,notes\nAsha,{long}\nRavi,"{long}\n{long}"\n'.encode())
    assert [len(row.cells[1]) for row in sheet.rows] == [200_000, 400_001]


@given(st.lists(st.text(st.sampled_from('a",'), max_size=8), min_size=1, max_size=9))
def test_broken_rows_are_found_as_by_trying_again_from_each_line(lines: list[str]) -> None:
    sheet = read_csv("\n".join(["a,b", *lines]).encode(), delimiter=",", header=1)
    good, bad, start = [], [], 0
    while start < len(lines):
        reader = csv.reader((f"{line}\n" for line in lines[start:]), strict=True)
        begun = start
        try:
            for cells in reader:
                if any(map(str.strip, cells)):
                    (good if len(cells) >= 2 and not any(cells[2:]) else bad).append(begun + 2)
                begun = start + reader.line_num
            break
        except csv.Error:
            bad.append(begun + 2)
            start = begun + 1
    assert ([row.line for row in sheet.rows], [row.line for row in sheet.problems]) == (good, bad)


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", b" , \n"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid, match="the file is empty"):
        read_csv(data)


@pytest.mark.parametrize(
    "data",
    [b"Asha,asha@acme.example\nRavi,ravi@acme.example\n", b"1,2,3\n4,5,6\n", b'"Asha"x,y\n', b"+91 98765,2026-11-21\n"],
)
def test_a_file_without_names_of_columns_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid, match="looks like column names"):
        read_csv(data)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"encoding": "klingon"}, "no encoding 'klingon'"),
        ({"encoding": "rot13"}, "rot13"),
        ({"encoding": "utf-7"}, "utf-7"),
        ({"delimiter": "::"}, "not one character"),
        ({"delimiter": ""}, "not one character"),
        ({"header": 9}, "line 9, but the file has 3 lines"),
        ({"header": -1}, "line -1"),
    ],
)
def test_options_that_do_not_fit_are_refused(options: dict[str, object], says: str) -> None:
    data = "name,city\nAsha,Köln +Zz\nx,y\n".encode("latin-1")
    with pytest.raises(Invalid, match=says):
        read_csv(data, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("data", "header", "says"),
    [
        (b'"a,b\nc,d\n', 1, "line 1 holds no column names: a quote"),
        (b"a,b\n\nc,d\n", 2, "line 2 holds no column names"),
    ],
)
def test_a_line_that_holds_no_names_cannot_be_the_header(data: bytes, header: int, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        read_csv(data, header=header)


@given(st.binary(max_size=300), st.sampled_from([None, 1, 2]))
def test_no_bytes_raise_anything_but_invalid(data: bytes, header: int | None) -> None:
    try:
        sheet = read_csv(data, header=header)
    except Invalid:
        return
    assert all(len(row.cells) == len(sheet.columns) for row in sheet.rows)


@given(st.text(st.sampled_from('ab",\n\r;\0é'), max_size=200))
def test_no_text_raises_anything_but_invalid(text: str) -> None:
    try:
        sheet = read_csv(text.encode(), header=1)
    except Invalid:
        return
    assert all(len(row.cells) == len(sheet.columns) for row in sheet.rows)


def test_reading_leaves_room_for_what_others_read() -> None:
    read_csv(PLAIN.encode())
    assert csv.field_size_limit() >= 131_072
