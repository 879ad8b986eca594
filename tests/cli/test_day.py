"""My day: one screen however busy it is, the most pressing first, and every section says how to see all of it."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.base.text import width
from crm_cli.cli.commands.day import laid_out, shares
from crm_cli.schema.table import Column, Table
from crm_cli.services.overview.day import Section
from tests.shell import Result, Shell


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs a command as if its output went to a terminal of that size."""

    def run(shell: Shell, *words: str, columns: int = 80, lines: int = 24) -> Result:
        for module in ("commands.day", "commands.timeline", "streams"):
            monkeypatch.setattr(f"crm_cli.cli.{module}.is_terminal", lambda _stream: True)
        monkeypatch.setattr("os.get_terminal_size", lambda _number: (columns, lines))
        monkeypatch.setattr("crm_cli.cli.commands.day.screen", lambda _stream: (columns, lines))
        result = shell.crm(*words, COLUMNS=str(columns), NO_COLOR="1")
        monkeypatch.undo()
        return result

    return run


def busy(shell: Shell) -> None:
    """More of everything than a screen can hold."""
    for number in range(30):
        id = f"bcd{number:03}"
        shell.write(
            f"contacts/asha-{id}.yaml",
            f"{{name: आशा {number}, cadence: 2w, created: 2026-01-01, birthday: --11-2{number % 7}}}\n",
        )
        shell.write(
            f"tasks/late-{id}.yaml",
            f"{{name: Ring the mill about order {number}, kind: call, due: 2026-11-1{number % 9}}}\n",
        )
        shell.write(f"tasks/now-{id}.yaml", f"{{name: Answer letter {number}, kind: email, due: 2026-11-20}}\n")
        shell.write(
            f"deals/deal-{id}.yaml",
            f"{{name: Deal {number}, stage: proposal, amount: 250000 INR, close_date: 2026-11-2{number % 9}, "
            "created: 2026-11-19}\n",
        )


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (120, 40), (60, 20)])
def test_a_busy_day_fits_the_screen(empty: Shell, terminal: Callable[..., Result], columns: int, lines: int) -> None:
    busy(empty)
    empty.ok("view add hot --kind deal --query stage:proposal --pinned yes")
    result = terminal(empty, columns=columns, lines=lines)
    assert (result.code, result.err) == (0, "")
    assert len(result.lines) < min(lines, 31)
    cut = [line for line in result.lines if width(line) > columns and "more: " not in line]
    assert cut == []
    headings = [line.split(" (")[0] for line in result.lines if re.match(r"\S.* \(\d+\)", line)]
    assert headings == [
        "Overdue",
        "Due today",
        "Slipping away",
        "Stuck deals",
        "Closing this month",
        "Occasions",
        "@hot",
    ]
    (late,) = [line for line in result.lines if line.startswith("Overdue")]
    assert re.fullmatch(r"Overdue \(30\), \d+ more: crm due --within 0d", late)
    assert result.lines[result.lines.index(late) + 4].startswith("  1")  # four of them at least


def test_every_command_that_a_section_names_shows_as_many(empty: Shell) -> None:
    busy(empty)
    empty.ok("view add 'my hot' --kind deal --query stage:proposal --pinned yes")
    said = re.findall(r"^(.+) \((\d+)\), \d+ more: crm (.+)$", empty.ok("").out, re.MULTILINE)
    counted = {heading: len(empty.ok(command).lines) for heading, _count, command in said if "pipeline" not in command}
    both = counted["Overdue"]
    assert both >= 60
    assert counted["Slipping away"] == 30
    assert counted["Occasions"] >= 30
    assert counted["@my hot"] == 30
    stuck = next(command for heading, _count, command in said if heading == "Stuck deals")
    assert "\t30\t" in empty.ok(stuck).out


def test_a_task_of_this_morning_is_overdue_when_its_hour_has_passed(empty: Shell) -> None:
    empty.write("tasks/a-bcdefg.yaml", "{name: Early, kind: call, due: 2026-11-20T09:00+05:30}\n")
    empty.write("tasks/b-bcdefh.yaml", "{name: Later, kind: call, due: 2026-11-20T17:00+05:30}\n")
    empty.write("tasks/c-bcdefj.yaml", "{name: Long ago, kind: call, due: 2026-02-01}\n")
    assert empty.ok("").lines[1:] == [
        *("", "Overdue (2)", "  Feb 2026  call  Long ago    bcdefj", "  09:00     call  Early       bcdefg"),
        *("", "Due today (1)", "  17:00  call  Later    bcdefh"),
    ]


def test_occasions_of_this_week_and_no_later_one(empty: Shell) -> None:
    empty.write("contacts/asha-bcdefg.yaml", "{name: Asha, birthday: 1984-11-27, created: 2026-11-19}\n")
    empty.write("contacts/ravi-bcdefh.yaml", "{name: Ravi, anniversaries: [{wedding: --11-28}], created: 2026-11-19}\n")
    assert empty.ok("").lines[2:] == ["Occasions (1)", "  27 Nov  Asha  birthday (42)  bcdefg"]


def test_pinned_views_of_one_kind_and_of_all_and_one_that_is_wrong(empty: Shell) -> None:
    empty.ok("contact add 'Asha Sharma' --phone 9876543210")
    empty.ok("organization add 'Sharma Mills'")
    empty.ok("view add people --kind contact --query sharma --pinned yes --limit 1")
    empty.ok("view add all --query sharma --pinned yes")
    empty.ok("view add nobody --kind contact --query zzz --pinned yes")
    empty.write("views/wrong-k7m3q9.yaml", "name: wrong\nkind: deal\nquery: stage:propsal\npinned: true\n")
    empty.ok("view add quiet --kind contact --query sharma")
    out = empty.ok("").out
    assert re.search(r"^@people \(1\)\n  Asha Sharma +\d+  \w{6}$", out, re.MULTILINE)
    assert re.search(r"^@all \(2\)\n  Asha Sharma +\w{6}\n  Sharma Mills +\w{6}$", out, re.MULTILINE)
    assert "@wrong\n  in the view wrong: stage cannot be propsal" in out
    assert "nobody" not in out
    assert "quiet" not in out


def test_a_view_has_the_columns_that_the_screen_can_hold(empty: Shell, terminal: Callable[..., Result]) -> None:
    empty.ok(
        "deal add Website --amount 150000 --close-date 2027-11-25 --next-step 'send the long quote to all of them'"
    )
    columns = ("name", "stage", "amount", "close_date", "next_step", "created", "owner")
    words = [word for name in columns for word in ("--column", name)]
    empty.crm("view", "add", "hot", "--kind", "deal", "--query", "website", "--pinned", "yes", *words)
    lines = terminal(empty, columns=60).lines
    row = lines[lines.index("@hot (1)") + 1]
    assert re.fullmatch(r"  Website  prospecting  ₹1,50,000  Nov 2027  \w{6}", row)
    assert "send the long quote" in empty.ok("").out


def section(number: int, rows: int) -> Section:
    made = [(f"row {row}", f"h{row}") for row in range(rows)]
    return Section(f"Part {number}", rows, Table("day", (Column("name"), Column("handle")), made), "crm due")


@given(st.lists(st.integers(1, 40), max_size=14), st.integers(8, 45))
def test_the_lines_never_exceed_the_screen(counts: list[int], height: int) -> None:
    sections = [section(place, count) for place, count in enumerate(counts)]
    lines = list(laid_out(sections, height, "IN", 80, colored=False))
    assert len(lines) <= height
    told = " ".join(lines)
    assert all(f"Part {place} ({count})" in told for place, count in enumerate(counts))


@given(st.lists(st.integers(1, 40), max_size=10), st.integers(0, 60))
def test_the_first_sections_have_the_most_rows(counts: list[int], lines: int) -> None:
    shown = shares(counts, lines)
    assert all(1 <= rows <= count for rows, count in zip(shown, counts, strict=True))
    assert sum(shown) <= max(lines, len(counts))
    if sum(counts) <= lines:
        assert shown == counts
    for place, rows in enumerate(shown[2:], 2):
        assert rows <= max(shown[0], 1) or shown[0] == counts[0], (place, shown)


def test_a_timeline_on_a_terminal_has_its_days_as_headings(sample: Shell, terminal: Callable[..., Result]) -> None:
    lines = terminal(sample, "timeline", "asha", lines=1000).lines
    assert lines[:3] == [
        "Thursday 19 November 2026, yesterday",
        "  16:30  call      Hindi–English switch has to be in phase one →…  meera  t8n4c6",
        "",
    ]
    task = lines.index("Tuesday 17 November 2026, 3 days ago")
    assert lines[task + 1].startswith("         task      Send the AMC")
    assert [line for line in lines if width(line) > 80] == []
    sample.write("tasks/mop-bcdefq.yaml", "{name: Mop the floor}\n")
    assert terminal(sample, "timeline", "bcdefq").out == ""


@pytest.mark.parametrize("day", ["9999-12-31", "9999-12-25", "0001-01-01"])
def test_there_is_a_day_at_either_end_of_the_calendar(looking: Shell, day: str) -> None:
    assert looking.crm(CRM_NOW=day).code == 0
