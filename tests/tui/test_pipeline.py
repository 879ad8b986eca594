"""The board: columns and cards, moving a deal by keys and by mouse, what fits where there is little room."""

import asyncio

import pytest
from textual.pilot import Pilot

from crm_cli.base.text import width
from crm_cli.services.deals.board import Lane, Stack
from crm_cli.tui.screens.pipeline import Pipeline, next_stage
from crm_cli.tui.widgets.cards import Cards
from tests.shell import Shell
from tests.tui.conftest import ENDED, LARGE, SMALL, at_once, play, press, settled, shown, told

TWO_LINES = """
pipelines:
  sales:
    stages:
      - {name: lead, probability: 10, rotting_days: 14}
      - {name: offer, probability: 50}
      - {name: won, type: won}
      - {name: lost, type: lost}
  staff:
    stages:
      - {name: applied, probability: 10}
      - {name: "पहली मुलाकात"}
      - {name: hired, type: won}
"""
HOSTILE = "[/] [@click=app.leave]x[/] \\e[2J\\u202Eevil \\U0001F468\\u200D\\U0001F469 漢字 שלום "


@pytest.fixture
def deals(empty: Shell) -> Shell:
    """A book with two pipelines and a few deals."""
    with (empty.book / "crm.yaml").open("a") as settings:
        settings.write(TWO_LINES)
    empty.write("organizations/acme-b4x8w2.yaml", "name: Acme\n")
    for name, rest in (
        ("alpha-aaaaa1", "stage: lead\namount: 100 INR\nclose_date: 2026-12-01\norganization: acme-b4x8w2\n"),
        ("beta-bbbbb2", "stage: lead\namount: 20 EUR\nclose_date: 2026-12-02\n"),
        ("gamma-ggggg3", "stage: offer\namount: 300 INR\nclose_date: 2026-12-09\n"),
        ("delta-ddddd4", "stage: applied\npipeline: sales\n"),
        ("eps-eeeee5", "stage: applied\npipeline: staff\n"),
    ):
        created = "created: 2026-11-15T10:00:00+05:30\n"
        empty.write(f"deals/{name}.yaml", f"name: {name.partition('-')[0].capitalize()}\n{rest}{created}")
    empty.git("add", "-A")
    empty.git("commit", "-qm", "deals")
    return empty


async def acted(pilot: Pilot[int]) -> None:
    """Waits for what was begun by a key or the mouse."""
    await pilot.pause()
    async with asyncio.timeout(20):
        while any(worker.group == "act" and worker.state not in ENDED for worker in pilot.app.workers):
            await asyncio.sleep(0.005)
    await settled(pilot)


def under_cursor(pilot: Pilot[int]) -> str:
    assert isinstance(pilot.app.screen, Pipeline)
    return pilot.app.screen.chosen()[0] if pilot.app.screen.chosen() else ""


def stage_of(shell: Shell, id: str) -> str:
    lines = (shell.book / f"deals/{id}.yaml").read_text().splitlines()
    return next(line for line in lines if line.startswith("stage:")).removeprefix("stage: ")


def subjects(shell: Shell) -> list[str]:
    return shell.git("log", "--format=%s").splitlines()


def test_the_sample_pipeline_fits_the_smallest_screen(looking: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        lines = shown(pilot.app)
        assert lines[3].startswith("sales: 13 open, €13,000; ₹14,70,000; $6,500 (≈ ")
        assert lines[4].split() == ["prospecting", "3", "qualification", "3", "proposal", "4", "negotiation", "3"]
        text = "\n".join(lines)
        assert "! Sofa" in text
        assert "≈ ₹52,500" in text
        assert "won: 0 this month" in text
        assert max(map(width, lines)) <= 80

    play(looking, act, first="pipeline", size=SMALL)


def test_a_card_says_what_when_whose_and_for_how_long(looking: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        lines = shown(pilot.app)
        place = next(number for number, line in enumerate(lines) if "Gear catalogue" in line)
        column = lines[place].index("! Gear") - 2
        texts = [line[column : column + 30].strip().split("  ") for line in lines[place : place + 3]]
        assert texts[0][0].startswith("! Gear catalogue, 96 pages")
        assert (texts[1][0], texts[1][-1].strip()) == ("₹1,80,000", "18 Nov")
        assert (texts[2][0], texts[2][-1].strip()) == ("Sahya Gearworks", "16d")

    play(looking, act, first="pipeline", size=LARGE)


def test_keys_move_a_deal_and_the_cursor_follows_it(deals: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        assert under_cursor(pilot) == "alpha-aaaaa1"
        await press(pilot, "l")
        await acted(pilot)
        assert under_cursor(pilot) == "alpha-aaaaa1"  # above Gamma now, which had the cursor of that column
        assert told(pilot.app) == ["Alpha: lead -> offer - u takes it back"]
        await press(pilot, "h")
        await acted(pilot)
        assert under_cursor(pilot) == "alpha-aaaaa1"

    play(deals, act, first="pipeline")
    assert stage_of(deals, "alpha-aaaaa1") == "lead"
    assert subjects(deals)[:3] == ["move deal aaaaa1", "move deal aaaaa1", "deals"]


def test_a_second_key_goes_on_from_where_the_first_one_leads(deals: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        at_once(pilot, "l", "h", "l", "l")
        await acted(pilot)
        assert told(pilot.app) == ["Alpha: offer -> won - u takes it back"]  # of four, only the last is still said

    play(deals, act, first="pipeline")
    assert stage_of(deals, "alpha-aaaaa1") == "won"
    assert subjects(deals)[:5] == ["move deal aaaaa1"] * 4 + ["deals"]


def test_beyond_the_last_open_stage_a_deal_is_won(deals: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "right", "l")
        await acted(pilot)
        assert "won: 1 this month" in "\n".join(shown(pilot.app))

    play(deals, act, first="pipeline")
    assert stage_of(deals, "gamma-ggggg3") == "won"


def test_marked_deals_of_a_column_move_together(deals: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "space", "space", "l")
        await acted(pilot)

    play(deals, act, first="pipeline")
    assert [stage_of(deals, id) for id in ("alpha-aaaaa1", "beta-bbbbb2")] == ["offer", "offer"]
    assert len(subjects(deals)) == 3  # one action, one commit


@pytest.mark.parametrize("target", ["offer", "won"])
def test_the_mouse_drags_a_card_into_another_stage(deals: Shell, target: str) -> None:
    async def act(pilot: Pilot[int]) -> None:
        page = pilot.app.screen
        assert isinstance(page, Pipeline)
        card = page.board.columns[0].cards
        places = {each.stage: each for each in (*page.board.columns, *page.board.closed)}
        await pilot.mouse_down(card, offset=(4, 3))  # the second card: each has three lines
        await pilot.hover(places[target], offset=(4, 1))
        assert [each.stage for each in places.values() if each.has_class("-target")] == [target]
        await pilot.mouse_up(places[target], offset=(4, 1))
        await acted(pilot)
        assert not any(each.has_class("-target") for each in places.values())

    play(deals, act, first="pipeline")
    assert stage_of(deals, "beta-bbbbb2") == target
    assert subjects(deals)[0] == "move deal bbbbb2"


def test_a_card_dropped_where_it_was_or_outside_stays(deals: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        page = pilot.app.screen
        assert isinstance(page, Pipeline)
        card = page.board.columns[0].cards
        for end in (card, "#bar"):
            await pilot.mouse_down(card, offset=(4, 0))
            await pilot.mouse_up(end, offset=(5, 0))
            await acted(pilot)

    play(deals, act, first="pipeline")
    assert subjects(deals)[0] == "deals"


def test_a_narrow_screen_shows_the_columns_around_the_cursor(looking: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        assert shown(pilot.app)[3].endswith("▶ proposal (4), negotiation (3)")
        await press(pilot, "tab", "right", "right")
        lines = shown(pilot.app)
        assert lines[3].endswith("◀ prospecting (3), qualification (3)")
        assert lines[4].split() == ["proposal", "4", "negotiation", "3"]
        await press(pilot, "left", "left")
        assert shown(pilot.app)[4].split() == ["qualification", "3", "proposal", "4"]
        assert isinstance(pilot.app.focused, Cards)

    play(looking, act, first="pipeline", size=(50, 24))


@pytest.mark.parametrize(
    ("size", "cards", "sums", "strip"),
    [((40, 10), 1, [], False), ((45, 15), 2, ["₹1,30,000", "≈ ₹13,000"], False), ((50, 18), 2, ["₹1,30,000"], True)],
)
def test_a_low_screen_keeps_its_lines_for_the_cards(
    looking: Shell, size: tuple[int, int], cards: int, sums: list[str], strip: bool
) -> None:
    async def act(pilot: Pilot[int]) -> None:
        lines = shown(pilot.app)
        rule = next(number for number, line in enumerate(lines) if "━━" in line)
        assert [line.split("  ")[0] for line in lines[5 : 5 + len(sums)]] == sums
        assert len([line for line in lines[rule:] if line.rstrip().endswith("d")]) == cards
        assert ("won: 0 this month" in "\n".join(lines)) == strip
        assert all(line.endswith("…") for line in lines[rule - 1 : rule] if "₹2,10,000" in line)
        assert max(map(width, lines)) <= size[0]

    play(looking, act, first="pipeline", size=size)


def test_pipelines_are_switched_and_an_unknown_stage_has_a_column(deals: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        lines = shown(pilot.app)
        assert lines[3].startswith("sales 1/2: 4 open, €20; ₹400 (≈ €2; ₹160)")
        assert lines[4].split() == ["lead", "2", "offer", "1", "applied", "1"]
        assert "no stage of this pipeline" in "\n".join(lines)
        await press(pilot, "p")
        await pilot.pause(0.5)
        print(chr(10).join(shown(pilot.app)))
        lines = shown(pilot.app)
        assert lines[3].startswith("staff 2/2: 1 open")
        assert lines[4].split() == ["applied", "1", "पहली", "मुलाकात", "0"]
        assert under_cursor(pilot) == "eps-eeeee5"
        await press(pilot, "left_square_bracket")
        assert shown(pilot.app)[3].startswith("sales 1/2")
        await press(pilot, "right", "right", "h")
        await acted(pilot)

    play(deals, act, first="pipeline")
    assert stage_of(deals, "delta-ddddd4") == "offer"


def test_the_stage_beside_another_one() -> None:
    stacks = [Stack("a"), Stack("b"), Stack("won", closed=True), Stack("odd", known=False)]
    lane = Lane("sales", {stack.stage: stack for stack in stacks})
    assert [next_stage(lane, here, 1) for here in ("a", "b", "won", "odd")] == ["b", "won", None, "won"]
    assert [next_stage(lane, here, -1) for here in ("a", "b", "odd")] == [None, "a", "b"]


def test_only_stuck_deals_are_shown_on_demand(looking: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "exclamation_mark")
        text = "\n".join(shown(pilot.app))
        assert "sales: 4 stuck" in text
        assert "Curtain" not in text
        await press(pilot, "exclamation_mark")
        assert "sales: 13 open" in "\n".join(shown(pilot.app))

    play(looking, act, first="pipeline")


def test_charts_stand_beside_the_board_on_demand(looking: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        assert "Forecast" not in "\n".join(shown(pilot.app))
        await press(pilot, "v")
        assert "Forecast, weighted, INR" in "\n".join(shown(pilot.app))
        assert shown(pilot.app)[3].endswith("▶ negotiation (3)")  # three columns have room beside them
        await press(pilot, "v")
        assert "Forecast" not in "\n".join(shown(pilot.app))

    play(looking, act, first="pipeline", size=LARGE)


def test_an_empty_board_says_how_to_begin(empty: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        assert shown(pilot.app)[3].endswith("0 open, a adds a deal")
        await press(pilot, "l", "down", "right", "enter", "exclamation_mark")
        assert "nothing is stuck" in shown(pilot.app)[3]

    play(empty, act, first="pipeline", size=SMALL)


def test_names_cannot_steer_the_screen(deals: Shell) -> None:
    deals.write("deals/odd-zzzzz9.yaml", f'name: "{HOSTILE}{"x" * 10_000}"\nstage: lead\nclose_date: 2026-11-25\n')

    async def act(pilot: Pilot[int]) -> None:
        lines = shown(pilot.app)
        assert max(map(width, lines)) <= 80
        assert not any(char in "".join(lines) for char in "\x1b\u202e")
        assert "[/] [@click=app.l" in "\n".join(lines)
        await press(pilot, "l")
        await acted(pilot)

    play(deals, act, first="pipeline", size=SMALL)
    assert stage_of(deals, "odd-zzzzz9") == "offer"


def test_a_book_that_is_read_only_keeps_its_deals(deals: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "l")
        await acted(pilot)
        assert "reading only" in told(pilot.app)[0]

    play(deals, act, first="pipeline", read_only=True)
    assert subjects(deals)[0] == "deals"
