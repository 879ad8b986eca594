"""The page before a call: what it says of people, firms and deals, how long it is, what it says of a stranger."""

import json
import re

import pytest

from crm_cli.base.text import width
from tests.shell import Shell

ASHA = """\
name: Asha Sharma
nickname: Ash
honorific: Dr
title: Buyer
organization: acme-bcdefg
affiliations:
  - {organization: mill-bcdefh, role: Trainee, to: "2019"}
phones: [{mobile: "+91 98765 43210"}, "+91 98765 43211"]
emails: [asha@acme.example]
birthday: 1984-11-21
anniversaries: [{wedding: --12-04}]
language: hi
lifecycle: customer
roles: [customer, press]
cadence: 6w
consent: {whatsapp: no 2026-09-01, email: yes 2026-09-01, phone: no 2026-09-01}
facts: {likes: filter coffee, dislikes: calls before eleven}
referred_by: ravi-bcdefj
relations: [{type: sister, contact: ravi-bcdefj}, {contact: gone-bcdefk}]
custom: {allergy: peanuts, advance: 168000 INR}
tags: [vip]
owner: meera
created: 2026-01-01
notes: |
  Met at the fair.

  Second line.
  Third line.
  Fourth line.
"""
DEAL = """\
name: Website
organization: acme-bcdefg
contacts: [{champion: asha-bcdefg}, ravi-bcdefj]
stage: proposal
amount: 150000 INR
close_date: 2026-11-27
next_step: Send the quote
competitor: Pixel
stage_history: [{stage: prospecting, at: 2026-10-01, by: meera}, {stage: proposal, at: 2026-11-10, by: meera}]
created: 2026-10-01
"""


@pytest.fixture
def book(empty: Shell) -> Shell:
    """Asha of Acme, on whose website two people decide."""
    with (empty.book / "crm.yaml").open("a") as settings:
        settings.write("fields: {contact: {advance: {type: money}}}\n")
    empty.write("contacts/asha-bcdefg.yaml", ASHA)
    empty.write("contacts/ravi-bcdefj.yaml", "{name: Ravi Rao, organization: acme-bcdefg, created: 2026-01-01}\n")
    empty.write(
        "organizations/acme-bcdefg.yaml",
        "{name: Acme, industry: Textiles, payment_terms: 30 days, website: acme.example, created: 2026-01-01}\n",
    )
    empty.write(
        "organizations/mill-bcdefh.yaml",
        "{name: Old Mill, parent: acme-bcdefg, roles: [supplier], created: 2026-01-01}\n",
    )
    empty.write("deals/website-bcdefg.yaml", DEAL)
    return empty


def talk(shell: Shell, at: str, kind: str, *, id: str, more: str) -> None:
    shell.write(f"interactions/2026/{at[5:7]}/{at[:10]}-{kind}-{id}.yaml", f"{{at: {at}, kind: {kind}, {more}}}\n")


def page(shell: Shell, ref: str) -> dict[str, str]:
    """The labelled facts of a page."""
    block = shell.ok(f"brief {ref}").out.split("\n\n")[1]
    pairs = [re.split(r"  +", line, maxsplit=1) for line in block.splitlines()]
    return {label: text for label, text in (pair for pair in pairs if len(pair) == 2) if label}


def section(shell: Shell, ref: str, heading: str) -> list[str]:
    """The rows below a heading."""
    lines = shell.ok(f"brief {ref}").lines
    rows = lines[lines.index(heading) + 1 :]
    return [line.strip() for line in rows[: rows.index("") if "" in rows else None]]


def test_who_somebody_is_and_how_to_reach_them(book: Shell) -> None:
    lines = book.ok("brief asha").lines
    assert lines[:2] == ["Asha Sharma  (asha-bcdefg)", "Buyer, Acme"]
    facts = page(book, "asha")
    assert facts["phone"] == "mobile +91 98765 43210; +91 98765 43211"
    assert facts["email"] == "asha@acme.example"
    assert facts["person"] == "customer · press · speaks hi · 41 years old · called Ash"
    assert (facts["likes"], facts["dislikes"]) == ("filter coffee", "calls before eleven")
    assert (facts["allergy"], facts["advance"]) == ("peanuts", "₹1,68,000")
    assert facts["consent"] == "no phone · no whatsapp · yes: email"
    assert facts["relations"] == "sister Ravi Rao; knows gone-bcdefk; referred by Ravi Rao"
    assert facts["also"] == "Trainee, Old Mill, until 2019"
    assert page(book, "ravi")["relations"] == "referred Asha Sharma"


def test_long_notes_name_the_command_that_shows_them(book: Shell) -> None:
    out = book.ok("brief asha").out
    assert "Met at the fair.\n" in out
    assert "Third line. … (crm show bcdefg)\n" in out
    assert "Fourth" not in out
    book.write("contacts/ravi-bcdefj.yaml", f"name: Ravi Rao\nnotes: {'tea and cake ' * 40}\n")
    notes = page(book, "ravi")["notes"]
    assert notes.endswith("… (crm show bcdefj)")
    assert len(notes) < 270


def test_what_is_coming_up_within_a_month(book: Shell) -> None:
    assert section(book, "asha", "Coming up") == ["tomorrow    birthday (42)", "in 2 weeks  wedding"]
    assert section(book, "acme", "Coming up")[0] == "tomorrow    Asha Sharma  birthday (42)"
    assert section(book, "website", "Coming up")[1] == "in 2 weeks  Asha Sharma  wedding"


def test_what_is_open_and_what_was_promised(book: Shell) -> None:
    for id, fields in (
        ("late-bcdefg", "name: Send samples, kind: email, due: 2026-11-18, contact: asha-bcdefg, priority: urgent"),
        ("deal-bcdefg", "name: Quote, kind: todo, due: 2026-11-22, deal: website-bcdefg"),
        ("other-bcdefg", "name: Not for Asha, kind: todo, due: 2026-11-22, deal: website-bcdefg, contact: ravi-bcdefj"),
        ("done-bcdefg", "name: Done, contact: asha-bcdefg, status: done, done: [2026-11-01]"),
        ("some-bcdefg", "name: Some day, kind: call, contact: asha-bcdefg"),
    ):
        book.write(f"tasks/{id}.yaml", f"{{{fields}}}\n")
    assert [re.split(r"  +", row) for row in section(book, "asha", "Our promises")] == [
        ["2 days ago", "email", "Send samples", "overdue, urgent", "bcdefg"],
        ["in 2 days", "todo", "Quote", "bcdefg"],
        ["some day", "call", "Some day", "bcdefg"],
    ]
    assert len(section(book, "website", "Our promises")) == 2
    assert len(section(book, "acme", "Our promises")) == 4
    assert re.split(r"  +", section(book, "asha", "Open deals")[0]) == [
        *("proposal", "Website", "₹1,50,000", "for 10 days", "closes 27 Nov", "Send the quote", "bcdefg"),
    ]


def test_the_last_five_talks_and_none_that_is_planned(book: Shell) -> None:
    for day in range(1, 8):
        talk(book, f"2026-11-0{day}", "call", id=f"bcdef{day}", more=f"contacts: [asha-bcdefg], subject: Talk {day}")
    talk(book, "2026-11-30", "meeting", id="bcdefg", more="contacts: [asha-bcdefg], subject: Planned")
    talk(
        book,
        "2026-11-08",
        "email",
        id="bcdefh",
        more="organization: acme-bcdefg, direction: out, subject: Offer, outcome: sent",
    )
    assert section(book, "asha", "Last interactions") == [f"{day} Nov  call  Talk {day}" for day in range(7, 2, -1)]
    rows = section(book, "acme", "Last interactions")
    assert (len(rows), re.split(r"  +", rows[0])) == (5, ["8 Nov", "email", "out", "Offer", "→ sent"])


def test_who_waits_for_whom_and_since_when(book: Shell) -> None:
    who = "contacts: [asha-bcdefg]"
    assert "waiting" not in page(book, "asha")
    talk(book, "2026-11-01", "email", id="bcdefg", more=f"{who}, direction: out, subject: Offer")
    assert page(book, "asha")["waiting"] == "we wait for them since 1 November, 2 weeks ago: Offer"
    talk(book, "2026-11-10", "email", id="bcdefh", more=f"{who}, direction: in, subject: A question")
    talk(book, "2026-11-12", "call", id="bcdefj", more=f"{who}, subject: Chat")
    talk(book, "2026-11-16", "whatsapp", id="bcdefk", more=f"{who}, direction: in, subject: Well?")
    assert page(book, "asha")["waiting"] == "they wait for us since 10 November, 10 days ago; last Well?"
    assert page(book, "acme")["waiting"].startswith("they wait for us since 10 November")
    talk(book, "2026-11-20", "email", id="bcdefm", more=f"{who}, direction: out")
    assert page(book, "asha")["waiting"] == "we wait for them since today"


@pytest.mark.parametrize(
    ("last", "text"),
    [
        ("2026-11-19", "yesterday · next by 31 December"),
        ("2026-10-09", "6 weeks ago · due today"),
        ("2026-10-01", "7 weeks ago · due since 12 November, 8 days ago"),
        ("2026-08-01", "3 months ago · due since 12 September, 2 months ago · slipping away"),
    ],
)
def test_when_they_were_in_touch_and_when_they_are_to_be(book: Shell, last: str, text: str) -> None:
    talk(book, last, "call", id="bcdefg", more="contacts: [asha-bcdefg]")
    assert page(book, "asha")["in touch"] == text


def test_a_deal_has_its_stage_its_worth_its_people_and_its_history(book: Shell) -> None:
    facts = page(book, "website")
    assert facts["stage"] == "proposal for 10 days"
    assert facts["amount"] == "₹1,50,000, weighted ₹75,000"
    assert facts["closes"] == "27 November, in 7 days"
    assert facts["stuck"] == "no next step"
    assert (facts["next step"], facts["against"]) == ("Send the quote", "Pixel")
    assert facts["history"] == "prospecting 1 Oct → proposal 10 Nov"
    assert re.split(r"  +", section(book, "website", "People")[0])[:3] == ["champion", "Asha Sharma", "Buyer"]
    assert section(book, "website", "People")[1].startswith("Ravi Rao")
    book.ok("move website lost --reason price --at 2026-11-19")
    facts = page(book, "website")
    assert (facts["stage"], facts["closed"], facts["reason"]) == ("lost", "19 November, yesterday", "price")
    assert facts["amount"] == "₹1,50,000"
    assert "stuck" not in facts


def test_a_deal_among_several_pipelines_says_which_and_one_with_nothing_says_little(book: Shell) -> None:
    with (book.book / "crm.yaml").open("a") as settings:
        settings.write("pipelines: {a: {stages: [{name: proposal}]}, b: {stages: [{name: new}]}}\n")
    book.write("deals/bare-bcdefh.yaml", "{name: Bare, pipeline: b, stage: new}\n")
    assert page(book, "bare")["stage"] == "new (b)"
    assert "amount" not in page(book, "bare")


def test_a_firm_has_its_people_and_what_it_is_part_of(book: Shell) -> None:
    facts = page(book, "acme")
    assert (facts["web"], facts["terms"]) == ("acme.example", "30 days")
    assert book.ok("brief mill").lines[1] == "part of Acme"
    for number in range(6):
        book.write(f"contacts/more-bcdef{number}.yaml", f"{{name: More {number}, organization: acme-bcdefg}}\n")
    rows = section(book, "acme", "People")
    assert (len(rows), rows[-1]) == (7, "and 2 more")


def test_of_a_task_or_a_talk_the_page_is_about_whom_it_is_with(book: Shell) -> None:
    book.write("tasks/call-bcdefn.yaml", "{name: Call, contact: asha-bcdefg}\n")
    book.write("tasks/quote-bcdefp.yaml", "{name: Quote, deal: website-bcdefg}\n")
    book.write("tasks/mop-bcdefq.yaml", "{name: Mop the floor}\n")
    talk(book, "2026-11-01", "note", id="bcdefr", more="organization: acme-bcdefg")
    titles = [book.ok(f"brief {ref}").lines[0] for ref in ("bcdefn", "bcdefp", "bcdefq", "bcdefr")]
    assert [title.split("  ")[0] for title in titles] == ["Asha Sharma", "Website", "Mop the floor", "Acme"]


def test_of_a_stranger_it_says_what_to_do_next(empty: Shell) -> None:
    contact = empty.ok("contact add 'Asha Sharma'").out.strip()
    ref = contact[-6:]
    assert empty.ok("brief asha").lines == [
        f"Asha Sharma  ({contact})",
        "",
        f"no phone and no email yet: crm set {ref} phones+=NUMBER",
        f'nothing was written down yet: crm log call {ref} "TEXT" --next "fri Call back"',
    ]
    empty.ok(f"set {ref} phones+=9876543210")
    empty.ok(f"log call {ref} 'wants a website'")
    empty.ok(f"deal add Website --contact {ref}")
    assert empty.ok("brief asha").lines[-1] == f'no next step: crm task add "Call back" --contact {ref} --due fri'
    empty.ok(f"rm {ref}")
    assert f"crm set {ref} archived= brings it back" in empty.ok(f"brief {ref}").out


def test_a_usual_page_fits_a_screen_and_a_narrow_one_is_wrapped(
    looking: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    for ref in ("asha", "h2v8c1", "b4x8w2"):
        assert 24 <= len(looking.ok(f"brief {ref}").lines) <= 40
    monkeypatch.setattr("crm_cli.cli.streams.is_terminal", lambda _stream: True)
    result = looking.crm("brief", "asha", COLUMNS="60", TERM="xterm")
    assert "\x1b[1mOpen deals\x1b[0m" in result.out
    lines = re.sub(r"\x1b\[\d*m", "", result.out).splitlines()
    assert [line for line in lines if width(line) > 60] == []


def test_a_long_label_has_a_line_of_its_own_and_text_cannot_steer_the_terminal(empty: Shell) -> None:
    empty.write(
        "contacts/asha-bcdefg.yaml", 'name: "A\\e[31m"\nfacts: {what she eats and what she does not: "rice\\u202e"}\n'
    )
    lines = empty.ok("brief bcdefg").lines
    assert lines[0].startswith("A\\x1b[31m")
    place = lines.index("what she eats and what she does not")
    assert lines[place + 1].strip() == "rice\\u202e"


def test_a_shape_that_is_asked_for_is_that_of_the_record(book: Shell) -> None:
    (record,) = json.loads(book.ok("brief asha --json").out)
    assert (record["id"], record["title"]) == ("asha-bcdefg", "Buyer")
    assert book.ok("brief asha --fields title,birthday").out == "Buyer\t1984-11-21\n"
    assert book.crm("brief", "nobody").code == 3
