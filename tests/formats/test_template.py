"""Lines of --format: paths in braces, and nothing else that Python's own formatting could do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.base.errors import BadRequest
from crm_cli.formats.template import parse_template


def test_paths_are_filled_in() -> None:
    template = parse_template("{name} <{email}> {name}")
    assert template.paths == ("name", "email")
    assert template.fill(["आशा", "asha@acme.example"]) == "आशा <asha@acme.example> आशा"


def test_doubled_braces_are_braces() -> None:
    assert parse_template("{{{id}}}").fill(["x"]) == "{x}"


def test_a_value_is_never_a_template() -> None:
    assert parse_template("{name}").fill(["{id.__class__}"]) == "{id.__class__}"


def test_dots_and_other_scripts_name_fields() -> None:
    assert parse_template("{ organization.name }{custom.नाम}").paths == ("organization.name", "custom.नाम")


@pytest.mark.parametrize("text", ["{name", "name}", "{}", "{ }", "{a{b}", "}{"])
def test_what_is_no_template_is_refused(text: str) -> None:
    with pytest.raises(BadRequest, match="--format"):
        parse_template(text)


@given(st.text())
def test_a_text_with_its_braces_doubled_stays_itself(text: str) -> None:
    template = parse_template(text.replace("{", "{{").replace("}", "}}"))
    assert template.paths == ()
    assert template.fill([]) == text
