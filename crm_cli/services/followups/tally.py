"""How much is due, as two numbers: what a shell prompt asks for before every line."""

from datetime import datetime

from crm_cli.book import Book
from crm_cli.schema.agenda import open_task
from crm_cli.schema.condition import And, Not, Test


def due_tally(book: Book) -> tuple[int, int]:
    """How many open tasks are overdue, and how many more are due by the end of today."""
    tasks, open_ = [book.kinds["task"]], open_task(book.context)
    end = datetime.combine(book.context.today, datetime.max.time(), book.context.zone)
    late = Test(("overdue",), "equal", (1,))
    today = Test(("_next",), "between", high=int(end.timestamp()))
    return (
        book.index.count(tasks, And((open_, late))),
        book.index.count(tasks, And((open_, Not(late), today))),
    )
