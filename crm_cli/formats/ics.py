"""Calendar files (iCalendar, RFC 5545): entries to bytes. The one place that knows the calendar library."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, Final

from crm_cli import __version__
from crm_cli.base.lean import dataclass
from crm_cli.formats.vtimezone import Observance, observances

if TYPE_CHECKING:
    from icalendar import Calendar, Component

AT_NINE: Final = timedelta(hours=9)
BEFOREHAND: Final = timedelta(minutes=-15)
HALF_AN_HOUR: Final = timedelta(minutes=30)

_LINE_END: Final = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Entry:
    """A thing to do, or an event: `when` is a day, or a moment in the zone of the calendar; `stamp` is in UTC.

    The same `uid` is the same entry in every file. `priority` is 1 to 9, the highest first, 0 for none.
    """

    uid: str
    stamp: datetime
    summary: str
    when: date | datetime
    todo: bool = False
    rrule: str | None = None
    description: str = ""
    categories: tuple[str, ...] = ()
    priority: int = 0


def calendar_file(name: str, zone_name: str, zone: tzinfo, entries: Iterable[Entry]) -> bytes:
    """A calendar with these entries in their order; without any it still holds its time zone, as it must something."""
    from icalendar import Calendar, vText  # 110 ms, and only who asks for a calendar needs it

    made = Calendar()
    made.add("prodid", f"-//crm//crm {__version__}//EN")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    for key, text in (("name", name), ("x-wr-calname", name), ("x-wr-timezone", zone_name)):
        made.add(key, vText(clean(text)))  # the library does not escape what it does not know
    _add_zone(made, zone_name, zone)
    for entry in entries:
        made.add_component(_component(entry))
    data: bytes = made.to_ical()
    return data


def clean(text: str) -> str:
    """Text as a calendar may hold it: one sort of line end, and visible signs in place of control characters."""
    return _CONTROL.sub(_visible, _LINE_END.sub("\n", text))


def _visible(found: re.Match[str]) -> str:
    code = ord(found[0])
    return chr(0x2400 + code) if code < 0x20 else "\u2421" if code == 0x7F else "\ufffd"


def _add_zone(calendar: "Calendar", name: str, zone: tzinfo) -> None:
    from icalendar import Timezone

    made = Timezone()
    made.add("tzid", name)
    for observance in observances(zone):
        made.add_component(_observance(observance))
    calendar.add_component(made)


def _observance(observance: Observance) -> "Component":
    from icalendar import TimezoneDaylight, TimezoneStandard, vRecur

    made: Component = TimezoneDaylight() if observance.summer else TimezoneStandard()
    made.add("dtstart", observance.begins)
    made.add("tzoffsetfrom", observance.before)
    made.add("tzoffsetto", observance.offset)
    made.add("tzname", observance.name)
    if observance.rule:
        made.add("rrule", vRecur.from_ical(observance.rule))
    for more in observance.more:
        made.add("rdate", [more])
    return made


def _component(entry: Entry) -> "Component":
    from icalendar import Event, Todo, vRecur

    made: Component = Todo() if entry.todo else Event()
    made.add("uid", entry.uid)
    made.add("dtstamp", entry.stamp.astimezone(UTC))
    made.add("summary", clean(entry.summary))
    if entry.description:
        made.add("description", clean(entry.description))
    if entry.categories:
        made.add("categories", [clean(text) for text in entry.categories])
    if entry.priority:
        made.add("priority", entry.priority)
    if entry.rrule:
        made.add("rrule", vRecur.from_ical(entry.rrule))
    _add_times(made, entry)
    made.add_component(_alarm(entry))
    return made


def _add_times(made: Any, entry: Entry) -> None:
    if entry.todo:
        made.add("due", entry.when)
        made.add("status", "NEEDS-ACTION")
        if entry.rrule:
            # What repeats must have a beginning. It is the same moment, as in the files of other programs: any
            # earlier one would be a day that the rule may not have.
            made.add("dtstart", entry.when)
        return
    made.add("dtstart", entry.when)
    if isinstance(entry.when, datetime):
        made.add("duration", HALF_AN_HOUR)
    else:
        made.add("transp", "TRANSPARENT")  # a day to remember does not make anybody busy


def _alarm(entry: Entry) -> "Component":
    from icalendar import Alarm

    made = Alarm()
    made.add("action", "DISPLAY")
    made.add("description", clean(entry.summary))
    before = BEFOREHAND if isinstance(entry.when, datetime) else AT_NINE
    made.add("trigger", before, parameters={"RELATED": "END"} if entry.todo else {})
    return made
