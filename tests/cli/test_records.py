"""The verbs that every kind has: add, list, show, set, tag, rm, edit; references; what each prints."""

import json
from pathlib import Path

import pytest

from tests.shell import Shell

ASHA = "asha-sharma-k7m3q9"


@pytest.fixture(scope="module")
def one(begun: Shell, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A book with one contact, to be copied."""
    shell = begun.copy(tmp_path_factory.mktemp("one"))
    made = shell.ok("contact add 'Asha Sharma' --phone 'mobile:+91 98765 43210' --email asha@acme.example").out.strip()
    shell.git("mv", f"contacts/{made}.yaml", f"contacts/{ASHA}.yaml")
    shell.git("commit", "--quiet", "--amend", "--no-edit")
    return shell


@pytest.fixture
def asha(one: Shell, tmp_path: Path) -> Shell:
    """A user with a copy of that book."""
    return one.copy(tmp_path)


def test_add_prints_the_id_and_nothing_else(empty: Shell) -> None:
    result = empty.crm("contact", "add", "Asha Sharma")
    assert (result.code, result.err) == (0, "")
    assert result.lines[0].startswith("asha-sharma-")
    assert len(result.lines) == 1


def test_add_takes_every_shape_of_field(empty: Shell) -> None:
    firm = empty.ok("org add 'Acme Textiles' --industry textile --size 120 --website https://acme.example").out.strip()
    contact = empty.crm(
        "contact", "add", "Asha Sharma", "--organization", "acme", "--tag", "vip", "--tag", "a, b",
        "--birthday", "14 mar", "--custom.allergy", "peanuts", "--consent.whatsapp=yes", "--facts.likes", "tea",
        "--cadence", "6w",
        "--addresses.office.city", "Surat", "--phone", "09876543210", "--anniversary", "wedding:2011-12-04",
    )  # fmt: skip
    assert contact.code == 0, contact.err
    text = (empty.book / f"contacts/{contact.lines[0]}.yaml").read_text()
    for line in (
        f"organization: {firm}",
        "  - vip\n  - a, b\n",
        "birthday: --03-14",
        "custom:\n  allergy: peanuts\n",
        "consent:\n  whatsapp: yes 2026-11-20\n",
        "facts:\n  likes: tea\n",
        "cadence: 6w",
        "addresses:\n  - office:\n      city: Surat\n",
        '  - "09876543210"\n',
        "anniversaries:\n  - wedding: 2011-12-04\n",
    ):
        assert line in text


def test_a_value_that_does_not_fit_writes_nothing(empty: Shell) -> None:
    before = empty.files()
    for words in (
        ("contact", "add", "Asha", "--email", "no address"),
        ("contact", "add", "Asha", "--lifecycle", "custmer"),
        ("deal", "add", "Website", "--amount", "1e9"),
        ("deal", "add", "Website", "--stage", "wno"),
        ("contact", "add", "Asha", "--cadence", "often"),
        ("contact", "add", ""),
    ):
        result = empty.crm(*words)
        assert result.code == 5, (words, result.err)
        assert len(result.err.splitlines()) <= 3
    assert empty.crm("deal", "add", "Website", "--close-date", "whenever").code == 2
    assert empty.crm("contact", "add", "Asha", "--organization", "nobody").code == 3
    assert empty.files() == before


def test_the_same_tax_id_is_refused_and_the_same_phone_is_a_warning(empty: Shell) -> None:
    empty.ok("org add Acme --tax-id 24AAACC1206D1ZM --phone 98765-43210")
    refused = empty.crm("org", "add", "Other", "--tax-id", "24aaacc1206d1zm")
    assert refused.code == 5
    assert "--allow-duplicate" in refused.err
    empty.ok("org add Other --tax-id 24AAACC1206D1ZM --allow-duplicate")
    warned = empty.ok("org add Third --phone '+91 98765 43210'")
    assert "looks the same" in warned.err


def test_a_second_view_of_the_same_name_is_refused(empty: Shell) -> None:
    empty.ok("view add hot --kind deal --query 'stage:proposal'")
    before = empty.files()
    refused = empty.crm("view", "add", "Hot", "--query", "tag:vip")
    assert (refused.code, empty.files()) == (5, before)
    assert "can mean one only" in refused.err


def test_set_changes_only_the_lines_that_differ(asha: Shell) -> None:
    contact = ASHA
    path = f"contacts/{contact}.yaml"
    written = (
        "# a regular\nname:   'Asha Sharma'   # as on the card\n\n"
        "phones: [ '0123', 09876543210 ]\ncountry: NO\nnickname: yes\n"
    )
    asha.write(path, written)
    asha.ok("set asha title=Buyer")
    assert (asha.book / path).read_text() == written + "title: Buyer\n"
    asha.ok("set asha title=")
    assert (asha.book / path).read_text() == written


@pytest.mark.parametrize(
    ("assignment", "field", "value"),
    [
        ("tags=a,b", "tags", ["a", "b"]),
        ("tags+=x, y", "tags", ["old", "x, y"]),
        ("tags-=OLD", "tags", []),
        ("emails+=work:a@b.example", "emails", [("null", "asha@acme.example"), ("work", "a@b.example")]),
        ("emails-=ASHA@acme.example", "emails", []),
        ("phones-=98765 43210", "phones", []),
        ("phones.mobile=+91 99999 99999", "phones", [("mobile", "+91 99999 99999")]),
        ("phones.work=022 2778 0000", "phones", [("mobile", "+91 98765 43210"), ("work", "022 2778 0000")]),
        ("custom.allergy=nuts", "custom", {"allergy": "nuts"}),
        ("birthday=1984-02-29", "birthday", "1984-02-29"),
        ("name=आशा शर्मा", "name", "आशा शर्मा"),
        ("notes=two\nlines", "notes", "two\nlines"),
    ],
)
def test_assignments(asha: Shell, assignment: str, field: str, value: object) -> None:
    contact = ASHA
    asha.ok(f"tag {contact} old")
    asha.crm("set", contact, assignment)
    found = json.loads(asha.ok(f"show {contact} --json").out)[0][field]
    if value and isinstance(value, list) and isinstance(value[0], tuple):
        found = [(item["label"] or "null", item["value"]) for item in found]
    assert found == value


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("set", "asha", "titel=x"), 2, "did you mean title?"),
        (("set", "asha", "last_contact=x"), 2, "is computed"),
        (("set", "asha", "title+=x"), 2, "holds one value"),
        (("set", "asha", "consent.fax=yes"), 5, "no consent"),
        (("set", "asha"), 2, "nothing to set"),
        (("set", "title=x"), 2, "no record"),
        (("set", "asha", "title=x", "ravi"), 2, "is no assignment"),
        (("set", "nobody", "title=x"), 3, "nobody"),
        (("tag", "asha"), 2, "no tag"),
        (("set", "asha", "name="), 5, "needs a name"),
        (("set", "asha", "name=  "), 5, "needs a name"),
        (("contact", "add", "  "), 5, "needs a name"),
        (("set", "", "title=x"), 3, "is empty"),
    ],
)
def test_what_set_refuses(asha: Shell, words: tuple[str, ...], code: int, said: str) -> None:
    before = asha.files()
    result = asha.crm(*words)
    assert result.code == code, result.err
    assert said in result.err
    assert asha.files() == before


def test_references_by_every_rule(asha: Shell) -> None:
    contact = ASHA
    other = asha.ok("contact add 'उषा वर्मा'").out.strip()
    firm = asha.ok("org add 'Acme Textiles' --website https://www.acme.example/ --tax-id 24AAACC1206D1ZM").out.strip()
    for ref in (
        contact, f"contacts/{contact}", "asha@acme.example", "9876543210", "+91-98765-43210", "Asha Sharma", "आशा शर्मा",
        contact[-6:], "Asha", "asha-sh", "sharma", contact[-6:][:4],
    ):  # fmt: skip
        assert json.loads(asha.ok(f"show '{ref}' --json").out)[0]["id"] == contact, ref
    assert json.loads(asha.ok("show 'usha' --json").out)[0]["id"] == other
    for ref in ("acme.example", "24aaacc1206d1zm", "acme"):
        assert json.loads(asha.ok(f"show {ref} --json").out)[0]["id"] == firm


def test_an_ambiguous_reference_names_the_candidates(empty: Shell) -> None:
    first = empty.ok("contact add 'Asha Sharma'").out.strip()
    second = empty.ok("contact add 'Asha Rao'").out.strip()
    result = empty.crm("show", "asha")
    assert result.code == 4
    assert first in result.err
    assert second in result.err
    assert result.out == ""


def test_tasks_are_not_found_by_parts_of_their_names_alone(empty: Shell) -> None:
    task = empty.ok("task add 'Call the bank'").out.strip()
    assert empty.crm("show", "bank").code == 3
    assert empty.crm("show", "Call the bank").code == 0
    assert empty.crm("task", "show", "bank").code == 0
    assert empty.crm("show", task[-6:]).code == 0


def test_archived_records_hide_until_asked_for(asha: Shell) -> None:
    contact = ASHA
    asha.ok("rm asha")
    assert asha.ok("contact list").out == ""
    assert asha.crm("show", "asha").code == 3
    assert asha.ok("contact list archived:any --ids").lines == [contact]
    assert "archived: 2026-11-20" in asha.ok(f"show {contact}").out
    assert (asha.book / f"contacts/{contact}.yaml").exists()


def test_purge_asks_and_off_a_terminal_needs_yes(asha: Shell) -> None:
    contact = ASHA
    result = asha.crm("rm", "asha", "--purge")
    assert result.code == 2
    assert (asha.book / f"contacts/{contact}.yaml").exists()
    asha.ok("rm asha --purge --yes")
    assert not (asha.book / f"contacts/{contact}.yaml").exists()


def test_refs_from_stdin(asha: Shell) -> None:
    contact = ASHA
    other = asha.ok("contact add 'Ravi Rao'").out.strip()
    asha.ok("set - title=Buyer", stdin=asha.ok("contact list").out)
    assert asha.ok("contact list title:buyer --ids").lines == sorted([contact, other])
    asha.ok("tag - vip", stdin=f"{contact}\n\n")
    assert asha.ok("contact list tag:vip --ids").lines == [contact]
    nothing = asha.crm("set", "-", "title=x", stdin="")
    assert (nothing.code, nothing.out) == (0, "")
    assert asha.crm("set", "-", "-", "title=x", stdin="a").code == 2
    ids = asha.ok("contact list --ids -0").out
    assert ids.count("\0") == 2
    asha.ok("rm - -0", stdin=ids)
    assert asha.ok("contact list").out == ""


def test_dry_run_shows_the_diff_and_writes_nothing(asha: Shell) -> None:
    before, head = asha.files(), asha.git("rev-parse", "HEAD")
    for words in (
        "set asha title=Buyer -n",
        "rm asha --purge -n",
        "contact add Ravi -n",
        "move x won -n",
        "log call asha hi -n",
    ):
        asha.crm(*words.split())
    out = asha.ok("set asha title=Buyer --dry-run").out
    assert "title: (none) -> Buyer" in out
    assert (asha.files(), asha.git("rev-parse", "HEAD")) == (before, head)


def test_json_of_what_was_made_or_changed(empty: Shell) -> None:
    made = json.loads(empty.ok("contact add 'Asha Sharma' --json").out)
    assert [(record["record"], record["name"]) for record in made] == [("contact", "Asha Sharma")]
    changed = json.loads(empty.ok("set asha title=Buyer --json").out)
    assert changed[0]["title"] == "Buyer"


def test_nothing_to_change_makes_no_commit(asha: Shell) -> None:
    asha.ok("set asha title=Buyer")
    head = asha.git("rev-parse", "HEAD")
    asha.ok("set asha title=Buyer")
    assert asha.git("rev-parse", "HEAD") == head


def test_custom_fields_are_typed_required_and_queried(empty: Shell) -> None:
    settings = (empty.book / "crm.yaml").read_text()
    empty.write(
        "crm.yaml",
        settings
        + "fields:\n  deal:\n    budget: {type: money}\n    start: {type: date, required: true}\n"
        + "    po_number: {type: text, required_from: negotiation}\n    size: {type: choice, choices: [s, m, l]}\n",
    )
    assert empty.crm("deal", "add", "Website").code == 5
    deal = empty.ok("deal add Website --custom.start 1/12/26 --custom.budget 2L --custom.size m").out.strip()
    assert (
        "custom:\n  start: 2026-12-01\n  budget: 200000 INR\n  size: m\n"
        in (empty.book / f"deals/{deal}.yaml").read_text()
    )
    assert empty.crm("set", deal, "custom.size=xl").code == 5
    assert empty.crm("move", deal, "negotiation").code == 5
    empty.ok(f"set {deal} stage=negotiation custom.po_number=7")
    assert empty.ok("deal list custom.budget:100000.. custom.start:2026-12 custom.size:m,l --ids").lines == [deal]
    assert empty.crm("deal", "list", "custom.colour:red").code == 2
    assert "--custom.start" in empty.ok("deal add --help").out


def test_edit_changes_the_file_and_merges_what_changed_meanwhile(asha: Shell) -> None:
    contact = ASHA
    editor = asha.home / "editor"
    editor.write_text(
        "#!/bin/sh\nsed -i 's/name: Asha Sharma/name: Asha Rao # married/' \"$1\"\n"
        f"python3 -m crm_cli -C {asha.book} set {contact} title=Buyer\n"
    )
    editor.chmod(0o755)
    asha.ok(f"edit {contact}", EDITOR=str(editor))
    text = (asha.book / f"contacts/{contact}.yaml").read_text()
    assert "name: Asha Rao" in text
    assert "title: Buyer" in text


def test_edit_of_a_query_is_one_buffer_and_one_commit(asha: Shell) -> None:
    asha.ok("contact add 'Ravi Rao'")
    head = asha.git("rev-list", "--count", "HEAD")
    asha.ok("edit --query name~a", EDITOR="sed -i 's/^name: /title: Buyer\\nname: /'")
    assert len(asha.ok("contact list title:buyer").lines) == 2
    assert int(asha.git("rev-list", "--count", "HEAD")) == int(head) + 1


@pytest.mark.parametrize(
    ("change", "said", "more"),
    [
        ("s/^title:/titel:/", "3: no field has this key; it is kept. Did you mean title?", "titel: Buyer"),
        ("s/^titel: .*/title: Boss/", "", "title: Boss"),
        ("s/^title: .*/odd: [1, {a: b}]/;s/Asha/Usha/", "3: no field has this key; it is kept", "odd: [1, {a: b}]"),
        ("s/^odd: .*/nickname: U/", "", "nickname: U"),
    ],
)
def test_an_edit_of_known_and_unknown_keys_at_once(asha: Shell, change: str, said: str, more: str) -> None:
    before = {"titel": "titel: Buyer", "odd": "odd: [1]"}.get(change[3:].partition(":")[0], "title: Buyer")
    asha.write(f"contacts/{ASHA}.yaml", f"name: Asha Sharma\n\n{before}\n")
    result = asha.crm("edit", ASHA, EDITOR=f"sed -i '{change}'")
    assert result.code == 0, result.err
    assert said in result.err
    assert ("no field" in result.err) == bool(said)
    assert more in asha.git("show", f"HEAD:contacts/{ASHA}.yaml")


def test_keys_that_nobody_reads_are_said_when_they_are_new_and_not_at_every_edit(asha: Shell) -> None:
    asha.write(f"contacts/{ASHA}.yaml", "name: Asha Sharma\ntitle: Buyer\nconsent: {pigeon: yes}\nodd: 1\n")
    quiet = asha.ok(f"edit {ASHA}", EDITOR="sed -i s/Buyer/Boss/")
    assert "no field has this key" not in quiet.err
    told = asha.ok(f"edit {ASHA}", EDITOR="sed -i 's/pigeon: yes/pigeon: yes, owl: no/'")
    assert told.err.count("no field has this key") == 1


def test_an_edit_that_does_not_read_keeps_its_draft(asha: Shell) -> None:
    before = asha.files()
    result = asha.crm("edit", "asha", EDITOR="sed -i 's/^name:/name: [/'")
    assert result.code == 5
    assert "the draft is" in result.err
    assert asha.files() == before


def test_an_edit_of_what_is_gone_meanwhile_keeps_its_draft(asha: Shell) -> None:
    editor = asha.home / "editor"
    editor.write_text(
        f"#!/bin/sh\necho 'title: Buyer' >> \"$1\"\npython3 -m crm_cli -C {asha.book} rm {ASHA} --purge -y\n"
    )
    editor.chmod(0o755)
    result = asha.crm("edit", ASHA, EDITOR=str(editor))
    assert result.code == 7
    assert "title: Buyer" in Path(result.err.split("the draft is ")[1].strip()).read_text()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"notes": "x " * 600_000}, "a record may have 1,048,576"),
        ({"tags": [f"t{number}" for number in range(20_001)]}, "more than 20,000 values"),
    ],
)
def test_a_record_that_would_be_too_large_is_refused(asha: Shell, change: dict[str, object], said: str) -> None:
    before = asha.files()
    result = asha.crm("apply", "-", stdin=json.dumps({"id": ASHA, "set": change}))
    assert (result.code, said in result.err) == (5, True), result.err[:300]
    assert asha.files() == before


def test_a_tax_id_of_somebody_else_is_told_when_it_is_set_and_across_kinds(empty: Shell) -> None:
    empty.ok("contact add Asha --tax-id ABCDE1234F")
    firm = empty.crm("org", "add", "Asha Textiles", "--tax-id", "abcde1234f")
    assert (firm.code, "Asha (asha-" in firm.err) == (0, True)
    ravi = empty.ok("contact add Ravi").out.strip()
    told = empty.ok(f"set {ravi} tax_id=ABCDE1234F").err.splitlines()
    assert [line.partition(" (")[0] for line in told] == ["crm: Asha", "crm: Asha Textiles", "set: Ravi"]
    assert empty.ok(f"set {ravi} title=Boss").err.startswith("set: Ravi")


def test_a_record_is_not_merged_into_itself(asha: Shell) -> None:
    refused = asha.crm("set", ASHA, f"merged_into={ASHA}")
    assert (refused.code, "into itself" in refused.err) == (5, True)


def test_a_purge_tells_what_still_links_to_the_record(empty: Shell) -> None:
    acme = empty.ok("org add Acme").out.strip()
    asha = empty.ok(f"contact add Asha --organization {acme}").out.strip()
    empty.ok(f"deal add Web --organization {acme} --contact buyer:{asha}")
    assert "1 other record links to what is removed" in empty.ok(f"rm {asha} --purge -n").err
    assert "2 other records link to what is removed" in empty.ok(f"rm {acme} --purge -y").err
    assert "1 other record links" in empty.ok(f"rm {asha} --purge -y").err
    assert "links" not in empty.ok("rm web --purge -y").err


def test_an_item_of_a_list_is_not_blank(asha: Shell) -> None:
    before = asha.files()
    for words in (("tag", ASHA, " "), ("set", ASHA, "tags+= "), ("contact", "add", "Ravi", "--tag", "")):
        refused = asha.crm(*words)
        assert refused.code in (2, 5), words
        assert "blank" in refused.err or "wants a value" in refused.err
    assert asha.files() == before


def test_an_option_of_a_custom_list_can_be_given_again(empty: Shell) -> None:
    empty.write("crm.yaml", "fields:\n  contact:\n    langs: {type: list}\n")
    for words, langs in (
        ("--custom.langs hi --custom.langs en,mr", ["hi", "en,mr"]),
        ("--custom.langs hi,en", ["hi", "en"]),
    ):
        asha = empty.ok(f"contact add Asha {words}").out.strip()
        assert json.loads(empty.ok(f"show {asha} --json").out)[0]["custom"] == {"langs": langs}


def test_the_choices_of_a_list_and_the_parts_of_an_address_count(empty: Shell) -> None:
    empty.write("crm.yaml", "fields:\n  contact:\n    langs: {type: list, choices: [hi, en]}\n")
    asha = empty.ok("contact add Asha --custom.langs hi").out.strip()
    for line in ("custom.langs=hi,xx", "custom.langs+=xx", "addresses.city.street=X", "addresses+=city:X"):
        refused = empty.crm("set", asha, line)
        assert refused.code == 5, (line, refused)
    assert empty.crm("contact", "add", "Ravi", "--custom.langs", "xx").code == 5
    empty.ok(f"set {asha} custom.langs+=en addresses.city='MG Road'")
