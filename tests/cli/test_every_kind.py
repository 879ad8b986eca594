"""Every kind on the command line: its help names every field, and a record of it lives from add to rm."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from crm_cli.cli.params import option_fields
from crm_cli.kinds import KINDS
from crm_cli.schema.field import Field
from crm_cli.schema.kind import Kind
from crm_cli.schema.settings import Settings
from tests.shell import Shell

every_kind = pytest.mark.parametrize("kind", KINDS.all, ids=lambda kind: kind.name)

TYPED = {
    "text": "आशा & Co.",
    "long": "First line\nsecond line",
    "email": "asha@acme.example",
    "phone": "+91 98765 43210",
    "url": "https://acme.example",
    "date": "21 nov 2026",
    "moment": "2026-11-19 10:30",
    "partial": "14 mar",
    "money": "1.5L",
    "number": "2.50",
    "integer": "3",
    "bool": "yes",
    "duration": "6w",
    "recurrence": "2w",
    "address": "12 Ring Road",
    "list": "vip",
}
"""What somebody types for a value of each type."""

CHECKED = {("view", "kind"): "contact", ("view", "columns"): "name"}
"""What somebody types for fields whose values have to mean something."""

OTHERS = {"contact": "Ravi Rao", "organization": "Acme", "deal": "Website"}


@pytest.fixture(scope="module")
def others(begun: Shell, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A book with a record of each kind that links lead to, to be copied."""
    shell = begun.copy(tmp_path_factory.mktemp("others"))
    for kind, name in OTHERS.items():
        shell.ok(f"{kind} add '{name}'")
    return shell


@pytest.fixture
def peopled(others: Shell, tmp_path: Path) -> Shell:
    """A copy of that book."""
    return others.copy(tmp_path)


def value_for(field: Field) -> str | None:
    """What to type for a field; None where it leads to a kind that there is not."""
    if field.choices:
        return Settings().choices(field.choices)[-1]  # of a deal: it is lost, which has a reason and a day
    if field.links:
        return next((OTHERS[name] for name in field.to or ("contact",) if name in OTHERS), None)
    return TYPED[field.item or field.type]


def full(kind: Kind) -> dict[str, tuple[str, str]]:
    """Every field that is an option, with the option and a value."""
    found = {field.name: (f"--{field.one.replace('_', '-')}", value_for(field)) for field in option_fields(kind.fields)}
    meant = {name: (option, CHECKED.get((kind.name, name), value)) for name, (option, value) in found.items()}
    return {name: (option, value) for name, (option, value) in meant.items() if value is not None}


def as_json(shell: Shell, kind: Kind, id: str) -> dict[str, Any]:
    [record] = json.loads(shell.ok(f"{kind.name} show {id} --json").out)
    assert record["record"] == kind.name
    return dict(record)


@every_kind
def test_help_of_add_names_every_field_with_its_type(looking: Shell, kind: Kind) -> None:
    out = looking.ok(f"{kind.name} add --help").out
    for field in option_fields(kind.fields):
        assert re.search(rf"(?m)^  (.*, )?--{field.one.replace('_', '-')}[ ,].*[A-Z0-9]", out), field.name
    for field in kind.fields:
        if field.computed or field.type == "maps":
            assert f"--{field.name.replace('_', '-')} " not in out
    for verb in ("list", "show"):
        assert f"Usage: crm {kind.name} {verb} [OPTIONS]" in looking.ok(f"{kind.name} {verb} --help").out


@every_kind
def test_every_option_of_add_is_written_and_shown(peopled: Shell, kind: Kind) -> None:
    given = full(kind)
    options = [word for option, value in given.values() for word in (option, value)]
    added = peopled.crm(kind.name, "add", "Something new", *options)
    assert added.code == 0, added.err
    record = as_json(peopled, kind, added.out.strip())
    assert [name for name in given if record[name] in (None, [], {})] == []
    text = peopled.ok(f"{kind.name} show {added.out.strip()}").out
    assert [name for name in given if name not in ("notes", "body") and f"{name}: " not in text] == []
    assert record["problems"] == []
    peopled.ok("doctor")


@every_kind
def test_a_record_lives_from_add_to_rm(peopled: Shell, kind: Kind) -> None:
    needed = {name: given for name, given in full(kind).items() if kind.by_name[name].required}
    words = [word for option, value in needed.values() for word in (option, value)]
    before = len(peopled.ok(f"{kind.name} list --ids").lines)
    id = peopled.crm(kind.name, "add", "Something new", *words).out.strip()
    assert id in peopled.ok(f"{kind.name} list --ids").lines
    assert "Something new" in peopled.ok(f"{kind.name} list --fields name").out
    peopled.ok(f"set {id} notes='Some notes' tags+=vip owner=meera")
    peopled.ok(f"tag {id} other --remove vip")
    record = as_json(peopled, kind, id)
    assert (record["notes"], record["tags"], record["owner"]) == ("Some notes", ["other"], "meera")
    assert peopled.ok(f"{kind.name} list tag:other owner:meera --ids").lines == [id]
    assert [line.split("\t")[0] for line in peopled.ok("find 'some notes'").lines] == [id]
    assert len(peopled.ok(f"history {id}").lines) >= 4
    peopled.ok(f"rm {id}")
    assert len(peopled.ok(f"{kind.name} list --ids").lines) == before
    peopled.ok("undo")
    assert id in peopled.ok(f"{kind.name} list --ids").lines
    peopled.ok(f"rm {id} --purge --yes")
    assert peopled.crm("show", id).code == 3
    assert not [path for path in peopled.files() if id in path]


@every_kind
def test_what_is_exported_is_taken_in_again_to_the_byte(
    peopled: Shell, begun: Shell, kind: Kind, tmp_path_factory: pytest.TempPathFactory
) -> None:
    options = [word for option, value in full(kind).values() for word in (option, value)]
    peopled.crm(kind.name, "add", "Something new", *options)
    other = begun.copy(tmp_path_factory.mktemp("other"))
    other.ok("apply -", stdin=peopled.ok("export").out)
    assert other.files().keys() == peopled.files().keys()
    mine = {path: data for path, data in peopled.files().items() if path.startswith(f"{kind.folder}/")}
    assert {path: other.files()[path] for path in mine} == mine
