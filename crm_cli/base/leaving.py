"""What has to be tidied up before the process ends, since it ends without the tidying of Python itself."""

from collections.abc import Callable

_left: list[Callable[[], object]] = []


def at_end(tidy: Callable[[], object]) -> None:
    """Has something done before the process ends; not when it is killed."""
    _left.append(tidy)


def tidy_up() -> None:
    """Does it all, the last thing first."""
    while _left:
        _left.pop()()
