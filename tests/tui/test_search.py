"""Search: everything in any script while one types, hits that open, hits that cannot hurt."""

from textual.pilot import Pilot
from textual.widgets import Input

from crm_cli.tui.screens.record import RecordPage
from crm_cli.tui.screens.search import MOST, Search
from tests.shell import Shell
from tests.tui.conftest import LARGE, SMALL, play, press, settled, shown, write


async def put(pilot: Pilot[int], text: str) -> None:
    """Puts signs into the line that a pilot cannot press."""
    pilot.app.screen.query_one(Input).insert_text_at_cursor(text)
    await settled(pilot)


def hits(pilot: Pilot[int]) -> list[str]:
    """The lines of the hits."""
    return [line[2:] for line in shown(pilot.app)[5:-1] if line.strip()]


def test_both_scripts_find_the_same_people_and_enter_opens_them(looking: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await write(pilot, "sharma")
        assert any("आशा शर्मा" in line and "contact" in line for line in hits(pilot))
        count = len(hits(pilot))
        await press(pilot, *["backspace"] * 6)
        await put(pilot, "शर्मा")
        assert any("आशा शर्मा" in line for line in hits(pilot))
        assert len(hits(pilot)) >= count
        await press(pilot, "down", "j")
        screen = pilot.app.screen
        assert isinstance(screen, Search)
        (ref,) = screen.chosen()
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, RecordPage)
        assert pilot.app.screen.ref == ref
        await press(pilot, "escape")
        assert screen.is_current
        assert screen.chosen() == [ref]

    play(looking, act, first="search")


def test_the_place_of_a_hit_in_a_note_is_shown(empty: Shell) -> None:
    empty.ok("contact add 'Asha Sharma' --notes 'शादी के कार्ड चाहिए'")

    async def act(pilot: Pilot[int]) -> None:
        await put(pilot, "कार्ड")
        (line,) = hits(pilot)
        assert line.split()[:3] == ["Asha", "Sharma", "contact"]
        assert "notes: शादी के कार्ड" in line
        await press(pilot, "escape")
        assert shown(pilot.app)[5].startswith("type what you look for")
        await write(pilot, "xyzzy")
        assert shown(pilot.app)[5] == "nothing has xyzzy"
        assert shown(pilot.app)[1].endswith("nothing found")

    play(empty, act, first="search", size=SMALL)


def test_many_hits_are_limited_and_hostile_ones_are_text(empty: Shell) -> None:
    for number in range(MOST + 20):
        empty.write(f"contacts/n{number:05}-b2c3d4.yaml", f'name: "[red]Per\\e[31m {number}"\n')
    empty.write("contacts/long-b2c3d6.yaml", f"name: Per {'x' * 10_000}\n")
    empty.write("contacts/broken-b2c3d7.yaml", "name: [Per")

    async def act(pilot: Pilot[int]) -> None:
        await write(pilot, "per")
        assert shown(pilot.app)[1].endswith(f"the first {MOST} found")
        assert "\x1b" not in "".join(shown(pilot.app))
        assert any(line.startswith("[red]Per\\x1b[31m") for line in hits(pilot))
        assert all(len(line) <= LARGE[0] for line in shown(pilot.app))

    play(empty, act, first="search", size=LARGE)
