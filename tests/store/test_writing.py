"""The files of many new records: half of them are made by a second process, and nobody can tell which half."""

import itertools
import subprocess
import sys
from collections.abc import Callable

import pytest

from crm_cli.base import aside
from crm_cli.base.errors import Invalid
from crm_cli.kinds import KINDS
from crm_cli.schema.convert import build
from crm_cli.schema.plan import Change, Plan
from crm_cli.schema.record import Record
from crm_cli.schema.settings import Settings
from crm_cli.store.writing import BATCH, Written, prepare

SETTINGS = Settings()
MANY = 3 * BATCH + 7


class Empty:
    """A disk with nothing on it, but for these files."""

    def __init__(self, *paths: str) -> None:
        self.paths = paths

    def read(self, path: str) -> bytes | None:
        return b"name: Mine\n" if path in self.paths else None


def contacts(**odd: dict[str, object]) -> list[Record]:
    """Many people; those at the places `odd` names have other values."""
    found = []
    for number in range(MANY):
        values = {"name": f"Person {number}", "notes": "नमस्ते\nfriend\n" * (number % 3) or None}
        values |= odd.get(f"at_{number}", {})
        found.append(build(KINDS["contact"], {"id": f"p{number}", "path": f"contacts/p{number}.yaml", **values}))
    return found


def prepared(records: list[Record], disk: Empty | None = None) -> list[Written]:
    """The plan that makes them, prepared."""
    made, writes = prepare(Plan("add", tuple(Change(None, one) for one in records)), disk or Empty(), KINDS, SETTINGS)
    assert [one.write for one in made] == writes
    return made


def in_a_process_of_its_own(work: Callable[..., None], *given: object) -> None:
    """The test runner has threads, and beside threads nothing is forked."""
    script = f"from tests.store import test_writing as here; here.{work.__name__}(*{given!r})"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def refused(records: list[Record], disk: Empty | None = None) -> str:
    """Why the plan is refused."""
    with pytest.raises(Invalid) as caught:
        prepared(records, disk)
    return caught.value.message


def the_files_are_the_same() -> None:
    records = contacts(at_5={"name": None}, at_700={"name": None})
    made = []
    for possible in (True, False):
        aside._is_possible = lambda possible=possible: possible
        made.append(prepared(records))
    together, alone = made
    assert together == alone
    assert [one.record for one in alone if one.record and not one.record.problems] == [r for r in records if r.name]
    assert [bool(one.record and one.record.problems) for one in (alone[5], alone[6], alone[700])] == [True, False, True]


def what_cannot_be_written_is_said(place: int) -> None:
    aside._is_possible = lambda: True
    long = contacts(**{f"at_{place}": {"notes": "x" * 2_000_000}})
    assert refused(long).startswith(f"contacts/p{place}.yaml: the file has 2,0")
    assert refused(contacts(), Empty(f"contacts/p{place}.yaml")) == f"contacts/p{place}.yaml exists already"


def test_with_a_second_process_and_without_the_files_are_the_same() -> None:
    in_a_process_of_its_own(the_files_are_the_same)


@pytest.mark.parametrize("place", [3, MANY - 3])
def test_what_cannot_be_written_is_said_whoever_notices(place: int) -> None:
    in_a_process_of_its_own(what_cannot_be_written_is_said, place)


def test_few_records_start_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def begun() -> bool:
        raise AssertionError("asked for a second process")

    monkeypatch.setattr(aside, "_is_possible", begun)
    assert len(prepared(list(itertools.islice(contacts(), BATCH)))) == BATCH
