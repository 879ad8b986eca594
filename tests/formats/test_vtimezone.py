"""The times of a zone, beside what the system knows of it."""

import io
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical

from crm_cli.formats.ics import calendar_file
from crm_cli.formats.vtimezone import observances

SIMPLE = ("Asia/Kolkata", "UTC")
REGULAR = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe")
IRREGULAR = ("Africa/Casablanca", "America/Santiago")


@pytest.mark.parametrize("name", [*SIMPLE, *REGULAR, *IRREGULAR])
def test_another_reader_gets_the_same_clock(name: str) -> None:
    zone, text = ZoneInfo(name), calendar_file("x", name, ZoneInfo(name), []).decode()
    read = tzical(io.StringIO(text)).get(name)
    random = Random(name)
    last = datetime(2150 if name in REGULAR else 2037, 12, 1)
    for _ in range(200):
        moment = datetime(1970, 1, 3) + timedelta(seconds=random.randrange(int(last.timestamp())))
        ours = read.fromutc(moment.replace(tzinfo=read)).replace(tzinfo=None)
        assert ours == moment.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None), moment


def test_summer_begins_in_the_second_that_it_does() -> None:
    berlin = observances(ZoneInfo("Europe/Berlin"))
    summer = next(one for one in berlin if one.summer and one.rule)
    assert summer.begins == datetime(1981, 3, 29, 2)  # on the clock of the winter
    assert (summer.rule, summer.name) == ("FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "CEST")
    winter = next(one for one in berlin if not one.summer and one.rule)
    assert (winter.begins, winter.offset) == (datetime(1996, 10, 27, 3), timedelta(hours=1))


def test_a_numbered_week_is_a_rule_too() -> None:
    rules = {one.rule for one in observances(ZoneInfo("America/New_York")) if one.rule}
    assert rules == {"FREQ=YEARLY;BYMONTH=3;BYDAY=2SU", "FREQ=YEARLY;BYMONTH=11;BYDAY=1SU"}


def test_a_zone_without_summer_is_one_line_and_one_without_a_rule_is_single_days() -> None:
    assert [(one.name, one.more) for one in observances(ZoneInfo("Asia/Kolkata"))] == [("IST", ())]
    assert [one.offset for one in observances(UTC)] == [timedelta()]
    morocco = observances(ZoneInfo("Africa/Casablanca"))
    assert not any(one.rule for one in morocco)
    assert max(day.year for one in morocco for day in one.more) == 2037
    assert any(one.summer for one in observances(ZoneInfo("Europe/London")))
