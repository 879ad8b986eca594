"""Runs crm many times for the fault tests: a process that has imported everything, and forks for each command.

It is started with the shim preloaded. Requests and answers are lines of JSON; see `machine.Machine`.
"""

import ctypes
import importlib
import json
import os
import pkgutil
import random
import signal
import sys
from typing import Any

from tests.faults.state import State

PATIENCE = 60  # seconds for one command
_SUBREAPER = 36


def main() -> None:
    """Answer requests until there are no more."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)  # gits whose crm was killed become our children
    _import_all()
    state = State.open(os.environ["FI_STATE"])
    for line in sys.stdin:
        print(json.dumps(_answer(json.loads(line), state)), flush=True)


def _import_all() -> None:
    import crm_cli

    for module in pkgutil.walk_packages(crm_cli.__path__, "crm_cli."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def _answer(request: dict[str, Any], state: State) -> dict[str, Any]:
    fault = request["fault"]
    if fault:
        _reap()
        state.arm(request["root"], fault)
    child = os.fork()
    if not child:
        try:
            _become(request, state)
        finally:
            os._exit(70)
    _, status = os.waitpid(child, 0)
    if fault and not fault["orphans"]:
        _reap()
    outcome = state.outcome()
    state.disarm()
    code = os.waitstatus_to_exitcode(status)
    return {"code": code, **outcome}


def _reap() -> None:
    """Wait until every process of the last command has ended."""
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return


def _become(request: dict[str, Any], state: State) -> None:
    """Be crm, as its entry point is: its directory, environment, streams and words."""
    from crm_cli.main import main as crm
    from crm_cli.store import git as door

    signal.alarm(PATIENCE)
    os.environ.clear()
    os.environ.update(request["environ"])
    os.chdir(request["cwd"])
    for descriptor, (name, flags) in enumerate(
        ((request["stdin"], os.O_RDONLY), (request["out"], os.O_WRONLY), (request["err"], os.O_WRONLY))
    ):
        opened = os.open(name, flags)
        os.dup2(opened, descriptor)
        os.close(opened)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    drawn = random.Random(request["seed"])
    os.urandom = random._urandom = drawn.randbytes  # type: ignore[attr-defined]  # ids are the same in every run
    if request["fault"]:
        door.EXTRA.update(LD_PRELOAD=request["shim"], FI_STATE=request["state"])
        state.own(os.getpid())
    else:
        door.EXTRA["GIT_TEST_FSYNC"] = "0"
    for name in request["without"]:
        module, _, function = name.rpartition(".")
        setattr(importlib.import_module(module), function, lambda *_: None)
    crm(request["words"])


if __name__ == "__main__":
    main()
