"""Digests: those that git and the index know contents by, and short names for long ones.

They come from where hashlib has them, which also loads OpenSSL: 4 ms of every command.
"""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import blake2b as blake2b
    from hashlib import sha1 as sha1
else:
    try:
        from _blake2 import blake2b as blake2b
        from _sha1 import sha1 as sha1
    except ImportError:
        from hashlib import blake2b as blake2b
        from hashlib import sha1 as sha1

_BYTES = 10


def place_name(path: str | os.PathLike[str]) -> str:
    """A name of 20 letters and digits for a path, the same every time."""
    return blake2b(os.fsencode(path), digest_size=_BYTES).hexdigest()
