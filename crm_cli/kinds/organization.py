"""A firm, a shop, a school: anything that people work for or that buys and sells."""

from crm_cli.base.dates import Cadence, Stamp
from crm_cli.schema import agenda
from crm_cli.schema.kind import declare
from crm_cli.schema.record import Address, Item, Record, attr, derived, rollup


@declare(
    folder="organizations",
    columns="id name industry phone people open_deals last_contact next_task",
    sorted_by="name",
    alias="org",
    bare=True,
)
class Organization(Record):
    """A firm or other body you deal with."""

    legal_name: str | None = attr("text", doc="as on an invoice")
    parent: str | None = attr("link", to=("organization",), doc="the organization it belongs to")
    website: str | None = attr("url", group=1, doc="its home page")
    emails: tuple[Item[str], ...] = attr("labelled", item="email", singular="email", group=1, doc="mail addresses")
    phones: tuple[Item[str], ...] = attr("labelled", item="phone", singular="phone", group=1, doc="telephone numbers")
    addresses: tuple[Item[Address], ...] = attr(
        "labelled", item="address", singular="address", group=1, doc="postal addresses"
    )
    industry: str | None = attr("text", group=2, doc="what it does")
    size: int | None = attr("integer", group=2, doc="how many people work there")
    territory: str | None = attr("text", group=2, doc="the region it is looked after in")
    roles: tuple[str, ...] = attr("list", singular="role", group=2, doc="customer, supplier, partner, press, ...")
    registration_no: str | None = attr("text", group=3, doc="CIN, LLPIN, Udyam or the like")
    tax_id: str | None = attr("text", group=3, doc="GSTIN, PAN or EU VAT number")
    payment_terms: str | None = attr("text", group=3, doc="30 days, advance, ...")
    price_list: str | None = attr("text", group=3, doc="which prices it gets")
    cadence: Cadence | None = attr("duration", group=3, doc="keep in touch at least this often: 6w, or 6w..8w")
    verified_on: Stamp | None = attr("date", group=3, doc="when these details were last checked")
    distinct_from: tuple[str, ...] = attr(
        "links", to=("organization",), group=3, doc="look-alikes that are something else"
    )

    people = rollup("count", "contact", "organization", type="integer", where=agenda.present)
    open_deals = rollup("count", "deal", "organization", type="integer", where=agenda.open_deal)
    open_amount = rollup("total", "deal", "organization", type="totals", field="amount", where=agenda.open_deal)
    won_amount = rollup("total", "deal", "organization", type="totals", field="amount", where=agenda.won_deal)
    last_contact = rollup(
        "newest",
        "interaction",
        ("organization", "contacts.organization"),
        type="moment",
        field="at",
        where=agenda.real_contact,
    )
    next_task = rollup("earliest", "task", "organization", type="moment", field="_next", where=agenda.open_task)
    next_task_id = rollup(
        "earliest", "task", "organization", type="link", field="_next", give="id", where=agenda.open_task
    )
    touch_due = derived("date", "people", "last_contact", "created", "cadence", "tags", work=agenda.firm_touch_due)
    touch = derived(
        "choice", "people", "last_contact", "created", "cadence", "tags", work=agenda.firm_touch, choices=agenda.TOUCH
    )
