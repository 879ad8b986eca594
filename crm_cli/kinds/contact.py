"""A person: how to reach them, where they work, what to remember about them."""

from collections.abc import Mapping
from typing import Any

from crm_cli.base.dates import Cadence, PartialDate, Stamp
from crm_cli.schema import agenda
from crm_cli.schema.field import Field
from crm_cli.schema.kind import declare
from crm_cli.schema.record import Address, Consent, Item, Record, attr, derived, rollup


@declare(
    folder="contacts",
    columns="id name organization.name phone email last_contact next_task",
    sorted_by="name",
    bare=True,
)
class Contact(Record):
    """A person you deal with."""

    given_name: str | None = attr("text", doc="first name")
    family_name: str | None = attr("text", doc="last name")
    honorific: str | None = attr("text", doc="what stands before the name: Dr, श्रीमती")
    nickname: str | None = attr("text", doc="what friends say")
    title: str | None = attr("text", doc="their position")
    department: str | None = attr("text", doc="their department")
    organization: str | None = attr("link", to=("organization",), doc="where they work")
    affiliations: tuple[Mapping[str, Any], ...] = attr(
        "maps",
        singular="affiliation",
        parts=(Field("organization", "link", to=("organization",)), Field("role"), Field("from"), Field("to")),
        doc="other organizations, now and before",
    )
    emails: tuple[Item[str], ...] = attr("labelled", item="email", singular="email", group=1, doc="mail addresses")
    phones: tuple[Item[str], ...] = attr("labelled", item="phone", singular="phone", group=1, doc="telephone numbers")
    addresses: tuple[Item[Address], ...] = attr(
        "labelled", item="address", singular="address", group=1, doc="postal addresses"
    )
    urls: tuple[Item[str], ...] = attr("labelled", item="url", singular="url", group=1, doc="web pages")
    handles: tuple[Item[str], ...] = attr(
        "labelled", item="text", singular="handle", group=1, doc="names on other networks"
    )
    birthday: PartialDate | None = attr("partial", group=2, doc="1984-03-14, or --03-14 without a year")
    anniversaries: tuple[Item[PartialDate], ...] = attr(
        "labelled", item="partial", singular="anniversary", group=2, doc="other days to remember"
    )
    language: str | None = attr("text", group=2, doc="the language to write to them in")
    gender: str | None = attr("text", group=2, doc="in their own words")
    lifecycle: str | None = attr("choice", choices="lifecycle", group=2, doc="how far the relation has come")
    roles: tuple[str, ...] = attr("list", singular="role", group=2, doc="customer, supplier, partner, press, ...")
    cadence: Cadence | None = attr("duration", group=2, doc="keep in touch at least this often: 6w, or 6w..8w")
    consent: Mapping[str, Consent] = attr("consent", group=3, doc="which channels they agreed to")
    facts: Mapping[str, str] = attr("facts", singular="fact", group=3, doc="likes, dislikes, special wishes")
    referred_by: str | None = attr("link", to=("contact", "organization"), group=3, doc="who sent them")
    relations: tuple[Mapping[str, Any], ...] = attr(
        "maps",
        singular="relation",
        parts=(Field("type"), Field("contact", "link", to=("contact",))),
        group=3,
        doc="people they are related to",
    )
    tax_id: str | None = attr("text", group=3, doc="PAN, GSTIN or EU VAT number")
    verified_on: Stamp | None = attr("date", group=3, doc="when these details were last checked")
    distinct_from: tuple[str, ...] = attr("links", to=("contact",), group=3, doc="look-alikes that are someone else")

    last_contact = rollup(
        "newest", "interaction", "contacts", type="moment", field="at", where=agenda.real_contact, doc="last contact"
    )
    next_task = rollup("earliest", "task", "contact", type="moment", field="_next", where=agenda.open_task)
    next_task_id = rollup("earliest", "task", "contact", type="link", field="_next", give="id", where=agenda.open_task)
    touch_due = derived("date", *agenda.TOUCH_NEEDS, work=agenda.touch_due, doc="keep in touch by")
    touch = derived("choice", *agenda.TOUCH_NEEDS, work=agenda.touch, choices=agenda.TOUCH, doc="green, yellow, red")
    open_deals = rollup("count", "deal", "contacts", type="integer", where=agenda.open_deal)
    open_amount = rollup("total", "deal", "contacts", type="totals", field="amount", where=agenda.open_deal)
    won_amount = rollup("total", "deal", "contacts", type="totals", field="amount", where=agenda.won_deal)
    _direction = rollup(
        "newest", "interaction", "contacts", type="text", field="at", give="direction", where=agenda.has_direction
    )
    awaiting = derived(
        "choice", "_direction", work=agenda.awaiting, choices=("us", "them"), doc="who owes the other an answer"
    )
