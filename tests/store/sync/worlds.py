"""Worlds of clones that edit, sync and meet, and what may never come of it, whatever the order."""

import random
import re
from dataclasses import dataclass, field

from crm_cli.store.codec import Document, parse
from tests.store.sync.clones import Clone, Repository, Tree
from tests.store.sync.edits import PATHS, PEOPLE, SETTINGS, TEMPLATE, Marks, beginning, edited, marks_in, merged_away

_QUARANTINE = "quarantine/"
_CONFLICTS = b"\nconflicts:"


@dataclass
class World:
    """Several clones, the remote that they share, and every word that was ever written."""

    random: random.Random
    marks: Marks
    all: Repository = field(default_factory=Repository)
    clones: list[Clone] = field(default_factory=list)
    remote: str = ""
    now: int = 1_700_000_000
    deleted: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    merged: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    @staticmethod
    def begin(seed: int, clones: int = 3) -> "World":
        """The same world for the same seed."""
        chance = random.Random(seed)
        world = World(chance, Marks(chance))
        world.remote = world.all.add([], beginning(), world.now)
        skews = [0, chance.choice((0, -500, 5000)), chance.choice((0, 40))]
        world.clones = [Clone(world.all, world.remote, skew) for skew in skews[:clones]]
        return world

    @staticmethod
    def lived(seed: int) -> "World":
        """A world in which a lot has happened, and then everybody synced."""
        world = World.begin(seed)
        for _ in range(world.random.randint(4, 24)):
            world.step()
        for _ in range(3):
            for clone in world.clones:
                world.sync(clone)
        return world

    def sync(self, clone: Clone) -> None:
        """A clone and the remote."""
        self.meet(clone, self.remote)
        self.remote = clone.head

    def meet(self, clone: Clone, theirs: str) -> None:
        """A clone takes what another one has."""
        ours = clone.head
        clone.take(theirs)
        self._check_age(ours, theirs, clone)

    def step(self) -> None:
        """Something that happens to one of the clones."""
        self.now += self.random.choice((0, 1, 60))
        clone = self.random.choice(self.clones)
        act = self.random.random()
        if act < 0.22:
            self.sync(clone)
        elif act < 0.36:
            self.meet(clone, self.random.choice(self.clones).head)  # two laptops on one table: criss-cross
        elif act < 0.44:
            self.merge(clone)
        else:
            self.edit(clone)

    def merge(self, clone: Clone) -> None:
        """Somebody finds that two people are one."""
        gone, kept = self.random.sample(PEOPLE, 2)
        if gone in clone.tree and kept in clone.tree:
            made = merged_away(gone, clone.tree[gone], kept, clone.tree[kept])
            for path, data in zip((gone, kept), made or (), strict=False):
                clone.commit(path, data, self.now)
                self.merged.add(path)

    def edit(self, clone: Clone) -> None:
        """Somebody changes, makes, breaks, mends or removes a file."""
        path = self.random.choice((*PATHS, *PEOPLE, PATHS[0], PATHS[1], SETTINGS, SETTINGS, TEMPLATE))
        data = edited(self.marks, path, clone.tree)
        if data is None:
            self.deleted.add(path)
        elif path in PATHS and not isinstance(parse(data, path), Document):
            self.broken.add(path)
        clone.commit(path, data, self.now)

    def _check_age(self, ours: str, theirs: str, clone: Clone) -> None:
        """Of two names that exclude each other the later edit's is shown."""
        bases = self.all.merge_bases(ours, theirs)
        if len(bases) != 1 or bases[0] in (ours, theirs):
            return
        times = [self.all.last_edits(side, bases) for side in (ours, theirs)]
        trees = [self.all.commits[side].tree for side in (*bases, ours, theirs)]
        for path in (*PATHS, SETTINGS, TEMPLATE):
            base, x, y = (_said(tree.get(path), path) for tree in trees)
            if None in (base, x, y) or len({base, x, y}) < 3 or path in self.broken | self.merged:
                continue
            ages = [time.get(path, 0) for time in times]
            later = x if ages[0] > ages[1] else y
            if ages[0] != ages[1] and _said(clone.tree.get(path), path) != later:
                self.wrong.append(f"{path}: {later!r} is later")

    def faults(self) -> list[str]:
        """What is wrong with a world in which everybody has synced; nothing, it is to be hoped."""
        first, *others = self.clones
        found = [*self.wrong, *("the clones differ" for clone in others if clone.tree != first.tree)]
        found += [f"{path} leads nowhere" for path in PEOPLE if circular(first.tree, path)]
        found += [f"{mark} is lost" for mark in sorted(self._lost())]
        found += [f"{mark} is kept aside" for mark in sorted(self._aside())]
        return found + [f"{mark} is back again" for mark in sorted(self._returned())]

    def _lost(self) -> set[str]:
        there = set().union(*map(marks_in, self.clones[0].tree.values()))
        return set(self.marks.made) - self.marks.gone - there

    def _aside(self) -> set[str]:
        """Items of lists that stand among the conflicts alone, though nothing excludes them."""
        tree = self.clones[0].tree
        fields = set().union(*(marks_in(data.partition(_CONFLICTS)[0]) for data in tree.values()))
        sound = {mark for mark in self.marks.items if self.marks.made[mark] not in self.broken}
        return sound - self.marks.gone - fields - self._lost()

    def _returned(self) -> set[str]:
        """Marks that somebody took away and that stand in a file again without a word about it."""
        there: set[str] = set()
        outlive = self.merged if self.merged & self.deleted else set()  # what one side removed lives on in others
        moved = {mark for mark, path in self.marks.made.items() if path in outlive}
        for path, data in self.clones[0].tree.items():
            fields, _, kept = data.partition(_CONFLICTS)
            outlived = path in self.deleted and b"field: record" in kept
            if not outlived and path not in self.broken and not path.startswith(_QUARANTINE):
                there |= marks_in(fields) - marks_in(kept)
        return there & self.marks.gone - moved


def circular(tree: Tree, path: str) -> bool:
    """Whether a record was merged into itself, through others or at once."""
    seen: list[str] = []
    while path not in seen and (found := re.search(rb"^merged_into: (.*)$", tree.get(path, b""), re.MULTILINE)):
        seen.append(path)
        path = f"contacts/{found[1].decode()}.yaml"
    return path in seen


def _said(data: bytes | None, path: str) -> bytes | None:
    """The line of a file that holds one value: a record's name, the owner of the book, all of a template."""
    word = {SETTINGS: b"owner:", TEMPLATE: b"Dear"}.get(path, b"name:")
    return next((line for line in (data or b"").splitlines() if line.startswith(word)), None)
