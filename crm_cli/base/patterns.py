"""Regular expressions that are compiled when they are first used: all of a write's take 10 ms, and it uses a few."""

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    pattern = re.compile
else:

    class pattern:
        """What `re.compile` gives, a little later."""

        def __init__(self, text: str, flags: int = 0) -> None:
            self._text = text
            self._flags = flags

        def __getattr__(self, name: str) -> Any:
            found = getattr(re.compile(self._text, self._flags), name)
            setattr(self, name, found)  # from now on it is called without a detour
            return found
