"""crm remind: what is due, as text, as HTML and as a notification of the desktop."""

import json
import stat
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.shell import Shell

LATE = "name: Send the offer\nkind: email\ndue: 2026-11-18\ncontact: asha-sharma-k7m3q9\n"
TODAY = "name: आशा को फ़ोन करना\nkind: call\ndue: 2026-11-20T15:00+05:30\norganization: acme-b4x8w2\n"


@pytest.fixture
def empty(tmp_path: Path) -> Shell:
    """A user with an empty book, which was never committed: only reading is needed."""
    shell = Shell(tmp_path / "home", tmp_path / "book")
    shell.write("crm.yaml", "format: 1\n")
    return shell


@pytest.fixture
def book(empty: Shell) -> Shell:
    """A book with one task that is late and one for today."""
    empty.write("crm.yaml", "format: 1\nname: Asha's book\ntimezone: Asia/Kolkata\n")
    empty.write("contacts/asha-sharma-k7m3q9.yaml", "name: Asha Sharma\nphones: [+91 98765 43210]\n")
    empty.write("organizations/acme-b4x8w2.yaml", "name: Acme\nphones: [020 2555 0121]\n")
    empty.write("tasks/send-the-offer-h2v8c1.yaml", LATE)
    empty.write("tasks/call-asha-t8n4c6.yaml", TODAY)
    return empty


def fake(shell: Shell, name: str, body: str = "") -> Path:
    """A program of that name on PATH that writes down what it is given, then does `body`; where it writes."""
    place = shell.home / "bin"
    place.mkdir(exist_ok=True)
    said = shell.home / f"{name}.said"
    program = place / name
    program.write_text(f"#!/bin/sh\nfor word; do printf '%s\\0' \"$word\"; done >> {said}\n{body}\n", encoding="utf-8")
    program.chmod(stat.S_IRWXU)
    shell.environ["PATH"] = f"{place}:/usr/bin:/bin"
    return said


def words(said: Path) -> list[str]:
    """What a fake program was given."""
    return said.read_text(encoding="utf-8").split("\0")[:-1] if said.exists() else []


def test_nothing_due_prints_nothing(empty: Shell) -> None:
    for line in ("remind", "remind --html", "remind --within 30d"):
        assert empty.ok(line) == empty.ok("due --occasions")
    assert empty.ok("remind --json").out == "[]\n"
    result = empty.crm("remind", "--exit-code")
    assert (result.code, result.out, result.err) == (1, "", "")


def test_the_digest_says_when_what_with_whom_the_number_and_what_to_type(book: Shell) -> None:
    assert book.ok("remind").out == (
        "Asha's book, Friday 20 November 2026\n"
        "1 due today, 1 late\n"
        "\n"
        "LATE\n"
        "  2 days late  Send the offer\n"
        "               Asha Sharma | +91 98765 43210 | crm done h2v8c1\n"
        "\n"
        "TODAY\n"
        "  today 15:00  आशा को फ़ोन करना\n"
        "               Acme | 020 2555 0121 | crm done t8n4c6\n"
    )
    assert book.ok("remind --exit-code").code == 0


def test_the_look_ahead_and_whom_to_keep_in_touch_with(book: Shell) -> None:
    book.write("tasks/a-a00001.yaml", "name: Post the letter\ndue: 2026-11-21\n")
    book.write("tasks/b-a00002.yaml", "name: Fair\ndue: 2027-01-04T09:30+05:30\n")
    book.write("tasks/c-a00003.yaml", "name: Visit\ndue: 2026-11-19\n")
    book.write(
        "contacts/ravi-r00001.yaml",
        "name: Ravi\ncreated: 2026-11-01\ncadence: 2w\norganization: acme-b4x8w2\n",
    )
    assert "Post the letter" not in book.ok("remind").out
    out = book.ok("remind --within 60d").out
    assert out.splitlines()[1] == "1 due today, 2 late, 1 to keep in touch with, 1 tomorrow, 1 to come"
    assert "  1 day late   Visit\n               crm done a00003\n" in out
    assert "  5 days late  Ravi\n               Acme | 020 2555 0121 | crm log call r00001\n" in out
    assert "TOMORROW\n  tomorrow  Post the letter\n" in out
    assert "COMING\n  Mon 4 Jan 2027 09:30  Fair\n" in out


def test_days_to_remember(book: Shell) -> None:
    who = "name: Asha Sharma\nbirthday: --11-20\norganization: acme-b4x8w2\ncreated: 2026-11-06\ncadence: 2w\n"
    book.write("contacts/asha-sharma-k7m3q9.yaml", who)
    out = book.ok("remind").out
    assert out.splitlines()[1] == "1 due today, 1 late, 1 occasion, 1 to keep in touch with"
    assert "OCCASIONS\n  today  Birthday: Asha Sharma\n         Acme | 020 2555 0121 | crm show k7m3q9\n" in out
    assert "KEEP IN TOUCH\n  today  Asha Sharma\n" in out
    assert "OCCASIONS" not in book.ok("remind", CRM_NOW="2026-11-21T10:00:00+05:30").out


def test_a_query_and_a_typo_in_it(book: Shell) -> None:
    assert "offer" not in book.ok("remind kind:call").out
    assert book.crm("remind", "colour:red").code == 2
    assert book.crm("remind", "--within", "soon").code == 2


@pytest.mark.parametrize("form", ["--json", "-o csv", "--ids", "--fields due,name", "--format {name}"])
def test_other_outputs_are_those_of_due(book: Shell, form: str) -> None:
    assert book.ok(f"remind {form}").out == book.ok(f"due --within 0d --occasions {form}").out != ""


def test_a_record_that_cannot_be_read_is_named(book: Shell) -> None:
    book.write("contacts/broken-b00001.yaml", "name: [\n")
    result = book.crm("remind")
    assert result.code == 9
    assert "Send the offer" in result.out
    assert "broken-b00001" in result.err


# -- HTML


class Reader(HTMLParser):
    """Reads a page: its elements, that each is closed, and its text."""

    VOID = ("meta", "br")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[str] = []
        self.hrefs: list[str | None] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.hrefs += [value for name, value in attrs if name in ("href", "src")]
        assert not any(name.startswith("on") for name, _value in attrs)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_is_whole_and_escapes_every_text(book: Shell) -> None:
    evil = '<script>alert(1)</script> & \\"><img src=x onerror=1>'
    book.write("tasks/evil-e00001.yaml", f'name: "{evil}"\ndue: 2026-11-20\ncontact: asha-sharma-k7m3q9\n')
    book.write("contacts/asha-sharma-k7m3q9.yaml", "name: <b>Asha</b>\nphones: ['+91 98765 43210<i>']\n")
    page = book.ok("remind --html").out
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    assert not {"script", "img", "i", "b", "link", "style"} & set(reader.elements)
    assert reader.hrefs == ["tel:+919876543210", "tel:+919876543210", "tel:02025550121"]
    for text in (
        '<script>alert(1)</script> & "><img src=x onerror=1>',
        "<b>Asha</b>",
        "आशा को फ़ोन करना",
        "today 15:00",
    ):
        assert text in reader.text
    assert page.startswith("<!DOCTYPE html>")
    assert 'charset="utf-8"' in page
    assert "http" not in page, "it needs nothing from anywhere"


def test_a_page_is_an_output_of_its_own(book: Shell) -> None:
    assert book.crm("remind", "--html", "--json").code == 2


# -- the desktop


def test_a_notification_comes_once_a_day(book: Shell) -> None:
    said = fake(book, "notify-send")
    result = book.ok("remind --notify")
    assert (result.out, result.err) == ("", "")
    assert words(said) == [
        "--app-name=crm",
        "--",
        "1 due today, 1 late",
        "2 days late: Send the offer (Asha Sharma)\ntoday 15:00: आशा को फ़ोन करना (Acme)",
    ]
    book.ok("remind --notify")
    assert len(words(said)) == 4
    assert "Send the offer" in book.ok("remind").out, "what is printed is never held back"
    book.write("tasks/new-n00001.yaml", "name: New\ndue: 2026-11-20\n")
    book.ok("remind --notify")
    assert words(said)[6:] == ["1 due today", "today: New"]
    book.ok("remind --notify", CRM_NOW="2026-11-21T08:00:00+05:30")
    assert words(said)[10] == "3 late"


def test_record_text_is_no_markup_of_a_notification(book: Shell) -> None:
    said = fake(book, "notify-send")
    book.write("tasks/send-the-offer-h2v8c1.yaml", 'name: "<b>R&D</b>\\nx\\e[31m"\ndue: 2026-11-20\n')
    book.ok("remind --notify kind.not:call")
    assert words(said)[3] == "today: &lt;b&gt;R&amp;D&lt;/b&gt;\\nx\\x1b[31m"


def test_a_notification_is_short(book: Shell) -> None:
    said = fake(book, "notify-send")
    for number in range(10):
        book.write(f"tasks/more-m0000{number}.yaml", f"name: {'More ' * 60}\ndue: 2026-11-20\n")
    book.ok("remind --notify")
    body = words(said)[3].splitlines()
    assert len(body) == 8
    assert body[-1] == "and 5 more: crm remind"
    assert max(map(len, body)) <= 100


def test_the_text_for_the_script_of_a_mac_is_an_argument(book: Shell) -> None:
    said = fake(book, "osascript")
    book.write("tasks/send-the-offer-h2v8c1.yaml", 'name: \'" & (do shell script "id")\'\ndue: 2026-11-18\n')
    book.ok("remind --notify kind.not:call")
    given = words(said)
    assert given[:-2] == [
        "-e", "on run argv",
        "-e", "display notification (item 2 of argv) with title (item 1 of argv)",
        "-e", "end run",
    ]  # fmt: skip
    assert given[-2:] == ["1 late", '2 days late: " & (do shell script "id")']


def test_a_program_within_the_book_is_not_started(book: Shell) -> None:
    said = fake(book, "notify-send")
    inside = book.book / "bin"
    (book.home / "bin").rename(inside)
    (book.home / "bin").mkdir()
    (book.home / "bin" / "notify-send").symlink_to(inside / "notify-send")
    result = book.crm("remind", "--notify", PATH=f"{inside}:bin:{book.home}/bin:/nowhere")
    assert (result.code, words(said)) == (7, [])
    assert result.err.startswith("crm: there is neither notify-send nor osascript here")
    assert "Send the offer" in result.out


def test_a_notification_that_fails_is_printed_and_tried_again(book: Shell) -> None:
    said = fake(book, "notify-send", "exit 1")
    for count in (4, 8):
        result = book.crm("remind", "--notify")
        assert result.code == 7
        assert result.err.startswith("crm: notify-send could not show the notification (exit 1)")
        assert result.out == book.ok("remind").out
        assert len(words(said)) == count
    fake(book, "notify-send")
    assert book.ok("remind --notify").out == ""
    assert len(words(said)) == 12


def test_a_notification_that_does_not_end_or_cannot_be_started(book: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    said = fake(book, "notify-send")
    program = book.home / "bin" / "notify-send"
    program.write_text("#!/no/such/interpreter\n", encoding="utf-8")
    result = book.crm("remind", "--notify")
    assert (result.code, "cannot be started" in result.err) == (7, True)
    monkeypatch.setattr("crm_cli.services.reminding.delivery._SECONDS", 0.2)
    fake(book, "notify-send", "while true; do :; done")
    result = book.crm("remind", "--notify")
    assert (result.code, result.out) == (8, book.ok("remind").out)
    assert "did not end: whether the notification was shown is not known" in result.err
    book.ok("remind --notify")
    assert len(words(said)) == 4


def test_somebody_at_a_terminal_is_told_what_was_sent(book: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(book, "notify-send")
    monkeypatch.setattr("crm_cli.cli.commands.remind.is_terminal", lambda _stream: True)
    assert book.ok("remind --notify").err == "2 items sent (notify)\n"
    assert book.ok("remind --notify").err == ""


def test_an_interrupt_before_anything_left_is_no_doubt(book: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    said = fake(book, "notify-send")

    class Stop(BaseException):
        """A signal."""

    def interrupted(*_given: object, **_named: object) -> None:
        raise Stop

    for place in ("crm_cli.services.reminding.sent.Ledger.leaving", "crm_cli.services.reminding.delivery.notification"):
        with monkeypatch.context() as patch:
            patch.setattr(place, interrupted)
            with pytest.raises(Stop):
                book.crm("remind", "--notify")
    result = book.crm("remind", "--notify")
    assert (result.code, words(said)) == (8, [])
    assert "an earlier run was stopped while it sent 2 of these" in result.err


def test_what_is_printed_anyway_is_not_printed_twice(book: Shell) -> None:
    fake(book, "notify-send", "exit 1")
    result = book.crm("remind", "--notify", "--json")
    assert result.code == 7
    assert len(json.loads(result.out)) == 2


def test_a_call_that_was_missed_this_morning_is_late(empty: Shell) -> None:
    empty.write("tasks/call-k7m3q9.yaml", "name: Call\nkind: call\ndue: 2026-11-20T09:00+05:30\nstatus: open\n")
    assert "1 late" in empty.ok("remind").out


@pytest.mark.parametrize(
    ("count", "says"), [(1, "1 occasion"), (2, "2 occasions"), (11, "11 occasions"), (21, "21 occasions")]
)
def test_only_a_single_occasion_is_one_in_words(empty: Shell, count: int, says: str) -> None:
    for number in range(count):
        empty.write(f"contacts/person-{number}-k7m3q9.yaml", f"name: Person {number}\nbirthday: --11-20\n")
    assert empty.ok("remind").out.splitlines()[1] == says


@pytest.mark.parametrize("due", ["9999-12-31T23:59-12:00", "0001-01-01T00:00+12:00"])
def test_a_moment_at_an_end_of_the_calendar_is_reminded_of_and_found(empty: Shell, due: str) -> None:
    empty.write("tasks/far-h2v8c1.yaml", f"name: Far\ndue: {due}\n")
    assert ("days late  Far" in empty.ok("remind --within 9999y").out) == due.startswith("0001")
    assert due[:10] in empty.ok(f"task list due:{due}").out
