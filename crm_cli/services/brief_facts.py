"""The facts of a page to read before a call, a label and a text each; an empty text is left out."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from crm_cli.base.dates import parse_partial
from crm_cli.base.ids import random_part
from crm_cli.base.money import Money, for_people
from crm_cli.book import Book
from crm_cli.formats.cells import cell
from crm_cli.kinds.deal import stage_since
from crm_cli.schema.agenda import any_interaction, days_since, local_day
from crm_cli.schema.condition import And, Ids, Selection, Sort, Test
from crm_cli.services.ago import ago, day_name, day_short, span
from crm_cli.services.around import around
from crm_cli.services.stuck import reasons

NOTE_LINES = 3
NOTE_LENGTH = 240
_RUN = 20  # messages one way, without an answer: more of them are not counted back
Fact = tuple[str, str]
Values = Mapping[str, Any]


def contact_facts(book: Book, values: Values) -> Iterator[Fact]:
    """How to reach somebody, who they are, what they like and do not, who waits for whom."""
    yield from _reach(values)
    yield "person", " · ".join(_person(book, values))
    yield from _facts(book, values)
    yield "consent", _consent(values["consent"] or {})
    yield "relations", "; ".join(_relations(book, values))
    yield "also", "; ".join(_affiliations(book, values))
    yield from _said_of(values)
    yield "in touch", _rhythm(book, values)
    yield "waiting", _waiting(book, "contact", values["id"])


def firm_facts(book: Book, values: Values) -> Iterator[Fact]:
    """How to reach a firm, what was agreed with it, who waits for whom."""
    yield from _reach(values)
    yield "web", values["website"] or ""
    yield "roles", ", ".join(values["roles"] or ())
    yield "terms", "; ".join(text for text in (values["payment_terms"], values["price_list"]) if text)
    yield "won so far", _totals(book, values["won_amount"])
    yield from _facts(book, values)
    yield from _said_of(values)
    yield "in touch", _rhythm(book, values)
    yield "waiting", _waiting(book, "organization", values["id"])


def deal_facts(book: Book, values: Values) -> Iterator[Fact]:
    """How far a deal has come, what it is worth, when it closes, what holds it up, who waits for whom."""
    today = book.context.today
    yield "stage", _stage(book, values)
    yield "amount", _worth(book, values)
    if values["_state"] == "open":
        yield "stuck", ", ".join(reasons(book, values))
        yield "closes", _when(book, values["close_date"])
    else:
        yield "closed", _when(book, values["closed_at"])
        yield "reason", values[f"{values['_state']}_reason"] or ""
    yield "next step", values["next_step"] or ""
    yield "against", values["competitor"] or ""
    history = [(entry["stage"], entry["at"]) for entry in values["stage_history"] or () if entry["at"]]
    moves = [f"{stage} {day_short(local_day(at, book.context), today)}" for stage, at in history]
    yield "history", " → ".join(moves) if len(moves) > 1 else ""
    yield from _facts(book, values)
    yield from _said_of(values)
    yield "in touch", _rhythm(book, values)
    yield "waiting", _waiting(book, "deal", values["id"])


def _reach(values: Values) -> Iterator[Fact]:
    for label, name in (("phone", "phones"), ("email", "emails")):
        items = values[name] or ()
        yield label, "; ".join(f"{item['label']} {item['value']}" if item["label"] else item["value"] for item in items)


def _person(book: Book, values: Values) -> Iterator[str]:
    said = (values["lifecycle"], *(values["roles"] or ()), values["gender"])
    yield from (text for text in dict.fromkeys(said) if text)
    if values["language"]:
        yield f"speaks {values['language']}"
    if values["birthday"]:
        born, today = parse_partial(values["birthday"]), book.context.today
        if born.year:
            yield f"{today.year - born.year - ((today.month, today.day) < (born.month, born.day))} years old"
    if values["nickname"]:
        yield f"called {values['nickname']}"


def _facts(book: Book, values: Values) -> Iterator[Fact]:
    yield from ((key, cell(value)) for key, value in (values.get("facts") or {}).items())
    for key, value in (values["custom"] or {}).items():
        amount = isinstance(value, Mapping) and value.keys() == {"amount", "currency"}
        yield key, _money(book, value) if amount else cell(value)


def _consent(said: Mapping[str, Any]) -> str:
    """What must not be used comes first."""
    no = [f"no {channel}" for channel, part in said.items() if part and not part["value"]]
    yes = [channel for channel, part in said.items() if part and part["value"]]
    return " · ".join([*no, *([f"yes: {', '.join(yes)}"] if yes else [])])


def _relations(book: Book, values: Values) -> Iterator[str]:
    entries = [entry for entry in values["relations"] or () if entry["contact"]]
    names = _names(book, "contact", [entry["contact"] for entry in entries])
    yield from (f"{entry['type'] or 'knows'} {names[entry['contact']]}" for entry in entries)
    if values["referred_by"]:
        yield f"referred by {values['referred_by.name'] or values['referred_by']}"
    sent = Selection(Test(("referred_by",), "equal", (values["id"],)), (Sort(("name",)),), 3)
    names_sent = [row[0] for row in book.index.select([book.kinds["contact"]], sent, [("name",)]) if row[0]]
    if names_sent:
        yield f"referred {', '.join(names_sent)}"


def _affiliations(book: Book, values: Values) -> Iterator[str]:
    entries = values["affiliations"] or ()
    names = _names(book, "organization", [entry["organization"] for entry in entries if entry["organization"]])
    for entry in entries:
        texts = (entry["role"], names.get(entry["organization"] or ""))
        until = f"until {entry['to']}" if entry["to"] else ""
        yield ", ".join(text for text in (*texts, until) if text)


def _names(book: Book, kind: str, ids: Sequence[str]) -> dict[str, str]:
    """The name of each id, or the id itself where it leads nowhere."""
    if not ids:
        return {}
    stems = {id: id.rpartition("/")[2] for id in ids}
    rows = book.index.select([book.kinds[kind]], Selection(Ids(tuple(stems.values()))), [("id",), ("name",)])
    found = {row[0]: row[1] for row in rows if row[1]}
    return {id: found.get(stem, id) for id, stem in stems.items()}


def _said_of(values: Values) -> Iterator[Fact]:
    yield "tags", ", ".join(values["tags"] or ())
    yield "owner", values["owner"] or ""
    yield "notes", _notes(values)


def _notes(values: Values) -> str:
    """The first lines; where there is more, the command that shows it."""
    lines = [line.strip() for line in (values["notes"] or "").splitlines() if line.strip()]
    text = "\n".join(lines[:NOTE_LINES])
    if len(lines) <= NOTE_LINES and len(text) <= NOTE_LENGTH:
        return text
    whole = text if len(text) <= NOTE_LENGTH else text[:NOTE_LENGTH].rsplit(None, 1)[0]
    return f"{whole} … (crm show {random_part(values['id']) or values['id']})"


def _rhythm(book: Book, values: Values) -> str:
    """When they were last in touch, and when they are to be again."""
    today, last, due = book.context.today, values.get("last_contact"), values.get("touch_due")
    parts = [ago(local_day(last, book.context), today)] if last else []
    if due:
        day = local_day(due, book.context)
        if day > today:
            parts.append(f"next by {day_name(day, today)}")
        else:
            parts.append(f"due since {day_name(day, today)}, {ago(day, today)}" if day < today else "due today")
            parts += ["slipping away"] if values["touch"] == "red" else []
    return " · ".join(parts)


def _waiting(book: Book, kind: str, id: str) -> str:
    """Who waits for whom: the newest message with a direction decides, the first of its unanswered run says since."""
    directed = And((around(kind, id, "interaction"), any_interaction(book.context), Test(("direction",), "has")))
    newest = Selection(directed, (Sort(("at",), descending=True),), _RUN)
    rows = list(book.index.select([book.kinds["interaction"]], newest, [("at",), ("direction",), ("name",)]))
    run = [row for place, row in enumerate(rows) if all(row[1] == earlier[1] for earlier in rows[:place])]
    if not run:
        return ""
    since = local_day(run[-1][0], book.context)
    subject = f"{'; last ' if len(run) > 1 else ': '}{run[0][2]}" if run[0][2] else ""
    who = "they wait for us" if run[0][1] == "in" else "we wait for them"
    today = book.context.today
    when = "since today" if since == today else f"since {day_name(since, today)}, {ago(since, today)}"
    return f"{who} {when}{subject}"


def _stage(book: Book, values: Values) -> str:
    line = book.settings.pipeline(values["pipeline"])
    since = stage_since(values["stage_history"] or (), values["created"])
    days = days_since(since, book.context)
    several = f" ({line.name})" if line and len(book.settings.pipelines) > 1 else ""
    text = f"{values['stage'] or 'none'}{several}"
    return text if days is None or values["_state"] != "open" else f"{text} for {span(days)}"


def _worth(book: Book, values: Values) -> str:
    amount, weighted = values["amount"], values["weighted"]
    if amount is None:
        return ""
    text = _money(book, amount)
    return f"{text}, weighted {_money(book, weighted)}" if weighted and values["_state"] == "open" else text


def _when(book: Book, at: str | None) -> str:
    if at is None:
        return ""
    day, today = local_day(at, book.context), book.context.today
    return f"{day_name(day, today)}, {ago(day, today)}"


def _totals(book: Book, totals: Sequence[Mapping[str, str]] | None) -> str:
    return "; ".join(_money(book, each) for each in totals or ())


def _money(book: Book, value: Mapping[str, str]) -> str:
    return for_people(Money(value["amount"], value["currency"]), book.settings.country)
