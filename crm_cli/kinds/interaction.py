"""An interaction: a call, a message, a visit, a note; what was said, to whom, when."""

from collections.abc import Mapping
from typing import Any

from crm_cli.base.dates import Stamp
from crm_cli.base.lean import replace
from crm_cli.schema.context import Context
from crm_cli.schema.kind import declare
from crm_cli.schema.record import Record, attr

CHANNELS = ("call", "whatsapp", "sms", "email", "meeting", "visit", "note", "form", "social", "post")
NAME_LENGTH = 80


def title(values: Mapping[str, Any]) -> str | None:
    """Its subject, else the beginning of its body."""
    lines = str(values.get("subject") or values.get("body") or "").strip().splitlines()
    return lines[0][:NAME_LENGTH] if lines else None


def happened(before: "Interaction | None", after: "Interaction", context: Context) -> "Interaction":
    """A new one happened now, and was written down by whoever writes it, unless it says otherwise."""
    if before is not None:
        return after
    return replace(after, at=after.at or context.stamp, by=after.by or context.user or None)


@declare(
    folder="interactions",
    columns="id at kind contacts.name subject",
    sorted_by="-at",
    dated=True,
    settle=happened,
)
class Interaction(Record):
    """Something that was said, written or met about."""

    name: str | None = attr("text", own=title, doc="its subject, or the beginning of its body")
    at: Stamp | None = attr("moment", required=True, doc="when it happened")
    kind: str | None = attr("choice", choices=CHANNELS, required=True, doc="how")
    direction: str | None = attr("choice", choices=("in", "out"), doc="who reached whom")
    contacts: tuple[str, ...] = attr("links", to=("contact",), singular="contact", group=1, doc="with whom")
    organization: str | None = attr("link", to=("organization",), group=1, doc="with which organization")
    deal: str | None = attr("link", to=("deal",), group=1, doc="about which deal")
    lead: str | None = attr("link", to=("lead",), group=1, doc="with which lead")
    subject: str | None = attr("text", group=2, doc="what about, in a line")
    body: str | None = attr("long", group=2, doc="what was said")
    duration_min: int | None = attr("integer", group=3, doc="how long, in minutes")
    outcome: str | None = attr("text", group=3, doc="what came of it")
    by: str | None = attr("text", group=3, doc="who of us it was")
    message_id: str | None = attr("text", group=3, doc="the Message-ID of a mail")
