"""Deals that nobody moves: each reason by itself, at its very edge, and what does not count."""

import pytest

from crm_cli.book import open_book
from crm_cli.schema.condition import Selection
from crm_cli.services.stuck import NEEDED, reasons, stalled
from tests.shell import NOW, Shell

SINCE = """\
name: Website
stage: {stage}
created: 2026-01-01
stage_history:
  - stage: {stage}
    at: {entered}
{more}
"""


def why(shell: Shell, monkeypatch: pytest.MonkeyPatch, *, now: str = NOW) -> list[str]:
    """The reasons of the one deal, after it was found among the stalled if and only if it has some."""
    monkeypatch.setenv("CRM_NOW", now)
    book = open_book(shell.book, cache=False)
    deal = book.kinds["deal"]
    paths = [(name,) for name in NEEDED]
    (row,) = book.index.select([deal], Selection(), paths)
    found = list(reasons(book, dict(zip(NEEDED, row, strict=True))))
    assert book.index.count([deal], stalled(book)) == (1 if found else 0)
    return found


def deal(shell: Shell, *, stage: str = "proposal", entered: str = "2026-11-19", more: str = "") -> None:
    shell.write("deals/website-h2v8c1.yaml", SINCE.format(stage=stage, entered=entered, more=more).rstrip() + "\n")


def task(shell: Shell, due: str, more: str = "") -> None:
    shell.write("tasks/call-abcdef.yaml", f"name: Call\ndue: {due}\ndeal: website-h2v8c1\nstatus: open\n{more}")


def talk(shell: Shell, at: str, kind: str = "call") -> None:
    shell.write(f"interactions/2026/11/{at[:10]}-{kind}-abcdef.yaml", f"at: {at}\nkind: {kind}\ndeal: website-h2v8c1\n")


def test_a_deal_with_a_next_step_that_is_still_to_come_moves(empty: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    deal(empty, more="close_date: 2026-11-20")
    task(empty, "2026-11-20")
    assert why(empty, monkeypatch) == []


def test_no_next_step(empty: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    deal(empty)
    assert why(empty, monkeypatch) == ["no next step"]
    task(empty, "2026-12-01", "archived: 2026-11-20\n")
    assert why(empty, monkeypatch) == ["no next step"]


@pytest.mark.parametrize(
    ("due", "late"),
    [
        ("2026-11-19", True),
        ("2026-11-20", False),
        ("2026-11-20T09:59:00+05:30", True),
        ("2026-11-20T10:01:00+05:30", False),
    ],
)
def test_a_next_step_is_late_from_midnight_or_when_its_hour_has_passed(
    empty: Shell, monkeypatch: pytest.MonkeyPatch, due: str, late: bool
) -> None:
    deal(empty)
    task(empty, due)
    assert why(empty, monkeypatch) == ["next step overdue"] * late


@pytest.mark.parametrize(
    ("entered", "found"),
    [("2026-11-06", []), ("2026-11-05", ["idle 15 days (limit 14)"]), ("2026-10-01", ["idle 50 days (limit 14)"])],
)
def test_it_rots_on_the_day_behind_the_limit_of_its_stage(
    empty: Shell, monkeypatch: pytest.MonkeyPatch, entered: str, found: list[str]
) -> None:
    deal(empty, entered=entered)
    task(empty, "2026-12-01")
    assert why(empty, monkeypatch) == found


def test_a_talk_starts_the_count_anew_and_one_that_is_planned_does_not(
    empty: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    deal(empty, entered="2026-10-01")
    task(empty, "2026-12-01")
    talk(empty, "2026-11-25T10:00:00+05:30", "meeting")
    assert why(empty, monkeypatch) == ["idle 50 days (limit 14)"]
    talk(empty, "2026-11-19T10:00:00+05:30", "note")
    assert why(empty, monkeypatch) == []


def test_a_stage_without_a_limit_never_rots_and_a_limit_of_none_is_one_day(
    empty: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    stages = "[{name: proposal}, {name: trial, rotting_days: 0}, {name: won, type: won}]"
    (empty.book / "crm.yaml").write_text(f"timezone: Asia/Kolkata\npipelines: {{sales: {{stages: {stages}}}}}\n")
    deal(empty, entered="2026-01-01")
    task(empty, "2026-12-01")
    assert why(empty, monkeypatch) == []
    deal(empty, stage="trial", entered="2026-11-19")
    assert why(empty, monkeypatch) == ["idle 1 day (limit 0)"]


def test_a_close_date_is_past_on_the_day_behind_it_and_every_reason_is_told(
    empty: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    deal(empty, entered="2026-10-01", more="close_date: 2026-11-19")
    assert why(empty, monkeypatch) == ["was to close on 2026-11-19", "no next step", "idle 50 days (limit 14)"]


def test_a_closed_deal_is_never_stalled(empty: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    deal(empty, stage="won", entered="2026-01-01", more="close_date: 2026-01-05")
    monkeypatch.setenv("CRM_NOW", NOW)
    book = open_book(empty.book, cache=False)
    assert book.index.count([book.kinds["deal"]], stalled(book)) == 0
