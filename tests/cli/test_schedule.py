"""crm schedule: lines for cron and units for systemd, and their way into both and out again."""

import os
import shlex
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from crm_cli.base.config import Mail
from crm_cli.base.errors import Refused
from crm_cli.services.reminding import schedule, scheduling
from crm_cli.services.reminding.schedule import Plan, jobs, own_command, plan_for, systemd_command
from tests.shell import Shell

CRONTAB = """\
if [ "$1" = -l ]; then
  [ -f "$HOME/tab" ] || { echo "no crontab for asha" >&2; exit 1; }
  cat "$HOME/tab"
else
  cat > "$HOME/tab"
fi"""
SYSTEMCTL = 'echo "$@" >> "$HOME/systemctl"; [ "$2" = "$FAILS" ] && { echo "it fails" >&2; exit 1; }; exit 0'
OTHERS = "# mine\nMAILTO=asha@acme.example\n0 5 * * * backup \\%d\n"


@pytest.fixture
def user(tmp_path: Path) -> Shell:
    """A user with a book, whose PATH has nothing yet that could schedule."""
    empty = Shell(tmp_path / "home", tmp_path / "book")
    empty.write("crm.yaml", "format: 1\n")
    (empty.home / "bin").mkdir()
    empty.environ["PATH"] = str(empty.home / "bin")
    for name in ("sh", "cat"):
        (empty.home / "bin" / name).symlink_to(f"/bin/{name}")
    return empty


def give(shell: Shell, name: str, body: str) -> None:
    """Puts a program of that name on the user's PATH."""
    path = shell.home / "bin" / name
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(stat.S_IRWXU)


def tab(shell: Shell) -> str:
    """The user's crontab."""
    return (shell.home / "tab").read_text(encoding="utf-8")


def units(shell: Shell) -> list[str]:
    """The user's unit files."""
    return sorted(path.name for path in (shell.home / ".config/systemd/user").glob("crm-*"))


def said(shell: Shell) -> list[str]:
    """What systemctl was told."""
    return (shell.home / "systemctl").read_text(encoding="utf-8").splitlines()


def scheduled_twice(user: Shell, name: str) -> Path:
    """Puts the user's book on the schedule, and another one of that name, which is given back."""
    other = user.home / name
    other.mkdir()
    (other / "crm.yaml").write_text("format: 1\n", encoding="utf-8")
    user.ok("schedule --install -y")
    user.ok(f"schedule --install -y -C {other}")
    return other


# -- what is printed


def test_lines_and_units_are_printed_and_nothing_is_changed(user: Shell) -> None:
    before = user.files()
    result = user.ok("schedule")
    book = user.book
    assert f"# crm: begin {book}\n30 8 * * 1-5 " in result.out
    assert f" -C {book} remind\n# crm: end {book}\n" in result.out
    assert f" -C {book} remind --notify\n" in result.out
    assert "OnCalendar=Mon..Fri 08:30\n" in result.out
    assert "sync" not in result.out
    assert "crm schedule --install" in result.err
    assert user.files() == before
    assert not (user.home / ".config/systemd").exists()


def test_with_mail_set_up_it_is_mailed(user: Shell) -> None:
    user.ok("config mail.from asha@acme.example")
    assert "--mail" not in user.ok("schedule").out
    user.ok("config mail.smtp mail.example:587")
    assert user.ok("schedule").out.count(" remind --mail\n") == 2


def test_sync_is_scheduled_where_there_is_one(tmp_path: Path) -> None:
    (job,) = jobs(["remind"], mail=False)
    assert job.name == "remind"
    plan = plan_for(tmp_path, ["sync"], Mail())
    assert f"*/15 * * * * {shlex.join(plan.program)} -C {tmp_path} sync --quiet\n" in plan.block
    assert sorted(plan.units) == [f"{plan.prefix}{name}" for name in (
        "remind.service", "remind.timer", "sync.service", "sync.timer"
    )]  # fmt: skip


def test_this_very_crm_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "crm"
    program.touch(mode=0o700)
    monkeypatch.chdir(tmp_path)
    assert own_command("./crm", "/usr/bin/python3") == [str(program)]
    monkeypatch.setenv("PATH", str(tmp_path))
    assert own_command("crm", "/usr/bin/python3") == [str(program)]
    for module in ("/x/crm_cli/__main__.py", "", "/no/such/crm"):
        assert own_command(module, "/usr/bin/python3") == ["/usr/bin/python3", "-m", "crm_cli"]


def test_directories_that_cron_would_not_know_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "/my config")
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    assert list(plan_for(tmp_path, [], Mail()).program[:2]) == ["/usr/bin/env", "XDG_CONFIG_HOME=/my config"]


NAMES = ["plain", "two words", "50%", "it's", 'so "called"', "$HOME", "a;b", "`id`", "आशा", "#x", "~"]


@pytest.mark.parametrize("name", NAMES)
def test_cron_and_its_shell_come_to_the_book(name: str, tmp_path: Path) -> None:
    book = tmp_path / name
    plan = Plan(book, [sys.executable, "-c", "import sys; print(sys.argv[2])"], jobs([], mail=False))
    line = plan.block.splitlines()[1].split(" ", 5)[5]
    assert "%" not in line.replace("\\%", "")
    done = subprocess.run(["/bin/sh", "-c", line.replace("\\%", "%")], capture_output=True, timeout=30, check=True)
    assert os.fsdecode(done.stdout) == f"{book}\n"


@pytest.mark.parametrize(
    ("word", "quoted"),
    [
        ("plain", "plain"),
        ("two words", '"two words"'),
        ("50%", "50%%"),
        ("it's", '"it\'s"'),
        ('so "called"', '"so \\"called\\""'),
        ("$HOME", "$$HOME"),
        ("", '""'),
        ("a\\b", '"a\\\\b"'),
    ],
)
def test_words_for_systemd(word: str, quoted: str) -> None:
    assert systemd_command(["/bin/a$b", word]) == f"/bin/a$b {quoted}"


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    analyze = "/usr/bin/systemd-analyze"
    if not os.path.exists(analyze):
        pytest.skip("NOT TESTED with systemd: it is not installed")
    plan = Plan(tmp_path / "a 50% $b \"c\" 'd'", ["/bin/echo"], jobs(["sync"], mail=True))
    for name, text in plan.units.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    paths = [str(tmp_path / name) for name in plan.units]
    done = subprocess.run(
        [analyze, "--user", "verify", *paths], capture_output=True, text=True, timeout=60, check=False
    )
    assert [line for line in done.stderr.splitlines() if str(tmp_path) in line or "crm-" in line] == []


@pytest.mark.parametrize("name", ["two\nlines", "back\\slash"])
def test_a_book_that_cron_cannot_name_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot take"):
        plan_for(tmp_path / name, [], Mail())


# -- cron


def test_it_is_asked_for_before_anything_is_installed(user: Shell) -> None:
    give(user, "crontab", CRONTAB)
    result = user.crm("schedule", "--install")
    assert (result.code, result.out) == (2, "")
    assert "--yes" in result.err
    assert user.crm("schedule", "--install", "--remove").code == 2
    assert not (user.home / "tab").exists()


def test_the_crontab_gets_a_block_that_is_replaced_and_taken_away(user: Shell) -> None:
    give(user, "crontab", CRONTAB)
    (user.home / "tab").write_text(OTHERS, encoding="utf-8")
    result = user.ok("schedule --install --yes")
    assert (result.out, result.err) == ("", "the crontab has it: crontab -l\n")
    first = tab(user)
    assert first.startswith(f"{OTHERS}# crm: begin {user.book}\n")
    assert first.endswith(f" remind\n# crm: end {user.book}\n")
    user.ok("schedule --install --yes")
    assert tab(user) == first
    (user.home / "tab").write_text(f"{first}# below\n", encoding="utf-8")
    user.ok("config mail.from asha@acme.example")
    user.ok("config mail.sendmail /usr/sbin/sendmail")
    user.ok("schedule --install --yes")
    assert tab(user) == f"{first}# below\n".replace(" remind\n", " remind --mail\n")
    assert user.ok("schedule --remove").err == "nothing runs by itself any more\n"
    assert tab(user) == f"{OTHERS}# below\n"
    assert user.ok("schedule --remove").err == "nothing was scheduled for this book\n"


def test_the_first_crontab_and_two_books(user: Shell) -> None:
    give(user, "crontab", CRONTAB)
    other = scheduled_twice(user, "other")
    assert [line for line in tab(user).splitlines() if line.startswith("#")] == [
        f"# crm: {mark} {book}" for book in (user.book, other) for mark in ("begin", "end")
    ]
    user.ok("schedule --remove")
    assert str(user.book) not in tab(user)
    assert tab(user).count(str(other)) == 3


def test_a_last_line_without_an_end_stays_a_line() -> None:
    assert scheduling.with_block("a", "b", "block\n") == "a\nblock\n"
    assert scheduling.with_block("a", "b", "") == "a"
    other = "# crm: begin /book2\nx\n# crm: end /book2\n"
    assert scheduling.with_block(other, "/book", "") == other


@pytest.mark.parametrize("text", ["# crm: begin /b\nmine\n", "# crm: begin /b\n# crm: begin /b\n# crm: end /b\n"])
def test_a_block_that_somebody_has_cut_is_left_alone(text: str) -> None:
    with pytest.raises(Refused, match="without its end, or twice"):
        scheduling.with_block(text, "/b", "block\n")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ('echo "not allowed" >&2; exit 1', "the crontab could not be read: not allowed"),
        ('[ "$1" = -l ] && exit 0; cat; echo "bad minute" >&2; exit 1', "crontab did not take the lines: bad minute"),
        ('[ "$1" = -l ] && exit 0; cat; exit 3', "crontab did not take the lines: exit 3"),
    ],
)
def test_a_crontab_that_cannot_be_read_or_written(user: Shell, body: str, says: str) -> None:
    give(user, "crontab", body)
    result = user.crm("schedule", "--install", "--yes")
    assert (result.code, result.out) == (7, "")
    assert says in result.err


def test_programs_that_cannot_be_started_or_do_not_end(user: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    give(user, "crontab", "")
    (user.home / "bin" / "crontab").write_text("#!/no/such/interpreter\n", encoding="utf-8")
    assert "cannot be started" in user.crm("schedule", "--install", "--yes").err
    monkeypatch.setattr(scheduling, "_SECONDS", 0.2)
    give(user, "crontab", "while true; do :; done")
    result = user.crm("schedule", "--install", "--yes")
    assert (result.code, "crontab did not end" in result.err) == (7, True)


def test_nothing_to_install_into(user: Shell) -> None:
    give(user, "systemctl", "")
    (user.home / "bin" / "systemctl").write_text("#!/no/such/interpreter\n", encoding="utf-8")
    result = user.crm("schedule", "--install", "--yes")
    assert result.code == 7
    assert result.err.startswith("crm: there is no crontab and no working systemd here\n")


# -- systemd


def test_timers_are_started_where_systemd_works(user: Shell) -> None:
    give(user, "systemctl", SYSTEMCTL)
    result = user.ok("schedule --install --yes")
    service, timer = units(user)
    assert result.err == f"timers are running: systemctl --user list-timers '{timer[:-12]}*'\n"
    assert said(user) == ["--user show-environment", "--user daemon-reload", f"--user enable --now {timer}"]
    text = (user.home / ".config/systemd/user" / service).read_text(encoding="utf-8")
    assert f" -C {user.book} remind --notify\n" in text
    stale = user.home / ".config/systemd/user" / timer.replace("remind", "gone")
    stale.touch()
    user.ok("schedule --install --yes")
    assert units(user) == [service, timer]
    assert f"--user disable --now {stale.name}" in said(user)
    user.ok("schedule --remove")
    assert units(user) == []
    assert said(user)[-2:] == [f"--user disable --now {timer}", "--user daemon-reload"]


def test_two_books_have_units_of_their_own(user: Shell) -> None:
    give(user, "systemctl", SYSTEMCTL)
    scheduled_twice(user, "book")
    assert len(units(user)) == 4
    user.ok("schedule --remove")
    assert len(units(user)) == 2


def test_what_was_in_the_crontab_is_not_done_twice(user: Shell) -> None:
    give(user, "crontab", CRONTAB)
    (user.home / "tab").write_text(OTHERS, encoding="utf-8")
    give(user, "systemctl", "exit 1")
    user.ok("schedule --install --yes")
    assert "crm: begin" in tab(user)
    give(user, "systemctl", SYSTEMCTL)
    user.ok("schedule --install --yes")
    assert tab(user) == OTHERS
    assert len(units(user)) == 2
    give(user, "systemctl", "exec /no/such/program")
    user.ok("schedule --remove")
    assert units(user) == []


@pytest.mark.parametrize("step", ["daemon-reload", "enable"])
def test_units_that_systemd_does_not_take_are_away_again(user: Shell, step: str) -> None:
    give(user, "systemctl", SYSTEMCTL)
    result = user.crm("schedule", "--install", "--yes", FAILS=step)
    assert (result.code, units(user)) == (7, [])
    assert f"systemctl --user {step} failed, and its units are away again: it fails" in result.err


def test_units_that_cannot_be_written(user: Shell) -> None:
    give(user, "systemctl", SYSTEMCTL)
    (user.home / ".config").mkdir(exist_ok=True)
    (user.home / ".config/systemd").touch()
    result = user.crm("schedule", "--install", "--yes")
    assert (result.code, "cannot be written: Not a directory" in result.err) == (7, True)


def test_a_user_without_a_home_has_the_crontab(user: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    give(user, "systemctl", SYSTEMCTL)
    give(user, "crontab", CRONTAB)
    monkeypatch.setattr(scheduling, "config_dir", lambda: None)
    assert "# For systemd: crm-" in user.ok("schedule").out
    user.ok("schedule --install --yes")
    assert "crm: begin" in tab(user)
    user.ok("schedule --remove")
    assert tab(user) == ""
    assert schedule.BEGIN not in tab(user)
