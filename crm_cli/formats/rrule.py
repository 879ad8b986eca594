"""What a recurring task does from one of its days on, as a rule of RFC 5545, where that says exactly the same."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from crm_cli.base.recurrence import Rule, occurrences

_FREQUENCIES: Final = {"d": "DAILY", "w": "WEEKLY", "mo": "MONTHLY", "y": "YEARLY"}
_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_ALWAYS_THERE: Final = 28
_DAY: Final = timedelta(days=1)


def rrule(rule: Rule, start: date, first: date | datetime) -> str | None:
    """The rule for a calendar entry that begins with the occurrence `first` of a task that was due on `start` at first.

    A moment is in the book's zone. None where no rule gives the same days: what counts from completion, a `first` that
    is no day of the rule, and what calendars are known to read in more than one way.
    """
    day = first.date() if isinstance(first, datetime) else first
    if rule.after or _is_ambiguous(rule) or day == date.min or occurrences(rule, start, day - _DAY, 1) != [day]:
        return None
    parts = [f"FREQ={_FREQUENCIES[rule.step.unit]}"]
    if rule.step.count > 1:
        parts.append(f"INTERVAL={rule.step.count}")
    if rule.times is not None:
        parts.append(f"COUNT={rule.times - _count_before(rule, start, day)}")
    if rule.until is not None:
        parts.append(f"UNTIL={_until(rule.until, first)}")
    return ";".join([*parts, *(_chosen(rule) if rule.full else _own(rule, start))])


def _is_ambiguous(rule: Rule) -> bool:
    """Positions in a week are counted by some from the first day of the entry, numbered weekdays beside days of the
    month by some not at all."""
    numbered = any(nth for nth, _ in rule.by_day)
    return bool(rule.positions and rule.step.unit == "w") or (numbered and bool(rule.by_month_day))


def _count_before(rule: Rule, start: date, day: date) -> int:
    """How many days of the rule lie before that one."""
    found, last = 0, start - _DAY if start > date.min else start
    while days := [one for one in occurrences(rule, start, last) if one < day]:
        found, last = found + len(days), days[-1]
    return found


def _until(until: date, first: date | datetime) -> str:
    """Of the type of the entry's beginning, as the standard wants it; a moment counts until the local day is over."""
    if not isinstance(first, datetime):
        return f"{until:%Y%m%d}".zfill(8)
    try:
        end = datetime.combine(until, time(23, 59, 59), first.tzinfo).astimezone(UTC)
    except OverflowError:
        end = datetime.max.replace(tzinfo=UTC)
    return f"{end:%Y%m%dT%H%M%SZ}".zfill(16)


def _own(rule: Rule, start: date) -> Iterator[str]:
    """The days of a short rule: a day that a month does not have is its last one."""
    day = rule.on or start.day
    if rule.step.unit == "mo" and day > _ALWAYS_THERE:
        yield f"BYMONTHDAY={','.join(map(str, range(_ALWAYS_THERE, day + 1)))}"
        yield "BYSETPOS=-1"
    elif rule.step.unit == "mo":
        yield f"BYMONTHDAY={day}"
    elif rule.step.unit == "y" and (start.month, start.day) == (2, 29):
        yield "BYMONTH=2"
        yield "BYMONTHDAY=-1"


def _chosen(rule: Rule) -> Iterator[str]:
    """The days that a rule of the standard names; what it takes from its start is the same at each of them."""
    for name, numbers in (("BYMONTH", rule.by_month), ("BYMONTHDAY", rule.by_month_day)):
        if numbers:
            yield f"{name}={','.join(map(str, numbers))}"
    if rule.by_day:
        yield f"BYDAY={','.join(f'{nth or str()}{_WEEKDAYS[weekday]}' for nth, weekday in rule.by_day)}"
    if rule.positions:
        yield f"BYSETPOS={','.join(map(str, rule.positions))}"
    if rule.week_start:
        yield f"WKST={_WEEKDAYS[rule.week_start]}"
