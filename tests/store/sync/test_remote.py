"""The other side of a sync: over ssh, far away, full, locked, hostile, or not there at all."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from crm_cli.services.syncing import sync
from crm_cli.store.sync import network
from crm_cli.store.sync.network import Limits
from tests.machines import Machines, ended, over_ssh, run_git, said, start, tree, unchanged, until
from tests.planted import plant, plant_everywhere
from tests.shell import Shell
from tests.store.sync.conftest import ASHA, BOOK
from tests.store.sync.trees import evil_commit


def hook(machines: Machines, name: str, script: str) -> Path:
    """A hook of the remote."""
    place = machines.remote / "hooks" / name
    place.parent.mkdir(exist_ok=True)
    place.write_text(f"#!/bin/sh\n{script}\n")
    place.chmod(0o700)
    return place


def leftovers(shell: Shell) -> list[Path]:
    """What a transfer should not leave."""
    git = shell.book / ".git"
    return [*git.glob("objects/**/tmp_*"), *git.glob("crm/arriving-*"), *git.glob("crm/git/**/*.lock")]


@pytest.mark.parametrize("scp", [False, True])
def test_a_sync_over_ssh(machines: Machines, here: Shell, there: Shell, scp: bool) -> None:
    over_ssh(machines, here, scp=scp)
    there.ok("set asha title=Founder")
    there.ok("sync")
    here.ok("set asha nickname=Ash")
    here.ok("sync")
    assert machines.held() == tree(here)
    assert "Founder" in (here.book / ASHA).read_text()


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo 'ssh: connect to host far.example port 22: Connection refused' >&2; exit 255", "Connection refused"),
        ("echo 'git@far.example: Permission denied (publickey).' >&2; exit 255", "Permission denied"),
        ("echo 'Host key verification failed.' >&2; exit 255", "Host key verification failed"),
        ("echo nonsense; exit 1", "could not be reached"),
        ("exit 0", "could not be reached"),
    ],
)
def test_a_remote_that_cannot_be_reached(machines: Machines, here: Shell, script: str, words: str) -> None:
    over_ssh(machines, here, script)
    here.write(ASHA, BOOK[ASHA].replace("Owner", "Director"))
    said(here.crm("sync"), 8, "far.example", words, "safe")
    assert here.git("log", "-1", "--format=%s").strip() == "edit by hand"
    assert not leftovers(here)
    check = unchanged(here)
    said(here.crm("sync", "--quiet"), 8, words)
    said(here.crm("sync", "-n"), 8, words)
    check()


def test_a_remote_on_a_disk_that_is_not_connected(machines: Machines, here: Shell) -> None:
    machines.remote.rename(machines.tmp / "elsewhere")
    here.write(ASHA, BOOK[ASHA].replace("Owner", "Director"))
    said(here.crm("sync"), 8, f"{machines.remote} is not there", "connect the disk")
    assert here.git("status", "--porcelain") == ""
    (machines.tmp / "elsewhere").rename(machines.remote)
    here.ok("sync")
    assert machines.held() == tree(here)


def test_a_remote_that_refuses_says_why_and_cannot_write_to_the_terminal(machines: Machines, here: Shell) -> None:
    hook(machines, "pre-receive", r"printf 'no \033]52;c;aGk=\007 deals\033[2J on Sundays\n' >&2; exit 1")
    here.ok("set asha title=Director")
    check = unchanged(here)
    said(here.crm("sync"), 8, "refused it", "on Sundays", "pre-receive hook declined", "safe")
    check()
    assert machines.commits() == 2


def test_a_lock_that_somebody_left_in_the_remote(machines: Machines, here: Shell) -> None:
    lock = machines.remote / "refs/heads/main.lock"
    lock.touch()
    here.ok("set asha title=Director")
    check = unchanged(here)
    said(here.crm("sync"), 8, "took none of 5 attempts", "lock")
    check()
    lock.unlink()
    here.ok("sync")
    assert machines.held() == tree(here)


def test_a_remote_whose_disk_is_full(machines: Machines, here: Shell, there: Shell) -> None:
    there.ok("set asha title=Founder")
    there.ok("sync")
    before = machines.held()
    run_git(machines.remote, "config", "receive.maxInputSize", "1")
    here.ok("set asha nickname=Ash")
    said(here.crm("sync"), 8, "refused it")
    assert machines.held() == before
    run_git(machines.remote, "config", "--unset", "receive.maxInputSize")
    run_git(machines.remote, "fsck", "--strict")
    here.ok("sync")
    assert machines.held() == tree(here)


@pytest.mark.parametrize("ends", ["", "exit 1"])
def test_a_flood_of_words_from_the_server(machines: Machines, here: Shell, ends: str) -> None:
    title = "printf '\\033]52;c;aGk=\\007\\033]0;title\\007 welcome\\n' >&2"
    over_ssh(machines, here, f"{title}; head -c 10000000 /dev/zero | tr '\\0' x >&2; {ends}")
    result = here.crm("sync")
    said(result, 8 if ends else 0)
    assert len(result.err) < 1000


def test_more_than_may_come_is_not_taken(machines: Machines, here: Shell) -> None:
    here.ok("config sync.fetch_mib 1")
    evil_commit(machines.remote, {"big.bin": ("100644", os.urandom(3 << 20))})
    check, before = unchanged(here), sorted((here.book / ".git/objects").rglob("*"))
    said(here.crm("sync"), 8, "larger than 1 MiB", "crm config sync.fetch_mib")
    check()
    assert sorted((here.book / ".git/objects").rglob("*")) == before
    assert not leftovers(here)
    here.ok("config sync.fetch_mib 10")
    here.ok("sync")
    assert (here.book / "big.bin").stat().st_size == 3 << 20


def test_much_that_comes_stays_a_pack_and_little_becomes_files(machines: Machines, here: Shell, there: Shell) -> None:
    for number in range(150):
        there.write(f"contacts/c{number}-k7m3q9.yaml", BOOK[ASHA].replace("Owner", f"Owner {number}"))
    there.ok("sync")
    here.ok("sync")
    assert len(list((here.book / ".git/objects/pack").glob("*.pack"))) == 1
    there.ok("set asha-sharma-k7m3q9 title=Founder")
    there.ok("sync")
    here.ok("sync")
    assert len(list((here.book / ".git/objects/pack").glob("*.pack"))) == 1
    machines.check()


def test_a_server_that_never_answers(machines: Machines, here: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    pids = machines.tmp / "pids"
    over_ssh(machines, here, f"echo $$ > {pids}; sleep 600 & echo $! >> {pids}; wait")
    monkeypatch.setattr(sync, "Limits", lambda _seconds, most: Limits(3, most))
    check = unchanged(here)
    said(here.crm("sync"), 8, "was not done within", "crm config sync.minutes")
    check()
    assert not leftovers(here)
    started = pids.read_text().split()
    assert len(started) == 2
    assert ended(*started)


def test_others_write_while_a_transfer_hangs(machines: Machines, here: Shell) -> None:
    waiting, go = machines.tmp / "waiting", machines.tmp / "go"
    over_ssh(machines, here, f"touch {waiting}; until test -e {go}; do sleep 0.05; done")
    running = start(here, "sync")
    until(waiting)
    here.ok("set asha title=Director")
    go.touch()
    result = running.end()
    assert result.code == 0, result.err
    assert machines.held() == tree(here)
    assert "Director" in run_git(machines.remote, "show", f"main:{ASHA}")


def test_a_push_goes_on_when_others_were_faster(machines: Machines, here: Shell, there: Shell) -> None:
    other = machines.tmp / "other.git"
    there.ok("set asha nickname=Ash")
    shutil.copytree(machines.remote, other)
    there.git("push", "--quiet", str(other), "main")
    here.ok("set asha title=Director")
    # Between our fetch and our push the other machine's commit arrives, once.
    raced = f"case $last in *receive*) git -C {machines.remote} fetch --quiet {other} main:main 2>/dev/null;; esac"
    over_ssh(machines, here, raced)
    result = here.crm("sync")
    said(result, 0, "1 came")
    found = run_git(machines.remote, "show", f"main:{ASHA}")
    assert "Director" in found
    assert "Ash\n" in found


def test_nothing_planted_in_the_book_runs_or_is_followed(machines: Machines, here: Shell, there: Shell) -> None:
    there.ok("set asha title=Founder")
    there.ok("sync")
    trace = plant_everywhere(here.book)
    script = here.book.parent / "evil"
    elsewhere = machines.tmp / "elsewhere"
    with (here.book / ".git/config").open("a") as config:
        config.write(
            f'[url "{elsewhere}"]\n\tinsteadOf = {machines.remote}\n\tpushInsteadOf = {machines.remote}\n'
            f'[remote "origin"]\n\tuploadpack = {script}\n\treceivepack = {script}\n\tproxy = {script}\n'
            f"\tvcs = evil\n\tpushurl = {elsewhere}\n[core]\n\tgitProxy = {script}\n\taskPass = {script}\n"
            f"[fetch]\n\tuploadPack = {script}\n[ssh]\n\tvariant = evil\n[protocol]\n\tallow = always\n"
        )
    plant(here.book, here.book / "git")  # and programs, for those who have the current directory on the PATH
    plant(here.book, here.book / "ssh")
    here.environ["PATH"] = f":.:{here.book}:{here.environ['PATH']}"
    here.ok("set asha nickname=Ash")
    here.ok("sync")
    assert machines.held() == run_git(here.book, "rev-parse", "HEAD^{tree}").strip()
    assert "Founder" in (here.book / ASHA).read_text()
    assert not trace.exists(), trace.read_text()
    assert not elsewhere.exists()


@pytest.mark.skipif(not shutil.which("strace"), reason="NOT TESTED: without strace nobody sees which programs run")
def test_the_programs_that_run_are_git_and_ssh(machines: Machines, here: Shell, there: Shell) -> None:
    there.ok("set asha title=Founder")
    there.ok("sync")
    plant_everywhere(here.book)
    over_ssh(machines, here)
    log = machines.tmp / "strace"
    words = ["strace", "-f", "-qq", "-e", "trace=execve", "-o", str(log), sys.executable, "-m", "crm_cli", "sync"]
    environ = here.environ | {"PYTHONPATH": str(Path(network.__file__).parents[3])}
    done = subprocess.run(words, cwd=here.book, env=environ, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    lines = [line for line in log.read_text().splitlines() if "execve(" in line and " = 0" in line]
    programs = {line.split('"')[1].rpartition("/")[2] for line in lines}
    assert "ssh" in programs
    allowed = {"git", "ssh", "git-upload-pack", "git-receive-pack", Path(sys.executable).name}
    assert programs <= allowed, programs - allowed


@pytest.mark.parametrize(
    "address",
    [
        "ext::sh -c id", "--upload-pack=touch x", "-oProxyCommand=touch x", "http://far.example/x.git",
        "git://far.example/x.git", "file:///etc", "/etc", "/etc/passwd", "file://relative", "ftp://far.example/x",
        "ssh://-oProxyCommand=x/y", "ssh://-oProxyCommand=x@host/y", "-oProxyCommand=x:y", "a\nb", "relative/path",
        "https://far.example\x1b/x", "fd::3", "https::far.example", "ssh://host:99999999/x", "host:-x", "",
    ],
)  # fmt: skip
def test_an_address_is_refused_before_git_sees_it(
    here: Shell, machines: Machines, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (here.book / ".git/config").open("a") as config:
        quoted = address.replace("\\", "\\\\").replace("\n", "\\n")
        config.write(f'[remote "origin"]\n\turl = "{quoted}"\n')
    monkeypatch.setattr(network.Remote, "_run", None)
    check = unchanged(here)
    said(here.crm("sync"), 7)
    check()
    said(here.crm("clone", "--", address, str(machines.tmp / "copy")), 7)
    said(here.crm("init", str(machines.tmp / "new"), f"--remote={address}"), 7)
    assert not (machines.tmp / "copy").exists()
    assert not (machines.tmp / "new").exists()


def test_a_password_in_an_address_is_not_shown(here: Shell) -> None:
    here.git("remote", "set-url", "origin", "http://meera:geheim:x@far.example/x")
    result = here.crm("sync")
    said(result, 7, "***@far.example")
    assert "geheim" not in result.err


MOMENTS = {
    "while it fetches": "from crm_cli.store.sync.arrival import Arrival as A; A.reading = die",
    "while objects are kept": "from crm_cli.store.sync import arrival; arrival.place.sync = die; arrival._count = die",
    "before the merge": "from crm_cli.services.syncing.sync import _Work; _Work.take_in = die",
    "in the transaction": "from crm_cli.store import place; place.move = die",
    "before the branch moves": "from crm_cli.store import landing; landing.advance = die",
    "before the index hears": "from crm_cli.store import staging; staging.install = die",
    "before the push": "from crm_cli.store.sync.network import Remote; Remote.push = die",
    "before it is noted": "from crm_cli.services.syncing import sync; sync.note_tracking = die",
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_any_moment_the_next_sync_works(machines: Machines, here: Shell, there: Shell, moment: str) -> None:
    there.ok("set asha title=Founder")
    there.ok("contact add 'Bhavna Rao'")
    there.ok("sync")
    here.ok("set asha nickname=Ash")
    here.write("contacts/dev-k7m3q2.yaml", BOOK[ASHA].replace("Asha Sharma", "Dev"))
    dying = f"import os\ndef die(*_, **__): os.kill(os.getpid(), 9)\n{MOMENTS[moment]}"
    assert start(here, "sync", first=dying).end().code == -9
    here.ok("sync")
    there.ok("sync")
    assert tree(here) == tree(there) == machines.held()
    machines.check()
    assert not leftovers(here)
    for text in ("title: Founder", "nickname: Ash"):
        assert text in (there.book / ASHA).read_text()
    assert len(there.ok("contact list --ids").lines) == 3


@pytest.mark.parametrize("signal", ["INT", "TERM"])
def test_stopped_while_it_waits_it_leaves_nothing(machines: Machines, here: Shell, signal: str) -> None:
    waiting = machines.tmp / "waiting"
    over_ssh(machines, here, f"touch {waiting}; sleep 600")
    check = unchanged(here)
    running = start(here, "sync")
    until(waiting)
    running.process.send_signal(2 if signal == "INT" else 15)
    result = running.end(20)
    assert result.code == (130 if signal == "INT" else 143)
    assert "Traceback" not in result.err
    check()
    assert not leftovers(here)
