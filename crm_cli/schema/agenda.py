"""When somebody is to be reached again, and which records count for it: what several kinds compute alike.

Functions with a `Context` alone make the condition of a rollup; the others get values in JSON form.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from crm_cli.base.dates import Cadence, parse_cadence, parse_stamp
from crm_cli.schema.condition import And, Condition, Not, Or, Test
from crm_cli.schema.context import Context
from crm_cli.schema.keys import key

TOUCH = ("green", "yellow", "red")
TOUCH_NEEDS = ("last_contact", "created", "cadence", "tags", "organization.cadence")
PRESENT = Not(Test(("archived",), "has"))
"""All that is not archived."""


def present(_context: Context) -> Condition:
    """Records that are not archived."""
    return PRESENT


def _by_now(context: Context) -> Condition:
    now, today = (key("moment", stamp, context.settings) for stamp in (context.stamp, context.day))
    # A day without an hour counts as its noon, but what is known to be of today is not still to come in the morning.
    return And((PRESENT, Or((Test(("at",), "between", high=now), Test(("at",), "equal", (today,))))))


def real_contact(context: Context) -> Condition:
    """Interactions that were a contact: not in the future, and neither note nor post."""
    return And((_by_now(context), Not(Test(("kind",), "equal", ("note", "post")))))


def any_interaction(context: Context) -> Condition:
    """Interactions of any kind that are not in the future."""
    return _by_now(context)


def has_direction(context: Context) -> Condition:
    """Interactions that went in or out."""
    return And((_by_now(context), Test(("direction",), "has")))


def open_task(_context: Context) -> Condition:
    """Tasks that are still to be done."""
    return And((PRESENT, Not(Test(("status",), "equal", ("done", "canceled")))))


def open_deal(_context: Context) -> Condition:
    """Deals in an open stage."""
    return And((PRESENT, Test(("_state",), "equal", ("open",))))


def won_deal(_context: Context) -> Condition:
    """Deals that were won."""
    return And((PRESENT, Test(("_state",), "equal", ("won",))))


def local_day(text: str, context: Context) -> date:
    """The local day of a date or moment in JSON form."""
    return parse_stamp(text, moments=True).day(context.zone)


def local_time(text: str, context: Context) -> str:
    """The local time of a moment in JSON form, `09:30`; empty for a date."""
    when = parse_stamp(text, moments=True).when
    return f"{when.astimezone(context.zone):%H:%M}" if isinstance(when, datetime) else ""


def days_since(text: str | None, context: Context) -> int | None:
    """Whole days from a date or moment to today; never less than 0."""
    return None if text is None else max(0, (context.today - local_day(text, context)).days)


def is_past(text: str, context: Context) -> bool:
    """Whether a day is over, or a moment has passed."""
    when = parse_stamp(text, moments=True).when
    return when < context.now if isinstance(when, datetime) else when < context.today


def cadence_of(own: str | None, tags: Sequence[str], inherited: str | None, context: Context) -> Cadence | None:
    """The cadence that counts: its own, else the shortest of its tags', else its organization's."""
    if own:
        return parse_cadence(own)
    by_tag = [context.settings.cadence_by_tag[tag] for tag in tags if tag in context.settings.cadence_by_tag]
    if by_tag:
        return min(by_tag, key=lambda cadence: cadence.ideal.after(context.today))
    return parse_cadence(inherited) if inherited else None


def touch_due(*given: Any) -> str | None:
    """The day by which somebody is to be reached again, counted from the last contact, or from `created` before one."""
    found = _rhythm(*given)
    return found[0].ideal.after(found[1]).isoformat() if found else None


def touch(*given: Any) -> str | None:
    """Green before that day, yellow until the cadence's maximum, red after it."""
    found, today = _rhythm(*given), given[-1].today
    if not found:
        return None
    cadence, day = found
    if today < cadence.ideal.after(day):
        return "green"
    return "yellow" if today <= cadence.maximum.after(day) else "red"


def _rhythm(
    last: str | None,
    created: str | None,
    own: str | None,
    tags: Sequence[str],
    inherited: str | None,
    context: Context,
) -> tuple[Cadence, date] | None:
    """How often somebody is to be reached, and the day that is counted from: the values of `TOUCH_NEEDS`."""
    cadence, since = cadence_of(own, tags, inherited, context), last or created
    return (cadence, local_day(since, context)) if cadence and since else None


def firm_touch_due(
    people: int, last: str | None, created: str | None, own: str | None, tags: Sequence[str], context: Context
) -> str | None:
    """The same for an organization, which is itself in touch only while it has no people."""
    return None if people else touch_due(last, created, own, tags, None, context)


def firm_touch(
    people: int, last: str | None, created: str | None, own: str | None, tags: Sequence[str], context: Context
) -> str | None:
    """The same for an organization, which is itself in touch only while it has no people."""
    return None if people else touch(last, created, own, tags, None, context)


def awaiting(direction: str | None, _context: Context) -> str | None:
    """Who owes the other an answer, by the direction of the newest message."""
    return {"in": "us", "out": "them"}.get(direction or "")


def latest(*texts: str | None) -> str | None:
    """The latest of several dates or moments in JSON form, by their instant in UTC."""
    given: list[Any] = [text for text in texts if text]
    return max(given, key=_order) if given else None


def _order(text: str) -> float:
    when = parse_stamp(text, moments=True).when
    return when.timestamp() if isinstance(when, datetime) else datetime(when.year, when.month, when.day, 12).timestamp()
