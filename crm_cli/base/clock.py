"""What time it is: the one place that reads the clock, and that `CRM_NOW` can stop."""

import os
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Final

from crm_cli.base.errors import BadRequest, BadValue
from crm_cli.base.patterns import pattern

_MOMENT: Final = pattern(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?P<time>[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?)?"
)


def now(timezone: str = "UTC") -> datetime:
    """This second, in the zone; `CRM_NOW` decides instead where it is set.

    `CRM_NOW` is a day, taken at its noon as every day without a time is, or a moment; one without an offset is a
    local time of the zone.
    """
    local = zone(timezone)
    frozen = os.environ.get("CRM_NOW", "").strip()
    if frozen:
        return _frozen(frozen, local)
    return datetime.now(local).replace(microsecond=0)


def _frozen(text: str, local: tzinfo) -> datetime:
    found = _MOMENT.fullmatch(text)
    try:
        if not found:
            raise ValueError
        moment = datetime.fromisoformat(text)
        if not found["time"]:
            moment = moment.replace(hour=12)
        # By way of UTC, so that an hour which the zone skips becomes the one after it.
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=local)).astimezone(UTC)
        return moment.astimezone(local)
    except (ValueError, OverflowError):
        raise BadRequest(
            f"CRM_NOW is {text!r}, which is no day and no moment",
            hint="write 2026-11-21 or 2026-11-21T10:30+05:30, or unset it",
        ) from None


def zone(name: str) -> tzinfo:
    """The time zone of that IANA name; BadValue if there is none."""
    if name == "UTC":
        return UTC
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # late: 3 ms, not needed for UTC

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadValue(
            "bad-timezone", f"is no time zone: {name[:40]!r}", hint="write a name like Asia/Kolkata or UTC"
        ) from None


def local_zone_name(named: Path = Path("/etc/timezone"), linked: Path = Path("/etc/localtime")) -> str:
    """The IANA name of this machine's time zone: that of TZ, of a file that holds it, of a link; else UTC."""
    candidates = (os.environ.get("TZ", "").removeprefix(":"), _first_line(named), _target(linked))
    return next((name for name in candidates if name and _known(name)), "UTC")


def _known(name: str) -> bool:
    try:
        zone(name)
    except BadValue:
        return False
    return True


def _first_line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").partition("\n")[0].strip()
    except (OSError, ValueError):
        return ""


def _target(path: Path) -> str:
    return os.path.realpath(path).partition("/zoneinfo/")[2]
