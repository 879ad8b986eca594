"""Questions on a terminal: what an answer means, and what the screen looks like when none is given."""

import sys

import pytest

from crm_cli.base.errors import Ambiguous, AnswerIsNo
from crm_cli.cli.prompts import ask, pick


class Typed:
    """Stands for a terminal where this is typed; None is Ctrl-C."""

    def __init__(self, line: str | None) -> None:
        self.line = line

    def readline(self) -> str:
        if self.line is None:
            raise KeyboardInterrupt
        return self.line


TWO = Ambiguous("asha could be 2 records", candidates=["asha-rao-abcdef  Asha Rao", "asha-sharma-ghjkmn  Asha Sharma"])


def test_an_answer_is_the_number_of_a_candidate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Typed("2\n"))
    assert pick(TWO) == "asha-sharma-ghjkmn"
    for line in ("3\n", "0\n", "x\n", ""):
        monkeypatch.setattr(sys, "stdin", Typed(line))
        with pytest.raises(AnswerIsNo):
            pick(TWO)


def test_after_ctrl_c_the_prompt_of_the_shell_begins_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", Typed(None))
    with pytest.raises(KeyboardInterrupt):
        ask("Where should the book be?", "~/crm")
    assert capsys.readouterr().err.endswith("[~/crm] \n")
