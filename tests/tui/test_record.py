"""The page of a record: its fields, walking along links, tasks about it, long notes, hostile text, its story."""

import asyncio
from collections.abc import Sequence

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from crm_cli.base.text import width
from crm_cli.tui.screens.record import RecordPage
from crm_cli.tui.widgets.lines import Line, broken
from crm_cli.tui.widgets.rows import Rows
from tests.shell import Shell
from tests.tui.conftest import ENDED, LARGE, SMALL, play, press, resized, settled, shown, told

NASTY = "[/] [@click=app.leave]x[/] \\e[2J\\u202Eevil \\U0001F468\\u200D\\U0001F469 漢字 שלום"


@pytest.fixture
def people(empty: Shell) -> Shell:
    """Asha of Acme with a deal and two tasks, one of them about the deal alone."""
    empty.write("organizations/acme-b4x8w2.yaml", "name: Acme\n")
    empty.write(
        "contacts/asha-k7m3q9.yaml",
        "name: Asha\ntitle: Buyer\norganization: acme-b4x8w2\nemails:\n  - asha@acme.example\n  - home: a@b.example\n"
        "birthday: 1984-11-26\ncreated: 2026-11-01T10:00:00+05:30\ncustom:\n  likes: tea\n",
    )
    empty.write("deals/site-h2v8c1.yaml", "name: Site\nstage: proposal\namount: 5000 INR\ncontacts:\n  - asha-k7m3q9\n")
    empty.write(
        "tasks/ring-aaaaa1.yaml", "name: Ring her\nkind: call\ncontact: asha-k7m3q9\ndue: 2026-11-19\nstatus: open\n"
    )
    empty.write("tasks/quote-bbbbb2.yaml", "name: Quote\ndeal: site-h2v8c1\ndue: 2026-11-25\nstatus: open\n")
    empty.write(
        "interactions/2026/11/2026-11-18-call-asha-ccccc3.yaml",
        "at: 2026-11-18T12:00:00+05:30\nkind: call\ncontacts:\n  - asha-k7m3q9\n"
        "body: |\n  Wants a site.\n  In two languages.\n",
    )
    empty.git("add", "-A")
    empty.git("commit", "-qm", "people")
    return empty


async def opened(pilot: Pilot[int], ref: str) -> Rows[Line]:
    """The page of a record on top; the list that has the cursor."""
    pilot.app.open_record(ref)  # type: ignore[attr-defined]
    await settled(pilot)
    assert isinstance(pilot.app.focused, Rows)
    return pilot.app.focused


async def acted(pilot: Pilot[int]) -> None:
    """Waits for what a key began."""
    await pilot.pause()
    async with asyncio.timeout(20):
        while any(worker.group == "act" and worker.state not in ENDED for worker in pilot.app.workers):
            await asyncio.sleep(0.005)
    await settled(pilot)


def texts(rows: Rows[Line]) -> Sequence[str]:
    return [" ".join("  ".join(line.texts).split()) for line in rows.items]


def test_what_comes_next_stands_on_top_and_everything_below_it(people: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        rows = await opened(pilot, "asha")
        assert texts(rows)[:6] == [
            "Next 19 Nov call Ring her overdue", "", "title Buyer", "organization Acme", "emails asha@acme.example",
            "home: a@b.example",
        ]  # fmt: skip
        found = texts(rows)
        assert "likes tea" in found
        for here, there in (("Then (1)", "25 Nov Quote Site"), ("Deals (1)", "proposal Site ₹5,000")):
            assert found[found.index(here) + 1] == there
        assert found[found.index("Wed 18 Nov") + 1] == "12:00 call Wants a site."
        lines = shown(pilot.app)
        assert lines[3].split() == ["Asha", "contact", "k7m3q9"]
        assert lines[4] == "Buyer, Acme"
        assert max(map(width, lines)) <= 80

    play(people, act, size=SMALL)


def test_a_wide_screen_has_the_story_beside_the_fields(people: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        left = await opened(pilot, "asha")
        right = pilot.app.screen.query_one("#story", Rows)
        assert "12:00 call Wants a site." in texts(right)
        assert "12:00 call Wants a site." not in texts(left)
        await press(pilot, "tab")
        assert pilot.app.focused is right
        await resized(pilot, SMALL)
        assert pilot.app.focused is left
        assert "12:00 call Wants a site." in texts(left)

    play(people, act, size=LARGE)


def test_one_walks_along_links_and_back(people: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        rows = await opened(pilot, "asha")
        rows.go_to("field:organization:0")
        await press(pilot, "enter")
        page = pilot.app.screen
        assert isinstance(page, RecordPage)
        assert page.ref == "acme-b4x8w2"
        organization = pilot.app.focused
        assert isinstance(organization, Rows)
        assert "Asha Buyer asha@acme.example" in texts(organization)
        organization.go_to("Deals:site-h2v8c1")
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, RecordPage)
        assert pilot.app.screen.ref == "site-h2v8c1"
        assert shown(pilot.app)[4] == "proposal"
        assert shown(pilot.app)[5].startswith("> Next  25 Nov")
        await press(pilot, "escape", "escape")
        assert pilot.app.focused is rows
        assert rows.key == "field:organization:0"

    play(people, act)


def test_commands_are_for_the_task_under_the_cursor_else_for_the_record(people: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        rows = await opened(pilot, "asha")
        page = pilot.app.screen
        assert isinstance(page, RecordPage)
        assert page.chosen() == ["ring-aaaaa1"]
        rows.go_to("field:organization:0")
        assert page.chosen() == ["asha-k7m3q9"]
        rows.go_to("Then:quote-bbbbb2")
        assert page.chosen() == ["quote-bbbbb2"]
        await press(pilot, "d", "ctrl+s")
        await acted(pilot)
        assert "Then (1)" not in texts(rows)

    play(people, act)
    assert "status: done" in (people.book / "tasks/quote-bbbbb2.yaml").read_text()
    assert people.git("log", "-1", "--format=%s").strip() == "done task bbbbb2"


def test_empty_fields_are_shown_on_demand(people: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        rows = await opened(pilot, "asha")
        assert "nickname" not in texts(rows)
        await press(pilot, "o")
        assert "nickname" in texts(rows)

    play(people, act)


def test_ten_thousand_lines_of_notes_scroll(people: Shell) -> None:
    lines = "".join(f"  line {number} {'आशा से बात हुई ' * (number % 4)}\n" for number in range(10_000))
    people.write("contacts/long-zzzzz9.yaml", f"name: Long\nnotes: |\n  {'word' * 500}\n{lines}")

    async def act(pilot: Pilot[int]) -> None:
        rows = await opened(pilot, "long-zzzzz9")
        at = texts(rows).index("Notes")
        assert len(rows.items) > 10_000
        assert "".join(texts(rows)[at + 1 :])[:2000] == "word" * 500
        await press(pilot, "end", "pageup")
        assert max(map(width, shown(pilot.app))) <= 80
        assert "line 99" in "\n".join(shown(pilot.app))

    play(people, act, size=SMALL)


def test_a_record_cannot_steer_the_screen(people: Shell) -> None:
    people.write(
        "contacts/odd-zzzzz9.yaml",
        f'name: "{NASTY}{"x" * 10_000}"\ntitle: "{NASTY}"\nnotes: "{NASTY}"\n'
        f'tags: ["{NASTY}"]\ncustom:\n  "{NASTY}": 1\n',
    )

    async def act(pilot: Pilot[int]) -> None:
        for size in (SMALL, LARGE):
            await resized(pilot, size)
            await opened(pilot, "odd-zzzzz9")
            lines = shown(pilot.app)
            assert max(map(width, lines)) <= size[0]
            assert not any(char in "".join(lines) for char in "\x1b\u202e")
            assert "[@click=app.leave]x[/] \\x1b[2J\\u202eevil" in "\n".join(lines)

    play(people, act, size=SMALL)


def test_what_is_wrong_stands_on_top(people: Shell) -> None:
    people.write(
        "contacts/bad-zzzzz9.yaml",
        "name: Bad\nbirthday: nonsense\nconflicts:\n  - field: title\n    base: a\n    kept: b\n    other: c\n",
    )

    async def act(pilot: Pilot[int]) -> None:
        found = texts(await opened(pilot, "bad-zzzzz9"))
        assert found[0].startswith("! contacts/bad-zzzzz9.yaml")
        assert "! 1 kept aside" in " ".join(found)

    play(people, act)


def test_a_stuck_deal_says_why(looking: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        found = texts(await opened(pilot, "sofa-configurator-qh0f6g"))
        assert found[0] == "! stuck: no next step, idle 21 days (limit 10)"

    play(looking, act)


def test_every_kind_has_its_page(looking: Shell) -> None:
    ids = [looking.ok(f"{kind} list --ids").out.split()[0] for kind in ("task", "interaction", "view", "deal")]

    async def act(pilot: Pilot[int]) -> None:
        for id in ids:
            rows = await opened(pilot, id)
            assert len(rows.items) > 2
            assert max(map(cell_len, shown(pilot.app))) <= 80
        assert not told(pilot.app)

    play(looking, act, size=SMALL)


@pytest.mark.parametrize(
    "text", ["", "word " * 50, "x" * 100, "  indented far " * 9, "आशा शर्मा " * 20, "漢字" * 40, "é́" * 40]
)
def test_broken_lines_fit_and_lose_nothing_but_blanks(text: str) -> None:
    pieces = list(broken(text, 17))
    assert max(map(width, pieces)) <= 17
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert len(list(broken(text, 17, 2))) <= 2


def test_what_is_added_here_is_about_this_record(people: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await opened(pilot, "asha-k7m3q9")
        for kind in ("task", "deal"):
            await press(pilot, "a", *kind, "enter")
            await press(pilot, *f"new{kind}")
            await press(pilot, "ctrl+s")

    play(people, act, size=LARGE)
    (task,) = (people.book / "tasks").glob("newtask-*.yaml")
    assert "contact: asha-k7m3q9\n" in task.read_text()
    (deal,) = (people.book / "deals").glob("newdeal-*.yaml")
    assert "contacts:\n  - asha-k7m3q9\n" in deal.read_text()
