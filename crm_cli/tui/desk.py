"""The book behind the screens: a thread of its own asks and changes it, so that the keyboard never waits."""

import asyncio
import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from crm_cli.base.config import UserConfig
from crm_cli.base.errors import Refused
from crm_cli.book import Book, Receipt, open_book
from crm_cli.schema.plan import Plan

T = TypeVar("T")
LONGEST = 30.0
"""Seconds for which what the book knows of the time of day is good enough."""


class Desk:
    """An open book that is asked one question after the other, in the order of asking."""

    def __init__(self, root: Path, config: UserConfig, *, read_only: bool = False, lock_timeout: float = 10) -> None:
        self.root = root
        self.config = config
        self.read_only = read_only
        self._lock_timeout = lock_timeout
        self._thread = ThreadPoolExecutor(1, "book")
        self._book: Book | None = None
        self._opened = -math.inf

    async def ask(self, question: Callable[[Book], T]) -> T:
        """The answer, worked out beside the keyboard; one that nobody waits for any more is not begun."""
        return await asyncio.wrap_future(self._thread.submit(self._answer, question))

    def now(self, question: Callable[[Book], T]) -> T:
        """The answer, waited for: before there is a screen."""
        return self._thread.submit(self._answer, question).result()

    def begin(self) -> None:
        """Has the index opened, beside whatever else is to be done."""
        self._thread.submit(self._answer, lambda book: book.index)

    async def do(self, make: Callable[[Book], Plan]) -> Receipt:
        """Makes a plan and applies it: one action, one commit."""
        self.check_writable()
        return await self.ask(lambda book: book.apply(make(book)))

    async def aside(self, work: Callable[[Book], T]) -> T:
        """What may take minutes, with a book and a thread of its own; other questions are answered meanwhile."""
        with_book = ThreadPoolExecutor(1, "aside")
        try:
            return await asyncio.wrap_future(with_book.submit(self._alone, work))
        finally:
            with_book.shutdown(wait=False)

    def check_writable(self) -> None:
        """Refuses to change a book that was opened for reading."""
        if self.read_only:
            raise Refused("the book is open for reading only", hint="leave, and start again without --read-only")

    def forget(self) -> None:
        """The files have changed: the next question opens the book anew."""
        self._opened = -math.inf

    def close(self) -> None:
        """Waits for what is under way, and lets go of the book."""
        self._thread.submit(self._let_go)
        self._thread.shutdown(wait=True)

    def _answer(self, question: Callable[[Book], T]) -> T:
        if self._book is None or time.monotonic() - self._opened > LONGEST:
            self._let_go()
            self._opened = time.monotonic()  # before it is opened: what changes meanwhile makes it old again
            self._book = self._open()
        return question(self._book)

    def _alone(self, work: Callable[[Book], T]) -> T:
        book = self._open()
        try:
            return work(book)
        finally:
            book.close()

    def _open(self) -> Book:
        book = open_book(self.root, self.config)
        book.lock_timeout = self._lock_timeout
        return book

    def _let_go(self) -> None:
        if self._book is not None:
            self._book.close()
            self._book = None
