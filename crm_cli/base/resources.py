"""Where the files are that ship beside the code: the sample `records`, starter books and import maps in `templates`."""

from pathlib import Path
from typing import Final

from crm_cli.base.errors import Refused

PACKAGE: Final = Path(__file__).parents[1]


def resource(*parts: str, package: Path = PACKAGE) -> Path:
    """The file or directory of that name, in the installed package or else beside the checkout.

    A wheel carries them as `crm_cli/data/`; an editable install has only the checkout's own directories.
    """
    for place in (package / "data", package.parent):
        found = place.joinpath(*parts)
        if found.exists():
            return found
    raise Refused(f"{'/'.join(parts)} is missing from this installation of crm", hint="install crm-cli again")
