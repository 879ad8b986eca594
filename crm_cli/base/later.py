"""Puts off loading modules of the standard library that others import and hardly ever use.

`importlib.util.LazyLoader` is meant for it, but before Python 3.12 it loads a module as soon as another one imports it.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any


class _Later(ModuleType):
    """Stands for a module until something is asked of it."""

    def __getattr__(self, name: str) -> Any:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        real = import_module(self.__name__)
        self.__dict__.update(real.__dict__)
        return getattr(real, name)


def postpone(*names: str) -> None:
    """Lets these modules be loaded when they are first used; those that are loaded stay."""
    for name in names:
        sys.modules.setdefault(name, _Later(name))
