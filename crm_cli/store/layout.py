"""Where a book's git directory is, and which places beneath it belong to crm."""

from pathlib import Path

from crm_cli.base.lean import dataclass


@dataclass(frozen=True, slots=True)
class Layout:
    """A book's root, the git directory of its work tree, and the one that holds objects and refs."""

    root: Path
    git: Path
    common: Path

    @property
    def plain(self) -> bool:
        """Whether `.git` is a directory of the root itself that shares nothing with another repository."""
        place = self.root / ".git"
        return self.git == place == self.common and place.is_dir() and not place.is_symlink()

    @property
    def crm(self) -> Path:
        """Everything that crm keeps for one clone."""
        return self.git / "crm"

    @property
    def own(self) -> Path:
        """The git directory in which git runs with our configuration instead of the book's."""
        return self.crm / "git"

    @property
    def tmp(self) -> Path:
        """New contents on their way into the work tree."""
        return self.crm / "tmp"

    @property
    def lock(self) -> Path:
        """What a writer holds locked."""
        return self.crm / "lock"

    @property
    def journal(self) -> Path:
        """What a transaction under way has set out to do."""
        return self.crm / "journal"

    @property
    def pending(self) -> Path:
        """The paths that the person's index has not heard of yet."""
        return self.crm / "index-pending"

    @property
    def index(self) -> Path:
        """The person's index."""
        return self.git / "index"

    @property
    def objects(self) -> Path:
        """The book's objects."""
        return self.common / "objects"


def layout(root: Path) -> Layout | None:
    """The layout of the repository whose work tree begins at `root`, or None where there is none."""
    place = root / ".git"
    if place.is_dir():
        git = place.resolve() if place.is_symlink() else place
    else:
        named = _first_line(place)
        if not named.startswith("gitdir: "):
            return None
        git = (root / named.removeprefix("gitdir: ")).resolve()
    shared = _first_line(git / "commondir")
    return Layout(root, git, (git / shared).resolve() if shared else git)


def _first_line(path: Path) -> str:
    try:
        lines = path.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return ""
    return lines[0] if lines else ""


def interrupted(root: Path) -> bool:
    """Whether a writer is at work, or was killed at it, so that a reader should try `repair` first."""
    return (root / ".git" / "crm" / "journal").exists()
