"""crm export and crm apply: out and back."""

import json

import pytest

from tests.shell import Shell


def test_out_and_back_changes_nothing(sample: Shell) -> None:
    lines = sample.crm("export", "--all").out
    commits = sample.git("rev-list", "--count", "HEAD")
    assert {json.loads(line)["record"] for line in lines.splitlines()} >= {"contact", "deal", "task", "view"}
    done = sample.ok("apply -", stdin=lines)
    assert (done.out, done.err) == ("", "nothing to change\n")
    taken = sample.ok("import -", stdin=lines)
    assert taken.err.startswith("0 new, 0 changed, ")
    assert sample.git("rev-list", "--count", "HEAD") == commits


@pytest.mark.parametrize("kind", ["contact", "organization", "deal", "task", "interaction", "view"])
def test_any_kind_comes_back_from_csv_unchanged(sample: Shell, kind: str) -> None:
    table = sample.crm("export", "--kind", kind, "-o", "csv", "--all").out
    assert table.startswith("id,record,name,")
    again = sample.ok(f"import - --kind {kind}", stdin=table)
    assert (
        again.err
        == f"0 new, 0 changed, {len(sample.crm('export', '--kind', kind, '--all').lines)} the same, 0 rejected\n"
    )


def test_other_shapes_hold_the_same_records(sample: Shell) -> None:
    ids = sample.ok("export --kind contact --ids").lines
    assert [record["id"] for record in json.loads(sample.ok("export --kind contact --json").out)] == ids
    assert sample.ok("export --kind contact -o yaml").out.count("\n  record: contact\n") == len(ids)
    assert len(sample.ok("export --kind contact -o tsv").lines) == len(ids)
    assert sample.ok("export --kind contact --fields id,name -o csv").lines[0] == "id,name"
    assert sample.ok("export --kind contact --format '{name}'").lines != []
    assert len(sample.ok("export --ids").lines) > len(ids)
    assert set(json.loads(sample.ok("export --fields id,name").lines[0])) == {"id", "name"}


def test_a_query_says_which_ones(sample: Shell) -> None:
    assert all(json.loads(line)["stage"] == "won" for line in sample.ok("export stage:won").lines)
    assert sample.crm("export", "name~nobody-of-that-name", "--exit-code").code == 1


def test_a_table_holds_one_kind(sample: Shell) -> None:
    for words in (
        ["-o", "csv"],
        ["-o", "tsv"],
        ["-o", "csv", "--kind", "deal", "--kind", "task"],
    ):
        refused = sample.crm("export", *words)
        assert refused.code == 2
        assert "one kind of record" in refused.err
    assert sample.crm("export", "--kind", "firm").code == 2


def test_a_file_is_made_once_and_overwritten_only_by_force(sample: Shell) -> None:
    place = sample.home / "out.jsonl"
    done = sample.ok(f"export --kind deal --to {place}")
    assert (done.out, f"records written to {place}" in done.err) == ("", True)
    assert place.stat().st_mode & 0o777 == 0o600
    text = place.read_text()
    refused = sample.crm("export", "--kind", "task", "--to", str(place))
    assert (refused.code, "--force" in refused.err, place.read_text()) == (2, True, text)
    sample.ok(f"export --kind task --to {place} --force")
    assert place.read_text() != text
    assert sample.ok("export --kind task --to -").out == place.read_text()


def test_an_export_that_fails_leaves_no_file(sample: Shell) -> None:
    refused = sample.crm("export", "nosuchfield:1", "--to", str(sample.home / "out"))
    assert refused.code == 2
    assert list(sample.home.glob("*out*")) == []


def test_a_record_that_cannot_be_read_whole_makes_the_answer_incomplete(empty: Shell) -> None:
    empty.write("contacts/asha.yaml", "name: Asha\nbirthday: nonsense\n")
    done = empty.crm("export")
    assert done.code == 9
    assert json.loads(done.out)["problems"][0]["field"] == "birthday"
    assert empty.ok("apply -", stdin=done.out).err == "nothing to change\n"


def test_lines_make_and_change_records_in_one_commit(empty: Shell) -> None:
    commits = int(empty.git("rev-list", "--count", "HEAD"))
    lines = (
        '{"new": "organization", "id": "acme-a1b2c3", "set": {"name": "Acme"}}\n'
        '{"new": "contact", "set": {"name": "Asha Sharma", "organization": "Acme"}}\n'
    )
    made = empty.ok("apply -", stdin=lines)
    assert made.lines[0] == "acme-a1b2c3"
    assert made.lines[1].startswith("asha-sharma-")
    assert made.err == "apply: 2 new, 0 changed\n"
    changed = empty.ok("apply -", stdin='{"id": "asha", "add": {"tags": "vip"}}\n{"id": "acme", "set": {"size": 3}}\n')
    assert (changed.out, changed.err) == ("", "apply: 0 new, 2 changed\n")
    assert int(empty.git("rev-list", "--count", "HEAD")) == commits + 2
    shown = empty.ok("apply - --json", stdin='{"id": "asha", "set": {"title": "Director"}}')
    assert [record["title"] for record in json.loads(shown.out)] == ["Director"]


def test_one_line_that_is_wrong_and_nothing_is_written(empty: Shell) -> None:
    before = empty.files()
    refused = empty.crm("apply", "-", stdin='{"new": "contact", "set": {"name": "Asha"}}\n{"id": "nobody"}\n')
    assert (refused.code, "line 2: " in refused.err) == (3, True)
    assert empty.crm("apply", "-", stdin=b'{"new": "\xff"}').code == 5
    looked = empty.crm("apply", "-", "-n", stdin='{"new": "contact", "set": {"name": "Asha"}}')
    assert (looked.code, "Asha" in looked.out) == (0, True)
    assert empty.files() == before


def test_what_is_expected_is_checked(empty: Shell) -> None:
    deal = empty.ok("deal add Website").out.strip()
    line = json.dumps({"id": deal, "set": {"stage": "proposal"}, "expect": {"stage": "prospecting"}})
    empty.ok("apply -", stdin=line)
    refused = empty.crm("apply", "-", stdin=line)
    assert (refused.code, "expected" in refused.err) == (5, True)
