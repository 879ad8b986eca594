"""How far away a day is, in the words that people use: `3 weeks ago`, `in 6 days`, `26 November`."""

from datetime import date

_UNITS = ((700, 365, "year"), (60, 30, "month"), (14, 7, "week"), (0, 1, "day"))
"""From so many days on a span is told in units of so many days."""


def span(days: int) -> str:
    """A number of days in the largest unit that still says enough: `13 days`, `3 weeks`, `4 months`, `2 years`."""
    size, unit = next((size, unit) for least, size, unit in _UNITS if days >= least)
    count = days // size
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def ago(day: date, today: date) -> str:
    """How long ago a day was, or how soon it comes."""
    days = (today - day).days
    near = {-1: "tomorrow", 0: "today", 1: "yesterday"}
    return near.get(days) or (f"{span(days)} ago" if days > 0 else f"in {span(-days)}")


def day_name(day: date, today: date) -> str:
    """A day as people write it, with its year unless that is plain: `26 November`, `3 March 2024`."""
    plain = f"{day.day} {day:%B}"
    return plain if abs((day - today).days) < 180 else f"{plain} {day.year}"


def day_short(day: date, today: date) -> str:
    """The same in at most 8 cells: `26 Nov`, `Mar 2024`."""
    return f"{day.day} {day:%b}" if abs((day - today).days) < 180 else f"{day:%b} {day.year}"
