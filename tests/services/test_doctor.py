"""What the doctor finds: one of every problem, each with its place, and nothing in a book that is well."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from crm_cli.schema.problem import CLASSES, STRUCTURAL
from crm_cli.services.setup.begin import template_names
from tests.shell import Shell

Row = tuple[str, int | None, str | None]


def problems(shell: Shell, *words: str, code: int | None = None) -> list[dict[str, object]]:
    result = shell.crm("doctor", "-o", "json", *words)
    assert result.code == code if code is not None else result.code in (0, 1), result.err
    found: list[dict[str, object]] = json.loads(result.out)
    return found


def rows(shell: Shell, code: str) -> list[Row]:
    """Path, line and field of every problem of a code."""
    return [(p["path"], p["line"], p["field"]) for p in problems(shell) if p["code"] == code]  # type: ignore[misc]


def message(shell: Shell, code: str) -> str:
    found = [p["message"] for p in problems(shell) if p["code"] == code]
    assert len(found) == 1, found
    return str(found[0])


def codes(shell: Shell, *words: str) -> set[str]:
    return {str(p["code"]) for p in problems(shell, *words)}


# -- books that are well


def test_the_sample_book_has_no_problem(sample: Shell) -> None:
    result = sample.ok("doctor --strict")
    assert result.out == ""
    assert "no problems" in result.err


def test_an_empty_book_has_no_problem(empty: Shell) -> None:
    assert empty.ok("doctor --strict").out == ""


@pytest.mark.parametrize("name", template_names())
def test_a_starter_book_has_no_problem(tmp_path: Path, name: str) -> None:
    shell = Shell(tmp_path / "home", tmp_path / "book")
    shell.ok(f"init {shell.book} --template {name}")
    assert shell.ok("doctor --strict").out == ""


# -- structural problems

BROKEN: dict[str, bytes] = {
    "yaml": b"name: Asha\ntitle: @foo\n",
    "not-a-map": b"# nothing\n",
    "duplicate-key": b"name: Asha\nname: Usha\n",
    "key": b"name: Asha\n? [a, b]\n: c\n",
    "anchor": b"name: &a Asha\n",
    "tag": b"name: !!binary aGk=\n",
    "documents": b"name: Asha\n---\nname: Usha\n",
    "encoding": "name: Jos\xe9\n".encode("latin-1"),
    "control": b"name: Asha\x1b[31m\n",
    "line-break": "name: Asha\x85title: x\n".encode(),
    "tab": b"name: Asha\nfacts:\n\tlikes: tea\n",
    "markers": b"name: Asha\n<<<<<<< ours\n",
    "too-large": b"name: " + b"x" * (1 << 20) + b"\n",
}


def test_a_file_that_cannot_be_read_is_a_structural_problem(empty: Shell) -> None:
    for code, data in BROKEN.items():
        empty.write(f"contacts/{code}.yaml", data)
    found = problems(empty, code=1)
    assert {(p["class"], p["code"], p["path"]) for p in found} == {
        ("structural", code, f"contacts/{code}.yaml") for code in BROKEN
    }
    assert len(found) == len(BROKEN)
    assert all(p["message"] for p in found)


def test_every_structural_code_is_tried() -> None:
    assert {*BROKEN, "not-a-file"} == set(STRUCTURAL)


def test_what_is_no_plain_file_is_named_and_not_opened(empty: Shell) -> None:
    (empty.book / "contacts").mkdir()
    os.mkfifo(empty.book / "contacts" / "asha.yaml")
    (empty.book / "contacts" / "usha.yaml").symlink_to("/etc/hostname")
    (empty.book / "deals").symlink_to("/etc")
    assert {row[0] for row in rows(empty, "not-a-file")} == {"contacts/asha.yaml", "contacts/usha.yaml", "deals"}


# -- field problems


MISFITS = [
    ("bad-email", "contacts", "emails:\n  - a@b.example, c@d.example\n", "emails", 3),
    ("bad-date", "contacts", "verified_on: soon\n", "verified_on", 2),
    ("no-such-day", "tasks", "due: 2024-02-30\n", "due", 2),
    ("bad-money", "deals", "amount: 1e9999999\n", "amount", 2),
    ("bad-number", "organizations", "size: many\n", "size", 2),
    ("bad-bool", "views", "pinned: perhaps\n", "pinned", 2),
    ("bad-choice", "contacts", "lifecycle: alien\n", "lifecycle", 2),
    ("bad-link", "contacts", "organization: Nobody Ltd\n", "organization", 2),
    ("bad-cadence", "contacts", "cadence: often\n", "cadence", 2),
    ("bad-recurrence", "tasks", "every: sometimes\n", "every", 2),
    ("bad-consent", "contacts", "consent:\n  email: maybe\n", "consent.email", 3),
    ("shape", "contacts", "title: {name}\n", "title", 2),
]


def test_a_value_that_does_not_fit_is_a_field_problem(empty: Shell) -> None:
    for code, folder, text, _field, _line in MISFITS:
        empty.write(f"{folder}/{code}.yaml", f"name: Asha\n{text}")
    found = {(p["code"], p["path"], p["field"], p["line"]) for p in problems(empty, code=1) if p["class"] == "field"}
    assert found == {(code, f"{folder}/{code}.yaml", field, line) for code, folder, _text, field, line in MISFITS}


def test_a_required_field_that_is_missing_is_a_field_problem(empty: Shell) -> None:
    empty.write("contacts/asha.yaml", "title: Head\n")
    assert rows(empty, "missing") == [("contacts/asha.yaml", 1, "name")]


# -- errors


@pytest.mark.parametrize("name", ["Asha Sharma.yaml", "bob.yml", "आशा.yaml", "con.yaml", "Bob.YAML"])
def test_a_bad_file_name_is_an_error(empty: Shell, name: str) -> None:
    empty.write(f"contacts/{name}", "name: Asha\n")
    assert rows(empty, "file-name") == [(f"contacts/{name}", None, None)]
    assert empty.crm("doctor").code == 1


def test_a_folder_among_records_is_an_error_without_a_remedy(empty: Shell) -> None:
    empty.write("contacts/old/asha.yaml", "name: Asha\n")
    assert "--fix" not in message(empty, "file-name")


def test_an_id_that_two_files_have_is_named_at_both(empty: Shell) -> None:
    empty.write("contacts/acme.yaml", "name: Acme\n")
    empty.write("organizations/acme.yaml", "name: Acme\n")
    assert rows(empty, "duplicate-id") == [("contacts/acme.yaml", None, None), ("organizations/acme.yaml", None, None)]


def test_a_record_that_cannot_be_read_still_has_its_id(empty: Shell) -> None:
    empty.write("contacts/acme.yaml", "name: [\n")
    empty.write("organizations/acme.yaml", "name: Acme\n")
    assert len(rows(empty, "duplicate-id")) == 2


@pytest.mark.parametrize(
    ("text", "field", "line"),
    [
        ("organization: gone-k7m3q9\n", "organization", 2),
        ("organization: usha\n", "organization", 2),
        ("organization: contacts/usha\n", "organization", 2),
        ("affiliations:\n  - acme-k7m3q9\n", "affiliations.organization", 3),
        ("relations:\n  - type: sister\n    contact: gone-k7m3q9\n", "relations.contact", 4),
        ("merged_into: gone-k7m3q9\n", "merged_into", 2),
    ],
)
def test_a_link_that_leads_nowhere_or_to_another_kind_is_an_error(
    empty: Shell, text: str, field: str, line: int
) -> None:
    empty.write("contacts/usha.yaml", "name: Usha\n")
    empty.write("contacts/asha.yaml", f"name: Asha\n{text}")
    assert rows(empty, "dangling-link") == [("contacts/asha.yaml", line, field)]


def test_links_that_lead_somewhere_are_fine(empty: Shell) -> None:
    empty.write("organizations/acme.yaml", "name: Acme\n")
    empty.write("contacts/usha.yaml", "name: Usha\norganization: organizations/acme\n")
    empty.write("contacts/isha.yaml", "name: Isha\narchived: 2026-11-01\nmerged_into: usha\n")
    empty.write(
        "deals/site.yaml",
        "name: Site\nstage: proposal\nlead: some-lead-k7m3q9\ncontacts:\n  - buyer: isha\n  - usha\n"
        "stage_history:\n  - stage: proposal\n    at: 2026-11-01\n",
    )
    assert problems(empty, code=0) == []


def test_a_custom_field_may_lead_nowhere_too(empty: Shell) -> None:
    empty.write("crm.yaml", "fields:\n  contact:\n    agent:\n      type: link:contact\n")
    empty.write("contacts/asha.yaml", "name: Asha\ncustom:\n  agent: gone-k7m3q9\n")
    assert rows(empty, "dangling-link") == [("contacts/asha.yaml", 3, "custom.agent")]


def test_a_circle_of_merged_records_is_named_at_each_of_them(empty: Shell) -> None:
    for name, into in (("a1", "b1"), ("b1", "c1"), ("c1", "contacts/a1"), ("d1", "a1"), ("e1", "e1")):
        empty.write(f"contacts/{name}.yaml", f"name: {name}\narchived: 2026-11-01\nmerged_into: {into}\n")
    found = rows(empty, "merge-circle")
    assert found == [(f"contacts/{name}.yaml", 3, "merged_into") for name in ("a1", "b1", "c1", "e1")]


# -- warnings


def warn(shell: Shell, text: str, kind: str = "contacts", settings: str = "") -> set[tuple[object, ...]]:
    """The warnings about one record, as (code, line, field)."""
    if settings:
        shell.write("crm.yaml", settings)
    shell.write(f"{kind}/asha.yaml", f"name: Asha\n{text}")
    found = problems(shell, code=0)
    assert {p["class"] for p in found} <= {"warning"}
    return {(p["code"], p["line"], p["field"]) for p in found}


ODD: list[tuple[str, set[tuple[object, ...]]]] = [
    ("titel: Head\n", {("unknown-key", 2, "titel")}),
    ("id: 99\n", {("unknown-key", 2, "id")}),
    ("email: a@b.example\n", {("unknown-key", 2, "email")}),
    ("last_contact: 2026-11-01\n", {("unknown-key", 2, "last_contact")}),
    ("consent:\n  telegram: yes\n", {("unknown-key", 3, "consent.telegram")}),
    ("relations:\n  - type: sister\n    who: Usha\n", {("unknown-key", 4, "relations.who")}),
    ("phones:\n  - 12\n  - '+91 98765 43210'\n", {("phone", 3, "phones")}),
    ("phones:\n  - call me\n", {("phone", 3, "phones")}),
    ("phones:\n  - mobile: '+91 00000 00000'\n", {("phone", 3, "phones")}),
    ("urls:\n  - javascript:alert(1)\n", {("url", 3, "urls")}),
    ("urls:\n  - home page\n  - acme.example/a?b#c\n  - https://acme.example:8080\n", {("url", 3, "urls")}),
    ("tax_id: 24ZZZCA0101A1Z8\n", {("tax-id", 2, "tax_id")}),
    ("tax_id: DE136695977\n", {("tax-id", 2, "tax_id")}),
    ("tax_id: 12\n", {("tax-id", 2, "tax_id")}),
    ("tax_id: 24 ZZZCA0101A 1Z9\n", set()),
    ("tax_id: DE136695976\n", set()),
    ("tax_id: AAPPV8261K\n", set()),
    ("addresses:\n  - city: Surat\n    country: Imdia\n", {("country", 4, "addresses.country")}),
    ("addresses:\n  - office:\n      country: xx\n", {("country", 4, "addresses.country")}),
    ("addresses:\n  - country: भारत\n  - country: NO\n  - country: usa\n  - country: Deutschland\n", set()),
    ("tags: vip\n", {("list-form", 2, "tags")}),
    ("roles: customer, supplier\n", {("list-form", 2, "roles")}),
    ("addresses:\n  city: Surat\n", {("list-form", 3, "addresses")}),
    ("relations:\n  type: sister\n", {("list-form", 3, "relations")}),
    ("title: room #5\n", {("comment", 2, "title")}),
    ("nickname: Аda\n", {("mixed-script", 2, "nickname")}),
    ("facts:\n  likes: Аda\n", {("mixed-script", 3, "facts.likes")}),
    ("notes: Аda\n", set()),
    ("affiliations:\n  - role: x\n", set()),
]


@pytest.fixture(scope="module")
def odd(begun: Shell, tmp_path_factory: pytest.TempPathFactory) -> dict[object, set[tuple[object, ...]]]:
    """What is said about each of the contacts above, by the path of its file."""
    shell = begun.copy(tmp_path_factory.mktemp("odd"))
    for number, (text, _) in enumerate(ODD):
        shell.write(f"contacts/c{number}.yaml", f"name: Asha\n{text}")
    found: dict[object, set[tuple[object, ...]]] = {}
    for p in problems(shell, code=0):
        found.setdefault(p["path"], set()).add((p["code"], p["line"], p["field"]))
    return found


@pytest.mark.parametrize("number", range(len(ODD)), ids=[text for text, _ in ODD])
def test_warnings_about_a_contact(odd: dict[object, set[tuple[object, ...]]], number: int) -> None:
    assert odd.get(f"contacts/c{number}.yaml", set()) == ODD[number][1]


def test_a_misspelt_key_is_guessed(empty: Shell) -> None:
    warn(empty, "organisation: acme\n")
    assert "Did you mean organization?" in message(empty, "unknown-key")


def test_a_singular_is_told_its_plural(empty: Shell) -> None:
    warn(empty, "phone: 98765\n")
    assert "did you mean phones?" in message(empty, "unknown-key")


def test_what_commas_do_not_do_is_said(empty: Shell) -> None:
    warn(empty, "tags: a, b\n")
    assert "commas" in message(empty, "list-form")


def test_tax_ids_of_a_country_without_a_known_form_are_left_alone(empty: Shell) -> None:
    assert warn(empty, "tax_id: 12-3456789\n", settings="country: US\n") == set()


FIELDS = """fields:
  contact:
    allergy:
      type: choice
      choices: [peanuts]
    shades:
      type: list
    member:
      required: true
"""


def test_custom_fields_are_held_against_what_crm_yaml_declares(empty: Shell) -> None:
    found = warn(empty, "custom:\n  alergy: nuts\n  member: 7\n  shades: red\n", settings=FIELDS)
    assert found == {("custom-unknown", 3, "custom.alergy"), ("list-form", 5, "custom.shades")}
    assert "did you mean allergy?" in message(empty, "custom-unknown")


def test_a_book_that_declares_no_custom_field_may_use_any(empty: Shell) -> None:
    assert warn(empty, "custom:\n  anything: goes\n") == set()


def test_a_custom_field_that_every_record_needs_is_missed(empty: Shell) -> None:
    assert warn(empty, "custom:\n  allergy: peanuts\n", settings=FIELDS) == {("workflow", None, "custom.member")}
    empty.write("contacts/usha.yaml", "name: Usha\narchived: 2026-11-01\nmerged_into: asha\n")
    assert rows(empty, "workflow") == [("contacts/asha.yaml", None, "custom.member")]


DEAL = "stage_history:\n  - stage: {0}\n    at: 2026-11-01\nstage: {0}\n"
LINES = """pipelines:
  sales:
    stages:
      - name: talk
      - name: offer
        required: [amount]
      - name: won
        type: won
      - name: lost
        type: lost
        required: [lost_reason]
  repairs:
    stages: [bench]
fields:
  deal:
    po_number:
      required_from: offer
"""


STAGES: list[tuple[str, set[tuple[object, ...]]]] = [
    ("", {("workflow", None, "stage")}),
    (DEAL.format("talk"), set()),
    (DEAL.format("bench"), {("workflow", None, "stage")}),
    ("pipeline: repairs\n" + DEAL.format("bench"), set()),
    (DEAL.format("offer"), {("workflow", None, "amount"), ("workflow", None, "custom.po_number")}),
    ("closed_at: 2026-11-01\n" + DEAL.format("lost"), {("workflow", None, "lost_reason")}),
    ("lost_reason: price\n" + DEAL.format("talk"), {("workflow", None, "lost_reason")}),
    ("stage: talk\n", {("stage-history", None, "stage_history")}),
    (DEAL.format("talk").replace("\nstage: talk", "\nstage: talk\nclosed_at: 2026-11-01"),
     {("workflow", None, "closed_at")}),
    ("amount: 5 INR\ncustom:\n  po_number: 7\n" + DEAL.replace("- stage: {0}", "- stage: talk").format("offer"),
     {("stage-history", None, "stage_history")}),
    ("custom:\n  po_number: 7\n" + DEAL.format("won"), {("stage-history", None, "closed_at")}),
    ("archived: 2026-11-01\nmerged_into: other\n", set()),
]  # fmt: skip


def test_stages_and_what_they_ask_for(empty: Shell) -> None:
    empty.write("crm.yaml", LINES)
    empty.write("deals/other.yaml", f"name: Other\n{DEAL.format('talk')}")
    for number, (text, _) in enumerate(STAGES):
        empty.write(f"deals/d{number}.yaml", f"name: Site\n{text}")
    found = {(p["path"], p["code"], p["line"], p["field"]) for p in problems(empty, code=0)}
    assert found == {(f"deals/d{number}.yaml", *row) for number, (_, rows) in enumerate(STAGES) for row in rows}


def test_a_field_with_a_problem_of_its_own_is_not_missed_by_the_workflow_as_well(empty: Shell) -> None:
    empty.write("crm.yaml", LINES)
    empty.write("deals/site.yaml", "name: Site\namount: lots\ncustom: none\n" + DEAL.format("offer"))
    assert codes(empty) == {"bad-money", "shape"}


def test_attachments_are_looked_for_below_their_folder(empty: Shell) -> None:
    empty.write("attachments/offer.pdf", "x")
    empty.write("attachments/more/map.png", "x")
    empty.write("attachments/orphan.txt", "x")
    empty.write("attachments/.hidden", "x")
    (empty.book / "attachments" / "away.txt").symlink_to("/etc/hostname")
    text = "attachments:\n  - offer.pdf\n  - map: attachments/more/map.png\n  - gone.pdf\n"
    text += "  - ../crm.yaml\n  - /etc/passwd\n  - https://acme.example/a.pdf\n  - away.txt\n"
    empty.write("contacts/asha.yaml", f"name: Asha\n{text}")
    asha = "contacts/asha.yaml"
    expected = [(asha, line, "attachments") for line in (5, 6, 7, 8, 9)]
    assert rows(empty, "attachment") == [("attachments/orphan.txt", None, None), *expected]


def test_an_attachment_whose_path_no_file_can_have_is_a_problem_of_its_record(empty: Shell) -> None:
    (empty.book / "attachments").mkdir()
    (empty.book / "attachments" / "round").symlink_to("round")
    paths = ('"a\\0b"', "x" * 300, "round/cv.pdf")
    empty.write("contacts/asha.yaml", "name: Asha\nattachments:\n" + "".join(f"  - {path}\n" for path in paths))
    told = [p for p in problems(empty) if p["code"] == "attachment" and p["path"] == "contacts/asha.yaml"]
    assert [p["line"] for p in told] == [3, 4, 5]
    assert all("leads nowhere" in str(p["message"]) for p in told)


def test_a_link_to_a_folder_of_attachments_is_not_followed(empty: Shell) -> None:
    (empty.book / "attachments").symlink_to("/etc")
    empty.write("contacts/asha.yaml", "name: Asha\nattachments:\n  - hostname\n")
    assert rows(empty, "attachment") == [("contacts/asha.yaml", 3, "attachments")]


# -- crm.yaml


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("curency: INR\n", {("unknown-key", 1, "curency")}),
        ("score: {}\n", set()),
        ("currency: rupees\n", {("shape", 1, "currency")}),
        ("name: x\npipelines:\n  sales: yes\n",
         {("shape", 3, "pipelines.sales"), ("shape", 3, "pipelines.sales.stages")}),
        ("pipelines:\n  sales:\n    colour: red\n    stages:\n      - name: talk\n        rotting: 3\n",
         {("unknown-key", 3, "pipelines.sales.colour"), ("unknown-key", 6, "pipelines.sales.stages.rotting")}),
        ("pipelines:\n  sales:\n    stages:\n      - name: talk\n        required: [amuont, custom.x, amount]\n",
         {("workflow", 5, "pipelines.sales.stages.0.required")}),
        ("fields:\n  contcat:\n    x: text\n", {("unknown-key", 2, "fields.contcat")}),
        ("fields:\n  lead:\n    x: text\n", set()),
        ("fields:\n  deal:\n    x:\n      tpye: text\n", {("unknown-key", 4, "fields.deal.x.tpye")}),
        ("fields:\n  deal:\n    x:\n      required_from: nowhere\n", {("workflow", 4, "fields.deal.x.required_from")}),
        ("fields:\n  deal:\n    x:\n      type: link:firm\n", {("workflow", 4, "fields.deal.x.type")}),
        ("users:\n  asha:\n    mail: a@b.example\n", {("unknown-key", 3, "users.asha.mail")}),
        ("country: QQ\n", {("country", 1, "country")}),
        ("holidays:\n  - 2027-01-26\n  - diwali\n", {("bad-date", 3, "holidays")}),
        ("name: Asha #1\n", {("comment", 1, "name")}),
        ("name: [x\n", {("yaml", 1, None)}),
        ("", set()),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_settings(empty: Shell, text: str, expected: set[tuple[object, ...]]) -> None:
    empty.write("crm.yaml", text)
    found = problems(empty)
    assert {p["path"] for p in found} <= {"crm.yaml"}
    assert {(p["code"], p["line"], p["field"]) for p in found} == expected


def test_broken_settings_do_not_make_records_look_broken(sample: Shell) -> None:
    sample.write("crm.yaml", "pipelines: 7\n")
    result = sample.crm("doctor")
    assert [line.split("\t")[:4] for line in result.lines] == [["field", "shape", "crm.yaml", "1"]]
    assert "last committed version" in result.err


def test_settings_that_were_never_whole_leave_stages_unjudged(empty: Shell) -> None:
    empty.write("crm.yaml", "pipelines: 7\n")
    empty.git("commit", "-qam", "broken")
    empty.write("deals/site.yaml", "name: Site\nstage: unheard-of\namount: lots\n")
    assert codes(empty) == {"shape", "bad-money"}
    assert "were not judged" in empty.crm("doctor").err


# -- what is printed


def test_every_row_has_class_code_path_line_field_and_message(empty: Shell) -> None:
    empty.write("contacts/asha.yaml", "titel: Head\n")
    result = empty.crm("doctor", "--header")
    header, missing, unknown = (line.split("\t") for line in result.lines)
    assert header == ["class", "code", "path", "line", "field", "message"]
    assert missing[:5] == ["field", "missing", "contacts/asha.yaml", "1", "name"]
    assert unknown[:5] == ["warning", "unknown-key", "contacts/asha.yaml", "1", "titel"]
    assert "1 error and 1 warning in 1 file" in result.err


def test_the_worst_comes_first_then_path_and_line(empty: Shell) -> None:
    empty.write("contacts/b.yaml", "name: B\nx: 1\nw: 2\n")
    empty.write("contacts/a.yaml", "name: A\nx: 1\n")
    empty.write("deals/z.yaml", "")
    found = [(p["path"], p["line"]) for p in problems(empty, code=1)]
    assert found == [("deals/z.yaml", 1), ("contacts/a.yaml", 2), ("contacts/b.yaml", 2), ("contacts/b.yaml", 3)]


def test_ids_are_those_of_the_records(empty: Shell) -> None:
    empty.write("contacts/asha.yaml", "titel: Head\n")
    empty.write("contacts/usha.yaml", "")
    empty.write("crm.yaml", "nmae: x\n")
    assert set(empty.crm("doctor", "--ids").lines) == {"asha", "usha"}


def test_warnings_are_an_error_only_with_strict(empty: Shell) -> None:
    empty.write("contacts/asha.yaml", "name: Asha\ntitel: Head\n")
    assert empty.crm("doctor").code == 0
    assert empty.crm("doctor", "--strict").code == 1


def test_exit_code_says_that_there_is_nothing(empty: Shell) -> None:
    assert empty.crm("doctor", "--exit-code").code == 1


def test_quiet_leaves_the_rows(empty: Shell) -> None:
    empty.write("contacts/asha.yaml", "name: Asha\ntitel: Head\n")
    result = empty.crm("doctor", "-q")
    assert result.out
    assert result.err == ""


# -- references


@pytest.fixture
def three(empty: Shell) -> Shell:
    """Three people with one problem each, one of them unreadable."""
    empty.write("contacts/asha.yaml", "name: Asha Sharma\nx: 1\n")
    empty.write("contacts/usha.yaml", "name: Usha\ny: 1\n")
    empty.write("contacts/isha.yaml", "name: [\n")
    return empty


@pytest.mark.parametrize(
    ("refs", "paths"),
    [
        (["asha"], {"contacts/asha.yaml"}),
        (["contacts/asha"], {"contacts/asha.yaml"}),
        (["contacts/asha.yaml"], {"contacts/asha.yaml"}),
        (["asha sharma", "isha"], {"contacts/asha.yaml", "contacts/isha.yaml"}),
        (["usha", "asha"], {"contacts/asha.yaml", "contacts/usha.yaml"}),
    ],
)
def test_references_limit_what_is_shown(three: Shell, refs: Sequence[str], paths: set[str]) -> None:
    assert {p["path"] for p in problems(three, *refs)} == paths


def test_references_come_from_stdin_too(three: Shell) -> None:
    assert three.crm("doctor", "-", stdin="usha\tUsha\n").out.count("\n") == 1


def test_part_of_a_name_is_left_to_the_index(three: Shell) -> None:
    assert {p["path"] for p in problems(three, "sharm")} == {"contacts/asha.yaml"}


def test_a_name_that_two_have_is_ambiguous(three: Shell) -> None:
    three.write("organizations/ashas.yaml", "name: Asha Sharma\n")
    result = three.crm("doctor", "asha sharma")
    assert result.code == 4
    assert "ashas" in result.err


def test_references_work_with_broken_settings(three: Shell) -> None:
    three.write("crm.yaml", "pipelines: 7\n")
    assert {p["path"] for p in problems(three, "usha")} == {"contacts/usha.yaml"}
    assert {p["path"] for p in problems(three, "crm.yaml")} == {"crm.yaml"}
    assert three.crm("doctor", "nobody").code == 3


def test_every_code_has_a_class() -> None:
    assert set(CLASSES.values()) == {"structural", "field", "error", "warning"}
