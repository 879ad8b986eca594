"""Settling what merges kept aside: every row of the merge that makes an entry, both ways, as the files show it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from textwrap import dedent

import pytest

from crm_cli.base.errors import Ambiguous, BadRequest, Invalid, NotFound
from crm_cli.book import Book, open_book
from crm_cli.kinds import KINDS
from crm_cli.schema.context import Context
from crm_cli.schema.convert import load
from crm_cli.schema.crm_yaml import read_settings
from crm_cli.schema.record import Record
from crm_cli.schema.settings import Settings
from crm_cli.services.conflicts.choices import Choice, Decision, field_meant
from crm_cli.services.conflicts.listing import all_aside, aside_in, conflicts_table, everything, place_named
from crm_cli.services.conflicts.offers import fields_in_conflict, in_conflict
from crm_cli.services.conflicts.resolving import resolve
from crm_cli.services.conflicts.tree import at, lead, put
from crm_cli.store.sync.filemerge import FileMerge, Versions
from crm_cli.store.writing import prepare
from tests.store.merge import test_fields, test_lists, test_records
from tests.store.merge.files import document

ID = "made-up-k7m3q9"
NOW = datetime.fromisoformat("2026-11-22T10:00:00+05:30")
KEEP, OTHER = Choice("keep"), Choice("other")


@dataclass(frozen=True)
class Disk:
    """The files of a book, as a transaction would read them."""

    root: Path

    def read(self, path: str) -> bytes | None:
        place = self.root / path
        return place.read_bytes() if place.exists() else None


def book_at(root: Path, settings: str = "") -> Book:
    """A book without a history: what plans are made from."""
    (root / "crm.yaml").write_text(settings or "timezone: Asia/Kolkata\n", "utf-8")
    book = open_book(root, cache=False)
    return replace(book, context=Context(book.settings, NOW, "meera"))


def kept_aside(book: Book, kind: str, base: str | None, x: str | None, y: str | None) -> str:
    """Writes the merge of two edits, the first of which is the later, into a book; its path."""
    path = f"{KINDS[kind].folder}/{ID}.yaml"
    first, second, third = (None if text is None else dedent(text).encode() for text in (base, x, y))
    data = FileMerge(KINDS, book.settings).file(Versions(path, first, second, third, 2, 1)).data
    assert data is not None
    return written(book, path, data)


def written(book: Book, path: str, data: bytes | str) -> str:
    place = book.root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data if isinstance(data, bytes) else dedent(data).encode())
    return path


def settled(book: Book, path: str, *choices: tuple[str, Choice]) -> bytes | None:
    """The bytes of a record when these fields of it are settled."""
    plan = resolve(book, [Decision(path, field, choice) for field, choice in choices])
    assert plan.verb == "resolve"
    (made,), _ = prepare(plan, Disk(book.root), KINDS, book.settings)
    return made.write.data


def record(path: str, data: bytes | str | None, settings: Settings) -> Record:
    assert data is not None
    kind = KINDS.of_path(path)
    assert kind is not None
    return load(kind, ID, path, document(data if isinstance(data, str) else data.decode()).root, settings)


def _fields(book: Book, path: str) -> list[str]:
    return [str(one.field) for one in aside_in(book, path)]


ALL = {
    f"{name}: {row}": versions
    for name, rows in (("field", test_fields.ROWS), ("record", test_records.ROWS), ("list", test_lists.ROWS))
    for row, versions in rows.items()
    if "conflicts" in versions[-1] and "another pipeline" not in row
}
"""Every case of the merge's own tests in which something is kept aside."""


@pytest.mark.parametrize("row", ALL)
def test_to_keep_what_is_shown_takes_the_note_away_and_nothing_else(row: str, tmp_path: Path) -> None:
    book = book_at(tmp_path)
    path = kept_aside(book, *ALL[row][:4])
    merged = book.record(path)
    after = settled(book, path, *((field, KEEP) for field in _fields(book, path)))
    assert record(path, after, book.settings) == replace(merged, conflicts=())


@pytest.mark.parametrize("row", [row for row in ALL if "other:" in ALL[row][-1]])
def test_the_other_value_stands_as_if_that_side_had_been_the_later(row: str, tmp_path: Path) -> None:
    book = book_at(tmp_path)
    kind, base, x, y, _ = ALL[row]
    path = kept_aside(book, kind, base, y, x)
    wanted = book.record(path)
    path = kept_aside(book, kind, base, x, y)
    after = record(path, settled(book, path, *((field, OTHER) for field in _fields(book, path))), book.settings)
    assert _loose(after) == _loose(replace(wanted, conflicts=()))


def _loose(record: Record) -> dict[str, object]:
    """The values of a record without the order of lists, which is that of the later side, and the log of stages."""
    values = {field.name: getattr(record, field.name) for field in record.kind_.stored if field.name != "stage_history"}
    values |= {"extra": {key: value for key, value in record.extra.items() if value is not None}}
    return {name: sorted(map(str, value)) if isinstance(value, tuple) else value for name, value in values.items()}


REMOVED = {
    "a field that was removed there": (
        "contact",
        "{name: Asha, title: Buyer}",
        "{name: Asha, title: Boss}",
        "{name: Asha}",
        "{name: Asha}",
    ),
    "a note": ("contact", "{name: Asha, notes: a}", "{name: Asha, notes: b}", "{name: Asha}", "{name: Asha}"),
    "a tag": (
        "contact",
        "{name: Asha, tags: [vip, b]}",
        "{name: Asha, tags: [VIP, b]}",
        "{name: Asha, tags: [b]}",
        "{name: Asha, tags: [b]}",
    ),
    "the contact of a deal": (
        "deal",
        "{name: Website, contacts: [buyer: asha, ravi]}",
        "{name: Website, contacts: [boss: asha, ravi]}",
        "{name: Website, contacts: [ravi]}",
        "{name: Website, contacts: [ravi]}",
    ),
    "a label": (
        "contact",
        '{name: Asha, phones: [mobile: "+91 98765 43210"]}',
        '{name: Asha, phones: [work: "+91 98765 43210"]}',
        '{name: Asha, phones: ["+91 98765 43210"]}',
        '{name: Asha, phones: ["+91 98765 43210"]}',
    ),
    "the city of an address": (
        "contact",
        "{name: Asha, addresses: [office: {street: 1 St. Mary's Road, city: Surat}]}",
        "{name: Asha, addresses: [office: {street: 1 St. Mary's Road, city: Pune}]}",
        "{name: Asha, addresses: [office: {street: 1 St. Mary's Road}]}",
        "{name: Asha, addresses: [office: {street: 1 St. Mary's Road}]}",
    ),
    "the role of an affiliation": (
        "contact",
        "{name: Asha, affiliations: [{organization: acme, role: buyer}]}",
        "{name: Asha, affiliations: [{organization: acme, role: head}]}",
        "{name: Asha, affiliations: [{organization: acme}]}",
        "{name: Asha, affiliations: [{organization: acme}]}",
    ),
    "what an affiliation says that no part of it is": (
        "contact",
        "{name: Asha, affiliations: [{organization: acme, desk: 1}]}",
        "{name: Asha, affiliations: [{organization: acme, desk: 2}]}",
        "{name: Asha, affiliations: [{organization: acme}]}",
        "{name: Asha, affiliations: [{organization: acme}]}",
    ),
    "an own field": (
        "contact",
        "{name: Asha, custom: {size: S, b: c}}",
        "{name: Asha, custom: {size: L, b: c}}",
        "{name: Asha, custom: {b: c}}",
        "{name: Asha, custom: {b: c}}",
    ),
    "deep in an own field": (
        "contact",
        "{name: Asha, custom: {size: {shirt: {collar: S}, b: c}}}",
        "{name: Asha, custom: {size: {shirt: {collar: L}, b: c}}}",
        "{name: Asha, custom: {size: {shirt: {cuff: 1}, b: c}}}",
        "{name: Asha, custom: {size: {shirt: {cuff: 1}, b: c}}}",
    ),
    "a fact": (
        "contact",
        "{name: Asha, facts: {likes: tea}}",
        "{name: Asha, facts: {likes: chai}}",
        "{name: Asha}",
        "{name: Asha}",
    ),
    "consent": (
        "contact",
        "{name: Asha, consent: {email: yes, sms: no}}",
        "{name: Asha, consent: {email: no, sms: no}}",
        "{name: Asha, consent: {sms: no}}",
        "{name: Asha, consent: {sms: no}}",
    ),
    "an unknown key": ("contact", "{name: Asha, a: 1}", "{name: Asha, a: 2}", "{name: Asha}", "{name: Asha}"),
    "deep in an unknown key": (
        "contact",
        "{name: Asha, a.b: {c: {d: 1, e: 2}}}",
        "{name: Asha, a.b: {c: {d: 2, e: 2}}}",
        "{name: Asha, a.b: {c: {e: 2}}}",
        "{name: Asha, a.b: {c: {e: 2}}}",
    ),
    "due, with how often": (
        "task",
        "{name: Call, due: 2026-11-01, every: 2w}",
        "{name: Call, due: 2026-11-03, every: 2w}",
        "{name: Call}",
        "{name: Call}",
    ),
}


@pytest.mark.parametrize("row", REMOVED)
def test_the_other_is_a_removal(row: str, tmp_path: Path) -> None:
    book = book_at(tmp_path)
    kind, base, x, y, expected = REMOVED[row]
    path = kept_aside(book, kind, base, x, y)
    (field,) = _fields(book, path)
    assert record(path, settled(book, path, (field, OTHER)), book.settings) == record(path, expected, book.settings)


def test_a_record_that_was_deleted_there_is_deleted_or_the_note_goes(tmp_path: Path) -> None:
    book = book_at(tmp_path)
    path = kept_aside(book, "contact", "{name: Asha}", "{name: Asha, title: Head}", None)
    assert _fields(book, path) == ["record"]
    (change,) = resolve(book, [Decision(path, "record", OTHER)]).changes
    assert change.after is None
    assert record(path, settled(book, path, ("record", KEEP)), book.settings).conflicts == ()
    with pytest.raises(BadRequest, match="itself is in conflict"):
        settled(book, path, ("record", Choice("value", "x")))


def test_only_the_lines_of_the_field_and_of_its_note_differ(tmp_path: Path) -> None:
    book = book_at(tmp_path)
    base = "name:   Asha  # as she writes it\ntitle: 'Buyer'\ntags: [a,  b]\n"
    path = kept_aside(book, "contact", base, base.replace("Buyer", "Head"), base.replace("Buyer", "Boss"))
    assert settled(book, path, ("title", OTHER)) == base.replace("'Buyer'", "Boss").encode()
    assert settled(book, path, ("title", KEEP)) == base.replace("Buyer", "Head").encode()


STAGES = (
    "{name: Website, pipeline: sales, stage: proposal, stage_history: [{stage: proposal, at: 2026-11-01}]}",
    "{name: Website, pipeline: sales, stage: lost, closed_at: 2026-11-21, lost_reason: price, stage_history: "
    "[{stage: proposal, at: 2026-11-01}, {stage: lost, at: 2026-11-21}]}",
    "{name: Website, pipeline: sales, stage: won, closed_at: 2026-11-21, stage_history: "
    "[{stage: proposal, at: 2026-11-01}, {stage: won, at: 2026-11-21}]}",
)
GROUP = "stage+closed_at+lost_reason"


def _deal(tmp_path: Path, base: str, x: str, y: str, choice: Choice, settings: str = "") -> Mapping[str, object]:
    book = book_at(tmp_path, settings)
    path = kept_aside(book, "deal", base, x, y)
    (field,) = _fields(book, path)
    deal = record(path, settled(book, path, (field, choice)), book.settings)
    assert deal.conflicts == ()
    return {
        name: str(getattr(value := getattr(deal, name), "text", value))
        for name in ("pipeline", "stage", "closed_at", "lost_reason")
    } | {"history": [(entry["stage"], entry["at"].text[:10]) for entry in getattr(deal, "stage_history")]}  # noqa: B009


def test_a_stage_of_the_other_side_says_when_it_closed_and_ends_the_history(tmp_path: Path) -> None:
    found = _deal(tmp_path, *STAGES, OTHER)
    assert (found["stage"], found["closed_at"], found["lost_reason"]) == ("won", "2026-11-21", "None")
    # Both moves happened on one day, and the smaller text of both is first: the deal's stage is the last.
    assert found["history"] == [
        ("proposal", "2026-11-01"),
        ("won", "2026-11-21"),
        ("lost", "2026-11-21"),
        ("won", "2026-11-22"),
    ]


def test_a_closed_deal_becomes_open_again_as_the_other_side_has_it(tmp_path: Path) -> None:
    base, lost, won = STAGES
    again = won.replace("closed_at: 2026-11-21, ", "").replace("won", "negotiation")
    found = _deal(tmp_path, base, lost, again, OTHER)
    assert (found["stage"], found["closed_at"], found["lost_reason"]) == ("negotiation", "None", "None")
    unsaid = won.replace("closed_at: 2026-11-21, ", "")
    assert _deal(tmp_path, base, again, unsaid, OTHER)["closed_at"] == "2026-11-22T10:00:00+05:30"


def test_what_a_stage_asks_for_is_not_asked_of_the_other_side_but_of_who_types(tmp_path: Path) -> None:
    base, lost, won = STAGES
    careless = lost.replace("lost_reason: price, ", "")
    assert _deal(tmp_path, base, won, careless, OTHER)["stage"] == "lost"
    with pytest.raises(Invalid, match="asks for lost_reason"):
        _deal(tmp_path, base, won, careless, Choice("value", "lost"))
    found = _deal(tmp_path, base, won, careless, Choice("value", "stage=lost lost_reason=timing"))
    assert (found["stage"], found["lost_reason"]) == ("lost", "timing")
    with pytest.raises(BadRequest, match="title is none of stage"):
        _deal(tmp_path, base, won, careless, Choice("value", "title=x"))
    with pytest.raises(Invalid, match="stage cannot be wun"):
        _deal(tmp_path, base, won, careless, Choice("value", "wun"))
    with pytest.raises(Invalid, match="cannot be"):
        _deal(tmp_path, base, won, careless, Choice("value", "it's"))


def test_a_pipeline_goes_with_its_stage(tmp_path: Path) -> None:
    settings = (
        "timezone: Asia/Kolkata\npipelines: {sales: {stages: [proposal, {name: won, type: won}]}, "
        "renewals: {stages: [asked]}}\n"
    )
    _, base, x, y, _ = test_records.ROWS["a deal moved to another pipeline here, to another stage there"]
    assert base is not None
    assert x is not None
    assert y is not None
    found = _deal(tmp_path, base, x, y, OTHER, settings)
    assert (found["pipeline"], found["stage"]) == ("renewals", "asked")
    assert (_deal(tmp_path, base, x, y, KEEP, settings))["stage"] == "won"


def test_a_stage_that_the_pipeline_no_longer_has_is_refused(tmp_path: Path) -> None:
    book = book_at(tmp_path)
    path = kept_aside(book, "deal", *STAGES)
    text = (tmp_path / path).read_text("utf-8").replace("stage: won, closed", "stage: signed, closed")
    text = text.replace("stage: won\n", "stage: signed\n")
    written(book, path, text)
    with pytest.raises(Invalid, match="signed"):
        settled(book, path, (GROUP, OTHER))
    written(book, path, "name: W\nconflicts: [{field: stage+closed_at+lost_reason, kept: x, other: y}]\n")
    with pytest.raises(Invalid, match="no map"):
        settled(book, path, (GROUP, OTHER))


VALUES = {
    "text": ("title: a", "title: b", "title: c", "title", "आशा", "title: आशा"),
    "nothing": ("title: a", "title: b", "title: c", "title", "", ""),
    "a day in words": ("verified_on: 2026-01-01", "verified_on: 2026-01-02", "verified_on: 2026-01-03", "verified_on",
                       "yesterday", "verified_on: 2026-11-21"),
    "a label": ("phones: [a: '98765']", "phones: [b: '98765']", "phones: [c: '98765']", "phones.+9198765.label", "home",
                "phones: [home: '98765']"),
    "a number": ("phones: ['98765']", "phones: ['98 765']", "phones: ['987 65']", "phones.+9198765.value", "9-8765",
                 "phones: [9-8765]"),
    "nothing for a number": ("phones: ['98765']", "phones: ['98 765']", "phones: ['987 65']", "phones.+9198765.value",
                             "", ""),
    "a city": ("addresses: [{street: a, city: b}]", "addresses: [{street: a, city: c}]",
               "addresses: [{street: a, city: d}]", "addresses.a|.city", "Pune",
               "addresses: [{street: a, city: Pune}]"),
    "a tag": ("tags: [a]", "tags: [A]", "tags: []", "tags.a", "x, y", "tags: ['x, y']"),
    "an own field": ("custom: {a: 1}", "custom: {a: 2}", "custom: {a: 3}", "custom.a", "4", "custom: {a: 4}"),
    "an own amount": ("custom: {fee: 1 INR}", "custom: {fee: 2 INR}", "custom: {fee: 3 INR}", "custom.fee", "2 lakh",
                      "custom: {fee: 200000 INR}"),
    "an own list": ("custom: {sizes: [a]}", "custom: {sizes: [A]}", "custom: {sizes: []}", "custom.sizes.a", "b",
                    "custom: {sizes: [b]}"),
    "consent from today": ("consent: {sms: yes}", "consent: {sms: no}", "consent: {sms: yes 2026-01-01}",
                           "consent.sms", "yes", "consent: {sms: yes 2026-11-22}"),
    "an unknown key in quotes": ("a: x", "a: y", "a: z", "a", "'1'", "a: '1'"),
    "a list that was none": ("tags: [a]", "tags: [b]", "tags: {a: b}", "tags", "x, y", "tags: [x, y]"),
    "addresses that were none": ("emails: [a@b.example]", "emails: [c@b.example]", "emails: {a: b, c: d}", "emails",
                                 "d@b.example", "emails: [d@b.example]"),
}  # fmt: skip


@pytest.mark.parametrize("row", VALUES)
def test_a_value_is_understood_as_set_does(row: str, tmp_path: Path) -> None:
    base, x, y, field, typed, expected = VALUES[row]
    settings = "timezone: Asia/Kolkata\nfields: {contact: {fee: money, sizes: list}}\n"
    book = book_at(tmp_path, settings)
    path = kept_aside(book, "contact", *(f"name: A\n{text}\n" for text in (base, x, y)))
    assert _fields(book, path) == [field]
    after = settled(book, path, (field, Choice("value", typed)))
    assert record(path, after, book.settings) == record(path, f"name: A\n{expected}\n", book.settings)


def test_a_value_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    book = book_at(tmp_path)
    for text, field in (
        ("{name: A, conflicts: [{field: birthday, kept: 1984-01-01, other: soon}]}", "birthday"),
        ('{name: A, conflicts: [{field: emails, kept: [], other: \'{"a": "b"}\'}]}', "emails"),
        ("{name: A, conflicts: [{field: title, kept: a, other: [b]}]}", "title"),
        ("{name: A, conflicts: [{field: name, kept: a}]}", "name"),
        ("{name: A, conflicts: [{field: phones.98.label, kept: a, other: b}]}", "phones.98.label"),
        ("{name: A, conflicts: [{field: phones.98.odd, kept: a, other: b}], phones: ['98']}", "phones.98.odd"),
        ("{name: A, conflicts: [{field: a.b.c, kept: a, other: b}], a: x}", "a.b.c"),
        ("{name: A, conflicts: [{field: title.b, kept: a, other: b}], title: x}", "title.b"),
        ("{name: A, conflicts: [{field: custom.a.b, kept: a, other: b}]}", "custom.a.b"),
        ("{name: A, conflicts: [{field: emails.x.label, kept: a, other: b}], emails: {a: b, c: d}}", "emails.x.label"),
        ("{name: A, conflicts: x}", "conflicts"),
        ("{name: A, conflicts: [{kept: x}]}", ""),
    ):
        path = written(book, f"contacts/{ID}.yaml", text)
        if text.endswith("conflicts: x}"):
            assert _fields(book, path) == []
            continue
        with pytest.raises(Invalid):
            settled(book, path, (field, OTHER))
        assert record(path, settled(book, path, (field, KEEP)), book.settings).conflicts == ()


def test_maps_and_whole_items_have_no_one_value(tmp_path: Path) -> None:
    book = book_at(tmp_path)
    path = written(
        book,
        f"contacts/{ID}.yaml",
        "{name: A, affiliations: [{organization: acme}], conflicts: [{field: affiliations.acme|, kept: x}, "
        "{field: custom, kept: x, other: y}]}",
    )
    for field in ("affiliations.acme|", "custom"):
        with pytest.raises(BadRequest, match="more than one value"):
            settled(book, path, (field, Choice("value", "x")))
    assert (
        record(path, settled(book, path, ("affiliations.acme|", OTHER)), book.settings).conflicts[0]["field"]
        == "custom"
    )


def test_an_item_that_is_gone_comes_back_whole(tmp_path: Path) -> None:
    book = book_at(tmp_path)
    path = written(
        book, f"contacts/{ID}.yaml", "{name: A, tags: [b], conflicts: [{field: tags.vip, kept: VIP, other: Vip}]}"
    )
    assert record(path, settled(book, path, ("tags.vip", OTHER)), book.settings).tags == ("b", "Vip")
    with pytest.raises(Invalid, match="has no vip any more"):
        settled(book, path, ("tags.vip", Choice("value", "x")))
    written(book, path, "{name: A, tags: [b], conflicts: [{field: tags.vip, kept: VIP}]}")
    assert record(path, settled(book, path, ("tags.vip", OTHER)), book.settings).tags == ("b",)


def test_of_two_items_with_one_key_the_one_that_was_kept_is_meant(tmp_path: Path) -> None:
    book = book_at(tmp_path)
    path = written(
        book,
        f"contacts/{ID}.yaml",
        "{name: A, phones: [a: '98765', b: '98765'], conflicts: [{field: phones.+9198765.label, kept: b, other: c}]}",
    )
    after = record(path, settled(book, path, ("phones.+9198765.label", OTHER)), book.settings)
    assert [item.label for item in getattr(after, "phones")] == ["a", "c"]  # noqa: B009


def test_quotes_of_an_unknown_key_are_a_difference(tmp_path: Path) -> None:
    book = book_at(tmp_path)
    path = kept_aside(book, "contact", "{name: A, a: x}", "{name: A, a: 1}", "{name: A, a: '1'}")
    assert settled(book, path, ("a", OTHER)) == b'{name: A, a: "1"}'


def test_a_part_of_an_address_that_was_all_of_it_takes_the_address_along(tmp_path: Path) -> None:
    book = book_at(tmp_path)
    text = '{name: A, addresses: [{city: b}], conflicts: [{field: \'addresses.{"city": "b"}.city\', kept: b}]}'
    path = written(book, f"contacts/{ID}.yaml", text)
    (field,) = _fields(book, path)
    assert settled(book, path, (field, OTHER)) == b"{name: A}"


def test_several_fields_of_one_record_are_one_change(tmp_path: Path) -> None:
    book = book_at(tmp_path)
    texts = [f"name: A\ntitle: {text}\nnickname: {text}\nnotes: {text}\n" for text in "abc"]
    path = kept_aside(book, "contact", *texts)
    assert settled(book, path, ("title", OTHER), ("nickname", KEEP), ("notes", Choice("value", "d"))) == (
        b"name: A\ntitle: c\nnickname: b\nnotes: d\n"
    )


def test_several_others_of_one_field_want_a_choice(tmp_path: Path) -> None:
    book = book_at(tmp_path)
    path = written(
        book,
        f"contacts/{ID}.yaml",
        "{name: A, title: b, conflicts: [{field: title, kept: b, other: c}, {field: title, kept: b}]}",
    )
    with pytest.raises(Ambiguous) as wrong:
        settled(book, path, ("title", OTHER))
    assert wrong.value.candidates == ("c", "(nothing)")
    for choice, text in (
        (Choice("other", number=0), b", title: c"),
        (Choice("other", number=1), b""),
        (KEEP, b", title: b"),
    ):
        assert settled(book, path, ("title", choice)) == b"{name: A" + text + b"}"


def test_which_field_is_meant(tmp_path: Path) -> None:
    book = book_at(tmp_path)
    path = kept_aside(book, "deal", *STAGES)
    found = list(aside_in(book, path))
    assert (
        field_meant(found, "it", None) == field_meant(found, "it", GROUP) == field_meant(found, "it", "stage") == GROUP
    )
    with pytest.raises(NotFound, match="nothing is kept aside in it"):
        field_meant([], "it", None)
    with pytest.raises(NotFound) as wrong:
        field_meant([replace(found[0], field="title")], "it", "titel")
    assert wrong.value.hint == "did you mean title?"
    with pytest.raises(NotFound) as wrong:
        field_meant(found, "it", "zzzz")
    assert wrong.value.hint == f"there is {GROUP}"
    with pytest.raises(Ambiguous) as many:
        field_meant([*found, replace(found[0], field="notes")], "it", None)
    assert many.value.candidates == (GROUP, "notes")


SETTINGS = """\
name: Club  # ours
currency: EUR
pipelines:
  a.b:
    stages:
      - name: new
        probability: 20  # a guess
      - name: won
        type: won
lifecycle: [a, b]
conflicts:
  - field: currency
    base: INR
    kept: EUR
    other: USD
  - field: pipelines.a.b.stages.new.probability
    kept: '20'
    other: "'30'"
  - field: pipelines.a.b.stages.won
    base: {name: won}
    kept: {name: won, type: won}
  - field: pipelines.a.b.stages.lost
    kept: {name: lost}
    other: {name: lost, type: lost}
"""
PROBABILITY = "pipelines.a.b.stages.new.probability"


def _settings(book: Book, *choices: tuple[str, Choice]) -> str:
    plan = resolve(book, [Decision("crm.yaml", field, choice) for field, choice in choices])
    _, (write,) = prepare(plan, Disk(book.root), KINDS, book.settings)
    assert write.data is not None
    assert read_settings({}, "")[1] == []
    return write.data.decode()


def test_settings_are_settled_line_by_line(tmp_path: Path) -> None:
    book = book_at(tmp_path, SETTINGS)
    entries = SETTINGS.partition("conflicts:\n")
    after = _settings(book, ("currency", OTHER), (PROBABILITY, OTHER))
    assert after.startswith(entries[0].replace("EUR", "USD").replace("20  #", "30  #"))
    assert "field: currency" not in after
    assert PROBABILITY not in after
    removed = _settings(book, ("pipelines.a.b.stages.won", OTHER))
    assert "- name: won" not in removed.partition("conflicts:")[0]
    added = _settings(book, ("pipelines.a.b.stages.lost", OTHER)).partition("conflicts:")[0]
    assert added.count("type: lost") == 1
    fields = ["currency", PROBABILITY, "pipelines.a.b.stages.won", "pipelines.a.b.stages.lost"]
    assert _settings(book, *((field, KEEP) for field in fields)) == entries[0]
    assert "currency: CHF\n" in _settings(book, ("currency", Choice("value", "CHF")))
    assert "currency" not in _settings(book, ("currency", Choice("value", ""))).partition("conflicts:")[0]


def test_settings_that_would_not_be_understood_are_refused(tmp_path: Path) -> None:
    book = book_at(tmp_path, SETTINGS)
    with pytest.raises(Invalid, match="currency is euro"):
        _settings(book, ("currency", Choice("value", "euro")))
    gone = SETTINGS.replace("field: currency", "field: gone.away")
    written(book, "crm.yaml", gone)
    with pytest.raises(Invalid, match=r"has no gone\.away any more"):
        _settings(book, ("gone.away", OTHER))
    written(book, "crm.yaml", SETTINGS.replace("field: currency", "field: conflicts"))
    with pytest.raises(Invalid, match="has no conflicts"):
        _settings(book, ("conflicts", OTHER))
    written(book, "crm.yaml", "a: [")
    with pytest.raises(Invalid, match=r"crm\.yaml"):
        _settings(book, ("a", KEEP))
    assert list(aside_in(book, "crm.yaml")) == []


def test_places_in_a_tree() -> None:
    tree = {"a": {"b.c": [{"name": "x", "n": "1"}, "yy"], "b": "z"}, "c": "d"}
    for name, steps, value in (
        ("a.b.c.x.n", ("a", "b.c", 0, "n"), "1"),
        ('a.b.c."yy"', ("a", "b.c", 1), "yy"),
        ("a.b", ("a", "b"), "z"),
        ("a.b.c.new", ("a", "b.c", 2), None),
        ("a.e", ("a", "e"), None),
    ):
        assert lead(tree, name) == steps
        assert at(tree, steps) == value
        assert at(put(tree, steps, "new"), steps) == "new"
        assert put(put(tree, steps, "new"), steps, value) == tree
    assert lead(tree, "c.d") is None
    assert lead(tree, "e.f") is None


def test_a_file_of_the_quarantine_is_dropped_or_takes_its_place(tmp_path: Path) -> None:
    book = book_at(tmp_path)
    merger = FileMerge(KINDS, book.settings)
    path = "templates/letter.txt"
    merged = merger.file(Versions(path, b"a", b"ours", b"\n\ntheirs\n", 2, 1))
    assert merged.quarantine is not None
    written(book, path, merged.data or b"")
    ((aside, data),) = merged.quarantine.items()
    written(book, aside, data)
    assert everything(book) == ["crm.yaml", aside]
    assert list(conflicts_table(book, None).rows) == [(aside, "file", None, None, "theirs", None)]
    assert place_named(book, aside) == aside
    kept = resolve(book, [Decision(aside, None, KEEP)]).files
    assert [(change.path, change.after) for change in kept] == [(aside, None)]
    taken = resolve(book, [Decision(aside, None, OTHER)]).files
    assert [(change.path, change.after) for change in taken] == [(aside, None), (path, b"\n\ntheirs\n")]
    with pytest.raises(BadRequest, match="whole file"):
        resolve(book, [Decision(aside, None, Choice("value", "x"))])
    written(book, path, data)
    assert len(resolve(book, [Decision(aside, None, OTHER)]).files) == 1
    written(book, "attachments/letter.txt", b"")
    with pytest.raises(Invalid, match="cannot be told"):
        resolve(book, [Decision(aside, None, OTHER)])


def test_a_record_that_cannot_be_read_does_not_take_the_place_of_one_that_can(tmp_path: Path) -> None:
    book = book_at(tmp_path)
    path = f"contacts/{ID}.yaml"
    merged = FileMerge(KINDS, book.settings).file(Versions(path, b"name: A\n", b"name: B\n", b"a: [\n", 2, 1))
    assert merged.data == b"name: B\n"
    written(book, path, merged.data)
    ((aside, data),) = (merged.quarantine or {}).items()
    written(book, aside, data)
    with pytest.raises(Invalid, match="cannot take the place of"):
        resolve(book, [Decision(aside, None, OTHER)])
    written(book, aside, b"name: C\n")
    assert resolve(book, [Decision(aside, None, OTHER)]).files[1].after == b"name: C\n"
    for content, said in (
        (b"\xff\xfe\x00", "3 bytes"),
        (b"a\0b", "3 bytes"),
        (b"", "0 bytes"),
        (b"x" * 300, "x" * 200),
    ):
        written(book, aside, content)
        assert next(aside_in(book, aside)).other == said
    (tmp_path / aside).unlink()
    (tmp_path / aside).symlink_to("/etc/hostname")
    assert "symbolic link" in next(aside_in(book, aside)).other
    with pytest.raises(Invalid, match="symbolic link"):
        resolve(book, [Decision(aside, None, KEEP)])


def test_everything_is_listed_by_id_and_field_and_archived_records_too(tmp_path: Path) -> None:
    book = book_at(tmp_path, SETTINGS)
    kept = "conflicts: [{field: title, kept: a, other: b}, {field: notes, other: {a: b}}]\n"
    written(book, "contacts/b-k7m3q9.yaml", f"name: B\narchived: 2026-01-01\n{kept}")
    written(book, "organizations/a-h2v8c1.yaml", "name: A\nconflicts: [{field: industry, kept: a, base: c}]\n")
    written(book, "contacts/c-h2v8c2.yaml", "name: C\n")
    rows = list(conflicts_table(book, None).rows)
    assert [row[:3] for row in rows] == [
        ("a-h2v8c1", "organization", "industry"),
        ("b-k7m3q9", "contact", "notes"),
        ("b-k7m3q9", "contact", "title"),
        *(("crm.yaml", "settings", field) for field in sorted(
            ("currency", PROBABILITY, "pipelines.a.b.stages.won", "pipelines.a.b.stages.lost")
        )),
    ]  # fmt: skip
    assert [row[3:] for row in rows[:3]] == [("a", None, "c"), (None, {"a": "b"}, None), ("a", "b", None)]
    assert in_conflict(book, "", 9) == [("b-k7m3q9", "B"), ("a-h2v8c1", "A"), ("crm.yaml", "")]
    assert in_conflict(book, "b", 9) == [("b-k7m3q9", "B")]
    assert fields_in_conflict(book, "t", ["b-k7m3q9"]) == [("title", "")]
    assert ("currency", "") in fields_in_conflict(book, "", ["somebody"])
    assert [one.field for one in all_aside(book, ["contacts/b-k7m3q9.yaml"] * 2)] == ["notes", "title"]


def test_a_record_that_was_merged_away_is_named_by_its_own_id(tmp_path: Path) -> None:
    book = book_at(tmp_path)
    base, x, y = ("{name: A}", *(f"{{name: A, merged_into: {id}, archived: 2026-11-21}}" for id in ("asha", "ravi")))
    path = kept_aside(book, "contact", base, x, y)
    assert place_named(book, ID) == place_named(book, f"contacts/{ID}") == path
    assert place_named(book, "Asha") is place_named(book, "nowhere/asha") is place_named(book, "asha") is None
    with pytest.raises(NotFound, match="there is no quarantine/x"):
        place_named(book, "quarantine/x")
    assert getattr(record(path, settled(book, path, ("merged_into", OTHER)), book.settings), "merged_into") == "ravi"  # noqa: B009
