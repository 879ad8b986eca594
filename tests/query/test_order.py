"""Columns and their types, and the order that lists have by themselves."""

import pytest

from crm_cli.base.errors import BadRequest
from crm_cli.kinds import KINDS
from crm_cli.query import column, default_sort, field_path
from crm_cli.schema.condition import Sort
from crm_cli.schema.table import Column
from tests.query.sample import kinds, world

COLUMNS = [
    ("contact", "id", "id"),
    ("contact", "record", "record"),
    ("contact", "name", "text"),
    ("contact", "phone", "phone"),
    ("contact", "phones", "labelled"),
    ("contact", "phones.mobile", "phone"),
    ("contact", "tags", "list"),
    ("contact", "tag", "text"),
    ("contact", "organization", "link"),
    ("contact", "organization.name", "text"),
    ("contact", "organization.phone", "phone"),
    ("contact", "last_contact", "moment"),
    ("contact", "open_amount", "totals"),
    ("contact", "custom", "custom"),
    ("contact", "custom.allergy", "choice"),
    ("contact", "custom.GST no. 2", "text"),
    ("contact", "consent.whatsapp", "consent"),
    ("contact", "facts.likes", "text"),
    ("contact", "address", "address"),
    ("contact", "addresses", "labelled"),
    ("contact", "addresses.office.city", "text"),
    ("contact", "relations", "maps"),
    ("contact", "problems", "problems"),
    ("contact", "extra", "any"),
    ("deal", "amount", "money"),
    ("deal", "amount.amount", "number"),
    ("deal", "amount.currency", "text"),
    ("deal", "contacts", "labelled"),
    ("deal", "contact", "link"),
    ("deal", "contacts.name", "text"),
    ("deal", "stage", "choice"),
    ("deal", "custom.budget", "money"),
    ("interaction", "contacts", "links"),
    ("interaction", "contacts.name", "text"),
    ("contact+deal", "stage", "choice"),
]


@pytest.mark.parametrize(("among", "text", "type"), COLUMNS, ids=[f"{case[0]} {case[1]}" for case in COLUMNS])
def test_a_column_has_the_name_as_written_and_a_type(among: str, text: str, type: str) -> None:
    path = field_path(text, world(), kinds(among))
    assert ".".join(path) == text
    assert column(path, world(), kinds(among)) == Column(text, type)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nmae", "contact has no field nmae"),
        ("deal.name", "deal.name is no column"),
        ("deal", "deal is no column"),
        ("_direction", "contact has no field _direction"),
        ("custom.x", "no contact has a custom field x"),
        ("", "contact has no field without a name"),
    ],
)
def test_what_is_no_column_is_refused(text: str, message: str) -> None:
    with pytest.raises(BadRequest) as refused:
        field_path(text, world(), kinds("contact"))
    assert refused.value.message.startswith(message)


def test_lists_have_an_order_of_their_own() -> None:
    assert default_sort(KINDS["interaction"]) == (Sort(("at",), True),)
    assert default_sort(KINDS["deal"]) == (Sort(("pipeline",)), Sort(("stage",)), Sort(("close_date",)))


@pytest.mark.parametrize("kind", KINDS.all, ids=lambda kind: kind.name)
def test_the_columns_and_the_order_of_every_kind_can_be_asked_for(kind: object) -> None:
    assert isinstance(kind, type(KINDS.all[0]))
    for name in (*kind.columns, *(sort.path[0] for sort in default_sort(kind))):
        assert column(field_path(name, world(), (kind,)), world(), (kind,)).name == name
