"""From the tree of `crm.yaml` to `Settings`; every wrong value is named by its place."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from crm_cli.base.clock import zone
from crm_cli.base.dates import Cadence, parse_cadence
from crm_cli.base.errors import BadValue
from crm_cli.base.patterns import pattern
from crm_cli.schema.settings import CUSTOM_TYPES, CustomField, Pipeline, Settings, Stage, User

FORMAT = 1
RESERVED = ("assign", "dedupe", "rates", "roles", "score", "targets")
KNOWN = (
    "format name currency country language timezone fiscal_year_start week_start date_order pipelines "
    "lifecycle lost_reasons lead_statuses ratings cadence_by_tag fields users holidays conflicts"
).split()
_FIELD_NAME = pattern(r"(?!\d)[\w\u0900-\u0dff]+\Z")
_WEEK = "monday tuesday wednesday thursday friday saturday sunday".split()

Where = tuple[str, ...]


class _Reader:
    """Collects what is wrong while values are taken out of the tree."""

    def __init__(self) -> None:
        self.wrong: list[tuple[Where, str]] = []

    def complain(self, where: Where, message: str) -> None:
        self.wrong.append((where, message))

    def text(self, value: Any, where: Where, default: str = "") -> str:
        if value is None:
            return default
        if isinstance(value, str):
            return value
        self.complain(where, "is not one value")
        return default

    def texts(self, value: Any, where: Where) -> tuple[str, ...]:
        if value is None or value == "":
            return ()
        if isinstance(value, str):
            return (value,)
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(dict.fromkeys(value))
        self.complain(where, "is not a list of values")
        return ()

    def mapping(self, value: Any, where: Where) -> Mapping[str, Any]:
        if value is None or value == "":
            return {}
        if isinstance(value, dict):
            return value
        self.complain(where, "is not a map")
        return {}

    def number(self, value: Any, where: Where, highest: int) -> int | None:
        if value is None or value == "":
            return None
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10 and int(value) <= highest:
            return int(value)
        self.complain(where, f"is not a whole number up to {highest}")
        return None

    def one_of(self, value: Any, where: Where, allowed: tuple[str, ...] | list[str], default: str) -> str:
        text = self.text(value, where, default) or default
        if text in allowed:
            return text
        self.complain(where, f"is {text}, which is none of {', '.join(allowed)}")
        return default

    def matching(self, value: Any, where: Where, check: Callable[[str], object], default: str) -> str:
        text = self.text(value, where, default) or default
        if text == default:
            return default
        try:
            check(text)
        except (BadValue, ValueError) as bad:
            self.complain(where, str(bad))
            return default
        return text


def read_settings(tree: Mapping[str, Any], name: str) -> tuple[Settings, list[tuple[Where, str]]]:
    """The settings and what is wrong, each with the keys that lead to it; `name` is the directory's."""
    reader, default = _Reader(), Settings()
    given = {key: value for key, value in tree.items() if value not in (None, "")}
    get = given.get
    settings = Settings(
        format=reader.number(get("format"), ("format",), 10**6) or FORMAT,
        name=reader.text(get("name"), ("name",)) or name,
        currency=reader.matching(get("currency"), ("currency",), check_currency, default.currency),
        country=reader.matching(get("country"), ("country",), _country, default.country),
        language=reader.text(get("language"), ("language",), default.language),
        timezone=reader.matching(get("timezone"), ("timezone",), zone, default.timezone),
        fiscal_year_start=reader.matching(get("fiscal_year_start"), ("fiscal_year_start",), _month_day, "04-01"),
        week_start=reader.one_of(get("week_start"), ("week_start",), _WEEK, default.week_start),
        date_order=reader.one_of(get("date_order"), ("date_order",), ("dmy", "mdy", "ymd"), default.date_order),
        pipelines=_pipelines(reader, get("pipelines")) or default.pipelines,
        cadence_by_tag=_cadences(reader, get("cadence_by_tag")),
        fields=_fields(reader, get("fields")),
        users=_users(reader, get("users")),
        holidays=reader.texts(get("holidays"), ("holidays",)),
        **{
            key: reader.texts(get(key), (key,)) or getattr(default, key)
            for key in ("lifecycle", "lost_reasons", "lead_statuses", "ratings")
        },
    )
    return settings, reader.wrong


def _capitals(text: str, count: int) -> bool:
    return len(text) == count and text.isascii() and text.isalpha() and text.isupper()


def check_currency(text: str) -> None:
    """Refuses what is no code of a currency."""
    if not _capitals(text, 3):
        raise ValueError(f"is {text}, not three capital letters such as INR")


def _country(text: str) -> None:
    if not _capitals(text, 2):
        raise ValueError(f"is {text}, not two capital letters such as IN")


def _month_day(text: str) -> None:
    if not re.fullmatch(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", text):
        raise ValueError(f"is {text}, not a month and a day such as 04-01")


def _pipelines(reader: _Reader, value: Any) -> dict[str, Pipeline]:
    out = {}
    for name, body in reader.mapping(value, ("pipelines",)).items():
        where = ("pipelines", name, "stages")
        stages = reader.mapping(body, where[:2]).get("stages")
        if not isinstance(stages, list) or not stages:
            reader.complain(where, "is not a list of stages")
            continue
        made = tuple(stage for i, item in enumerate(stages) if (stage := _stage(reader, item, (*where, str(i)))))
        if len({stage.name for stage in made}) < len(made):
            reader.complain(where, "has two stages of one name")
        out[name] = Pipeline(name, made)
    return {name: line for name, line in out.items() if line.stages}


def _stage(reader: _Reader, value: Any, where: Where) -> Stage | None:
    body = {"name": value} if isinstance(value, str) else reader.mapping(value, where)
    name = reader.text(body.get("name"), where)
    if not name:
        reader.complain(where, "is a stage without a name")
        return None
    type = reader.one_of(body.get("type"), (*where, "type"), ("open", "won", "lost"), "open")
    probability = reader.number(body.get("probability"), (*where, "probability"), 100)
    return Stage(
        name,
        type,
        100 if type == "won" else 0 if type == "lost" else probability or 0,
        reader.number(body.get("rotting_days"), (*where, "rotting_days"), 100_000),
        reader.texts(body.get("required"), (*where, "required")),
    )


def _cadences(reader: _Reader, value: Any) -> dict[str, Cadence]:
    out = {}
    for tag, text in reader.mapping(value, ("cadence_by_tag",)).items():
        try:
            out[tag] = parse_cadence(reader.text(text, ("cadence_by_tag", tag)))
        except BadValue as bad:
            reader.complain(("cadence_by_tag", tag), bad.message)
    return out


def _fields(reader: _Reader, value: Any) -> dict[str, dict[str, CustomField]]:
    out: dict[str, dict[str, CustomField]] = {}
    for kind, fields in reader.mapping(value, ("fields",)).items():
        out[kind] = {}
        for name, body in reader.mapping(fields, ("fields", kind)).items():
            where = ("fields", kind, name)
            if not _FIELD_NAME.match(name) or name in ("not", "any"):
                reader.complain(where, "is no name of a field: letters, digits and _ only, not beginning with a digit")
                continue
            out[kind][name] = _field(reader, name, {"type": body} if isinstance(body, str) else body, where)
    return out


def _field(reader: _Reader, name: str, value: Any, where: Where) -> CustomField:
    body = reader.mapping(value, where)
    type, _, to = reader.text(body.get("type"), (*where, "type"), "text").partition(":")
    choices = reader.texts(body.get("choices"), (*where, "choices"))
    type = reader.one_of(type or "text", (*where, "type"), CUSTOM_TYPES, "text")
    if type == "choice" and not choices:
        reader.complain((*where, "choices"), "is missing: a choice needs its choices")
    required = reader.one_of(body.get("required"), (*where, "required"), ("true", "false", "yes", "no"), "false")
    from_stage = reader.text(body.get("required_from"), (*where, "required_from"))
    return CustomField(name, type, choices, required in ("true", "yes"), from_stage, to)


def _users(reader: _Reader, value: Any) -> dict[str, User]:
    out = {}
    for key, body in reader.mapping(value, ("users",)).items():
        where = ("users", key)
        facts = reader.mapping(body, where)
        emails = reader.texts(facts.get("emails"), (*where, "emails"))
        out[key] = User(key, reader.text(facts.get("name"), (*where, "name"), key), emails)
    return out
