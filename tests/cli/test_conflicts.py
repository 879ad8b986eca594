"""crm conflicts and crm resolve, between two clones of one book."""

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from crm_cli.base.text import width
from crm_cli.cli.session import Session
from crm_cli.cli.sides import draw_sides
from crm_cli.formats.sides import MOST_LINES, folded
from crm_cli.services.conflicts.listing import Aside
from tests.shell import Shell

ASHA, DEAL = "asha-sharma-k7m3q9", "website-h2v8c1"
FILES = {
    f"contacts/{ASHA}.yaml": "name: आशा शर्मा\ntitle: Buyer\nphones:\n  - mobile: '+91 98765 43210'\n",
    "contacts/ravi-rao-b4x8w2.yaml": "name: Ravi Rao\ntitle: Clerk\n",
    f"deals/{DEAL}.yaml": "name: Website\npipeline: sales\nstage: proposal\n",
    "templates/letter.txt": "Dear\n",
}


@dataclass
class Pair:
    """Two machines with a clone of one book each."""

    ours: Shell
    theirs: Shell

    def sync(self) -> None:
        """Both have what both did; they end with the same files."""
        for shell in (self.ours, self.theirs, self.ours):
            assert shell.crm("sync").code in (0, 6)
        assert self.ours.git("rev-parse", "HEAD^{tree}") == self.theirs.git("rev-parse", "HEAD^{tree}")

    def shown(self, ref: str = ASHA) -> list[dict[str, object]]:
        found: list[dict[str, object]] = json.loads(self.ours.crm("conflicts", ref, "--json").out)
        return found


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two clones that have changed the same things differently and synced, and their remote; to be copied."""
    root = tmp_path_factory.mktemp("clones")
    ours, theirs = Shell(root / "home", root / "ours"), Shell(root / "other", root / "theirs")
    ours.ok(f"init {ours.book}")
    for path, text in FILES.items():
        ours.write(path, text)
    shutil.copytree(ours.book / ".git", root / "remote", ignore=shutil.ignore_patterns("crm"))
    ours.git("--git-dir", str(root / "remote"), "config", "core.bare", "true")
    ours.git("remote", "add", "origin", str(root / "remote"))
    ours.ok("sync")
    assert theirs.crm("clone", str(root / "remote"), str(theirs.book)).code == 0
    for shell, title, currency in ((ours, "Head", "EUR"), (theirs, "Boss", "USD")):
        shell.ok(f"set asha title={title}")
        shell.ok(f"config --book currency {currency}")
        shell.write("templates/letter.txt", f"{title}\n")
    ours.ok("move website won")
    theirs.ok("move website lost --reason price")
    ours.ok("set ravi title=Cook")
    theirs.ok("rm ravi --purge --yes")
    Pair(ours, theirs).sync()
    return root


@pytest.fixture
def pair(template: Path, tmp_path: Path) -> Pair:
    """Two clones, in step, with something kept aside of every sort."""
    for name in ("ours", "theirs", "remote"):
        shutil.copytree(template / name, tmp_path / name)
    pair = Pair(Shell(tmp_path / "home", tmp_path / "ours"), Shell(tmp_path / "other", tmp_path / "theirs"))
    for shell in (pair.ours, pair.theirs):
        config = shell.book / ".git" / "config"
        config.write_text(config.read_text("utf-8").replace(str(template), str(tmp_path)), "utf-8")
    return pair


def test_what_was_kept_aside_is_listed_in_every_form(pair: Pair) -> None:
    (entry,) = pair.shown()
    assert {entry["kept"], entry["other"]} == {"Head", "Boss"}
    assert {**entry, "kept": "", "other": ""} == {
        "id": ASHA, "record": "contact", "field": "title", "kept": "", "other": "", "base": "Buyer",
    }  # fmt: skip
    line = f"{ASHA}\tcontact\ttitle\t{entry['kept']}\t{entry['other']}\tBuyer\n"
    assert pair.ours.ok("conflicts आशा --exit-code").out == line
    listed = pair.ours.ok("conflicts").out
    assert listed.startswith(line)
    assert [row.split("\t")[1:3] for row in listed.splitlines()] == [
        ["contact", "title"], ["settings", "currency"], ["file", ""], ["contact", "record"],
        ["deal", "stage+closed_at+lost_reason"],
    ]  # fmt: skip
    ids = pair.ours.ok("conflicts --ids").lines
    assert pair.ours.ok("contact list has:conflicts --ids").lines == ["ravi-rao-b4x8w2", ASHA]
    assert [ids[0], ids[3]] == [ASHA, "ravi-rao-b4x8w2"]
    assert pair.ours.ok("conflicts asha --format '{field}: {base}'").out == "title: Buyer\n"
    assert pair.ours.ok("conflicts -o csv").lines[0] == "id,record,field,kept,other,base"
    assert pair.ours.crm("conflicts", "nobody").code == 3
    assert f"conflicts: 1 (crm conflicts {ASHA})" in pair.ours.ok("show asha").lines


def test_what_is_settled_stays_settled_on_every_clone(pair: Pair) -> None:
    (title,), (settings,), (deal,) = pair.shown(), pair.shown("crm.yaml"), pair.shown(DEAL)
    aside = pair.ours.ok("conflicts --ids").lines[2]
    (file,) = pair.shown(aside)
    assert pair.theirs.ok("resolve asha --other").err == f"resolve: आशा शर्मा ({ASHA})\n"
    assert pair.theirs.git("log", "-1", "--format=%s") == "resolve contact k7m3q9\n"
    shown = pair.ours.ok("resolve crm.yaml --other -n").lines
    assert [shown[0], *sorted(shown[1:3])] == [
        "  crm.yaml", f"    + currency: {settings['other']}", f"    - currency: {settings['kept']}",
    ]  # fmt: skip
    assert "\n  templates/letter.txt\n" in pair.ours.ok(f"resolve {aside} --other -n").out
    pair.ours.ok("resolve crm.yaml --field currency --other")
    pair.theirs.ok(f"resolve {aside} --other")
    pair.ours.ok("resolve website --field stage --other")
    refused = pair.theirs.crm("resolve", "ravi", "--other")
    assert (refused.code, "--yes" in refused.err) == (2, True)
    pair.theirs.ok("resolve ravi --other --yes")
    pair.sync()
    for shell in (pair.ours, pair.theirs):
        assert shell.ok("conflicts").out == ""
        assert shell.crm("conflicts", "--exit-code").code == 1
    text = (pair.ours.book / f"contacts/{ASHA}.yaml").read_text("utf-8")
    assert text == FILES[f"contacts/{ASHA}.yaml"].replace("Buyer", str(title["other"]))
    assert f"currency: {settings['other']}\n" in (pair.theirs.book / "crm.yaml").read_text("utf-8")
    assert (pair.ours.book / "templates/letter.txt").read_text("utf-8") == f"{file['other']}\n"
    assert not (pair.ours.book / "contacts/ravi-rao-b4x8w2.yaml").exists()
    (found,) = json.loads(pair.theirs.ok("show website --json").out)
    assert isinstance(deal["other"], dict)
    assert {key: found[key] for key in deal["other"]} == deal["other"]
    assert found["stage_history"][-1]["stage"] == found["stage"]
    assert "stage" not in pair.ours.crm("doctor", DEAL).out


def test_a_conflict_settled_here_while_the_field_changes_there_loses_nothing(pair: Pair) -> None:
    (entry,) = pair.shown()
    pair.ours.ok("resolve asha --field title --other")
    pair.theirs.ok("set asha title=Owner")
    pair.sync()
    (new,) = pair.shown()
    assert {new["kept"], new["other"]} == {"Owner", entry["other"]}
    assert new["base"] == entry["kept"]
    pair.ours.ok("resolve asha --keep")
    pair.theirs.ok("set asha title=Partner nickname=A")
    pair.sync()
    assert pair.shown() == []
    text = (pair.ours.book / f"contacts/{ASHA}.yaml").read_text("utf-8")
    assert "title: Partner\n" in text
    assert "nickname: A\n" in text


def test_it_may_be_settled_on_both_machines(pair: Pair) -> None:
    pair.ours.ok("resolve asha crm.yaml ravi website --keep")
    pair.theirs.ok("resolve asha --value Friend")
    pair.sync()
    assert pair.shown() == pair.shown("crm.yaml") == []
    assert "title: Friend\n" in (pair.ours.book / f"contacts/{ASHA}.yaml").read_text("utf-8")


BOTH = """\
name: Asha
title: b
birthday: 1984-03-14
conflicts:
  - field: title
    base: a
    kept: b
    other: c
  - field: birthday
    kept: 1984-03-14
    other: soon
"""
THREE = "name: Ravi\ntitle: b\nconflicts:\n  - field: title\n    other: c\n  - field: title\n    other: d\n"
RAVI = "ravi-rao-b4x8w2"


@pytest.fixture
def both(empty: Shell) -> Shell:
    """A book with a record in which two fields are in conflict, and one with two other values for a field."""
    empty.write(f"contacts/{ASHA}.yaml", BOTH)
    empty.write(f"contacts/{RAVI}.yaml", THREE)
    return empty


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("asha",), 2, "say what is to stand there"),
        (("asha", "--keep", "--other"), 2, "only one of"),
        (("asha", "ravi", "--value", "x"), 2, "--value is for one record"),
        (("-", "--keep", "-"), 2, "once"),
        ((), 2, ""),
        (("nobody", "--keep"), 3, "nobody"),
        (("asha", "--field", "titel", "--keep"), 3, "did you mean title?"),
        (
            ("asha", "--keep"),
            4,
            "  birthday\n  title\ncrm: asha-sharma-k7m3q9 has 2 fields in conflict\n  say which one",
        ),
        (
            ("ravi", "--other"),
            4,
            "  c\n  d\ncrm: title of ravi-rao-b4x8w2 has 2 other values\n  say which one: --value V",
        ),
        (("asha", "--field", "birthday", "--other"), 5, "soon"),
        (("asha", "--field", "birthday", "--value", "1984-02-30"), 2, ""),
        (("asha", "--field", "birthday", "--value", "someday"), 2, ""),
    ],
)
def test_what_is_not_to_be_done(both: Shell, words: tuple[str, ...], code: int, said: str) -> None:
    before = both.files()
    result = both.crm("resolve", *words)
    assert (result.code, result.out) == (code, "")
    assert said in result.err
    assert both.files() == before


def test_a_record_without_conflicts_has_nothing_to_settle(both: Shell) -> None:
    both.ok("resolve ravi --field title --value d")
    result = both.crm("resolve", "ravi", "--keep")
    assert (result.code, "nothing is kept aside in ravi-rao-b4x8w2" in result.err) == (3, True)


def test_a_dry_run_shows_the_fields_and_json_the_records(both: Shell) -> None:
    before = both.files()
    result = both.ok("resolve asha --field title --other -n")
    assert "    title: b -> c\n" in result.out
    assert both.files() == before
    (record,) = json.loads(both.ok("resolve asha --field title --other --json").out)
    assert (record["title"], [entry["field"] for entry in record["conflicts"]]) == ("c", ["birthday"])


def test_many_records_at_once_are_one_commit(both: Shell) -> None:
    both.ok("contact list", "")  # hand edits are committed by the first that writes
    commits = both.git("rev-list", "--count", "HEAD")
    both.ok("resolve - --field title --keep", stdin=f"{ASHA}\tAsha\n{RAVI}\n{RAVI}\n")
    assert int(both.git("rev-list", "--count", "HEAD")) == int(commits) + 2  # one of them by hand
    assert both.ok("conflicts --format '{id} {field}'").out == f"{ASHA} birthday\n"
    assert both.ok("resolve - --keep", stdin="\n").out == ""


def test_tab_offers_what_is_in_conflict(both: Shell) -> None:
    both.write("contacts/chitra-h2v8c2.yaml", "name: Chitra\n")

    def offered(*words: str) -> list[str]:
        return [line.partition("\t")[0] for line in both.crm(*words, _CRM_COMPLETE="zsh").lines]

    assert offered("resolve", "") == offered("conflicts", "") == [ASHA, RAVI]
    assert offered("resolve", "r") == [RAVI]
    assert offered("resolve", "--field", "b") == ["birthday"]
    assert offered("resolve", RAVI, "--field=") == ["--field=title"]


def on_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm_cli.cli.commands.conflicts.is_terminal", lambda _stream: True)
    monkeypatch.setattr(Session, "interactive", True)
    monkeypatch.setenv("COLUMNS", "80")


def test_on_a_terminal_both_sides_are_shown_and_asked_for(both: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    on_terminal(monkeypatch)
    result = both.crm("resolve", "asha", "ravi", stdin="x\nk\nv\nChief\no2\n")
    assert result.code == 0, result.err
    assert "Asha  contact asha-sharma-k7m3q9\n\n  birthday\n    kept" in result.err
    assert "k keep, o1 to o2 one of the others, v a value of your own, s skip? [s]" in result.err
    assert both.ok("conflicts").out == ""
    assert [both.ok(f"show {id} --fields title -o tsv").out for id in (ASHA, RAVI)] == ["Chief\n", "d\n"]


def test_an_empty_answer_leaves_it_as_it_is(both: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    on_terminal(monkeypatch)
    before = both.files()
    assert both.crm("resolve", "asha", "--field", "title", stdin="\n").err.endswith("nothing to change\n")
    assert both.crm("resolve", "asha", stdin="s\nskip\n").code == 0
    assert both.files() == before
    both.crm("resolve", "asha", "--field", "title", stdin="o\n")
    assert "title: c\n" in (both.book / f"contacts/{ASHA}.yaml").read_text("utf-8")
    assert both.crm("resolve", "nobody").code == 3
    both.ok("resolve ravi --keep")
    assert both.crm("resolve", "ravi", stdin="k\n").code == 3


def test_a_file_is_asked_about_without_a_value(both: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    on_terminal(monkeypatch)
    both.write("quarantine/note.txt.0123456789ab.txt", "Hello\x1b[31m\n")
    result = both.crm("resolve", "quarantine/note.txt.0123456789ab.txt", stdin="v\nk\n")
    assert "  Hello\\x1b[31m\nk keep, o other, s skip? [s] k keep" in result.err
    assert not (both.book / "quarantine/note.txt.0123456789ab.txt").exists()


def test_the_terminal_shows_both_sides_and_what_to_do(both: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    on_terminal(monkeypatch)
    result = both.crm("conflicts")
    assert result.out.splitlines()[:8] == [
        "Asha  contact asha-sharma-k7m3q9",
        "",
        "  birthday",
        f"    {'kept':36} │ other",
        f"    {'1984-03-14':36} │ soon",
        "",
        "  title  was: a",
        f"    {'kept':36} │ other",
    ]
    assert "settle one with: crm resolve REF" in result.err
    for id in (ASHA, RAVI):
        both.crm("resolve", id, "--field", "title", "--keep")
    both.crm("resolve", ASHA, "--keep")
    assert both.crm("conflicts", "--exit-code").code == 1


def _drawn(room: int = 60, colored: bool = False, **facts: object) -> list[str]:
    one = Aside("contacts/a.yaml", "a", "contact", "A", "notes", "here", "there")
    facts.setdefault("now", facts.get("kept", "here"))
    return list(draw_sides([replace(one, **facts)], room, colored=colored))  # type: ignore[arg-type]


def test_what_was_changed_since_is_shown_as_it_stands_now() -> None:
    assert any(line.split("│")[0].split() == ["now"] for line in _drawn(kept="here", now="elsewhere"))
    assert any("elsewhere" in line for line in _drawn(kept="here", now="elsewhere"))


def test_nothing_in_a_record_steers_the_terminal() -> None:
    evil = "\x1b]0;x\x07\u202e"
    lines = _drawn(name=evil, id=evil, field=evil, kept={evil: [evil]}, other=[evil], base=evil, room=200)
    assert len(lines) == 5
    assert not any(char in "".join(lines) for char in "\x1b\x07\u202e")
    assert "\x1b[1m" in _drawn(colored=True)[0]


def test_wide_texts_are_wrapped_within_their_half() -> None:
    hindi = "क्रय प्रमुख और भंडार की देखरेख करने वाले व्यक्ति " * 3
    for room in (40, 60, 80, 111):
        lines = _drawn(room, kept=hindi, other="x" * 200, base=hindi, name=hindi, field="f" * 200)
        assert max(map(width, lines)) <= room
        places = {width(line.partition("│")[0]) for line in lines if "│" in line}
        assert len(places) == 1
    assert "".join(folded(["क्ष" * 9], 4)) == "क्ष" * 9
    assert folded(["a b", ""], 9, "  ") == ["  a b", "  "]


def test_of_long_texts_the_part_that_differs_is_shown() -> None:
    same = "\n".join(f"line {number}" for number in range(50))
    lines = _drawn(kept=f"{same}\none\n", other=f"{same}\ntwo\nthree")
    assert [line.split() for line in lines[4:]] == [
        ["…", "50", "lines", "alike", "│", "…", "50", "lines", "alike"], ["one", "│", "two"], ["│", "three"],
    ]  # fmt: skip
    cut = _drawn(kept=same, other=f"x\n{same}", base=None)
    assert cut[-1].split() == ["…", "38", "more", "lines", "│", "…", "39", "more", "lines"]
    assert len(cut) == 4 + MOST_LINES + 1


def test_nothing_and_groups_and_lists_are_shown_as_such() -> None:
    assert _drawn(kept={"stage": "won", "closed_at": "2026-11-21"}, other=None)[4:] == [
        f"    {'stage: won':26} │ (nothing)",
        "    closed_at: 2026-11-21      │",
    ]
    assert _drawn(kept=["a", "b"], other="", base=["c"])[2:] == [
        "  notes  was: - c",
        f"    {'kept':26} │ other",
        f"    {'- a':26} │ (nothing)",
        f"    {'- b':26} │",
    ]
