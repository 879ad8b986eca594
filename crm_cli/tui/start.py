"""Starts the screens: Rich learns the widths of Indic signs before Textual is imported."""

from pathlib import Path

from rich import cells

from crm_cli.base.cellwidth import spacing, teach
from crm_cli.base.config import UserConfig


def start(root: Path, config: UserConfig, *, first: str = "day", read_only: bool = False) -> int:
    """Shows the screens until the user leaves; the exit code."""
    if spacing(config.ui.indic_width):
        teach(cells)
    from crm_cli.tui.app import CrmApp  # behind the lesson: Textual keeps a function of Rich's under its own name
    from crm_cli.tui.desk import Desk

    desk = Desk(root, config, read_only=read_only)
    try:
        return CrmApp(desk, first=first).run() or 0
    finally:
        desk.close()
