"""My day on the screen: sections, what an empty book says, the charts beside it, what commands are for."""

from rich.cells import cell_len
from textual.pilot import Pilot

from crm_cli.tui.screens.day import Day
from crm_cli.tui.screens.record import RecordPage
from crm_cli.tui.widgets.charts import Charts
from crm_cli.tui.widgets.rows import Rows
from tests.shell import Shell
from tests.tui.conftest import LARGE, SMALL, play, press, resized, shown


def test_the_most_pressing_comes_first_and_opens(looking: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        lines = shown(pilot.app)
        assert lines[3] == "Overdue (3)"
        assert lines[4].startswith("> 16 Nov  call  ")
        assert max(map(cell_len, lines)) <= 80
        assert not pilot.app.screen.query_one(Charts).display
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, RecordPage)
        assert pilot.app.screen.ref == "ask-neeraj-whether-the-simpler-site-would-do-zf9s38"

    play(looking, act, size=SMALL)


def test_charts_stand_beside_it_where_there_is_room(looking: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        text = "\n".join(shown(pilot.app))
        assert "talks in 30 days, most" in text
        for heading in ("Pipeline, weighted, INR", "Forecast, weighted, INR", "Pipeline, weighted, EUR", "also in USD"):
            assert heading in text
        assert max(map(cell_len, shown(pilot.app))) <= 120
        await resized(pilot, (100, 30))
        assert "30 days" not in "\n".join(shown(pilot.app))

    play(looking, act, size=LARGE)


def test_a_record_in_two_sections_is_one_record_for_a_command(looking: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        page = pilot.app.screen
        assert isinstance(page, Day)
        rows = page.query_one(Rows)
        refs = [line.ref for line in rows.items if line.ref]
        twice = next(ref for ref in refs if refs.count(ref) == 2)
        rows.marked = {line.key for line in rows.items if line.ref == twice}
        assert len(rows.marked) == 2
        assert page.chosen() == [twice]

    play(looking, act, size=SMALL)


def test_an_empty_book_says_what_to_do(empty: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        text = "\n".join(shown(pilot.app))
        assert "The book is empty. Begin with one of these:" in text
        assert "a  a new contact" in text
        await press(pilot, "enter", "j", "d")
        assert isinstance(pilot.app.screen, Day)

    play(empty, act, size=LARGE)


def test_a_book_where_nothing_is_due_says_so(empty: Shell) -> None:
    empty.write("contacts/asha-k7m3q9.yaml", "name: Asha\n")

    async def act(pilot: Pilot[int]) -> None:
        text = "\n".join(shown(pilot.app))
        assert "Nothing is due." in text
        assert "2 shows the deals, 7 what happened lately" in text

    play(empty, act, size=SMALL)


def test_a_pinned_view_that_is_wrong_says_so_in_its_place(empty: Shell) -> None:
    empty.write("views/odd-aaaaa1.yaml", "name: odd\nkind: contact\nquery: nofield:x\npinned: true\n")
    empty.write("views/hostile-bbbbb2.yaml", 'name: "[/]\\e[2J"\nkind: contact\nquery: ""\npinned: true\n')
    empty.write("contacts/asha-k7m3q9.yaml", 'name: "[@click=app.leave]x[/] \\u202E"\n')

    async def act(pilot: Pilot[int]) -> None:
        text = "\n".join(shown(pilot.app))
        assert "@odd" in text
        assert "nofield" in text
        assert "@[/]\\x1b[2J (1)" in text
        assert "[@click=app.leave]x[/] \\u202e" in text

    play(empty, act, size=SMALL)
