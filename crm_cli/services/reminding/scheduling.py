"""Puts what crm is to do by itself into systemd or cron, and takes it away again; what others put there stays."""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from crm_cli.base.config import config_dir
from crm_cli.base.errors import Refused
from crm_cli.base.programs import Piped, find_program, run_piped
from crm_cli.services.reminding.schedule import BEGIN, END, Plan

_SECONDS = 20.0
_NO_CRONTAB = (b"no crontab", b"can't open")
"""How the crontabs of several systems say that there is none yet."""


def install(plan: Plan) -> str:
    """Starts the timers of systemd where it works for this user, else writes the crontab; what was done."""
    units = units_dir()
    systemctl = _working_systemctl(plan)
    if systemctl and units:
        _install_units(systemctl, units, plan)
        _change_crontab(plan, "")  # from a day when there was no systemd: it would all be done twice
        return f"timers are running: systemctl --user list-timers '{plan.prefix}*'"
    if not _change_crontab(plan, plan.block):
        raise Refused("there is no crontab and no working systemd here", hint="see what crm schedule prints")
    return "the crontab has it: crontab -l"


def remove(plan: Plan) -> str:
    """Takes away what `install` has put anywhere; what was done."""
    units = units_dir()
    names = _installed(units, plan) if units else []
    if units and names:
        _remove_units(_working_systemctl(plan), units, names)
    changed = _change_crontab(plan, "")
    return "nothing runs by itself any more" if names or changed else "nothing was scheduled for this book"


# -- systemd


def units_dir() -> Path | None:
    """Where the user's units are; None for a user without a home."""
    config = config_dir()
    return config.parent / "systemd" / "user" if config else None


def _working_systemctl(plan: Plan) -> str | None:
    program = find_program("systemctl", plan.book)
    if program is None:
        return None
    try:
        return program if _run([program, "--user", "show-environment"]).code == 0 else None
    except Refused:
        return None


def _install_units(systemctl: str, units: Path, plan: Plan) -> None:
    stale = [name for name in _installed(units, plan) if name not in plan.units]
    if stale:
        _remove_units(systemctl, units, stale)
    try:
        units.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, text in plan.units.items():
            fresh = units / f".{name}.{os.getpid()}"
            fresh.write_text(text, encoding="utf-8")
            os.replace(fresh, units / name)
    except OSError as trouble:
        raise Refused(f"{units} cannot be written: {trouble.strerror}") from None
    timers = [name for name in plan.units if name.endswith(".timer")]
    for words in (["daemon-reload"], ["enable", "--now", *timers]):
        done = _run([systemctl, "--user", *words])
        if done.code:
            _remove_units(systemctl, units, list(plan.units))
            raise Refused(f"systemctl --user {words[0]} failed, and its units are away again: {_said(done)}")


def _installed(units: Path, plan: Plan) -> list[str]:
    return sorted(path.name for path in units.glob(f"{plan.prefix}*") if path.suffix in (".service", ".timer"))


def _remove_units(systemctl: str | None, units: Path, names: Sequence[str]) -> None:
    timers = [name for name in names if name.endswith(".timer")]
    if systemctl and timers:
        _run([systemctl, "--user", "disable", "--now", *timers])
    try:
        for name in names:
            (units / name).unlink(missing_ok=True)
            with suppress(FileNotFoundError):  # where systemd was not there to take its link away
                (units / "timers.target.wants" / name).unlink()
    except OSError as trouble:
        raise Refused(f"{units}: {trouble.strerror}") from None
    if systemctl:
        _run([systemctl, "--user", "daemon-reload"])


# -- cron


def _change_crontab(plan: Plan, block: str) -> bool:
    """Puts the block in place of the book's old one; whether the crontab holds it, or lost it where it is empty."""
    crontab = find_program("crontab", plan.book)
    if crontab is None:
        return False
    before = _read_crontab(crontab)
    after = with_block(before, str(plan.book), block)
    if after != before:
        done = _run([crontab, "-"], os.fsencode(after))
        if done.code:
            raise Refused(f"crontab did not take the lines: {_said(done)}")
    return bool(block) or after != before


def _read_crontab(crontab: str) -> str:
    done = _run([crontab, "-l"])
    if done.code == 0:
        return os.fsdecode(done.out)
    if any(text in done.err for text in _NO_CRONTAB):
        return ""
    # Not taken for an empty one: what is written next would replace it.
    raise Refused(f"the crontab could not be read: {_said(done)}")


def with_block(crontab: str, book: str, block: str) -> str:
    """A crontab with this block where the book's was, else at the end; every other line as it is."""
    lines = crontab.splitlines(keepends=True)
    begin, end = BEGIN + book, END + book
    at = [place for place, line in enumerate(lines) if line.rstrip("\n") == begin]
    if not at:
        gap = "\n" if block and crontab and not crontab.endswith("\n") else ""
        return crontab + gap + block
    stop = next((place for place, line in enumerate(lines) if place > at[0] and line.rstrip("\n") == end), None)
    if stop is None or len(at) > 1:
        raise Refused(f"the crontab has {begin!r} without its end, or twice", hint="mend it with: crontab -e")
    return "".join((*lines[: at[0]], block, *lines[stop + 1 :]))


def _run(words: Sequence[str], data: bytes = b"") -> Piped:
    try:
        return run_piped(words, data, seconds=_SECONDS, LC_ALL="C")
    except TimeoutError:
        raise Refused(f"{words[0]} did not end") from None
    except OSError as trouble:
        raise Refused(f"{words[0]} cannot be started: {trouble.strerror}") from None


def _said(done: Piped) -> str:
    return done.err.decode("utf-8", "replace").strip().partition("\n")[0][:200] or f"exit {done.code}"
