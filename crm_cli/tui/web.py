"""The screens in a browser on this machine: textual-serve behind a key, for loopback alone.

Whoever reaches the server can read and change the book. So it listens on 127.0.0.1 only; the address that is printed
holds a random key, which becomes a cookie; and a page of another site can neither open a socket to it nor reach it by
a name of its own.
"""

import asyncio
import hmac
import secrets
import shlex
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from crm_cli.base.errors import Refused
from crm_cli.tui.ending import Terminal, end_by_signal

HOST = "127.0.0.1"
PORTS = range(8383, 8393)
COOKIE = "crm-key"
Handler = Callable[[Any], Awaitable[Any]]


def serve(words: Sequence[str], title: str, say: Callable[[str], None]) -> int:
    """Serves the screens that a command shows, one run for each tab, until Ctrl-C; the exit code."""
    try:
        from aiohttp import web
        from textual_serve.server import Server
    except ImportError:
        raise Refused("the browser needs one more package", hint='pip install "crm-cli[web]"') from None
    port = _free_port()
    key = secrets.token_urlsafe(24)
    server = Server(shlex.join(words), host=HOST, port=port, title=title)

    async def run() -> int:
        ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        end_by_signal(ended.set_result, Terminal())
        app = await server._make_app()
        only_us: Any = web.middleware(guard(key, port))
        app.middlewares.append(only_us)
        app.on_startup.clear()  # it would print its own name and the command
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, HOST, port).start()
        say(f"open http://{HOST}:{port}/?key={key} in a browser of this machine; ctrl+c ends it")
        try:
            return await ended
        finally:
            await runner.cleanup()

    return asyncio.run(run())


def guard(key: str, port: int) -> Callable[[Any, Handler], Awaitable[Any]]:
    """Lets in who knows the key, under our own address, from no other site."""
    ours = f"{HOST}:{port}"

    async def let_in(request: Any, handler: Handler) -> Any:
        from aiohttp import web

        origin = request.headers.get("Origin")
        if request.headers.get("Host") != ours or (origin and urlsplit(origin).netloc != ours):
            raise web.HTTPForbidden(text="crm is for this machine alone")
        if _same(request.query.get("key", ""), key):
            found = web.HTTPFound("/")
            found.set_cookie(COOKIE, key, httponly=True, samesite="Strict")
            raise found
        if not _same(request.cookies.get(COOKIE, ""), key):
            raise web.HTTPForbidden(text="open the address that crm tui --web printed, with its key")
        return await handler(request)

    return let_in


def _same(given: str, key: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), key.encode())


def _free_port() -> int:
    """The first free one of a few, so that an open tab is found again."""
    for port in PORTS:
        with socket.socket() as tried:
            try:
                tried.bind((HOST, port))
            except OSError:
                continue
            return port
    raise Refused(f"no port of {PORTS[0]} to {PORTS[-1]} is free", hint="end another crm tui --web")
