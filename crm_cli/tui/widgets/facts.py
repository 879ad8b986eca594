"""The lines of a record's page: what is wrong, what comes next, its fields, what leads to it, notes, what happened."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from crm_cli.base.text import visible, visible_block, width
from crm_cli.formats.cells import cell
from crm_cli.formats.shown import RIGHT, for_reader
from crm_cli.schema.agenda import local_day, local_time
from crm_cli.schema.context import Context
from crm_cli.schema.field import Field
from crm_cli.schema.table import Table
from crm_cli.services.overview.card import Sheet, field_text, value_text
from crm_cli.tui.acting import kept_aside
from crm_cli.tui.widgets.lines import INDENT, Line, aligned, broken, heading

LABEL = 17
STORY_LINES = 4
_NEXT = frozenset(("next_task", "next_task_id"))
"""What the lines of the next steps say already."""
_KIND = 9
Piece = tuple[str, str]
"""A text, and the record that it leads to."""


def warnings(about: Sheet, stuck: Sequence[str], room: int) -> Iterator[Line]:
    """What is wrong with the file, what a merge kept aside, why a deal is stuck."""
    texts = [f"! {problem.where}: {visible(problem.message)}" for problem in about.problems]
    if about.values["conflicts"]:
        texts.append(f"! {kept_aside(len(about.values['conflicts']))}")
    texts += [f"! stuck: {visible(', '.join(stuck))}"] if stuck else []
    for text in texts:
        for number, piece in enumerate(broken(text, room)):
            yield Line((piece,), key=f"wrong:{text}:{number}", look="late")


def step(table: Table) -> list[Line]:
    """The next step, for the top of the page."""
    rows = list(table.rows)
    if not rows:
        return []
    due, kind, name, whom, mark, id = rows[0]
    text = "  ".join(visible(part) for part in (due or "some day", kind, name, whom) if part)
    shown = (f"Next  {text}", f"  {visible(mark)}" if mark else "")
    return [Line(shown, key=f"next:{id}", ref=id, look="strong", acts=True), Line()]


def listed(title: str, table: Table, country: str) -> list[Line]:
    """A table under its heading; the last column says where each row leads."""
    rows = [list(row) for row in table.rows]
    if not rows:
        return []
    right = [column.type in RIGHT for column in table.columns[:-1]]
    lines = [
        Line(
            [visible(for_reader(value, country)) for value in row[:-1]],
            key=f"{title}:{row[-1]}",
            ref=row[-1],
            right=right,
            acts=True,
        )
        for row in rows
    ]
    return [*heading(f"{title} ({len(rows)})"), *aligned(lines)]


def fields(about: Sheet, names: Mapping[str, str], country: str, room: int, *, empty: bool) -> list[Line]:
    """The fields with their values, each item of a list in a line; then what is worked out."""
    found = [(field.name, list(_pieces(field, value, names, country))) for field, value in about.stated(empty=empty)]
    found += [
        (f"custom.{key}", [(_custom(value, country), "")]) for key, value in (about.values["custom"] or {}).items()
    ]
    lines = [
        line for name, pieces in found for line in _field(name, name, pieces or [("", "")], room) if pieces or empty
    ]
    for computed, value in about.worked_out():
        if computed.name not in _NEXT and computed.type != "link":
            lines += _field(computed.name, "", [(value_text(computed.type, value, country), "")], room)
    return lines


def _custom(value: Any, country: str) -> str:
    money = isinstance(value, Mapping) and value.keys() == {"amount", "currency"}
    return visible(for_reader(value, country) if money else cell(value))


def _field(label: str, name: str, pieces: Sequence[Piece], room: int) -> Iterator[Line]:
    shown = visible(label.removeprefix("custom.").replace("_", " "))
    for number, (text, ref) in enumerate(pieces):
        for part, piece in enumerate(broken(text, room - LABEL)):
            head = "" if number or part else next(broken(shown, LABEL - 1, 1))
            blank = " " * (LABEL - width(head))
            key = f"field:{label}:{number}" + (f":{part}" if part else "")
            yield Line((head + blank, piece), key=key, ref=ref, field=name, look="dim")


def _pieces(field: Field, value: Any, names: Mapping[str, str], country: str) -> Iterator[Piece]:
    """The items of a value, each with the record that it leads to."""
    if field.type == "link" and value:
        yield visible(names.get(value, value)), value
    elif field.type == "links":
        yield from ((visible(names.get(id, id)), id) for id in value)
    elif field.type == "labelled":
        for item in value:
            label = f"{visible(item['label'])}: " if item["label"] else ""
            if field.item == "link":
                yield label + visible(names.get(item["value"], item["value"])), item["value"]
            else:
                text = field_text(field, [item], country) if field.item == "address" else for_reader(item, country)
                yield (text if field.item == "address" else visible(text)), ""
    elif field.type == "maps":
        links = [part.name for part in field.parts if part.links]
        for entry in value:
            id = next((entry[name] for name in links if entry.get(name)), "")
            yield (
                ", ".join(
                    visible(cell(names.get(part, part) if part == id else part)) for part in entry.values() if part
                ),
                id,
            )
    elif field.type == "facts":
        yield from ((f"{visible(key)}: {visible(str(part))}", "") for key, part in value.items())
    elif text := visible(for_reader(value, country)) if field.type == "list" else _text(field, value, country):
        yield text, ""


def _text(field: Field, value: Any, country: str) -> str:
    return field_text(field, value, country) if value not in (None, [], {}) else ""


def linked(about: Sheet) -> list[str]:
    """The ids that its fields lead to."""
    ids: list[str] = []
    for field, value in about.stated():
        if field.type == "link":
            ids.append(value)
        elif field.type == "links":
            ids += value
        elif field.item == "link":
            ids += [item["value"] for item in value]
        elif field.type == "maps":
            ids += [entry[part.name] for entry in value for part in field.parts if part.links and entry.get(part.name)]
    return ids


def notes(about: Sheet, room: int) -> list[Line]:
    """The long texts in full; the cursor goes through them line by line."""
    lines: list[Line] = []
    for name in ("notes", "body"):
        if text := about.values.get(name):
            lines += heading(name.capitalize())
            pieces = (piece for line in visible_block(text).rstrip("\n").split("\n") for piece in broken(line, room))
            lines += [Line((piece,), key=f"{name}:{number}", field=name) for number, piece in enumerate(pieces)]
    return lines


def story(
    rows: Iterable[Sequence[Any]], context: Context, room: int, own: str = "", most: int = STORY_LINES
) -> Iterator[Line]:
    """What happened, under the days; rows are (at, what, id, kind, text, by), newest first, each in so many lines."""
    for day, group in groupby(rows, lambda row: local_day(row[0], context)):
        yield from heading(day_heading(day, context.today))
        for at, what, id, kind, text, by in group:
            shown = visible(f"{text or ''}{f' ({by})' if by else ''}")
            lead = f"{local_time(at, context):5}  {visible(kind if what == 'interaction' else what):{_KIND}}  "
            pieces = broken(shown, room - width(lead), most)
            key, ref = f"story:{at}:{what}:{id}:{shown[:40]}", "" if id == own else id
            yield Line((lead, next(pieces)), key=key, ref=ref, look="dim")
            yield from (Line((INDENT + " " * width(lead), piece)) for piece in pieces)


def day_heading(day: date, today: date) -> str:
    """Today, Yesterday, a day of this year, a day of another one."""
    near = {0: "Today", 1: "Yesterday", -1: "Tomorrow"}.get((today - day).days)
    named = f"{day:%a} {day.day} {day:%b}" + ("" if day.year == today.year else f" {day.year}")
    return f"{near}, {named}" if near else named
