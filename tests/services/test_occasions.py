"""Days to remember: with and without a year, at the ends of February and of the year."""

import pytest

from crm_cli.base.errors import BadRequest
from crm_cli.services.occasions import occasions
from tests.services.agenda_book import Agenda


def found(agenda: Agenda, today: str, *words: str, within: str = "14d") -> list[str]:
    """Date, name, occasion and years of each."""
    rows = occasions(agenda.at(today), words, within).rows
    return [" ".join(str(row[place]) for place in (0, 3, 4, 5)) for row in rows]


@pytest.mark.parametrize(
    ("fields", "today", "expected"),
    [
        ("birthday: 1984-11-20", "2026-11-20", ["2026-11-20 Asha birthday 42"]),  # today counts
        ("birthday: 1984-12-04", "2026-11-20", ["2026-12-04 Asha birthday 42"]),  # so does the last day
        ("birthday: 1984-12-05", "2026-11-20", []),
        ("birthday: 1984-11-19", "2026-11-20", []),
        ("birthday: --12-01", "2026-11-20", ["2026-12-01 Asha birthday None"]),
        ("birthday: 1984-01-02", "2026-12-25", ["2027-01-02 Asha birthday 43"]),  # over the end of the year
        ("birthday: 2000-02-29", "2026-02-20", ["2026-02-28 Asha birthday 26"]),
        ("birthday: 2000-02-29", "2028-02-20", ["2028-02-29 Asha birthday 28"]),
        ("birthday: --02-29", "2026-02-28", ["2026-02-28 Asha birthday None"]),
        ("birthday: 2026-11-25", "2026-11-20", ["2026-11-25 Asha birthday 0"]),
        ("anniversaries: [2027-11-25]", "2026-11-20", []),  # it is to be next year
        (
            "anniversaries: [{wedding: 2010-11-25}, --11-23]",
            "2026-11-20",
            ["2026-11-23 Asha anniversary None", "2026-11-25 Asha wedding 16"],
        ),
        ("birthday: soon", "2026-11-20", []),
        ("birthday: 1984-11-20 | archived: 2026-01-01", "2026-11-20", []),
    ],
)
def test_a_day_comes_round(agenda: Agenda, fields: str, today: str, expected: list[str]) -> None:
    agenda.write({"contacts/asha-k7m3q9": f"{{name: Asha | {fields}}}"})
    assert found(agenda, today) == expected


def test_they_come_by_date_then_by_id_and_a_query_says_whose(agenda: Agenda) -> None:
    agenda.write(
        {
            "contacts/zoe-k7m3q1": "{name: Zoe | birthday: --11-22 | tags: [vip]}",
            "contacts/asha-k7m3q9": "{name: Asha | birthday: --11-22}",
            "contacts/ravi-k7m3q2": "{name: Ravi | birthday: --11-21 | tags: [vip]}",
        }
    )
    assert [line.split()[1] for line in found(agenda, "2026-11-20")] == ["Ravi", "Asha", "Zoe"]
    assert [line.split()[1] for line in found(agenda, "2026-11-20", "tag:vip", "sort:-name")] == ["Zoe", "Ravi"]
    assert [line.split()[1] for line in found(agenda, "2026-11-20", "limit:1")] == ["Ravi"]


def test_a_long_look_ahead_meets_a_day_every_year(agenda: Agenda) -> None:
    agenda.write({"contacts/asha-k7m3q9": "{name: Asha | birthday: 1984-11-22}"})
    assert [line[:10] for line in found(agenda, "2026-11-20", within="2y")] == ["2026-11-22", "2027-11-22"]
    assert found(agenda, "2026-11-20", within="0d") == []
    with pytest.raises(BadRequest, match="--within"):
        found(agenda, "2026-11-20", within="soon")
