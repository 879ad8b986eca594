"""Short names for long ones: the digest of a text, for the names of files in the cache."""

import os

try:
    from _blake2 import blake2b as blake2b  # where hashlib has it from, which also loads OpenSSL: 3 ms of every command
except ImportError:
    from hashlib import blake2b as blake2b

_BYTES = 10


def place_name(path: str | os.PathLike[str]) -> str:
    """A name of 20 letters and digits for a path, the same every time."""
    return blake2b(os.fsencode(path), digest_size=_BYTES).hexdigest()
