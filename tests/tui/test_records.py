"""The list of a kind: columns, filter, order, marks, views; what is written stands in files and commits."""

import asyncio

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from crm_cli import kinds
from crm_cli.schema.kind import Kinds, declare
from crm_cli.schema.record import Record, attr
from crm_cli.tui import places
from crm_cli.tui.screens.records import Records
from tests.shell import Shell
from tests.tui.conftest import LARGE, SMALL, play, press, settled, shown, told, write


def page(pilot: Pilot[int]) -> Records:
    """The list that is shown."""
    screen = pilot.app.screen
    assert isinstance(screen, Records)
    return screen


def status(pilot: Pilot[int]) -> str:
    """What stands at the right of the line below the places."""
    return shown(pilot.app)[1].rpartition("  ")[2]


@pytest.mark.parametrize(
    ("size", "columns"),
    [
        (SMALL, "name organizati… stage ▲ amount close_date next_task"),
        (LARGE, "name organization stage ▲ amount close_date next_task"),
    ],
)
def test_a_list_has_the_columns_of_its_kind_as_far_as_there_is_room(
    looking: Shell, size: tuple[int, int], columns: str
) -> None:
    async def act(pilot: Pilot[int]) -> None:
        lines = shown(pilot.app)
        assert status(pilot) == "25 deals"
        assert lines[3].split() == columns.split()
        assert lines[4].startswith("> ट्यूशन क्लास की वेब")
        assert ("Landing page for a farm app " in lines[6]) == (size == LARGE)

    play(looking, act, first="deal", size=size)


def test_the_filter_answers_while_one_types_and_keeps_the_list_where_a_word_is_wrong(looking: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "slash")
        await write(pilot, "stage:won")
        assert status(pilot) == "8 of 25 deals, stage:won"
        page(pilot).query_one(Input).insert_text_at_cursor(" stge:won")
        await settled(pilot)
        assert shown(pilot.app)[4].strip() == "deal has no field stge - did you mean stage?"
        assert status(pilot) == "8 of 25 deals, stage:won"
        assert page(pilot).chosen() != []
        await press(pilot, *["backspace"] * 9, "enter", "j")
        assert shown(pilot.app)[4].split()[0] == "name"
        before = page(pilot).chosen()
        await press(pilot, "3")
        assert status(pilot) == "40 contacts"
        await press(pilot, "5")
        assert (status(pilot), page(pilot).chosen()) == ("8 of 25 deals, stage:won", before)
        await press(pilot, "slash", "escape")
        assert status(pilot) == "25 deals"

    play(looking, act, first="deal")


def test_a_view_that_goes_away_leaves_the_list_and_says_so_by_the_filter(sample: Shell) -> None:
    sample.ok("view add hot2 --kind deal --query stage:won")

    async def act(pilot: Pilot[int]) -> None:
        assert status(pilot) == "8 of 25 deals, @hot2"
        (name,) = (path for path in sample.files() if path.startswith("views/hot2"))
        (sample.book / name).unlink()
        page(pilot).crm.book_changed()
        await settled(pilot)
        assert shown(pilot.app)[4].strip().startswith("there is no view @hot2")
        assert told(pilot.app) == []
        assert status(pilot) == "25 deals"

    play(sample, act, first="deal", filter="@hot2")


def test_settings_that_break_are_told_and_the_list_stays(sample: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        sample.write("crm.yaml", "format: [")
        page(pilot).crm.book_changed()
        await settled(pilot)
        assert any("crm.yaml" in text for text in told(pilot.app))
        assert any("Bridal lookbook" in line for line in shown(pilot.app))

    play(sample, act, first="deal")


def test_nothing_found_and_nothing_there_say_what_to_do(looking: Shell, empty: Shell) -> None:
    async def nothing_fits(pilot: Pilot[int]) -> None:
        assert "nothing fits tag:nowhere" in shown(pilot.app)[5]
        assert page(pilot).chosen() == []

    play(looking, nothing_fits, first="contact", filter="tag:nowhere")

    async def nothing_there(pilot: Pilot[int]) -> None:
        assert "no contacts yet" in shown(pilot.app)[4]
        assert "a adds one" in shown(pilot.app)[5]
        await press(pilot, "space", "asterisk", "enter", "o", "escape")

    play(empty, nothing_there, first="contact", size=SMALL)


def test_the_order_is_chosen_turned_round_and_clicked(looking: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "o", *"amount", "enter", "home")
        assert "amount ▲" in shown(pilot.app)[3]
        assert "$5,200" in shown(pilot.app)[4] or "₹22,000" in shown(pilot.app)[4] or "€4,200" in shown(pilot.app)[4]
        await press(pilot, "o", "enter")
        assert "amount ▼" in shown(pilot.app)[3]
        at = shown(pilot.app)[3].index("organization")
        await pilot.click("Head", offset=(at + 2, 0))
        await settled(pilot)
        assert "organization ▲" in shown(pilot.app)[3]

    play(looking, act, first="deal")


def test_what_is_marked_is_what_commands_are_for(looking: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "space", "space", "j", "space")
        assert status(pilot) == "3 marked, 40 contacts"
        assert [line[:2] for line in shown(pilot.app)[4:9]] == [" *", " *", "  ", " *", "> "]
        await press(pilot, "k")
        assert shown(pilot.app)[7].startswith(">*")
        assert len(page(pilot).chosen()) == 3
        await press(pilot, "asterisk")
        assert len(page(pilot).chosen()) == 40
        await press(pilot, "asterisk")
        assert status(pilot) == "40 contacts"

    play(looking, act, first="contact")


def test_columns_are_shown_hidden_and_moved(looking: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "O", "down", "down", "space")  # without the organization
        await press(pilot, *"owner", "space", "enter")
        header = shown(pilot.app)[3].split()
        assert "organization" not in header
        assert "owner" in header
        await press(pilot, "O", "down", "less_than_sign", "enter")
        assert page(pilot).question.columns[:2] == ("name", "id")

    play(looking, act, first="deal", size=LARGE)


def test_a_view_is_shown_with_its_columns_and_order(looking: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "v", *"hot", "enter")
        assert status(pilot) == "7 of 25 deals, @hot"
        assert "close_date ▲" in shown(pilot.app)[4]
        assert "next_step" in shown(pilot.app)[4]

    play(looking, act, first="deal", size=LARGE)


def test_the_palette_knows_the_views_of_every_kind(sample: Shell) -> None:
    sample.ok("view add '[red]sl[/]' --kind contact --query 'touch:yellow,red \"[@click=app.leave]\"'")

    async def act(pilot: Pilot[int]) -> None:
        await pilot.press("ctrl+p")
        await until(pilot, "Search for commands")
        pilot.app.screen.query_one(Input).value = "[red]sl"
        await until(pilot, "[red]sl[/]  view of contacts")
        pilot.app.screen.query_one(Input).value = "slipping"
        await until(pilot, "slipping  view of contacts")
        await pilot.press("enter")
        await until(pilot, "@slipping")
        assert page(pilot).question.text == "@slipping"
        assert "of 40 contacts, @slipping" in status(pilot)

    play(sample, act, first="deal")


async def until(pilot: Pilot[int], text: str) -> None:
    """Waits for a text on the screen: the palette gathers for a while."""
    for _ in range(200):
        await settled(pilot)
        if any(text in line for line in shown(pilot.app)):
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{text} does not come: {shown(pilot.app)}")


def test_what_is_shown_is_kept_as_a_view_by_one_commit(sample: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "o", *"amount", "enter", "V")
        await write(pilot, "big ones")
        await press(pilot, "enter")
        assert told(pilot.app) == ['saved: @"big ones" shows this in any query - u takes it back']
        assert status(pilot) == '8 of 25 deals, @"big ones"'
        await press(pilot, "o", "enter", "V")
        await write(pilot, "big ones")
        assert any('@"big ones" is there' in line for line in shown(pilot.app))
        await press(pilot, "enter")

    before = sample.git("rev-list", "--count", "HEAD")
    play(sample, act, first="deal", filter="stage:won")
    (name,) = (path for path in sample.files() if path.startswith("views/big-ones"))
    assert sample.files()[name].decode().splitlines()[:4] == [
        "name: big ones", "kind: deal", "query: stage:won", 'sort: "-amount"',
    ]  # fmt: skip
    assert int(sample.git("rev-list", "--count", "HEAD")) == int(before) + 2
    assert len(sample.ok("deal list '@\"big ones\"'").lines) == 8
    assert sample.git("status", "--porcelain") == ""


def test_a_view_of_another_kind_is_not_overwritten(sample: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "V")
        await write(pilot, "key-accounts")
        await press(pilot, "enter")
        assert told(pilot.app)[0].startswith("the view key-accounts lists contact")

    before = sample.files()
    play(sample, act, first="deal")
    assert sample.files() == before


def test_nothing_in_a_name_reaches_the_terminal_or_the_layout(empty: Shell) -> None:
    bad = "[@click=app.leave]x[/]"
    empty.write("contacts/esc-b2c3d4.yaml", 'name: "\\e[31mEvil\\e]0;t\\a"\n')
    empty.write("contacts/markup-b2c3d5.yaml", f'name: "{bad}"\n')
    empty.write("contacts/long-b2c3d6.yaml", f"name: {'क' * 10_000}\nemails: [long@acme.example]\n")
    empty.write("contacts/broken-b2c3d7.yaml", "name: [")

    async def act(pilot: Pilot[int]) -> None:
        lines = shown(pilot.app)
        assert status(pilot) == "3 contacts"
        assert "\x1b" not in "".join(lines)
        assert any("\\x1b[31mEvil" in line for line in lines)
        assert any(bad in line for line in lines)
        assert any("ककककक…" in line and "long@acme.exa" in line for line in lines)
        await press(pilot, "O", "escape", "o", "escape", "slash")
        await write(pilot, "[bold]")
        assert status(pilot) == "0 of 3 contacts, [bold]"

    play(empty, act, first="contact", size=SMALL)


@pytest.fixture
def parcels(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind that nobody has thought of."""

    @declare(folder="parcels", columns="id name weight", sorted_by="name")
    class Parcel(Record):
        """Something to be sent."""

        weight: int | None = attr("integer", doc="grams")

    monkeypatch.setattr(kinds, "KINDS", Kinds((*kinds.KINDS.all, Parcel.kind_)))
    monkeypatch.setattr(
        places, "PLACES", (*places.PLACES, places.Place("parcel", "Parcels", "", "records", "Records", "parcel"))
    )


@pytest.mark.usefixtures("parcels")
def test_a_new_kind_has_a_list(empty: Shell) -> None:
    empty.write("parcels/box-b2c3d4.yaml", "name: Box\nweight: 1200\n")
    empty.write("parcels/crate-b2c3d5.yaml", "name: Crate\nweight: 90\n")

    async def act(pilot: Pilot[int]) -> None:
        assert status(pilot) == "2 parcels"
        assert shown(pilot.app)[3].split() == ["name", "▲", "weight", "id"]
        await press(pilot, "slash")
        await write(pilot, "name:box")
        assert status(pilot) == "1 of 2 parcels, name:box"

    play(empty, act, first="parcel")


def test_another_question_is_answered_from_its_first_record(looking: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, *["j"] * 12, "slash")
        await write(pilot, "sharma")
        assert page(pilot).chosen() == [page(pilot).grid.rows.picture.key(page(pilot).grid.rows.items[0])]
        kept = page(pilot).chosen()
        await press(pilot, *["backspace"] * 3)  # the record that the cursor is on fits this, too
        assert page(pilot).chosen() == kept

    play(looking, act, first="contact")


def test_a_form_is_for_one_record(looking: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "space", "space", "i")
        assert isinstance(pilot.app.screen, Records)
        assert told(pilot.app) == ["a form is for one record, and 2 are marked; e opens them in your editor"]

    play(looking, act, first="deal")


def test_tasks_begin_with_those_that_are_open_and_a_filter_goes_on_behind_its_words(looking: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        assert status(pilot) == "20 of 30 tasks, status:open"
        await press(pilot, "slash")
        await write(pilot, "kind:call")
        assert status(pilot).endswith(" of 30 tasks, status:open kind:call")
        await press(pilot, "escape")
        assert status(pilot) == "30 tasks"

    play(looking, act, first="task")
