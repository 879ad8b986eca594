"""Several people in one book: who `me` is, whose a record is and who changed it are the same on every machine."""

from pathlib import Path

import pytest

from tests.machines import Machines
from tests.shell import Shell

SETTINGS = """\
format: 1
users:
  mj:
    name: Meera Joshi
    emails: [Meera@studio.example, meera@home.example]
  rohan:
    emails: [rohan@studio.example]
"""
DEALS = {
    "deals/one-k7m3q1.yaml": "name: One\nowner: mj\n",
    "deals/two-k7m3q2.yaml": "name: Two\nowner: rohan\n",
    "deals/three-k7m3q3.yaml": "name: Three\n",
}
MADE = "stage: proposal\n\nstage_history:\n  - stage: proposal\n    at: 2026-11-01T09:00:00+05:30\n"
Two = tuple[Shell, Shell]


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Machines:
    """Two machines with the same book, to be copied."""
    return Machines.two(
        tmp_path_factory.mktemp("two"), {path: text + MADE for path, text in DEALS.items()} | {"crm.yaml": SETTINGS}
    )


@pytest.fixture
def two(pattern: Machines, tmp_path: Path) -> Two:
    here, there = pattern.copy(tmp_path).all
    return here, there


def names(shell: Shell, query: str, **environ: str) -> list[str]:
    return sorted(shell.ok(f"deal list {query} --fields name", **environ).lines)


def test_me_is_whoever_the_address_of_git_belongs_to(two: Two) -> None:
    meera, rohan = two
    assert names(meera, "owner:me") == ["One"]
    assert names(rohan, "owner:me") == ["Two"]
    assert names(rohan, "owner:mj") == names(meera, "owner:mj") == ["One"]
    assert names(rohan, "owner:me", GIT_AUTHOR_EMAIL="meera@home.example") == ["One"]
    assert names(rohan, "owner:me", CRM_USER="mj") == ["One"]


def test_config_shows_who_works_here(two: Two) -> None:
    meera, rohan = two
    shown = meera.ok("config").lines
    assert "identity: Meera <meera@studio.example>" in shown
    assert "user: mj" in shown
    assert "user: rohan" in rohan.ok("config").lines
    assert any(line.startswith("remote: ") and line.endswith("/remote.git") for line in shown)


def test_history_by_a_user_is_the_same_on_every_machine(two: Two) -> None:
    meera, rohan = two
    meera.ok("set one amount=100")
    meera.ok("set one probability=10", GIT_AUTHOR_NAME="At home", GIT_AUTHOR_EMAIL="meera@home.example")
    meera.ok("move one negotiation")
    meera.ok("sync")
    rohan.ok("sync")
    rohan.ok("set one close_date=2026-12-01")
    rohan.ok("sync")
    meera.ok("sync")
    for shell in two:
        changed = {
            by: {line.split("\t")[3] for line in shell.ok(f"history one --by '{by}'").lines}
            for by in ("mj", "Meera Joshi", "rohan", "at home", "studio.example", "nobody")
        }
        assert changed["mj"] == changed["Meera Joshi"]
        assert {"amount", "probability", "stage"} <= changed["mj"]
        assert changed["rohan"] == {"close_date"}
        assert changed["at home"] == {"probability"}
        assert changed["studio.example"] >= {"amount", "close_date"}
        assert "probability" not in changed["studio.example"]
        assert changed["nobody"] == set()
    assert "close_date" in rohan.ok("history one --by me").out
    assert "close_date" not in meera.ok("history one --by me").out


def test_who_moved_a_deal_is_noted_by_the_key_of_the_user(two: Two) -> None:
    meera, rohan = two
    meera.ok("move one negotiation")
    rohan.ok("move two negotiation")
    meera.ok("sync")
    rohan.ok("sync")
    assert "by: mj\n" in (rohan.book / "deals/one-k7m3q1.yaml").read_text()
    assert "by: rohan\n" in (rohan.book / "deals/two-k7m3q2.yaml").read_text()
