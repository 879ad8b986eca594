"""A view: a saved query with the columns to show, usable as @name in every query."""

from crm_cli.schema.kind import declare
from crm_cli.schema.record import Record, attr


@declare(folder="views", columns="id name kind query", sorted_by="name")
class View(Record):
    """A saved query."""

    kind: str | None = attr("text", doc="the kind of record that it lists; all kinds if absent")
    query: str | None = attr("text", doc="the words of the query")
    columns: tuple[str, ...] = attr("list", singular="column", doc="the columns to show")
    sort: str | None = attr("text", doc="the order, as behind sort:")
    group_by: str | None = attr("text", doc="a field to group by, in reports")
    limit: int | None = attr("integer", doc="how many at most")
    pinned: bool | None = attr("bool", doc="shown first, and in my day")
    include: tuple[str, ...] = attr("links", doc="records that are always in it")
    exclude: tuple[str, ...] = attr("links", doc="records that are never in it")
    sum: tuple[str, ...] = attr("list", doc="fields to add up, in reports")
    avg: tuple[str, ...] = attr("list", doc="fields to average, in reports")
    median: tuple[str, ...] = attr("list", doc="fields to take the median of, in reports")
    count: bool | None = attr("bool", doc="whether to count, in reports")
