"""Clones that edit, sync and meet each other in any order end up alike, and no value is lost on the way."""

import os

import pytest

from tests.store.sync.worlds import World

MANY = int(os.environ.get("CRM_TEST_HISTORIES", "1000"))
PARTS = 8


@pytest.mark.parametrize("part", range(PARTS))
def test_three_clones_converge_and_lose_nothing(part: int) -> None:
    for seed in range(part, MANY, PARTS):
        assert not World.lived(seed).faults(), f"seed {seed}"
