"""The screens in a browser: on this machine alone, for who has the key, for no other site."""

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator

import aiohttp
import pytest

from tests.shell import Shell


@pytest.fixture
def address(empty: Shell) -> Iterator[str]:
    user = empty
    user.ok("contact add 'Asha Sharma'")
    words = [sys.executable, "-m", "crm_cli", "tui", "--web", "--screen", "contact"]
    process = subprocess.Popen(words, cwd=user.book, env=user.environ, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        said = process.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+/\?key=\S+", said)
        assert found, said
        yield found[0]
    finally:
        process.terminate()
        process.communicate(timeout=20)
    assert process.returncode == 143


async def _all(address: str) -> None:
    base, _, key = address.partition("/?key=")
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:

        async def code(url: str, **headers: str) -> int:
            async with session.get(url, headers=headers, allow_redirects=False) as answer:
                return answer.status

        assert await code(base) == 403
        assert await code(f"{base}/ws") == 403
        assert await code(f"{base}/?key={key}x") == 403
        assert await code(address, Host="crm.example") == 403, "a name of somebody else's that leads here"
        assert await code(address, Origin="http://crm.example") == 403
        async with session.get(address) as page:
            assert page.status == 200
            assert "key=" not in str(page.url), "the key does not stay in the address"
            cookie = page.history[0].headers["Set-Cookie"]
            assert "HttpOnly" in cookie
            assert "SameSite=Strict" in cookie
        assert await code(f"{base}/ws", Origin="http://crm.example") == 403, "with the cookie, from another site"
        seen = b""
        async with session.ws_connect(f"{base}/ws?width=100&height=30") as socket:
            async with asyncio.timeout(40):
                while b"Asha Sharma" not in seen:
                    message = await socket.receive()
                    assert message.type == aiohttp.WSMsgType.BINARY or message.type == aiohttp.WSMsgType.TEXT, message
                    seen += message.data if isinstance(message.data, bytes) else message.data.encode()


def test_who_has_the_key_sees_the_screens_and_nobody_else_does(address: str) -> None:
    asyncio.run(_all(address))
