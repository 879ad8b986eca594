"""What ships beside the code is found in a wheel and in a checkout."""

from pathlib import Path

import pytest

from crm_cli.base.errors import Refused
from crm_cli.base.resources import resource


def test_the_sample_book_of_this_checkout_is_found() -> None:
    assert resource("records").is_dir()
    assert resource("templates").is_dir()


def test_an_installed_package_has_its_own(tmp_path: Path) -> None:
    package = tmp_path / "crm_cli"
    (package / "data" / "records").mkdir(parents=True)
    (tmp_path / "records").mkdir()
    (tmp_path / "templates").mkdir()
    assert resource("records", package=package) == package / "data" / "records"
    assert resource("templates", package=package) == tmp_path / "templates"


def test_a_broken_installation_is_named(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"records/crm\.yaml is missing"):
        resource("records", "crm.yaml", package=tmp_path / "crm_cli")
