"""The file of a map: what it may say, and that what is wrong is named by its line."""

from pathlib import Path

import pytest

from crm_cli.base.errors import Invalid
from crm_cli.base.resources import resource
from crm_cli.kinds import KINDS
from crm_cli.services.exchange.import_map import ImportMap, Rule, for_kind, map_text, read_map
from crm_cli.services.exchange.source import Form

MAPS = sorted(Path(resource("templates", "imports")).rglob("*.yaml"))


@pytest.mark.parametrize("path", MAPS, ids=lambda path: path.stem)
def test_a_map_that_ships_with_the_program_is_read_and_written_back(path: Path) -> None:
    made = read_map(path.read_bytes(), path.name, KINDS)
    assert read_map(map_text(made), "again.yaml", KINDS) == made


def test_there_are_maps_to_begin_with() -> None:
    assert len(MAPS) >= 5


def test_everything_that_a_map_may_say() -> None:
    text = """
kind: org
match: name
on_match: fill
dates: d/m/Y
numbers: "1,234.5"
name: "{A}"
defaults: {source: x, tags: [a, b]}
encoding: cp1252
delimiter: tab
header: 3
sheet: Two
columns:
  A: {to: [industry, territory], values: {x: y}}
  B: [website, {to: parent, by: name, create: yes}]
  C: {to: custom.money, currency: USD, split: ";", dates: Y-m-d, numbers: "1"}
ignore: [D]
"""
    made = read_map(text.encode(), "m.yaml", KINDS)
    assert made == ImportMap(
        "organization",
        ("name",),
        "fill",
        "d/m/Y",
        "1,234.5",
        "{A}",
        {"source": "x", "tags": ["a", "b"]},
        {
            "A": (Rule("industry", {"x": "y"}), Rule("territory", {"x": "y"})),
            "B": (Rule("website"), Rule("parent", by="name", create=True)),
            "C": (Rule("custom.money", dates="Y-m-d", numbers="1", currency="USD", split=";"),),
        },
        ("D",),
        Form("cp1252", "\t", 3, "Two"),
    )
    assert read_map(map_text(made), "again.yaml", KINDS) == made


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kind: contact\ncolums: {}\n", "m.yaml:2: colums is not known"),
        ("kind: firm\ncolumns: {a: name}\n", "m.yaml:1: kind firm is not known"),
        ("kind: contact\non_match: replace\ncolumns: {a: name}\n", "m.yaml:2: on_match replace is not known"),
        ("kind: contact\n", "columns must name"),
        ("kind: contact\ncolumns: []\n", "m.yaml:2: columns must name"),
        ("kind: contact\ncolumns:\n  a: name\n  b: {ot: name}\n", "m.yaml:4: columns b ot is not known"),
        ("kind: contact\ncolumns:\n  a: {values: {x: y}}\n", "m.yaml:3: columns a goes nowhere"),
        ("kind: contact\ncolumns:\n  a: {to: name, create: maybe}\n", "maybe is neither true nor false"),
        ("kind: contact\ncolumns:\n  a: {to: name, values: x}\n", "values is no map"),
        ("kind: contact\ncolumns:\n  a: [[name]]\n", "columns a is no map"),
        (
            "kind: contact\ncolumns:\n  a: name\n  ' A ': title\n",
            "m.yaml:4: columns  A  names the column  A  a second time",
        ),
        ("kind: contact\ncolumns: {a: name}\nignore: [A]\n", "m.yaml:3: ignore names the column A a second time"),
        ("kind: contact\ncolumns: {a: name}\nignore: {b: c}\n", "m.yaml:3: ignore is no single value"),
        ("kind: contact\ncolumns: {a: name}\nheader: two\n", "m.yaml:3: header two is no number"),
        ("kind: contact\ncolumns: {a: name}\nheader: [2]\n", "header .* is no number"),
        ("kind: deal\ncolumns:\n  a: {to: amount, currency: usd}\n", "m.yaml:3: columns a currency is usd, not three"),
        ("kind: deal\ncolumns:\n  a: {to: amount, currency: $}\n", "not three capital letters such as INR"),
        ("kind: contact\ncolumns: {a: name}\ndefaults: x\n", "m.yaml:3: defaults is no map"),
        ("kind: [a]\ncolumns: {a: name}\n", "m.yaml:1: kind is no single value"),
        ("- a\n", "m.yaml"),
        ("a: [\n", "m.yaml"),
    ],
)
def test_what_is_wrong_is_named_by_its_line(text: str, message: str) -> None:
    with pytest.raises(Invalid, match=message):
        read_map(text.encode(), "m.yaml", KINDS)


def test_the_kind_may_be_left_to_the_command_line() -> None:
    made = read_map(b"columns: {a: name}\n", "m.yaml", KINDS)
    assert for_kind(made, KINDS["deal"]).kind == "deal"
    with pytest.raises(Invalid, match="does not say which kind"):
        for_kind(made, None)
    said = read_map(b"kind: contact\ncolumns: {a: name}\n", "m.yaml", KINDS)
    assert for_kind(said, None, "skip").on_match == "skip"
    with pytest.raises(Invalid, match="about the kind contact, not deal"):
        for_kind(said, KINDS["deal"])
