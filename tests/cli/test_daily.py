"""The main job: capture, see what is due, move the deal, find, take back."""

import json
import re

from tests.shell import Shell


def test_one_line_captures_a_call_with_its_follow_up(empty: Shell) -> None:
    before = len(empty.git("log", "--oneline").splitlines())
    result = empty.crm("log", "call", "Asha Sharma", "wants a website", "--create", "--next", "fri Call back")
    assert result.code == 0
    interaction, task, contact = result.lines
    assert re.fullmatch(r"2026-11-20-call-asha-sharma-\w{6}", interaction)
    assert contact.startswith("asha-sharma-")
    assert "due 2026-11-27" in result.err
    assert len(empty.git("log", "--oneline").splitlines()) == before + 1
    rows = [line.split("\t") for line in empty.ok("due --within 7d").lines]
    assert rows == [["2026-11-27", "task", task, "call", "Call back", "Asha Sharma", ""]]


def test_done_with_a_word_about_it_closes_the_loop(empty: Shell) -> None:
    empty.ok('log call "Asha Sharma" "wants a website" --create --next "today Call back"')
    task = empty.ok("task list --ids").out.strip()
    empty.ok(f"done {task} --log 'sent the quote' --next '+1w Ask again'")
    assert empty.ok("due --within 0d").out == ""
    assert [line.split("\t")[4] for line in empty.ok("due --within 7d").lines] == ["Ask again"]
    assert "sent the quote" in empty.ok("show asha").out
    assert (
        empty.ok(f"task show {task} -o jsonl --fields status,done").out
        == '{"status": "done", "done": ["2026-11-20"]}\n'
    )


def test_silent_when_nothing_is_due(empty: Shell) -> None:
    result = empty.crm("due", "--within", "0d")
    assert (result.code, result.out, result.err) == (0, "", "")
    assert empty.crm("due", "--exit-code").code == 1


def test_a_recurring_task_comes_again_after_it_is_done(empty: Shell) -> None:
    task = empty.ok("task add 'Check backups' --due 2026-11-06 --every 2w").out.strip()
    assert empty.ok("due --within 0d").out.startswith("2026-11-20\t")
    empty.ok(f"done {task}")
    assert empty.ok("due --within 0d").out == ""
    assert empty.ok("due --within 14d").out.startswith("2026-12-04\t")
    assert "done:\n  - 2026-11-20\n" in (empty.book / f"tasks/{task}.yaml").read_text()


def test_moving_a_deal_writes_its_history_and_wants_a_reason(empty: Shell) -> None:
    deal = empty.ok("deal add Website --amount 1.5L --close-date eom").out.strip()
    empty.ok("move website proposal")
    refused = empty.crm("move", "website", "lost")
    assert refused.code == 5
    assert "lost_reason" in refused.err
    assert f"crm move {deal} lost --reason" in refused.err
    empty.ok("move website lost --reason price --note 'too dear'")
    text = (empty.book / f"deals/{deal}.yaml").read_text()
    assert re.findall(r"- stage: (\w+)", text) == ["prospecting", "proposal", "lost"]
    assert "closed_at: 2026-11-20T10:00:00+05:30" in text
    assert "lost_reason: price" in text
    empty.ok("move website negotiation")
    text = (empty.book / f"deals/{deal}.yaml").read_text()
    assert "closed_at" not in text
    assert "lost_reason" not in text


def test_what_a_stage_asks_for_is_given_by_the_command_that_is_named(empty: Shell) -> None:
    with (empty.book / "crm.yaml").open("a") as settings:
        settings.write("fields: {deal: {start: {type: date, required_from: won}}}\n")
    deal = empty.ok("deal add Website").out.strip()
    refused = empty.crm("move", "website", "won")
    assert (refused.code, f"crm set {deal} stage=won custom.start=..." in refused.err) == (5, True), refused.err
    empty.ok(f"set {deal} stage=won custom.start=2026-12-01")


def test_an_unknown_name_in_a_log_may_be_created(empty: Shell) -> None:
    refused = empty.crm("log", "call", "Nobody Here", "x")
    assert (refused.code, "--create" in refused.err) == (3, True), refused.err


def test_a_number_or_an_address_that_is_created_is_kept_as_one(empty: Shell) -> None:
    empty.ok("log whatsapp '+91 99999 88888' 'price list' --create")
    empty.ok("log email asha@acme.example hello --create")
    empty.ok("log call 'Asha 99' x --create")
    rows = json.loads(empty.ok("contact list --json sort:created,name").out)
    kept = {row["name"]: (row["phones"], row["emails"]) for row in rows}
    assert [item["value"] for item in kept["+91 99999 88888"][0]] == ["+91 99999 88888"]
    assert [item["value"] for item in kept["asha@acme.example"][1]] == ["asha@acme.example"]
    assert kept["Asha 99"] == ([], [])
    empty.ok("log whatsapp 9999988888 'thanks' --create")
    assert len(empty.ok("contact list --ids").lines) == 3


def test_what_a_book_requires_does_not_keep_anybody_from_logging(empty: Shell) -> None:
    empty.write(
        "crm.yaml",
        "fields:\n  task: {room: {type: text, required: true}}\n  interaction: {place: {type: text, required: true}}\n"
        "  contact: {size: {type: text, required: true}}\n",
    )
    empty.ok("log call Asha hello --create --next 'fri Call'")
    empty.ok("done call --log 'she said yes' --next '+1w again'")
    assert empty.crm("task", "add", "Another").code == 5
    assert len(empty.ok("doctor").lines) == 5


def test_an_hour_behind_a_next_day_of_three_words_is_not_taken_for_text(empty: Shell) -> None:
    asha = empty.ok("contact add Asha").out.strip()
    refused = empty.crm("log", "call", asha, "x", "--next", "21 nov 2026 10:30 send it")
    assert (refused.code, '--next "21 nov 2026 10:30: send it"' in refused.err) == (2, True)
    empty.ok(f"log call {asha} x --next '21 nov 2026 10:30: send it'")
    empty.ok(f"log call {asha} x --next 'fri 10:30 call back'")
    empty.ok(f"log call {asha} x --next 'fri 2 pages'")
    tasks = json.loads(empty.ok("task list --json").out)
    assert {task["name"]: task["due"] for task in tasks} == {
        "send it": "2026-11-21T10:30:00+05:30", "call back": "2026-11-27T10:30:00+05:30", "2 pages": "2026-11-27",
    }  # fmt: skip


def test_a_stage_that_is_not_in_the_pipeline_is_named(empty: Shell) -> None:
    empty.ok("deal add Website")
    result = empty.crm("move", "website", "propsal")
    assert result.code == 5
    assert "did you mean proposal?" in result.err


def test_the_pipeline_sums_each_currency_by_itself(empty: Shell) -> None:
    for line in ("A --amount 1000", "B --amount 'USD 200'", "C --amount 500.50 --stage proposal"):
        empty.ok(f"deal add {line}")
    rows = {line.split("\t")[1]: line.split("\t")[2:] for line in empty.ok("pipeline").lines}
    assert rows["prospecting"] == ["2", "1000 INR; 200 USD", "100 INR; 20 USD"]
    assert rows["proposal"] == ["1", "500.50 INR", "250.25 INR"]
    assert rows["won"] == ["0", "", ""]


def test_find_meets_across_scripts(empty: Shell) -> None:
    empty.ok("contact add 'आशा शर्मा'")
    empty.ok("contact add 'Asha Sharma'")
    empty.ok("contact add 'Usha Verma'")
    assert len(empty.ok("find शर्मा").lines) == 2
    assert len(empty.ok("find sharma").lines) == 2
    assert len(empty.ok("find asha sharma").lines) == 2


def test_my_day_says_what_to_do_with_an_empty_book(empty: Shell) -> None:
    out = empty.ok("").out
    assert "The book is empty" in out
    assert "crm contact add" in out


def test_my_day_of_the_sample_book(sample: Shell) -> None:
    out = sample.ok("").out
    for heading in ("Overdue (3)", "Due today (3)", "Slipping away (2)", "Stuck deals (", "Closing this month (3)"):
        assert heading in out


def test_undo_takes_back_walks_back_and_does_again(empty: Shell) -> None:
    empty.ok("contact add 'Asha Sharma' --title Buyer")
    empty.ok("set asha title=Manager")
    empty.ok("set asha nickname=Ash")
    empty.ok("undo")
    assert "nickname" not in empty.ok("show asha").out
    empty.ok("undo")
    assert "title: Buyer" in empty.ok("show asha").out
    redo = empty.git("log", "-1", "--format=%H").strip()
    empty.ok(f"undo {redo}")
    assert "title: Manager" in empty.ok("show asha").out
    assert empty.git("status", "--porcelain") == ""


def test_undo_keeps_what_was_changed_since_and_sets_aside_what_collides(empty: Shell) -> None:
    contact = empty.ok("contact add 'Asha Sharma' --title Buyer").out.strip()
    empty.ok("set asha title=Manager nickname=Ash")
    commit = empty.git("log", "-1", "--format=%H").strip()
    empty.ok("set asha title=Director")
    result = empty.crm("undo", commit)
    assert result.code == 6
    text = (empty.book / f"contacts/{contact}.yaml").read_text()
    assert "title: Director" in text
    assert "nickname" not in text
    assert "conflicts:" in text
    assert "Buyer" in text


def test_undo_walks_past_what_somebody_else_has_changed_back(empty: Shell) -> None:
    asha = empty.ok("contact add Asha").out.strip()
    empty.ok(f"set {asha} title=Boss")
    empty.ok(f"tag {asha} vip")
    empty.ok(f"tag {asha} --remove vip", GIT_AUTHOR_EMAIL="ravi@studio.example")
    assert "set contact" in empty.ok("undo").err
    assert "title" not in (empty.book / f"contacts/{asha}.yaml").read_text()
    assert "add contact" in empty.ok("undo").err
    nothing = empty.crm("undo")
    assert (nothing.code, "nothing of yours" in nothing.err) == (3, True)


def test_undo_of_an_add_takes_the_file_away_and_an_edit_by_hand_counts(empty: Shell) -> None:
    contact = empty.ok("contact add 'Asha Sharma'").out.strip()
    path = f"contacts/{contact}.yaml"
    empty.write(path, (empty.book / path).read_text() + "nickname: Ash # by hand\n")
    swept = empty.ok("contact add 'Ravi Rao'")
    assert "committed your edit" in swept.err
    empty.ok("undo")
    assert empty.ok("contact list --ids").lines == [contact]
    said = empty.ok("undo")
    assert "edit by hand" in said.err
    assert "nickname" not in (empty.book / path).read_text()


def test_history_says_field_by_field_who_changed_what(empty: Shell) -> None:
    empty.ok("contact add 'Asha Sharma' --title Buyer")
    empty.ok("set asha title=Manager tags+=vip")
    rows = [line.split("\t") for line in empty.ok("history asha").lines]
    assert [row[3:] for row in rows] == [
        ["title", "Buyer", "Manager"],
        ["tags", "", "vip"],
        ["created", "", "Asha Sharma"],
    ]
    assert {row[2] for row in rows} == {"Meera"}
    assert empty.ok("history asha --by nobody").out == ""


def test_restore_brings_back_a_version_and_a_removed_record(empty: Shell) -> None:
    contact = empty.ok("contact add 'Asha Sharma' --title Buyer").out.strip()
    first = empty.git("log", "-1", "--format=%H").strip()
    original = (empty.book / f"contacts/{contact}.yaml").read_bytes()
    empty.ok("set asha title=Manager")
    empty.ok(f"restore asha --at {first}")
    assert (empty.book / f"contacts/{contact}.yaml").read_bytes() == original
    empty.ok(f"rm {contact} --purge --yes")
    assert empty.crm("show", contact).code == 3
    empty.ok(f"restore {contact} --at {first}")
    assert (empty.book / f"contacts/{contact}.yaml").read_bytes() == original


def test_undo_takes_back_a_setting_as_a_whole(empty: Shell) -> None:
    before = (empty.book / "crm.yaml").read_bytes()
    empty.ok("config --book currency EUR")
    empty.ok("contact add 'Asha Sharma'")
    empty.ok("undo")
    assert "crm.yaml" in empty.ok("undo -n").out
    assert "currency: EUR" in (empty.book / "crm.yaml").read_text()
    empty.ok("undo")
    assert (empty.book / "crm.yaml").read_bytes() == before
    assert empty.git("status", "--porcelain") == ""
    empty.ok(f"undo {empty.git('log', '-1', '--format=%H').strip()}")
    commit = empty.git("log", "-1", "--format=%H").strip()
    empty.write("crm.yaml", before + b"name: Other\n")
    refused = empty.crm("undo", commit)
    assert refused.code == 5
    assert "changed again since" in refused.err


def test_a_name_as_it_is_spelt_beats_one_that_sounds_alike(empty: Shell) -> None:
    latin, hindi = (empty.ok(f"contact add '{name}'").out.strip() for name in ("Meena", "मीना"))
    assert latin in empty.ok("show Meena").out
    assert hindi in empty.ok("show मीना").out
    empty.ok(f"rm {latin}")
    assert hindi in empty.ok("show Meena").out


def test_a_card_is_for_people(sample: Shell) -> None:
    card = sample.ok("show asha").out
    for line in ("last_contact: 2026-11-19 16:30", "open_amount: ₹4,20,000", "relations: sister, rekha-sharma-hna3nz"):
        assert line in card
    assert "  acme-textiles-website-h2v8c1  Acme Textiles website  negotiation  ₹4,20,000  2026-11-27" in card


def test_a_call_of_today_counts_in_the_morning(empty: Shell) -> None:
    empty.ok("contact add Asha --cadence 2w")
    empty.ok("log call asha hello --at today", CRM_NOW="2026-11-23T08:00+05:30")
    found = empty.ok("contact list --fields last_contact,touch_due", CRM_NOW="2026-11-23T08:00+05:30")
    assert found.lines == ["2026-11-23\t2026-12-07"]


def test_lines_end_as_they_do_here_whatever_wrote_them(empty: Shell) -> None:
    asha = empty.ok("contact add Asha --notes hello").out.strip()
    assert empty.crm("set", asha, "notes=one\r\ntwo").code == 0
    (empty.home / "c.csv").write_bytes(b'Name,Text\r\nRavi,"one\r\nfour"\r\n')
    (empty.home / "c.yaml").write_text("kind: contact\ncolumns: {Name: name, Text: notes}\n")
    empty.ok("import ~/c.csv --map ~/c.yaml")
    empty.crm("log", "note", asha, "-m", "five\r\nsix")
    texts = [row.get("notes") or row.get("body") for row in map(json.loads, empty.ok("export").lines)]
    assert sorted(text for text in texts if text) == ["one\nfour", "one\ntwo", "six"]
