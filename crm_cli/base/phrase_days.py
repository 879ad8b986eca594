"""The one day that a phrase without a time means: in numbers, by name, or counted from today."""

from datetime import date, datetime, timedelta
from typing import Final, Literal

from crm_cli.base.date_names import BOTH_WAYS, ENDS, FIXED, LAST, MONTHS, NEXT, WEEKDAYS
from crm_cli.base.dates import LEAP_YEAR, add_months, clipped, is_leap, parse_duration
from crm_cli.base.errors import BadRequest
from crm_cli.base.lean import dataclass
from crm_cli.base.patterns import pattern

Look = Literal["ahead", "past", "query"]

_ISO: Final = pattern(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_SLASHES: Final = pattern(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})|([0-9]{1,2})/([0-9]{1,2})")
_DAY_MONTH: Final = pattern(r"([0-9]{1,2})(?:st|nd|rd|th)? ([^\s0-9]+)(?:,? ([0-9]{4}))?")
_MONTH_DAY: Final = pattern(r"([^\s0-9]+) ([0-9]{1,2})(?:st|nd|rd|th)?(?:,? ([0-9]{4}))?")
_RELATIVE: Final = pattern(r"([+-])([0-9]{1,4}(?:d|w|mo|y))")


@dataclass(frozen=True, slots=True)
class Frame:
    """What a phrase is understood against: now in the book's zone, its customs, and which way the field looks."""

    now: datetime
    date_order: str = "dmy"
    week_start: str = "monday"
    fiscal_year_start: str = "04-01"
    look: Look = "ahead"

    @property
    def today(self) -> date:
        """The day it is."""
        return self.now.date()


def day_of(text: str, frame: Frame) -> date | None:
    """The day of a phrase without a time; None if no form fits, ValueError if there is no such day."""
    for form in (_iso, _slashes, _word, _weekday, _relative, _end):
        if (day := form(text, frame)) is not None:
            return day
    if text in BOTH_WAYS:
        if frame.look == "query":
            raise BadRequest(f"{text!r} looks both ways", hint="write the date, or today, tomorrow, yesterday")
        return frame.today + timedelta(days=BOTH_WAYS[text] * (1 if frame.look == "ahead" else -1))
    if found := named(text):
        year, month, day_of_month = found
        return date(year, month, day_of_month) if year else _nearest(month, day_of_month, frame)
    return None


def named(text: str) -> tuple[int | None, int, int] | None:
    """Year, month and day of `21 nov 2026` or `nov 21`; the year may be missing."""
    if found := _DAY_MONTH.fullmatch(text):
        day, name, year = found.groups()
    elif found := _MONTH_DAY.fullmatch(text):
        name, day, year = found.groups()
    else:
        return None
    month = MONTHS.get(name.rstrip(".,"))
    return (int(year) if year else None, month, int(day)) if month else None


def _nearest(month: int, day: int, frame: Frame) -> date:
    """A day without a year: the nearest ahead or past, today included; in a query that of this year."""
    if frame.look == "query":
        return date(frame.today.year, month, day)
    date(LEAP_YEAR, month, day)
    # A 29th of February can be eight years away.
    step = 1 if frame.look == "ahead" else -1
    for year in range(frame.today.year, frame.today.year + 9 * step, step):
        if month == 2 and day == 29 and not is_leap(year):
            continue
        found = date(year, month, day)
        if found == frame.today or (found > frame.today) == (step > 0):
            return found
    raise ValueError("the calendar ends")


def _iso(text: str, _frame: Frame) -> date | None:
    found = _ISO.fullmatch(text)
    return date(int(found[1]), int(found[3]), int(found[4])) if found else None


def _slashes(text: str, frame: Frame) -> date | None:
    """Numbers in the book's order of day, month and year; two digits are a year of this century."""
    found = _SLASHES.fullmatch(text)
    if not found:
        return None
    month_first = frame.date_order.index("m") < frame.date_order.index("d")
    if found[5]:
        first, second = int(found[5]), int(found[6])
        return _nearest(first, second, frame) if month_first else _nearest(second, first, frame)
    parts = [int(found[1]), int(found[3]), int(found[4])]
    if frame.date_order == "ymd" and len(found[4]) == 2:
        year, month, day = parts
    else:
        year, (month, day) = parts[2], (parts[:2] if month_first else (parts[1], parts[0]))
    return date(year + 2000 * (year < 100), month, day)


def _word(text: str, frame: Frame) -> date | None:
    return frame.today + timedelta(days=FIXED[text]) if text in FIXED else None


def _weekday(text: str, frame: Frame) -> date | None:
    """A weekday is the next one after today, or the last one before it; `next` is that of next week.

    `last` is always the last one before today.
    """
    first, _, rest = text.partition(" ")
    if first in NEXT and rest in WEEKDAYS:
        start = _week_start(frame) + timedelta(days=7)
        return start + timedelta(days=(WEEKDAYS[rest] - start.weekday()) % 7)
    weekday = rest if first in LAST else text
    if weekday not in WEEKDAYS:
        return None
    if first in LAST or frame.look == "past":
        return frame.today - timedelta(days=(frame.today.weekday() - WEEKDAYS[weekday] - 1) % 7 + 1)
    ahead = (WEEKDAYS[weekday] - frame.today.weekday() - 1) % 7 + 1
    return frame.today + timedelta(days=ahead)


def _week_start(frame: Frame) -> date:
    return frame.today - timedelta(days=(frame.today.weekday() - WEEKDAYS[frame.week_start]) % 7)


def _relative(text: str, frame: Frame) -> date | None:
    found = _RELATIVE.fullmatch(text)
    return parse_duration(found[2]).after(frame.today, 1 if found[1] == "+" else -1) if found else None


def _end(text: str, frame: Frame) -> date | None:
    """The last day of this week, month, quarter, year or financial year."""
    unit = ENDS.get(text)
    if unit is None:
        return None
    if unit == "week":
        return _week_start(frame) + timedelta(days=6)
    today = frame.today
    if unit == "fiscal":
        start = fiscal_start(today.year, frame)
        return _before(start if start > today else fiscal_start(today.year + 1, frame))
    first = {"month": today.month, "quarter": (today.month - 1) // 3 * 3 + 1, "year": 1}[unit]
    return _before(add_months(date(today.year, first, 1), {"month": 1, "quarter": 3, "year": 12}[unit]))


def _before(day: date) -> date:
    return day if day == date.max else day - timedelta(days=1)


def fiscal_start(year: int, frame: Frame) -> date:
    """The first day of the financial year that begins in that year."""
    month, day = frame.fiscal_year_start.split("-")
    return clipped(year, int(month), int(day))
