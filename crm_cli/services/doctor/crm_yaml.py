"""What is wrong with `crm.yaml`: what cannot be understood, what nobody reads, what names something there is not."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crm_cli.base.dates import parse_stamp
from crm_cli.base.errors import BadValue
from crm_cli.base.text import nearest
from crm_cli.book import SETTINGS
from crm_cli.schema.crm_yaml import KNOWN, RESERVED, read_settings
from crm_cli.schema.kind import Kinds
from crm_cli.schema.node import Map, Node, Scalar, Seq, plain_map
from crm_cli.schema.problem import Problem
from crm_cli.schema.settings import Settings
from crm_cli.services.doctor.leaves import entries, items
from crm_cli.services.doctor.shape import unknown_key
from crm_cli.services.doctor.values import is_country
from crm_cli.store.codec import parse

# fmt: off
LATER = frozenset((
    "lead", "product", "quote", "order", "invoice", "ticket", "contract", "article", "campaign", "membership",
    "event", "feedback", "target", "rule", "playbook",
))
# fmt: on
"""Kinds whose names are kept for programs to come: a newer one may have declared fields for them."""

_STAGE = ("name", "type", "probability", "rotting_days", "required")
_FIELD = ("type", "choices", "required", "required_from")
_USER = ("name", "emails")


@dataclass(frozen=True, slots=True)
class Reading:
    """`crm.yaml` as it was read; `settings` is None where there is no telling what it means."""

    settings: Settings | None
    problems: tuple[Problem, ...] = field(default=())


def read_crm_yaml(data: bytes | Problem, name: str, kinds: Kinds) -> Reading:
    """The settings and everything that is wrong with them; `name` is the directory's."""
    document = data if isinstance(data, Problem) else parse(data, SETTINGS, allow_empty=True)
    if isinstance(document, Problem):
        return Reading(None, (document,))
    root = document.root
    settings, wrong = read_settings(plain_map(root), name)
    problems = [Problem(SETTINGS, line_at(root, where), "shape", said, ".".join(where)) for where, said in wrong]
    problems += [*document.warnings, *_unknown(root, kinds), *_values(root, settings), *_names(root, settings, kinds)]
    return Reading(None if wrong else settings, tuple(problems))


def line_at(root: Map, where: Sequence[str]) -> int:
    """The line of the value that these keys and numbers lead to, or of the last of them that is there."""
    node: Node = root
    for step in where:
        following: Node | None = None
        if isinstance(node, Map):
            following = node.entries.get(step)
        elif isinstance(node, Seq) and step.isdigit() and int(step) < len(node.items):
            following = node.items[int(step)]
        if following is None:
            break
        node = following
    return node.line


def _unknown(root: Map, kinds: Kinds) -> Iterator[Problem]:
    yield from _others(root, "", (*KNOWN, *RESERVED))
    for name, line in _below(root, "pipelines"):
        yield from _others(line, f"pipelines.{name}.", ("stages",))
        for stage in items(line.entries["stages"]) if isinstance(line, Map) and "stages" in line.entries else []:
            yield from _others(stage, f"pipelines.{name}.stages.", _STAGE)
    names = [kind.name for kind in kinds.all]
    if isinstance(fields := root.entries.get("fields"), Map):
        yield from _others(fields, "fields.", (*names, *LATER))
    for kind, declared in _below(root, "fields"):
        for name, body in entries(declared):
            yield from _others(body, f"fields.{kind}.{name}.", _FIELD)
    for name, user in _below(root, "users"):
        yield from _others(user, f"users.{name}.", _USER)


def _below(root: Map, key: str) -> list[tuple[str, Node]]:
    return entries(root.entries[key]) if key in root.entries else []


def _others(node: Node, prefix: str, known: Iterable[str]) -> Iterator[Problem]:
    """The keys of a map that are none of the known ones."""
    known = tuple(known)
    for key, _ in entries(node):
        if key not in known:
            assert isinstance(node, Map)
            yield unknown_key(SETTINGS, node.keys[key], key, f"{prefix}{key}", "", known)


def _values(root: Map, settings: Settings) -> Iterator[Problem]:
    """Values of a right shape that mean nothing: days that are none, a country that there is not."""
    country = root.entries.get("country")
    if isinstance(country, Scalar) and not country.absent and not is_country(settings.country):
        message = f"{settings.country} is no country that is known; write its code: IN, DE, US"
        yield Problem(SETTINGS, country.line, "country", message, "country", country.text)
    for day in items(root.entries["holidays"]) if "holidays" in root.entries else []:
        if isinstance(day, Scalar) and not day.absent:
            try:
                parse_stamp(day.text, moments=False)
            except BadValue as bad:
                yield Problem(SETTINGS, day.line, bad.code, bad.message, "holidays", day.text)


def _names(root: Map, settings: Settings, kinds: Kinds) -> Iterator[Problem]:
    """Stages, fields and kinds that are named but are nowhere declared."""
    for kind, fields in settings.fields.items():
        for name, declared in fields.items():
            where: tuple[str, ...] = ("fields", kind, name)
            if declared.required_from and declared.required_from not in settings.stages:
                yield _no_such(root, (*where, "required_from"), "stage", declared.required_from, settings.stages)
            if declared.to and declared.to not in (*kinds.by_name, *LATER):
                yield _no_such(root, (*where, "type"), "kind", declared.to, kinds.by_name)
    known = _fields_of_deals(settings, kinds)
    for name, line in settings.pipelines.items():
        for number, stage in enumerate(line.stages):
            for wanted in stage.required:
                if wanted not in known:
                    where = ("pipelines", name, "stages", str(number), "required")
                    yield _no_such(root, where, "field of a deal", wanted, known)


def _fields_of_deals(settings: Settings, kinds: Kinds) -> Mapping[str, Any]:
    kind = next(kind for kind in kinds.all if "stage_history" in kind.by_name)
    custom = settings.custom(kind.name)
    return {**kind.by_name, **custom, **{f"custom.{name}": declared for name, declared in custom.items()}}


def _no_such(root: Map, where: Sequence[str], what: str, name: str, known: Iterable[str]) -> Problem:
    near = nearest(name, known)
    message = f"there is no {what} {name}" + (f"; did you mean {near}?" if near else "")
    return Problem(SETTINGS, line_at(root, where), "workflow", message, ".".join(where), name)
