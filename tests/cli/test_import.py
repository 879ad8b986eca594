"""crm import: what it prints, what it leaves on disk, how it ends; and a real file of 8,800 deals."""

import csv
import json
from decimal import Decimal
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.shell import Shell

MAP = "kind: contact\nmatch: [email]\ncolumns: {Name: name, Mail: emails}\n"
GOOD = "Name,Mail\nAsha Sharma,asha@acme.example\nRavi,ravi@acme.example\n"
BAD = GOOD + "Usha,no mail\n"


@pytest.fixture
def files(empty: Shell) -> Shell:
    """An empty book, a map and two files in the home directory."""
    (empty.home / "map.yaml").write_text(MAP)
    (empty.home / "good.csv").write_text(GOOD)
    (empty.home / "bad.csv").write_text(BAD)
    return empty


def commits(shell: Shell) -> int:
    return len(shell.git("log", "--format=%h").split())


def test_good_rows_are_one_commit_and_again_none(files: Shell) -> None:
    first = files.ok("import ~/good.csv --map ~/map.yaml")
    assert (first.out, first.err) == ("", "2 contacts new, 0 changed, 0 the same, 0 rejected\n")
    assert files.git("log", "-1", "--format=%s").startswith("import contact ")
    assert commits(files) == 2
    again = files.ok("import ~/good.csv --map ~/map.yaml")
    assert again.err == "0 new, 0 changed, 2 the same, 0 rejected\n"
    assert commits(files) == 2
    assert not (files.home / "good.csv.rejects.csv").exists()


def test_bad_rows_go_beside_the_file_and_the_others_go_in(files: Shell) -> None:
    done = files.crm("import", "~/bad.csv", "--map", "~/map.yaml")
    rejects = files.home / "bad.csv.rejects.csv"
    assert done.code == 9
    assert "2 contacts new, 0 changed, 0 the same, 1 rejected" in done.err
    assert "line 4: email is not one address: no mail" in done.err
    assert str(rejects) in done.err
    assert rejects.read_text() == "Name,Mail,line,reason\nUsha,no mail,4,email is not one address: no mail\n"
    assert rejects.stat().st_mode & 0o777 == 0o600
    assert files.crm("import", "~/bad.csv", "--map", "~/map.yaml").code == 9
    assert commits(files) == 2


def test_rejected_rows_can_go_to_stdout(files: Shell) -> None:
    done = files.crm("import", "~/bad.csv", "--map", "~/map.yaml", "--rejects", "-")
    assert (done.code, done.out) == (9, "Name,Mail,line,reason\nUsha,no mail,4,email is not one address: no mail\n")
    assert not list(files.home.glob("*.rejects.csv"))
    assert not (files.book / "-").exists()


def test_an_older_reject_file_that_differs_is_never_overwritten(files: Shell) -> None:
    rejects = files.home / "bad.csv.rejects.csv"
    rejects.write_text("mine\n")
    refused = files.crm("import", "~/bad.csv", "--map", "~/map.yaml")
    assert refused.code == 2
    assert "holds the rejected rows of another import" in refused.err
    assert (rejects.read_text(), commits(files)) == ("mine\n", 1)
    assert files.crm("import", "~/bad.csv", "--map", "~/map.yaml", "--rejects", "~/other.csv").code == 9
    assert (files.home / "other.csv").read_text().count("\n") == 2


def test_a_refused_write_leaves_no_reject_file(files: Shell) -> None:
    (files.book / ".git" / "MERGE_HEAD").write_text(files.git("rev-parse", "HEAD"))
    refused = files.crm("import", "~/bad.csv", "--map", "~/map.yaml")
    assert refused.code == 7
    assert not (files.home / "bad.csv.rejects.csv").exists()


def test_strict_writes_nothing_when_a_row_is_bad(files: Shell) -> None:
    refused = files.crm("import", "~/bad.csv", "--map", "~/map.yaml", "--strict")
    assert refused.code == 5
    assert "line 4: email is not one address" in refused.err
    assert not (files.home / "bad.csv.rejects.csv").exists()
    assert commits(files) == 1
    assert files.crm("import", "~/good.csv", "--map", "~/map.yaml", "--strict").code == 0


def test_a_dry_run_shows_the_same_plan_and_writes_nothing(files: Shell) -> None:
    before = files.files()
    looked = files.crm("import", "~/bad.csv", "--map", "~/map.yaml", "-n")
    assert looked.code == 9
    assert "name: (none) -> Asha Sharma" in looked.out
    assert "line 4: email is not one address" in looked.err
    assert (files.files(), commits(files)) == (before, 1)
    assert not (files.home / "bad.csv.rejects.csv").exists()


def test_from_stdin_rejected_rows_are_on_stderr(files: Shell) -> None:
    done = files.crm("import", "-", "--map", "~/map.yaml", stdin=BAD)
    assert done.code == 9
    assert "Usha,no mail,4,email is not one address: no mail\n" in done.err


def test_json_prints_what_was_made(files: Shell) -> None:
    done = files.ok("import ~/good.csv --map ~/map.yaml --json")
    assert sorted(record["name"] for record in json.loads(done.out)) == ["Asha Sharma", "Ravi"]


def test_a_first_map_is_written_to_be_looked_at(files: Shell) -> None:
    (files.home / "new.csv").write_text("Name,E-mail,Fax\nAsha,asha@acme.example,1\n")
    stopped = files.crm("import", "~/new.csv", "--kind", "contact", "--save-map", "~/new.yaml")
    assert stopped.code == 5
    assert "under `ignore:` stand Fax" in stopped.err
    assert "E-mail:" in (files.home / "new.yaml").read_text()
    done = files.ok("import ~/new.csv --map ~/new.yaml")
    assert done.err.startswith("1 contact new")
    refused = files.crm("import", "~/good.csv", "--kind", "contact", "--save-map", "~/new.yaml")
    assert refused.code == 2
    assert "says something else" in refused.err


def test_a_file_whose_columns_are_all_known_is_taken_in_while_its_map_is_written(files: Shell) -> None:
    (files.home / "own.csv").write_text("name,emails\nAsha,asha@acme.example\n")
    done = files.ok("import ~/own.csv --kind contact --save-map ~/own.yaml")
    assert "1 contact new" in done.err
    assert files.ok("import ~/own.csv --map ~/own.yaml").err == "0 new, 0 changed, 1 the same, 0 rejected\n"


def test_a_first_map_that_knows_every_column_is_the_one_that_is_used(files: Shell) -> None:
    (files.home / "new.csv").write_text("Name,E-mail,Company\nAsha,asha@acme.example,Acme\n")
    words = ("import", "~/new.csv", "--kind", "contact", "--save-map", "~/new.yaml")
    dry = files.crm(*words, "--dry-run")
    assert dry.code == 0, dry.err
    assert not (files.home / "new.yaml").exists()
    done = files.crm(*words)
    assert (done.code, "1 organization new, 1 contact new" in done.err) == (0, True), done.err
    assert files.ok("import ~/new.csv --map ~/new.yaml").err == "0 new, 0 changed, 1 the same, 0 rejected\n"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("import", "~/none.csv", "--kind", "contact"), 3, "there is no file"),
        (("import", "~", "--kind", "contact"), 7, "cannot be read"),
        (("import", "~/good.csv", "--kind", "firm"), 2, "firm is no kind of record"),
        (("import", "~/good.csv", "--on-match", "replace"), 2, "replace is not known"),
        (("import", "~/good.csv"), 5, "what kind of record"),
        (("import", "~/good.csv", "--kind", "contact"), 5, "no field is called Mail"),
        (("import", "~/good.csv", "--map", "~/good.csv"), 5, "good.csv"),
        (("import", "~/good.csv", "--save-map", "~/x.yaml"), 2, "give --kind contact"),
        (("import", "-", "--map", "-"), 2, "stdin"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(files: Shell, words: tuple[str, ...], code: int, message: str) -> None:
    refused = files.crm(*words)
    assert (refused.code, message in refused.err) == (code, True), refused.err
    assert commits(files) == 1


def test_every_row_is_accounted_for(files: Shell) -> None:
    (files.home / "cities.yaml").write_text("kind: contact\ncolumns: {Name: name, City: addresses.office.city}\n")
    (files.home / "cities.csv").write_text("Name,City\nR,\nR,\nR,Pune\nW,\nW,\n")
    said = files.ok("import ~/cities.csv --map ~/cities.yaml").err
    assert said == "3 contacts new, 0 changed, 0 the same, 0 rejected; 2 rows are about a record of a row above\n"
    said = files.ok("import ~/cities.csv --map ~/cities.yaml").err
    assert said == "0 new, 0 changed, 3 the same, 0 rejected; 2 rows are about a record of a row above\n"


@pytest.mark.parametrize("head", ["at,kind,subject\n,call,hi\n", "kind,subject\ncall,hi\n"])
def test_a_call_without_its_day_is_rejected(files: Shell, head: str) -> None:
    (files.home / "calls.csv").write_text(head)
    done = files.crm("import", "~/calls.csv", "--kind", "interaction")
    assert done.code == 9
    assert "line 2: an interaction needs an at" in done.err
    assert commits(files) == 1


def test_a_record_that_many_rows_make_too_large_is_rejected_alone(files: Shell) -> None:
    rows = "".join(f"Asha,{number}{'x' * 9000}\n" for number in range(130))
    (files.home / "many.csv").write_text(f"Name,Tag\n{rows}Ravi,short\n")
    (files.home / "many.yaml").write_text("kind: contact\nmatch: [name]\ncolumns: {Name: name, Tag: tags}\n")
    done = files.crm("import", "~/many.csv", "--map", "~/many.yaml")
    assert (done.code, "1 contact new, 0 changed, 0 the same, 130 rejected" in done.err) == (9, True)
    assert "line 2: the record would be larger than 1 MiB" in done.err
    assert files.ok("contact list --fields name").out == "Ravi\n"


def test_one_id_for_two_kinds_is_rejected(files: Shell) -> None:
    lines = [{"record": kind, "id": "dd1", "name": "C"} for kind in ("contact", "organization")]
    (files.home / "two.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    done = files.crm("import", "~/two.jsonl")
    assert (done.code, "dd1 is the id of a record of the kind contact" in done.err) == (9, True)
    assert files.ok("doctor").code == 0


def test_8800_real_deals_of_a_real_seller(empty: Shell, shared_data: Path) -> None:
    data = shared_data / "crm-sales-opportunities"
    maps = REPOSITORY / "templates" / "imports" / "crm-sales-opportunities"

    def take_in(name: str, by: str) -> str:
        done = empty.crm("import", str(data / name), "--map", str(maps / by))
        assert done.code == 0, done.err
        return done.err.strip()

    assert take_in("accounts.csv", "accounts.yaml") == "85 organizations new, 0 changed, 0 the same, 0 rejected"
    assert take_in("sales_pipeline.csv", "deals.yaml") == "8,800 deals new, 0 changed, 0 the same, 0 rejected"
    assert commits(empty) == 3
    expected = {"won": 4238, "lost": 2473, "qualification": 1589, "prospecting": 500}
    deals = [json.loads(line, parse_float=Decimal) for line in empty.ok("export --kind deal").lines]
    assert {stage: sum(deal["stage"] == stage for deal in deals) for stage in expected} == expected
    assert len(empty.ok("deal list stage:won --ids").lines) == 4238
    assert len(empty.ok("deal list no:organization --ids").lines) == 1425
    with open(data / "sales_pipeline.csv", encoding="utf-8", newline="") as file:
        sold = sum(Decimal(row["close_value"]) for row in csv.DictReader(file) if row["deal_stage"] == "Won")
    amounts = [deal["amount"] for deal in deals if deal["stage"] == "won"]
    assert {amount["currency"] for amount in amounts} == {"USD"}
    assert sum(Decimal(amount["amount"]) for amount in amounts) == sold
    assert all((deal["closed_at"] is not None) == (deal["stage"] in ("won", "lost")) for deal in deals)
    assert all(deal["stage_history"][0]["at"] == (deal["closed_at"] or deal["created"]) for deal in deals)
    assert take_in("accounts.csv", "accounts.yaml") == "0 new, 0 changed, 85 the same, 0 rejected"
    assert take_in("sales_pipeline.csv", "deals.yaml") == "0 new, 0 changed, 8,800 the same, 0 rejected"
    assert commits(empty) == 3


def test_a_map_that_ships_with_crm_goes_by_its_name(empty: Shell) -> None:
    file = empty.home / "लोग.csv"
    file.write_text("नाम,मोबाइल,शहर\nआशा शर्मा,98765 43210,सूरत\n", encoding="utf-8")
    empty.ok(f"import {file} --map hindi-sheet")
    assert empty.ok("contact list --fields name,phone,addresses.city").lines == ["आशा शर्मा\t98765 43210\tसूरत"]
