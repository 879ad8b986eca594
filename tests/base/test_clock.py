"""The clock, CRM_NOW and time zones."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from crm_cli.base import clock
from crm_cli.base.errors import BadRequest, BadValue


@pytest.mark.parametrize(
    ("frozen", "zone", "expected"),
    [
        ("2026-11-21", "Asia/Kolkata", "2026-11-21T12:00:00+05:30"),
        ("2026-11-21T10:30", "Asia/Kolkata", "2026-11-21T10:30:00+05:30"),
        ("2026-11-21 10:30:15", "UTC", "2026-11-21T10:30:15+00:00"),
        ("2026-11-21T23:30Z", "Asia/Kolkata", "2026-11-22T05:00:00+05:30"),
        ("2026-11-21T10:30-05:00", "Asia/Kolkata", "2026-11-21T21:00:00+05:30"),
        ("2026-03-08T02:30", "America/New_York", "2026-03-08T03:30:00-04:00"),
        ("2026-11-01T01:30", "America/New_York", "2026-11-01T01:30:00-04:00"),
    ],
)
def test_the_clock_can_be_stopped(frozen: str, zone: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_NOW", frozen)
    assert clock.now(zone).isoformat() == expected


@pytest.mark.parametrize(
    "frozen", ["now", "tomorrow", "2026-02-30", "2026-11-21T25:00", "2026-11", "10:30", "0001-01-01T00:00+14:00"]
)
def test_a_clock_that_cannot_be_read_is_a_bad_request(frozen: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_NOW", frozen)
    with pytest.raises(BadRequest) as caught:
        clock.now("Asia/Kolkata")
    assert frozen in caught.value.message
    assert "2026-11-21T10:30+05:30" in caught.value.hint


@pytest.mark.parametrize("frozen", [None, "", "  "])
def test_otherwise_the_machine_knows_to_the_second(frozen: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    if frozen is None:
        monkeypatch.delenv("CRM_NOW", raising=False)
    else:
        monkeypatch.setenv("CRM_NOW", frozen)
    before = datetime.now(UTC).replace(microsecond=0)
    found = clock.now("Asia/Kolkata")
    assert before <= found <= datetime.now(UTC)
    assert (found.microsecond, str(found)[-6:]) == (0, "+05:30")
    assert clock.now().tzinfo is UTC


@pytest.mark.parametrize(
    "name", ["", "Mars/Olympus", "../etc/passwd", "/etc/passwd", "Europe", "Asia/Kolkata\0", "आशा"]
)
def test_an_unknown_zone_is_a_bad_value(name: str) -> None:
    with pytest.raises(BadValue) as caught:
        clock.zone(name)
    assert caught.value.code == "bad-timezone"


def test_the_machine_s_zone_is_taken_from_where_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", ":Asia/Kolkata")
    assert clock.local_zone_name() == "Asia/Kolkata"
    for setting in ("IST-5:30", ""):
        monkeypatch.setenv("TZ", setting)
        assert str(clock.zone(clock.local_zone_name()))


def test_files_that_name_no_zone_are_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "zoneinfo" / "Asia").mkdir(parents=True)
    target = tmp_path / "zoneinfo" / "Asia" / "Tokyo"
    target.touch()
    (tmp_path / "localtime").symlink_to(target)
    (tmp_path / "timezone").write_text("Europe/Berlin\n", encoding="utf-8")
    (tmp_path / "broken").write_bytes(b"\xff\xfe")
    monkeypatch.delenv("TZ", raising=False)
    assert clock.local_zone_name(tmp_path / "timezone", tmp_path / "localtime") == "Europe/Berlin"
    assert clock.local_zone_name(tmp_path / "broken", tmp_path / "localtime") == "Asia/Tokyo"
    assert clock.local_zone_name(tmp_path / "none", tmp_path / "nothing") == "UTC"
