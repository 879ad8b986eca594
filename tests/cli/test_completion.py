"""The Tab key: what is offered, and what three real shells make of it."""

import shutil
import subprocess
from pathlib import Path

import pytest

from crm_cli.cli.commands.completion import SCRIPTS
from crm_cli.cli.completing import Typed, read_line
from tests.cli.typist import type_lines
from tests.shell import Shell

ASHA, WEBSITE = "asha-sharma-k7m3q9", "acme-textiles-website-h2v8c1"


def offered(shell: Shell, *words: str) -> list[str]:
    """The values that zsh is offered for the last word."""
    result = shell.crm(*words, _CRM_COMPLETE="zsh")
    assert (result.code, result.err) == (0, "")
    return [line.partition("\t")[0] for line in result.lines]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("co", ["contact", "conflicts", "config", "completion"]),
        ("contact ", ["add", "list", "show"]),
        ("org l", ["list"]),
        ("show as", [ASHA, "ashok-vartak-xen3bn"]),
        ("contact show Ashok", ["ashok-vartak-xen3bn"]),
        ("show आशा", [ASHA]),
        ("show Zarine", ["zarine-ghadially-rf1ajy"]),
        ("show gHADI", ["zarine-ghadially-rf1ajy"]),
        ("show xqx", []),
        ("view add X --pinned ", ["yes", "no"]),
        ("contact add X --birthday ", []),
        ("contact add X --owner mee", ["meera"]),
        ("set asha birthday=", []),
        ("deal show ash", []),
        ("move acme", [WEBSITE]),
        ("move website pro", ["prospecting", "proposal"]),
        ("move website proposal ", []),
        ("set asha ti", ["title="]),
        ("set asha lifecycle=", [f"lifecycle={one}" for one in ("lead", "prospect", "customer", "former", "other")]),
        ("set asha tags=vip,news", ["tags=vip,newsletter"]),
        ("set asha tags+=news", ["tags+=newsletter"]),
        ("set asha organization=gul", ["organization=gulmohar-vidyalaya-phsq0x"]),
        ("set asha consent.wh", ["consent.whatsapp="]),
        ("set asha consent.whatsapp=", ["consent.whatsapp=yes", "consent.whatsapp=no"]),
        ("set asha title=x zar", []),
        ("set title", []),
        ("set asha nothing=", []),
        ("set website stage=wo", ["stage=won"]),
        ("set website am", ["amount="]),
        ("set nobody am", ["amount="]),
        ("set asha am", []),
        ("deal list stage:pro", ["stage:prospecting", "stage:proposal"]),
        ("deal list tag:w", ["tag:web"]),
        ("contact list tag:vip,news", ["tag:vip,newsletter"]),
        ("contact list tag.not:news", ["tag.not:newsletter"]),
        ("deal list organization.indu", ["organization.industry:"]),
        ("deal list @h", ["@hot"]),
        ("pipeline stage:w", ["stage:won"]),
        ("export --kind deal stage:w", ["stage:won"]),
        ("tag asha news", ["newsletter"]),
        ("tag asha --remove news", ["newsletter"]),
        ("log wh", ["whatsapp"]),
        ("log call ashok", ["ashok-vartak-xen3bn"]),
        ("log call asha text --deal acme", [WEBSITE]),
        ("find --kind de", ["deal"]),
        ("init --template cl", ["clinic", "club"]),
        ("completion ", ["bash", "zsh", "fish"]),
        ("contact add --lif", ["--lifecycle"]),
        ("contact add X --lifecycle cu", ["customer"]),
        ("contact add X --lifecycle=cu", ["--lifecycle=customer"]),
        ("contact add X --organization gul", ["gulmohar-vidyalaya-phsq0x"]),
        ("contact add X --emails", ["--emails"]),
        ("contact add --dry-run --dry", []),
        ("contact add --tag a --ta", ["--tax-id", "--tag"]),
        ("contact list -o js", ["json", "jsonl"]),
        ("--color a", ["auto", "always"]),
        ("show --j", ["--json"]),
        ("show -- -", []),
        ("contact add X --title Caf", ["Café owner"]),
        ("nothing here ", []),
        ("merge as", []),
    ],
)
def test_what_is_offered(looking: Shell, line: str, expected: list[str]) -> None:
    found = offered(looking, *line.split(" "))
    assert found == expected


def test_choices_keep_their_order_and_options_their_help(looking: Shell) -> None:
    result = looking.crm("contact", "add", "--", _CRM_COMPLETE="zsh")
    assert "--email\tMail addresses; repeatable" in result.lines
    assert "--records\tThe book: a directory or a name from the config" in result.lines
    assert "--dry-run\tShow what would change, and change nothing" in result.lines
    stages = ["prospecting", "qualification", "proposal", "negotiation", "won", "lost"]
    assert offered(looking, "move", "website", "") == stages
    assert len(offered(looking, "contact", "show", "")) == len(looking.ok("contact list").lines)


def test_fields_that_the_book_declares_are_options_too(empty: Shell) -> None:
    text = (empty.book / "crm.yaml").read_text(encoding="utf-8")
    empty.write(
        "crm.yaml", text + "\nfields:\n  contact:\n    allergy:\n      type: choice\n      choices: [nuts, milk]\n"
    )
    assert offered(empty, "contact", "add", "--custom") == ["--custom.allergy"]
    assert offered(empty, "contact", "add", "--custom.allergy", "") == ["nuts", "milk"]
    empty.ok("contact add Asha")
    assert offered(empty, "set", "asha", "custom.") == ["custom.allergy="]
    assert offered(empty, "set", "asha", "custom.allergy=n") == ["custom.allergy=nuts"]


def test_values_with_spaces_are_quoted_for_the_query(empty: Shell) -> None:
    empty.ok("organization add Acme --industry 'Toys, games' --owner meera")
    assert offered(empty, "organization", "list", "industry:T") == ['industry:"Toys, games"']
    assert offered(empty, "organization", "list", 'industry:"To') == ['industry:"Toys, games"']
    assert offered(empty, "set", "acme", "industry=t") == ["industry=Toys, games"]


def test_the_book_that_is_asked_is_the_one_that_the_line_names(sample: Shell, tmp_path: Path) -> None:
    other = Shell(tmp_path / "home2", tmp_path / "other")
    other.ok(f"init {other.book}")
    assert offered(other, "show", "asha") == []
    assert offered(other, "-C", str(sample.book), "show", "asha") == [ASHA]
    assert offered(other, "show", "-C", str(sample.book), "asha") == [ASHA]


def test_files_are_left_to_the_shell(sample: Shell) -> None:
    for words in (["import", ""], ["contact", "list", "-C", ""], ["export", "--to", ""], ["git", ""], ["init", ""]):
        result = sample.crm(*words, _CRM_COMPLETE="zsh")
        assert (result.code, result.out, result.err) == (1, "", "")


def test_without_a_book_there_are_only_words_of_our_own(tmp_path: Path) -> None:
    nobody = Shell(tmp_path / "home", tmp_path / "nothing")
    assert offered(nobody, "show", "as") == []
    assert offered(nobody, "deal", "list", "st") == []
    assert offered(nobody, "set", "asha", "ti") == []
    assert offered(nobody, "mo") == ["move"]
    assert "--phone" in offered(nobody, "contact", "add", "--ph")
    assert offered(nobody) != []


def test_a_book_that_cannot_be_read_and_a_bug_are_silent(sample: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    sample.write("crm.yaml", "stages: [")
    assert offered(sample, "show", "as") == []

    def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("crm_cli.cli.completing.offers", broken)
    assert offered(sample, "show", "as") == []
    with pytest.raises(RuntimeError, match="a bug"):
        sample.crm("show", "as", _CRM_COMPLETE="zsh", CRM_DEBUG="1")


def test_nothing_that_a_record_says_reaches_the_terminal_raw(empty: Shell) -> None:
    empty.write("contacts/evil-one-abc234.yaml", 'name: "Evil \\e[31m\\tone\\nx"\ntags: ["a\\eb", fine]\n')
    result = empty.crm("show", "evil", _CRM_COMPLETE="zsh")
    assert result.out == "evil-one-abc234\tEvil \\x1b[31m one x\n"
    assert offered(empty, "tag", "evil", "") == ["fine"]


# -- the line of bash


@pytest.mark.parametrize(
    ("line", "replaced", "typed"),
    [
        ("crm show as", "as", Typed((["show"], "as"))),
        ("crm show ", "", Typed((["show"], ""))),
        ("LANG=C crm show ", "", Typed((["show"], ""))),
        ("crm deal list stage:pro", "pro", Typed((["deal", "list"], "stage:pro"), 6)),
        ("crm deal list stage:", "", Typed((["deal", "list"], "stage:"), 6)),
        ("crm set asha a=b", "b", Typed((["set", "asha"], "a=b"), 2)),
        ('crm show "Asha Sh', "Asha Sh", Typed((["show"], "Asha Sh"), 0, '"')),
        ("crm show 'Asha Sh", "Asha Sh", Typed((["show"], "Asha Sh"), 0, "'")),
        ("crm show Asha\\ Sh", "Asha\\ Sh", Typed((["show"], "Asha Sh"))),
        ('crm show \'A b\' "c \\" \\d" e', "e", Typed((["show", "A b", 'c " \\d'], "e"))),
        ('crm show "a\\', "a\\", Typed((["show"], "a\\"), 0, '"')),
        ("crm show a\\", "a\\", Typed((["show"], "a"))),
    ],
)
def test_a_line_of_bash_is_read_as_bash_reads_it(line: str, replaced: str, typed: Typed) -> None:
    assert read_line(line, replaced) == typed


def in_bash(shell: Shell, line: str, text: str, kind: str = "9") -> list[str]:
    """What bash is answered for a line whose end `text` is to be replaced."""
    result = shell.crm(_CRM_COMPLETE="bash", _CRM_LINE=line, _CRM_TEXT=text, _CRM_TYPE=kind)
    assert (result.code, result.err) == (0, "")
    return result.out.splitlines()


def test_bash_is_told_what_to_insert(sample: Shell) -> None:
    sample.ok("organization add Acme --industry 'Toys, \"games\" & more'")
    assert in_bash(sample, "crm show आशा", "आशा") == [f"{ASHA} "]
    assert in_bash(sample, "crm set asha ti", "ti") == ["title="]
    assert in_bash(sample, "crm deal list stage:prop", "prop") == ["proposal "]
    assert in_bash(sample, "crm move website pro", "pro") == ["prospecting", "proposal"]
    assert in_bash(sample, "crm set acme industry=To", "To") == ['Toys,\\ \\"games\\"\\ \\&\\ more ']
    assert in_bash(sample, 'crm set acme "industry=To', "industry=To") == ['industry=Toys, \\"games\\" & more']
    assert in_bash(sample, "crm set acme 'industry=To", "industry=To") == ['industry=Toys, "games" & more']
    assert in_bash(sample, "crm show xqx", "xqx") == []
    assert in_bash(sample, "crm show a@as", "as") == []


def test_bash_shows_names_while_it_lists(looking: Shell) -> None:
    assert in_bash(looking, "crm show as", "as", "63") == [
        f"{ASHA}   (आशा शर्मा)",
        "ashok-vartak-xen3bn  (Ashok Vartak)",
    ]
    assert in_bash(looking, "crm move website pro", "pro", "63") == ["prospecting", "proposal"]


def test_bash_keeps_what_was_typed_where_the_ids_have_less_in_common(empty: Shell) -> None:
    empty.write("contacts/anil-b-abc234.yaml", "name: Ravi Rao\n")
    empty.write("contacts/asha-b-abc235.yaml", "name: Ravi Roy\n")
    assert in_bash(empty, "crm show Ravi", "Ravi") == ["anil-b-abc234", "asha-b-abc235", " "]


def test_the_function_of_bash_fills_in_the_reply(looking: Shell) -> None:
    script = (
        'eval "$1"\n'
        "COMP_LINE='crm deal list stage:pro' COMP_POINT=23 COMP_TYPE=9\n"
        "COMP_WORDS=(crm deal list stage : pro) COMP_CWORD=5\n"
        "_crm_completion crm pro :\n"
        'printf "<%s>" "${COMPREPLY[@]}"\n'
    )
    done = subprocess.run(
        ["bash", "--norc", "-c", script, "bash", SCRIPTS["bash"]],
        cwd=looking.book,
        env=looking.environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("<prospecting><proposal>", "")


def test_fish_is_offered_the_name_where_only_that_begins_as_typed(looking: Shell) -> None:
    def in_fish(*words: str, begun: str) -> list[str]:
        return looking.crm(*words, _CRM_COMPLETE="fish", _CRM_TEXT=begun).lines

    assert in_fish("show", begun="आशा\\ श") == [f"आशा शर्मा\t{ASHA}"]
    assert in_fish("show", begun='"asha') == [f"{ASHA}\tआशा शर्मा"]
    assert in_fish(begun="sh") == ["show\tEverything about a record"]


def needs(program: str) -> None:
    """Says aloud that a shell is missing."""
    if not shutil.which(program):
        pytest.skip(f"NOT TESTED in {program}: it is not installed")


LINES = {
    "crm show आशा\t": ["crm", "show", ASHA],
    "crm move acme\tprop\t": ["crm", "move", WEBSITE, "proposal"],
    "crm set asha ti\t": ["crm", "set", "asha", "title="],
    "crm set asha lifecycle=cu\t": ["crm", "set", "asha", "lifecycle=customer"],
    "crm deal list stage:prop\t@h\t": ["crm", "deal", "list", "stage:proposal", "@hot"],
    'crm deal list "stage:prop\t': ["crm", "deal", "list", "stage:proposal"],
    "crm show 'आशा श\t": ["crm", "show", ASHA],
    "crm show आशा\\ श\t": ["crm", "show", ASHA],
    "crm organization list industry:To\t": ["crm", "organization", "list", 'industry:"Toys & games"'],
    "crm set acme industry=To\t": ["crm", "set", "acme", "industry=Toys & games"],
    "crm contact add X --lifec\tcu\t": ["crm", "contact", "add", "X", "--lifecycle", "customer"],
    "crm import some-f\t": ["crm", "import", "some-file.csv"],
    "crm show xqx\t": ["crm", "show", "xqx"],
}


@pytest.mark.parametrize("program", ["bash", "zsh"])
def test_a_shell_inserts_it(sample: Shell, program: str) -> None:
    needs(program)
    sample.ok("organization add 'Vardhman Sweets' --industry 'Toys & games'")
    sample.write("some-file.csv", "name\n")
    found = type_lines(program, list(LINES), sample.book, sample.environ)
    assert dict(zip(LINES, found, strict=True)) == LINES


def test_fish_offers_it(sample: Shell) -> None:
    needs("fish")
    sample.write("some-file.csv", "name\n")
    lines = {
        "crm move acme": [f"{WEBSITE}\tAcme Textiles website"],
        "crm move website prop": ["proposal"],
        "crm show आशा": [f"आशा शर्मा\t{ASHA}"],
        "crm show asha": [f"{ASHA}\tआशा शर्मा"],
        "crm set asha ti": ["title=\ttheir position"],
        "crm set asha lifecycle=cu": ["lifecycle=customer"],
        "crm deal list stage:prop": ["stage:proposal"],
        'crm deal list "stage:prop': ["stage:proposal"],
        "crm contact add X --lifecycle cu": ["customer"],
        "crm completi": ["completion\tPrint the completion script for a shell"],
        "crm import some-f": ["some-file.csv"],
        "crm show xqx": [],
    }
    script = 'source (crm completion fish | psub); for line in $argv; echo "> $line"; complete -C $line; end'
    done = subprocess.run(
        ["fish", "--no-config", "-c", script, *lines],
        cwd=sample.book,
        env=sample.environ,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found = dict(zip(lines, ([*part.splitlines()[1:]] for part in done.stdout.split("> ")[1:]), strict=True))
    assert found == lines


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_printed(empty: Shell, shell: str) -> None:
    assert empty.ok(f"completion {shell}").out == SCRIPTS[shell]


def test_a_shell_that_has_no_script_is_named(empty: Shell) -> None:
    result = empty.crm("completion", "tcsh")
    assert result.code == 2
    assert "one of bash, zsh, fish" in result.err
