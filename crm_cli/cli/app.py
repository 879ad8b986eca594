"""The command line: what a run begins and ends with, and the one catcher of errors."""

import os
import sys
import time
from collections.abc import Callable, Sequence

from crm_cli.base.errors import CrmError, Refused
from crm_cli.cli.complete import ASK
from crm_cli.cli.direct import understood
from crm_cli.cli.session import Session


def run(words: Sequence[str], screens: Callable[..., int] | None = None) -> int:
    """Runs one command line; the exit code. `screens` starts the screens, which stand beside this and not below it."""
    from crm_cli.cli.streams import prepare_streams

    begun = time.monotonic()
    prepare_streams()
    session = Session(screens=screens)
    if ASK in os.environ:
        from crm_cli.cli.completing import answer  # 2 ms, and only a shell asks
        from crm_cli.cli.tree import root_group

        return answer(root_group(), session, words, os.environ)
    try:
        return _catch(session, lambda: _invoke(session, words))
    finally:
        if session.options.verbose:
            from crm_cli.cli.verbosely import sum_up  # when somebody wants to know

            sum_up(session, begun)
        session.close()


def _invoke(session: Session, words: Sequence[str]) -> int:
    directly = understood(words)
    if directly:
        return directly(session)
    from crm_cli.cli.tree import invoke  # a quarter of a list, for what Typer alone can read

    return invoke(session, words)


def _catch(session: Session, work: Callable[[], int]) -> int:
    try:
        return work()
    except CrmError as error:
        return session.complain(error)
    except BrokenPipeError:
        return 0
    except OSError as error:
        return session.complain(Refused(f"{error.filename or 'the output'}: {error.strerror}"))
    except Exception as error:  # the one place where a bug becomes an exit code
        if os.environ.get("CRM_DEBUG"):
            raise
        return session.report_bug(error, sys.argv)
