"""Lean dataclasses behave as those of the standard library do: every case runs against both."""

import copy
import dataclasses
import functools
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from crm_cli.base import lean

Decorator = Callable[..., Any]
BOTH = pytest.mark.parametrize("make", [dataclasses.dataclass, lean.dataclass], ids=["standard", "lean"])


def point(make: Decorator, **how: Any) -> Any:
    """A class with a field of each sort."""

    class Point:
        """A place."""

        x: int
        y: int = 2
        names: list[str] = dataclasses.field(default_factory=list)
        seen: int = dataclasses.field(default=0, compare=False, repr=False)

    return make(**how)(Point)


@BOTH
@pytest.mark.parametrize("slots", [False, True])
@pytest.mark.parametrize("frozen", [False, True])
def test_fields_are_taken_by_place_and_by_name(make: Decorator, frozen: bool, slots: bool) -> None:
    made = point(make, frozen=frozen, slots=slots)
    one = made(1, names=["a"])
    assert (one.x, one.y, one.names, one.seen) == (1, 2, ["a"], 0)
    assert made(x=1).names is not made(x=1).names
    assert [field.name for field in dataclasses.fields(made)] == ["x", "y", "names", "seen"]
    assert made.__match_args__ == ("x", "y", "names", "seen")


@BOTH
@pytest.mark.parametrize(
    "given", [((), {}), ((1, 2, [], 3, 4), {}), ((1,), {"x": 2}), ((1,), {"z": 2}), ((), {"y": 1})]
)
def test_wrong_arguments_are_refused(make: Decorator, given: tuple[tuple[Any, ...], dict[str, Any]]) -> None:
    with pytest.raises(TypeError, match=r"Point"):
        point(make)(*given[0], **given[1])


@BOTH
def test_equality_looks_at_the_compared_fields_of_one_class(make: Decorator) -> None:
    made, other = point(make), point(make)
    assert made(1) == made(1, seen=9)
    assert made(1) != made(2)
    assert made(1) != other(1)
    assert made(1) != (1, 2, [], 0)
    assert point(make, eq=False)(1) != point(make, eq=False)(1)


@BOTH
def test_only_what_is_frozen_can_be_hashed(make: Decorator) -> None:
    frozen = point(make, frozen=True)
    assert hash(frozen(1, names=())) == hash(frozen(1, names=(), seen=3))
    with pytest.raises(TypeError):
        hash(point(make)(1))
    same = point(make, eq=False)(1)
    assert hash(same) == hash(same)


@BOTH
@pytest.mark.parametrize("slots", [False, True])
def test_what_is_frozen_stays_as_it_is(make: Decorator, slots: bool) -> None:
    one = point(make, frozen=True, slots=slots)(1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.x = 5
    with pytest.raises(dataclasses.FrozenInstanceError):
        del one.x
    loose = point(make, slots=slots)(1)
    loose.x = 5
    assert loose.x == 5


@BOTH
def test_it_shows_itself(make: Decorator) -> None:
    assert repr(point(make)(1)).endswith("Point(x=1, y=2, names=[])")


@BOTH
@pytest.mark.parametrize("slots", [False, True])
def test_a_changed_copy_is_made(make: Decorator, slots: bool) -> None:
    one = point(make, frozen=True, slots=slots)(1, names=["a"])
    assert dataclasses.replace(one, y=7) == type(one)(1, 7, ["a"])
    assert copy.copy(one) == one
    assert copy.deepcopy(one) == one


@lean.dataclass(frozen=True, slots=True)
class Place:
    """At the top of a module, where pickle finds it."""

    x: int
    y: int = 2


def test_pickle_takes_it() -> None:
    assert pickle.loads(pickle.dumps(Place(1))) == Place(1)


@BOTH
def test_fields_are_inherited_and_kept_for_later(make: Decorator) -> None:
    base = make(frozen=True, kw_only=True)(type("Base", (), {"__annotations__": {"x": int}, "x": 1}))

    class Line(base):  # type: ignore[misc, valid-type]
        """More of it."""

        y: int
        sum: int = dataclasses.field(init=False, default=0)

        def __post_init__(self) -> None:
            object.__setattr__(self, "sum", self.x + self.y)

    made = make(frozen=True, kw_only=True)(Line)
    assert (made(y=2).x, made(y=2).sum) == (1, 3)
    with pytest.raises(TypeError):
        made(2)


@BOTH
def test_own_methods_are_left_alone(make: Decorator) -> None:
    class Own:
        """With two methods of its own."""

        x: int

        def __init__(self) -> None:
            self.x = 4

        def __repr__(self) -> str:
            return "mine"

    assert repr(make(Own)()) == "mine"
    assert make(Own)().x == 4


@pytest.mark.parametrize("slots", [False, True])
@pytest.mark.parametrize("frozen", [False, True])
def test_replacing_gives_what_the_standard_library_gives(frozen: bool, slots: bool) -> None:
    one = point(lean.dataclass, frozen=frozen, slots=slots)(1, names=["a"], seen=7)
    made = lean.replace(one, y=5)
    assert made == dataclasses.replace(one, y=5)
    assert (type(made), made.x, made.y, made.names, made.seen) == (type(one), 1, 5, one.names, 7)
    assert one.y == 2
    with pytest.raises(TypeError):
        lean.replace(one, z=1)


def test_what_was_worked_out_of_the_old_values_is_not_carried_over() -> None:
    class Sum:
        """Two numbers."""

        x: int
        y: int = 2

        @functools.cached_property
        def sum(self) -> int:
            """Both together."""
            return self.x + self.y

    one = lean.dataclass(frozen=True)(Sum)(1)
    assert (one.sum, lean.replace(one, y=5).sum) == (3, 6)


def test_what_is_checked_when_it_is_made_is_checked_when_it_is_replaced() -> None:
    class Small:
        """Less than ten."""

        x: int

        def __post_init__(self) -> None:
            if self.x > 9:
                raise ValueError("too much")

    with pytest.raises(ValueError, match="too much"):
        lean.replace(lean.dataclass(Small)(1), x=10)
