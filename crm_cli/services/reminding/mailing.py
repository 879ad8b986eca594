"""Sends a mail: through the user's sendmail program, or by SMTP. The one door to smtplib.

Whoever sends has to know whether a mail may have gone out. `handing_over` is called just before the first byte of it
leaves; whatever is raised, the mail was surely not taken, but for `InDoubt`, where nobody can know.
"""

import ipaddress
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import make_msgid
from typing import TYPE_CHECKING, Final

from crm_cli.base.config import Mail
from crm_cli.base.errors import BadRequest, InDoubt, Invalid, Unreachable
from crm_cli.base.lean import dataclass
from crm_cli.base.programs import program_words, run_piped

if TYPE_CHECKING:
    import smtplib

SUBMISSION, SMTPS = 587, 465
TIMEOUT: Final = 30.0
_PROGRAM_TIMEOUT: Final = 60.0
_TEMPORARY: Final = 75
_SERVER: Final = re.compile(r"(?:(smtps?)://)?(\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]@]+)(?::([0-9]{1,5}))?/?")
# 7 bit: any server takes it, whatever it offers.
_WIRE: Final = policy.SMTP.clone(cte_type="7bit")
_PIPE: Final = _WIRE.clone(linesep="\n")


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server; `encrypted` where it speaks TLS from the first byte."""

    host: str
    port: int
    encrypted: bool

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def near(self) -> bool:
        """Whether it is on this machine, so that nobody can listen in between."""
        with suppress(ValueError):
            return ipaddress.ip_address(self.host).is_loopback
        return self.host.lower() == "localhost"


@dataclass(frozen=True, slots=True)
class Route:
    """Who writes to whom, and the way a mail takes: a program, or a server with a user who may be nobody."""

    sender: Address
    to: tuple[Address, ...]
    program: tuple[str, ...] = ()
    server: Server | None = None
    user: str = ""
    password_command: str = ""


def route(mail: Mail) -> Route:
    """The way that the user's config names; `BadRequest` says what is missing in it."""
    if not mail.sender:
        raise BadRequest("mail is not set up: there is no mail.from", hint="crm config mail.from you@example.org")
    if not (mail.sendmail or mail.smtp):
        raise BadRequest(
            "mail is not set up: there is neither mail.sendmail nor mail.smtp",
            hint="crm config mail.sendmail /usr/sbin/sendmail, or crm config mail.smtp mail.example.org:587",
        )
    sender = _addresses(mail.sender, "mail.from")[0]
    to = _addresses(mail.to, "mail.to") if mail.to else (sender,)
    if mail.sendmail:
        return Route(sender, to, _program(mail.sendmail))
    if mail.user and not mail.password_command:
        raise BadRequest(
            "mail.user is set and mail.password_command is not",
            hint="crm config mail.password_command 'pass show mail' (its first line is the password)",
        )
    user = (mail.user or sender.addr_spec) if mail.password_command else ""
    return Route(sender, to, (), _server(mail.smtp), user, mail.password_command)


def _addresses(text: str, key: str) -> tuple[Address, ...]:
    try:
        header = policy.SMTP.header_factory("to", text)
        found = tuple(header.addresses)
    except Exception:  # the standard library's parser stumbles over broken ones in ways that no list of errors ends
        found = ()
    if not found or not text.isprintable() or not all(_is_plain(address.addr_spec) for address in found):
        raise Invalid(f"config: {key} is no mail address: {text[:80]}", hint=f"crm config {key} you@example.org")
    return found


def _is_plain(address: str) -> bool:
    local, _, domain = address.rpartition("@")
    return bool(local and domain) and address.isascii() and not re.search(r"[\s<>]", address)


def _program(command: str) -> tuple[str, ...]:
    if not command.startswith(("/", "~/", "'/", '"/')):
        raise BadRequest(
            "mail.sendmail is no absolute path", hint="crm config mail.sendmail /usr/sbin/sendmail, or another program"
        )
    return tuple(program_words(command, "mail.sendmail"))


def _server(text: str) -> Server:
    found = _SERVER.fullmatch(text)
    port = int(found[3]) if found and found[3] else 0
    if not found or port > 65535:
        raise Invalid(
            f"config: mail.smtp is no host:port: {text[:80]}", hint="crm config mail.smtp mail.example.org:587"
        )
    port = port or (SMTPS if found[1] == "smtps" else SUBMISSION)
    return Server(found[2].strip("[]"), port, found[1] == "smtps" or port == SMTPS)


def new_message_id(route: Route) -> str:
    """A Message-ID that no other mail has."""
    return make_msgid("crm", domain=route.sender.domain)


def compose(route: Route, subject: str, plain: str, html: str, when: datetime, message_id: str) -> EmailMessage:
    """A mail that says the same in plain text and in HTML; the subject has no line ends."""
    message = EmailMessage(policy=_WIRE)
    message["From"] = route.sender
    message["To"] = route.to
    message["Subject"] = subject
    message["Date"] = when
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"  # nobody's holiday notice answers it
    message.set_content(plain)
    message.add_alternative(html, subtype="html")
    return message


def send(route: Route, message: EmailMessage, handing_over: Callable[[], None]) -> None:
    """Sends; returns when it was taken. `Unreachable` when it was not, `InDoubt` when there was no answer."""
    if route.server is None:
        _pipe(route, message, handing_over)
    else:
        _talk(route, route.server, message, handing_over)


def _pipe(route: Route, message: EmailMessage, handing_over: Callable[[], None]) -> None:
    program, words = route.program[0], [*route.program, "-i", "-f", route.sender.addr_spec, "--"]
    handing_over()
    try:
        done = run_piped(
            [*words, *(to.addr_spec for to in route.to)], message.as_bytes(policy=_PIPE), seconds=_PROGRAM_TIMEOUT
        )
    except TimeoutError:
        raise InDoubt(f"{program} did not end: whether the mail was sent is not known") from None
    except OSError as trouble:
        raise Unreachable(f"{program} cannot be started: {trouble.strerror}", hint="see mail.sendmail") from None
    if done.code < 0 or done.code == _TEMPORARY:  # some of them have queued the mail when they say so
        raise InDoubt(f"{program} ended with {done.code}: whether the mail was sent is not known")
    if done.code:
        said = done.err.decode("utf-8", "replace").strip().partition("\n")[0]
        raise Unreachable(f"{program} did not take the mail (exit {done.code}) {said[:200]}".rstrip())


def _talk(route: Route, server: Server, message: EmailMessage, handing_over: Callable[[], None]) -> None:
    password = _password(route.password_command) if route.password_command else ""
    data = message.as_bytes(policy=_WIRE)
    try:
        smtp = _connect(server)
    except (OSError, ValueError) as trouble:
        raise Unreachable(f"{server} could not be reached: {_reason(trouble)}") from None
    try:
        if password:
            _log_in(smtp, server, route.user, password)
        _name_people(smtp, server, route)
        _hand_over(smtp, server, data, handing_over)
    except OSError as trouble:
        raise Unreachable(f"{server} broke off, and the mail was not sent: {_reason(trouble)}") from None
    finally:
        smtp.close()


def _reason(trouble: Exception) -> str:
    return (getattr(trouble, "strerror", None) or str(trouble))[:200] or type(trouble).__name__


def _password(command: str) -> str:
    """The first line that the command prints. Nothing of the command but its program is ever shown."""
    words = program_words(command, "mail.password_command")
    try:
        done = run_piped(words, seconds=_PROGRAM_TIMEOUT)
    except TimeoutError:
        raise Unreachable(f"mail.password_command: {words[0]} did not end, so no mail was sent") from None
    except OSError as trouble:
        raise Unreachable(f"mail.password_command: {words[0]} cannot be started: {trouble.strerror}") from None
    password = done.out.partition(b"\n")[0].rstrip(b"\r").decode("utf-8", "replace")
    if done.code or not password:
        raise Unreachable(
            f"mail.password_command: {words[0]} gave no password (exit {done.code}), so no mail was sent",
            hint="run it by hand to see what it says",
        )
    return password


def _connect(server: Server) -> "smtplib.SMTP":
    """A connection that is encrypted where the server can; on this machine no certificate is asked for."""
    import smtplib  # late: 20 ms with ssl, and only mail needs it
    import ssl

    context = ssl.create_default_context()
    if server.near:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    # An address as our name: to ask for the machine's own may take a name server's time.
    myself = "[127.0.0.1]"
    if server.encrypted:
        return smtplib.SMTP_SSL(server.host, server.port, myself, timeout=TIMEOUT, context=context)
    smtp = smtplib.SMTP(server.host, server.port, myself, timeout=TIMEOUT)
    try:
        smtp.ehlo_or_helo_if_needed()
        if smtp.has_extn("starttls"):
            smtp.starttls(context=context)
            smtp.ehlo_or_helo_if_needed()
    except BaseException:
        smtp.close()
        raise
    return smtp


def _log_in(smtp: "smtplib.SMTP", server: Server, user: str, password: str) -> None:
    import smtplib
    import ssl

    if not (server.near or isinstance(smtp.sock, ssl.SSLSocket)):
        raise Unreachable(f"{server} offers no encryption, so the password was not sent and no mail either")
    try:
        smtp.login(user, password)
    except smtplib.SMTPAuthenticationError as refused:
        # What the server says to it is not shown: it may repeat what it was given.
        raise Unreachable(f"{server} does not take the user and the password ({refused.smtp_code})") from None
    except smtplib.SMTPNotSupportedError:
        raise Unreachable(f"{server} takes no password", hint="unset mail.password_command") from None
    except ValueError:  # its text would hold characters of the password
        raise Unreachable("the user or the password has characters that SMTP cannot send") from None


def _name_people(smtp: "smtplib.SMTP", server: Server, route: Route) -> None:
    smtp.ehlo_or_helo_if_needed()
    _accepted(server, f"mail from {route.sender.addr_spec}", *smtp.mail(route.sender.addr_spec))
    for address in route.to:
        _accepted(server, f"mail to {address.addr_spec}", *smtp.rcpt(address.addr_spec))


def _accepted(server: Server, what: str, code: int, said: bytes) -> None:
    if code // 100 != 2:
        raise Unreachable(f"{server} refuses {what}: {code} {said.decode('utf-8', 'replace')[:200]}")


def _hand_over(smtp: "smtplib.SMTP", server: Server, data: bytes, handing_over: Callable[[], None]) -> None:
    """Gives the mail to the server. Not smtplib's own `data`: it cannot tell before the last dot from behind it."""
    code, said = smtp.docmd("DATA")
    if code != 354:
        _accepted(server, "the mail", code if code // 100 != 2 else -1, said)
    handing_over()
    # Where this fails the last dot has not gone out whole, and no server may take half a mail.
    smtp.send(re.sub(rb"(?m)^\.", b"..", data) + b".\r\n")
    try:
        code, said = smtp.getreply()
    except OSError:
        code = -1
    if code // 100 not in (2, 4, 5):
        raise InDoubt(f"{server} took the mail and did not answer: whether it was sent is not known")
    _accepted(server, "the mail", code, said)
    with suppress(OSError):
        smtp.quit()
