"""A whole morning without leaving the screens; then the files, the commits and the remote are looked at."""

from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input

from crm_cli.tui.forms import Form
from crm_cli.tui.screens.record import RecordPage
from tests.shell import Shell
from tests.tui.conftest import play, press, settled, shown, told, write

HINDI = "दूल्हा"
"""A word of a note that somebody wrote in Hindi."""


def test_the_freelancers_morning(sample: Shell, tmp_path: Path) -> None:
    remote = tmp_path / "remote.git"
    sample.git("init", "-q", "--bare", str(remote))
    sample.git("remote", "add", "origin", str(remote))
    began = len(sample.git("log", "--format=%s").splitlines())
    moved, lost, other = _open_deals(sample)

    async def morning(pilot: Pilot[int]) -> None:
        # What is due stands in the first frame; the first of it is about somebody.
        assert any(line.startswith("Overdue") for line in shown(pilot.app))
        await _log_a_call(pilot)
        await _move(pilot, moved, "won")
        await _move(pilot, lost, "lost")
        await write(pilot, "pri")
        await press(pilot, "enter", "ctrl+s")
        assert _stage(sample, lost) == "lost"
        await _move(pilot, other, "prospecting")
        await _search(pilot)
        await press(pilot, "escape", "escape", "1", "u")
        assert any("stage: " in line for line in shown(pilot.app))
        await press(pilot, "y")
        await press(pilot, "S")
        assert told(pilot.app)[-1] == "origin: everything went"

    stage = _stage(sample, other)
    play(sample, morning, first="day")

    assert _stage(sample, moved) == "won"
    assert _stage(sample, lost) == "lost"
    assert "lost_reason: price" in _deal(sample, lost).read_text()
    assert _stage(sample, other) == stage
    [call] = [path for path in sample.book.glob("interactions/**/*.yaml") if "wants it cheaper" in path.read_text()]
    assert "kind: call" in call.read_text()
    [step] = sample.book.glob("tasks/send-a-new-offer-*.yaml")
    assert "due: 2026-11-27" in step.read_text()
    subjects = sample.git("log", "--format=%s").splitlines()
    assert [subject.split()[0] for subject in subjects[: len(subjects) - began]] == [
        "undo", "move", "move", "move", "log",
    ]  # fmt: skip
    assert sample.git("status", "--porcelain") == ""
    assert sample.git("ls-remote", "origin", "main").split()[0] == sample.git("rev-parse", "HEAD").strip()


async def _log_a_call(pilot: Pilot[int]) -> None:
    """Opens what is due, and logs a call with its follow-up."""
    await press(pilot, "enter")
    assert isinstance(pilot.app.screen, RecordPage)
    await press(pilot, "c")
    assert isinstance(pilot.app.screen, Form)
    await write(pilot, "wants it cheaper")
    await press(pilot, "tab")
    await write(pilot, "fri Send a new offer")
    assert any("Fri 27 Nov 2026: Send a new offer" in line for line in shown(pilot.app))
    await press(pilot, "ctrl+s")
    assert not isinstance(pilot.app.screen, Form)


async def _move(pilot: Pilot[int], id: str, stage: str) -> None:
    """Finds a deal in the list, and moves it."""
    await press(pilot, "5")
    pilot.app.screen.grid.rows.go_to(id)
    await settled(pilot)
    assert pilot.app.screen.chosen() == [id]
    await press(pilot, "m")
    await write(pilot, stage)
    await press(pilot, "enter")


async def _search(pilot: Pilot[int]) -> None:
    """A note in Hindi, pasted, since a pilot cannot press vowel signs."""
    await press(pilot, "f")
    pilot.app.screen.query_one(Input).insert_text_at_cursor(HINDI)
    await settled(pilot)
    assert any(HINDI in line for line in shown(pilot.app)[5:])


def _open_deals(shell: Shell) -> list[str]:
    """Three deals that are still open and ask for nothing else before they are won."""
    ids = sorted(path.stem for path in shell.book.glob("deals/*.yaml"))
    return [id for id in ids if _stage(shell, id) in ("negotiation", "proposal")][:3]


def _deal(shell: Shell, id: str) -> Path:
    return shell.book / f"deals/{id}.yaml"


def _stage(shell: Shell, id: str) -> str:
    return next(
        line.partition(": ")[2] for line in _deal(shell, id).read_text().splitlines() if line.startswith("stage:")
    )
