"""Every field of every kind can be reached, and every type knows what it may be asked."""

import pytest

from crm_cli.kinds import KINDS
from crm_cli.query.bounds import SPANS
from crm_cli.query.complete import candidates
from crm_cli.query.fields import names_of, resolve
from crm_cli.query.operands import CONTAINS, EQUAL, OPERATORS
from crm_cli.schema.field import SCALARS
from crm_cli.schema.kind import Kind
from crm_cli.schema.values import PARSE
from tests.query.sample import world


def test_every_value_type_has_operators() -> None:
    assert set(OPERATORS) >= {*SCALARS, *PARSE}


def test_every_operator_of_a_type_has_a_meaning() -> None:
    assert {type for type, known in OPERATORS.items() if ":" in known} == set(EQUAL)
    assert {type for type, known in OPERATORS.items() if "." in known} == set(SPANS)
    assert set(CONTAINS) <= {type for type, known in OPERATORS.items() if "~" in known}


@pytest.mark.parametrize("kind", KINDS.all, ids=lambda kind: kind.name)
def test_every_name_of_a_kind_leads_to_a_type_that_can_be_asked(kind: Kind) -> None:
    for name in names_of(kind, world()):
        (target,) = resolve(name, world(), (kind,))
        assert target.type in OPERATORS, name
        assert target.written == (name,)


@pytest.mark.parametrize("kind", KINDS.all, ids=lambda kind: kind.name)
def test_the_singular_of_a_field_leads_where_the_field_leads(kind: Kind) -> None:
    for field in kind.fields:
        one, many = (resolve(name, world(), (kind,))[0] for name in (field.one, field.name))
        assert (one.path, one.type) == (many.path, many.type) == ((field.name,), many.type)


@pytest.mark.parametrize("kind", KINDS.all, ids=lambda kind: kind.name)
def test_steps_towards_other_fields_are_neither_reached_nor_offered(kind: Kind) -> None:
    hidden = [computed.name for computed in kind.computed if computed.name.startswith("_")]
    assert not set(hidden) & set(names_of(kind, world()))
    assert not [word for word in candidates("", world(), (kind,)) if word.startswith("_")]
