"""Whatever system call of a writing command fails, or is its last, git's included: nothing is lost or half done.

Here each command meets a few faults at places spread over all its calls; `make torture` tries every place.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.effort import sample
from tests.faults import machine as machines
from tests.faults.commands import COMMANDS, Command
from tests.faults.machine import FAULTS, Fault, Machine
from tests.faults.sweep import Sweep

POINTS = sample(3, 6)
LEAST = 50
"""A command of one record makes about 120 mutating calls; undo, which finds most objects there, 72."""


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_fault_anywhere_loses_nothing(command: Command, faulty: Machine, tmp_path: Path) -> None:
    sweep = Sweep(command, faulty, tmp_path)
    assert sweep.calls > LEAST
    first = COMMANDS.index(command)
    struck = 0
    for number, at in enumerate(sweep.points(POINTS)):
        fault = FAULTS[(first * POINTS + number * 5) % len(FAULTS)]
        verdict = sweep.try_one(replace(fault, at=at))
        assert not verdict.wrong, str(verdict)
        struck += verdict.ran.struck > 0
    assert struck >= POINTS - 1, "the faults met their calls"


def test_each_kind_of_fault_is_felt(faulty: Machine, tmp_path: Path) -> None:
    sweep = Sweep(COMMANDS[0], faulty, tmp_path)
    middle = sweep.calls // 2
    for fault in (Fault("kill"), Fault("tear")):
        assert sweep.try_one(replace(fault, at=middle)).ran.code == -9
    full = sweep.try_one(Fault("fail", 1, "ENOSPC", sticky=True)).ran
    assert full.code == 7
    assert "No space left on device" in full.err
    assert full.struck > 1


def test_without_a_compiler_the_sweep_is_skipped_aloud(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(machines, "compiler", lambda: None)
    with pytest.raises(pytest.skip.Exception, match="NOT TESTED"):
        machines.build(tmp_path)


def test_the_calls_are_the_same_ones_each_time(faulty: Machine, tmp_path: Path) -> None:
    sweep = Sweep(COMMANDS[1], faulty, tmp_path)
    again = sweep.try_one(Fault()).ran
    assert (again.count, again.others) == (sweep.calls, sweep.clean.others)


def test_a_write_without_a_journal_is_noticed(faulty: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sweep = Sweep(next(command for command in COMMANDS if command.name == "log --next"), faulty, tmp_path)
    monkeypatch.setattr(faulty, "without", ["crm_cli.store.journal.write"])
    wrong = [text for at in sweep.points(9) for text in sweep.try_one(Fault("kill", at)).wrong]
    assert any("half done" in text or "git status" in text for text in wrong)
