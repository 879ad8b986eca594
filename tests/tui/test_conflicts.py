"""Conflicts: both sides are shown, one is picked or another typed, and one commit settles it."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.shell import Shell
from tests.tui.conftest import LARGE, SMALL, play, press, shown, told, write

ASHA = "asha-sharma-k7m3q9"
RECORD = """\
name: Asha Sharma
title: Owner
amount: 1
conflicts:
  - field: title
    kept: Owner
    other: "मालिक [red]\\e[31m"
    base: Partner
  - field: birthday
    kept:
    other: 1984-03-14
"""
ASIDE = "quarantine/ravi-rao-b4x8w2.yaml.0123456789ab.txt"


@pytest.fixture
def torn(empty: Shell) -> Shell:
    """A book with two fields in conflict, a record that the other side removed, and a file kept aside."""
    empty.write(f"contacts/{ASHA}.yaml", RECORD.replace("amount: 1\n", ""))
    empty.write("contacts/ravi-rao-b4x8w2.yaml", "name: Ravi Rao\nconflicts:\n  - field: record\n    other:\n")
    empty.write(ASIDE, "name: Ravi R. Rao\n")
    empty.git("add", "-A")
    empty.git("commit", "-qm", "begin")
    return empty


def read(shell: Shell, path: str = f"contacts/{ASHA}.yaml") -> str:
    """A file of the book."""
    return Path(shell.book / path).read_text(encoding="utf-8")


def commits(shell: Shell) -> list[str]:
    """The subjects of the commits behind the first two, newest first."""
    return shell.git("log", "--format=%s").splitlines()[:-2]


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_both_sides_stand_next_to_each_other_above_what_it_was(torn: Shell, size: tuple[int, int]) -> None:
    async def act(pilot: Pilot[int]) -> None:
        lines = shown(pilot.app)
        assert lines[1].endswith("4 kept aside")
        assert lines[3] == "Asha Sharma  contact k7m3q9"
        await press(pilot, "down")
        sides = shown(pilot.app)[-8:-1]
        assert any("stays, is shown now" in line and "other" in line for line in sides)
        (both,) = [line for line in sides if line.startswith("Owner")]
        assert both.split("│")[1].strip() == "मालिक [red]\\x1b[31m"
        assert any(line.startswith("was: Partner") for line in sides)

    play(torn, act, first="conflicts", size=size)


def test_what_is_shown_is_what_stands_there_now_and_how_many_values_go(empty: Shell) -> None:
    kept = "".join(f"  - field: title\n    kept: A{number}\n    other: B{number}\n" for number in range(3))
    empty.write(f"contacts/{ASHA}.yaml", f"name: Asha Sharma\ntitle: Partner\nconflicts:\n{kept}")

    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "down")
        text = "\n".join(shown(pilot.app))
        assert "Partner" in text
        assert "A1" not in text
        await press(pilot, "enter")
        text = "\n".join(shown(pilot.app))
        assert "Partner" in text
        assert "(2 other values of this field go with it)" in text
        await press(pilot, "y")
        assert told(pilot.app)[0].startswith("settled title of Asha Sharma, 3 values that were kept aside")

    play(empty, act, first="conflicts")
    assert (empty.book / f"contacts/{ASHA}.yaml").read_text() == "name: Asha Sharma\ntitle: Partner\n"


def test_the_other_value_is_picked_by_its_key_or_by_going_there(torn: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "greater_than_sign")  # the birthday
        assert told(pilot.app) == ["settled birthday of Asha Sharma - u takes it back"]
        await press(pilot, "right", "enter", "n")
        assert shown(pilot.app)[1].endswith("3 kept aside")
        await press(pilot, "right", "enter", "y")
        assert shown(pilot.app)[1].endswith("2 kept aside")

    play(torn, act, first="conflicts")
    assert read(torn) == 'name: Asha Sharma\ntitle: "मालिक [red]\\e[31m"\nbirthday: 1984-03-14\n'
    assert commits(torn) == ["resolve contact k7m3q9"] * 2


def test_what_is_shown_stays_or_another_value_is_typed(torn: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "less_than_sign", "equals_sign")
        line = pilot.app.focused
        assert isinstance(line, Input)
        assert line.value == "Owner"
        await press(pilot, "end")
        await write(pilot, " and partner")
        assert line.value == "Owner and partner"
        await press(pilot, "home", "shift+end")
        await write(pilot, "Managing partner")
        await press(pilot, "enter")

    play(torn, act, first="conflicts")
    assert read(torn) == "name: Asha Sharma\ntitle: Managing partner\n"
    assert len(commits(torn)) == 2


def test_a_value_that_does_not_fit_is_told_and_nothing_is_written(torn: Shell) -> None:
    before = torn.files()

    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "equals_sign")
        await write(pilot, "soonish")
        assert any("soonish" in line for line in shown(pilot.app)[8:])
        await press(pilot, "enter", "escape", "escape")

    play(torn, act, first="conflicts")
    assert torn.files() == before


def test_deleting_is_asked_for_and_a_file_takes_its_place(torn: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "end")
        assert any("the record is deleted" in line for line in shown(pilot.app)[-4:])
        await press(pilot, "greater_than_sign")
        assert any("Delete it for good?" in line for line in shown(pilot.app))
        await press(pilot, "n")
        assert Path(torn.book / "contacts/ravi-rao-b4x8w2.yaml").exists()
        await press(pilot, "up")
        assert any("contacts/ravi-rao-b4x8w2.yaml" in line for line in shown(pilot.app)[-5:])
        await press(pilot, "greater_than_sign")

    play(torn, act, first="conflicts")
    assert read(torn, "contacts/ravi-rao-b4x8w2.yaml") == "name: Ravi R. Rao\n"
    assert not Path(torn.book / ASIDE).exists()
    assert len(commits(torn)) == 1


def test_where_nothing_was_kept_aside_it_says_so(empty: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        assert "nothing was kept aside" in shown(pilot.app)[3]
        await press(pilot, "less_than_sign", "greater_than_sign", "equals_sign", "enter")

    play(empty, act, first="conflicts", size=SMALL)
    assert commits(empty) == []
