"""crm remind --mail: once a day for every item, to a real server on loopback that may fail at any step."""

import json
import os
import shlex
import signal
import ssl
import stat
import subprocess
import sys
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from crm_cli.services.reminding import mailing
from tests.mailserver import Mailbox, free_port, mail_server
from tests.shell import Shell

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
DIGEST_START = "Asha's book, Friday 20 November 2026\n"
NEXT_DAY = "2026-11-21T08:00:00+05:30"


@pytest.fixture(scope="module")
def served() -> Iterator[Mailbox]:
    """A mail server for all tests."""
    with mail_server() as mailbox:
        yield mailbox


@pytest.fixture
def server(served: Mailbox) -> Mailbox:
    """The server with nothing in it, which behaves."""
    served.mails.clear()
    served.recipients.clear()
    served.at = served.does = ""
    served.reached.clear()
    return served


def set_up(shell: Shell, **keys: object) -> Shell:
    """The same user with settings of mail."""
    place = shell.home / ".config" / "crm"
    place.mkdir(parents=True, exist_ok=True)
    keys = {"from": "asha@acme.example", **keys}
    (place / "config.yaml").write_text(json.dumps({"mail": {k: str(v) for k, v in keys.items()}}), encoding="utf-8")
    return shell


@pytest.fixture
def book(tmp_path: Path, server: Mailbox) -> Shell:
    """A user of that server who has two things to do."""
    shell = Shell(tmp_path / "home", tmp_path / "book")
    shell.write("crm.yaml", "format: 1\nname: Asha's book\ntimezone: Asia/Kolkata\n")
    shell.write("tasks/send-the-offer-h2v8c1.yaml", "name: Send the offer\ndue: 2026-11-18\n")
    shell.write("tasks/call-ravi-t8n4c6.yaml", "name: रवि को फ़ोन करना\ndue: 2026-11-20\n")
    return set_up(shell, smtp=f"127.0.0.1:{server.port}")


def started(shell: Shell) -> "subprocess.Popen[bytes]":
    """`crm remind --mail` as a process that is under way."""
    return subprocess.Popen(
        [sys.executable, "-m", "crm_cli", "remind", "--mail"],
        cwd=shell.book,
        env=shell.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def ended(shell: Shell, server: Mailbox, number: signal.Signals) -> tuple[int, bytes]:
    """A run that is ended by a signal when the server has come to its point: its exit code, and what it printed."""
    run = started(shell)
    assert server.reached.wait(20)
    run.send_signal(number)
    printed = run.communicate(timeout=20)[0]
    server.at = ""
    return run.returncode, printed


def state_file(shell: Shell) -> Path:
    """Where it is noted what was sent."""
    (found,) = (shell.home / ".local/state/crm/reminders").glob("*.json")
    return found


# -- the mail


def test_the_mail_has_the_digest_as_text_and_as_a_page(book: Shell, server: Mailbox) -> None:
    assert book.ok("remind --mail") == book.ok("remind --mail")
    (mail,) = server.mails
    assert mail["Subject"] == "1 due today, 1 late: Asha's book"
    assert (mail["From"], mail["To"]) == ("asha@acme.example", "asha@acme.example")
    assert mail["Date"].datetime.isoformat() == "2026-11-20T10:00:00+05:30"
    assert mail["Message-ID"].endswith("@acme.example>")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "multipart/alternative"
    plain, html = (part.get_content().replace("\r\n", "\n") for part in mail.iter_parts())
    assert plain == book.ok("remind").out
    assert html == book.ok("remind --html").out
    assert [part.get_content_charset() for part in mail.iter_parts()] == ["utf-8", "utf-8"]


def test_names_in_the_subject_come_back_as_they_were_and_add_no_header(book: Shell, server: Mailbox) -> None:
    book.write("crm.yaml", 'format: 1\nname: "आशा की बही\\r\\nBcc: eve@evil.example"\ntimezone: Asia/Kolkata\n')
    book.write("tasks/call-ravi-t8n4c6.yaml", 'name: "x\\r\\n.\\r\\nQUIT\\n.y"\ndue: 2026-11-20\n')
    book.ok("remind --mail")
    (mail,) = server.mails
    assert mail["Subject"] == "1 due today, 1 late: आशा की बही\\r\\nBcc: eve@evil.example"
    assert mail["Bcc"] is None
    assert server.recipients == [["asha@acme.example"]]
    assert "x\\r\\n.\\r\\nQUIT\\n.y" in next(mail.iter_parts()).get_content()


def test_who_gets_it(book: Shell, server: Mailbox) -> None:
    set_up(book, smtp=f"localhost:{server.port}", to="ravi@acme.example, Mīra <mira@acme.example>")
    book.ok("remind --mail")
    assert server.recipients == [["ravi@acme.example", "mira@acme.example"]]
    assert server.mails[0]["To"] == "ravi@acme.example, Mīra <mira@acme.example>"


def test_only_what_is_new_is_sent_on_the_same_day(book: Shell, server: Mailbox) -> None:
    book.ok("remind --mail")
    assert book.ok("remind --mail").out == ""
    book.write("tasks/new-n00001.yaml", "name: New\ndue: 2026-11-20\n")
    book.ok("remind --mail")
    book.write("tasks/new-n00001.yaml", "name: New\ndue: 2026-11-19\n")
    book.ok("remind --mail")
    book.ok("remind --mail", CRM_NOW=NEXT_DAY)
    assert [mail["Subject"].partition(":")[0] for mail in server.mails] == [
        "1 due today, 1 late",
        "1 due today",
        "1 late",
        "3 late",
    ]
    assert len({mail["Message-ID"] for mail in server.mails}) == 4
    assert state_file(book).stat().st_mode & 0o777 == 0o600


def test_nothing_due_sends_nothing(book: Shell, server: Mailbox) -> None:
    result = book.ok("remind --mail kind:meeting")
    assert (result.out, result.err, server.mails) == ("", "", [])


def test_two_at_once_send_one_mail(book: Shell, server: Mailbox) -> None:
    runs = [started(book), started(book)]
    for run in runs:
        assert run.communicate(timeout=30) == (b"", b"")
    assert [run.returncode for run in runs] == [0, 0]
    assert len(server.mails) == 1


# -- a server that fails


@pytest.mark.parametrize(
    ("at", "does", "says"),
    [
        ("RCPT", "550 no such user", "refuses mail to asha@acme.example: 550 no such user"),
        ("MAIL", "451 try later", "refuses mail from asha@acme.example: 451 try later"),
        ("MAIL", "close", "broke off, and the mail was not sent"),
        ("RCPT", "forget", "refuses the mail: 503 "),
        ("RCPT", "close", "broke off, and the mail was not sent"),
        ("DATA", "554 spam", "refuses the mail: 554 spam"),
        ("DATA", "452 full", "refuses the mail: 452 full"),
    ],
)
def test_what_was_surely_not_sent_is_printed_and_sent_the_next_time(
    book: Shell, server: Mailbox, at: str, does: str, says: str
) -> None:
    server.at, server.does = at, does
    result = book.crm("remind", "--mail")
    assert result.code == 8
    assert says in result.err
    assert result.err.startswith(f"crm: 127.0.0.1:{server.port} ")
    assert result.out.startswith(DIGEST_START)
    assert server.mails == []
    server.at = ""
    assert book.ok("remind --mail").out == ""
    assert len(server.mails) == 1


def test_a_server_that_is_not_there(book: Shell, server: Mailbox) -> None:
    set_up(book, smtp=f"127.0.0.1:{free_port()}")
    result = book.crm("remind", "--mail")
    assert (result.code, result.out) == (8, book.ok("remind").out)
    assert "could not be reached: Connection refused" in result.err
    set_up(book, smtp=f"127.0.0.1:{server.port}")
    book.ok("remind --mail")
    assert len(server.mails) == 1


def test_a_server_that_takes_the_mail_and_never_answers_gets_it_once(book: Shell, server: Mailbox) -> None:
    server.at, server.does = "DATA", "close"
    first = book.crm("remind", "--mail")
    assert (first.code, first.out) == (8, book.ok("remind").out)
    assert "took the mail and did not answer: whether it was sent is not known" in first.err
    server.at = ""
    for _ in range(2):
        result = book.ok("remind --mail")
        assert (result.out, result.err) == ("", "")
    assert len(server.mails) == 1
    book.ok("remind --mail", CRM_NOW=NEXT_DAY)
    assert len(server.mails) == 2


def test_killed_before_the_mail_left_it_is_sent_the_next_time(book: Shell, server: Mailbox) -> None:
    server.at, server.does = "RCPT", "sleep"
    assert ended(book, server, signal.SIGKILL) == (-9, b"")
    assert json.loads(state_file(book).read_bytes())["channels"]["mail"]["phase"] == "prepared"
    assert book.ok("remind --mail").out == ""
    assert len(server.mails) == 1


def test_killed_after_the_mail_left_it_is_printed_and_not_sent_again(book: Shell, server: Mailbox) -> None:
    server.at, server.does = "DATA", "sleep"
    assert ended(book, server, signal.SIGKILL)[0] == -9
    book.write("tasks/new-n00001.yaml", "name: New\ndue: 2026-11-20\n")
    result = book.crm("remind", "--mail")
    assert result.code == 8
    assert "Send the offer" in result.out
    assert "New" not in result.out
    assert "an earlier run was stopped while it sent 2 of these" in result.err
    assert book.ok("remind --mail").err == ""
    assert [mail["Subject"].partition(":")[0] for mail in server.mails] == ["1 due today, 1 late", "1 due today"]


def test_ended_by_a_signal_before_the_mail_left_nothing_is_in_doubt(book: Shell, server: Mailbox) -> None:
    server.at, server.does = "RCPT", "sleep"
    assert ended(book, server, signal.SIGTERM)[0] == 143
    book.ok("remind --mail")
    assert len(server.mails) == 1


def test_a_mail_of_yesterday_that_is_in_doubt_is_named(book: Shell, server: Mailbox) -> None:
    book.ok("remind --mail")
    place = state_file(book)
    content = json.loads(place.read_bytes())
    content["channels"]["mail"] |= {"sending": content["channels"]["mail"]["sent"], "sent": [], "phase": "left"}
    place.write_text(json.dumps(content))
    result = book.ok("remind --mail", CRM_NOW=NEXT_DAY)
    assert (
        result.err == "crm: whether the last mail of 2026-11-20 arrived is not known; what is still due comes again\n"
    )
    assert len(server.mails) == 2


def test_what_is_in_doubt_and_no_longer_due_is_forgotten(book: Shell, server: Mailbox) -> None:
    server.at, server.does = "DATA", "sleep"
    assert ended(book, server, signal.SIGKILL)[0] == -9
    for path in (book.book / "tasks").iterdir():
        path.unlink()
    book.write("tasks/new-n00001.yaml", "name: New\ndue: 2026-11-20\n")
    assert book.ok("remind --mail").err == ""
    assert len(server.mails) == 2


# -- the note of what was sent


@pytest.mark.parametrize(
    "content",
    [b"{", b"[]", b"[" * 100_000, b'{"version": 1, "day": "2026-11-20", "channels": {"mail": 1}}'],
    ids=["open", "list", "deep", "number"],
)
def test_a_broken_note_is_replaced(book: Shell, server: Mailbox, content: bytes) -> None:
    book.ok("remind --mail")
    state_file(book).write_bytes(content)
    result = book.ok("remind --mail")
    assert (
        result.err
        == f"crm: {state_file(book)} cannot be read; it is begun anew, and what was sent today may be sent again\n"
    )
    assert book.ok("remind --mail").err == ""
    assert len(server.mails) == 2


def test_without_a_place_for_the_note_nothing_is_sent(book: Shell, server: Mailbox, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = book.crm("remind", "--mail", XDG_STATE_HOME=str(tmp_path / "file"))
    assert (result.code, server.mails, result.out) == (7, [], book.ok("remind").out)
    assert "cannot be written: Not a directory; what was sent could not be noted, so nothing is sent" in result.err


def test_without_a_home_nothing_is_sent(book: Shell, server: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm_cli.services.reminding.sent.state_dir", lambda: None)
    result = book.crm("remind", "--mail")
    assert (result.code, server.mails, result.out) == (7, [], book.ok("remind").out)
    assert "XDG_STATE_HOME" in result.err


def test_a_full_disk_sends_nothing_that_was_not_noted(
    book: Shell, server: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("crm_cli.services.reminding.sent.os.fsync", full)
        result = book.crm("remind", "--mail")
    assert (result.code, server.mails, result.out) == (7, [], book.ok("remind").out)
    assert "No space left on device" in result.err
    book.ok("remind --mail")
    assert len(server.mails) == 1


def test_another_run_is_waited_for_only_so_long(book: Shell, server: Mailbox) -> None:
    server.at, server.does = "RCPT", "sleep"
    run = started(book)
    try:
        assert server.reached.wait(20)
        result = book.crm("remind", "--mail", "--lock-timeout", "0")
    finally:
        run.kill()
        run.communicate(timeout=20)
    assert result.code == 75
    assert result.err.startswith("crm: another crm is sending the reminders of this book\n")
    assert result.out == book.ok("remind").out


# -- user and password


def test_a_password_is_given_by_a_command_and_never_shown(book: Shell) -> None:
    with mail_server(login=True) as server:
        set_up(book, smtp=f"127.0.0.1:{server.port}", user="asha", password_command="printf 'hunter2\\nmore\\n'")
        result = book.ok("remind --mail -v")
        assert result.out == ""
        assert [line.partition(":")[0] for line in result.err.splitlines()] == ["book", "index", "time"]
        assert server.logins == [(b"asha", b"hunter2")]
        assert len(server.mails) == 1
        set_up(book, smtp=f"127.0.0.1:{server.port}", password_command="printf s3cr3t-wrong")
        wrong = book.crm("remind", "--mail", "-v", CRM_NOW=NEXT_DAY)
        assert wrong.code == 8
        assert "does not take the user and the password (535)" in wrong.err
        assert "s3cr3t" not in wrong.out + wrong.err
        assert server.logins[-1] == (b"asha@acme.example", b"s3cr3t-wrong")
        set_up(book, smtp=f"127.0.0.1:{server.port}", password_command="printf गुप्त")
        strange = book.crm("remind", "--mail", CRM_NOW=NEXT_DAY)
        assert (strange.code, strange.err) == (
            8,
            "crm: the user or the password has characters that SMTP cannot send\n",
        )
        assert len(server.mails) == 1


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("false", "false gave no password (exit 1), so no mail was sent"),
        ("true", "true gave no password (exit 0), so no mail was sent"),
        ("sh -c 'echo s3cr3t; exit 3'", "sh gave no password (exit 3)"),
    ],
)
def test_a_password_command_that_fails(book: Shell, server: Mailbox, command: str, says: str) -> None:
    set_up(book, smtp=f"127.0.0.1:{server.port}", password_command=command)
    result = book.crm("remind", "--mail")
    assert (result.code, result.out, server.mails) == (8, book.ok("remind").out, [])
    assert says in result.err
    assert "s3cr3t" not in result.err


def test_a_server_without_passwords(book: Shell, server: Mailbox) -> None:
    set_up(book, smtp=f"127.0.0.1:{server.port}", password_command="echo hunter2")
    result = book.crm("remind", "--mail")
    assert (result.code, server.mails) == (8, [])
    assert "takes no password" in result.err


def test_no_password_leaves_this_machine_in_the_clear(book: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailing.Server, "near", property(lambda _server: False))
    with mail_server(login=True) as server:
        set_up(book, smtp=f"127.0.0.1:{server.port}", password_command="echo hunter2")
        result = book.crm("remind", "--mail")
        assert (result.code, server.logins, server.mails) == (8, [], [])
        assert "offers no encryption, so the password was not sent" in result.err


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A server's certificate that nobody vouches for."""
    place = tmp_path_factory.mktemp("tls")
    words = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    subprocess.run(
        [*words.split(), "-keyout", "key.pem", "-out", "cert.pem"],
        cwd=place,
        capture_output=True,
        timeout=60,
        check=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(place / "cert.pem", place / "key.pem")
    return context


def test_encryption_is_used_where_it_is_offered(
    book: Shell, certified: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mail_server(login=True, tls=certified) as server:
        set_up(book, smtp=f"127.0.0.1:{server.port}", password_command="echo hunter2")
        book.ok("remind --mail")
        assert (server.encrypted, len(server.mails)) == ([True], 1)
        monkeypatch.setattr(mailing.Server, "near", property(lambda _server: False))
        result = book.crm("remind", "--mail", CRM_NOW=NEXT_DAY)
        assert (result.code, len(server.mails), len(server.logins)) == (8, 1, 1)
        assert "could not be reached: " in result.err
        assert "certificate verify failed" in result.err


def test_a_server_that_is_encrypted_from_the_first_byte(book: Shell, certified: ssl.SSLContext) -> None:
    with mail_server(always=certified) as server:
        set_up(book, smtp=f"smtps://127.0.0.1:{server.port}")
        book.ok("remind --mail")
        assert len(server.mails) == 1


def test_a_password_command_that_does_not_end_or_cannot_be_started(
    book: Shell, server: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailing, "_PROGRAM_TIMEOUT", 0.2)
    set_up(book, smtp=f"127.0.0.1:{server.port}", password_command="sleep 9")
    result = book.crm("remind", "--mail")
    assert (result.code, "did not end, so no mail was sent" in result.err) == (8, True)
    set_up(book, smtp=f"127.0.0.1:{server.port}", password_command=str(book.home))
    result = book.crm("remind", "--mail")
    assert (result.code, "cannot be started: Permission denied" in result.err) == (8, True)


# -- a program


def program(shell: Shell, body: str) -> Path:
    """A sendmail that keeps its words and the mail, then does `body`."""
    path = shell.home / "my sendmail"
    path.write_text(f'#!/bin/sh\ncat > "{shell.home}/mail"\necho "$@" >> "{shell.home}/words"\n{body}\n')
    path.chmod(stat.S_IRWXU)
    return path


def test_sendmail_gets_the_mail_on_its_input(book: Shell) -> None:
    set_up(book, sendmail=f"'{program(book, '')}' -a work", smtp="ignored.example", to="ravi@acme.example")
    assert book.ok("remind --mail") == book.ok("remind --mail")
    assert (book.home / "words").read_text() == "-a work -i -f asha@acme.example -- ravi@acme.example\n"
    data = (book.home / "mail").read_bytes()
    assert b"\r" not in data
    data.decode("ascii")
    mail = message_from_bytes(data, policy=policy.default)
    assert mail["Subject"] == "1 due today, 1 late: Asha's book"


@pytest.mark.parametrize(("body", "runs"), [("echo no route >&2; exit 69", 3), ("exit 75", 1), ("kill -9 $$", 1)])
def test_sendmail_that_fails(book: Shell, body: str, runs: int) -> None:
    set_up(book, sendmail=shlex.quote(str(program(book, body))))
    first = book.crm("remind", "--mail")
    assert (first.code, first.out) == (8, book.ok("remind").out)
    assert ("not known" in first.err) == (runs == 1)
    assert ("(exit 69) no route" in first.err) == (runs == 3)
    for _ in range(2):
        assert book.crm("remind", "--mail").code == (8 if runs == 3 else 0)
    assert len((book.home / "words").read_text().splitlines()) == runs


def test_sendmail_that_does_not_end(book: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailing, "_PROGRAM_TIMEOUT", 0.3)
    set_up(book, sendmail=shlex.quote(str(program(book, "sleep 5"))))
    result = book.crm("remind", "--mail")
    assert result.code == 8
    assert "did not end: whether the mail was sent is not known" in result.err


# -- settings


@pytest.mark.parametrize(
    ("keys", "code", "says"),
    [
        ({"from": "", "smtp": "localhost"}, 2, "there is no mail.from\n  crm config mail.from you@example.org"),
        ({}, 2, "there is neither mail.sendmail nor mail.smtp\n  crm config mail.sendmail /usr/sbin/sendmail"),
        ({"smtp": "localhost", "user": "asha"}, 2, "mail.user is set and mail.password_command is not"),
        ({"sendmail": "sendmail"}, 2, "mail.sendmail is no absolute path"),
        ({"sendmail": "/no/such/sendmail"}, 8, "/no/such/sendmail cannot be started: No such file"),
        ({"sendmail": "/usr/bin/'x"}, 2, "cannot be understood"),
        ({"smtp": "mail example"}, 5, "mail.smtp is no host:port: mail example"),
        ({"smtp": "mail.example:99999"}, 5, "mail.smtp is no host:port"),
        ({"smtp": "localhost", "password_command": "no-such-program-here"}, 2, "names a program that is not there"),
        ({"smtp": "localhost", "from": "asha"}, 5, "mail.from is no mail address: asha"),
        ({"smtp": "localhost", "from": ".<x@y.za"}, 5, "mail.from is no mail address: .<x@y.za"),
        ({"smtp": "localhost", "from": "bob@[1.2.3.4"}, 5, "mail.from is no mail address: bob@[1.2.3.4"),
        ({"smtp": "localhost", "from": "a@[ "}, 5, "mail.from is no mail address: a@["),
        ({"smtp": "localhost", "from": " .b <:é("}, 5, "mail.from is no mail address"),
        ({"smtp": "localhost", "from": "-oQ/tmp@"}, 5, "mail.from is no mail address"),
        ({"smtp": "localhost", "from": "a@b.example\nBcc: c@d.example"}, 5, "mail.from is no mail address"),
        ({"smtp": "localhost", "from": "आशा@acme.example"}, 5, "mail.from is no mail address"),
        ({"smtp": "localhost", "to": "<>"}, 5, "mail.to is no mail address"),
    ],
)
def test_settings_that_send_nothing_say_what_to_put_where(
    book: Shell, keys: dict[str, str], code: int, says: str
) -> None:
    set_up(book, **keys)
    result = book.crm("remind", "--mail")
    assert (result.code, result.out) == (code, book.ok("remind").out)
    assert says in result.err
    assert len(result.err.splitlines()) <= 2


@pytest.mark.parametrize(
    ("text", "host", "port", "encrypted", "near"),
    [
        ("mail.example", "mail.example", 587, False, False),
        ("mail.example:25", "mail.example", 25, False, False),
        ("mail.example:465", "mail.example", 465, True, False),
        ("smtps://mail.example", "mail.example", 465, True, False),
        ("smtp://mail.example:2525/", "mail.example", 2525, False, False),
        ("[::1]:25", "::1", 25, False, True),
        ("LOCALHOST", "LOCALHOST", 587, False, True),
        ("127.0.0.9:1", "127.0.0.9", 1, False, True),
        ("localhost.evil.example:1", "localhost.evil.example", 1, False, False),
    ],
)
def test_how_a_server_is_named(text: str, host: str, port: int, encrypted: bool, near: bool) -> None:
    server = mailing._server(text)
    assert (server.host, server.port, server.encrypted, server.near) == (host, port, encrypted, near)


def test_a_relative_home_is_no_place_for_state(book: Shell, server: Mailbox) -> None:
    """A relative XDG_STATE_HOME is ignored, so that the note is the same from every directory."""
    book.ok("remind --mail", XDG_STATE_HOME="relative")
    book.ok("remind --mail")
    assert len(server.mails) == 1
    assert not os.path.exists(book.book / "relative")
