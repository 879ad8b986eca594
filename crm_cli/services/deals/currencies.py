"""Says how many records a bound on an amount could not be compared with: those in other currencies."""

from collections.abc import Iterator, Sequence

from crm_cli.book import Book
from crm_cli.schema.condition import And, Condition, Not, Test
from crm_cli.schema.kind import Kind


def other_currencies(book: Book, kinds: Sequence[Kind], condition: Condition) -> Iterator[str]:
    """A sentence for each bound of the query that left out amounts in other currencies."""
    parts = condition.parts if isinstance(condition, And) else (condition,)
    for test in parts:
        if isinstance(test, Test) and test.currency:
            same = Test(test.path, "between", currency=test.currency)
            others = tuple(part for part in parts if part is not test)
            count = book.index.count(kinds, And((*others, Test(test.path, "has"), Not(same))))
            if count:
                yield f"{count} in currencies other than {test.currency} were not compared with {'.'.join(test.path)}"
