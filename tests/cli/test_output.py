"""Answers in every shape: what is printed off a terminal is exact, complete and harmless."""

import csv
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from crm_cli.base.config import UserConfig
from crm_cli.base.errors import BadRequest, Refused
from crm_cli.base.text import visible
from crm_cli.cli import output
from crm_cli.cli.output import OutputOptions, options_of, write, write_records
from crm_cli.cli.said import Options
from crm_cli.schema.table import Column, Table
from tests.shell import Shell

COLUMNS = (Column("name"), Column("email", "email"), Column("amount", "money"), Column("tags", "list"))
ROWS = [
    ("आशा शर्मा", "asha@acme.example", {"amount": "125000", "currency": "INR"}, ["vip", "a; b"], "asha-k7m3q9"),
    ("Ravi\t[/]\x1b[31m", None, None, [], "ravi-b4x8w2"),
]


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def _table() -> Table:
    return Table("contact", COLUMNS, iter(ROWS), 4)


def _printed(options: OutputOptions, stream: io.StringIO | None = None) -> str:
    stream = stream or io.StringIO()
    assert write(_table(), options, stream) == 2
    return stream.getvalue()


def test_piped_it_is_tsv_without_a_header() -> None:
    assert _printed(OutputOptions()) == (
        "आशा शर्मा\tasha@acme.example\t125000 INR\tvip; a\\\\; b\nRavi\\t[/]\\x1b[31m\t\t\t\n"
    )


def test_a_header_is_added_when_asked_for() -> None:
    assert _printed(OutputOptions("tsv", header=True)).startswith("name\temail\tamount\ttags\nआशा")


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=4))
def test_each_row_of_tsv_is_a_line_with_its_cells(rows: list[list[str]]) -> None:
    stream = io.StringIO()
    write(Table("x", COLUMNS[:2], rows), OutputOptions("tsv"), stream)
    lines = stream.getvalue().split("\n")
    assert [line.split("\t") for line in lines[:-1]] == [[visible(cell) for cell in row] for row in rows]


def test_csv_is_raw_in_a_pipe_and_shown_on_a_terminal() -> None:
    raw = _printed(OutputOptions("csv"))
    assert list(csv.reader(io.StringIO(raw))) == [
        ["name", "email", "amount", "tags"],
        ["आशा शर्मा", "asha@acme.example", "125000 INR", "vip; a\\; b"],
        ["Ravi\t[/]\x1b[31m", "", "", ""],
    ]
    assert "Ravi\\t[/]\\x1b[31m" in _printed(OutputOptions("csv"), Screen())


def test_json_is_one_array_of_objects_with_exactly_these_keys() -> None:
    text = _printed(OutputOptions("json"))
    assert "\x1b" not in text
    assert json.loads(text) == [dict(zip([c.name for c in COLUMNS], row, strict=False)) for row in ROWS]
    assert len(text.splitlines()) == len(ROWS) + 2


def test_jsonl_is_an_object_a_line() -> None:
    lines = _printed(OutputOptions("jsonl")).splitlines()
    assert [json.loads(line)["name"] for line in lines] == [row[0] for row in ROWS]


def test_yaml_is_the_same_as_json() -> None:
    assert YAML(typ="safe", pure=True).load(_printed(OutputOptions("yaml"))) == json.loads(
        _printed(OutputOptions("json"))
    )


def test_ids_come_from_their_own_column() -> None:
    assert _printed(OutputOptions("ids")) == "asha-k7m3q9\nravi-b4x8w2\n"
    assert _printed(OutputOptions("ids", null=True)) == "asha-k7m3q9\0ravi-b4x8w2\0"
    assert _printed(OutputOptions("ids", fields=("nosuch",))) == "asha-k7m3q9\nravi-b4x8w2\n"
    assert OutputOptions("ids").columns_for(["name"]) == ()


def test_rows_without_an_id_give_none() -> None:
    stream = io.StringIO()
    write(Table("due", COLUMNS[:1], [("a", None), ("b", "b-1")], 1), OutputOptions("ids"), stream)
    assert stream.getvalue() == "b-1\n"


def test_a_template_lays_out_lines() -> None:
    options = OutputOptions(template="{name} <{email}>{{}} {name}")
    assert options.columns_for(["id"]) == ("name", "email")
    assert _printed(options) == (
        "आशा शर्मा <asha@acme.example>{} आशा शर्मा\nRavi\\t[/]\\x1b[31m <>{} Ravi\\t[/]\\x1b[31m\n"
    )
    assert _printed(OutputOptions(template="x", null=True)) == "x\0x\0"


def test_fields_pick_and_order_the_columns_of_a_fixed_table() -> None:
    options = OutputOptions("json", fields=("amount", "name"))
    assert [list(row) for row in json.loads(_printed(options))] == [["amount", "name"]] * 2
    assert OutputOptions(fields=("amount",)).columns_for(["id"]) == ("amount",)
    assert OutputOptions().columns_for(["id"]) == ("id",)


@pytest.mark.parametrize("options", [OutputOptions(fields=("nmae",)), OutputOptions(template="{nmae}")])
def test_an_unknown_column_is_refused_with_the_nearest(options: OutputOptions) -> None:
    with pytest.raises(BadRequest, match="contact has no column nmae") as caught:
        write(_table(), options, io.StringIO())
    assert caught.value.hint == "did you mean name?"


def test_an_unknown_column_like_no_other_gets_the_list() -> None:
    with pytest.raises(BadRequest) as caught:
        write(_table(), OutputOptions(fields=("zzz",)), io.StringIO())
    assert "name, email" in caught.value.hint


@pytest.mark.parametrize(
    ("format", "text"), [("tsv", ""), ("csv", "name\n"), ("json", "[]\n"), ("jsonl", ""), ("ids", ""), ("table", "")]
)
def test_nothing_found_prints_nothing_or_an_empty_answer(format: str, text: str) -> None:
    stream = io.StringIO()
    assert write(Table("contact", COLUMNS[:1], []), OutputOptions(format), stream) == 0
    assert stream.getvalue() == text


def test_whole_records_pass_through_as_they_are() -> None:
    texts = ['{"id": "a", "rate": 1.10}', '{"id": "b"}']
    for format, expected in (
        ("json", '[\n{"id": "a", "rate": 1.10},\n{"id": "b"}\n]\n'),
        ("jsonl", '{"id": "a", "rate": 1.10}\n{"id": "b"}\n'),
        ("yaml", "- id: a\n  rate: 1.10\n- id: b\n"),
    ):
        stream = io.StringIO()
        assert write_records(iter(texts), OutputOptions(format), stream) == 2
        assert stream.getvalue() == expected


def test_numbers_keep_their_digits() -> None:
    stream = io.StringIO()
    write(Table("deal", (Column("custom.rate", "number"),), [(Decimal("1.10"),)]), OutputOptions("json"), stream)
    assert stream.getvalue() == '[\n{"custom.rate": 1.10}\n]\n'


def test_nul_goes_with_ids_and_templates_only() -> None:
    with pytest.raises(BadRequest, match="-0"):
        write(_table(), OutputOptions("json", null=True), io.StringIO())


def test_rows_are_not_held_back_until_the_last_one() -> None:
    stream = io.StringIO()

    def rows() -> Iterator[tuple[str]]:
        for place in range(output.CHUNK * 2):
            if place == output.CHUNK + 1:
                assert stream.getvalue()
            yield (str(place),)

    assert write(Table("x", (Column("n"),), rows()), OutputOptions("tsv"), stream) == output.CHUNK * 2


def _said(**facts: Any) -> Options:
    return Options(**facts)


def test_options_say_the_shape() -> None:
    config = UserConfig.of({"color": "never", "pager": "less -R", "ui": {"indic_width": "zero"}})
    options = options_of(_said(json=True, fields=" name, organization.name "), config, "GB")
    assert options == OutputOptions(
        "json",
        ("name", "organization.name"),
        None,
        config_color="never",
        pager="less -R",
        country="GB",
        indic_width="zero",
    )
    assert not options.whole
    assert options_of(_said(output="yaml"), config).whole
    assert options_of(_said(json=True, output="json"), config).whole
    assert options_of(_said(ids=True), config).format == "ids"
    assert not options_of(_said(template="{id}"), config).whole


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"output": "jsno"}, "no output jsno"),
        ({"output": "pdf"}, "no output pdf"),
        ({"output": "csv", "json": True}, "only one of these.*csv, json"),
        ({"ids": True, "json": True}, "json, ids"),
        ({"template": "{id}", "json": True}, "json, --format"),
        ({"fields": " , "}, "--fields names no field"),
    ],
)
def test_options_that_contradict_are_refused(said: dict[str, Any], message: str) -> None:
    with pytest.raises(BadRequest, match=message):
        options_of(_said(**said), UserConfig())


def test_a_template_with_a_stray_brace_is_refused_before_anything_is_read() -> None:
    with pytest.raises(BadRequest, match="no partner"):
        OutputOptions(template="{id").columns_for(["id"])


class Full(io.StringIO):
    """A stream on a disk that is full."""

    def write(self, _text: str) -> int:
        raise OSError(28, "No space left on device")


class Gone(io.StringIO):
    """A stream whose reader is gone."""

    def write(self, _text: str) -> int:
        raise BrokenPipeError


def test_a_full_disk_is_one_clear_line_and_a_closed_pipe_is_left_to_the_entry() -> None:
    with pytest.raises(Refused, match="could not be written: No space left on device"):
        write(_table(), OutputOptions("tsv"), Full())
    with pytest.raises(BrokenPipeError):
        write(_table(), OutputOptions("tsv"), Gone())


@pytest.mark.parametrize(("lines", "paged"), [(4, False), (40, True)])
def test_only_more_than_a_screen_goes_to_the_pager(
    lines: int, paged: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setenv("CRM_PAGER", f"tee {tmp_path / 'seen'}")
    screen = Screen()
    table = Table("x", (Column("name"),), [(f"Asha {place}",) for place in range(lines)])
    write(table, OutputOptions(color="never"), screen)
    assert (tmp_path / "seen").exists() is paged
    assert ("Asha 3" in screen.getvalue()) is not paged


@pytest.mark.parametrize("pager", ["", "cat", "no-such-pager-here"])
def test_without_a_pager_everything_is_printed(pager: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_PAGER", pager)
    screen = Screen()
    write(Table("x", (Column("name"),), [("Asha",)] * 40), OutputOptions(), screen)
    assert screen.getvalue().count("Asha") == 40


def test_what_no_field_has_and_what_does_not_fit_are_columns_too(empty: Shell) -> None:
    empty.write("contacts/z-k7m3q9.yaml", "name: Z\nfoo: 3\nbirthday: 1984-02-30\n")
    whole = json.loads(empty.crm("show", "z", "--json").out)[0]
    (some,) = json.loads(empty.crm("show", "z", "--json", "--fields", "extra,problems,problem").out)
    assert some == {name: whole[name] for name in ("extra", "problems")} | {"problem": whole["problems"][0]}
    assert (whole["extra"], whole["problems"][0]["field"]) == ({"foo": "3"}, "birthday")
    empty.ok("contact add Y")
    assert empty.crm("contact", "list", "--fields", "name,extra").out == 'Y\t\nZ\t{"foo":"3"}\n'


def test_every_format_has_the_same_records_in_the_same_order(looking: Shell) -> None:
    for line in ("interaction list limit:3", "task list status:open limit:4", "deal list limit:5", "contact list"):
        ids = looking.ok(f"{line} --ids").lines
        assert [row["id"] for row in json.loads(looking.ok(f"{line} --json").out)] == ids
        assert [json.loads(row)["id"] for row in looking.ok(f"{line} -o jsonl").lines] == ids
        assert [row["id"] for row in json.loads(looking.ok(f"{line} --json --fields id,created").out)] == ids
        assert [row["id"] for row in csv.DictReader(io.StringIO(looking.ok(f"{line} -o csv --fields id").out))] == ids
        assert [row["id"] for row in YAML(typ="safe").load(looking.ok(f"{line} -o yaml").out)] == ids
