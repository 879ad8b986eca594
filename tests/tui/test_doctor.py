"""The doctor: every problem with its place, and mending what is safe after showing it."""

import contextlib
from pathlib import Path

import pytest
from textual.pilot import Pilot

from crm_cli.tui.app import CrmApp
from crm_cli.tui.doing import files
from crm_cli.tui.screens.record import RecordPage
from tests.shell import Shell
from tests.tui.conftest import LARGE, SMALL, play, press, settled, shown, told


@pytest.fixture
def sick(empty: Shell) -> Shell:
    """A book with a file that cannot be read, one with a bad name, and a value that does not fit."""
    empty.write("contacts/broken-b2c3d4.yaml", "name: [\n")
    empty.write("contacts/Link Me.yaml", "name: Link Me\n")
    empty.write("deals/site-b2c3d5.yaml", "name: Site\nstage: nowhere\n")
    return empty


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_every_problem_is_told_with_its_place_and_what_can_be_done(sick: Shell, size: tuple[int, int]) -> None:
    async def act(pilot: Pilot[int]) -> None:
        lines = shown(pilot.app)
        assert lines[1].endswith("3 errors in 3 files")
        assert lines[3] == "Files that cannot be read (1)"
        assert "contacts/broken-b2c3d4.yaml:" in lines[4]
        assert any("in your editor" in line for line in lines[-4:])
        await press(pilot, "down")
        assert any("deals/site-b2c3d5.yaml:2  stage" in line for line in shown(pilot.app)[-6:])
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, RecordPage)

    play(sick, act, first="doctor", size=size)


def test_what_is_safe_is_mended_after_showing_it(sick: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "F")
        assert any("renamed to contacts/link-me-" in line for line in shown(pilot.app))
        await press(pilot, "n")
        assert Path(sick.book / "contacts/Link Me.yaml").exists()
        await press(pilot, "F", "y")
        assert any(text.startswith("mended") for text in told(pilot.app))
        assert shown(pilot.app)[1].endswith("2 errors in 2 files")

    play(sick, act, first="doctor")
    assert not Path(sick.book / "contacts/Link Me.yaml").exists()
    assert sick.git("log", "-1", "--format=%s").startswith("doctor contact ")


def test_a_file_that_cannot_be_read_is_opened_as_it_stands(sick: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def edit(path: str, _command: str) -> bool:
        opened.append(path)
        Path(path).write_text("name: Asha\n")
        return True

    monkeypatch.setattr(files, "run_editor", edit)
    monkeypatch.setattr(CrmApp, "suspend", lambda _self: contextlib.nullcontext())

    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "enter")
        assert shown(pilot.app)[1].endswith("2 errors in 2 files")

    play(sick, act, first="doctor")
    assert opened == [str(sick.book / "contacts/broken-b2c3d4.yaml")]


def test_what_leads_out_of_the_book_is_not_opened(empty: Shell, tmp_path: Path) -> None:
    outside = tmp_path / "secret"
    outside.write_text("name: x\n")
    (empty.book / "contacts").mkdir(exist_ok=True)
    (empty.book / "contacts/link-b2c3d4.yaml").symlink_to(outside)

    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "enter")
        assert told(pilot.app) != []

    play(empty, act, first="doctor")
    assert outside.read_text() == "name: x\n"


def test_a_book_without_problems_says_so_and_the_keyboard_is_free_meanwhile(looking: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await pilot.press("9")
        await pilot.press("3")  # while it looks
        await settled(pilot)
        assert shown(pilot.app)[1].endswith("40 contacts")
        await press(pilot, "9")
        assert "every value fits" in shown(pilot.app)[3] or "Worth a look" in shown(pilot.app)[3]

    play(looking, act)
