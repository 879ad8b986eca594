"""Modules that are loaded when they are first used."""

import subprocess
import sys

import pytest


def ran(program: str) -> str:
    """What a program prints in a Python of its own, which has loaded next to nothing."""
    done = subprocess.run([sys.executable, "-S", "-c", program], capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.strip()


BEGIN = f"import sys; sys.path[:0] = {sys.path!r}; from crm_cli.base.later import postpone; postpone('colorsys'); "


def test_an_import_alone_does_not_load_it() -> None:
    assert ran(BEGIN + "import colorsys; print('ONE_THIRD' in vars(colorsys))") == "False"


@pytest.mark.parametrize("use", ["import colorsys; f = colorsys.rgb_to_hsv", "from colorsys import rgb_to_hsv as f"])
def test_the_first_use_does(use: str) -> None:
    assert ran(BEGIN + use + "; print(f(1, 0, 0))") == "(0.0, 1.0, 1)"


def test_later_imports_find_the_module_itself() -> None:
    program = (
        "import colorsys as a; a.ONE_THIRD; import colorsys as b; print(b.__spec__.name, a.rgb_to_hsv is b.rgb_to_hsv)"
    )
    assert ran(BEGIN + program) == "colorsys True"


def test_what_it_does_not_have_is_an_attribute_error() -> None:
    assert ran(BEGIN + "import colorsys; print(hasattr(colorsys, 'nothing'))") == "False"


def test_what_is_loaded_stays() -> None:
    assert ran("import colorsys; " + BEGIN + "import colorsys; print('ONE_THIRD' in vars(colorsys))") == "True"
