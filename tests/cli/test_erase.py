"""Erasing people: from the files, from the history, and on every machine that has a clone."""

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from crm_cli.base.digest import place_name
from crm_cli.store import git as door
from crm_cli.store import place as places
from crm_cli.store.files import FILE_LIMIT
from tests.machines import Machines, run_git, unchanged
from tests.shell import Shell

SAMPLE = list(map(int, os.environ.get("KILL_AT", "60").split(",")))
NAME, CANARY = "Zyxcan Quarry", b"zyxcan"
ZYX = "contacts/zyxcan-quarry-k7m3q9.yaml"
OTHER = "contacts/other-person-m7m3q9.yaml"
CALL = "interactions/2026/11/2026-11-02-call-zyxcan-quarry-t8n4c6.yaml"
BOTH = "interactions/2026/11/2026-11-03-visit-zyxcan-quarry-t8n4c7.yaml"
DEAL = "deals/website-k7m3q1.yaml"
MADE = "\ncreated: 2026-11-01T09:00:00+05:30\n"
BOOK = {
    ZYX: f"name: {NAME}  # a friend\nnickname: Zed\nemails:\n  - zyxcan@quarry.example\n"
    'phones:\n  - mobile: "+91 98765 43210"\nhandles:\n  - signal: "@zyxcan_q"\n'
    f"attachments:\n  - papers/cv.txt\n{MADE}",
    OTHER: "name: Other Person\nattachments:\n  - photo of Zyxcan Quarry.txt\n"
    "referred_by: zyxcan-quarry-k7m3q9\nrelations:\n  - type: friend\n"
    "    contact: zyxcan-quarry-k7m3q9\n# heard of from Zyxcan Quarry\nnotes: |\n"
    f"  Met ZYXCAN  Quarry; call 098765-43210 or zyxcan@quarry.example.\n  Likes tea.\n{MADE}",
    CALL: f"at: 2026-11-02T10:00:00+05:30\nkind: call\ncontacts:\n  - zyxcan-quarry-k7m3q9\n"
    f"subject: Zyxcan is ill\nbody: zyxcan told a secret\n{MADE}",
    BOTH: "at: 2026-11-03T10:00:00+05:30\nkind: visit\ncontacts:\n  - zyxcan-quarry-k7m3q9\n"
    f"  - other-person-m7m3q9\nsubject: Zyxcan and Other, about the price\n{MADE}",
    DEAL: f"name: Website\nstage: proposal\namount: 50000 INR\ncontacts:\n  - decides: zyxcan-quarry-k7m3q9\n{MADE}",
    "tasks/ring-zyxcan-quarry-x8n4c6.yaml": f"name: Ring Zyxcan\ncontact: zyxcan-quarry-k7m3q9\nstatus: open\n{MADE}",
    "attachments/photo of Zyxcan Quarry.txt": "of both",
    "attachments/papers/cv.txt": "the cv of Zyxcan\n",
}


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Machines:
    """Two machines with a history in which a person stands in many places, to be copied."""
    made = Machines.two(tmp_path_factory.mktemp("two"), BOOK)
    here, there = made.all
    here.write("README", f"talk to {NAME}\n")
    here.git("add", "README")
    here.git("commit", "-qm", f"by hand, for {NAME}")
    here.ok("set zyxcan title=Boss")
    here.ok("sync")
    there.ok("sync")
    return made


@pytest.fixture
def machines(pattern: Machines, tmp_path: Path) -> Machines:
    made = pattern.copy(tmp_path)
    for shell in made.all:
        shell.ok("contact list")  # the index holds them too
    return made


@pytest.fixture(scope="module")
def lonely(begun: Shell, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A book without a remote, to be copied."""
    shell = begun.copy(tmp_path_factory.mktemp("lonely"))
    for path, text in BOOK.items():
        shell.write(path, text)
    shell.ok("set other-person title=Owner")
    return shell


@pytest.fixture
def alone(lonely: Shell, tmp_path: Path) -> Shell:
    """A book without a remote."""
    shell = lonely.copy(tmp_path)
    shell.ok("contact list")  # the index holds them too
    return shell


def file_like(shell: Shell, folder: str, part: str) -> str:
    """The text of the one file in a folder whose name begins so."""
    found = [path for path in (shell.book / folder).rglob("*.yaml") if path.name.startswith(part)]
    assert len(found) == 1, [path.name for path in (shell.book / folder).rglob("*.yaml")]
    return found[0].read_text()


def holding(root: Path) -> list[str]:
    """The files below a directory, and the objects of the repositories in it, that hold the canary."""
    found = []
    for place in root.rglob("*"):
        named = CANARY.decode() in place.name.lower()
        if "objects" not in place.parts and (named or (place.is_file() and CANARY in place.read_bytes().lower())):
            found.append(str(place))
    for config in root.rglob("objects"):
        if (config.parent / "HEAD").exists() and (config / "pack").exists():
            found += _objects(config.parent)
    return found


def _objects(git: Path) -> list[str]:
    listed = run_git(git, "cat-file", "--batch-all-objects", "--batch-check", "--unordered").splitlines()
    words = [line.split()[0] for line in listed]
    asked = "".join(f"{word}\n" for word in words).encode()
    data = subprocess.run(["git", "cat-file", "--batch"], cwd=git, input=asked, capture_output=True, check=True).stdout
    return [str(git)] if CANARY in data.lower() else []


def test_a_preview_shows_everything_and_writes_nothing(alone: Shell) -> None:
    same = unchanged(alone)
    shown = alone.ok("erase zyxcan -n").out
    same()
    for part in (
        "the record (1)",
        "records that link",
        "mentions",
        "referred_by",
        "cleared",
        "papers/cv.txt",
        "file names",
    ):
        assert part in shown
    assert "Met ZYXCAN  Quarry".split()[0] in shown


def test_what_is_left_is_a_record_without_a_name_and_links_that_work(alone: Shell) -> None:
    done = alone.ok("erase zyxcan -y --receipt receipt.txt")
    left = file_like(alone, "contacts", "contact-")
    assert left.startswith("name: erased\n")
    assert "created: 2026-11-01" in left
    assert "archived: 2026-11-20" in left
    id = next(path.stem for path in (alone.book / "contacts").glob("contact-*"))
    other = (alone.book / OTHER).read_text()
    assert f"referred_by: {id}" in other
    assert "# heard of from [erased]" in other
    assert "  Met [erased]; call [erased] or [erased].\n  Likes tea." in other
    assert f"- decides: {id}" in (alone.book / DEAL).read_text()
    call = file_like(alone, "interactions", "2026-11-02-call-t8n4c6")
    assert "subject: redacted" in call
    assert "body" not in call
    assert 'subject: "[erased] and Other, about the price"' in file_like(
        alone, "interactions", "2026-11-03-visit-t8n4c7"
    )
    task = file_like(alone, "tasks", "ring-x8n4c6")
    assert "name: redacted" in task
    assert "status: canceled" in task
    assert not [path for path in alone.files() if "receipt" not in path and CANARY in alone.files()[path].lower()]
    assert "50000 INR" in alone.ok("deal list").out
    receipt = (alone.book / "receipt.txt").read_text()
    assert CANARY not in receipt.encode().lower()
    assert receipt in done.out
    assert "k7m3q9" in receipt
    assert "files renamed: 5\n" in receipt
    assert CANARY.decode() not in alone.git("log", "-1", "--format=%B").lower()
    assert not holding(alone.home)
    assert not alone.git("status", "--porcelain").replace("?? receipt.txt\n", "")
    assert alone.crm("doctor").code == 0


def test_delete_leaves_nothing(alone: Shell) -> None:
    assert "files renamed: 2\n" in alone.ok("erase zyxcan --delete -y").out
    assert len(list((alone.book / "contacts").iterdir())) == 1
    assert not list((alone.book / "tasks").glob("*.yaml"))
    assert len(list((alone.book / "interactions").rglob("*.yaml"))) == 1
    other = (alone.book / OTHER).read_text()
    assert "referred_by" not in other
    assert "relations" not in other
    assert "contacts" not in (alone.book / DEAL).read_text()
    assert alone.crm("doctor").code == 0


def test_what_others_bear_too_stays_theirs(alone: Shell) -> None:
    alone.write("contacts/twin-k7m3q8.yaml", f"name: {NAME}\nphones:\n  - '+91 98765 43210'\n{MADE}")
    alone.write("contacts/third-k7m3q7.yaml", f"name: Third\nnotes: Zyxcan Quarry, +91 98765 43210{MADE}")
    alone.ok("erase zyxcan-quarry-k7m3q9 -y")
    assert NAME in file_like(alone, "contacts", "third")
    assert NAME in file_like(alone, "contacts", "twin")


def test_values_kept_aside_are_erased_too(alone: Shell) -> None:
    kept = "conflicts:\n  - field: name\n    kept: Zyxcan Quarry\n    other: Zorro Quandary\n"
    alone.write(ZYX, BOOK[ZYX] + kept)
    alone.write(OTHER, BOOK[OTHER] + "conflicts:\n  - field: title\n    kept: a\n    other: with Zyxcan Quarry\n")
    alone.write("contacts/third-k7m3q7.yaml", f"name: Third\nnotes: zorro quandary{MADE}")
    alone.write("quarantine/zyxcan-quarry-k7m3q9.yaml.abc.txt", "bytes")
    alone.git("add", "quarantine")
    alone.git("commit", "-qm", "aside")
    alone.ok("erase zyxcan -y")
    assert 'notes: "[erased]"' in file_like(alone, "contacts", "third")
    assert "with [erased]" in (alone.book / OTHER).read_text()
    assert not list((alone.book / "quarantine").glob("*"))


def test_another_spelling_can_be_named(alone: Shell) -> None:
    alone.write("contacts/third-k7m3q7.yaml", f"name: Third\nnotes: ज़िक्स came, and Zyx{MADE}")
    alone.ok("erase zyxcan -y --also Zyx --also ज़िक्स")
    assert "[erased] came, and [erased]" in file_like(alone, "contacts", "third")


REFUSED = [
    ("erase zyxcan", 2, "--yes"),
    ("erase -y", 2, "whom"),
    ("erase nobody -y", 3, "nobody"),
    ("erase website -y", 2, "people and organizations"),
    ("erase zyxcan --delete --redact -y", 2, "exclude"),
    ("erase zyxcan -y --receipt crm.yaml", 5, "already"),
    ("erase --rewrite-history -y", 2, "nobody was erased"),
]


def test_what_cannot_be_done_is_said(alone: Shell) -> None:
    same = unchanged(alone)
    for line, code, said in REFUSED:
        result = alone.crm(*line.split())
        same()
        assert (result.code, said in result.err) == (code, True), (line, result.err)


def test_an_erasure_is_not_taken_back(alone: Shell) -> None:
    alone.ok("erase zyxcan -y")
    undone = alone.crm("undo")
    assert (undone.code, "erasure" in undone.err) == (7, True), undone.err
    restored = alone.crm("restore", "zyxcan-quarry-k7m3q9", "--at", "HEAD")
    assert restored.code != 0
    assert not (alone.book / ZYX).exists()


def test_nothing_of_somebody_is_left_on_any_machine(machines: Machines, tmp_path: Path) -> None:
    here, there = machines.all
    third = machines.clone()
    there.ok("contact list")
    there.ok("set website next_step='call back'")
    there.ok("log call zyxcan 'another secret of Zyxcan'")
    there.ok("contact add 'New Body' --notes 'knows Zyxcan Quarry'")
    there.write(OTHER, (there.book / OTHER).read_text().replace("Likes tea", "Likes coffee"))
    assert holding(tmp_path)
    before = there.git("rev-parse", "HEAD").strip()
    done = here.ok("erase zyxcan --rewrite-history -y")
    assert "rewritten" in done.out
    assert "remote origin: replaced" in done.out
    assert int(here.git("rev-list", "--count", "HEAD")) > 3
    for shell in (there, third, here, there):
        result = shell.crm("sync")
        assert result.code in (0, 6), result.err
    run_git(machines.remote, "gc", "--quiet", "--prune=now")
    machines.settle()
    machines.check()
    assert holding(tmp_path) == []
    assert "call back" in (here.book / DEAL).read_text()
    assert "Likes coffee" in (here.book / OTHER).read_text()
    assert "knows [erased]" in file_like(here, "contacts", "new-body")
    assert len(list((here.book / "interactions").rglob("*.yaml"))) == 3
    gone = there.crm("undo", before)
    assert (gone.code, "before it are gone" in gone.err) == (3, True), gone.err
    refused = here.crm("undo", here.git("rev-list", "--max-parents=0", "HEAD").strip())
    assert (refused.code, "rewrote the history" in refused.err) == (7, True), refused.err


def test_a_remote_that_cannot_be_reached_is_replaced_later(machines: Machines, tmp_path: Path) -> None:
    here, there = machines.all
    there.ok("set website next_step='call back'")
    there.ok("sync")
    away = machines.remote.rename(tmp_path / "away")
    done = here.ok("erase zyxcan --rewrite-history -y")
    assert "NOT replaced" in done.out
    away.rename(machines.remote)
    same = unchanged(here)
    told = here.ok("sync -n")
    same()
    assert "the history was rewritten here by an erasure" in told.err
    assert f"goes  {ZYX}  removed" in told.out
    assert here.crm("sync").code == 0
    there.ok("set other-person nickname=Oz")
    machines.settle()
    run_git(machines.remote, "gc", "--quiet", "--prune=now")
    assert holding(tmp_path) == []
    assert "call back" in (here.book / DEAL).read_text()
    assert "Oz" in (here.book / OTHER).read_text()


def test_an_old_history_that_was_pushed_again_is_not_taken_in(machines: Machines) -> None:
    here, there = machines.all
    here.ok("erase zyxcan --rewrite-history -y")
    there.git("push", "-q", "--force", str(machines.remote), "main")
    refused = here.crm("sync")
    assert (refused.code, "before an erasure" in refused.err) == (7, True), refused.err
    here.ok("erase --rewrite-history -y")
    machines.settle()


def test_without_rewriting_an_edit_elsewhere_does_not_bring_them_back(machines: Machines) -> None:
    here, there = machines.all
    there.ok("set zyxcan title=Chief")
    there.ok("set other-person nickname=Oz")
    here.ok("erase zyxcan -y")
    machines.settle()
    for shell in machines.all:
        assert not (shell.book / ZYX).exists()
        assert CANARY not in b"".join(shell.files().values()).lower()
        assert "Oz" in (shell.book / OTHER).read_text()


@pytest.mark.parametrize(
    "held",
    [
        "git branch spare",
        "git tag -m before v1",
        "git notes add -m careful",
        "echo x >> crm.yaml && git stash -q",
        "git clone -q --bare . ../shared && echo $PWD/../shared/objects > .git/objects/info/alternates",
    ],
)
def test_what_would_keep_the_history_is_named_with_the_way_out(alone: Shell, held: str) -> None:
    def sh(line: str) -> None:
        subprocess.run(["sh", "-ec", line], cwd=alone.book, env=alone.environ, check=True, capture_output=True)

    sh(held)
    refused = alone.crm("erase", "zyxcan", "--rewrite-history", "-y")
    assert refused.code == 7, refused.err
    hint = refused.err.partition("do that first: ")[2].strip()
    assert hint, refused.err
    for line in hint.split("; "):
        sh(line)
    alone.ok("erase zyxcan -y")
    alone.ok("erase --rewrite-history -y")
    shutil.rmtree(alone.book.parent / "shared", ignore_errors=True)  # another repository's own history is its own
    assert holding(alone.book.parent) == []
    assert os.listdir(alone.book / ".git" / "crm" / "git" / "refs") == []


def killed(shell: Shell, nth: int, *words: str) -> bool:
    """A command in a process of its own that is killed when it starts its nth git; whether it came so far."""
    child = os.fork()
    if child == 0:
        started, start = [0], door.start

        def counted(*given: Any, **named: Any) -> Any:
            started[0] += 1
            if started[0] == nth:
                os.kill(os.getpid(), signal.SIGKILL)
            return start(*given, **named)

        with mock.patch.object(door, "start", counted):
            os._exit(shell.crm(*words).code)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("nth", SAMPLE)
def test_an_erasure_that_is_killed_is_finished_or_repeated(machines: Machines, tmp_path: Path, nth: int) -> None:
    here, there = machines.all
    there.ok("set other-person nickname=Oz")
    assert killed(here, nth, "erase", "zyxcan", "--rewrite-history", "-y")
    again = here.crm("erase", "zyxcan", "--rewrite-history", "-y")
    assert again.code in (0, 3), again.err
    if again.code == 3:  # the files are done; what is left is the history, or the remote alone
        here.ok("erase --rewrite-history -y")
    machines.settle()
    run_git(machines.remote, "gc", "--quiet", "--prune=now")
    machines.check()
    assert holding(tmp_path) == []
    assert "Oz" in (here.book / OTHER).read_text()


def test_two_machines_that_erase_at_once_end_in_one_history(machines: Machines, tmp_path: Path) -> None:
    here, there = machines.all
    there.ok("set website next_step='call back'")
    away = machines.remote.rename(tmp_path / "away")
    here.ok("erase zyxcan --rewrite-history -y")
    there.ok("erase zyxcan --rewrite-history -y")
    away.rename(machines.remote)
    here.ok("set website competitor=Nobody")
    machines.settle()
    machines.check()
    run_git(machines.remote, "gc", "--quiet", "--prune=now")
    assert holding(tmp_path) == []
    deal = (here.book / DEAL).read_text()
    assert "call back" in deal
    assert "Nobody" in deal
    assert "conflicts" not in deal


def test_a_record_made_by_hand_and_what_was_merged_into_it_leave_the_history(alone: Shell) -> None:
    who = ("-c", f"user.name={NAME}", "-c", "user.email=zyxcan@quarry.example")
    alone.write("contacts/zyxcan.yaml", f"name: Zyxcan Junior\nphones: [0141-2345678]\n{MADE}")
    alone.write("contacts/zyxcan-k7m3q5.yaml", f"name: Zyxcan J\nmerged_into: zyxcan\narchived: 2026-11-01\n{MADE}")
    alone.write("attachments/of zyxcan junior.txt", "Zyxcan Junior, 0141 2345678\n")
    alone.write('odd "name"\n\t.txt', "Zyxcan Junior\n")
    alone.write(f"{BOTH}", BOOK[BOTH].replace("  - other", "  - zyxcan\n  - zyxcan-k7m3q5\n  - other"))
    alone.git("add", ".")
    environ = {name: value for name, value in alone.environ.items() if "GIT_AUTHOR" not in name}
    Shell(alone.home, alone.book, environ).git(*who, "commit", "-qm", "for zyxcan", f"--author={NAME} <z@q.example>")
    alone.git("rm", "-q", 'odd "name"\n\t.txt')
    alone.git("mv", "attachments/of zyxcan junior.txt", "attachments/paper.txt")
    alone.git("commit", "-qm", "away")
    alone.ok("erase zyxcan-quarry-k7m3q9 -y")
    done = alone.ok("erase contacts/zyxcan --rewrite-history --also zyxcan -y")
    assert "k7m3q5" in done.out
    assert CANARY.decode() not in alone.git("log", "--format=%an %ae %s %b", "--name-only").lower()
    run_git(alone.book, "fsck", "--strict")


def test_what_is_not_committed_is_not_erased_half(alone: Shell) -> None:
    alone.ok("log call other-person hello")
    alone.write(OTHER, "name: [broken Zyxcan Quarry\n")
    refused = alone.crm("erase", "zyxcan", "-y")
    assert (refused.code, "not committed" in refused.err) == (7, True), refused.err
    assert (alone.book / ZYX).exists()


# -- what this machine keeps beside the book


def beside(shell: Shell, files: dict[str, str | bytes]) -> Path:
    """The state directory with some files in it."""
    state = shell.home / ".local/state/crm"
    for name, text in files.items():
        (state / name).parent.mkdir(parents=True, exist_ok=True)
        (state / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return state


def note_of(shell: Shell) -> str:
    """Where the notes of reminders of a book are, below the state directory."""
    return f"reminders/{place_name(os.path.realpath(shell.book))}.json"


def test_settings_of_the_user_and_of_other_books_stay_as_their_files_are(alone: Shell, begun: Shell) -> None:
    other = begun.copy(alone.home.parent / "second")
    other = Shell(alone.home, other.book)
    other.write("crm.yaml", f"format: 1\nlost_reasons:\n  - price\n  - {NAME}\n")
    alone.ok("config mail.from 'Zyxcan Quarry <zyxcan@quarry.example>'")
    other.ok("deal add Website")
    alone.ok("erase zyxcan -y")
    other.ok(f"move website lost --reason '{NAME}'")
    assert "zyxcan@quarry.example" in alone.ok("config mail.from").out


def test_drafts_are_kept_without_the_words_and_the_receipt_counts_them(alone: Shell) -> None:
    two = f"# === {ZYX}\n{BOOK[ZYX]}# === {OTHER}\n{BOOK[OTHER]}"
    state = beside(
        alone,
        {
            "drafts/1-note.txt": f"met {NAME} and had tea\n",
            "drafts/2-note.txt": "others",
            "drafts/3-zyxcan-quarry-k7m3q9.yaml": BOOK[ZYX],
            "drafts/4-records.yaml": two,
            "drafts/5-2026-11-03-visit-zyxcan-quarry-t8n4c7.yaml": BOOK[BOTH] + "notes: mine\n",
            "drafts/6-note.txt": b"\xff met Zyxcan Quarry",
            "bugs/7.txt": f"a traceback of {NAME}\n",
        },
    )
    done = alone.ok("erase zyxcan -y").out
    assert holding(state) == []
    assert (state / "drafts/1-note.txt").read_text() == "met [erased] and had tea\n"
    assert (state / "drafts/2-note.txt").read_text() == "others"
    assert (state / "drafts/4-records.yaml").read_text().startswith(f"# === {OTHER}\nname: Other Person\n")
    assert "notes: mine" in (state / "drafts/5-2026-11-03-visit-t8n4c7.yaml").read_text()
    assert (state / "drafts/6-note.txt").read_bytes() == b"\xff met [erased]"
    assert (state / "bugs/7.txt").read_text() == "a traceback of [erased]\n"
    assert len(list((state / "drafts").iterdir())) == 5
    assert "drafts and reports of bugs changed: 5\ndrafts of the record removed: 1\n" in done


def test_what_was_sent_is_not_sent_again_and_other_books_keep_their_notes(alone: Shell) -> None:
    way = {"sent": ["zyxcan-quarry-k7m3q9 2026-11-20 touch"], "sending": [], "message": "", "phase": ""}
    own = json.dumps({"version": 1, "book": str(alone.book), "day": "2026-11-20", "channels": {"mail": way}})
    namesake = own.replace("k7m3q9", "k7m3q1")
    state = beside(alone, {note_of(alone): own, "reminders/other.json": namesake})
    done = alone.ok("erase zyxcan -y").out
    id = next(path.stem for path in (alone.book / "contacts").glob("contact-*"))
    assert json.loads((state / note_of(alone)).read_text())["channels"]["mail"]["sent"] == [f"{id} 2026-11-20 touch"]
    assert (state / "reminders/other.json").read_text() == namesake
    assert "notes of sent reminders changed: 1\n" in done


def test_what_cannot_be_cleaned_up_is_a_line_of_the_receipt(alone: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    state = beside(alone, {"drafts/1-note.txt": NAME, "bugs/2.txt": "x", note_of(alone): "[" * 100_000})
    os.truncate(state / "bugs/2.txt", FILE_LIMIT + 1)
    unlink, put = Path.unlink, places.put

    def refusing(path: Path, missing_ok: bool = False) -> None:
        if path.name in ("index.sqlite", "COMMIT_EDITMSG"):
            raise PermissionError(13, "Permission denied", str(path))
        unlink(path, missing_ok)

    def full(path: Path, *given: Any) -> None:
        if path.parent.name == "drafts":
            raise OSError(28, "No space left on device")
        put(path, *given)

    alone.write(".git/COMMIT_EDITMSG", "x")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refusing)
        patch.setattr("crm_cli.store.place.put", full)
        done = alone.ok("erase zyxcan -y").out
    assert "NOT removed: the index: Permission denied; do it by hand: rm /" in done
    assert "NOT removed: the last commit message: Permission denied" in done
    assert f"NOT cleaned: a file in {state}/drafts: No space left on device" in done
    assert f"NOT cleaned: a file in {state}/bugs: File too large" in done
    assert CANARY not in done.partition("\nerased contact: ")[2].encode().lower()
    assert not (alone.book / ZYX).exists()


def test_a_dry_run_across_an_erasure_says_what_the_sync_will_do(machines: Machines) -> None:
    here, there = machines.all
    there.ok("set website next_step='call back'")
    here.ok("erase zyxcan --rewrite-history -y")
    draft = beside(there, {"drafts/1-note.txt": NAME}) / "drafts/1-note.txt"
    same = unchanged(there)
    told = there.ok("sync -n")
    same()
    assert draft.read_text() == NAME
    assert "the history was rewritten elsewhere by an erasure" in told.err
    assert f"goes  {DEAL}  changed: next_step" in told.out
    assert f"comes  {ZYX}  removed" in told.out
    assert there.ok("sync -n").out == told.out
    assert "rewritten elsewhere" in there.ok("sync").err
    assert draft.read_text() == "[erased]"
    assert "call back" in (there.book / DEAL).read_text()
    assert there.ok("sync").err == "origin: nothing new\n"
