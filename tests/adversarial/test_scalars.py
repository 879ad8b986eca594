"""Values as people write them by hand: what is text stays the text that was written, what does not fit is told."""

from typing import Any

import pytest

from tests.adversarial.hand import PATH, check_field_lost, check_kept, check_unreadable, record, shown
from tests.shell import Shell

READ: dict[str, tuple[str, dict[str, Any]]] = {
    "Norway is no negation": ("language: NO", {"language": "NO"}),
    "yes is a name": ("nickname: yes", {"nickname": "yes"}),
    "on, off and y are words": ("given_name: on\nfamily_name: off\nnickname: y", {"given_name": "on", "nickname": "y"}),
    "a zero leads a number": ("phones: [09876543210]", {"phones": [{"label": None, "value": "09876543210"}]}),
    "numbers of other bases are text": (
        "custom: {pin: 008, octal: 010, new: 0o17, hex: 0x1F}",
        {"custom": {"pin": "008", "octal": "010", "new": "0o17", "hex": "0x1F"}},
    ),
    "an id of 5,000 digits": (f"id: {'9' * 5000}", {"extra": {"id": "9" * 5000}}),
    "times are not base 60": ("custom: {slot: 12:30, end: 12:30:45}", {"custom": {"slot": "12:30", "end": "12:30:45"}}),
    "a version keeps its zero": ("custom: {version: 1.10}", {"custom.version": "1.10"}),
    "text is cut at a comment": ("title: room #5 and a # b", {"title": "room"}),
    "a map under an unknown key": ("hobby: {name}", {"extra.hobby": {"name": ""}}),
    "a tab after a colon": ("title:\tBuyer", {"title": "Buyer"}),
    "escapes in quotes": (r'title: "x\e[31m\0"', {"title": "x\x1b[31m\0"}),
    "line separators in quotes": ('title: "a\u2028b\u2029c"', {"title": "a\u2028b\u2029c"}),
    "escaped line separators": (r'title: "a\Lb\Nc\rd"', {"title": "a\u2028b\x85c\rd"}),
    "a family of emoji": ("title: 👨‍👩‍👧‍👦", {"title": "👨‍👩‍👧‍👦"}),
    "a tower of accents": (f"title: e{chr(0x301) * 1000}", {"title": "e" + "\u0301" * 1000}),
    "a letter and its accent apart": ("nickname: Jose\u0301", {"nickname": "Jose\u0301"}),
    "a Cyrillic look-alike": ("nickname: Аda", {"nickname": "Аda"}),
    "a megabyte of one word": (f"notes: {'x' * 1_000_000}", {"notes": "x" * 1_000_000}),
    "Hindi": ("nickname: आशा", {"nickname": "आशा"}),
    "markup": (
        'title: "[/]"\nnickname: "[@click=app.quit]x[/]"',
        {"title": "[/]", "nickname": "[@click=app.quit]x[/]"},
    ),
    "a minus and a plus": ("title: -rf\nnickname: +91", {"title": "-rf", "nickname": "+91"}),
    "a formula": ("title: '=cmd|calc'", {"title": "=cmd|calc"}),
    "nothing at all": ("title:\nnickname: ~\nnotes: null", {"title": None, "nickname": None, "notes": None}),
}

UNREADABLE: dict[str, tuple[str | bytes, int, str]] = {
    "an at sign begins a value": ("title: @foo", 2, 'quotes: title: "@foo"'),
    "a percent sign begins a value": ("title: %10", 2, 'quotes: title: "%10"'),
    "a backtick begins a value": ("title: `x`", 2, 'quotes: title: "`x`"'),
    "a dash begins a value": ("title: - x", 2, "quotes"),
    "an exclamation mark begins a value": ("title: !important", 2, "quote"),
    "a tab indents": ("custom:\n\tallergy: nuts", 3, "tab in column 1"),
    "a raw NUL": ("title: a\0b", 2, "control character in column 9"),
    "a raw ESC": ("title: a\x1bb", 2, "control character in column 9"),
    "a raw DEL": ("title: a\x7fb", 2, "control character in column 9"),
    "a raw C1": ("title: a\x9bb", 2, "control character in column 9"),
    "a raw next line": ("title: a\x85b", 2, "U+0085"),
    "a lone carriage return": ("title: a\rb", 2, "carriage return"),
    "a raw line separator in plain text": ("title: a\u2028b", 2, "U+2028"),
    "half of a pair": (r'title: "\ud800"', 2, "no character"),
    "Latin-1": ("title: Jos\xe9".encode("latin-1"), 2, "not UTF-8"),
}

CONTACT: dict[str, tuple[str, str, str]] = {
    "no such day": ("birthday: 2024-02-30", "no-such-day", "birthday=1984-03-14"),
    "two addresses in one": ("emails: ['a@b.example, c@d.example']", "bad-email", "emails=a@b.example"),
    "an address that would be a header": (r'emails: ["a@b.example\nBcc:x"]', "bad-email", "emails=a@b.example"),
    "an address of 400 letters": (f"emails: [{'a' * 400}@b.example]", "bad-email", "emails=a@b.example"),
    "a map where text belongs": ("title: {name}", "shape", "title=Buyer"),
    "a list where text belongs": ("title: [a, b]", "shape", "title=Buyer"),
    "an unknown choice": ("lifecycle: custmer", "bad-choice", "lifecycle=customer"),
    "a cadence in words": ("cadence: often", "bad-cadence", "cadence=6w"),
    "a link that is no id": ("organization: Acme Textiles", "bad-link", "organization="),
}
MONEY = {
    "an exponent": "1e9999999",
    "grouped digits": "1,50,000.00",
    "a currency sign": "₹1500",
    "full-width digits": "１２",
    "5,000 digits": "9" * 5000,
    "seven decimals": "1.1234567",
}
TASK: dict[str, tuple[str, str, str]] = {
    "a phrase where a day belongs": ("due: tomorrow", "bad-date", "due=today"),
    "a moment without an offset": ("due: 2024-02-29T10:00:00", "bad-date", "due=today"),
    "a time is no day": ("due: 12:30", "bad-date", "due=today"),
    "the year zero": ("due: 0000-01-01", "no-such-day", "due=today"),
    "every second": ("every: FREQ=SECONDLY", "bad-recurrence", "every=2w"),
    "a hundred million times": ("every: FREQ=DAILY;COUNT=100000000", "bad-recurrence", "every=2w"),
    "every no days": ("every: 0d", "bad-recurrence", "every=2w"),
}


@pytest.mark.parametrize("name", READ)
def test_what_is_text_is_read_as_written_and_keeps_its_spelling(book: Shell, name: str) -> None:
    check_kept(book, *READ[name])


def test_a_byte_order_mark_and_windows_line_ends_are_kept(book: Shell) -> None:
    data = "\ufeffname: Asha Sharma\r\ntitle: Buyer # for now\r\n".encode()
    place = book.write(PATH, data)
    assert shown(book, "asha")["title"] == "Buyer"
    book.ok("set asha department=Sales")
    assert place.read_bytes() == data + b"department: Sales\r\n"


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_no_parser_may_guess_at_is_told_with_its_line(book: Shell, name: str) -> None:
    text, line, said = UNREADABLE[name]
    check_unreadable(book, record(text), line, said)


def test_doctor_names_all_of_them(book: Shell) -> None:
    names = [name.replace(" ", "-").lower() for name in UNREADABLE]
    for name, (text, _line, _said) in zip(names, UNREADABLE.values(), strict=True):
        book.write(f"contacts/{name}.yaml", record(text))
    result = book.crm("doctor", "--fields", "class,path,line")
    assert result.code == 1
    expected = [
        f"structural\tcontacts/{name}.yaml\t{line}"
        for name, (_, line, _) in zip(names, UNREADABLE.values(), strict=True)
    ]
    assert result.lines == sorted(expected)


@pytest.mark.parametrize("name", CONTACT)
def test_a_bad_value_of_a_contact_costs_its_field(book: Shell, name: str) -> None:
    text, code, good = CONTACT[name]
    problem = {"class": "field", "code": code, "field": text.partition(":")[0], "line": 2}
    check_field_lost(book, PATH, record(text), problem, "department=Sales", good)


@pytest.mark.parametrize(
    ("text", "partial"),
    [
        ("consent: never", "consent.phone=yes"),
        ("emails: [good@acme.example, 'a@b, c@d']", "emails+=work:new@acme.example"),
        ("emails: [good@acme.example, 'a@b, c@d']", "emails-=good@acme.example"),
    ],
)
def test_a_part_of_a_field_that_cannot_be_read_is_not_written_over_the_rest(
    book: Shell, text: str, partial: str
) -> None:
    place = book.write(PATH, record(text))
    result = book.crm("set", "asha", partial)
    assert result.code == 5
    assert result.err.startswith(f"crm: {PATH}:2: ")
    assert place.read_bytes() == record(text)


def test_apply_keeps_to_the_same(book: Shell) -> None:
    data = record("emails: [good@acme.example, 'a@b, c@d']")
    place = book.write(PATH, data)
    for part in ('"add": {"emails": ["new@acme.example"]}', '"remove": {"emails": ["good@acme.example"]}'):
        refused = book.crm("apply", "-", stdin=f'{{"id": "asha", {part}}}')
        assert refused.code == 5
        assert f"{PATH}:2: " in refused.err
    assert place.read_bytes() == data
    assert book.crm("apply", "-", stdin='{"id": "asha", "set": {"emails": null}}').code == 0
    assert place.read_bytes() == record("").rstrip() + b"\n"
    place.write_bytes(data)
    exported = book.crm("export", "--kind", "contact").out
    assert book.crm("apply", "-", stdin=exported).code == 0
    assert place.read_bytes() == data


@pytest.mark.parametrize("name", TASK)
def test_a_bad_value_of_a_task_costs_its_field(book: Shell, name: str) -> None:
    text, code, good = TASK[name]
    problem = {"class": "field", "code": code, "field": text.partition(":")[0], "line": 2}
    check_field_lost(book, "tasks/asha.yaml", record(text), problem, "priority=high", good)


@pytest.mark.parametrize("name", MONEY)
def test_money_in_a_file_is_plain_digits(book: Shell, name: str) -> None:
    text = f"name: Website\nstage: proposal\namount: {MONEY[name]}\n"
    problem = {"class": "field", "code": "bad-money", "field": "amount", "line": 3, "value": MONEY[name]}
    check_field_lost(book, "deals/web.yaml", text.encode(), problem, "next_step=call", "amount=75000 INR")


def test_on_the_command_line_money_may_be_written_as_people_do(book: Shell) -> None:
    for text in ("1,50,000.00", "₹150000", "1.5L"):
        deal = book.ok(f"deal add Website --amount {text}").out.strip()
        assert float(shown(book, deal)["amount"]["amount"]) == 150_000
    assert book.crm("deal", "add", "Website", "--amount", "１２").code == 5


def test_a_moment_keeps_its_offset_and_a_bare_time_is_no_moment(book: Shell) -> None:
    place = book.write(
        "interactions/2024/02/call.yaml", "at: 2024-02-29T10:00:00+05:30\nkind: call\nsubject: Site visit\n"
    )
    assert shown(book, "call")["at"] == "2024-02-29T10:00:00+05:30"
    book.ok("set call outcome=agreed")
    assert "at: 2024-02-29T10:00:00+05:30\n" in place.read_text()
    place.write_text("at: 12:30\nkind: call\nsubject: Site visit\n")
    found = shown(book, "call", code=9)
    assert (found["at"], found["problems"][0]["code"]) == (None, "bad-date")


@pytest.mark.parametrize(("text", "value"), [("True", True), ("no", False), ("1", None), ("maybe", None)])
def test_a_declared_bool_is_one_of_a_few_words(book: Shell, text: str, value: bool | None) -> None:
    book.write("crm.yaml", (book.book / "crm.yaml").read_text() + "fields: {contact: {vip: {type: bool}}}\n")
    book.write(PATH, record(f"custom: {{vip: {text}}}"))
    found = shown(book, "asha", code=0 if value is not None else 9)
    assert found["custom"] == ({} if value is None else {"vip": value})
    assert [one["code"] for one in found["problems"]] == ([] if value is not None else ["bad-bool"])


def test_a_phone_is_found_in_any_spelling(book: Shell) -> None:
    book.write(PATH, record("phones: [09876543210]"))
    assert book.ok("show '+919876543210' --fields name --json").out.count("Asha Sharma") == 1


@pytest.mark.parametrize("typed", ["Jos\u00e9", "Jose\u0301", "JOSÉ", "jose"])
def test_composed_and_decomposed_letters_find_each_other(book: Shell, typed: str) -> None:
    book.write(PATH, record("").replace(b"Asha Sharma", "Jose\u0301 Silva".encode()))
    assert shown(book, f"{typed} silva")["id"] == "asha"
    assert book.crm("find", typed, "--ids").out == "asha\n"
    assert "looks the same" in book.crm("contact", "add", "José Silva").err


def test_what_only_looks_odd_is_a_warning_of_doctor(book: Shell) -> None:
    book.write(PATH, record(f"title: room #5 and a # b\nnickname: Аda\nid: {'9' * 5000}"))
    result = book.crm("doctor", "--fields", "code,path,line")
    assert result.code == 0
    assert result.lines == [
        f"{code}\t{PATH}\t{line}" for line, code in ((2, "comment"), (3, "mixed-script"), (4, "unknown-key"))
    ]
    assert book.crm("doctor", "--strict").code == 1


def test_wide_and_stacked_characters_do_not_break_the_columns(book: Shell) -> None:
    from crm_cli.base.text import width

    book.write(PATH, record(f"emails: [a@b.example]\ntitle: e{chr(0x301) * 1000}"))
    book.write("contacts/zoe.yaml", "name: 👨‍👩‍👧‍👦 漢字\ntitle: Buyer\n")
    lines = book.ok("contact list -o table --fields name,title,id").lines
    assert (
        len({width(line[: line.index(end)]) for line, end in zip(lines[1:], ("asha", "ravi", "zoe"), strict=True)}) == 1
    )


def test_a_file_a_little_above_a_mebibyte_is_refused(book: Shell) -> None:
    check_unreadable(book, record(f"notes: {'x' * (1 << 20)}"), None, "larger than 1 MiB")
