"""A real mail server on loopback, which can be told to behave badly at any step."""

import asyncio
import errno
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Event
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


@dataclass
class Mailbox:
    """What arrived, and how the server is to behave; `reached` is set at the step that has a misbehaviour."""

    at: str = ""
    does: str = ""
    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    reached: Event = field(default_factory=Event)

    async def _step(self, name: str, server: Any) -> str:
        if name != self.at:
            return "250 OK"
        self.reached.set()
        if self.does == "sleep":
            await asyncio.sleep(30)
        if self.does == "close":
            server.transport.abort()
        return self.does if self.does[:1].isdigit() else "250 OK"

    async def handle_MAIL(self, server: Any, _session: Any, envelope: Any, address: str, options: list[str]) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return await self._step("MAIL", server)

    async def handle_RCPT(self, server: Any, _session: Any, envelope: Any, address: str, _options: list[str]) -> str:
        if not (self.at == "RCPT" and self.does == "forget"):
            envelope.rcpt_tos.append(address)
        return await self._step("RCPT", server)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if not (self.at == "DATA" and self.does[:1].isdigit()):
            parsed = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(parsed, EmailMessage)
            self.mails.append(parsed)
            self.recipients.append(list(envelope.rcpt_tos))
            self.encrypted.append(session.ssl is not None)
        return await self._step("DATA", server)

    def log_in(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        """Notes who logs in; whoever has the password `hunter2` may."""
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"hunter2", handled=False)


@contextmanager
def mail_server(
    *, login: bool = False, tls: ssl.SSLContext | None = None, always: ssl.SSLContext | None = None
) -> Iterator[Mailbox]:
    """A server that takes mail for as long as the block runs; it offers `tls`, or speaks it from the first byte."""
    mailbox = Mailbox()
    facts: dict[str, Any] = {"tls_context": tls, "ssl_context": always}
    facts = {name: context for name, context in facts.items() if context}
    if login:
        facts |= {"authenticator": mailbox.log_in, "auth_required": True, "auth_require_tls": tls is not None}
    controller = _started(mailbox, facts)
    try:
        yield mailbox
    finally:
        controller.stop()


def _started(mailbox: Mailbox, facts: dict[str, Any]) -> Controller:
    """Another test may take a port between finding it free and listening there."""
    while True:
        mailbox.port = free_port()
        controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port, ready_timeout=10, **facts)
        try:
            controller.start()
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
        else:
            return controller


def free_port() -> int:
    """A port of loopback where nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port
