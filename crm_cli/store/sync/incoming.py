"""Whether what came may become a part of this book: plain files at safe paths, of bounded size and number."""

import re
import unicodedata
from collections.abc import Iterable

from crm_cli.base.errors import Refused
from crm_cli.base.text import visible
from crm_cli.schema.kind import Kinds
from crm_cli.store.files import FILE_LIMIT, RECORD_LIMIT
from crm_cli.store.git import Git
from crm_cli.store.sync.githistory import Difference

MOST_FILES = 1_000_000
_PLAIN = "100644"
_RESERVED = re.compile(
    r"(?:con|prn|aux|nul|com[1-9¹²³]|lpt[1-9¹²³]|conin\$|conout\$|clock\$)(?:[. :].*)?", re.IGNORECASE
)
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"|?*\\]')
_IGNORED = dict.fromkeys(
    [*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF], None
)  # what HFS+ leaves out of names
_WHAT = {"120000": "a link", "160000": "a submodule", "040000": "a folder where a file stands"}


def check_incoming(git: Git, incoming: Iterable[Difference], kinds: Kinds) -> None:
    """`Refused` with the path and the reason, and for what one command mends, with that."""
    came = [difference for difference in incoming if difference.theirs]
    if len(came) > MOST_FILES:
        raise Refused(f"the remote holds {len(came):,} files that are new here, more than {MOST_FILES:,}")
    for difference in came:
        _check_path(difference.path)
        _check_mode(difference)
    _check_case(came)
    _check_sizes(git, came, kinds)


def _refused(path: str, reason: str, hint: str = "") -> Refused:
    return Refused(f"the remote holds {visible(path)}, {reason}; nothing was taken", hint=hint)


def _check_path(path: str) -> None:
    if path.startswith("/") or "�" in path or any("\udc80" <= char <= "\udcff" for char in path):
        raise _refused(path, "whose name is not text")
    for part in path.split("/"):
        bare = unicodedata.normalize("NFKC", part).translate(_IGNORED).lower()
        if bare.startswith((".git", "git~")):
            hint = f"on the machine that added it: git rm -r --cached {visible(path)}"
            raise _refused(path, "a file that git itself would obey", hint)
        if part in ("", ".", "..") or bare in (".", ".."):
            raise _refused(path, "a path that leads out of the book")
        if _FORBIDDEN.search(part) or part[-1] in ". " or _RESERVED.fullmatch(part):
            raise _refused(path, "a name that other systems cannot hold")


def _check_mode(difference: Difference) -> None:
    if difference.mode == _PLAIN:
        return
    if difference.mode == "100755":
        hint = f"on the machine that added it: git update-index --chmod=-x {visible(difference.path)}"
        raise _refused(difference.path, "a program", hint)
    raise _refused(difference.path, _WHAT.get(difference.mode, "something that is no plain file"))


def _check_case(came: Iterable[Difference]) -> None:
    """Two names that a file system without case, or one that composes letters, would take for one."""
    seen: dict[str, str] = {}
    for difference in came:
        folded = unicodedata.normalize("NFC", difference.path).casefold()
        other = seen.setdefault(folded, difference.path)
        if other != difference.path:
            raise _refused(difference.path, f"which some systems cannot tell from {visible(other)}")


def _check_sizes(git: Git, came: list[Difference], kinds: Kinds) -> None:
    asked = "".join(f"{difference.theirs}\n" for difference in came)
    answer = git.run("cat-file", "--batch-check", data=asked.encode()).decode().splitlines()
    for difference, line in zip(came, answer, strict=True):
        size = int(line.rsplit(" ", 1)[1])
        limit = RECORD_LIMIT if kinds.of_path(difference.path) else FILE_LIMIT
        if size > limit:
            raise _refused(difference.path, f"which is larger than {limit >> 20} MiB")
