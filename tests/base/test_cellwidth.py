"""Rich counts cells as terminals do once it was taught, and stays as it was where it is none that we know."""

import importlib.util
from types import ModuleType, SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_cli.base.cellwidth import spacing, teach
from crm_cli.base.text import width


@pytest.fixture
def cells() -> ModuleType:
    """A copy of `rich.cells` of our own, so that the one that other tests use stays as it is."""
    found = importlib.util.find_spec("rich.cells")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_rich_as_it_comes_counts_hindi_wrong(cells: ModuleType) -> None:
    assert cells.cell_len("श्रीमती आशा शर्मा") < width("श्रीमती आशा शर्मा")


def test_rich_once_taught_counts_as_we_do(cells: ModuleType) -> None:
    assert cells.cell_len("शा") == 1
    assert teach(cells)
    assert cells.cell_len("शा") == 2
    assert teach(cells)


TEXTS = st.text(st.sampled_from("आशाक्षी\u200d\u200cश्रीमती abcé漢👩‍👧️\n\x7f")) | st.text()


@given(TEXTS, st.integers(0, 12))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_text_can_be_measured_cut_and_chopped(cells: ModuleType, text: str, room: int) -> None:
    assert teach(cells)
    shown = "".join(char for char in text if char >= " " and char != "\x7f")
    assert cells.cell_len(text) == sum(map(width, shown))
    assert cells.cell_len(cells.set_cell_size(text, room)) == room
    assert "".join(cells.chop_cells(text, room + 2)).strip() in text
    place = min(room, cells.cell_len(text))  # Rich itself fails behind the end, taught or not
    left, right = cells.split_text(text, place) if place else ("", text)
    assert (left.strip() in text, right.strip() in text) == (True, True)
    assert cells.cell_len(left) == place


def test_a_vowel_sign_stays_with_its_letter(cells: ModuleType) -> None:
    teach(cells)
    assert cells.set_cell_size("आशा", 2) == "आ "
    assert cells.chop_cells("शाशाशा", 3) == ["शा", "शा", "शा"]


def test_a_rich_that_we_do_not_know_is_left_alone(cells: ModuleType) -> None:
    assert not teach(SimpleNamespace())  # type: ignore[arg-type]
    measure = cells.get_character_cell_size
    cells.cell_len = lambda _text: 1  # type: ignore[attr-defined]
    assert not teach(cells)
    assert cells.get_character_cell_size is measure


def test_an_older_rich_has_one_function_to_teach() -> None:
    old = ModuleType("cells")
    old.get_character_cell_size = lambda _char: 1  # type: ignore[attr-defined]
    old.cell_len = lambda text: sum(map(old.get_character_cell_size, text))  # type: ignore[attr-defined]
    assert teach(old)
    assert old.cell_len("漢") == 2


@pytest.mark.parametrize(
    ("mode", "term", "own_cell"),
    [
        ("auto", "xterm-256color", True),
        ("auto", "xterm-kitty", False),
        ("spacing", "xterm-kitty", True),
        ("zero", "xterm", False),
    ],
)
def test_which_terminals_give_a_sign_its_own_cell(mode: str, term: str, own_cell: bool) -> None:
    assert spacing(mode, {"TERM": term}) is own_cell
