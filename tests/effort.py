"""How much is tried: a sample of what is swept or generated, or all of it where CRM_TEST_ALL is set."""

import os


def sample(few: int, all: int) -> int:
    """One of two numbers of places, rounds or examples; the second is for `make torture`."""
    return all if os.environ.get("CRM_TEST_ALL") else few
