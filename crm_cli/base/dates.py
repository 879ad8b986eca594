"""Days, moments, birthdays and spans of time as record files hold them: strict forms, one value each."""

from dataclasses import field
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final

from crm_cli.base.errors import BadValue
from crm_cli.base.lean import dataclass
from crm_cli.base.patterns import pattern

_MOMENT: Final = pattern(r"(?a)[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(?:Z|[+-][0-9]{2}:[0-9]{2})")
_DAY: Final = pattern(r"(?a)[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NO_YEAR: Final = pattern(r"(?a)--([0-9]{2})-([0-9]{2})")
_DURATION: Final = pattern(r"(?a)([0-9]{1,4})(d|w|mo|y)")
_NOON: Final = time(12)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)
_DAYS_OF: Final = {"d": 1, "w": 7, "mo": 30, "y": 365}
LEAP_YEAR: Final = 2000


@dataclass(frozen=True, slots=True)
class Stamp:
    """A day, or a moment with its offset; two spellings of one instant are equal, a day never equals a moment."""

    text: str = field(compare=False)
    when: date | datetime

    def __init__(self, text: str, when: date | datetime) -> None:  # written out, since every file has some
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "when", when)

    @property
    def moment(self) -> bool:
        """Whether it has a time."""
        return isinstance(self.when, datetime)

    def day(self, tz: tzinfo) -> date:
        """The day that it falls on, in that zone."""
        return self.local(tz).date() if isinstance(self.when, datetime) else self.when

    def local(self, tz: tzinfo) -> datetime:
        """The moment as clocks in that zone show it; a day counts as its noon."""
        when = self.instant(tz)
        try:
            return when.astimezone(tz)
        except OverflowError:  # at the very ends of the calendar
            return when

    def instant(self, tz: tzinfo) -> datetime:
        """The moment; a day counts as its noon in that zone."""
        if isinstance(self.when, datetime):
            return self.when
        return datetime.combine(self.when, _NOON, tz)

    def key(self, tz: tzinfo) -> int:
        """Seconds since 1970 at `instant`, to sort by."""
        return (self.instant(tz) - _EPOCH) // _SECOND


@lru_cache(maxsize=4096)  # the same days stand in many records
def parse_stamp(text: str, *, moments: bool) -> Stamp:
    """The day, or where `moments` are allowed the moment, that a file says; BadValue `bad-date` or `no-such-day`."""
    # The standard library reads more forms than ours, so the hyphens are checked first.
    if len(text) == 10 and text[4] == "-" == text[7]:
        try:
            return Stamp(text, date.fromisoformat(text))
        except ValueError:
            raise _no_date(text, moments) from None
    if not moments or not _MOMENT.fullmatch(text):
        raise _no_date(text, moments)
    try:
        return Stamp(text, datetime.fromisoformat(text))
    except ValueError:
        raise _no_date(text, moments) from None


def _no_date(text: str, moments: bool) -> BadValue:
    shown = text if len(text) <= 40 else text[:40] + "…"
    if _DAY.fullmatch(text[:10]) and _is_missing(text[:10]) and (len(text) == 10 or moments):
        return BadValue("no-such-day", f"there is no day {text[:10]}", hint="check the month and the day")
    if not moments and _MOMENT.fullmatch(text):
        return BadValue("bad-date", f"{shown!r} has a time, and a day is wanted", hint=f"write {text[:10]}")
    hint = "write 2026-11-21 or 2026-11-21T10:30+05:30" if moments else "write 2026-11-21"
    return BadValue("bad-date", f"{shown!r} is not a date", hint=hint)


def _is_missing(day: str) -> bool:
    try:
        date.fromisoformat(day)
    except ValueError:
        return True
    return False


def stamp_of(value: date | datetime) -> Stamp:
    """The stamp of a day, or of an aware moment, in the form that crm writes: to the second, with its offset."""
    if not isinstance(value, datetime):
        return Stamp(value.isoformat(), value)
    offset = value.utcoffset()
    if offset is None:
        raise ValueError("a moment needs an offset")
    # Zones had offsets with seconds before 1900; the files know hours and minutes only.
    whole = timezone(timedelta(minutes=round(offset / timedelta(minutes=1))))
    try:
        fixed = value.astimezone(whole)
    except OverflowError:  # at the very ends of the calendar, where it is no moment in UTC
        fixed = value.replace(tzinfo=whole)
    fixed = fixed.replace(microsecond=0)
    return Stamp(fixed.isoformat(), fixed)


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A birthday or anniversary, whose year may be unknown."""

    text: str = field(compare=False)
    year: int | None
    month: int
    day: int

    def in_year(self, year: int) -> date:
        """The day on which it is kept in that year; the 29th of February on the 28th where there is none."""
        return clipped(year, self.month, self.day)


def parse_partial(text: str) -> PartialDate:
    """`1984-03-14`, or `--03-14` without a year; BadValue `bad-date` or `no-such-day`."""
    found = _NO_YEAR.fullmatch(text)
    if not found:
        try:
            when = parse_stamp(text, moments=False).when
        except BadValue as error:
            hint = error.hint if error.code == "no-such-day" else "write 1984-03-14, or --03-14 without the year"
            raise BadValue(error.code, error.message, hint=hint) from None
        return PartialDate(text, when.year, when.month, when.day)
    month, day = int(found[1]), int(found[2])
    if not 1 <= month <= 12 or not 1 <= day <= days_in(LEAP_YEAR, month):
        raise BadValue("no-such-day", f"there is no day {text}", hint="the month comes first: --03-14")
    return PartialDate(text, None, month, day)


def is_leap(year: int) -> bool:
    """Whether a year has a 29 February."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def days_in(year: int, month: int) -> int:
    """How many days a month has. The standard library's calendar loads locales first: 3 ms of every command."""
    return 28 + is_leap(year) if month == 2 else 30 + (month + month // 8) % 2


def clipped(year: int, month: int, day: int) -> date:
    """That day, or the last one of its month where the month is shorter."""
    return date(year, month, min(day, days_in(year, month)))


@lru_cache(maxsize=4096)  # dateutil takes 30 µs, and an agenda of thousands counts from the same few days
def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the last one of that month; the ends of the calendar hold."""
    from dateutil.relativedelta import relativedelta  # 2 ms, which only who counts in months pays

    try:
        return day + relativedelta(months=months)
    except (ValueError, OverflowError):
        return date.max if months > 0 else date.min


@dataclass(frozen=True, slots=True)
class Duration:
    """A span of days, weeks, months or years (`d`, `w`, `mo`, `y`)."""

    count: int
    unit: str

    @property
    def text(self) -> str:
        """As it is written."""
        return f"{self.count}{self.unit}"

    @property
    def days(self) -> int:
        """About how many days: a month counts 30, a year 365."""
        return self.count * _DAYS_OF[self.unit]

    def after(self, day: date, times: int = 1) -> date:
        """The day so much later, `times` over; negative times go back."""
        if self.unit in ("mo", "y"):
            return add_months(day, times * self.count * (12 if self.unit == "y" else 1))
        try:
            return day + timedelta(days=times * self.days)
        except OverflowError:
            return date.max if times > 0 else date.min


def parse_duration(text: str) -> Duration:
    """`30d`, `6w`, `3mo`, `1y`; BadValue `bad-cadence`."""
    found = _DURATION.fullmatch(text.strip(" "))
    if not found:
        raise BadValue("bad-cadence", f"{text[:40]!r} is not a span of time", hint="write 30d, 6w, 3mo or 1y")
    return Duration(int(found[1]), found[2])


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often to keep in touch: the ideal, and the most that may pass."""

    text: str = field(compare=False)
    ideal: Duration
    maximum: Duration


@lru_cache(maxsize=256)  # a book has a handful, and asks for them with every contact
def parse_cadence(text: str) -> Cadence:
    """`6w`, whose maximum is half as much again, or `6w..8w`; BadValue `bad-cadence`."""
    first, dots, second = text.partition("..")
    ideal = parse_duration(first)
    maximum = parse_duration(second) if dots else _half_as_much_again(ideal)
    if ideal.count == 0 or maximum.days < ideal.days:
        raise BadValue(
            "bad-cadence", f"{text[:40]!r} is not a cadence", hint="the ideal comes first, then the maximum: 6w..8w"
        )
    return Cadence(text, ideal, maximum)


def _half_as_much_again(ideal: Duration) -> Duration:
    """In the same unit where that comes out even, years in months, else in whole days rounded up."""
    if ideal.unit == "y":
        return Duration(ideal.count * 18, "mo")
    if ideal.count % 2 == 0:
        return Duration(ideal.count * 3 // 2, ideal.unit)
    return Duration((ideal.days * 3 + 1) // 2, "d")
