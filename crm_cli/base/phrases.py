"""Dates in words, as people type them: a small grammar that either knows what is meant or refuses.

    phrase  = day [["at"] time]
    day     = 2026-11-21 | 21/11/26 | 21/11 | 21 nov [2026] | nov 21 [2026] | today | tomorrow | yesterday | आज
            | कल | परसों | +3d | -2w | +1mo | +1y | fri | next mon | last fri | eow | eom | eoq | eoy | eofy
    time    = 10:30 | 10:30:15 | 3pm | 3:30 pm | 10 बजे | noon
    range   = phrase | 2026 | 2026-11 | 2026-Q4 | FY2026-27

A local time that the zone skips is taken the length of the gap later; one that comes twice is the first of the two.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from crm_cli.base.date_names import DEVANAGARI_DIGITS, NOON, O_CLOCK
from crm_cli.base.dates import PartialDate, Stamp, add_months, clipped, parse_partial, stamp_of
from crm_cli.base.errors import BadRequest, BadValue
from crm_cli.base.patterns import pattern
from crm_cli.base.phrase_days import Frame, Look, day_of, fiscal_start, named
from crm_cli.base.text import fold

__all__ = ["Frame", "Look", "longest_prefix", "understand", "understand_partial", "understand_range"]

EXAMPLES: Final = "write 2026-11-21, 21 nov, tomorrow, fri, next mon, +3d or eom, and a time behind it: fri 10:30"
RANGE_EXAMPLES: Final = "write 2026-11-21, today, -30d, 2026-11, 2026-Q4 or FY2026-27"
_BIRTHDAYS: Final = "write 1984-03-14, --03-14 or 14 mar"
_MAX_PHRASE: Final = 60
_MAX_WORDS: Final = 3

_CLOCK: Final = pattern(r"([0-9]{1,2})(?::([0-9]{2})(?::([0-9]{2}))?)?\s?(am|pm)?", re.ASCII)
_TIME_AT_END: Final = pattern(
    rf"(?P<day>.+?)[ t](?:at )?(?P<time>{NOON}|[0-9]{{1,2}}(?::[0-9]{{2}}){{1,2}}|"
    rf"[0-9]{{1,2}}(?::[0-9]{{2}})? ?(?:am|pm)|[0-9]{{1,2}}(?::[0-9]{{2}})? (?:{'|'.join(sorted(O_CLOCK))}))"
)
_MOMENT: Final = pattern(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[t ]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?) ?(z|[+-][0-9]{2}:[0-9]{2})"
)
_MONTH: Final = pattern(r"([0-9]{4})-([0-9]{2})")
_QUARTER: Final = pattern(r"([0-9]{4})-q([1-4])")
_FISCAL: Final = pattern(r"fy ?([0-9]{4})-([0-9]{2}|[0-9]{4})")
_YEAR: Final = pattern(r"[12][0-9]{3}")


def understand(phrase: str, frame: Frame) -> Stamp:
    """The one day or moment that a phrase means; BadRequest with examples if it is none."""
    return stamp_of(_understand(phrase, frame, EXAMPLES)[0])


def understand_range(phrase: str, frame: Frame) -> tuple[datetime, datetime]:
    """The first and the last second that a phrase means: of a day, a month, a quarter, a year, a minute."""
    try:
        if span := _span(_plain(phrase), frame):
            return _first_second(span[0], frame), _last_second(span[1], frame)
        when, seconds = _understand(phrase, frame, RANGE_EXAMPLES)
        if isinstance(when, datetime):
            return when, when if seconds else when + timedelta(seconds=59)
        return _first_second(when, frame), _last_second(when, frame)
    except (ValueError, OverflowError):  # no such month, or a day at an end of the calendar that is none in UTC
        raise _refused(phrase, RANGE_EXAMPLES) from None


def understand_partial(phrase: str, frame: Frame) -> PartialDate:
    """A birthday: `1984-03-14`, `--03-14`, `14 mar`, `14 mar 1984`, `14/03/1984`; BadRequest if it is none."""
    text = _plain(phrase)
    found = named(text)
    if found and found[0] is None:
        text = f"--{found[1]:02}-{found[2]:02}"
    try:
        return parse_partial(text)
    except BadValue as error:
        if error.code == "no-such-day":
            raise BadRequest(f"there is no such day or hour as {phrase[:_MAX_PHRASE]!r}", hint=_BIRTHDAYS) from None
    when = _understand(phrase, frame, _BIRTHDAYS)[0]
    if isinstance(when, datetime):
        raise _refused(phrase, _BIRTHDAYS)
    # Two digits of a year mean this century, but nobody was born in the future.
    born = clipped(when.year - 100, when.month, when.day) if when > frame.today else when
    return parse_partial(born.isoformat())


def longest_prefix(words: Sequence[str], frame: Frame) -> tuple[Stamp, int] | None:
    """The longest beginning of at most three words that is a date, and how many words it took.

    A word that ends with a colon ends the date by force; the rest is text, even if it could be more of a date.
    """
    forced = next((count for count, word in enumerate(words[: _MAX_WORDS + 2], 1) if word.endswith(":")), 0)
    for count in [forced] if forced else range(min(_MAX_WORDS, len(words)), 0, -1):
        try:
            return understand(" ".join(words[:count]).removesuffix(":"), frame), count
        except BadRequest:
            continue
    return longest_prefix([word.removesuffix(":") for word in words[:_MAX_WORDS]], frame) if forced else None


def _plain(phrase: str) -> str:
    return " ".join(fold(phrase[:_MAX_PHRASE]).translate(DEVANAGARI_DIGITS).split())


def _refused(phrase: str, examples: str) -> BadRequest:
    return BadRequest(f"{phrase[:_MAX_PHRASE]!r} is not a date that crm understands", hint=examples)


def _understand(phrase: str, frame: Frame, examples: str) -> tuple[date | datetime, bool]:
    """The day or moment, and whether it was given to the second."""
    text = _plain(phrase)
    if len(phrase) > _MAX_PHRASE:
        raise _refused(phrase, examples)
    try:
        if found := _MOMENT.fullmatch(text):
            moment = datetime.fromisoformat(f"{found[1]}T{found[2]}{found[3].upper()}")
            return moment, found[2].count(":") == 2
        if (day := day_of(text, frame)) is not None:
            return day, False
        if found := _TIME_AT_END.fullmatch(text):
            day, clock = day_of(found["day"], frame), _time(found["time"])
            if day is not None and clock is not None:
                return _local(datetime.combine(day, clock), frame), found["time"].count(":") == 2
    except (ValueError, OverflowError):
        raise BadRequest(f"there is no such day or hour as {phrase[:_MAX_PHRASE]!r}", hint=examples) from None
    raise _refused(phrase, examples)


def _span(text: str, frame: Frame) -> tuple[date, date] | None:
    """First and last day of a year, month, quarter or financial year."""
    if _YEAR.fullmatch(text):
        return _months(date(int(text), 1, 1), 12)
    if found := _MONTH.fullmatch(text):
        return _months(date(int(found[1]), int(found[2]), 1), 1)
    if found := _QUARTER.fullmatch(text):
        return _months(date(int(found[1]), int(found[2]) * 3 - 2, 1), 3)
    if found := _FISCAL.fullmatch(text):
        year = int(found[1])
        if int(found[2]) not in (year + 1, (year + 1) % 100):
            raise ValueError("a financial year ends in the next one")
        return fiscal_start(year, frame), fiscal_start(year + 1, frame) - timedelta(days=1)
    return None


def _months(first: date, count: int) -> tuple[date, date]:
    after = add_months(first, count)
    return first, after if after == date.max else after - timedelta(days=1)


def _local(moment: datetime, frame: Frame) -> datetime:
    """That local time in the frame's zone; by way of UTC, since a zone may skip it."""
    return moment.replace(tzinfo=frame.now.tzinfo).astimezone(UTC).astimezone(frame.now.tzinfo)


def _first_second(day: date, frame: Frame) -> datetime:
    return _local(datetime.combine(day, time()), frame)


def _last_second(day: date, frame: Frame) -> datetime:
    if day == date.max:
        return _local(datetime.combine(day, time(23, 59, 59)), frame)
    after = _first_second(day + timedelta(days=1), frame)
    return (after.astimezone(UTC) - timedelta(seconds=1)).astimezone(frame.now.tzinfo)


def _time(text: str) -> time | None:
    if text == NOON:
        return time(12)
    words = text.split()
    found = _CLOCK.fullmatch(words[0] if words[-1] in O_CLOCK else text)
    if not found:
        return None
    hour, half = int(found[1]), found[4]
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + 12 * (half == "pm")
    return time(hour, int(found[2] or 0), int(found[3] or 0))
