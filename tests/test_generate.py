"""The generator of records covers every value type, shape and kind, and what it makes is what files give."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.kinds import KINDS
from crm_cli.schema.field import LISTS, MAPPINGS, Field
from crm_cli.schema.kind import Kind
from crm_cli.schema.settings import CUSTOM_TYPES
from crm_cli.schema.values import DUMP, PARSE
from tests.effort import sample
from tests.generate import KINDS_WITH_CUSTOM, SETTINGS, TEXTS, changed, edits, records, values


def test_every_value_type_has_a_strategy() -> None:
    assert set(TEXTS) == set(PARSE)


def test_every_kind_declares_a_custom_field_of_each_type() -> None:
    assert set(KINDS_WITH_CUSTOM) == {kind.name for kind in KINDS.all}
    assert {field.type for field in SETTINGS.custom("deal").values()} == set(CUSTOM_TYPES)


@pytest.mark.parametrize("type", PARSE)
@settings(max_examples=sample(12, 30), deadline=None)
@given(data=st.data())
def test_what_a_strategy_gives_fits_its_type_and_can_be_written_and_read_again(type: str, data: st.DataObject) -> None:
    field = Field("made_up", type)
    text = data.draw(TEXTS[type](field))
    value = PARSE[type](text, field, SETTINGS)
    assert PARSE[type](str(DUMP[type](value)), field, SETTINGS) == value


FIELDS = {(kind.name, field.name): field for kind in KINDS.all for field in kind.stored}


@pytest.mark.parametrize("of", FIELDS, ids=".".join)
def test_every_field_can_be_filled_and_changed(of: tuple[str, str]) -> None:
    field = FIELDS[of]

    @settings(max_examples=sample(2, 5), deadline=None, database=None)
    @given(data=st.data())
    def fills(data: st.DataObject) -> None:
        value = data.draw(values(field, of[0]))
        assert value not in (None, (), {})
        after = data.draw(changed(field, value, of[0]))
        assert isinstance(after, tuple | dict if field.type in LISTS | MAPPINGS else type(value) | None)

    fills()


@pytest.mark.parametrize("kind", KINDS.all, ids=lambda kind: kind.name)
@settings(max_examples=sample(10, 20), deadline=None)
@given(data=st.data())
def test_a_record_has_what_its_kind_requires_and_an_edit_keeps_it(kind: Kind, data: st.DataObject) -> None:
    record = data.draw(records(kind))
    edited = data.draw(edits(record, ("name", "extra") if "name" in kind.file_order else ("at", "extra")))
    for version in (record, edited):
        assert all(getattr(version, field.name) for field in kind.stored if field.required)
        assert (version.id, version.path) == (record.id, record.path)
