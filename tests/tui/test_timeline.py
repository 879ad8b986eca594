"""What happened lately: under the days, newest first, more of it as one goes down; what is asked of the index."""

from textual.pilot import Pilot

from crm_cli.base.text import width
from crm_cli.book import open_book
from crm_cli.services.overview.lately import lately
from crm_cli.tui.screens.record import RecordPage
from crm_cli.tui.screens.timeline import FIRST
from crm_cli.tui.widgets.rows import Rows
from tests.shell import Shell
from tests.tui.conftest import LARGE, SMALL, play, press, resized, settled, shown


def texts(pilot: Pilot[int]) -> list[str]:
    return [" ".join("  ".join(line.texts).split()) for line in pilot.app.screen.query_one(Rows).items]


def talk(shell: Shell, number: int, at: str, rest: str = "") -> None:
    shell.write(
        f"interactions/2026/11/{at[:10]}-call-{number:06}.yaml", f"at: {at}\nkind: call\nsubject: Talk {number}\n{rest}"
    )


def test_talks_tasks_and_stage_moves_stand_under_their_days(empty: Shell) -> None:
    empty.write("contacts/asha-k7m3q9.yaml", "name: आशा\n")
    talk(empty, 1, "2026-11-20T09:00:00+05:30", "outcome: signs\ncontacts:\n  - asha-k7m3q9\nby: meera\n")
    talk(empty, 2, "2026-11-19T18:30:00Z")  # after midnight where the book is
    talk(empty, 3, "2026-11-25T09:00:00+05:30")  # still to come
    talk(empty, 4, "2026-11-18T09:00:00+05:30", "archived: 2026-11-19\n")
    done = "every: 1d\ndue: 2026-11-01\ndone:\n  - 2026-11-19\n  - 2026-11-18\n"
    empty.write("tasks/water-aaaaa1.yaml", f"name: Water\nkind: todo\nstatus: open\n{done}")
    empty.write(
        "deals/site-h2v8c1.yaml",
        "name: Site\nstage: proposal\nstage_history:\n  - stage: prospecting\n    at: 2025-11-01T10:00:00+05:30\n"
        "  - stage: proposal\n    at: 2026-11-19T10:00:00+05:30\n    by: rohan\n",
    )

    async def act(pilot: Pilot[int]) -> None:
        assert texts(pilot) == [
            "Today, Fri 20 Nov", "09:00 call आशा: Talk 1 → signs (meera)", "00:00 call Talk 2", "",
            "Yesterday, Thu 19 Nov", "task Water", "10:00 stage Site: prospecting -> proposal (rohan)", "",
            "Wed 18 Nov", "task Water", "",
            "Sat 1 Nov 2025", "10:00 stage Site: prospecting",
        ]  # fmt: skip
        await press(pilot, "j", "j", "enter")
        assert isinstance(pilot.app.screen, RecordPage)
        assert pilot.app.screen.ref == "water-aaaaa1"

    play(empty, act, first="timeline", size=SMALL)


def test_more_is_read_before_the_end_is_reached(empty: Shell) -> None:
    for number in range(FIRST + 60):
        talk(empty, number, f"2026-11-{1 + number % 19:02}T10:{number % 60:02}:00+05:30")

    async def act(pilot: Pilot[int]) -> None:
        before = texts(pilot)
        assert len([text for text in before if "Talk" in text]) == FIRST
        await press(pilot, "end")
        await settled(pilot)
        assert len([text for text in texts(pilot) if "Talk" in text]) == FIRST + 60
        assert texts(pilot)[:50] == before[:50]

    play(empty, act, first="timeline")


def test_fewer_are_the_newest_of_all_sorts(sample: Shell) -> None:
    book = open_book(sample.book, cache=False)
    every = [tuple(row[:3]) for row in lately(book, 10_000).rows]
    assert {what for _at, what, _id in every} == {"interaction", "task", "stage"}
    for count in (1, 7, 50):
        assert [tuple(row[:3]) for row in lately(book, count).rows] == every[:count]
    book.close()


def test_the_sample_fits_and_nothing_steers_the_screen(sample: Shell) -> None:
    talk(sample, 999999, "2026-11-20T09:59:00+05:30", 'outcome: "[/] [@click=app.leave]x[/] \\e[2J\\u202Eevil"\n')

    async def act(pilot: Pilot[int]) -> None:
        for size in (LARGE, SMALL):
            await resized(pilot, size)
            lines = shown(pilot.app)
            assert max(map(width, lines)) <= size[0]
            assert "Talk 999999 → [/] [@click=app.leave]x[/] \\x1b[2J" in lines[4]

    play(sample, act, first="timeline", size=LARGE)


def test_an_empty_timeline_says_how_to_begin(empty: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        assert "Nothing has happened yet" in "\n".join(shown(pilot.app))
        await press(pilot, "enter", "down", "d")

    play(empty, act, first="timeline", size=SMALL)
