"""How often something comes again: `2w`, `1mo on 5`, `2w after`, or a rule of RFC 5545, and the days that gives.

Rules come through sync, and one that never matches must not be searched to the end of the calendar, as the usual
library does: so days are counted here, within a horizon, and that library checks the counting in the tests.
"""

import re
from collections.abc import Iterator
from dataclasses import field
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import count, islice
from typing import Final

from crm_cli.base.dates import Duration, Stamp, clipped, days_in, is_leap, stamp_of
from crm_cli.base.errors import BadValue
from crm_cli.base.lean import dataclass
from crm_cli.base.patterns import pattern

MAX_OCCURRENCES: Final = 500
HORIZON_YEARS: Final = 2
# A 29th of February can be eight years away.
_FIRST_WITHIN_YEARS: Final = 9
# Where the latest occurrence is looked for first: most rules come in a month, nearly all in a year.
_LOOK_BACK: Final = (timedelta(days=32), timedelta(days=366))

_SIMPLE: Final = pattern(r"([1-9][0-9]{0,2})(d|w|mo|y)(?:( after)| on ([1-9]|[12][0-9]|3[01]))?")
_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_LONGEST: Final = {"d": 1, "w": 7, "mo": 31, "y": 366}
_UNITS: Final = {"DAILY": "d", "WEEKLY": "w", "MONTHLY": "mo", "YEARLY": "y"}
_DAY_NAME: Final = rf"([+-]?(?:[1-9]|[1-4][0-9]|5[0-3]))?({'|'.join(_WEEKDAYS)})"
_MONTH_DAY: Final = r"[+-]?(?:[1-9]|[12][0-9]|3[01])"
_POSITION: Final = r"[+-]?[1-9][0-9]{0,2}"
_PARTS: Final = {
    "FREQ": pattern("DAILY|WEEKLY|MONTHLY|YEARLY"),
    "INTERVAL": pattern("[1-9][0-9]{0,2}"),
    "COUNT": pattern("[1-9][0-9]{0,3}"),
    "UNTIL": pattern("[0-9]{8}(?:T[0-9]{6}Z?)?"),
    "BYDAY": pattern(f"{_DAY_NAME}(?:,{_DAY_NAME})*"),
    "BYMONTHDAY": pattern(f"{_MONTH_DAY}(?:,{_MONTH_DAY})*"),
    "BYMONTH": pattern("(?:[1-9]|1[0-2])(?:,(?:[1-9]|1[0-2]))*"),
    "BYSETPOS": pattern(f"{_POSITION}(?:,{_POSITION})*"),
    "WKST": pattern("|".join(_WEEKDAYS)),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """How often: every `step`, counted from the start or `after` completion, and which days of the step's periods.

    `by_day` holds pairs of an ordinal (0: every) and a weekday (Monday is 0).
    """

    text: str = field(compare=False)
    step: Duration
    after: bool = False
    on: int | None = None
    full: bool = False
    times: int | None = None
    until: date | None = None
    by_day: tuple[tuple[int, int], ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_month: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    week_start: int = 0


def parse_rule(text: str) -> Rule:
    """`2w`, `1mo on 5`, `2w after` or `FREQ=…`; BadValue `bad-recurrence`."""
    if text.startswith("FREQ=") and len(text) <= 500:
        return _parse_full(text)
    found = _SIMPLE.fullmatch(text)
    if not found or (found[4] and found[2] != "mo"):
        raise _refused(text, "write 2w, 1mo on 5, 2w after or FREQ=WEEKLY;BYDAY=MO")
    step = Duration(int(found[1]), found[2])
    return Rule(text, step, after=bool(found[3]), on=int(found[4]) if found[4] else None)


def _refused(text: str, hint: str) -> BadValue:
    return BadValue("bad-recurrence", f"{text[:40]!r} does not say how often", hint=hint)


def _parse_full(text: str) -> Rule:
    parts: dict[str, str] = {}
    for part in text.split(";"):
        key, _, value = part.partition("=")
        if key in parts or key not in _PARTS or not _PARTS[key].fullmatch(value):
            raise _refused(text, f"{part[:40]!r} is not understood; known are {', '.join(_PARTS)}, each once")
        parts[key] = value
    if reason := _contradiction(parts):
        raise _refused(text, reason)
    try:
        until = date.fromisoformat(parts["UNTIL"][:8]) if "UNTIL" in parts else None
    except ValueError:
        raise _refused(text, f"there is no day {parts['UNTIL'][:8]}") from None
    return Rule(
        text,
        Duration(int(parts.get("INTERVAL", "1")), _UNITS[parts["FREQ"]]),
        full=True,
        times=int(parts["COUNT"]) if "COUNT" in parts else None,
        until=until,
        by_day=tuple(_day_names(parts.get("BYDAY", ""))),
        by_month_day=_integers(parts.get("BYMONTHDAY", "")),
        by_month=_integers(parts.get("BYMONTH", "")),
        positions=_integers(parts.get("BYSETPOS", "")),
        week_start=_WEEKDAYS.index(parts.get("WKST", "MO")),
    )


def _contradiction(parts: dict[str, str]) -> str:
    if "COUNT" in parts and "UNTIL" in parts:
        return "COUNT and UNTIL exclude each other"
    if parts["FREQ"] in ("DAILY", "WEEKLY") and re.search(r"\d", parts.get("BYDAY", "")):
        return "numbered weekdays need FREQ=MONTHLY or FREQ=YEARLY"
    if parts["FREQ"] == "WEEKLY" and "BYMONTHDAY" in parts:
        return "BYMONTHDAY does not go with FREQ=WEEKLY"
    if "BYSETPOS" in parts and not parts.keys() & {"BYDAY", "BYMONTHDAY", "BYMONTH"}:
        return "BYSETPOS needs BYDAY, BYMONTHDAY or BYMONTH"
    return ""


def _integers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(",") if part)


def _day_names(text: str) -> Iterator[tuple[int, int]]:
    for number, name in re.findall(_DAY_NAME, text):
        yield int(number or 0), _WEEKDAYS.index(name)


def occurrences(rule: Rule, start: date, after: date, limit: int = MAX_OCCURRENCES) -> list[date]:
    """The days of the rule that are later than `after`, none before `start`: at most `limit`, at most two years' worth.

    The first is given even if it is further away. `start` itself is one only where it fits the rule. What counts from
    completion has `start` alone, since each later day depends on when the one before it was done.
    """
    if rule.after:
        return [start][:limit] if start > after else []
    base = max(start, after)
    horizon = _years_on(base, HORIZON_YEARS)
    far = max(horizon, rule.step.after(_years_on(base, _FIRST_WITHIN_YEARS), 2))
    later = (day for day in _days(rule, start, after, far) if day > after)
    found = list(islice(later, max(0, min(limit, MAX_OCCURRENCES))))
    return [day for index, day in enumerate(found) if index == 0 or day <= horizon]


def _years_on(day: date, years: int) -> date:
    """The same day so many years on, without the library that counts months: every look at what is due comes here."""
    return clipped(day.year + years, day.month, day.day) if day.year + years <= date.max.year else date.max


def after_completion(rule: Rule, done: date) -> date:
    """When it is due again, for a rule that counts from the day it was done."""
    return rule.step.after(done)


def open_day(rule: Rule, start: date, done: date | None, today: date) -> date | None:
    """The occurrence that is to be done, of which `done` was the last one finished; None where the rule is used up.

    It is the latest one not after today, with which those missed before it lapse, else the next one.
    """
    if rule.after:
        return start if done is None else max(start, after_completion(rule, done))
    after = done if done is not None else date.fromordinal(max(1, start.toordinal() - 1))
    found = _latest(rule, start, after, today)
    return found or next(iter(occurrences(rule, start, after, 1)), None)


def _latest(rule: Rule, start: date, after: date, today: date) -> date | None:
    """The last day of the rule behind `after` and not after today."""
    if after >= today:
        return None
    for reach in _LOOK_BACK:
        since = max(after, today - min(reach, today - date.min))
        if found := [day for day in occurrences(rule, start, since, reach.days) if day <= today]:
            return found[-1]
        if since == after:
            return None
    last = None
    while found := [day for day in occurrences(rule, start, last or after) if day <= today]:
        last = found[-1]
    return last


def occurrence(first: Stamp, day: date, tz: tzinfo) -> Stamp:
    """The occurrence on that day: a moment keeps the first one's time of day in the zone, whatever the offset is then.

    A time that the zone skips that day is taken the length of the gap later.
    """
    if not isinstance(first.when, datetime) or day == first.day(tz):
        return first if day == first.day(tz) else stamp_of(day)
    try:
        local = datetime.combine(day, first.when.astimezone(tz).time(), tz)
        return stamp_of(local.astimezone(UTC).astimezone(tz))
    except OverflowError:  # at the very ends of the calendar
        return stamp_of(day)


def _days(rule: Rule, start: date, after: date, far: date) -> Iterator[date]:
    """The days of the rule from `start` to `far`; those long before `after` are left out where nothing counts them."""
    first = 0
    if rule.times is None:
        first = max(0, (after - start).days // (rule.step.count * _LONGEST[rule.step.unit]) - 1)
    last = min(far, rule.until or far)
    fitting = (day for day in _from_turn(rule, start, first, last) if start <= day <= last)
    return fitting if rule.times is None else islice(fitting, rule.times)


def _from_turn(rule: Rule, start: date, first: int, last: date) -> Iterator[date]:
    """The days of each period of the rule, from the period number `first`."""
    for turn in count(first):
        begin = rule.step.after(_period(rule, start), turn)
        if begin > last or begin == date.max:
            return
        if rule.full:
            yield from _chosen(rule, start, begin)
        else:
            yield clipped(begin.year, begin.month, rule.on) if rule.on else begin


def _period(rule: Rule, start: date) -> date:
    """Where the first period of the rule begins; rules of our own count from the start itself."""
    if rule.on:
        return start.replace(day=1)
    if not rule.full or rule.step.unit == "d":
        return start
    if rule.step.unit == "w":
        return date.fromordinal(max(1, start.toordinal() - (start.weekday() - rule.week_start) % 7))
    return start.replace(day=1) if rule.step.unit == "mo" else start.replace(month=1, day=1)


def _chosen(rule: Rule, start: date, begin: date) -> list[date]:
    """The days that fit in the period which begins there, those of BYSETPOS if it has any."""
    days = [day for day in _in_period(rule, begin) if _fits(rule, start, day)]
    if not rule.positions:
        return days
    if rule.step.unit == "w":  # as dateutil counts: the first week begins with its start
        days = [day for day in days if day >= start]
    wanted = {position - 1 if position > 0 else len(days) + position for position in rule.positions}
    return [day for index, day in enumerate(days) if index in wanted]


def _in_period(rule: Rule, begin: date) -> list[date]:
    unit = rule.step.unit
    if unit == "d":
        return [begin]
    length = 7 if unit == "w" else days_in(begin.year, begin.month) if unit == "mo" else 365 + is_leap(begin.year)
    last = min(begin.toordinal() + length, date.max.toordinal() + 1)
    return [date.fromordinal(day) for day in range(begin.toordinal(), last)]


def _fits(rule: Rule, start: date, day: date) -> bool:
    if rule.by_month and day.month not in rule.by_month:
        return False
    if not rule.by_day and not rule.by_month_day:
        return _fits_start(rule, start, day)
    if rule.by_month_day and not _is_month_day(rule, day):
        return False
    return not rule.by_day or any(_is_weekday(rule, day, nth, weekday) for nth, weekday in rule.by_day)


def _is_month_day(rule: Rule, day: date) -> bool:
    """Whether it is a wanted day of its month, counted from either end."""
    return day.day in rule.by_month_day or day.day - days_in(day.year, day.month) - 1 in rule.by_month_day


def _fits_start(rule: Rule, start: date, day: date) -> bool:
    """What a rule that names no days takes from its start: the weekday, the day of the month, the month."""
    if rule.step.unit == "w":
        return day.weekday() == start.weekday()
    if rule.step.unit == "y" and not rule.by_month and day.month != start.month:
        return False
    return rule.step.unit == "d" or day.day == start.day


def _is_weekday(rule: Rule, day: date, nth: int, weekday: int) -> bool:
    """Whether it is that weekday, the nth of its month, or of its year in a yearly rule without months."""
    if day.weekday() != weekday or not nth:
        return day.weekday() == weekday
    if rule.step.unit == "y" and not rule.by_month:
        index, length = day.timetuple().tm_yday, 365 + is_leap(day.year)
    else:
        index, length = day.day, days_in(day.year, day.month)
    return nth == ((index - 1) // 7 + 1 if nth > 0 else -((length - index) // 7 + 1))
