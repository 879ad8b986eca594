"""Clones that edit, sync and meet each other in any order end up alike, and no value is lost on the way."""

import os

import pytest

from tests.store.sync.clones import World

MANY = int(os.environ.get("CRM_TEST_HISTORIES", "1000"))
PARTS = 8

pytestmark = pytest.mark.long


@pytest.mark.parametrize("part", range(PARTS))
def test_three_clones_converge_and_lose_nothing(part: int) -> None:
    for seed in range(part, MANY, PARTS):
        world = World.begin(seed)
        for _ in range(world.random.randint(4, 24)):
            world.step()
        world.settle()
        first, *others = world.clones
        assert all(clone.tree == first.tree for clone in others), f"seed {seed}: the clones differ"
        assert not world.lost(), f"seed {seed}: lost {world.lost()}"
        assert not world.returned(), f"seed {seed}: back again {world.returned()}"
