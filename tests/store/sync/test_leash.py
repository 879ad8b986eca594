"""A transfer ends with the crm that started it, however that ends: no git and no ssh stays behind."""

import subprocess
import time

from tests.machines import Machines, over_ssh, start
from tests.shell import Shell

PATIENCE = 200  # looks, a twentieth of a second apart


def test_killed_while_it_waits_it_takes_git_and_ssh_along(machines: Machines, here: Shell, there: Shell) -> None:
    waiting = machines.tmp / "waiting"
    over_ssh(machines, here, f"echo $$ $PPID > {waiting}.new; mv {waiting}.new {waiting}; sleep 600")
    running = start(here, "sync")
    for _ in range(PATIENCE):
        if waiting.exists():
            break
        assert running.process.poll() is None
        time.sleep(0.05)
    running.process.kill()
    assert running.end(20).code == -9
    left = set(waiting.read_text().split())
    for _ in range(PATIENCE):
        left = {number for number in left if lives(number)}
        if not left:
            break
        time.sleep(0.05)
    assert not left
    there.ok("set asha title=Owner")
    there.ok("sync")


def lives(number: str) -> bool:
    """Whether a process is there that has not ended."""
    asked = subprocess.run(["ps", "-o", "stat=", "-p", number], capture_output=True, text=True, check=False)
    return asked.stdout.strip()[:1] not in ("", "Z")
