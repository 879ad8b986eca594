"""CSV that no spreadsheet runs and any reader understands; what was guarded comes back as it was."""

import csv
import io

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crm_cli.formats.csvread import read_csv
from crm_cli.formats.csvtext import guard, line, lines, unguard
from tests.effort import sample

CELLS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0") | st.sampled_from("'=+-@\t\r\n\",; 0")
)


@pytest.mark.parametrize(
    ("text", "guarded"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-", "-"),
        ("-a", "'-a"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("+91 98765 43210", "+91 98765 43210"),
        ("-1250.50", "-1250.50"),
        ("+91 (22) 2778-0000", "+91 (22) 2778-0000"),
        ("+९१", "'+९१"),
        ("-5\n", "'-5\n"),
        ("'=x", "''=x"),
        ("''=x", "'''=x"),
        ("'+91 98", "''+91 98"),
        ("'quoted'", "'quoted'"),
        ("x=1", "x=1"),
        ("", ""),
    ],
)
def test_what_gets_a_guard(text: str, guarded: str) -> None:
    assert guard(text) == guarded
    assert unguard(guarded) == text


@given(CELLS)
def test_the_guard_comes_off_exactly(text: str) -> None:
    assert unguard(guard(text)) == text


def test_a_guard_from_another_program_comes_off_a_phone() -> None:
    assert unguard("'+91 98765 43210") == "+91 98765 43210"


@given(st.integers(1, 4).flatmap(lambda n: st.lists(st.tuples(*[CELLS] * n), max_size=5)))
@example([("a\r", "\r\nb"), ("'=", '"')])
@example([("\n",)])
@settings(max_examples=sample(80, 300))
def test_every_table_comes_back_as_it_was(rows: list[tuple[str, ...]]) -> None:
    columns = [f"name {place}" for place in range(len(rows[0]) if rows else 1)]
    text = "".join(lines(columns, rows))
    sheet = read_csv(text.encode(), delimiter=",", header=1, encoding="utf-8")
    assert sheet.columns == tuple(columns)
    assert not sheet.problems
    assert [one.cells for one in sheet.rows] == [row for row in rows if any(cell.strip() for cell in row)]
    assert list(csv.reader(io.StringIO(text, newline=""))) == [columns, *([guard(c) for c in row] for row in rows)]


def test_values_are_written_as_cells() -> None:
    rows = [("आशा", None, True, {"amount": "-5", "currency": "INR"}, ["a", "b"], 'say "hi", all')]
    text = "".join(lines(["a", "b,c", "d", "e", "f", "g"], rows))
    assert text == 'a,"b,c",d,e,f,g\nआशा,,true,\'-5 INR,a; b,"say ""hi"", all"\n'


def test_a_lone_empty_cell_is_still_a_row() -> None:
    assert list(lines(["a"], [("",), (None,)])) == ["a\n", '""\n', '""\n']


def test_control_characters_are_raw_in_a_file_and_shown_on_a_terminal() -> None:
    assert line(["\x1b[31m", "a\nb"]) == '\x1b[31m,"a\nb"\n'
    assert line(["\x1b[31m", "a\nb", "c\\d", "\tx"], shown=True) == "\\x1b[31m,a\\nb,c\\\\d,'\\tx\n"
