"""Tables on a terminal: they fit, their columns line up in every script, and record text stays text."""

import importlib.util
import os
import pty
import re
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.base.text import width
from crm_cli.cli import terminal
from crm_cli.cli.terminal import Look, draw, screen
from crm_cli.formats.shown import NARROWEST, fit, for_reader
from crm_cli.schema.table import Column
from tests.screen import on_a_terminal

COLUMNS = (
    Column("id"),
    Column("name"),
    Column("organization.name"),
    Column("stage", "choice"),
    Column("amount", "money"),
    Column("close_date", "date"),
    Column("next_task", "moment"),
)
ROWS = [
    (
        "shrimati-asha-sharma-k7m3q9",
        "श्रीमती आशा शर्मा",
        "Acme Textiles & Dyeing Private Limited",
        "proposal",
        {"amount": "1250000.50", "currency": "INR"},
        "2026-11-21",
        "2026-11-21T10:30+05:30",
    ),
    (
        "ravi-b4x8w2",
        "[bold]Ravi[/] \x1b[31m\u202e",
        "漢字 कंपनी क्\u200dष",
        "won",
        {"amount": "500", "currency": "EUR"},
        None,
        None,
    ),
]
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def _starts(line: str, column: str) -> int:
    return width(line[: line.index(column)])


def test_the_whole_table_without_a_limit() -> None:
    lines = draw(COLUMNS, ROWS, Look()).splitlines()
    hindi, mixed = "श्रीमती आशा शर्मा", "漢字 कंपनी क्\u200dष"
    assert [line.rstrip() for line in lines] == [
        f"{'id':29}{'name':30}{'organization.name':40}{'stage':10}{'amount':>13}  close_date  next_task",
        f"shrimati-asha-sharma-k7m3q9  {hindi}{' ' * (30 - width(hindi))}"
        "Acme Textiles & Dyeing Private Limited  proposal  ₹12,50,000.50  2026-11-21  2026-11-21 10:30",
        f"{'ravi-b4x8w2':29}{'[bold]Ravi[/] ' + chr(92) + 'x1b[31m' + chr(92) + 'u202e':30}"
        f"{mixed}{' ' * (40 - width(mixed))}{'won':10}{'€500':>13}",
    ]
    assert len({width(line) for line in lines}) == 1


@pytest.mark.parametrize(("cells", "last"), [(100, "10:30"), (80, "2026-11-21")])
def test_where_room_is_short_an_id_is_its_random_part_and_hours_give_way_to_texts_alone(cells: int, last: str) -> None:
    lines = draw(COLUMNS, ROWS, Look(cells)).splitlines()
    assert [line.split()[0] for line in lines] == ["id", "k7m3q9", "b4x8w2"]
    assert lines[1].split()[-1] == last


def test_texts_are_cut_before_a_date_or_an_amount() -> None:
    due, name = Column("due", "moment"), Column("name")
    rows = [("2026-11-27T15:00:00+05:30", "x" * 90), ("2026-11-28", "short")]
    assert draw((due, name), rows, Look(40)).splitlines()[1].startswith("2026-11-27 15:00  xxxxx")
    drawn = draw(COLUMNS, ROWS, Look(72)).splitlines()[1]
    assert "₹12,50,000.50  2026-11-21  2026-11-21" in drawn
    assert fit([10, 10, 30], 30, [10, 10, 0]) == [10, 10, 10]
    assert fit([10, 10, 30], 23, [10, 10, 0]) == fit([10, 10, 30], 23)


@pytest.mark.parametrize("cells", [40, 80, 120])
def test_the_widest_columns_give_way(cells: int) -> None:
    lines = draw(COLUMNS, ROWS, Look(cells)).splitlines()
    assert {width(line) for line in lines} <= set(range(cells + 1))
    assert len({width(line) for line in lines}) == 1
    assert "…" in lines[1]
    assert ("2026-11-21  " in lines[1]) is (cells > 40)


TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.text(
    st.sampled_from("आशाक्षी\u200d\u200cश्रीमती abcé漢👩‍👧️")
)


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4), st.sampled_from([None, 20, 40]))
def test_columns_line_up_whatever_stands_in_them(rows: list[tuple[str, str]], cells: int | None) -> None:
    marked = [(first, "|", second) for first, second in rows]
    lines = draw((Column("a"), Column("|"), Column("b")), marked, Look(cells)).split("\n")[:-1]
    assert len(lines) == len(rows) + 1
    assert len({width(line) for line in lines}) == 1
    assert not any(char in line for line in lines for char in "\x1b\x9b\u202e\u2028\r")


def test_long_listings_keep_the_columns_of_their_first_screens() -> None:
    rows = [ROWS[place % 2] for place in range(terminal.RICH_ROWS + 7)]
    lines = draw(COLUMNS, rows, Look(100, colored=True)).splitlines()
    plain = [ESCAPES.sub("", line) for line in lines]
    assert len(plain) == len(rows) + 1
    assert plain[1:] == [plain[1 + place % 2] for place in range(len(rows))]


def test_only_the_header_is_styled_and_only_in_colour() -> None:
    colored = draw(COLUMNS, ROWS, Look(120, colored=True)).splitlines()
    assert "\x1b[1m" in colored[0]
    assert not any("\x1b" in line for line in colored[1:])
    assert ESCAPES.sub("", "\n".join(colored)) + "\n" == draw(COLUMNS, ROWS, Look(120))


@pytest.mark.parametrize("environment", ["NO_COLOR", "FORCE_COLOR"])
def test_rich_does_not_look_at_the_environment_again(environment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = draw(COLUMNS, ROWS, Look(120))
    monkeypatch.setenv(environment, "1")
    assert draw(COLUMNS, ROWS, Look(120)) == expected


@pytest.mark.parametrize(
    ("value", "country", "text"),
    [
        (None, "IN", ""),
        (True, "IN", "yes"),
        (False, "IN", "no"),
        ({"amount": "1250000", "currency": "INR"}, "IN", "₹12,50,000"),
        ({"amount": "1250000", "currency": "INR"}, "GB", "₹1,250,000"),
        ([{"amount": "10", "currency": "EUR"}, {"amount": "100000", "currency": "INR"}], "IN", "€10; ₹1,00,000"),
        ([{"label": "mobile", "value": "+91 98"}, {"label": None, "value": "x; y"}], "IN", "mobile: +91 98; x; y"),
        ({"likes": "tea"}, "IN", '{"likes":"tea"}'),
        (42, "IN", "42"),
    ],
)
def test_values_as_people_read_them(value: Any, country: str, text: str) -> None:
    assert for_reader(value, country) == text


@given(st.lists(st.integers(0, 90), min_size=1, max_size=9), st.integers(0, 300))
def test_widths_fit_and_no_column_gives_way_before_a_wider_one(widest: list[int], room: int) -> None:
    widths = fit(widest, room)
    assert sum(widths) <= max(room, sum(min(cells, NARROWEST) for cells in widest))
    assert all(got <= cells for got, cells in zip(widths, widest, strict=True))
    if sum(widest) <= room:
        assert widths == widest
    cut = [got for got, cells in zip(widths, widest, strict=True) if got < cells]
    assert not cut or min(cut) >= max(widths) - 1


def _in_process(code: str, columns: int, **environ: str) -> str:
    """What a fresh interpreter prints on a terminal of that width."""
    env = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "NO_COLOR", "FORCE_COLOR")}
    env |= {"TERM": "xterm-256color", "PYTHONPATH": os.pathsep.join(sys.path), **environ}
    code_of, seen = on_a_terminal([sys.executable, "-c", code], env, lines=24, columns=columns)
    assert code_of == 0, seen
    return seen


PROGRAM = """
import sys
from crm_cli.cli.output import OutputOptions, write
from crm_cli.cli.streams import prepare_streams
from crm_cli.schema.table import Column, Table
prepare_streams()
columns = [Column("id"), Column("name"), Column("organization.name"), Column("amount", "money"), Column("note")]
money = {"amount": "125000", "currency": "INR"}
rows = [("asha-sharma-k7m3q9", "श्रीमती आशा शर्मा", "Acme Textiles Private Limited", money, "x" * 60),
        ("ravi-b4x8w2", "Ravi \\x1b[31m[/]", None, None, "आशा " * 20)]
write(Table("contact", tuple(columns), rows), OutputOptions(), sys.stdout)
"""


@pytest.mark.parametrize("columns", [80, 120])
def test_on_a_real_terminal_the_table_fits_and_lines_up(columns: int) -> None:
    seen = _in_process(PROGRAM, columns)
    assert "\x1b[1mid" in seen
    lines = ESCAPES.sub("", seen).splitlines()
    assert len(lines) == 3
    assert {width(line) for line in lines} == {columns}
    assert _starts(lines[1], "₹1,25,000") + width("₹1,25,000") == _starts(lines[0], "amount") + width("amount")
    assert "Ravi \\x1b[31m[/]" in lines[2] or "Ravi \\x1b" in lines[2]


def test_no_colour_on_a_terminal_that_wants_none() -> None:
    assert "\x1b" not in _in_process(PROGRAM, 80, NO_COLOR="1")
    assert "\x1b" not in _in_process(PROGRAM, 80, TERM="dumb")


def test_where_signs_take_no_cell_the_columns_line_up_for_that() -> None:
    code = PROGRAM.replace("OutputOptions()", 'OutputOptions(indic_width="zero", color="never")')
    code += "\nfrom rich.cells import cell_len\nassert cell_len('शा') == 1\n"
    lines = _in_process(code, 80).splitlines()
    measured = [width(line) - sum(char in "ाीि" for char in line) for line in lines]
    assert set(measured) == {80}


def test_texts_are_cut_by_the_cells_that_this_terminal_gives_them(monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec("rich.cells")
    assert found is not None
    assert found.loader is not None
    untaught = importlib.util.module_from_spec(found)
    found.loader.exec_module(untaught)
    monkeypatch.setattr("rich.cells", untaught)
    measure, cut = terminal._measure("zero")
    assert measure("आशाशाशा") == 4
    assert cut("आशाशाशा", 4) == "आशाशाशा"
    assert cut("आशाशाशाशा", 3) == "आशा…"
    assert measure(cut("漢字漢字", 3)) <= 3


class _Stream:
    """A stream behind a descriptor, or behind none."""

    def __init__(self, number: int | None) -> None:
        self.number = number

    def fileno(self) -> int:
        if self.number is None:
            raise ValueError
        return self.number


def test_the_size_of_what_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    ours, theirs = pty.openpty()
    try:
        for stream in (_Stream(None), _Stream(theirs)):  # a terminal that was told no size says 0
            assert screen(stream) == (80, 24)  # type: ignore[arg-type]
        for given_, columns in (("132", 132), ("0", 80), ("many", 80), ("99999999", 80)):
            monkeypatch.setenv("COLUMNS", given_)
            assert screen(_Stream(theirs)) == (columns, 24)  # type: ignore[arg-type]
    finally:
        os.close(ours)
        os.close(theirs)
