"""When the clocks of a time zone change, as calendar files describe it: yearly rules, and single days before them.

The calendar library makes such a description too, but lets summer begin an hour late.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Final

from crm_cli.base.lean import dataclass

FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2037
"""The years that are described one by one; rules go on after that. Fixed, so that each file says the same."""

_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_SECOND: Final = timedelta(seconds=1)
_WEEK: Final = timedelta(weeks=1)
"""No zone has changed its clock twice in a week since 1970."""


@dataclass(frozen=True, slots=True)
class Observance:
    """One of the times of a zone: when it begins, on the clock before it, each year by the rule or on more days."""

    name: str
    summer: bool
    before: timedelta
    offset: timedelta
    begins: datetime
    rule: str = ""
    more: tuple[datetime, ...] = ()


def observances(zone: tzinfo) -> list[Observance]:
    """The times of a zone since 1970, in the order in which they came up."""
    first = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC).astimezone(zone)
    beginning = datetime(FIRST_YEAR, 1, 1)
    found = [Observance(_name(first), _is_summer(first), _offset(first), _offset(first), beginning)]
    groups: dict[tuple[str, bool, timedelta, timedelta], list[datetime]] = {}
    for before, after in _changes(zone):
        moment = after.replace(tzinfo=None) - _offset(after) + _offset(before)
        groups.setdefault((_name(after), _is_summer(after), _offset(before), _offset(after)), []).append(moment)
    for facts, moments in groups.items():
        single, yearly = _split(moments)
        if single:
            found.append(Observance(*facts, single[0], more=tuple(single[1:])))
        if yearly:
            found.append(Observance(*facts, yearly[0], rule=_rule(yearly)))
    return sorted(found, key=lambda one: one.begins)


def _name(moment: datetime) -> str:
    return moment.tzname() or "local"


def _offset(moment: datetime) -> timedelta:
    return moment.utcoffset() or timedelta()


def _is_summer(moment: datetime) -> bool:
    return (moment.dst() or timedelta()) > timedelta()


def _changes(zone: tzinfo) -> Iterator[tuple[datetime, datetime]]:
    """The second before each change and the second of it."""
    start = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
    weeks = (datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC) - start) // _WEEK + 1
    offsets = [(moment, moment.astimezone(zone).utcoffset()) for moment in (start + n * _WEEK for n in range(weeks))]
    for (low, before), (high, after) in pairwise(offsets):
        if before == after:
            continue
        while high - low > _SECOND:
            middle = low + (high - low) // _SECOND // 2 * _SECOND
            if middle.astimezone(zone).utcoffset() == before:
                low = middle
            else:
                high = middle
        yield low.astimezone(zone), high.astimezone(zone)


def _split(moments: Sequence[datetime]) -> tuple[Sequence[datetime], Sequence[datetime]]:
    """Those that follow no rule, and behind them those of each year up to the last one that follow one."""
    at = len(moments)
    while at and moments[at - 1].year == LAST_YEAR - (len(moments) - at) and _rule(moments[at - 1 :]):
        at -= 1
    # A few years in a row look like a rule by chance.
    return (moments[:at], moments[at:]) if len(moments) - at > 7 else (moments, ())


def _rule(moments: Sequence[datetime]) -> str:
    """The yearly rule by which all of them come; empty if there is none."""
    if len({(one.month, one.weekday(), one.time()) for one in moments}) > 1:
        return ""
    month, weekday = moments[0].month, _WEEKDAYS[moments[0].weekday()]
    if all((one + _WEEK).month != month for one in moments):
        return f"FREQ=YEARLY;BYMONTH={month};BYDAY=-1{weekday}"
    weeks = {(one.day - 1) // 7 + 1 for one in moments}
    return f"FREQ=YEARLY;BYMONTH={month};BYDAY={weeks.pop()}{weekday}" if len(weeks) == 1 else ""
