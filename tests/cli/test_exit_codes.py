"""How commands end: every exit code with what is said, on any input, with any streams, homes, locales and signals."""

import fcntl
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_cli.cli.session import Session
from crm_cli.cli.verbs import LATER, NOUN_VERBS, VERBS
from crm_cli.kinds import KINDS
from tests.effort import sample
from tests.machines import start, until
from tests.shell import Shell

CODES = {0, 1, 2, 3, 4, 5, 6, 7, 9, 70, 75}
MOST = 3


def ends(shell: Shell, code: int, said: str, *words: str, stdin: str = "") -> str:
    """Runs a command and checks how it ends: one to three lines on stderr, nothing half printed."""
    result = shell.crm(*words, stdin=stdin)
    assert result.code == code, (words, result.err)
    assert said in result.err
    assert 1 <= len(result.err.splitlines()) <= MOST
    assert "Traceback" not in result.err
    return result.out


def test_0_done_nothing_due_and_nothing_found(empty: Shell) -> None:
    for words in (
        ("contact", "add", "Asha"),
        ("due",),
        ("find", "nobody"),
        ("contact", "list", "tag:none"),
        ("--version",),
    ):
        assert empty.crm(*words).code == 0, words


def test_1_the_answer_is_no(empty: Shell) -> None:
    assert empty.crm("due", "--exit-code").code == 1
    assert empty.crm("find", "nobody", "--exit-code").code == 1
    empty.write("contacts/asha.yaml", "[")
    assert empty.crm("doctor").code == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nosuch",), "no command"),
        (("contct", "list"), "did you mean contact"),
        (("contact", "lst"), "did you mean list"),
        (("contact", "list", "--nosuch"), "--nosuch"),
        (("contact", "add"), "NAME"),
        (("contact", "list", "stge:won"), "stge"),
        (("deal", "list", "stage:wno"), "won?"),
        (("contact", "list", "--where", "(name = "), ""),
        (("due", "--within", "soon"), "--within"),
        (("task", "add", "T", "--due", "whenever"), "whenever"),
        (("contact", "list", "--fields", "nmae"), "did you mean name"),
        (("contact", "list", "--format", "{nmae}"), "did you mean name"),
        (("contact", "list", "-o", "pdf"), "pdf"),
        (("contact", "list", "--color", "sometimes"), "sometimes"),
        (("contact", "list", "--lock-timeout", "soon"), "--lock-timeout"),
        (("rm", "asha", "--purge"), "--yes"),
        (("log", "call", "asha", ""), "empty"),
        (("lead",), "not built yet"),
        (("set", "-", "-", "title=x"), "once"),
        (("export", "-o", "csv"), "--kind"),
    ],
)
def test_2_what_is_not_understood(empty: Shell, words: tuple[str, ...], said: str) -> None:
    empty.ok("contact add 'Asha Sharma'")
    before = empty.files()
    assert ends(empty, 2, said, *words) == ""
    assert empty.files() == before


def test_3_not_found(empty: Shell) -> None:
    for words in (
        ("show", "nobody"),
        ("set", "nobody", "title=x"),
        ("contact", "add", "A", "--organization", "nowhere"),
    ):
        assert ends(empty, 3, words[-1] if words[0] == "contact" else "nobody", *words) == ""


def test_4_several_could_be_meant(empty: Shell) -> None:
    for name in ("Asha Sharma", "Asha Rao"):
        empty.ok(f"contact add '{name}'")
    result = empty.crm("set", "asha", "title=x")
    assert (result.code, result.out) == (4, "")
    assert [line[:2] for line in result.err.splitlines()[:2]] == ["  ", "  "]
    assert "asha could be 2 records" in result.err


def test_5_data_that_no_record_can_hold(empty: Shell) -> None:
    before = empty.files()
    ends(empty, 5, "address", "contact", "add", "Asha", "--email", "none")
    ends(empty, 5, "line 1", "apply", "-", stdin='{"new": "contact", "set": {"name": "x", "emails": ["x"]}}\n')
    ends(empty, 5, "", "import", "-", "--kind", "contact", "--strict", stdin="name,email\nAsha,none\n")
    assert empty.files() == before


def test_6_values_kept_aside(empty: Shell) -> None:
    empty.ok("contact add 'Asha Sharma' --title Buyer")
    empty.ok("set asha title=Head")
    commit = empty.git("rev-parse", "HEAD").strip()
    empty.ok("set asha title=Director")
    ends(empty, 6, "kept aside", "undo", commit)


def test_7_no_book_or_not_ours_to_write(empty: Shell, tmp_path: Path) -> None:
    ends(empty, 7, "no book", "-C", str(tmp_path), "contact", "list")
    (empty.home / ".config/crm/config.yaml").unlink()
    nowhere = Shell(tmp_path / "other", tmp_path)
    result = nowhere.crm()
    assert (result.code, result.out) == (7, "")
    assert len(result.err.splitlines()) == 2
    assert "crm init" in result.err
    assert "crm demo" in result.err
    ends(empty, 7, "a book already", "init", str(empty.book))
    empty.git("switch", "-q", "--detach")
    ends(empty, 7, "detached", "contact", "add", "Asha")


def test_9_the_answer_is_incomplete(empty: Shell) -> None:
    empty.ok("contact add 'Asha Sharma'")
    empty.write("contacts/ravi.yaml", "name: Ravi\nbirthday: soon\n")
    ends(empty, 9, "contacts/ravi.yaml:2:", "contact", "list")
    ends(empty, 9, "contacts/ravi.yaml:2:", "contact", "list", "-q")
    assert empty.crm("set", "asha", "title=x").code == 0
    result = empty.crm("import", "-", "--kind", "contact", stdin="name,email\nUsha,usha@acme.example\nAsha,none\n")
    assert result.code == 9
    assert "none" in result.err


def test_70_a_bug_writes_a_report_and_names_it(empty: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("Asha\nSharma")

    monkeypatch.setattr(Session, "show_records", broken)
    said = empty.crm("contact", "list", "asha@acme.example")
    assert (said.code, said.out) == (70, "")
    assert len(said.err.splitlines()) == 2
    assert said.err.startswith("crm: this is a bug in crm: ZeroDivisionError: Asha\\nSharma\n")
    report = Path(said.err.splitlines()[1].rpartition(" ")[2])
    text = report.read_text()
    assert "ZeroDivisionError" in text
    assert "asha@acme.example" not in text
    assert report.stat().st_mode & 0o777 == 0o600
    assert report.parent.stat().st_mode & 0o777 == 0o700
    with pytest.raises(ZeroDivisionError):
        empty.crm("contact", "list", CRM_DEBUG="1")
    unwritten = empty.crm("contact", "list", XDG_STATE_HOME="/dev/null")
    assert unwritten.code == 70
    assert len(unwritten.err.splitlines()) == 2


def test_75_the_book_is_held_by_somebody_else(empty: Shell) -> None:
    empty.ok("contact add Asha")
    with (empty.book / ".git/crm/lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for words in (
            ("contact", "add", "Ravi", "--lock-timeout", "0"),
            ("contact", "--lock-timeout", "0", "add", "Ravi"),
            ("--lock-timeout", "0", "set", "asha", "title=x"),
        ):
            assert ends(empty, 75, "another program", *words) == ""


def test_options_of_the_book_count_wherever_they_stand(empty: Shell, tmp_path: Path) -> None:
    other = Shell(empty.home, tmp_path / "second")
    other.ok(f"init {other.book}")
    place = str(other.book)
    for number, words in enumerate(
        (["-C", place, "contact", "add"], ["contact", "-C", place, "add"], ["contact", "add", "-C", place],
         ["contact", "add", "--records", place])
    ):  # fmt: skip
        assert empty.crm(*words, f"Person {number}").code == 0
    assert empty.ok("contact list").out == ""
    assert len(other.ok("contact list").lines) == 4


# -- any input

WORDS = [
    *VERBS, *NOUN_VERBS, *LATER, *(kind.name for kind in KINDS.all), "-C", "-o", "--json", "--ids", "--fields", "-0",
    "-n", "--format", "--yes", "--at", "--next", "--where", "--within", "--kind", "--help", "--", "-", "", "=",
    "a=b", "tags+=x",
    "amount=", "stage=won", "phones.mobile=1", "custom.=1", "name~", "tag:", "amount:5..", "sort:-amount", "limit:-1",
    "@hot", "no:email", "{name}", "{", "today", "कल", "2024-02-30", "0001-01-01", "9999-12-31", "+99999y", "1e999999",
    "asha", "won", "call", "आशा", "\0", "\x1b[31m", "\u202e", "\udcff", "\ud800", "a\nb", "x" * 5000, "9" * 400,
    "[/]", "²", "..", "/",
]  # fmt: skip
SAFE = [word for word in WORDS if word not in ("git", "edit")]
"""`git` is git's, and an editor is not wanted here."""

odd = st.one_of(st.sampled_from(SAFE), st.text(max_size=12), st.text("आ=:.-~@{}[]\"'\\\0\x1b\udc80 \n1", max_size=8))
fields = st.sampled_from(sorted({field.name for kind in KINDS.all for field in kind.fields}))
assignments = st.builds("{}{}{}".format, fields, st.sampled_from(["=", "+=", "-=", ".x=", ":", "~", ":.."]), odd)
heads = st.one_of(
    st.tuples(st.sampled_from([kind.name for kind in KINDS.all]), st.sampled_from(list(NOUN_VERBS))),
    st.tuples(st.sampled_from([verb for verb in VERBS if verb in SAFE])),
    st.tuples(st.sampled_from(["set", "show", "tag"]), st.sampled_from(["asha", "website", "-"])),
)
lines = st.builds(lambda head, rest: [*head, *rest], heads, st.lists(st.one_of(odd, assignments), max_size=4))
inputs = st.sampled_from(
    [b"", b"asha\n", b"\xff\0", b'{"new": "contact", "set": {"name": "x"}}\n', b"name\nx\n", b"[1]\n"]
)


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    place = tmp_path_factory.mktemp("fuzzed")
    shell = Shell(place / "home", place / "book")
    shell.ok(f"init {shell.book}")
    shell.ok("contact add 'Asha Sharma' --phone 98765-43210")
    shell.ok("deal add Website --amount 50000")
    shell.ok("task add 'Call Asha' --due today --every '2w after'")
    return shell


@settings(max_examples=sample(50, 150), suppress_health_check=list(HealthCheck))
@given(st.one_of(lines, st.lists(odd, max_size=5)), inputs)
def test_no_words_make_it_stumble(fuzzed: Shell, words: list[str], stdin: bytes) -> None:
    if "git" in words or "edit" in words:
        return
    result = fuzzed.crm(*words, stdin=stdin, EDITOR="true", VISUAL="true")
    assert result.code in CODES - {70}, result.err
    assert "Traceback" not in result.err
    assert not set(result.err) & set("\x1b\0\x9b\u202e\r")
    if result.code in (2, 3, 5, 7, 75):
        assert 1 <= len(result.err.splitlines()) <= 20
        assert any(line.startswith("crm: ") for line in result.err.splitlines())


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("restore", "asha", "--at", "0001-01-01"), 2),
        (("restore", "-", "--at", "today"), 0),
        (("set", "-", "title=x"), 0),
        (("done", "call asha"), 0),
        (("show", "nobody\nat all"), 3),
    ],
)
def test_what_once_made_it_stumble(fuzzed: Shell, words: tuple[str, ...], code: int) -> None:
    for _ in range(2):
        result = fuzzed.crm(*words)
        assert result.code == code, result.err
        assert len(result.err.splitlines()) <= 2


# -- any surroundings


def _sh(shell: Shell, line: str, **environ: str | None) -> subprocess.CompletedProcess[bytes]:
    env = {name: value for name, value in {**shell.environ, **environ}.items() if value is not None}
    return subprocess.run(
        ["/bin/bash", "-c", line], cwd=shell.book, env=env, capture_output=True, timeout=60, check=False
    )


SURROUNDINGS: dict[str, tuple[str, dict[str, str | None], int, bytes]] = {
    "a reader that leaves": ("crm export | head -1 >/dev/null; exit ${PIPESTATUS[0]}", {}, 0, b""),
    "no reader": ("crm contact list | true; exit ${PIPESTATUS[0]}", {}, 0, b""),
    "a closed stdout": ("crm contact list >&-", {}, 0, b""),
    "a write with a closed stdout": ("crm set asha title=A >&-", {}, 0, b"set: Asha Sharma"),
    "a closed stdin": ("crm set - title=x <&-", {}, 0, b"nothing to change\n"),
    "all closed": ("crm contact list <&- >&- 2>&-", {}, 0, b""),
    "a closed stderr": ("crm nosuch 2>&-", {}, 2, b""),
    "a full disk": ("crm contact list > /dev/full", {}, 7, b"crm: the output could not be written: No space left"),
    "a full disk, much": ("crm export > /dev/full", {}, 7, b"No space left"),
    "a full disk for talk": ("crm nosuch 2> /dev/full", {}, 2, b""),
    "no home": ("crm contact list --ids >/dev/null", {"HOME": None}, 0, b""),
    "a home that is nowhere": ("crm set asha title=B", {"HOME": "/nowhere/at/all"}, 0, b"set: Asha Sharma"),
    "a home that cannot be written": ("crm set asha title=C", {"HOME": "/proc"}, 0, b"set: Asha Sharma"),
    "no environment": ('env -i "$(command -v crm)" contact list >/dev/null', {}, 0, b""),
    "no locale": ("crm find आशा >/dev/null", {"LANG": "C", "LC_ALL": "C"}, 0, b""),
    "a dumb terminal": ("crm contact list -o table --header >/dev/null", {"TERM": "dumb", "NO_COLOR": "1"}, 0, b""),
    "no PATH": ('"$CRM" set asha title=D', {"PATH": "/nowhere"}, 7, b"crm: git is not installed"),
    "a directory that is gone": ("mkdir x; cd x; rmdir ../x; crm contact list", {}, 7, b"crm: "),
    "a clock that is none": ("crm due", {"CRM_NOW": "soon"}, 2, b"crm: CRM_NOW"),
    "a book that is none": ("crm due", {"CRM_RECORDS": "/nowhere"}, 7, b"crm: CRM_RECORDS"),
}


@pytest.fixture(scope="module")
def peopled(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    place = tmp_path_factory.mktemp("peopled")
    shell = Shell(place / "home", place / "book")
    shell.ok(f"init {shell.book}")
    shell.ok("contact add 'Asha Sharma'")
    shell.ok("apply -", stdin='{"new": "contact", "set": {"name": "Ravi", "notes": "%s"}}\n' % ("x" * 300_000))
    (shell.home / ".config/crm/config.yaml").unlink()
    return shell


@pytest.mark.parametrize("name", SURROUNDINGS)
def test_in_any_surroundings_it_is_silent_or_one_clear_line(peopled: Shell, name: str) -> None:
    line, environ, code, said = SURROUNDINGS[name]
    done = _sh(peopled, line, CRM=f"{Path(sys.executable).parent}/crm", PYTHONUTF8=None, **environ)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert len(done.stderr.splitlines()) <= (2 if said else 0)
    assert b"Traceback" not in done.stderr


def test_words_in_hindi_arrive_without_a_locale(peopled: Shell) -> None:
    peopled.ok("contact add 'उषा वर्मा'")
    done = _sh(
        peopled,
        "crm find उषा --fields name; crm find nosuch-उषा; crm show nosuch-उषा",
        LC_ALL="C",
        LANG="C",
        PYTHONUTF8=None,
    )
    assert done.stdout.decode() == "उषा वर्मा\n"
    assert "nosuch-उषा" in done.stderr.decode()


# -- signals


TELLING = """
import time
own = time.sleep
def telling(seconds):
    open({!r}, "w").close()
    own(seconds)
time.sleep = telling
"""
"""Says that it waits for the lock: nothing else that it does sleeps."""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_a_command_that_waits_without_a_word(
    empty: Shell, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    empty.ok("contact add Asha")
    with (empty.book / ".git/crm/lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        words = ("set", "asha", "title=x", "--lock-timeout", "60")
        waiting = start(empty, *words, first=TELLING.format(str(tmp_path / "waits"))).process
        until(tmp_path / "waits")
        waiting.send_signal(number)
        out, err = waiting.communicate(timeout=30)
    assert (waiting.returncode, out, err) == (code, b"", b"")
    assert empty.ok("set asha title=y").out == ""


def test_signals_at_any_moment_leave_a_whole_book(empty: Shell, tmp_path: Path) -> None:
    rows = "name,title\n" + "".join(f"Person {number},x\n" for number in range(100))
    (tmp_path / "people.csv").write_text(rows)
    for number, name in enumerate([signal.SIGINT, signal.SIGTERM, signal.SIGHUP] * 2):
        words = ("import", str(tmp_path / "people.csv"), "--kind", "contact", "-q")
        process = start(empty, *words, first=f"open({str(tmp_path / 'begun')!r}, 'w').close()").process
        until(tmp_path / "begun")  # before that it is Python's, not ours, what a signal does
        (tmp_path / "begun").unlink()
        time.sleep(0.1 + number * 0.06)
        process.send_signal(name)
        _out, err = process.communicate(timeout=30)
        assert process.returncode in (0, 128 + name, -name), err
        assert len(empty.ok("contact list --ids").lines) in (0, 100)
        assert empty.git("status", "--porcelain") == ""


def test_what_nohup_started_outlives_the_terminal(empty: Shell) -> None:
    line = "trap '' HUP; crm contact add Asha & job=$!; sleep 0.15; kill -HUP $job; wait $job"
    done = _sh(empty, line)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(b"asha-")
