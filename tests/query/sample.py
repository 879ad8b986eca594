"""A small book as queries see it: what may be named, on Saturday the 21st of November 2026, 15:00 in India."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from crm_cli.base.errors import NotFound
from crm_cli.kinds import KINDS, View
from crm_cli.query import World
from crm_cli.schema.condition import Condition, Not, Path, Test
from crm_cli.schema.context import Context
from crm_cli.schema.kind import Kind
from crm_cli.schema.settings import CustomField, Pipeline, Settings, Stage, User

ZONE = ZoneInfo("Asia/Kolkata")
NOW = datetime(2026, 11, 21, 15, 0, tzinfo=ZONE)
ARCHIVED = Test(("archived",), "has")
HIDDEN = Not(ARCHIVED)

RECORDS = {
    "Acme Textiles": ("organization", ["acme-textiles-b4x8w2"]),
    "Asha Sharma": ("contact", ["asha-sharma-k7m3q9"]),
    "Ravi": ("contact", ["ravi-a1b2c3", "ravi-d4e5f6"]),
    "Website": ("deal", ["website-h2v8c1"]),
    "Call back": ("task", ["call-back-t1t2t3"]),
}
"""Name -> kind and ids."""

FIELDS = {
    "contact": {
        "allergy": CustomField("allergy", "choice", ("peanuts", "gluten", "nuts")),
        "diets": CustomField("diets", "list", ("vegan", "jain")),
        "vegan": CustomField("vegan", "bool"),
        "टिप्पणी": CustomField("टिप्पणी"),
    },
    "deal": {
        "start": CustomField("start", "date"),
        "budget": CustomField("budget", "money"),
        "units": CustomField("units", "number"),
        "vendor": CustomField("vendor", "link", to="organization"),
        "partner": CustomField("partner", "link", to="contact"),
    },
}
SERVICE = Pipeline("service", (Stage("asked"), Stage("delivered", type="won")))
SETTINGS = Settings(
    timezone="Asia/Kolkata",
    fields=FIELDS,
    pipelines={**Settings().pipelines, "service": SERVICE},
    users={"asha": User("asha", "Asha Sharma")},
)
PRESENT = {"contact": {"GST no. 2", "shoe"}, "deal": {"po"}}
"""Custom names that no setting declares."""


def links(kinds: Sequence[str], text: str) -> list[str]:
    """By id, or by exact name."""
    for name, (kind, ids) in RECORDS.items():
        if kind in kinds and (text == name or text in ids):
            return [text] if text in ids else list(ids)
    return []


def custom(kind: str) -> set[str]:
    """Declared names, and those that occur."""
    return {*SETTINGS.custom(kind), *PRESENT.get(kind, ())}


def world(*views: View, user: str = "asha") -> World:
    """The book with these views."""

    def view(name: str) -> View:
        found = [one for one in views if name in (one.name, one.id)]
        if not found:
            raise NotFound(f"there is no view @{name}")
        return found[0]

    names = [str(one.name) for one in views]
    return World(KINDS, Context(SETTINGS, NOW, user), links, view, custom, lambda: names)


def kinds(text: str) -> tuple[Kind, ...]:
    """Kinds by name, all of them for `all`."""
    return KINDS.all if text == "all" else tuple(KINDS[name] for name in text.split("+"))


def at(text: str) -> int:
    """The key of a local moment."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp())


def equal(path: str, *values: str | int, currency: str = "") -> Condition:
    """A field equal to any of these keys."""
    return Test(_path(path), "equal", values, currency=currency)


def has(path: str) -> Condition:
    """A field with a value."""
    return Test(_path(path), "has")


def part(path: str, *values: str) -> Condition:
    """A field with a text in it."""
    return Test(_path(path), "contains", values)


def between(path: str, low: str | int | None, high: str | int | None, currency: str = "") -> Condition:
    """A field from one key to another."""
    return Test(_path(path), "between", low=low, high=high, currency=currency)


def sounds(path: str, text: str) -> Condition:
    """A name that begins a word of, or sounds like, a text."""
    return Test(_path(path), "sounds", (text,), within=True)


def _path(text: str) -> Path:
    return tuple(text.split("."))
