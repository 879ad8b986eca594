"""The manual: a page for each command, in roff that renders without a warning."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.base.programs import run_manual
from crm_cli.cli.manual import escape, page, page_names
from crm_cli.cli.said import Options
from crm_cli.cli.session import Session
from crm_cli.cli.tree import root_group
from crm_cli.cli.verbs import NOUN_VERBS, VERBS
from crm_cli.kinds import KINDS
from tests.shell import Shell

ROOT = root_group().make_context("crm", [], obj=Session(Options(book="/no/book")), resilient_parsing=True)
PAGES = {name: page(ROOT, name, KINDS.all) for name in page_names(ROOT)}
ORDERS = (".TH", ".SH", ".TP", ".PP", ".B")


def test_there_is_a_page_for_every_command() -> None:
    nouns = [kind.name for kind in KINDS.all]
    expected = {"crm", *VERBS, *nouns, *(f"{noun}-{verb}" for noun in nouns for verb in NOUN_VERBS)}
    assert set(PAGES) == expected
    assert len(PAGES) == len(expected)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_well_formed_and_names_what_the_command_takes(name: str) -> None:
    text = PAGES[name]
    assert text.startswith('.TH "CRM')
    assert text.endswith("\n")
    assert [line for line in text.splitlines() if line[:1] in ".'" and line.split(" ")[0] not in ORDERS] == []
    for heading in ("NAME", "SYNOPSIS", "DESCRIPTION", "SEE ALSO"):
        assert f".SH {heading}\n" in text
    context = ROOT
    for word in name.split("-") if name != "crm" else []:
        context = context.command.get_command(context, word).make_context(
            word, [], parent=context, resilient_parsing=True
        )
    names = {opt for param in context.command.get_params(context) for opt in param.opts if opt.startswith("-")}
    plain = text.replace("\\-", "-")
    assert [option for option in names if option not in plain] == []


def test_the_pages_render_without_a_warning() -> None:
    if not shutil.which("groff"):
        pytest.skip("NOT TESTED with groff: it is not installed")
    text = "".join(PAGES.values())
    command = ["groff", "-k", "-man", "-Tutf8", "-ww", "-P-cbou"]
    done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=60, check=True)
    assert done.stderr.decode() == ""
    shown = re.sub(r"[ \n]+", " ", done.stdout.decode())
    assert "--exit-code" in shown
    assert "crm contact add [OPTIONS] NAME" in shown
    assert "शर्मा" in shown


def test_the_page_of_a_kind_has_its_fields() -> None:
    text = PAGES["deal"]
    assert ".B close_date (date)\nwhen it is expected to close\n" in text
    assert ".B rotting (bool)\n" in text
    assert "_state" not in text


def test_the_page_of_crm_has_the_exit_codes(empty: Shell) -> None:
    text = PAGES["crm"]
    assert ".SH EXIT STATUS\n" in text
    assert ".B 75\n" in text
    assert empty.ok("man").out == empty.ok("man crm").out == text


def test_a_page_is_found_by_any_spelling(empty: Shell) -> None:
    text = empty.ok("man contact-add").out
    assert empty.ok("man crm-contact-add").out == text
    assert empty.ok("man contact add").out == text
    missing = empty.crm("man", "contct-add")
    assert missing.code == 3
    assert "did you mean contact-add?" in missing.err
    assert empty.crm("man", "zzzzz").code == 3
    assert empty.crm("man", "contact-a", _CRM_COMPLETE="zsh").out == "contact-add\n"


def test_roff_sees_no_orders_in_our_text() -> None:
    assert escape(".TH x\n'br \\fB a-b") == "\\&.TH x\n\\(aqbr \\efB a\\-b"


@given(st.text(st.sampled_from("\\-'`^~\".ab \nश")))
def test_escaped_text_says_the_same_and_is_no_order(text: str) -> None:
    written = escape(text)
    assert not re.search(r"(?m)^[.']", written)
    back = written
    for mark, char in (("\\&", ""), ("\\-", "-"), ("\\(aq", "'"), ("\\(ga", "`"), ("\\(ha", "^"), ("\\(ti", "~")):
        back = back.replace(mark, char)
    assert back.replace("\\(dq", '"').replace("\\e", "\\") == text


def on_a_terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, program: str) -> Path:
    """A terminal, with a program of that text as `man`; the directory where it runs."""
    place = tmp_path / "bin"
    place.mkdir()
    if program:
        (place / "man").write_text(f"#!/bin/sh\n{program}\n")
        (place / "man").chmod(0o755)
    monkeypatch.setattr("crm_cli.cli.commands.man.is_terminal", lambda _stream: True)
    monkeypatch.setenv("PATH", str(place))
    return place


def test_a_terminal_shows_the_page_in_man(empty: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    place = on_a_terminal(monkeypatch, tmp_path, f'echo "$@" > {tmp_path}/args; /bin/cat > {tmp_path}/page')
    result = empty.crm("man", "log", PATH=str(place))
    assert (result.code, result.out) == (0, "")
    assert (tmp_path / "args").read_text() == "-l -\n"
    assert (tmp_path / "page").read_text().startswith('.TH "CRM\\-LOG" 1')


@pytest.mark.parametrize("program", ["", "/bin/cat > /dev/null; exit 1"])
def test_without_a_man_that_reads_the_page_is_printed(
    empty: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, program: str
) -> None:
    place = on_a_terminal(monkeypatch, tmp_path, program)
    assert empty.crm("man", "log", PATH=str(place)).out.startswith(".TH")
    assert not run_manual(".TH x 1")
