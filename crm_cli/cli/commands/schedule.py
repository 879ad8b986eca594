"""crm schedule: makes crm run by itself, through cron or systemd."""

from collections.abc import Iterator
from typing import Annotated

from crm_cli.base.errors import BadRequest
from crm_cli.cli.declare import Called, Option
from crm_cli.cli.params import session
from crm_cli.cli.session import Session
from crm_cli.services.overview.unsynced import unsynced
from crm_cli.services.reminding.schedule import Plan, plan_for
from crm_cli.services.reminding.scheduling import install, remove, units_dir

HELP = """Prints crontab lines and systemd units that run crm by itself: reminders every working morning.

--install starts systemd timers where systemd works for you, else it writes your
crontab; it changes nothing there but its own lines. --remove takes them away."""


def schedule(
    ctx: Called,
    to_install: Annotated[bool, Option("--install", help="Put it into systemd or your crontab")] = False,
    to_remove: Annotated[bool, Option("--remove", help="Take it away again")] = False,
    yes: Annotated[bool, Option("-y", "--yes", help="Yes to every question")] = False,
) -> None:
    """Prints or installs what makes crm run by itself."""
    from crm_cli.cli.verbs import VERBS

    run: Session = session(ctx)
    if to_install and to_remove:
        raise BadRequest("--install and --remove are opposites", hint="give one of them")
    run.book.check_settings()
    far = to_remove or unsynced(run.book) is not None  # a sync without a remote would complain every quarter of an hour
    plan = plan_for(run.root, [verb for verb in VERBS if far or verb != "sync"], run.config.mail)
    if to_remove:
        run.say(remove(plan))
    elif to_install:
        run.options.yes = run.options.yes or yes
        what = " and ".join(f"{job.name} ({job.about})" for job in plan.jobs)
        run.confirm(f"crm is to run by itself for {plan.book}: {what}.")
        run.say(install(plan))
    else:
        for line in _shown(plan):
            print(line)
        run.say("nothing was changed: crm schedule --install does it for you")


def _shown(plan: Plan) -> Iterator[str]:
    yield "# For cron: put these lines into your crontab with crontab -e."
    yield from plan.block.splitlines()
    place = units_dir()
    for name, text in plan.units.items():
        yield f"\n# For systemd: {place / name if place else name}"
        yield from text.splitlines()
    timers = " ".join(name for name in plan.units if name.endswith(".timer"))
    yield f"\n# Then: systemctl --user daemon-reload && systemctl --user enable --now {timers}"
